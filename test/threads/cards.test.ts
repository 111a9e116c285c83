import sinon from 'sinon';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ChannelReading, LineCard, LineCardHandlers } from '../../src/ports/line-card.ts';
import type { RoomEvent } from '../../src/model/event.ts';
import { Cards } from '../../src/threads/cards.ts';
import { channelsPerCard } from '../../src/ports/line-card.ts';
import { base, upsModels } from '../room-file/base.ts';
import { loadRoom } from '../../src/room/load.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';

const frameMs = 20;
const quiet: readonly ChannelReading[] = Array.from({ length: channelsPerCard }, () => ({
  volts: [48, 48, 48, 48] as const,
  milliamps: 0,
  ringVolts: 0,
  ringHz: 0,
}));

const timers = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
const now = (): number => Date.now();
test.after(() => timers.restore());

test('frames that were held up on the way: their lines are known again, although no level has changed', async () => {
  const { room } = loadRoom(base, 'room.yaml', { upsModels });
  assert.ok(room);
  let told: LineCardHandlers | undefined;
  const card: LineCard = {
    id: 'card-b',
    start: (handlers) => (told = handlers),
    drive: () => undefined,
    pulse: () => undefined,
    feed: () => undefined,
    output: () => undefined,
    hook: () => undefined,
    abilities: { hook: false, supervisedInputs: false },
    close: () => Promise.resolve(),
    counters: { frames: 0, badFrames: 0, lostFrames: 0, resyncs: 0, audioOverruns: 0 },
  };
  const clock = { mono: () => monoMs(now()), wall: () => wallMs(now()) };
  const cards = new Cards(room, new Map([['card-b', card]]), new Map(), clock);
  const posted: RoomEvent[] = [];
  cards.start({
    post: (event) => posted.push(event),
    reported: () => undefined,
    lost: () => undefined,
    bound: () => undefined,
    input: () => undefined,
  });
  const take = (): string[] =>
    posted
      .splice(0)
      .map((event) => (event.kind === 'frames' ? `frames ${event.flowing ? 'flow' : 'stop'}` : event.kind));

  for (let n = 0; n < 10; n++) {
    timers.tick(frameMs);
    told?.lines(monoMs(now()), quiet);
  }
  assert.equal(take(), ['frames flow', 'loop']);
  const heldFrom = now();
  timers.tick(700);
  assert.equal(take(), ['frames stop']);
  // All at once, each with its own moment: without a gap.
  for (let at = heldFrom + frameMs; at <= now(); at += frameMs) told?.lines(monoMs(at), quiet);
  assert.equal(take(), ['frames flow', 'loop']);
  await cards.close();
});

test('the healthy output falls with the host, the horn does not; what fell is told its level again', () => {
  const { room } = loadRoom(
    base
      .replace('output: pi/23, role: horn', 'output: card-a/out1, role: horn')
      .replace('output: pi/25, role: healthy', 'output: card-a/out2, role: healthy'),
    'room.yaml',
    { upsModels },
  );
  assert.ok(room);
  let told: LineCardHandlers | undefined;
  const sent: string[] = [];
  const card: LineCard = {
    id: 'card-a',
    start: (handlers) => (told = handlers),
    drive: () => undefined,
    pulse: () => undefined,
    feed: () => undefined,
    output: (index, energised, falls) =>
      sent.push(`${index} ${energised ? 'on' : 'off'}${falls ? ', falls' : ''}`),
    hook: () => undefined,
    abilities: { hook: false, supervisedInputs: false },
    close: () => Promise.resolve(),
    counters: { frames: 0, badFrames: 0, lostFrames: 0, resyncs: 0, audioOverruns: 0 },
  };
  const clock = { mono: () => monoMs(now()), wall: () => wallMs(now()) };
  const cards = new Cards(room, new Map([['card-a', card]]), new Map(), clock);
  cards.start({
    post: () => undefined,
    reported: () => undefined,
    lost: () => undefined,
    bound: () => undefined,
    input: () => undefined,
  });
  const drive = (): string[] => {
    cards.drive({ coils: {}, points: { horn: true, healthy: true } });
    return sent.splice(0);
  };
  told?.link('up', 'LK8-0001', { zh: '', en: '' });
  assert.equal(drive(), ['1 on', '2 on, falls']);
  assert.equal(drive(), []);
  told?.relays(monoMs(now()), [], true, 'normal', true);
  assert.equal(drive(), ['1 on', '2 on, falls']);
  told?.relays(monoMs(now()), [], true, 'normal', false);
  assert.equal(drive(), ['1 on', '2 on, falls']);
  assert.equal(drive(), []);
});

test.run();
