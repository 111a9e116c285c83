/**
 * `linekeeper sim card`: a virtual line card as a program of its own, on a pseudo-terminal, a TCP port or one end of an
 * existing pair of terminals. Prints one line when it is ready, and lets the room behind it be changed on a control port.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { systemClock } from '../drivers/clock/system.ts';
import { readCardKey } from '../drivers/linecard/card-key.ts';
import { serialLink } from '../drivers/serial/serial-port.ts';
import type { ByteLink } from '../ports/byte-link.ts';
import { VirtualCard } from '../sim/card.ts';
import type { ControlPort } from '../sim/control-port.ts';
import { controlPort } from '../sim/control-port.ts';
import { listenLink } from '../sim/listen-link.ts';
import { obey, orderHelp } from '../sim/orders.ts';
import { PlayedAudio } from '../sim/played-audio.ts';
import { ptyLink } from '../sim/pty-link.ts';
import { readScript, traffic } from '../sim/script.ts';
import type { Script } from '../sim/script.ts';

const usage = `usage: linekeeper sim card (--pty PATH | --tcp PORT | --serial PATH) [options]

  --pty PATH            make a pseudo-terminal at PATH (needs socat)
  --tcp PORT            listen on 127.0.0.1:PORT; 0: any free port
  --serial PATH         open an existing terminal, 921600 baud
  --serial-number SN    up to 16 characters (default LK8-SIM1)
  --lines N             1 to 8 (default 8)
  --seed N              of voices and calls (default 1)
  --script FILE         orders with times, YAML or JSON
  --traffic SECONDS     calls come and go, one every so many seconds on average
  --control PORT        orders, one a line, on 127.0.0.1:PORT; 0: any free port
  --key FILE            64 hexadecimal digits: ask for sealed frames
  --pbx-contact N       input N is closed while the PBX is well
  --extension N         channel N is on a spare extension of the PBX
  --clock-ppm N         error of the card's crystal
  --wav FOLDER          write what every line carried

Orders of the control port and of scripts:
${orderHelp}
`;

const options = {
  pty: { type: 'string' },
  tcp: { type: 'string' },
  serial: { type: 'string' },
  'serial-number': { type: 'string', default: 'LK8-SIM1' },
  lines: { type: 'string', default: '8' },
  seed: { type: 'string', default: '1' },
  script: { type: 'string' },
  traffic: { type: 'string' },
  control: { type: 'string' },
  key: { type: 'string' },
  'pbx-contact': { type: 'string', default: '0' },
  extension: { type: 'string', default: '0' },
  'clock-ppm': { type: 'string', default: '0' },
  wav: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

class WrongUsage extends Error {}

function number(word: string, name: string, min: number, max: number): number {
  const value = Number(word);
  if (word !== '' && Number.isFinite(value) && value >= min && value <= max) return value;
  throw new WrongUsage(`--${name} is a number from ${min} to ${max}, not "${word}"`);
}

/** The link, and where it can be reached once it is ready. */
interface Reached {
  readonly link: ByteLink;
  readonly at: Promise<string>;
}

export async function sim(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (values.help) {
      process.stdout.write(usage);
      return 0;
    }
    if (positionals.length !== 1 || positionals[0] !== 'card') throw new WrongUsage('what to simulate: card');
    return await simCard(values);
  } catch (error) {
    const isUsage = error instanceof WrongUsage || (error instanceof TypeError && 'code' in error);
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`linekeeper sim: ${message}\n${isUsage ? `\n${usage}` : ''}`);
    return isUsage ? 2 : 1;
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options; args: string[] }>>['values'];

async function simCard(values: Values): Promise<number> {
  const lines = number(values.lines, 'lines', 1, 8);
  const seed = number(values.seed, 'seed', 0, 2 ** 31);
  if (values['serial-number'].length > 16) throw new WrongUsage('--serial-number has at most 16 characters');
  const script = values.script === undefined ? undefined : readScript(readFileSync(values.script, 'utf8'));
  const { link, at } = reach(values);
  const card = new VirtualCard({
    link,
    clock: systemClock,
    serialNumber: values['serial-number'],
    lines,
    seed,
    pbxContact: number(values['pbx-contact'], 'pbx-contact', 0, 4),
    extension: number(values.extension, 'extension', 0, 8),
    clockPpm: number(values['clock-ppm'], 'clock-ppm', -1000, 1000),
    ...(values.wav === undefined ? {} : { played: new PlayedAudio(values.wav) }),
    ...(values.key === undefined ? {} : { key: keyOf(values.key) }),
  });
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  const order = (words: string): string => obey(words, card, (ms, run) => void setTimeout(run, ms));
  let control: ControlPort | undefined;
  try {
    card.start();
    const where = await at;
    if (values.control !== undefined)
      control = await controlPort(number(values.control, 'control', 0, 65_535), order);
    const controlled = control === undefined ? '' : ` control 127.0.0.1:${control.port}`;
    process.stdout.write(`card ${values['serial-number']} ready at ${where}${controlled}\n`);
    if (script !== undefined) play(script, order);
    if (values.traffic !== undefined)
      playTraffic(number(values.traffic, 'traffic', 0.5, 86_400) * 1000, lines, seed, order);
    await ended;
  } finally {
    await control?.close();
    await card.close();
  }
  // Timers of a script may still wait.
  process.exit(0);
}

function reach(values: Values): Reached {
  const given = [values.pty, values.tcp, values.serial].filter((one) => one !== undefined);
  if (given.length !== 1) throw new WrongUsage('give one of --pty PATH, --tcp PORT and --serial PATH');
  if (values.pty !== undefined) {
    const link = ptyLink(values.pty);
    return { link, at: link.ready };
  }
  if (values.tcp !== undefined) {
    const link = listenLink(number(values.tcp, 'tcp', 0, 65_535));
    return { link, at: link.listening.then((port) => `tcp://127.0.0.1:${port}`) };
  }
  const path = values.serial ?? '';
  const link = serialLink({ name: 'sim', path, baud: 921_600, parity: 'none' });
  return { link, at: Promise.resolve(path) };
}

function keyOf(file: string): Buffer {
  const read = readCardKey(file);
  if (!read.ok) throw new Error(read.reason.en);
  return read.key;
}

/** An order that could not be carried out is told, and the script goes on. */
function tellOrder(order: string, answer: string): void {
  if (answer.startsWith('error')) process.stderr.write(`${order}: ${answer}\n`);
}

function play({ steps, repeatMs }: Script, obeyed: (order: string) => string): void {
  for (const { atMs, order } of steps)
    setTimeout(() => {
      tellOrder(order, obeyed(order));
    }, atMs);
  if (repeatMs !== undefined)
    setTimeout(() => {
      play({ steps, repeatMs }, obeyed);
    }, repeatMs);
}

function playTraffic(everyMs: number, lines: number, seed: number, obeyed: (order: string) => string): void {
  const calls = traffic({ seed, lines, everyMs });
  const next = (): void => {
    const step = calls.next().value;
    setTimeout(() => {
      // A busy line refuses: the caller tries somewhere else.
      obeyed(step.order);
      next();
    }, step.afterMs);
  };
  next();
}
