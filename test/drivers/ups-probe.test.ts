import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ModbusLine } from '../../src/drivers/modbus/line.ts';
import { loadUpsMap } from '../../src/drivers/ups/map.ts';
import { upsProbe } from '../../src/drivers/ups/ups-probe.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';
import { VirtualUps } from '../../src/sim/ups.ts';
import type { ProbeEvidence } from '../../src/ports/probe.ts';
import { Reports, probeContract } from '../contract/probe.ts';
import type { ByteLink } from '../../src/ports/byte-link.ts';
import { openLink } from '../../src/drivers/serial/open-link.ts';

const tcpTo = (port: number): ByteLink => openLink({ kind: 'tcp', host: '127.0.0.1', port }, 'bus');

const map = loadUpsMap('linekeeper-sim');
const steadyClock = { mono: () => monoMs(performance.now()), wall: () => wallMs(0) };

async function rig(clock = steadyClock): Promise<{ ups: VirtualUps; line: ModbusLine }> {
  const ups = new VirtualUps({ clock, port: 0, unit: 1, runtimeS: 12_600, speed: 1 });
  const port = await ups.start();
  let up = (): void => undefined;
  const isUp = new Promise<void>((resolve) => (up = resolve));
  const line = new ModbusLine({
    framing: 'tcp',
    link: tcpTo(port),
    timeoutMs: 250,
    onLink: (connected) => connected && up(),
  }).start();
  await isUp;
  return { ups, line };
}

probeContract('UPS', {
  open: async () => {
    const { ups, line } = await rig();
    return {
      probe: upsProbe({
        source: 'ups-1.1',
        registers: line,
        unit: 1,
        model: 'linekeeper-sim',
        map,
        everyMs: 300,
      }),
      everyMs: 300,
      waitMs: 250,
      silence: 'unknown',
      setAlive: (alive) => ups.set({ mute: !alive }),
      close: async () => {
        await line.close();
        await ups.stop();
      },
    };
  },
  openBroken: () =>
    upsProbe({
      source: 'ups-1.1',
      registers: new ModbusLine({ framing: 'tcp', link: tcpTo(1), timeoutMs: 100 }),
      unit: 1,
      model: 'linekeeper-sim',
      map,
      everyMs: 200,
    }),
});

test('a power cut is a reading, not a failure: on battery, then low, then charging', async () => {
  let nowMs = 0;
  const { ups, line } = await rig({ mono: () => monoMs(nowMs), wall: () => wallMs(0) });
  const probe = upsProbe({
    source: 'ups-1.1',
    registers: line,
    unit: 1,
    model: 'linekeeper-sim',
    map,
    everyMs: 100,
  });
  const reports = new Reports();
  probe.start(reports.report);
  try {
    const mains = await reports.next(3000);
    assert.is(mains.says, 'up');
    const { onBattery, batteryPercent, inputVolts } = mains.values ?? {};
    assert.equal(
      { onBattery, batteryPercent, inputVolts },
      { onBattery: false, batteryPercent: 100, inputVolts: 229 },
    );

    const after = async (hours: number): Promise<Readonly<Record<string, unknown>>> => {
      nowMs += hours * 3_600_000;
      await reports.next(3000);
      const { says, values } = await reports.next(3000);
      assert.is(says, 'up');
      return values ?? {};
    };
    ups.set({ mains: false });
    const half = await after(1.75);
    assert.is(half['onBattery'], true);
    assert.is(half['lowBattery'], false);
    assert.is(half['batteryPercent'], 50);
    assert.is(half['runtimeS'], 6300);
    assert.is(half['inputVolts'], 0);
    assert.is((await after(1.5))['lowBattery'], true);
    ups.set({ mains: true });
    const back = await after(1);
    assert.is(back['onBattery'], false);
    assert.is(back['charging'], true);
  } finally {
    await probe.stop();
    await line.close();
    await ups.stop();
  }
});

test('a register that the UPS refuses is left out; the rest is a reading', async () => {
  const { ups, line } = await rig();
  const items = [...map.items, { reg: 40, fc: 3, type: 'u16', value: 'outputAmps' } as const];
  const probe = upsProbe({
    source: 'ups-1.1',
    registers: line,
    unit: 1,
    model: 'linekeeper-sim',
    map: { ...map, items },
    everyMs: 100,
  });
  const reports = new Reports();
  probe.start(reports.report);
  const { says, values } = await reports.next(3000);
  await probe.stop();
  await line.close();
  await ups.stop();
  assert.is(says, 'up');
  assert.is(values?.['outputAmps'], undefined);
  assert.is(values?.['loadPercent'], 40);
});

