/** The Pi's own pins as the guard sees them, on a virtual chip and a driven clock. */
import sinon from 'sinon';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CoilCommand } from '../../src/model/bypass.ts';
import type { GpioBus } from '../../src/model/room.ts';
import type { RoomEvent } from '../../src/model/event.ts';
import { Pins } from '../../src/threads/pins.ts';
import { VirtualChip, VirtualGpio } from '../../src/drivers/gpio/virtual.ts';
import { base, upsModels } from '../room-file/base.ts';
import { loadRoom } from '../../src/room/load.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';
import { text } from '../../src/model/text.ts';

const test = suite('the pins of the Pi');
const lookMs = 100;
const pin = { horn: 23, relay: 17, mirror: 5, pump: 27 };

test.before.each(() => {
  sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'Date'] });
});
test.after.each(() => sinon.restore());

test('a healthy output that would outlive the program is told, unless a charge pump feeds it', () => {
  for (const pump of [undefined, pin.pump]) {
    const words = base.replace(
      '{ gpio: auto }',
      `{ gpio: virtual${pump === undefined ? '' : `, pump: ${pump}`} }`,
    );
    const { room } = loadRoom(words, 'room.yaml', { upsModels });
    const bus = room?.buses.find((one): one is GpioBus => one.kind === 'gpio');
    assert.ok(room !== undefined && bus !== undefined);
    const told: string[] = [];
    const clock = { mono: () => monoMs(Date.now()), wall: () => wallMs(Date.now()) };
    new Pins(room, bus, new VirtualGpio(new VirtualChip()), clock, {
      post: () => undefined,
      reported: () => undefined,
      lost: () => undefined,
      input: () => undefined,
      condition: (type) => told.push(type),
    });
    assert.equal(told, pump === undefined ? ['gpio.outputs-kept'] : []);
  }
});

async function rig(readBack: boolean) {
  const words = base
    .replace(
      'bypass: card-b/relay1',
      `bypass: pi/${pin.relay}${readBack ? `, read-back: pi/${pin.mirror}` : ''}`,
    )
    .replace('{ gpio: auto }', `{ gpio: virtual, pump: ${pin.pump}, accept-outputs-kept: true }`);
  const { room, problems } = loadRoom(words, 'room.yaml', { upsModels });
  assert.ok(room, problems.map(({ message }) => message.en).join());
  const bus = room.buses.find((one): one is GpioBus => one.kind === 'gpio');
  assert.ok(bus);
  const chip = new VirtualChip();
  const posted: RoomEvent[] = [];
  const told: string[] = [];
  const clock = { mono: () => monoMs(Date.now()), wall: () => wallMs(Date.now()) };
  const pins = new Pins(room, bus, new VirtualGpio(chip), clock, {
    post: (event) => posted.push(event),
    reported: () => undefined,
    lost: () => undefined,
    input: () => undefined,
    condition: (type, active, detail) => told.push(`${active ? '+' : '-'} ${type} ${detail.en}`.trim()),
  });
  const drive = (coil: CoilCommand, horn: boolean): void => {
    pins.drive({ coils: { L05: coil }, points: { horn } });
  };
  const position = (): string => {
    const report = posted.findLast((event) => event.kind === 'relays');
    return report?.kind === 'relays' ? (report.relays[pin.relay - 1]?.position ?? 'none') : 'none';
  };
  const look = (times = 1): void => {
    sinon.clock.tick(lookMs * times);
  };
  await pins.start();
  return { pins, chip, told, drive, position, look };
}

test('without a mirror contact the position is the level of the pin', async () => {
  const { drive, position, look, pins } = await rig(false);
  look();
  assert.is(position(), 'bypass');
  drive('energise', false);
  look();
  assert.is(position(), 'normal');
  await pins.close();
});

test('with a mirror contact the position is the relay’s own: a coil that is energised for nothing shows', async () => {
  const { chip, drive, position, look, pins } = await rig(true);
  look();
  assert.is(position(), 'bypass', 'the contact is closed: its pin is low');
  drive('energise', false);
  look(2);
  assert.ok(chip.level(pin.relay));
  assert.is(position(), 'bypass', 'the armature did not move');
  chip.drive(pin.mirror, true);
  look();
  assert.is(position(), 'normal');
  drive('release', false);
  look(2);
  assert.is(position(), 'normal', 'welded');
  await pins.close();
});

test('another program drives the horn: alarmed at the second look and put right, over a minute after the last sign', async () => {
  const { chip, told, drive, look, pins } = await rig(false);
  drive('energise', true);
  look(3);
  assert.not.ok(told.some((line) => line.startsWith('+ gpio.driven-by-other')));
  chip.seize(pin.horn, false);
  look();
  assert.not.ok(chip.level(pin.horn), 'one look may fall into a change');
  look();
  assert.ok(told.includes('+ gpio.driven-by-other pin 23 does not stand as this program wrote it'));
  assert.ok(chip.level(pin.horn), 'put right');
  assert.ok(chip.level(pin.relay), 'the relay was not touched');
  look(599);
  assert.not.ok(told.includes('- gpio.driven-by-other'));
  look(2);
  assert.ok(told.includes('- gpio.driven-by-other'));
  await pins.close();
});

test('another program energises a relay: released again; one that it released is not energised against it', async () => {
  const { chip, drive, look, position, pins } = await rig(false);
  drive('release', false);
  look();
  chip.seize(pin.relay, true);
  look(2);
  assert.not.ok(chip.level(pin.relay));
  drive('energise', false);
  look();
  chip.seize(pin.relay, false);
  look(5);
  assert.not.ok(chip.level(pin.relay), 'the decisions see a relay that left its place, and lock it');
  assert.is(position(), 'bypass');
  await pins.close();
});

test('the strokes of the charge pump are nobody else’s, and each turns the pin', async () => {
  const { chip, told, look, pins } = await rig(false);
  const levels: boolean[] = [];
  for (let n = 0; n < 4; n++) {
    pins.stroke();
    levels.push(chip.level(pin.pump));
    look();
  }
  assert.equal(levels, [true, false, true, false]);
  assert.not.ok(told.some((line) => line.startsWith('+ gpio.driven-by-other')));
  await pins.close();
});

test('a chip that is pulled out: told, no stroke and no relay any more', async () => {
  const { chip, told, look, pins } = await rig(false);
  chip.lose(text('拔出', 'pulled out'));
  look();
  assert.ok(told.includes('+ gpio.lost pulled out'));
  pins.stroke();
  assert.is(told.filter((line) => line.startsWith('+ gpio.lost')).length, 1, 'no stroke is tried');
  await pins.close();
});

test.run();
