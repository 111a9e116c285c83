/** The ways to ask a UPS, as the room file writes them: what they become, and what is told of a slip. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadRoom } from '../../src/room/load.ts';
import type { Source } from '../../src/model/room.ts';
import { spoilt, upsModels } from './base.ts';

const modbus = '[{ ups: rs485/1, model: huawei-ups2000 }]';
const withBus = (evidence: string, bus: string): string =>
  spoilt(modbus, `[{ ${evidence} }]`).replace('buses:\n', `buses:\n  wire: { ${bus} }\n`);

function read(words: string): { source: Source | undefined; told: readonly string[] } {
  const { room, problems } = loadRoom(words, 'room.yaml', { upsModels });
  return {
    source: room?.subjects.find(({ id }) => id === 'ups')?.sources[0],
    told: problems
      .filter(({ severity }) => severity !== 'note')
      .map(({ severity, path, message }) => `${severity} ${path}: ${message.en}`),
  };
}

const common = { id: 'ups.1', weight: 'proof', everyMs: 5000, waitMs: 5000, missLimit: 3 } as const;
const label = (words: string): { readonly zh: string; readonly en: string } => ({ zh: words, en: words });

const good: readonly (readonly [string, string, string, object])[] = [
  [
    'NUT on this machine',
    'nut: room@localhost',
    'serial: /dev/ttyUSB2',
    {
      kind: 'nut',
      domain: 'path:localhost',
      ups: 'room',
      host: 'localhost',
      port: 3493,
      tls: false,
      label: label('NUT room@localhost'),
    },
  ],
  [
    'NUT with login and TLS',
    'nut: "ups-1@10.0.0.5:3494", username: keeper, password-file: nut.secret, tls: true, ca-file: nut.pem, every: 2s',
    'serial: /dev/ttyUSB2',
    {
      kind: 'nut',
      domain: 'our-lan',
      ups: 'ups-1',
      host: '10.0.0.5',
      port: 3494,
      username: 'keeper',
      tests: ['quick', 'deep'],
      passwordFile: 'nut.secret',
      tls: true,
      caFile: 'nut.pem',
      everyMs: 2000,
      label: label('NUT ups-1@10.0.0.5'),
    },
  ],
  [
    'Megatec',
    'megatec: wire',
    'serial: /dev/ttyUSB2, baud: 2400',
    { kind: 'megatec', tests: ['quick'], domain: 'serial:wire', bus: 'wire', label: label('UPS wire') },
  ],
  [
    'the UPS-MIB with its defaults',
    'ups-snmp: 10.0.0.5',
    'serial: /dev/ttyUSB2',
    {
      kind: 'ups-snmp',
      domain: 'our-lan',
      host: '10.0.0.5',
      port: 161,
      access: { version: 'v2c' },
      label: label('UPS 10.0.0.5'),
    },
  ],
  [
    'the UPS-MIB by v3',
    'ups-snmp: "10.0.0.5:1161", version: v3, user: keeper, auth: sha256, auth-file: a.secret, privacy-file: p.secret',
    'serial: /dev/ttyUSB2',
    {
      kind: 'ups-snmp',
      domain: 'our-lan',
      host: '10.0.0.5',
      port: 1161,
      access: {
        version: 'v3',
        user: 'keeper',
        auth: 'sha256',
        authFile: 'a.secret',
        privacyFile: 'p.secret',
      },
      label: label('UPS 10.0.0.5'),
    },
  ],
];
for (const [name, evidence, bus, wanted] of good)
  test(`${name} is understood without a word`, () => {
    const { source, told } = read(withBus(evidence, bus));
    assert.equal(told, []);
    assert.equal(source, { ...common, ...wanted });
  });

const slips: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'a NUT name without host',
    'nut: room',
    'serial: /dev/ttyUSB2',
    /^error subjects\.ups\.evidence\[0\]\.nut/,
  ],
  [
    'a port that cannot be',
    'nut: "a@10.0.0.5:70000"',
    'serial: /dev/ttyUSB2',
    /^error .*nut: 10\.0\.0\.5:70000: the address/,
  ],
  [
    'a user without password',
    'nut: a@10.0.0.5, username: x',
    'serial: /dev/ttyUSB2',
    /^error .*username: username and password-file go together/,
  ],
  [
    'a password in the clear',
    'nut: a@10.0.0.5, username: x, password-file: f',
    'serial: /dev/ttyUSB2',
    /^warning .*not encrypted/,
  ],
  [
    'a certificate without TLS',
    'nut: a@localhost, ca-file: f',
    'serial: /dev/ttyUSB2',
    /^warning .*ca-file: without tls: true/,
  ],
  [
    'Megatec on a Modbus line',
    'megatec: rs485',
    'serial: /dev/ttyUSB2',
    /^error .*megatec: rs485 is a Modbus line/,
  ],
  ['Megatec at another speed', 'megatec: wire', 'serial: /dev/ttyUSB2', /^warning .*runs at 9600 baud/],
  [
    'two UPSes on one wire',
    'megatec: wire }, { megatec: wire',
    'serial: /dev/ttyUSB2, baud: 2400',
    /^error .*carries one device, and 2/,
  ],
  [
    'v3 without user',
    'ups-snmp: 10.0.0.5, version: v3',
    'serial: /dev/ttyUSB2',
    /^error .*version: v3 needs a user/,
  ],
  [
    'v3 with a community',
    'ups-snmp: 10.0.0.5, version: v3, user: x, community-file: f',
    'serial: /dev/ttyUSB2',
    /^error .*community-file: v3 has no community/,
  ],
  [
    'privacy without authentication',
    'ups-snmp: 10.0.0.5, version: v3, user: x, privacy-file: f',
    'serial: /dev/ttyUSB2',
    /^error .*privacy-file: privacy needs/,
  ],
  [
    'a user of v2c',
    'ups-snmp: 10.0.0.5, user: x',
    'serial: /dev/ttyUSB2',
    /^error .*user: user is for version: v3 only/,
  ],
  [
    'an address that cannot be',
    'ups-snmp: 10.0.0.999',
    'serial: /dev/ttyUSB2',
    /^error .*ups-snmp: 10\.0\.0\.999: the address/,
  ],
];
for (const [name, evidence, bus, pattern] of slips)
  test(`${name} is told`, () => {
    const { told } = read(withBus(evidence, bus));
    assert.ok(
      told.some((line) => pattern.test(line)),
      told.join('\n'),
    );
  });

test('a UPS under another kind of subject raises no alarms, and that is told', () => {
  const { told } = read(spoilt('kind: ups', 'kind: server'));
  assert.ok(
    told.some((line) => /^warning .*kind: ups, not server/.test(line)),
    told.join('\n'),
  );
});

test('autonomy is four hours where nobody writes another', () => {
  const autonomyOf = (words: string): number | undefined =>
    loadRoom(words, 'room.yaml', { upsModels }).room?.autonomyMs;
  assert.is(autonomyOf(spoilt(modbus, modbus)), 4 * 3_600_000);
  assert.is(autonomyOf(spoilt('  id: gz-120', '  id: gz-120\n  autonomy: 90m')), 90 * 60_000);
});

test.run();
