/** What every register bus keeps (ports/registers.ts), against a device that the test can make answer as it likes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RegisterRequest, WritableRegisters } from '../../src/ports/registers.ts';

/** How the device answers: register r holds `valueOf(r)`. */
export type DeviceMood =
  'well' | 'silent' | 'other-unit' | 'other-function' | 'too-short' | 'too-long' | 'damaged' | 'noise';

export interface RegistersBench {
  readonly registers: WritableRegisters;
  /** Longest time for one answer. */
  readonly timeoutMs: number;
  setMood(mood: DeviceMood): void;
  /** Answers with this exception until the mood is set again. */
  setException(code: number): void;
  /** Writes that the device has taken, as function, unit, register and the rest in bytes. */
  readonly writes: () => readonly string[];
  /** Most requests that were on the wire at one time. */
  readonly mostAtOnce: () => number;
  cutLink(): void;
  healLink(): Promise<void>;
  close(): Promise<void>;
}

export const valueOf = (register: number): number => (register * 10) & 0xffff;

const request: RegisterRequest = { unit: 1, function: 3, address: 100, count: 4 };
const right = [1000, 1010, 1020, 1030];
/** Holding the line after silence, reopening after garbage: none of it may last. */
const recoveryLimitMs = 5000;

export function registersContract(name: string, open: () => Promise<RegistersBench>): void {
  const withBench = async (run: (bench: RegistersBench) => Promise<void>): Promise<void> => {
    const bench = await open();
    try {
      await run(bench);
    } finally {
      await bench.close();
    }
  };
  const untilGood = async (bench: RegistersBench): Promise<void> => {
    const endMs = performance.now() + recoveryLimitMs;
    for (;;) {
      const answer = await bench.registers.read(request);
      if (answer.ok) {
        assert.equal(answer.values, right);
        return;
      }
      assert.ok(performance.now() < endMs, 'no good reading again');
      await bench.healLink();
    }
  };

  test(`${name}: registers of both functions and several units are what the device holds`, () =>
    withBench(async ({ registers }) => {
      for (const unit of [1, 2, 247])
        for (const code of [3, 4] as const)
          for (const count of [1, 2, 125]) {
            const answer = await registers.read({ unit, function: code, address: 7, count });
            assert.ok(answer.ok);
            assert.equal(
              answer.values,
              Array.from({ length: count }, (_, n) => valueOf(7 + n)),
            );
          }
    }));

  for (const mood of [
    'silent',
    'other-unit',
    'other-function',
    'too-short',
    'too-long',
    'damaged',
    'noise',
  ] as const)
    test(`${name}: a device that is ${mood} gives no value, and a good one follows`, () =>
      withBench(async (bench) => {
        bench.setMood(mood);
        const from = performance.now();
        const answer = await bench.registers.read(request);
        assert.not(answer.ok);
        if (!answer.ok) {
          assert.is(answer.kind, mood === 'silent' ? 'timeout' : 'bad-answer');
          assert.ok(answer.reason.zh !== '' && answer.reason.en !== '');
        }
        assert.ok(performance.now() - from < bench.timeoutMs + 500, 'no longer than the time-out');
        bench.setMood('well');
        await untilGood(bench);
      }));

  test(`${name}: a write is one frame, confirmed by its own answer; never repeated, and never taken for done else`, () =>
    withBench(async (bench) => {
      const write = { unit: 9, function: 6, address: 0x2eec, value: 0xabcd } as const;
      assert.equal(await bench.registers.write(write), { ok: true, values: [] });
      assert.equal(await bench.registers.write({ ...write, function: 16 }), { ok: true, values: [] });
      assert.equal(await bench.registers.write({ ...write, function: 5, value: 1 }), {
        ok: true,
        values: [],
      });
      assert.equal(bench.writes(), ['6 9 2eecabcd', '16 9 2eec000102abcd', '5 9 2eecff00']);
      for (const mood of ['silent', 'other-unit', 'other-function', 'damaged', 'noise'] as const) {
        bench.setMood(mood);
        const before = bench.writes().length;
        const answer = await bench.registers.write(write);
        assert.ok(!answer.ok && (mood !== 'silent' || answer.kind === 'timeout'), mood);
        assert.ok(bench.writes().length - before <= 1, `${mood}: once`);
        bench.setMood('well');
        await untilGood(bench);
      }
      bench.setException(2);
      const refused = await bench.registers.write(write);
      assert.ok(!refused.ok && refused.kind === 'exception' && refused.exception === 2);
      const wrong = await bench.registers.write({ ...write, value: 0x10000 });
      assert.ok(!wrong.ok);
    }));

  test(`${name}: an exception is told with its code, known or not`, () =>
    withBench(async (bench) => {
      for (const code of [1, 2, 4, 6, 7, 9, 44, 255]) {
        bench.setException(code);
        const answer = await bench.registers.read(request);
        assert.ok(!answer.ok && answer.kind === 'exception' && answer.exception === code);
      }
      bench.setMood('well');
      await untilGood(bench);
    }));

  test(`${name}: one request at a time on the wire, over all units`, () =>
    withBench(async (bench) => {
      const units = [1, 2, 3, 1, 2, 3];
      const answers = await Promise.all(units.map((unit) => bench.registers.read({ ...request, unit })));
      assert.ok(answers.every(({ ok }) => ok));
      assert.is(bench.mostAtOnce(), 1);
    }));

  test(`${name}: without the link reads fail at once, with it they come back`, () =>
    withBench(async (bench) => {
      bench.cutLink();
      const from = performance.now();
      const answer = await bench.registers.read(request);
      assert.ok(!answer.ok && answer.kind === 'offline');
      assert.ok(performance.now() - from < bench.timeoutMs / 2);
      await bench.healLink();
      await untilGood(bench);
    }));

  test(`${name}: after close every read is refused and nothing stays open`, () =>
    withBench(async (bench) => {
      bench.setMood('silent');
      const open = [bench.registers.read(request), bench.registers.read(request)];
      await bench.registers.close();
      for (const answer of await Promise.all(open)) assert.ok(!answer.ok && answer.kind === 'offline');
      assert.not((await bench.registers.read(request)).ok);
    }));
}
