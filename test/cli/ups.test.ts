/** `linekeeper ups probe`, on the virtual UPS and on what is none. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ups } from '../../src/cli/ups.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';
import { VirtualUps } from '../../src/sim/ups.ts';
import { freePort } from '../room/program.ts';
import { said } from './said.ts';

const run = (...args: readonly string[]) => said(ups, ...args);
async function withUps(unit: number, work: (port: number) => Promise<void>): Promise<void> {
  const clock = { mono: () => monoMs(0), wall: () => wallMs(0) };
  const virtual = new VirtualUps({ clock, port: 0, unit, runtimeS: 12_600, speed: 1 });
  const port = await virtual.start();
  await work(port).finally(() => virtual.stop());
}

test('a UPS at a unit that nobody knew: its line for the room file, raw beside decoded', () =>
  withUps(3, async (port) => {
    const { code, out, err } = await run('probe', `tcp://127.0.0.1:${port}`, '--units', '2-3');
    assert.is(code, 0, out);
    assert.match(out, new RegExp(`ups-bus: \\{ modbus: "tcp://127\\.0\\.0\\.1:${port}" \\}`));
    assert.match(out, /evidence: \[\{ ups: ups-bus\/3, model: linekeeper-sim \}\]/);
    assert.match(out, /config\/ups\/linekeeper-sim\.yaml/);
    assert.match(out, /register 1 \(function 3\) +08F2 +inputVolts 229/);
    assert.match(
      out,
      /register 9 \(function 3\) +3138 0000|register 9 \(function 3\) +0000 3138 +runtimeS 12600/,
    );
    assert.match(err, /unit 2: /);
    assert.match(err, /unit 3: answers/);
  }));

test('for programs: everything in JSON, and nothing else on stdout', () =>
  withUps(1, async (port) => {
    const { code, out } = await run('probe', `tcp://127.0.0.1:${port}`, '--units', '1', '--json');
    assert.is(code, 0);
    const report: unknown = JSON.parse(out);
    assert.match(
      JSON.stringify(report),
      /"model":"linekeeper-sim","unit":1|"unit":1.*"model":"linekeeper-sim"/,
    );
  }));

test('a bus of the room file is asked as it stands there', () =>
  withUps(1, async (port) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'ups-cli-'));
    const room = path.join(folder, 'room.yaml');
    writeFileSync(room, `room: { id: x }\nbuses: { ups-lan: { modbus: "tcp://127.0.0.1:${port}" } }\n`);
    try {
      const found = await run('probe', 'ups-lan', '--room', room, '--units', '1');
      assert.is(found.code, 0, found.err);
      assert.match(found.out, /\{ ups: ups-lan\/1, model: linekeeper-sim \}/);
      const wrong = await run('probe', 'ups-line', '--room', room);
      assert.is(wrong.code, 2);
      assert.match(wrong.err, /ups-line is no Modbus or serial bus.*ups-lan/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }));

test('a wrong map and a wrong unit end with 1 and what to try', () =>
  withUps(1, async (port) => {
    const map = await run('probe', `tcp://127.0.0.1:${port}`, '--units', '1', '--model', 'apc-smart-ups');
    assert.is(map.code, 1);
    assert.match(map.out, /units that answer: 1; none of the maps fits/);
    assert.match(map.out, /copy the nearest file of config\/ups/);
    const unit = await run('probe', `tcp://127.0.0.1:${port}`, '--units', '7');
    assert.is(unit.code, 1);
    assert.match(unit.out, /no unit answers; asked were 7/);
    assert.match(unit.out, /--units 1-247/);
  }));

test('nobody there, by any way, ends with 1 and where to look', async () => {
  const port = await freePort();
  const cases: readonly (readonly [string, RegExp])[] = [
    [`tcp://127.0.0.1:${port}`, /refused/],
    [`nut://127.0.0.1:${port}`, /ECONNREFUSED.*\n- upsd must run/],
    [`snmp://127.0.0.1:${port}`, /does not answer by SNMP/],
    ['megatec:/dev/nonexistent-tty', /cable/],
  ];
  for (const [address, pattern] of cases) {
    const { code, out } = await run('probe', address);
    assert.is(code, 1, address);
    assert.match(out, pattern);
  }
});

test('an upsd: each UPS with its variables; one that is stale is told', async () => {
  const answers: Readonly<Record<string, string>> = {
    'LIST UPS': 'BEGIN LIST UPS\nUPS room "one"\nUPS dead "two"\nEND LIST UPS\n',
    'LIST VAR room':
      'BEGIN LIST VAR room\nVAR room ups.status "OL CHRG"\nVAR room battery.charge "97"\nEND LIST VAR room\n',
    'LIST VAR dead': 'ERR DRIVER-NOT-CONNECTED\n',
    LOGOUT: 'OK Goodbye\n',
  };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      for (const line of chunk.split('\n').filter((one) => one !== ''))
        socket.write(answers[line] ?? 'ERR UNKNOWN-COMMAND\n');
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  try {
    const { code, out } = await run('probe', `nut://127.0.0.1:${port}`);
    assert.is(code, 0);
    assert.match(out, new RegExp(`\\{ nut: "room@127\\.0\\.0\\.1:${port}" \\}`));
    assert.match(out, /battery\.charge +97 +batteryPercent 97/);
    assert.match(out, /- dead: DRIVER-NOT-CONNECTED/);
  } finally {
    server.close();
  }
});

test('wrong usage ends with 2 and says what is wrong', async () => {
  const cases: readonly [readonly string[], RegExp][] = [
    [[], /probe one ADDRESS/],
    [['find', 'x'], /probe one ADDRESS/],
    [['probe'], /probe one ADDRESS/],
    [['probe', 'rs485'], /give --room FILE/],
    [['probe', 'tcp://1.2.3.999'], /address or the port is wrong/],
    [['probe', 'tcp://127.0.0.1', '--units', '0-300'], /within 1 to 247/],
    [['probe', 'rtu:/dev/x', '--baud', 'fast'], /--baud is a number/],
    [['probe', 'rtu:/dev/x', '--parity', 'mark'], /--parity is none, even or odd/],
    [['probe', 'tcp://127.0.0.1', '--colour'], /colour/],
  ];
  for (const [args, reason] of cases) {
    const { code, err } = await run(...args);
    assert.is(code, 2, args.join(' '));
    assert.match(err, reason);
  }
  assert.is((await run('--help')).code, 0);
});

test.run();