/** The first reading that the virtual UPS gives through a map that is wrong in one way. */
async function throughMap(wrong: Partial<typeof map>, model: string): Promise<ProbeEvidence> {
  const { ups, line } = await rig();
  const probe = upsProbe({
    source: 'u',
    registers: line,
    unit: 1,
    model,
    map: { ...map, ...wrong },
    everyMs: 100,
  });
  const reports = new Reports();
  probe.start(reports.report);
  const evidence = await reports.next(3000);
  await probe.stop();
  await line.close();
  await ups.stop();
  return evidence;
}

test('a wrong word order shows as a value that no UPS can mean: it is left out, and the message names it', async () => {
  const items = map.items.map((item) =>
    item.type === 'u32' ? { ...item, order: 'low-first' as const } : item,
  );
  const { says, values, reason } = await throughMap({ items }, 'turned');
  assert.is(says, 'up');
  assert.is(values?.['runtimeS'], undefined);
  assert.is(values?.['batteryPercent'], 100);
  assert.match(reason.en, /runtimeS \d+.*turned.*word order.*linekeeper ups probe/);
});

test('the map of another model is no reading: the message says so and leads to the probe', async () => {
  const other = loadUpsMap('huawei-ups2000');
  const refused = await throughMap({ items: other.items }, 'huawei-ups2000');
  assert.is(refused.says, 'unknown');
  assert.is(refused.values, undefined);
  assert.match(refused.reason.en, /exception 2.*huawei-ups2000.*linekeeper ups probe/);
  const strange = ['loadPercent', 'temperatureC', 'inputHz'] as const;
  const shifted = strange.map(
    (value, reg) => ({ reg: reg + 1, fc: 3, type: 'u16', value, scale: 10 }) as const,
  );
  const first = map.items.slice(0, 1);
  const nonsense = await throughMap({ items: [...first, ...shifted] }, 'shifted');
  assert.is(nonsense.says, 'unknown');
  assert.match(nonsense.reason.en, /make no sense.*shifted/);
});

test('a wrong unit id is silence, and the message says what to check', async () => {
  const { ups, line } = await rig();
  const probe = upsProbe({
    source: 'u',
    registers: line,
    unit: 7,
    model: 'linekeeper-sim',
    map,
    everyMs: 100,
  });
  const reports = new Reports();
  probe.start(reports.report);
  const { reason } = await reports.next(3000);
  await probe.stop();
  await line.close();
  await ups.stop();
  assert.match(reason.en, /unit 7; check unit, baud/);
});

test('a battery test is one write, read back; on battery none is written', async () => {
  let nowMs = 0;
  const { ups, line } = await rig({ mono: () => monoMs(nowMs), wall: () => wallMs(0) });
  const options = { source: 'ups-1.1', registers: line, unit: 1, model: 'linekeeper-sim', everyMs: 100 };
  const probe = upsProbe({ ...options, map });
  const reports = new Reports();
  probe.start(reports.report);
  const flags = async (): Promise<readonly string[]> => {
    // A round may have been on its way.
    await reports.next(3000);
    const { values = {} } = await reports.next(3000);
    return ['onBattery', 'test', 'testPassed', 'testFailed'].filter((name) => values[name] === true);
  };
  try {
    assert.equal(await probe.test?.('quick'), { accepted: true, reason: { zh: '', en: '' } });
    assert.ok(ups.isTesting);
    assert.equal(await flags(), ['onBattery', 'test']);
    const again = await probe.test?.('quick');
    assert.is(again?.reason.en, 'the UPS is not on mains');
    assert.is((await probe.test?.('stop'))?.accepted, true);
    assert.equal(await flags(), []);
    await probe.test?.('quick');
    nowMs += 10_000;
    assert.equal(await flags(), ['testPassed']);
    ups.set({ mains: false });
    assert.is((await probe.test?.('quick'))?.accepted, false);
    assert.not(ups.isTesting);
    assert.is((await probe.test?.('deep'))?.reason.en, 'the map of model linekeeper-sim has no such order');
    ups.set({ mains: true });
    const wrong = { ...map, test: { source: 'x', quick: { reg: 3, fc: 6, value: 1 } as const } };
    assert.is(
      (await upsProbe({ ...options, map: wrong }).test?.('quick'))?.reason.en,
      'the write to register 3 was not confirmed: the device answers with exception 2',
    );
    const deaf = {
      ...map,
      test: { source: 'x', quick: { reg: 12, fc: 6, value: 1, readBack: true } as const },
    };
    assert.is(
      (await upsProbe({ ...options, map: deaf }).test?.('quick'))?.reason.en,
      'register 12 was written 1 and does not show it: it reads 0',
    );
  } finally {
    await probe.stop();
    await line.close();
    await ups.stop();
  }
});

test.run();
