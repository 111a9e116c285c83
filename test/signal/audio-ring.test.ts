import { test } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import { AudioRingReader, AudioRingWriter, makeAudioRing, ringSamples } from '../../src/signal/audio-ring.ts';
import { elapsedMs, monoMs } from '../../src/model/units.ts';
import '../seeded.ts';

const frame = 160;
/** A card's AUDIO frame: eight channels; ours is channel 3. */
const card = new Int16Array(8 * frame);

/** Sample `n` of the test signal: every position has a value that tells where it belongs. */
const sampleAt = (position: number): number => ((position * 7919) % 60_000) - 30_000;

class Writing {
  readonly buffer = makeAudioRing();
  readonly writer = new AudioRingWriter(this.buffer);
  readonly reader = new AudioRingReader(this.buffer);
  position = 0;
  /** Moment of the first sample. */
  startMs = 1000;

  atOf(position: number): number {
    return this.startMs + position / 8;
  }
  write(count: number): void {
    for (let index = 0; index < count; index++) card[3 * frame + index] = sampleAt(this.position + index);
    this.position += count;
    this.writer.write(monoMs(this.atOf(this.position - 1)), card, 3 * frame, count);
  }
  gap(count: number): void {
    this.position += count;
    this.writer.gap(monoMs(this.atOf(this.position - 1)), count);
  }
}

test('samples come out as they went in, over many rounds of the ring', () => {
  const ring = new Writing();
  const out = new Int16Array(frame);
  let read = 0;
  for (let round = 0; round < (3 * ringSamples) / frame; round++) {
    ring.write(frame);
    assert.equal(ring.reader.read(read, out), { kind: 'read', lost: 0 });
    for (let index = 0; index < frame; index++)
      if (out[index] !== sampleAt(read + index)) assert.unreachable(`sample ${read + index} differs`);
    read += frame;
  }
  assert.equal(ring.reader.read(read, out), { kind: 'wait' });
});

test('a moment finds its sample and a sample its moment, within 5 ms, after drift and gaps too', () => {
  const ring = new Writing();
  for (let count = 0; count < 500; count++) {
    ring.write(frame);
    ring.startMs += 0.002;
    if (count === 100) ring.gap(800);
  }
  let compared = 0;
  for (let position = ring.reader.oldest; position < ring.reader.written; position += 997) {
    const at = ring.reader.timeAt(position);
    if (at === undefined) throw new Error('no time');
    assert.ok(Math.abs(elapsedMs(monoMs(ring.atOf(position)), at)) < 5);
    const back = ring.reader.positionAt(at);
    assert.ok(back !== undefined && Math.abs(back - position) <= 1, `${back} is not ${position}`);
    compared++;
  }
  assert.ok(compared > 50);
});

test('a moment before the oldest sample gives the oldest, a moment to come gives a position to come', () => {
  const ring = new Writing();
  assert.is(ring.reader.positionAt(monoMs(5)), undefined);
  for (let count = 0; count < 2 * (ringSamples / frame); count++) ring.write(frame);
  assert.is(ring.reader.positionAt(monoMs(0)), ring.reader.oldest);
  const ahead = ring.reader.positionAt(monoMs(ring.atOf(ring.position + 800)));
  assert.is(ahead, ring.position + 800);
});

test('samples that never arrived are silence and are counted, to the sample', () => {
  const ring = new Writing();
  ring.write(frame);
  ring.gap(100);
  ring.write(frame);
  const out = new Int16Array(frame);
  assert.equal(ring.reader.read(0, out), { kind: 'read', lost: 0 });
  assert.equal(ring.reader.read(frame, out), { kind: 'read', lost: 100 });
  assert.equal([...out.subarray(0, 100)], Array<number>(100).fill(0));
  assert.is(out[100], sampleAt(frame + 100));
});

test('a hole in the times that nobody reported is filled and counted; jitter is not', () => {
  const ring = new Writing();
  const reader = ring.reader;
  ring.write(frame);
  ring.startMs += 30;
  ring.write(frame);
  assert.is(reader.written, 2 * frame);
  ring.startMs += 500;
  ring.write(frame);
  assert.is(reader.written, 3 * frame + 4000);
  const out = new Int16Array(frame);
  assert.equal(reader.read(2 * frame, out), { kind: 'read', lost: frame });
});

