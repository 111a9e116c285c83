/**
 * What can be made to happen in the virtual room, one line of text each: the words of the control port and of scripts. Every
 * order answers `ok`, `ok …` or `error …`; nothing here throws.
 */
import type { VirtualCard } from './card.ts';
import { relayFaults } from './changeover.ts';
import { resetCauses } from '../../firmware-bridge/codec/protocol.ts';
import { text } from '../model/text.ts';
import { inputCount } from './plant.ts';

export const orderHelp = `call in LINE [answer S] [talk S] [patience S]   the exchange rings; answer never: nobody lifts
call out LINE [digits D] [answer S] [talk S]     whoever is joined to the trunk dials
hang up LINE [far|near]                          ends a call; far is the default
phone LINE lift|hang-up|cut|join                 the seat phone's handset, or the pair to it
trunk LINE cut|join|turn|straight|hold|free      the pair from the exchange; something else holds it
reversal LINE on|off                             the exchange turns polarity when an outgoing call is answered
extension LINE tone|silent|busy                  what the PBX gives a spare extension that goes off hook
pbx-dead [hung]                                  the PBX loses power, or its processor stops
pbx-return                                       the PBX works again
relay LINE sound|stuck|welded|open|open-once     a fault of the changeover relay
key turned|normal                                the key that opens the coil supply
coil-supply on|off
input N open|closed|cut|short                    a contact on the card, or its wire
reset [power-on|brown-out|watchdog|software]     the card starts anew, its relays fall
cut-link [S]                                     the wire is cut, for good or for S seconds
join-link
drop-link                                        the connection is closed once
noise BYTES                                      bytes on the wire that are no frame
state                                            everything as JSON`;

/** Bytes of noise that one order may ask for. */
const noiseBytesMax = 65_536;
const secondsMax = 86_400;

type Words = readonly string[];
type Order = (words: Words, card: VirtualCard, later: (ms: number, run: () => void) => void) => string;

class Wrong extends Error {}

function lineOf(word: string | undefined, card: VirtualCard): number {
  const line = Number(word);
  if (Number.isInteger(line) && line >= 1 && line <= card.plant.lines.length) return line;
  throw new Wrong(`no line ${word ?? ''}`);
}

function oneOf<const T extends string>(word: string | undefined, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === word);
  if (found === undefined) throw new Wrong(`"${word ?? ''}" is not one of ${allowed.join(', ')}`);
  return found;
}

function secondsOf(word: string | undefined): number {
  const seconds = Number(word);
  if (word !== undefined && seconds >= 0 && seconds <= secondsMax) return seconds * 1000;
  throw new Wrong(`"${word ?? ''}" is no number of seconds up to ${secondsMax}`);
}

/** `answer 3 talk 20` as milliseconds; words that are not in `defaults` are wrong. */
function times<const T extends string>(
  words: Words,
  defaults: Readonly<Record<T, number>>,
): Record<T, number> {
  const found: Record<T, number> = { ...defaults };
  const names = Object.keys(defaults) as T[];
  for (let i = 0; i < words.length; i += 2) {
    const name = oneOf(words[i], names);
    found[name] = words[i + 1] === 'never' ? Infinity : secondsOf(words[i + 1]);
  }
  return found;
}

const done = (isDone: boolean, otherwise: string): string => (isDone ? 'ok' : `error ${otherwise}`);

