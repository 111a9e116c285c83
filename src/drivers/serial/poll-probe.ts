/**
 * Asks a device on a serial wire and looks for the expected words in what comes back; without a question it only listens, for
 * a heartbeat that the device sends by itself. A wire of ours that is not there says nothing about the device.
 */
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import type { Probe } from '../../ports/probe.ts';
import { oneAnswer } from '../one-answer.ts';
import { ProbeRounds } from '../probe-rounds.ts';
import type { RoundAnswer } from '../probe-rounds.ts';
import { Heard, printable } from './heard.ts';
import type { SerialWire } from './serial-wire.ts';

export interface SerialPollOptions {
  readonly source: string;
  readonly wire: SerialWire;
  readonly send?: string;
  /** Words that must come in one line; `*` stands for anything between them. */
  readonly expect: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
}

export function serialPollProbe(options: SerialPollOptions): Probe {
  const { source, wire, send, everyMs } = options;
  const heard = new Heard(options.expect);
  const forget = wire.listen((chunk) => {
    heard.add(chunk);
  });
  const rounds = new ProbeRounds({
    source,
    everyMs,
    silence: 'down',
    // A question needs the wire for itself; who only listens does not hold up the others.
    ask: (end) => (send === undefined ? ask(options, heard, end) : wire.take(() => ask(options, heard, end))),
  });
  return {
    source,
    start: (report) => {
      rounds.start(report);
    },
    suspect: (on) => {
      // A device that speaks by itself does not speak faster.
      if (send !== undefined) rounds.suspect(on);
    },
    stop: () => {
      forget();
      return rounds.stop();
    },
  };
}

async function ask(
  { wire, send, timeoutMs }: SerialPollOptions,
  heard: Heard,
  end: AbortSignal,
): Promise<RoundAnswer> {
  const before = wire.fault;
  if (before !== undefined) return { kind: 'cannot', reason: before };
  const overdue = text('串口上没有等到应有的内容', 'the expected words did not come over the serial wire');
  const answer = await oneAnswer({ waitMs: timeoutMs, overdue, end }, (finish) => {
    const came = (words: string): void => finish({ kind: 'alive', reason: told(words) });
    if (send === undefined) {
      const words = heard.take();
      if (words !== undefined) came(words);
    } else {
      heard.clear();
      if (!wire.write(send))
        finish({ kind: 'cannot', reason: text('串口写不出去', 'the serial wire takes nothing') });
    }
    heard.wait(came);
    return () => heard.wait(undefined);
  });
  if (answer.kind !== 'miss') return answer;
  const after = wire.fault;
  if (after !== undefined) return { kind: 'cannot', reason: after };
  return heard.isSilent
    ? { kind: 'miss', reason: text('串口上没有任何应答', 'nothing came over the serial wire') }
    : answer;
}

function told(words: string): Text {
  const shown = printable(words);
  return text(`收到 ${shown}`, `came: ${shown}`);
}
