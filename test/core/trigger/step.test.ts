import * as assert from 'uvu/assert';
import type { Call, CallDirection, CallEnd } from '../../../src/model/line.ts';
import type {
  TriggerConfig,
  TriggerEffect,
  TriggerEvent,
  TriggerState,
} from '../../../src/core/trigger/state.ts';
import { check, step } from '../../../src/core/trigger/step.ts';
import { conditions, initial, isRecording } from '../../../src/core/trigger/state.ts';
import fc from 'fast-check';
import { monoMs } from '../../../src/model/units.ts';
import { test } from 'uvu';
import '../../seeded.ts';

const hour = 3_600_000;

class Desk {
  state: TriggerState;
  readonly told: string[] = [];
  readonly effects: TriggerEffect[] = [];
  #calls = 0;
  #call: Call | undefined;

  constructor(settings: Partial<TriggerConfig['settings']> = {}) {
    this.state = initial(
      {
        line: 'L01',
        runId: 'run',
        settings: { start: 'line-voltage', preRollMs: 2000, hangOverMs: 3000, ...settings },
      },
      monoMs(0),
    );
    this.put({ kind: 'signal', at: monoMs(100), signal: 'idle', since: monoMs(50) });
  }
  put(event: TriggerEvent): this {
    const { state, effects } = step(this.state, event);
    this.state = state;
    this.effects.push(...effects);
    for (const effect of effects)
      this.told.push(
        effect.kind === 'start-recording'
          ? `start ${effect.id} ${effect.from} ${effect.why} ${effect.call ?? '-'}`
          : `stop ${effect.id} ${effect.to} ${effect.call?.end ?? effect.call?.id ?? '-'}`,
      );
    assert.equal(check(state), [], `after ${JSON.stringify(event)}`);
    return this;
  }
  turn(at: number): this {
    return this.put({ kind: 'turn', at: monoMs(at) });
  }
  open(startedAt: number, told: { at?: number; direction?: CallDirection } = {}): this {
    const { at = startedAt + 100, direction = 'incoming' } = told;
    const call: Call = {
      id: `run-L01-${++this.#calls}`,
      line: 'L01',
      direction,
      startedAt: monoMs(startedAt),
      rings: 0,
      pulseDigits: '',
      flashes: 0,
      bypass: false,
      gapMs: 0,
    };
    this.#call = call;
    return this.put({ kind: 'call', at: monoMs(at), phase: 'opened', call });
  }
  answer(answeredAt: number): this {
    assert.ok(this.#call);
    this.#call = { ...this.#call, answeredAt: monoMs(answeredAt) };
    return this.put({ kind: 'call', at: monoMs(answeredAt + 50), phase: 'answered', call: this.#call });
  }
  end(endedAt: number, told: { at?: number; end?: CallEnd } = {}): this {
    const { at = endedAt + 1500, end = 'released' } = told;
    assert.ok(this.#call);
    const call = { ...this.#call, endedAt: monoMs(endedAt), end };
    this.#call = undefined;
    return this.put({ kind: 'call', at: monoMs(at), phase: 'ended', call });
  }
  recorder(at: number, state: 'started' | 'sealed' | 'failed', id = this.state.running?.id ?? ''): this {
    return this.put({ kind: 'recording', at: monoMs(at), id, state });
  }
  speech(at: number): this {
    return this.put({ kind: 'speech', at: monoMs(at) });
  }
  order(at: number, on: boolean): this {
    return this.put({ kind: 'record', at: monoMs(at), on });
  }
  signal(at: number, signal: 'idle' | 'unknown', since = at): this {
    return this.put({ kind: 'signal', at: monoMs(at), signal, since: monoMs(since) });
  }
}

test('a call is recorded from its first ring less the pre-roll to its end plus the hang-over', () => {
  const desk = new Desk().open(10_000).recorder(10_150, 'started').answer(15_000).turn(16_000).end(60_000);
  assert.ok(isRecording(desk.state));
  desk.turn(62_999);
  assert.is(desk.told.length, 1, 'not stopped before the hang-over is over');
  desk.turn(63_000);
  assert.equal(desk.told, ['start run-r1-L01 8000 line-voltage run-L01-1', 'stop run-r1-L01 63000 released']);
  assert.not(isRecording(desk.state));
});

test('an abandoned call is a recording too', () => {
  const desk = new Desk().open(10_000).end(20_000, { at: 26_000, end: 'abandoned' }).turn(26_020);
  assert.equal(desk.told, [
    'start run-r1-L01 8000 line-voltage run-L01-1',
    'stop run-r1-L01 23000 abandoned',
  ]);
});

test('a call that began before we could hear it is recorded from the first sample on', () => {
  const desk = new Desk().open(500, { direction: 'found' });
  assert.equal(desk.told, ['start run-r1-L01 0 line-voltage run-L01-1']);
});

test('a new call within the hang-over: two recordings that meet, none of its pre-roll lost or doubled', () => {
  const desk = new Desk().open(10_000).end(20_000).open(22_500);
  assert.equal(desk.told.slice(1), [
    'stop run-r1-L01 20500 released',
    'start run-r2-L01 20500 line-voltage run-L01-2',
  ]);
});

test('a new call right after the last one: the release stays with the old one', () => {
  const desk = new Desk().open(10_000).end(20_000).open(20_400, { at: 21_600 });
  assert.equal(desk.told.slice(1), [
    'stop run-r1-L01 20000 released',
    'start run-r2-L01 20000 line-voltage run-L01-2',
  ]);
});

test('a new call after the hang-over has passed keeps its whole pre-roll, or begins where the last recording ended', () => {
  const late = new Desk().open(10_000).end(20_000).open(30_000);
  assert.equal(late.told.slice(1), [
    'stop run-r1-L01 23000 released',
    'start run-r2-L01 28000 line-voltage run-L01-2',
  ]);
  const soon = new Desk().open(10_000).end(20_000).turn(23_000).open(24_000);
  assert.is(soon.told.at(-1), 'start run-r2-L01 23000 line-voltage run-L01-2');
});

test('a call whose card fell silent: kept with the call, then ended where it was last heard', () => {
  const desk = new Desk().open(10_000).signal(20_500, 'unknown', 20_000);
  desk.turn(29_999);
  assert.is(desk.told.length, 1);
  desk.end(20_000, { at: 30_000, end: 'link-lost' }).turn(30_020);
  assert.is(desk.told[1], 'stop run-r1-L01 23000 link-lost');
});

test('a call of more than 4 h is split without a hole, and both parts name it', () => {
  const desk = new Desk().open(10_000).recorder(10_100, 'started');
  desk.turn(8_000 + 4 * hour - 1);
  assert.is(desk.told.length, 1);
  desk.turn(8_000 + 4 * hour);
  const split = 8_000 + 4 * hour;
  assert.equal(desk.told.slice(1), [
    `stop run-r1-L01 ${split} run-L01-1`,
    `start run-r2-L01 ${split} line-voltage run-L01-1`,
  ]);
  desk.end(split + 60_000).turn(split + 63_000);
  assert.is(desk.told.at(-1), `stop run-r2-L01 ${split + 63_000} released`);
});

test('a recording that fails is asked for again after 1 s, 2 s, 4 s … at most a minute, while the call lasts', () => {
  const desk = new Desk().open(10_000);
  let at = 10_200;
  const waits: number[] = [];
  for (let failure = 0; failure < 9; failure++) {
    desk.recorder(at, 'failed');
    assert.not(isRecording(desk.state));
    const failedAt = at;
    while (!isRecording(desk.state)) desk.turn((at += 10));
    waits.push(at - failedAt);
  }
  assert.equal(waits, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  assert.is(new Set(desk.effects.map(({ id }) => id)).size, desk.effects.length, 'a new id each time');
  desk.recorder(at, 'failed').end(at + 100);
  desk.turn(at + 120_000);
  assert.not(isRecording(desk.state));
  assert.is(desk.effects.length, 10, 'nothing is asked for after the call');
});

test('a first failure loses nothing: the retry reaches back as far as audio is kept', () => {
  const desk = new Desk().open(10_000).recorder(10_200, 'failed').turn(11_200);
  assert.is(desk.told.at(-1), 'start run-r2-L01 8000 line-voltage run-L01-1');
  const late = new Desk().open(10_000, { at: 60_000 });
  assert.is(late.told.at(-1), 'start run-r1-L01 53000 line-voltage run-L01-1');
});

test('a failing recorder is a standing condition until a recording has lasted 10 s or is sealed', () => {
  const desk = new Desk().open(10_000).recorder(10_100, 'started');
  assert.equal(conditions(desk.state), []);
  desk.recorder(10_200, 'failed');
  assert.is(conditions(desk.state)[0]?.key.type, 'recorder.failed');
  assert.is(conditions(desk.state)[0]?.key.subject, 'L01');
  desk.turn(11_200).recorder(11_300, 'started');
  desk.turn(21_299);
  assert.is(conditions(desk.state).length, 1);
  desk.turn(21_300);
  assert.equal(conditions(desk.state), []);

  const sealed = new Desk().open(10_000).recorder(10_200, 'failed').turn(11_200).recorder(11_300, 'started');
  sealed.recorder(11_400, 'failed').recorder(11_500, 'sealed', 'old');
  assert.is(
    conditions(sealed.state).length,
    1,
    'an older recording that is sealed late says nothing of this failure',
  );
  sealed.turn(13_400).recorder(13_500, 'started');
  sealed.end(14_000).turn(17_000).recorder(17_500, 'sealed', 'run-r3-L01');
  assert.equal(conditions(sealed.state), []);
});

test('a recorder that does not answer for 10 s is a condition, and nothing is asked for twice', () => {
  const desk = new Desk().open(10_000, { at: 10_100 });
  desk.turn(20_099);
  assert.equal(conditions(desk.state), []);
  desk.turn(20_100);
  assert.is(conditions(desk.state).length, 1);
  assert.is(desk.told.length, 1);
  desk.recorder(21_000, 'started');
  assert.equal(conditions(desk.state), []);
});

test('a recording that was sealed although nobody stopped it goes on as a new one', () => {
  const desk = new Desk().open(10_000).recorder(10_100, 'started').recorder(20_000, 'sealed');
  assert.is(desk.told.at(-1), 'start run-r2-L01 20000 line-voltage run-L01-1');
});

test('answers about recordings long gone change nothing but the condition', () => {
  const desk = new Desk().open(10_000).recorder(10_100, 'started');
  desk.recorder(11_000, 'started', 'old').recorder(11_000, 'sealed', 'old');
  assert.is(desk.told.length, 1);
  desk.recorder(11_000, 'failed', 'old');
  assert.ok(isRecording(desk.state));
  assert.is(conditions(desk.state).length, 1);
});

test('command: nothing is recorded by itself; an order records from the pre-roll until it is taken back', () => {
  const desk = new Desk({ start: 'command' }).open(10_000).turn(12_000);
  assert.equal(desk.told, []);
  desk.order(20_000, true).order(21_000, true).end(25_000).turn(40_000);
  assert.equal(desk.told, ['start run-r1-L01 18000 command -']);
  desk.order(50_000, false);
  assert.is(desk.told.at(-1), 'stop run-r1-L01 50000 -');
});

test('an order in line-voltage mode records between the calls; calls keep recordings of their own', () => {
  const desk = new Desk().order(5_000, true).open(20_000).end(30_000).turn(33_000).order(40_000, false);
  assert.equal(desk.told, [
    'start run-r1-L01 3000 command -',
    'stop run-r1-L01 18000 -',
    'start run-r2-L01 18000 line-voltage run-L01-1',
    'stop run-r2-L01 33000 released',
    'start run-r3-L01 33000 command -',
    'stop run-r3-L01 40000 -',
  ]);
});

test('taking an order back never cuts the recording of a call', () => {
  const desk = new Desk().open(10_000).order(12_000, true).order(13_000, false).turn(20_000);
  assert.ok(isRecording(desk.state));
  assert.is(desk.told.length, 1);
});

test('voice: from the first speech less the pre-roll until 3 s without', () => {
  const desk = new Desk({ start: 'voice', hangOverMs: 1000 }).speech(10_000).speech(11_000).turn(13_999);
  assert.equal(desk.told, ['start run-r1-L01 8000 voice -']);
  desk.turn(14_000);
  assert.is(desk.told.at(-1), 'stop run-r1-L01 14000 -');
  desk.speech(14_500);
  assert.is(desk.told.at(-1), 'start run-r2-L01 14000 voice -');
});

test('continuous: as long as audio comes; split at 4 h; ended 10 s into a silent card and begun again after it', () => {
  const desk = new Desk({ start: 'continuous' });
  assert.equal(desk.told, ['start run-r1-L01 100 continuous -']);
  desk.open(10_000).end(20_000);
  assert.is(desk.told.length, 1, 'calls do not cut it');
  desk.turn(100 + 4 * hour);
  assert.equal(desk.told.slice(1), [
    `stop run-r1-L01 ${100 + 4 * hour} -`,
    `start run-r2-L01 ${100 + 4 * hour} continuous -`,
  ]);
  const gap = 5 * hour;
  desk.signal(gap + 500, 'unknown', gap).turn(gap + 9_999);
  assert.is(desk.told.length, 3);
  desk.turn(gap + 10_000);
  assert.is(desk.told.at(-1), `stop run-r2-L01 ${gap} -`);
  desk.signal(gap + 60_000, 'idle');
  assert.is(desk.told.at(-1), `start run-r3-L01 ${gap + 60_000} continuous -`);
});

test('schedule: calls are recorded while it is open; one that began then is recorded to its end', () => {
  const desk = new Desk({ start: 'schedule' }).open(10_000);
  desk.put({ kind: 'schedule', at: monoMs(12_000), open: false });
  desk.end(20_000).turn(23_000);
  assert.equal(desk.told, ['start run-r1-L01 8000 schedule run-L01-1', 'stop run-r1-L01 23000 released']);
  desk.open(30_000).end(31_000).turn(40_000);
  assert.is(desk.told.length, 2);
});

test('a turn with nothing to do returns the very same state', () => {
  const desk = new Desk().open(10_000).recorder(10_100, 'started');
  const before = desk.state;
  desk.turn(11_000);
  assert.is(desk.state, before);
});

test('any order of events: ids unique, started before stopped, no two overlap, every open call recorded or retried', () => {
  const starts = ['line-voltage', 'voice', 'continuous', 'command', 'schedule'] as const;
  let made = 0;
  let stopped = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...starts),
      fc.array(
        fc.record({
          pause: fc.constantFrom(1, 20, 500, 1500, 3000, 10_000, 70_000, 2 * hour),
          what: fc.constantFrom(
            ...([
              'turn',
              'turn',
              'open',
              'end',
              'answer',
              'speech',
              'on',
              'off',
              'unknown',
              'idle',
              'open-hours',
            ] as const),
            ...(['closed-hours', 'started', 'failed', 'sealed'] as const),
          ),
        }),
        { minLength: 30, maxLength: 80 },
      ),
      (start, moves) => {
        const desk = new Desk({ start });
        let at = 1000;
        let isOpen = false;
        for (const { pause, what } of moves) {
          at += pause;
          const moment = monoMs(at);
          if (what === 'turn') desk.turn(at);
          else if (what === 'open' && !isOpen) desk.open(at - 100, { at });
          else if (what === 'end' && isOpen) desk.end(at - 90, { at });
          else if (what === 'answer' && isOpen) desk.answer(at - 50);
          else if (what === 'speech') desk.speech(at);
          else if (what === 'on' || what === 'off') desk.order(at, what === 'on');
          else if (what === 'unknown' || what === 'idle') desk.signal(at, what);
          else if (what === 'open-hours' || what === 'closed-hours')
            desk.put({ kind: 'schedule', at: moment, open: what === 'open-hours' });
          else if (what === 'started' || what === 'failed' || what === 'sealed') desk.recorder(at, what);
          if (what === 'open') isOpen = true;
          if (what === 'end') isOpen = false;
          // The guard turns far more often than calls change.
          desk.turn(at);
        }
        const open = new Map<string, number>();
        const ids = new Set<string>();
        let lastTo = -Infinity;
        for (const effect of desk.effects) {
          if (effect.kind === 'start-recording') {
            made++;
            assert.not(ids.has(effect.id));
            ids.add(effect.id);
            assert.ok(effect.from >= lastTo, `${effect.id} begins inside the one before`);
            open.set(effect.id, effect.from);
          } else {
            stopped++;
            const from = open.get(effect.id);
            assert.ok(from !== undefined && effect.to >= from);
            open.delete(effect.id);
            lastTo = effect.to;
          }
        }
        assert.equal(JSON.parse(JSON.stringify(desk.state)), desk.state);
      },
    ),
    { numRuns: 1000 },
  );
  assert.ok(made > 1000 && stopped > 500, `${made} started, ${stopped} stopped`);
});

test.run();
