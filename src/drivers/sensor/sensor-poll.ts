/**
 * Reads the room's sensors at their periods. A read of 1-Wire takes most of a second inside the kernel, and a device that hangs
 * takes for ever: both sit in one of the few threads that read files for the whole process, so at one time one 1-Wire device is
 * read and two others, and a read that has not ended is not begun again.
 */
import type { SensorPoint } from '../../model/room.ts';
import { writtenSensor } from '../../model/sensor.ts';
import { text } from '../../model/text.ts';
import type { Probe } from '../../ports/probe.ts';
import type { RoundAnswer } from '../probe-rounds.ts';
import { ProbeRounds, Slots } from '../probe-rounds.ts';
import type { SensorReading } from './read.ts';
import { readSensor } from './read.ts';

const waitMsMin = 10_000;

export interface SensorPollsOptions {
  /** The folder that stands for `/sys`. */
  readonly root?: string;
  /** For tests: reads one sensor. */
  readonly read?: typeof readSensor;
  readonly waitMs?: number;
}

/** One set of these a process. */
export class SensorPolls {
  readonly #wire = new Slots(1);
  readonly #others = new Slots(2);
  readonly #root: string;
  readonly #read: typeof readSensor;
  readonly #waitMs: number | undefined;

  constructor({ root = '/sys', read = readSensor, waitMs }: SensorPollsOptions = {}) {
    this.#root = root;
    this.#read = read;
    this.#waitMs = waitMs;
  }

  poll(point: SensorPoint): Probe {
    const { id, sensor, scale, offset, everyMs } = point;
    const slots = sensor.family === 'w1' ? this.#wire : this.#others;
    let reading: Promise<SensorReading> | undefined;
    return new ProbeRounds({
      source: id,
      everyMs,
      silence: 'unknown',
      ask: async (end) => {
        reading ??= slots
          .run(() => this.#read(sensor, this.#root))
          .finally(() => {
            reading = undefined;
          });
        const answer = await within(this.#waitMs ?? Math.max(waitMsMin, everyMs), reading, end);
        if (answer === undefined) {
          const words = writtenSensor(sensor);
          return {
            kind: 'miss',
            reason: text(`${words} 未读完：总线可能卡住`, `reading ${words} does not end: its bus may hang`),
          };
        }
        return roundAnswer(answer, scale, offset);
      },
    });
  }
}

function roundAnswer(answer: SensorReading, scale: number, offset: number): RoundAnswer {
  switch (answer.kind) {
    case 'value':
      return {
        kind: 'alive',
        reason: text('有读数', 'read'),
        values: { value: answer.value * scale + offset },
      };
    case 'missed':
      return { kind: 'miss', reason: answer.reason };
    case 'absent':
      return { kind: 'cannot', reason: answer.reason };
  }
}

/** `undefined` when it took longer, or nobody wants to know any more. */
async function within<T>(ms: number, work: Promise<T>, end: AbortSignal): Promise<T | undefined> {
  let give: () => void = () => undefined;
  const tooLong = new Promise<undefined>((resolve) => {
    give = () => {
      resolve(undefined);
    };
  });
  const timer = setTimeout(give, ms);
  end.addEventListener('abort', give, { once: true });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
    end.removeEventListener('abort', give);
  }
}
