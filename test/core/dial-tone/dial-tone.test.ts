import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seizedMsMax, quietMs } from '../../../src/core/dial-tone/limits.ts';
import type { Sound } from '../../../src/model/tone.ts';
import '../../seeded.ts';
import { Extension, dial, everyMs, silence, suspectMs } from './bench.ts';

/** Tone on and off, from `afterMs` on. */
const cadence =
  (onMs: number, offMs: number, afterMs = 0): ((ms: number) => Sound) =>
  (ms) =>
    ms > afterMs && (ms - afterMs - 1) % (onMs + offMs) < onMs ? dial : silence;

test('dial tone: seized after six quiet seconds, heard for a second, up with its values, on hook again', () => {
  const one = new Extension();
  one.sound = (ms) => (ms > 400 ? dial : silence);
  one.run(quietMs - 100);
  assert.equal(one.seized, []);
  one.run(4_000);
  assert.equal(one.words, ['up']);
  assert.equal(one.said[0]?.values, { toneHz: 450, levelDbm: -10, toneMs: 400 });
  assert.is(one.reason, 'dial tone on card-c/1: 450 Hz, -10 dBm, after 400 ms');
  const [test_ = { from: 0, to: 0 }] = one.seized;
  assert.ok(test_.to - test_.from < 1_700, `${test_.to - test_.from} ms off hook`);
});

test('asked once a period, and in doubt never more often than the period of doubt', () => {
  const one = new Extension();
  one.run(quietMs + 3 * everyMs);
  assert.is(one.seized.length, 3);
  one.tell({ kind: 'suspect', on: true });
  const before = one.seized.length;
  one.run(5 * 60_000);
  const since = one.seized.slice(before - 1).map(({ from }) => from);
  const gaps = since.slice(1).map((from, i) => from - (since[i] ?? 0));
  assert.ok(gaps.length >= 18);
  assert.ok(
    gaps.every((gap) => gap >= suspectMs),
    gaps.join(' '),
  );
});

test('no tone within 3 s is down, with a reason that a person can act on', () => {
  const one = new Extension();
  one.sound = () => silence;
  one.run(12_000);
  assert.equal(one.words, ['down']);
  assert.is(one.reason, 'no dial tone within 3 s on card-c/1: the PBX does not serve this extension');
  const [{ from, to } = { from: 0, to: 0 }] = one.seized;
  assert.ok(to - from >= 3_000 && to - from < 3_200);
});

test('a tone that begins at the last moment is followed to its second', () => {
  const one = new Extension();
  one.sound = (ms) => (ms > 2_900 ? dial : silence);
  one.run(12_000);
  assert.equal(one.words, ['up']);
});

test('busy and congestion tones of several countries are no dial tone, and named', () => {
  for (const [on, off] of [
    [350, 350],
    [500, 500],
    [200, 200],
    [700, 700],
  ] as const) {
    const one = new Extension();
    one.sound = cadence(on, off);
    one.run(12_000);
    assert.equal(one.words, ['down'], `${on}/${off}`);
    assert.is(one.reason, 'busy tone instead of dial tone on card-c/1', `${on}/${off}`);
  }
  const american = new Extension();
  american.sound = () => ({ kind: 'refusal' });
  american.run(12_000);
  assert.match(american.reason, /busy tone/);
});

test('special dial tones prove service: China 400/40, North America three bursts of 100 ms', () => {
  const china = new Extension();
  china.sound = cadence(400, 40);
  china.run(12_000);
  assert.equal(china.words, ['up']);
  assert.is(china.said[0]?.values?.['special'], true);
  const america = new Extension();
  america.sound = (ms) => (ms < 600 ? cadence(100, 100)(ms) : dial);
  america.run(12_000);
  assert.equal(america.words, ['up']);
});

test('speech or noise is told apart from silence, and is down', () => {
  const one = new Extension();
  one.sound = () => ({ kind: 'other' });
  one.run(12_000);
  assert.equal(one.words, ['down']);
  assert.match(one.reason, /but another sound/);
});

test('a PBX without power: no feed is down without touching the pair', () => {
  const one = new Extension();
  one.hasFeed = false;
  one.run(12_000);
  assert.equal(one.words, ['down']);
  assert.match(one.reason, /no voltage on card-c\/1/);
  assert.equal(one.seized, []);
});

test('an open pair: no loop current is down within a second', () => {
  const one = new Extension();
  one.isOpen = true;
  one.run(12_000);
  assert.equal(one.words, ['down']);
  assert.match(one.reason, /no loop current on card-c\/1/);
  const [{ from, to } = { from: 0, to: 0 }] = one.seized;
  assert.ok(to - from <= 1_040);
});

test('a PBX that takes the current away while we listen', () => {
  const one = new Extension();
  one.sound = () => silence;
  one.run(quietMs + 1_000);
  one.hasFeed = false;
  one.run(1_000);
  assert.equal(one.words, ['down']);
  assert.match(one.reason, /loop current of card-c\/1 ceased/);
});

