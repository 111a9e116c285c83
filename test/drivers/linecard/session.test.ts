import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CardRig, all, listen, told } from './rig.ts';
import { DrivenTime } from '../../../src/sim/driven-time.ts';
import { memoryLinkPair } from '../../../src/sim/memory-link.ts';
import { makeLineCard } from '../../../src/drivers/linecard/line-card.ts';
import { FrameReader } from '../../../firmware-bridge/codec/frame.ts';
import { hostType } from '../../../firmware-bridge/codec/protocol.ts';

/** Types of the frames that went over the wire to one side, from now on. */
function overhear(rig: CardRig, side: 'host' | 'card'): number[] {
  const types: number[] = [];
  const reader = new FrameReader((frame) => types.push(frame.type));
  rig.wire.disturb((chunk, to) => {
    if (to === side) reader.push(chunk);
    return [chunk];
  });
  return types;
}

/** The frames of one chunk, each with its zero. */
function framesOf(chunk: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < chunk.length;) {
    const zero = chunk.indexOf(0, at);
    const end = zero < 0 ? chunk.length : zero + 1;
    frames.push(chunk.subarray(at, end));
    at = end;
  }
  return frames;
}

test('a card that answers is up at once, and its lines, audio and inputs are heard', () => {
  const rig = new CardRig();
  rig.run(1000);
  assert.equal(
    rig.told.links.map(({ state, serialNumber }) => [state, serialNumber]),
    [['up', 'LK8-0001']],
  );
  assert.is(rig.told.lines.length, 50);
  assert.is(rig.told.audio.length, 50);
  assert.ok(rig.told.relayReports >= 10);
  assert.equal(
    rig.told.inputs,
    [1, 2, 3, 4].map((index) => ({ index, closed: true })),
  );
  assert.ok(
    rig.told.lines.every(({ volts }) => volts.length === 8 && volts.every((v) => Math.abs(v - 48.1) < 0.01)),
  );
  assert.equal(rig.told.gaps, []);
  assert.is(rig.driver.counters.badFrames, 0);
});

test('a swapped card is refused by name, gets no session, and its relays are left alone', () => {
  const rig = new CardRig({ expect: 'LK8-0002' });
  const types = overhear(rig, 'card');
  rig.run(3000, all('energise'));
  assert.is(rig.link, 'refused');
  assert.match(rig.told.links.at(-1)?.reason ?? '', /LK8-0001.*LK8-0002/);
  assert.ok(types.every((type) => type === hostType.hello));
  assert.not(rig.card.plant.coil(0));
  assert.is(rig.told.lines.length, 0);
  // It may have been swapped back: asked again after ten seconds, without a word to the guard.
  const helloes = types.length;
  rig.run(8000);
  assert.ok(types.length > helloes);
  assert.is(rig.told.links.length, 1);
});

test('without a serial number in the room file the one bound earlier counts, else the first one seen', () => {
  assert.is(run({ bound: 'LK8-0002' }), 'refused');
  assert.is(run({ bound: 'LK8-0001' }), 'up');
  assert.is(run({}), 'up');
  function run(options: { bound?: string }): string {
    const rig = new CardRig(options);
    rig.run(200);
    return rig.link;
  }
});

test('a card of another protocol version is refused with both versions named', () => {
  const rig = new CardRig({ card: { versions: [2, 3] } });
  rig.run(500);
  assert.is(rig.link, 'refused');
  assert.match(rig.told.links.at(-1)?.reason ?? '', /speaks protocol 2–3, we speak 1/);
  const both = new CardRig({ card: { versions: [1, 3] } });
  both.run(500);
  assert.is(both.link, 'up');
});

test('nobody there: HELLO every half second, after ten the link is opened anew', () => {
  const time = new DrivenTime();
  const wire = memoryLinkPair((run) => {
    time.after(0, run);
  });
  let ups = 0;
  let helloes = 0;
  const reader = new FrameReader((frame) => {
    if (frame.type === hostType.hello) helloes++;
  });
  wire.card.start({
    up: () => ups++,
    down: () => undefined,
    data: (chunk) => {
      reader.push(chunk);
    },
  });
  const heard = told();
  const driver = makeLineCard({
    bus: { kind: 'line-card', id: 'a', link: { kind: 'tcp', host: 'x', port: 1 }, hostLostMs: 5000 },
    link: wire.host,
    clock: time.clock,
    after: time.after,
  });
  driver.start(listen(heard, () => time.clock.mono()));
  time.advance(4900);
  assert.is(helloes, 10);
  assert.is(ups, 1);
  time.advance(1000);
  assert.is(ups, 2);
  assert.match(heard.links[0]?.reason ?? '', /no line card answers/);
  time.advance(60_000);
  assert.is(heard.links.length, 1, 'the same trouble is told once');
});

test('a wire that is cut: lost within 1.2 s, back by itself, every missing sample counted', () => {
  const rig = new CardRig();
  rig.run(1000);
  const before = rig.told.audio.at(-1)?.firstSample ?? 0n;
  rig.card.cut(true);
  rig.run(900);
  assert.is(rig.link, 'up', 'a second of silence is not over');
  rig.run(300);
  assert.is(rig.link, 'lost');
  assert.match(rig.told.links.at(-1)?.reason ?? '', /silent/);
  rig.run(2800);
  rig.card.cut(false);
  const frames = rig.told.audio.length;
  rig.run(1000);
  assert.is(rig.link, 'up');
  const first = rig.told.audio[frames]?.firstSample ?? 0n;
  assert.is(rig.told.gaps.length, 1);
  assert.is(rig.told.gaps[0]?.samples, Number(first - before) - 160);
  assert.ok((rig.told.gaps[0]?.samples ?? 0) >= 4 * 8000 - 160);
});

