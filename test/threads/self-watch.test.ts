import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import sinon from 'sinon';
import { SelfWatch } from '../../src/threads/self-watch.ts';
import type { RoomEvent } from '../../src/model/event.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';

const test = suite('the guard looks at itself');

function watched() {
  const time = { mono: 1000, wall: 1_800_000_000_000 };
  const events: RoomEvent[] = [];
  const told: string[] = [];
  const timers = sinon.useFakeTimers();
  const watch = new SelfWatch(
    { mono: () => monoMs(time.mono), wall: () => wallMs(time.wall) },
    {
      post: (event) => events.push(event),
      condition: (type, active, detail, qualifier = '') =>
        told.push(`${active ? '+' : '-'} ${type}/${qualifier} ${detail.en}`.trim()),
      giveUpRealTime: () => told.push('real-time priority given up'),
    },
  );
  const pass = (monoMsPassed: number, wallMsPassed = monoMsPassed): void => {
    time.mono += monoMsPassed;
    time.wall += wallMsPassed;
  };
  return { watch, events, told, pass, timers };
}

test('a wall clock that was set is told once, with how far, and shown for a minute', () => {
  const { watch, events, told, pass, timers } = watched();
  pass(1000);
  watch.look({ latenessMs: 0, dropped: 0 });
  assert.equal(events, []);
  pass(1000, 3_601_000);
  watch.look({ latenessMs: 0, dropped: 0 });
  pass(1000);
  watch.look({ latenessMs: 0, dropped: 0 });
  assert.equal(
    events.map((event) => event.kind === 'clock' && event.stepMs),
    [3_600_000],
  );
  assert.ok(told.includes('+ clock.step/ moved by 3600 s'));
  assert.not.ok(told.includes('- clock.step/'));
  timers.tick(60_000);
  assert.ok(told.includes('- clock.step/'));
});

test('a clock that drifts by less than half a second between two looks was not set', () => {
  const { watch, events, pass } = watched();
  for (let second = 0; second < 10; second++) {
    pass(1000, 1400);
    watch.look({ latenessMs: 0, dropped: 0 });
  }
  assert.equal(events, []);
});

test('lost events are counted since the last look, and a second loss keeps the alarm up', () => {
  const { watch, told, timers } = watched();
  watch.look({ latenessMs: 0, dropped: 3 });
  timers.tick(40_000);
  watch.look({ latenessMs: 0, dropped: 8 });
  timers.tick(40_000);
  assert.equal(
    told.filter((line) => line.includes('mailbox')),
    [
      '+ guard.slow-turn/mailbox 3 events were lost under overload',
      '+ guard.slow-turn/mailbox 5 events were lost under overload',
    ],
  );
  timers.tick(20_000);
  assert.is(told.filter((line) => line === '- guard.slow-turn/mailbox').length, 1);
});

test('a late loop is told while it is late', () => {
  const { watch, told } = watched();
  watch.look({ latenessMs: 400, dropped: 0 });
  watch.look({ latenessMs: 1, dropped: 0 });
  assert.equal(told, ['+ guard.slow-turn/loop the loop was 400 ms late', '- guard.slow-turn/loop']);
});

test('three slow turns within a minute give up the real-time priority, two do not, and it is given up once', () => {
  const { watch, told, pass } = watched();
  const given = (): number => told.filter((line) => line === 'real-time priority given up').length;
  watch.slowTurn(300);
  pass(59_999);
  watch.slowTurn(300);
  pass(1);
  watch.slowTurn(300);
  assert.is(given(), 0, 'the first is a minute old');
  pass(10);
  watch.slowTurn(300);
  assert.is(given(), 1);
  watch.slowTurn(300);
  assert.is(given(), 1);
  assert.ok(told.includes('+ guard.slow-turn/ one turn took 300 ms'));
});

test('a guard that ended itself is told by the next one, with the file of its last words', () => {
  const { watch, told, timers } = watched();
  watch.brokeARule('last-words-abc.told.json');
  assert.equal(told, ['+ guard.invariant/ see journal/last-words-abc.told.json']);
  timers.tick(60_000);
  assert.ok(told.includes('- guard.invariant/'));
});

test.after.each(() => {
  sinon.restore();
});
test.run();
