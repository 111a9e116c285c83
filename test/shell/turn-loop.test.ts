import sinon from 'sinon';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Effect, Outputs } from '../../src/model/effect.ts';
import type { RoomEvent } from '../../src/model/event.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';
import { Mailbox, hardLimitEvents, softLimitEvents } from '../../src/shell/mailbox.ts';
import { TurnLoop, slowTurnMs, turnEventsMax } from '../../src/shell/turn-loop.ts';

const noted = (en: string): Effect => ({
  kind: 'notice',
  notice: { at: monoMs(0), kind: 'note', text: { zh: en, en } },
});
const contact = (point: string, at = 0): RoomEvent => ({
  kind: 'contact',
  point,
  closed: true,
  at: monoMs(at),
});
const loopReading = (line: string): RoomEvent => ({
  ...{ kind: 'loop', line, at: monoMs(0) },
  ...{ volts: 48, dcVolts: 48, ringVolts: 0, ringHz: 0, milliamps: 0 },
});

/** A loop over a core that remembers the kinds it saw; each drive, feed and complaint is written down in order. */
function rig(options: { violates?: boolean; stepCostMs?: number } = {}) {
  let now = 1000;
  const log: string[] = [];
  const mailbox = new Mailbox();
  const outputs: Outputs = { coils: {}, points: {} };
  const loop = new TurnLoop<readonly string[]>(
    {
      step: (state, event) => {
        now += options.stepCostMs ?? 0;
        return {
          state: [...state, event.kind],
          effects: event.kind === 'contact' ? [noted(event.point)] : [],
        };
      },
      outputs: () => outputs,
      check: () => (options.violates === true ? ['I7'] : []),
    },
    [],
    { mono: () => monoMs(now), wall: () => wallMs(now) },
    mailbox,
    {
      journal: (event) => log.push(`journal ${event.kind}`),
      drive: () => log.push('drive'),
      carryOut: (effect) =>
        log.push(
          effect.kind === 'notice' && effect.notice.kind === 'note' ? `effect ${effect.notice.text.en}` : '',
        ),
      completed: () => log.push('completed'),
      stoodStill: () => log.push('stood still'),
      slow: (turnMs) => log.push(`slow ${turnMs}`),
      violated: (names) => log.push(`violated ${names.join()}`),
    },
  );
  const wait = (ms: number): void => void (now += ms);
  return { loop, mailbox, log, wait };
}

test('a turn journals, decides, drives, carries out and only then counts as completed', () => {
  const { loop, mailbox, log } = rig();
  mailbox.post(contact('pbx-alarm'));
  loop.turn();
  assert.equal(log, ['journal contact', 'journal turn', 'drive', 'effect pbx-alarm', 'completed']);
  assert.equal(loop.state, ['contact', 'turn']);
});

test('a broken invariant ends the turn: nothing is driven, nothing is fed', () => {
  const { loop, log } = rig({ violates: true });
  loop.turn();
  assert.equal(log, ['journal turn', 'violated I7']);
});

test('a turn takes a bounded number of events and leaves the rest to the next', () => {
  const { loop, mailbox } = rig();
  for (let n = 0; n <= turnEventsMax; n++) mailbox.post(contact('door'));
  loop.turn();
  assert.is(mailbox.waiting, 1);
  loop.turn();
  assert.is(mailbox.waiting, 0);
  loop.stop();
});

test('it turns fifty times a second by itself, so that a pump stroked by each turn runs at 25 Hz, and at once when woken', async () => {
  const timers = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { loop, log } = rig();
  const turns = (): number => log.filter((line) => line === 'completed').length;
  loop.start();
  timers.tick(1000);
  assert.is(turns(), 50);
  loop.wake();
  loop.wake();
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(turns(), 51);
  loop.stop();
  timers.tick(1000);
  assert.is(turns(), 51);
  timers.restore();
});

test('a turn over the limit is told, one at the limit is not', () => {
  const atLimit = rig({ stepCostMs: slowTurnMs });
  atLimit.loop.turn();
  assert.not.ok(atLimit.log.some((line) => line.startsWith('slow')));
  const over = rig({ stepCostMs: slowTurnMs + 1 });
  over.loop.turn();
  assert.ok(over.log.includes(`slow ${slowTurnMs + 1}`));
});

test('a flood drops loop readings first, and everything only at the hard limit', () => {
  const mailbox = new Mailbox();
  for (let n = 0; n < softLimitEvents; n++) assert.ok(mailbox.post(loopReading('L01')));
  assert.not.ok(mailbox.post(loopReading('L01')));
  for (let n = softLimitEvents; n < hardLimitEvents; n++) assert.ok(mailbox.post(contact('door')));
  assert.not.ok(mailbox.post(contact('door')));
  assert.is(mailbox.dropped, 2);
  assert.is(mailbox.take(10).length, 10);
  assert.ok(mailbox.post(contact('door')));
});

test('a standstill is told before anything is decided, and no short pause is one', () => {
  const { loop, mailbox, log, wait } = rig();
  loop.turn();
  wait(500);
  loop.turn();
  assert.not.ok(log.includes('stood still'));
  wait(501);
  mailbox.post(contact('door'));
  log.length = 0;
  loop.turn();
  assert.equal(log.slice(0, 2), ['stood still', 'journal contact']);
});

test.run();
