/** Sends one string over a wire and looks for the expected words in what comes back, once and for a bounded time. */
import type { SendOutcome } from '../../model/control.ts';
import { text } from '../../model/text.ts';
import { Heard, printable } from './heard.ts';
import type { SerialWire } from './serial-wire.ts';

export interface SendOnce {
  readonly send: string;
  /** Absent: no answer is awaited. */
  readonly expect?: string;
  readonly withinMs: number;
}

/** One at a time on each wire: an answer belongs to the string before it. */
export const sendOnce = (wire: SerialWire, what: SendOnce): Promise<SendOutcome> =>
  wire.take(() => sendNow(wire, what));

function sendNow(wire: SerialWire, { send, expect, withinMs }: SendOnce): Promise<SendOutcome> {
  const { fault } = wire;
  if (fault !== undefined) return Promise.resolve({ kind: 'not-sent', reason: fault });
  if (expect === undefined)
    return Promise.resolve(wire.write(send) ? { kind: 'sent' } : { kind: 'not-sent', reason: refused });
  return new Promise((resolve) => {
    const heard = new Heard(expect);
    const forget = wire.listen((chunk) => {
      heard.add(chunk);
    });
    const finish = (outcome: SendOutcome): void => {
      clearTimeout(timer);
      heard.wait(undefined);
      forget();
      resolve(outcome);
    };
    const timer = setTimeout(() => {
      // What came instead may be a call record: its digits are nobody's business here.
      finish(
        heard.isSilent
          ? { kind: 'silent', heard: '' }
          : { kind: 'other', heard: printable(heard.newest).replaceAll(/\d/g, '9') },
      );
    }, withinMs);
    heard.wait((words) => finish({ kind: 'answered', heard: printable(words) }));
    if (!wire.write(send)) finish({ kind: 'not-sent', reason: refused });
  });
}

const refused = text('串口写不出去', 'the serial wire takes nothing');