test('single lost frames: the gap says exactly which samples, the counters how many frames', () => {
  const rig = new CardRig();
  rig.run(500);
  let toLose = 3;
  const lost: bigint[] = [];
  const reader = new FrameReader((frame) => {
    if (frame.type === 0xa1) lost.push(frame.bytes.readBigUInt64LE(frame.start));
  });
  rig.wire.disturb((chunk, to) => {
    if (to === 'card') return [chunk];
    return framesOf(chunk).filter((frame) => {
      if (frame.length < 1000 || toLose === 0) return true;
      toLose--;
      reader.push(frame);
      return false;
    });
  });
  rig.run(500);
  assert.is(lost.length, 3);
  assert.equal(
    rig.told.gaps.map(({ samples }) => samples).reduce((a, b) => a + b, 0),
    480,
  );
  assert.is(rig.driver.counters.lostFrames, 3);
  assert.is(rig.link, 'up');
});

test('garbage on the wire is counted and skipped; the session goes on and nothing false is heard', () => {
  const rig = new CardRig();
  rig.run(500);
  const frames = rig.told.audio.length;
  let seed = 7;
  for (let i = 0; i < 100; i++) {
    rig.card.noise(
      Buffer.from(
        Array.from(
          { length: 50 + ((i * 37) % 900) },
          () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16,
        ),
      ),
    );
    rig.run(20);
  }
  rig.run(200);
  assert.is(rig.link, 'up');
  assert.is(rig.told.links.length, 1);
  assert.ok(rig.driver.counters.badFrames >= 100);
  // Noise without a zero at its end eats the frame behind it (here LINE) and no more.
  assert.ok(rig.told.audio.length - frames >= 100);
  assert.ok(rig.told.lines.every(({ volts }) => volts.every((v) => Math.abs(v - 48.1) < 0.01)));
});

test('bits that turn on the way: no reading is ever wrong', () => {
  const rig = new CardRig();
  rig.run(500);
  let turned = 0;
  let seed = 99;
  rig.wire.disturb((chunk, to) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    if (to === 'card' || seed % 5 !== 0) return [chunk];
    const bad = Uint8Array.from(chunk);
    const at = seed % bad.length;
    bad[at] = (bad[at] ?? 0) ^ (1 << (seed % 8));
    turned++;
    return [bad];
  });
  rig.run(5000);
  assert.ok(turned > 50);
  assert.ok(rig.driver.counters.badFrames >= turned * 0.5);
  assert.ok(rig.told.lines.every(({ volts }) => volts.every((v) => Math.abs(v - 48.1) < 0.01)));
  assert.ok(rig.told.relays.every(({ position }) => position === 'bypass'));
});

test('a card that restarts: lost and up again within a second, relays released, nothing of the old session repeated', () => {
  const rig = new CardRig();
  rig.run(500);
  rig.run(500, all('energise'));
  assert.is(rig.told.relays[0]?.position, 'normal');
  rig.card.reset('brown-out');
  rig.run(1500);
  assert.equal(
    rig.told.links.map(({ state }) => state),
    ['up', 'lost', 'up'],
  );
  assert.match(rig.told.links[1]?.reason ?? '', /restarted/);
  rig.run(3000);
  assert.ok(rig.told.relays.every(({ coil, position }) => coil === 'release' && position === 'bypass'));
  rig.run(500, all('energise'));
  assert.is(rig.told.relays[0]?.position, 'normal');
});

test('a link that is cut and joined again has a new session, and its relays stand as they stood', () => {
  const rig = new CardRig();
  rig.run(500, all('energise'));
  rig.wire.cut();
  rig.run(400);
  assert.is(rig.link, 'lost');
  rig.wire.join();
  rig.run(400);
  assert.is(rig.link, 'up');
  assert.ok(
    rig.told.relays.every(({ position }) => position === 'normal'),
    'a restart must not move a relay',
  );
});

test('our own process stood still for three seconds: what waits is heard before the card is called silent', () => {
  const rig = new CardRig();
  rig.run(1000);
  rig.time.freeze(3000);
  rig.run(1000);
  assert.is(rig.told.links.length, 1);
});

test('what the guard asks for while no session stands never reaches the card', () => {
  const rig = new CardRig();
  rig.run(500);
  rig.card.cut(true);
  rig.run(1500, all('energise'));
  assert.is(rig.link, 'lost');
  rig.card.cut(false);
  const types = overhear(rig, 'card');
  rig.run(1500);
  assert.is(rig.link, 'up');
  assert.not(types.includes(hostType.relay), 'the new session repeated a wish of the old one');
  assert.ok(types.includes(hostType.config));
});

test('after close nothing is told and nothing is sent', async () => {
  const rig = new CardRig();
  rig.run(500);
  await rig.driver.close();
  const types = overhear(rig, 'card');
  const { length } = rig.told.lines;
  const links = rig.told.links.length;
  rig.run(5000, all('energise'));
  assert.is(rig.told.lines.length, length);
  assert.is(rig.told.links.length, links);
  assert.equal(types, []);
});

test.run();
