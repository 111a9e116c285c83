/**
 * What happens when something stands still, on real transports: the broker is away for the first minute of a room, and the whole
 * program stops in the middle of calls.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needsPrograms } from '../rig.ts';
import { RealRoom } from '../room/real-room.ts';
import { eventually } from '../room/program.ts';

needsPrograms('socat', 'mosquitto');
const room = new RealRoom({ lines: 3 });

test.after(() => room.stop());

const allNormal = async (): Promise<void> => {
  for (const line of ['L01', 'L02', 'L03']) await room.lineIs(line, 'bypass', 'normal', 120_000);
};

test('the broker is away for a minute: every event arrives afterwards, in order, none twice with another identifier', async () => {
  await room.start();
  // What the broker has taken and not yet saved would die with it: it dies in a quiet moment.
  let heard = { count: 0, at: Date.now() };
  await eventually('the events of the start', () => {
    if (room.events.length !== heard.count) heard = { count: room.events.length, at: Date.now() };
    return (heard.count > 0 && Date.now() - heard.at > 2500) || undefined;
  });
  room.broker?.kill('SIGKILL');
  await room.broker?.ended;
  const awayFrom = Date.now();
  const from = room.events.length;
  const newestBefore = Math.max(...room.events.map(({ seq }) => seq));
  for (let n = 0; n < 6; n++) {
    await room.order(`call in ${1 + (n % 3)} answer 1 talk 3 patience 20`);
    await new Promise((resolve) => setTimeout(resolve, 10_000));
  }
  assert.ok(Date.now() - awayFrom >= 60_000);
  await room.startBroker();
  await eventually(
    'the calls of that minute',
    () => {
      const ended = room.events.slice(from).filter(({ kind, phase }) => kind === 'call' && phase === 'ended');
      return new Set(ended.map(({ call }) => (call as { id: string }).id)).size >= 6 || undefined;
    },
    60_000,
  );
  const bySeq = new Map<number, string>();
  for (const { seq, id } of room.events) {
    assert.is(bySeq.get(seq) ?? id, id, `event ${seq} came with two identifiers`);
    bySeq.set(seq, id);
  }
  const missing = (): number[] => {
    const seen = new Set(room.events.map(({ seq }) => seq));
    const newest = Math.max(...seen);
    return Array.from({ length: newest - newestBefore }, (_, n) => newestBefore + 1 + n).filter(
      (seq) => !seen.has(seq),
    );
  };
  await eventually('no gap', () => missing().length === 0 || undefined).catch(() =>
    assert.equal(missing(), []),
  );
  // In order on every line, first deliveries only.
  for (const line of ['L01', 'L02', 'L03']) {
    const first = new Set<string>();
    const seqs = room.events
      .filter(
        (event) => event['line'] === line || (event['call'] as { line?: string } | undefined)?.line === line,
      )
      .filter(({ id }) => !first.has(id) && first.add(id))
      .map(({ seq }) => seq);
    assert.ok(seqs.length > 0);
    assert.equal(
      seqs,
      [...seqs].sort((a, b) => a - b),
    );
  }
});

test('stopped for good: the card takes idle lines over by itself after hostLost, the busy one when its call ends', async () => {
  await allNormal();
  // A line whose call has just ended would be taken over when its loop has been open long enough.
  for (const line of ['L01', 'L02', 'L03']) await room.lineIs(line, 'signal', 'idle');
  await room.order('call in 2 answer 1 talk 14 patience 30');
  await room.lineIs('L02', 'signal', 'off-hook');
  room.program?.kill('SIGSTOP');
  const stoppedAt = Date.now();
  await eventually('idle lines with their phones', async () => {
    const { lines } = await room.cardState();
    return (lines[0]?.contact === 'bypass' && lines[2]?.contact === 'bypass') || undefined;
  });
  const tookMs = Date.now() - stoppedAt;
  assert.ok(tookMs >= 4000 && tookMs <= 8000, `taken over after ${tookMs} ms`);
  const busy = (await room.cardState()).lines[1];
  assert.is(busy?.contact, 'normal');
  assert.ok(busy?.offHook);
  await eventually(
    'the busy line with its phone',
    async () => (await room.cardState()).lines[1]?.contact === 'bypass' || undefined,
    40_000,
  );
  room.program?.kill('SIGCONT');
  await room.lineIs('L01', 'bypass', 'bypass');
  await allNormal();
});

test.run();
