import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FrameReader, FrameWriter } from '../../../firmware-bridge/codec/frame.ts';
import * as messages from '../../../firmware-bridge/codec/messages.ts';
import { hostType } from '../../../firmware-bridge/codec/protocol.ts';
import { CardRig, all } from './rig.ts';

const key = Buffer.alloc(32, 7);
const other = Buffer.alloc(32, 8);
const moved = (rig: CardRig): boolean => rig.card.plant.lines.some((_, i) => rig.card.plant.coil(i));

/** Copies of what the host sent, by type. */
function capture(rig: CardRig): Map<number, Uint8Array[]> {
  const captured = new Map<number, Uint8Array[]>();
  rig.wire.disturb((chunk, to) => {
    if (to === 'card')
      new FrameReader(({ type }) => {
        captured.set(type, [...(captured.get(type) ?? []), Uint8Array.from(chunk)]);
      }).push(chunk);
    return [chunk];
  });
  return captured;
}

test('with the same key on both sides everything works, and every frame of the card is sealed', () => {
  const rig = new CardRig({ key, card: { key } });
  let sealed = 0;
  let bare = 0;
  const reader = new FrameReader((frame) => (frame.sealed ? sealed++ : bare++));
  rig.wire.disturb((chunk, to) => {
    if (to === 'host') reader.push(chunk);
    return [chunk];
  });
  rig.run(1000, all('energise'));
  assert.is(rig.link, 'up');
  assert.ok(moved(rig));
  assert.ok(rig.told.lines.length > 40 && rig.told.audio.length > 40);
  assert.ok(sealed > 100);
  assert.is(bare, 1, 'only BOOT, before any session');
});

test('another key, a missing key on either side: refused with the reason, nothing moves', () => {
  const cases: readonly [string, CardRig, RegExp][] = [
    ['another', new CardRig({ key, card: { key: other } }), /key is another one/],
    ['card has none', new CardRig({ key }), /it has none/],
    ['we have none', new CardRig({ card: { key } }), /asks for a key/],
  ];
  for (const [name, rig, reason] of cases) {
    rig.run(2000, all('energise'));
    assert.is(rig.link, 'refused', name);
    assert.match(rig.told.links.at(-1)?.reason ?? '', reason);
    assert.not(moved(rig), name);
    assert.is(rig.told.lines.length, 0, name);
  }
});

test('a captured command played back moves nothing, in this session and in the next', () => {
  const rig = new CardRig({ key, card: { key } });
  const captured = capture(rig);
  rig.run(300);
  rig.run(300, all('energise'));
  rig.run(300, all('release'));
  assert.not(moved(rig));
  const [energise] = captured.get(hostType.relay) ?? [];
  assert.ok(energise !== undefined);
  rig.wire.disturb(undefined);
  rig.wire.host.write(energise);
  rig.run(100);
  assert.not(moved(rig), 'replayed in its own session');
  rig.wire.cut();
  rig.run(100);
  rig.wire.join();
  rig.run(500);
  assert.is(rig.link, 'up');
  for (const chunks of captured.values()) for (const chunk of chunks) rig.wire.host.write(chunk);
  rig.run(500);
  assert.not(moved(rig), 'replayed in the next session');
  assert.is(rig.link, 'up', 'and the session goes on');
});

test('a stranger on the LAN: a RELAY with a right CRC but no key moves nothing, a HELLO does not take the session', () => {
  const rig = new CardRig({ key, card: { key } });
  const captured = capture(rig);
  rig.run(300);
  rig.run(300, all('release'));
  const [wire] = captured.get(hostType.relay) ?? [];
  assert.ok(wire !== undefined);
  let session = '';
  new FrameReader(({ bytes, start }) => (session = bytes.toString('hex', start, start + 8))).push(wire);
  const stranger = new FrameWriter();
  rig.wire.host.write(
    stranger.frame(hostType.relay, messages.relay.pack({ session, command: 99, mask: 255, energise: 255 })),
  );
  const hello = {
    session: 'ff'.repeat(8),
    hostNonce: 'ee'.repeat(16),
    versionMin: 1,
    versionMax: 1,
    reserved: 0,
  };
  rig.wire.host.write(stranger.frame(hostType.hello, messages.hello.pack(hello)));
  rig.run(500);
  assert.not(moved(rig));
  const { length } = rig.told.lines;
  rig.run(1000);
  assert.is(rig.link, 'up');
  assert.is(rig.told.lines.length, length + 50);
});

test('without a key, a command that names another session is not obeyed', () => {
  const rig = new CardRig();
  rig.run(500);
  const relay = messages.relay.pack({ session: '11'.repeat(8), command: 1, mask: 255, energise: 255 });
  rig.wire.host.write(new FrameWriter().frame(hostType.relay, relay));
  rig.run(100);
  assert.not(moved(rig));
});

test.run();
