/** Sound room files become exactly the room that they describe. */
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { upsModels as installedModels } from '../../src/drivers/ups/catalogue.ts';
import type { Room } from '../../src/model/room.ts';
import { loadRoom } from '../../src/room/load.ts';
import { accepted } from './accepted.ts';
import { text } from '../../src/model/text.ts';
import { base, spoilt, upsModels } from './base.ts';

function roomOf(words: string): Room {
  const { room, problems } = loadRoom(words, 'room.yaml', { upsModels });
  if (room === undefined) throw new Error(problems.map(({ message }) => message.en).join('; '));
  assert.equal(accepted(words, upsModels), room, 'a start takes in exactly what check lets pass');
  return room;
}

const folder = new URL('../../config/rooms/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

test('every room of config/rooms loads, and the examples for installers without a warning', () => {
  assert.ok(files.includes('emergency-centre-16.yaml') && files.includes('small-2.yaml'));
  for (const file of files) {
    const words = readFileSync(new URL(file, folder), 'utf8');
    const { room, problems } = loadRoom(words, file, { upsModels: installedModels() });
    const told = problems.filter(({ severity }) => severity !== 'note');
    if (file !== 'demo.yaml') assert.equal(told, [], file);
    assert.ok(room !== undefined, file);
    assert.equal(accepted(words, installedModels()), room, file);
  }
});

test('an emergency centre of 16 lines takes about 60 lines of file', () => {
  const words = readFileSync(new URL('emergency-centre-16.yaml', folder), 'utf8');
  const [needed = '', added] = words.split('what a room may add');
  assert.ok(needed.split('\n').length <= 65 && added !== undefined);
  const { lines } = roomOf(words);
  assert.is(lines.length, 16);
  assert.equal(lines[15], {
    id: 'L16',
    channel: { bus: 'card-b', kind: 'channel', number: 8 },
    relay: { bus: 'card-b', kind: 'relay', number: 8 },
    trunk: '020-120-16',
    phone: '8016',
    alternatePhone: { bus: 'card-c', kind: 'relay', number: 1 },
    kind: 'trunk',
    answers: 'people',
    phoneOffHookMs: 300_000,
  });
});

test('the sound room, value by value', () => {
  const serial = { kind: 'serial', parity: 'none' } as const;
  const lan = { domain: 'our-lan', weight: 'hint', everyMs: 10_000, missLimit: 3 } as const;
  const same = (name: string) => ({ zh: name, en: name });
  const pinged = (host: string) =>
    ({ kind: 'ping', host, label: same(`ping ${host}`), waitMs: 3000 }) as const;
  const pin = (number: number) => ({ bus: 'pi', kind: 'gpio', number }) as const;
  const output = (id: string, number: number, role: 'horn' | 'lamp' | 'healthy') =>
    ({ kind: 'output', id, name: same(id), terminal: pin(number), role, activeLow: false }) as const;
  const input = { kind: 'input', debounceMs: 20, severity: 'major' } as const;
  const expected: Room = {
    id: 'gz-120',
    name: { zh: '广州120机房', en: 'Guangzhou 120' },
    timezone: 'Asia/Shanghai',
    language: 'zh',
    autonomyMs: 14_400_000,
    buses: [
      {
        kind: 'line-card',
        id: 'card-a',
        link: { ...serial, path: '/dev/ttyUSB0', baud: 921_600 },
        hostLostMs: 5000,
      },
      {
        kind: 'line-card',
        id: 'card-b',
        link: { kind: 'tcp', host: '10.0.0.21', port: 7100 },
        keyFile: 'b.key',
        hostLostMs: 5000,
      },
      {
        kind: 'modbus',
        id: 'rs485',
        framing: 'rtu',
        link: { ...serial, path: '/dev/ttyUSB1', baud: 9600 },
        timeoutMs: 1000,
      },
      { kind: 'gpio', id: 'pi', backend: 'auto', acceptOutputsKept: false },
    ],
    points: [
      output('horn', 23, 'horn'),
      output('beacon', 24, 'lamp'),
      output('healthy', 25, 'healthy'),
      {
        ...input,
        id: 'silence',
        name: same('silence'),
        terminal: pin(20),
        role: 'silence-button',
        contact: 'normally-open',
      },
      {
        ...input,
        id: 'key',
        name: same('key'),
        terminal: pin(22),
        role: 'bypass-key',
        contact: 'normally-closed',
      },
      {
        ...input,
        id: 'pbx-alarm',
        name: same('pbx-alarm'),
        terminal: pin(26),
        role: 'plain',
        contact: 'normally-closed',
      },
      {
        ...input,
        id: 'arrester',
        name: same('arrester'),
        terminal: { bus: 'card-a', kind: 'input', number: 1 },
        role: 'plain',
        contact: 'normally-closed',
      },
    ],
    lines: [
      ...[1, 2, 3, 4].map((number) => ({
        id: `L0${number}`,
        channel: { bus: 'card-a', kind: 'channel', number } as const,
        relay: { bus: 'card-a', kind: 'relay', number } as const,
        trunk: `020-${number}`,
        phone: `80${String(number).padStart(2, '0')}`,
        kind: 'trunk' as const,
        answers: 'people' as const,
        phoneOffHookMs: 300_000,
      })),
      {
        id: 'L05',
        channel: { bus: 'card-b', kind: 'channel', number: 1 },
        relay: { bus: 'card-b', kind: 'relay', number: 1 },
        trunk: '020-5',
        phone: '8005',
        kind: 'trunk',
        answers: 'people',
        phoneOffHookMs: 300_000,
      },
    ],
    subjects: [
      {
        id: 'pbx',
        kind: 'pbx',
        name: same('pbx'),
        sources: [
          { id: 'pbx.1', kind: 'point', domain: 'wire', weight: 'proof', point: 'pbx-alarm' },
          { id: 'pbx.2', kind: 'lines', domain: 'lines', weight: 'proof', lines: 'all' },
          {
            ...lan,
            id: 'pbx.3',
            kind: 'sip-options',
            host: '10.0.0.2',
            port: 5060,
            transport: 'udp',
            label: same('SIP 10.0.0.2:5060'),
            suspectMs: 1000,
            waitMs: 4000,
          },
        ],
        downWhen: 2,
        dependsOn: [],
      },
      {
        id: 'crm',
        kind: 'server',
        name: same('crm'),
        sources: [
          {
            ...lan,
            id: 'crm.1',
            kind: 'tcp',
            host: '10.0.0.11',
            port: 5432,
            label: same('TCP 10.0.0.11:5432'),
            waitMs: 2000,
          },
          { ...lan, ...pinged('10.0.0.11'), id: 'crm.2' },
        ],
        downWhen: 2,
        dependsOn: ['lan'],
      },
      {
        id: 'lan',
        kind: 'network',
        name: same('lan'),
        sources: [{ ...lan, ...pinged('10.0.0.1'), id: 'lan.1' }],
        downWhen: 1,
        dependsOn: [],
      },
      {
        id: 'ups',
        kind: 'ups',
        name: same('ups'),
        sources: [
          {
            id: 'ups.1',
            kind: 'ups',
            domain: 'serial:rs485',
            weight: 'proof',
            bus: 'rs485',
            unit: 1,
            model: 'huawei-ups2000',
            label: same('UPS rs485/1'),
            everyMs: 5000,
            waitMs: 5000,
            missLimit: 3,
          },
        ],
        downWhen: 1,
        dependsOn: [],
      },
    ],
    controls: [],
    maintenance: [],
    alarms: [],
    hosts: [],
    manualForms: { count: 20 },
    powerCut: {
      stages: [],
      back: { stableMs: 300_000, batteryPercent: 20, spacingMs: 30_000, remindMs: 600_000 },
    },
    bypass: {
      confirmMs: 3000,
      busyCapMs: 30_000,
      callCapMs: 300_000,
      idleForMs: 6000,
      loopOpenMs: 1500,
      restoreAfterMs: 120_000,
      spacingMs: 1000,
      proveMs: 60_000,
      ringLimitMs: 20_000,
      restoresPerHour: 4,
      restore: 'when-idle',
    },
    relayCare: { slowMs: 20 },
    recorder: {
      start: 'line-voltage',
      preRollMs: 2000,
      hangOverMs: 3000,
      keepDays: 400,
      promptAtPercent: 85,
      bitRate: 16_000,
      complexity: 5,
    },
    allowBypassFromCentre: false,
    mqtt: { url: 'mqtts://centre.example:8883' },
    http: { host: '127.0.0.1', port: 8080 },
    dataFolder: '/var/lib/linekeeper',
  };
  assert.equal(roomOf(base), expected);
});

test('forms that are written less often', () => {
  const words = spoilt(
    '  pi: { gpio: auto }\n',
    '  pi: { gpio: chardev, pump: 16 }\n  ups-lan: { modbus: "tcp://10.0.0.5" }\n',
  )
    .replace('{ ups: rs485/1,', '{ ups: ups-lan, every: 10s,')
    .replace('{ lines: all }', '{ lines: [L01-L03, L05] }')
    .replace('phone: "8005" }', 'phone: "8005", kind: dispatch, answers: pbx }')
    .replace('role: lamp }', 'role: lamp, active-low: true, name: Blitzer }')
    .replace('sip:10.0.0.2:5060', 'sip:[fd00::2]')
    .replace('report:', 'data: ./var\nhttp: { port: 8443 }\nreport:');
  const room = roomOf(words);
  const byId = (list: readonly { readonly id: string }[], id: string) =>
    list.find((entry) => entry.id === id);
  assert.equal(byId(room.buses, 'ups-lan'), {
    kind: 'modbus',
    id: 'ups-lan',
    framing: 'tcp',
    link: { kind: 'tcp', host: '10.0.0.5', port: 502 },
    timeoutMs: 1000,
  });
  assert.equal(byId(room.buses, 'pi'), {
    kind: 'gpio',
    id: 'pi',
    backend: 'chardev',
    acceptOutputsKept: false,
    pump: 16,
  });
  assert.equal(byId(room.points, 'beacon'), {
    kind: 'output',
    id: 'beacon',
    name: { zh: 'Blitzer', en: 'Blitzer' },
    terminal: { bus: 'pi', kind: 'gpio', number: 24 },
    role: 'lamp',
    activeLow: true,
  });
  const sources = room.subjects.flatMap((subject) => subject.sources);
  assert.equal(byId(sources, 'pbx.2'), {
    id: 'pbx.2',
    kind: 'lines',
    domain: 'lines',
    weight: 'proof',
    lines: ['L01', 'L02', 'L03', 'L05'],
  });
  const ups = sources.find(({ kind }) => kind === 'ups');
  assert.is(ups?.domain, 'our-lan');
  const sip = sources.find((source) => source.kind === 'sip-options');
  assert.equal([sip?.host, sip?.port], ['fd00::2', 5060]);
  assert.equal([room.lines[4]?.kind, room.lines[4]?.answers], ['dispatch', 'pbx']);
  assert.equal([room.dataFolder, room.http.port], ['./var', 8443]);
});

test('sources are numbered in the order of the file', () => {
  const room = roomOf(
    spoilt('[{ ping: 10.0.0.1 }]', '[{ snmp: 10.0.0.1, oid: ifOperStatus.1 }, { ping: 10.0.0.1 }]'),
  );
  const lan = room.subjects.find(({ id }) => id === 'lan');
  assert.equal(
    lan?.sources.map(({ id, kind }) => `${id} ${kind}`),
    ['lan.1 snmp', 'lan.2 ping'],
  );
  assert.is(lan?.downWhen, 2);
});

test('call records: over a wire, from a switch that we call or that calls us, from a file; trunks by their names there', () => {
  const words = spoilt(
    '  pi: { gpio: auto }',
    `  pi: { gpio: auto }
  wire: { serial: /dev/ttyUSB2, baud: 1200, parity: even }
  called: { serial: "tcp://10.0.0.2:1752" }
  calls: { serial: "tcp-listen://:7001", from: 10.0.0.2 }
  calls-6: { serial: "tcp-listen://[fd00::1]:7002", from: "fd00::2" }
  file: { serial: "file:/var/log/asterisk/cdr-csv/Master.csv" }`,
  )
    .replace('trunk: "020-{n}"', 'trunk: "020-{n}", record-trunk: "LINE 1.{n}"')
    .replace(
      '- { lines: all }',
      '- { lines: all }\n      - { call-records: calls, format: avaya-ip-office }',
    );
  const room = roomOf(words);
  const links = room.buses.flatMap((bus) => (bus.kind === 'serial' ? [bus.link] : []));
  assert.equal(links, [
    { kind: 'serial', path: '/dev/ttyUSB2', baud: 1200, parity: 'even' },
    { kind: 'tcp', host: '10.0.0.2', port: 1752 },
    { kind: 'tcp-listen', port: 7001, from: '10.0.0.2' },
    { kind: 'tcp-listen', host: 'fd00::1', port: 7002, from: 'fd00::2' },
    { kind: 'file', path: '/var/log/asterisk/cdr-csv/Master.csv' },
  ]);
  assert.equal(
    room.lines.map(({ recordTrunk }) => recordTrunk),
    ['LINE 1.1', 'LINE 1.2', 'LINE 1.3', 'LINE 1.4', undefined],
  );
  const source = room.subjects[0]?.sources[2];
  assert.ok(source?.kind === 'call-records' && source.domain === 'our-lan' && source.weight === 'hint');
});

const sourceOf = (evidence: string, more = ''): Room['subjects'][number]['sources'][number] | undefined =>
  roomOf(
    spoilt(
      '  lan: { kind: network, evidence: [{ ping: 10.0.0.1 }] }',
      `  lan: { kind: network, evidence: [${evidence}] }`,
    ) + more,
  ).subjects.find(({ id }) => id === 'lan')?.sources[0];

test('what is asked over the network, value by value', () => {
  const lan = { id: 'lan.1', domain: 'our-lan', weight: 'hint', missLimit: 3 } as const;
  const same = (name: string) => ({ zh: name, en: name });
  const raises = [
    { value: 'certificateExpiring', alarm: 'certificate.expiring' },
    { value: 'certificateExpired', alarm: 'certificate.expired' },
  ];
  const dayMs = 86_400_000;
  assert.equal(sourceOf('{ tls: "mail.example:993", warn: 14d }'), {
    ...lan,
    ...{ kind: 'tls', host: 'mail.example', port: 993, expiryWarnMs: 14 * dayMs, raises },
    ...{ label: same('TLS mail.example:993'), everyMs: 60_000, waitMs: 5000 },
  });
  assert.equal(sourceOf('{ http: "https://10.0.0.11:8443/health", status: 200, contains: ok }'), {
    ...lan,
    ...{ kind: 'http', url: 'https://10.0.0.11:8443/health', host: '10.0.0.11', status: 200, contains: 'ok' },
    ...{ expiryWarnMs: 30 * dayMs, raises, label: same('https://10.0.0.11:8443/health') },
    ...{ everyMs: 30_000, waitMs: 5000 },
  });
  assert.equal(sourceOf('{ dns: crm.example, server: 10.0.0.53, answer: 10.0.0.80 }'), {
    ...lan,
    ...{ kind: 'dns', name: 'crm.example', record: 'A', server: '10.0.0.53:53', host: '10.0.0.53' },
    ...{ answer: '10.0.0.80', label: same('DNS crm.example'), everyMs: 30_000, waitMs: 3000 },
  });
  assert.equal(sourceOf('{ snmp: 10.0.0.9, oid: ifOperStatus.2 }'), {
    ...lan,
    ...{ kind: 'snmp', host: '10.0.0.9', port: 161, oid: '1.3.6.1.2.1.2.2.1.8.2', equals: '1' },
    ...{ access: { version: 'v2c' }, scale: 1, unit: '', label: same('SNMP 10.0.0.9 ifOperStatus.2') },
    ...{ everyMs: 10_000, waitMs: 2000 },
  });
  const v3 = sourceOf(
    '{ snmp: 10.0.0.9, oid: 1.3.6.1, version: v3, user: lk, auth-file: a, privacy-file: p, warn: "> 30" }',
  );
  assert.is(v3?.kind, 'snmp');
  if (v3?.kind === 'snmp') {
    assert.equal(v3.access, {
      version: 'v3',
      user: 'lk',
      authentication: { protocol: 'sha', file: 'a' },
      privacy: { protocol: 'aes', file: 'p' },
    });
    assert.equal(v3.raises, [{ value: 'beyondWarn', alarm: 'reading.warn' }]);
  }
  assert.equal(
    sourceOf('{ heartbeat: backup, from: 10.0.0.7, every: 1h, grace: 5m }', 'heartbeats: { udp: 8126 }\n'),
    {
      ...lan,
      ...{ kind: 'heartbeat', name: 'backup', from: '10.0.0.7', missLimit: 1 },
      ...{ label: { zh: '心跳 backup', en: 'heartbeat backup' }, everyMs: 3_600_000, waitMs: 300_000 },
    },
  );
});

for (const [evidence, message] of [
  ['{ heartbeat: b, from: 10.0.0.7 }', 'there is no section heartbeats: none can arrive'],
  ['{ snmp: 10.0.0.9, oid: ifOperState.1 }', 'ifOperState.1 is no name known here: write its number'],
  ['{ snmp: 10.0.0.9, oid: 1.3.6.1, version: v3 }', 'v3 needs a user'],
  ['{ snmp: 10.0.0.9, oid: 1.3.6.1, user: lk }', 'user goes with version: v3 only'],
  [
    '{ dns: crm.example, server: ns.example }',
    'a DNS server is given by its address, such as 10.0.0.53, not ns.example',
  ],
  ['{ http: "http://10.0.0.999/" }', 'http://10.0.0.999/: the address or the port (1 to 65535) is wrong'],
  ['{ tls: "10.0.0.1:443", every: 5s, timeout: 6s }', 'timeout must not be longer than every'],
] as const)
  test(`refused: ${evidence}`, () => {
    const { problems } = loadRoom(spoilt('[{ ping: 10.0.0.1 }]', `[${evidence}]`), 'room.yaml', {
      upsModels,
    });
    assert.equal(
      problems.filter(({ severity }) => severity === 'error').map((problem) => problem.message.en),
      [message],
    );
  });

test('what is accepted and not used yet is told, each where it stands', () => {
  const words = readFileSync(new URL('emergency-centre-16.yaml', folder), 'utf8');
  const { problems } = loadRoom(words, 'room.yaml', { upsModels });
  const notes = problems.filter(({ severity }) => severity === 'note').map(({ path }) => path);
  assert.equal(notes, ['recorder.backup', 'people']);
});

test('a dial-tone test makes a second domain, listens for the usual tones, and takes the period of doubt with it', () => {
  const words = spoilt(
    '      - { lines: all }\n      - { sip-options: "sip:10.0.0.2:5060" }\n',
    '      - { dial-tone: { extension: card-b/8 } }\n',
  );
  const { problems, room } = loadRoom(words, 'room.yaml', { upsModels });
  assert.not(problems.some(({ message }) => message.en.startsWith('automatic trip not possible')));
  const source = room?.subjects.flatMap(({ sources }) => sources).find(({ kind }) => kind === 'dial-tone');
  assert.equal(source?.kind === 'dial-tone' ? [source.tones, source.suspectMs, source.missLimit] : [], [
    [[450], [425], [350, 440]],
    15_000,
    2,
  ]);
});

test('a PBX with a dial tone of its own: one frequency or two', () => {
  for (const [tone, tones] of [
    ['"400"', [[400]]],
    ['"350+450"', [[350, 450]]],
  ] as const) {
    const words = spoilt(
      '{ lines: all }',
      `{ lines: all }\n      - { dial-tone: { extension: card-b/8, tone: ${tone} } }`,
    );
    const source = roomOf(words)
      .subjects.flatMap(({ sources }) => sources)
      .find(({ kind }) => kind === 'dial-tone');
    assert.equal(source?.kind === 'dial-tone' ? source.tones : [], tones);
  }
});

test('a supervised input: the usual resistors, or those on the drawing', () => {
  for (const [words, normalOhms, alarmOhms] of [
    ['supervised: {}', 2350, 4700],
    ['contact: normally-open, supervised: {}', 4700, 2350],
    ['supervised: { normal: 10.4k, alarm: 2k2 }', 10_400, 2200],
    ['supervised: { normal: "680" , alarm: 2k }', 680, 2000],
  ] as const) {
    const room = roomOf(spoilt('{ input: card-a/in1 }', `{ input: card-a/in1, ${words} }`));
    const point = room.points.find(({ id }) => id === 'arrester');
    assert.equal(point?.kind === 'input' ? point.supervised : undefined, { normalOhms, alarmOhms }, words);
  }
});

test('a polled value knows its table, its place and its thresholds', () => {
  const words = spoilt(
    'lines:\n',
    '  temp: { register: rs485/12/40011, scale: 0.1, unit: °C, warn: "> 30", critical: "> 38", deadband: 1 }\nlines:\n',
  );
  const point = roomOf(words).points.find(({ id }) => id === 'temp');
  assert.equal(point, {
    kind: 'register',
    id: 'temp',
    name: { zh: 'temp', en: 'temp' },
    terminal: { bus: 'rs485', kind: 'register', unit: 12, number: 10, table: 'holding' },
    scale: 0.1,
    unit: '°C',
    warn: { when: '>', value: 30 },
    critical: { when: '>', value: 38 },
    type: 's16',
    deadband: 1,
    everyMs: 10_000,
  });
});

test('a sensor of this machine has its own unit, and what the file says instead', () => {
  const words = spoilt(
    'lines:\n',
    `  rack: { sensor: "w1:28-0316a2794cff", warn: "> 30", critical: "> 38", deadband: 1, every: 1m }
  battery: { sensor: "iio:ads1115@1-0048/in_voltage0", scale: 20, offset: 0.5, unit: Vdc }
lines:
`,
  );
  const { points } = roomOf(words);
  const name = (id: string) => ({ zh: id, en: id });
  assert.equal(
    points.filter(({ kind }) => kind === 'sensor'),
    [
      {
        kind: 'sensor',
        id: 'rack',
        name: name('rack'),
        sensor: { family: 'w1', device: '28-0316a2794cff', channel: '' },
        scale: 1,
        offset: 0,
        unit: '°C',
        warn: { when: '>', value: 30 },
        critical: { when: '>', value: 38 },
        deadband: 1,
        everyMs: 60_000,
      },
      {
        kind: 'sensor',
        id: 'battery',
        name: name('battery'),
        sensor: { family: 'iio', device: 'ads1115@1-0048', channel: 'in_voltage0' },
        scale: 20,
        offset: 0.5,
        unit: 'Vdc',
        deadband: 0,
        everyMs: 30_000,
      },
    ],
  );
});

test('a measured value is evidence with what is all right, in the domain of the wire that brings it', () => {
  const words = spoilt(
    'lines:\n',
    `  rack: { sensor: "hwmon:sht3x/temp1", name: { zh: 机柜, en: Rack }, every: 1m }
  volts: { register: rs485/12/30001 }
lines:
`,
  ).replace(
    'evidence: [{ ping: 10.0.0.1 }]',
    'evidence: [{ ping: 10.0.0.1 }, { point: rack, ok: "< 38" }, { point: volts, ok: "> 46.5" }]',
  );
  const reading = { kind: 'reading', weight: 'hint', waitMs: 10_000, missLimit: 2 } as const;
  assert.equal(
    roomOf(words)
      .subjects.find(({ id }) => id === 'lan')
      ?.sources.slice(1),
    [
      {
        ...reading,
        id: 'lan.2',
        domain: 'wire',
        point: 'rack',
        ok: { when: '<', value: 38 },
        label: { zh: '机柜', en: 'Rack' },
        everyMs: 60_000,
      },
      {
        ...reading,
        id: 'lan.3',
        domain: 'serial:rs485',
        point: 'volts',
        ok: { when: '>', value: 46.5 },
        label: { zh: 'volts', en: 'volts' },
        everyMs: 10_000,
      },
    ],
  );
});

test('counters: a register that counts, and a contact that is open at rest unless the file says otherwise', () => {
  const words = spoilt(
    'lines:\n',
    `  surges: { register: rs485/7/30001, type: u32, counter: true }
  strikes: { input: card-a/in2, counter: true }
lines:
`,
  );
  const { points } = roomOf(words);
  const counters = points.filter((point) => 'counter' in point);
  assert.equal(
    counters.map(({ id }) => id),
    ['surges', 'strikes'],
  );
  const strikes = counters.find((point) => point.kind === 'input');
  assert.is(strikes?.contact, 'normally-open');
});

test('alarms: a type, and the type on one subject; louder is welcome everywhere', () => {
  const { room, problems } = loadRoom(
    spoilt(
      'recorder: {',
      `alarms:
  server.down: { severity: minor, on-delay: 30s, off-delay: 1m, re-alarm: 2h }
  crm/server.down: { severity: critical, count: 3, within: 10m }
  linekeeper/disk.full: { latch: true }
  bypass.stuck: { on-delay: 0s, re-alarm: 5m }
recorder: {`,
    ),
    'room.yaml',
    { upsModels },
  );
  assert.equal(problems, []);
  assert.equal(room?.alarms, [
    { type: 'server.down', severity: 'minor', onDelayMs: 30_000, offDelayMs: 60_000, reAlarmMs: 7_200_000 },
    { type: 'server.down', subject: 'crm', severity: 'critical', inWindow: { times: 3, withinMs: 600_000 } },
    { type: 'disk.full', subject: 'linekeeper', latch: true },
    { type: 'bypass.stuck', onDelayMs: 0, reAlarmMs: 300_000 },
  ]);
});

test('escalation: severities, levels and people', () => {
  const { room, problems } = loadRoom(
    spoilt(
      'recorder: {',
      `escalation:
  people:
    desk: { name: { zh: 值班台, en: desk }, tell: ["phone 8001"] }
    lead: { tell: ["SMS 138", "phone 8010"] }
  levels:
    - { repeat: 5m, who: [desk] }
    - { after: 20m, repeat: 15m, who: [desk, lead] }
recorder: {`,
    ),
    'room.yaml',
    { upsModels },
  );
  assert.equal(problems, []);
  assert.equal(room?.escalation, {
    severities: ['critical', 'major'],
    stopsOn: 'acknowledge-or-clear',
    levels: [
      { afterMs: 0, repeatMs: 300_000, who: ['desk'] },
      { afterMs: 1_200_000, repeatMs: 900_000, who: ['desk', 'lead'] },
    ],
    people: [
      { id: 'desk', name: { zh: '值班台', en: 'desk' }, tell: ['phone 8001'] },
      { id: 'lead', name: { zh: 'lead', en: 'lead' }, tell: ['SMS 138', 'phone 8010'] },
    ],
  });
});

test('maintenance: each week, every day, or once', () => {
  const { room, problems } = loadRoom(
    spoilt(
      'recorder: {',
      `maintenance:
  - { of: [crm, L05], on: "Mon Thu", at: "02:30", for: 90m, reason: 备份 }
  - { of: [lan], on: every-day, at: "23:59", for: 1m, reason: { zh: 重启, en: restart } }
  - { of: [arrester], on: 2028-02-29, at: "00:00", for: 24h, reason: test }
recorder: {`,
    ),
    'room.yaml',
    { upsModels },
  );
  assert.equal(problems, []);
  const same = (words: string) => ({ zh: words, en: words });
  assert.equal(room?.maintenance, [
    {
      id: 'window-1',
      subjects: ['crm', 'L05'],
      on: { days: [1, 4] },
      atMinute: 150,
      forMs: 5_400_000,
      reason: same('备份'),
    },
    {
      ...{
        id: 'window-2',
        subjects: ['lan'],
        on: { days: [0, 1, 2, 3, 4, 5, 6] },
        atMinute: 1439,
        forMs: 60_000,
      },
      reason: { zh: '重启', en: 'restart' },
    },
    {
      id: 'window-3',
      subjects: ['arrester'],
      on: { date: '2028-02-29' },
      atMinute: 0,
      forMs: 86_400_000,
      reason: same('test'),
    },
  ]);
});

test('a relay on the Pi with a pump is allowed, with the warning that a crash cuts its call', () => {
  const words = spoilt('bypass: card-b/relay1', 'bypass: pi/17').replace(
    '{ gpio: auto }',
    '{ gpio: auto, pump: 27, accept-outputs-kept: true }',
  );
  const { room, problems } = loadRoom(words, 'room.yaml', { upsModels });
  assert.equal(room?.lines[4]?.relay, { bus: 'pi', kind: 'gpio', number: 17 });
  assert.equal(
    problems.map(({ severity, path }) => `${severity} ${path}`),
    ['warning buses.pi.accept-outputs-kept', 'warning lines.L05.bypass', 'warning lines.L05.bypass'],
  );
  assert.match(problems[2]?.message.en ?? '', 'no mirror contact');
});

test('a mirror contact proves the position of a relay on the Pi, in a range too', () => {
  const words = spoilt(
    'L01-L04: { channel: card-a/1..4, bypass: card-a/relay1..4,',
    'L01-L04: { channel: card-a/1..4, bypass: pi/16..17, read-back: pi/5..6,',
  )
    .replace('L01-L04:', 'L01-L02:')
    .replace('card-a/1..4', 'card-a/1..2')
    .replace('{ gpio: auto }', '{ gpio: auto, pump: 27 }');
  const { room, problems } = loadRoom(words, 'room.yaml', { upsModels });
  assert.equal(
    room?.lines.slice(0, 2).map(({ readBack }) => readBack),
    [
      { bus: 'pi', kind: 'gpio', number: 5 },
      { bus: 'pi', kind: 'gpio', number: 6 },
    ],
  );
  assert.equal(
    problems.map(({ severity, path }) => `${severity} ${path}`),
    ['warning lines.L01-L02.bypass'],
  );
});

test('anchors may be used, and a file with a byte order mark and Windows line ends is read', () => {
  const words = spoilt(
    'crm: { kind: server, evidence: [{ tcp: "10.0.0.11:5432" }, { ping: 10.0.0.11 }]',
    'crm: { kind: server, evidence: &two [{ tcp: "10.0.0.11:5432" }, { ping: 10.0.0.11 }]',
  ).replace('evidence: [{ ping: 10.0.0.1 }]', 'evidence: *two');
  assert.is(roomOf(words).subjects[2]?.sources.length, 2);
  assert.equal(roomOf(`\uFEFF${base.replaceAll('\n', '\r\n')}`), roomOf(base));
});

test('controls: whoever names the other, both keep apart; a read-back rests as its contact does', () => {
  const words = base
    .replace(
      'points:\n',
      '  wire: { serial: /dev/ttyUSB9 }\npoints:\n  day: { output: card-a/out1 }\n  night: { output: card-a/out2 }\n  lit: { input: card-a/in2, contact: normally-open }\n',
    )
    .replace(
      'lines:\n',
      `controls:
  night-service: { output: night, mode: hold, interlock: [day-service], read-back: lit, read-back-within: 2s, at-most: "3 per 10m", allow-from-centre: true }
  day-service: { output: day, for: 200ms }
  reset: { serial: wire, send: "\\x02RESET {port}\\r", values: { port: ["1", "2"] }, expect: OK, within: 3s }
lines:
`,
    );
  const { room, problems } = loadRoom(words, 'room.yaml', { upsModels });
  assert.equal(problems, []);
  const rate = { atMost: { count: 6, perMs: 600_000 }, allowFromCentre: false };
  assert.equal(room?.controls, [
    {
      ...{
        id: 'night-service',
        name: text('night-service', 'night-service'),
        kind: 'relay',
        output: 'night',
      },
      ...{ mode: 'hold', pulseMs: 500, interlock: ['day-service'] },
      ...{ readBack: { point: 'lit', restsClosed: false, withinMs: 2000 } },
      ...{ atMost: { count: 3, perMs: 600_000 }, allowFromCentre: true },
    },
    {
      ...{ id: 'day-service', name: text('day-service', 'day-service'), kind: 'relay', output: 'day' },
      ...{ mode: 'pulse', pulseMs: 200, interlock: ['night-service'], ...rate },
    },
    {
      ...{
        id: 'reset',
        name: text('reset', 'reset'),
        kind: 'serial',
        bus: 'wire',
        send: '\x02RESET {port}\r',
      },
      ...{ values: { port: ['1', '2'] }, expect: 'OK', withinMs: 3000, ...rate },
    },
  ]);
});

test.run();