test('a reader that is overrun learns how many samples it lost and goes on behind them', () => {
  const ring = new Writing();
  const out = new Int16Array(frame);
  for (let count = 0; count <= ringSamples / frame + 1; count++) ring.write(frame);
  const first = ring.reader.read(0, out);
  assert.is(first.kind, 'overrun');
  if (first.kind !== 'overrun') return;
  assert.is(first.next % frame, 0);
  assert.is(first.lost, first.next);
  assert.equal(ring.reader.read(first.next, out), { kind: 'read', lost: 0 });
  assert.is(out[0], sampleAt(first.next));
});

test('exactly one ring length back can still be read, one sample more cannot', () => {
  const ring = new Writing();
  const out = new Int16Array(frame);
  for (let written = 0; written < 2 * ringSamples; written += frame) ring.write(frame);
  const oldest = ring.reader.written - ringSamples;
  assert.is(ring.reader.read(oldest, out).kind, 'read');
  assert.is(ring.reader.read(oldest - 1, out).kind, 'overrun');
});

test('a gap longer than the ring keeps the positions in step with the time', () => {
  const ring = new Writing();
  ring.write(frame);
  ring.gap(10 * ringSamples);
  ring.write(frame);
  const out = new Int16Array(frame);
  assert.is(ring.reader.written, 10 * ringSamples + 2 * frame);
  assert.is(ring.reader.read(frame, out).kind, 'overrun');
  assert.is(ring.reader.positionAt(monoMs(ring.atOf(ring.position - frame))), ring.position - frame);
});

test('positions go on past 32 bits', () => {
  const ring = new Writing();
  const out = new Int16Array(frame);
  for (let count = 0; count < 5; count++) {
    ring.gap(2 ** 30);
    ring.write(frame);
    assert.is(ring.reader.written, ring.position);
  }
  assert.ok(ring.position > 2 ** 32);
  assert.equal(ring.reader.read(ring.position - frame, out), { kind: 'read', lost: 0 });
  assert.is(out[7], sampleAt(ring.position - frame + 7));
  assert.is(ring.reader.timeAt(ring.position - 1), ring.atOf(ring.position - 1));
});

test('whatever the order of writes, gaps and reads: nothing wrong is read, every sample is accounted for', () => {
  const seen = { writes: 0, gaps: 0, reads: 0, overruns: 0 };
  const action = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('write' as const), count: fc.integer({ min: 1, max: 160 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('gap' as const), count: fc.integer({ min: 1, max: 90_000 }) }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant('read' as const), count: fc.integer({ min: 1, max: 30 }) }),
    },
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      const ring = new Writing();
      const out = new Int16Array(40);
      /** Which ranges were lost. */
      const gaps: [number, number][] = [];
      const isLost = (position: number): boolean =>
        gaps.some(([from, to]) => position >= from && position < to);
      let next = 0;
      let accounted = 0;
      for (const { do: what, count } of actions) {
        if (what === 'write') {
          ring.write(count);
          seen.writes++;
        } else if (what === 'gap') {
          gaps.push([ring.position, ring.position + count]);
          ring.gap(count);
          seen.gaps++;
        } else
          for (let times = 0; times < count; times++) {
            const result = ring.reader.read(next, out);
            if (result.kind === 'wait') break;
            if (result.kind === 'overrun') {
              seen.overruns++;
              accounted += result.lost;
              next = result.next;
              continue;
            }
            seen.reads++;
            let lost = 0;
            for (let index = 0; index < out.length; index++) {
              const silent = isLost(next + index);
              if (silent) lost++;
              assert.is(out[index], silent ? 0 : sampleAt(next + index));
            }
            assert.is(result.lost, lost);
            next += out.length;
            accounted += out.length;
          }
        assert.is(accounted, next);
      }
    }),
    { numRuns: 150 },
  );
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 0, `no ${what} happened`);
});

test.run();