const orders: Readonly<Record<string, Order>> = {
  'call in': ([line, ...rest], card) => {
    const { answer, talk, patience } = times(rest, { answer: 4000, talk: 15_000, patience: 60_000 });
    const number = lineOf(line, card);
    const plan = { answerMs: answer, talkMs: talk === Infinity ? 0 : talk, patienceMs: patience };
    return done(card.settle().callIn(number, plan), `line ${number} is in use`);
  },
  'call out': ([line, ...rest], card) => {
    const at = rest.indexOf('digits');
    const digits = at < 0 ? '02038880000' : (rest[at + 1] ?? '');
    if (!/^[0-9*#A-D]{1,32}$/.test(digits)) throw new Wrong(`"${digits}" cannot be dialled`);
    const others = at < 0 ? rest : rest.filter((_, i) => i !== at && i !== at + 1);
    const { answer, talk } = times(others, { answer: 6000, talk: 15_000 });
    const number = lineOf(line, card);
    return done(
      card.settle().callOut(number, { digits, answerMs: answer, talkMs: talk }),
      `line ${number} cannot be seized`,
    );
  },
  'hang up': ([line, side = 'far'], card) => {
    card.settle().hangUp(lineOf(line, card), oneOf(side, ['far', 'near']));
    return 'ok';
  },
  phone: ([line, what], card) => {
    const own = card.settle().line(lineOf(line, card));
    const wanted = oneOf(what, ['lift', 'hang-up', 'cut', 'join']);
    if (wanted === 'lift') own.phone.lift();
    else if (wanted === 'hang-up') own.phone.hangUp();
    else own.isPhoneCut = wanted === 'cut';
    return 'ok';
  },
  trunk: ([line, what], card) => {
    const own = card.settle().line(lineOf(line, card));
    const wanted = oneOf(what, ['cut', 'join', 'turn', 'straight', 'hold', 'free']);
    if (wanted === 'cut' || wanted === 'join') own.exchange.isCut = wanted === 'cut';
    else if (wanted === 'turn' || wanted === 'straight') own.exchange.isTurned = wanted === 'turn';
    else own.isHeld = wanted === 'hold';
    return 'ok';
  },
  reversal: ([line, what], card) => {
    card.settle().line(lineOf(line, card)).exchange.reversesOnAnswer = oneOf(what, ['on', 'off']) === 'on';
    return 'ok';
  },
  extension: ([line, what], card) => {
    const { exchange } = card.settle().line(lineOf(line, card));
    const wanted = oneOf(what, ['tone', 'silent', 'busy']);
    exchange.isMute = wanted === 'silent';
    exchange.isCongested = wanted === 'busy';
    return 'ok';
  },
  'pbx-dead': ([how], card) => {
    card.settle().failPbx(how === undefined ? 'dead' : oneOf(how, ['hung']));
    return 'ok';
  },
  'pbx-return': (_, card) => {
    card.settle().returnPbx();
    return 'ok';
  },
  relay: ([line, fault], card) => {
    const plant = card.settle();
    plant.line(lineOf(line, card)).relay.fail(oneOf(fault, relayFaults), plant.now);
    return 'ok';
  },
  key: ([what], card) => {
    card.settle().turnKey(oneOf(what, ['turned', 'normal']) === 'turned');
    return 'ok';
  },
  'coil-supply': ([what], card) => {
    card.settle().switchSupply(oneOf(what, ['on', 'off']) === 'on');
    return 'ok';
  },
  input: ([number, what], card) => {
    const index = Number(number) - 1;
    if (!Number.isInteger(index) || index < 0 || index >= inputCount)
      throw new Wrong(`no input ${number ?? ''}`);
    const { inputs, inputWires } = card.settle();
    const wanted = oneOf(what, ['open', 'closed', 'cut', 'short']);
    const isWire = wanted === 'cut' || wanted === 'short';
    inputWires[index] = isWire ? wanted : 'sound';
    if (!isWire) inputs[index] = wanted === 'closed';
    return 'ok';
  },
  reset: ([cause = 'power-on'], card) => {
    card.reset(oneOf(cause, resetCauses));
    return 'ok';
  },
  'cut-link': ([seconds], card, later) => {
    card.cut(true);
    if (seconds !== undefined)
      later(secondsOf(seconds), () => {
        card.cut(false);
      });
    return 'ok';
  },
  'join-link': (_, card) => {
    card.cut(false);
    return 'ok';
  },
  'drop-link': (_, card) => {
    card.dropLink(text('按命令断开', 'dropped by order'));
    return 'ok';
  },
  noise: ([count], card) => {
    const bytes = Number(count);
    if (!Number.isInteger(bytes) || bytes < 1 || bytes > noiseBytesMax)
      throw new Wrong(`1 to ${noiseBytesMax} bytes`);
    card.noise(Buffer.from(Array.from({ length: bytes }, (_, i) => (i * 167 + 13) % 256)));
    return 'ok';
  },
  state: (_, card) => {
    card.settle();
    return `ok ${JSON.stringify(card.state)}`;
  },
};

export function obey(order: string, card: VirtualCard, later: (ms: number, run: () => void) => void): string {
  const words = order.trim().split(/\s+/);
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ');
    const found = Object.hasOwn(orders, name) ? orders[name] : undefined;
    if (found === undefined) continue;
    try {
      return found(words.slice(length), card, later);
    } catch (error) {
      if (error instanceof Wrong) return `error ${error.message}`;
      throw error;
    }
  }
  return `error unknown order "${words[0] ?? ''}"`;
}