test('never while it rings, nor in the silence between two bursts', () => {
  const one = new Extension();
  const rings = (at: number): boolean => at < 1_120_000 && at % 5_000 < 1_000;
  one.ringsAt = rings;
  one.run(120_000);
  assert.equal(one.seized, []);
  assert.equal(one.said, [], 'what the last test found is still as good as it was');
  one.run(quietMs + 2_000);
  assert.equal(one.words, ['up']);
});

test('never while somebody else holds the pair; after a whole period of that it is unknown, with the reason', () => {
  const one = new Extension();
  one.isHeld = true;
  one.run(everyMs + 1_000);
  assert.equal(one.seized, []);
  assert.equal(one.words, ['unknown']);
  assert.match(one.reason, /rings or is in use/);
});

test('a call that arrives in the moment of the test: on hook at once, and nothing is said against the PBX', () => {
  const one = new Extension();
  one.isOpen = true;
  one.ringsAt = () => one.seized.length > 0;
  one.run(quietMs + 200);
  assert.equal(one.words, ['unknown']);
  const [{ from, to } = { from: 0, to: 0 }] = one.seized;
  assert.ok(to - from <= 40, `${to - from} ms`);
});

test('a card that is lost in the middle drops the test, which says nothing, and a new session begins with quiet', () => {
  const one = new Extension();
  one.sound = () => silence;
  one.run(quietMs + 1_000);
  assert.is(one.seized.at(-1)?.to, 0);
  one.tell({ kind: 'link', isUp: false, canHook: false });
  assert.is.not(one.seized.at(-1)?.to, 0);
  one.run(60_000);
  assert.equal(one.said, []);
  one.tell({ kind: 'link', isUp: true, canHook: true });
  one.run(everyMs);
  assert.equal(one.words, ['down']);
});

test('frames that cease in the middle: on hook, and unknown', () => {
  const one = new Extension();
  one.run(quietMs + 300);
  one.hasFrames = false;
  one.run(seizedMsMax);
  assert.is.not(one.seized.at(-1)?.to, 0);
  assert.equal(one.words, ['unknown']);
});

test('a card that sends no sound says nothing of the PBX', () => {
  const one = new Extension();
  one.sound = () => undefined;
  one.run(12_000);
  assert.equal(one.words, ['unknown']);
  assert.match(one.reason, /sent no sound/);
});

test('a card without the parts, and one that refuses, are unknown', () => {
  const without = new Extension(false);
  without.run(12_000);
  assert.equal(without.words, ['unknown']);
  assert.match(without.reason, /no parts to go off hook/);
  const refuses = new Extension();
  refuses.run(quietMs);
  refuses.isOpen = true;
  refuses.run(40);
  refuses.tell({ kind: 'refused' });
  assert.match(refuses.reason, /refuses/);
  assert.is.not(refuses.seized.at(-1)?.to, 0);
});

test('a loop that does not open again is told, and nothing is tested until it has', () => {
  const one = new Extension();
  one.run(quietMs + 500);
  one.isWelded = true;
  one.run(3_000);
  assert.ok(one.isStuck);
  one.tell({ kind: 'suspect', on: true });
  one.run(60_000);
  assert.is(one.seized.length, 1);
  one.isWelded = false;
  one.run(quietMs + 5_000);
  assert.not(one.isStuck);
  assert.ok(one.seized.length >= 2);
});

test('whatever happens on the pair and in the card, it is never off hook for longer than its limit', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          hasFeed: fc.boolean(),
          isOpen: fc.boolean(),
          isHeld: fc.boolean(),
          isWelded: fc.boolean(),
          hasFrames: fc.boolean(),
          rings: fc.boolean(),
          suspect: fc.boolean(),
          linkUp: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
          tone: fc.constantFrom<Sound['kind'] | 'nothing'>('dial', 'silence', 'other', 'refusal', 'nothing'),
          ms: fc.integer({ min: 20, max: 9_000 }),
        }),
        { minLength: 5, maxLength: 30 },
      ),
      (spells) => {
        const one = new Extension();
        for (const {
          hasFeed,
          isOpen,
          isHeld,
          isWelded,
          hasFrames,
          rings,
          suspect,
          linkUp,
          tone,
          ms,
        } of spells) {
          Object.assign(one, { hasFeed, isOpen, isHeld, isWelded, hasFrames });
          one.ringsAt = () => rings;
          one.sound = () => (tone === 'nothing' ? undefined : tone === 'dial' ? dial : { kind: tone });
          one.tell({ kind: 'suspect', on: suspect });
          one.tell({ kind: 'link', isUp: linkUp, canHook: true });
          const before = one.seized.length;
          one.run(ms);
          if (rings || (isHeld && !isOpen) || !hasFrames)
            assert.is(one.seized.length, before, 'seized a pair that rings, is held or is not seen');
        }
        for (const { from, to } of one.seized)
          assert.ok((to === 0 ? one.at : to) - from <= seizedMsMax + 20, `${to - from} ms off hook`);
      },
    ),
    { numRuns: 200 },
  );
});

test.run();
