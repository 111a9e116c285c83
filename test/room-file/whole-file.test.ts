/** What must hold for any file: everything at once and in order, true suggestions, limits, and never a throw. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isWithin, limits, roomLimits, written } from '../../src/room/limits.ts';
import type { Limit, LimitName } from '../../src/room/limits.ts';
import { loadRoom } from '../../src/room/load.ts';
import { parseDuration } from '../../src/room/short-forms.ts';
import { base, spoilt, upsModels } from './base.ts';
import '../seeded.ts';

const check = (words: string) => loadRoom(words, 'room.yaml', { upsModels });
const errorsOf = (words: string) => check(words).problems.filter(({ severity }) => severity === 'error');

test('all problems are told at once, in the order of the file', () => {
  const words = base
    .replace('id: gz-120', 'id: GZ')
    .replace('modbus: "rtu', 'modbuss: "rtu')
    .replace('output: pi/24', 'output: pi/23')
    .replace('channel: card-b/1', 'channel: card-c/1')
    .replace('point: pbx-alarm', 'point: pbx-alram')
    .replace('depends-on: [lan]', 'depends-on: [wan]')
    .replace('confirm: 3s', 'confirm: 3h')
    .replace('recorder: {', 'recoder: {');
  const { room, problems } = check(words);
  assert.is(room, undefined);
  assert.equal(
    problems.map(({ line, path }) => `${line} ${path}`),
    [
      '2 room.id',
      '7 buses.rs485.modbuss',
      '11 points.beacon.output',
      '19 lines.L05.channel',
      '24 subjects.pbx.evidence[0].point',
      '27 subjects.crm.depends-on[0]',
      '30 bypass.confirm',
      '31 recoder',
    ],
  );
});

test('what stands in a misspelt section is checked all the same, at its own place', () => {
  const { problems } = check(base.replace('points:', 'pionts:').replace('output: pi/24', 'output: pi/23'));
  assert.equal(
    problems.map(({ line, column, path }) => `${line}:${column} ${path}`),
    ['9:1 pionts', '11:21 pionts.beacon.output'],
  );
});

test('every pin that is suggested as free is free and safe', () => {
  const [problem] = errorsOf(spoilt('output: pi/24', 'output: pi/23'));
  const pins = [...(problem?.hint?.en ?? '').matchAll(/\d+/g)].map(([pin]) => pin);
  assert.ok(pins.length >= 4);
  for (const pin of pins) assert.equal(check(spoilt('output: pi/24', `output: pi/${pin}`)).problems, [], pin);
});

test('a pin that is not suggested is not free or not safe', () => {
  const [problem] = errorsOf(spoilt('output: pi/24', 'output: pi/23'));
  const pins = [...(problem?.hint?.en ?? '').matchAll(/\d+/g)].map(([pin]) => Number(pin));
  for (let pin = 0; pin <= 27; pin++) {
    // The lamp's own pin is free once the lamp is elsewhere: it is among those suggested.
    if (pins.includes(pin)) continue;
    assert.ok(errorsOf(spoilt('output: pi/24', `output: pi/${pin}`)).length > 0, String(pin));
  }
});

test('every channel and relay that is suggested is free', () => {
  for (const [from, taken] of [
    ['channel: card-b/1', 'channel: card-a/1'],
    ['bypass: card-b/relay1', 'bypass: card-a/relay1'],
  ] as const) {
    const [problem] = errorsOf(spoilt(from, taken));
    const free = [...(problem?.hint?.en ?? '').matchAll(/card-a\/\w+/g)].map(([terminal]) => terminal);
    assert.is(free.length, 4);
    for (const terminal of free) {
      assert.equal(errorsOf(spoilt(from, `${taken.split(' ')[0] ?? ''} ${terminal}`)), [], terminal);
    }
  }
});

test('whatever "did you mean" proposes is accepted', () => {
  const slips: readonly (readonly [string, string, string])[] = [
    ['role: lamp', 'role: ', 'lmap'],
    ['kind: server', 'kind: ', 'sever'],
    ['point: pbx-alarm', 'point: ', 'pbx-alram'],
    ['model: huawei-ups2000', 'model: ', 'huawei-ups200'],
    ['recorder: {', '', 'recoder: {'],
  ];
  for (const [from, key, slip] of slips) {
    const [problem] = errorsOf(spoilt(from, key + slip));
    const meant = /Did you mean (\S+)\?/.exec(problem?.hint?.en ?? '')?.[1] ?? '';
    assert.ok(meant.length > 0, slip);
    const right = slip.endsWith('{') ? `${meant}: {` : meant;
    assert.equal(check(spoilt(from, key + right)).problems, [], slip);
  }
});

/** From the buses to the subjects: a wire and what is asked over it stand in two places. */
const serialSpan = base.slice(base.indexOf('  pi: { gpio'), base.indexOf('bypass: {'));
const withSerial = (rhythm: string): string =>
  `  console: { serial: /dev/ttyUSB9 }\n${serialSpan}  door: { kind: server, evidence: [{ serial: console, expect: OK, ${rhythm} }] }\n`;

const withLevels = (keys: string): string =>
  `escalation: { people: { li: { tell: [x] } }, levels: [{ who: [li], ${keys} }] }\nrecorder: {`;
const withReturn = (key: string): string =>
  `power-cut: [{ when: on battery, do: [announce] }]\npower-return: { ${key} }\nrecorder: {`;
const withHost = (keys: string, more = ''): string =>
  `power-cut: [{ when: on battery, do: [shut: seats] }]\nhosts: { pc: { nut: pc, password-file: p, group: seats, ${keys} } }\n${more}recorder: {`;
const withControl = (keys: string): string =>
  `  night: { output: card-a/out1 }\n  lit: { input: card-a/in2 }\ncontrols: { n: { output: night, ${keys} } }\nlines:\n`;

/** Where each limit is written in a file. */
const placeOf: Readonly<Record<LimitName, readonly [from: string, to: (value: string) => string]>> = {
  'annunciator.auto-silence': ['recorder: {', (v) => `annunciator: { auto-silence: ${v} }\nrecorder: {`],
  'speech.volume': ['recorder: {', (v) => `speech: { volume: ${v} }\nrecorder: {`],
  'speech.repeat': ['recorder: {', (v) => `speech: { repeat: ${v} }\nrecorder: {`],
  'bypass.confirm': ['confirm: 3s', (v) => `confirm: ${v}`],
  'bypass.busy-cap': ['confirm: 3s', (v) => `call-cap: 15m, busy-cap: ${v}`],
  'bypass.call-cap': ['confirm: 3s', (v) => `busy-cap: 5s, call-cap: ${v}`],
  'bypass.idle-for': ['confirm: 3s', (v) => `idle-for: ${v}`],
  'bypass.loop-open': ['confirm: 3s', (v) => `loop-open: ${v}`],
  'bypass.restore-after': ['confirm: 3s', (v) => `restore-after: ${v}`],
  'bypass.spacing': ['confirm: 3s', (v) => `spacing: ${v}`],
  'bypass.prove': ['confirm: 3s', (v) => `ring-limit: 10s, prove: ${v}`],
  'bypass.ring-limit': ['confirm: 3s', (v) => `prove: 10m, ring-limit: ${v}`],
  'bypass.restores-per-hour': ['confirm: 3s', (v) => `restores-per-hour: ${v}`],
  'bypass.relay-slow': ['confirm: 3s', (v) => `relay-slow: ${v}`],
  'phone-off-hook': ['phone: "8005" }', (v) => `phone: "8005", phone-off-hook: ${v} }`],
  'host-lost': ['key-file: b.key', (v) => `key-file: b.key, host-lost: ${v}`],
  'host-lost on a serial link': ['"serial:/dev/ttyUSB0"', (v) => `"serial:/dev/ttyUSB0", host-lost: ${v}`],
  'room.autonomy': ['  id: gz-120', (v) => `  id: gz-120\n  autonomy: ${v}`],
  'modbus.timeout': ['"rtu:/dev/ttyUSB1"', (v) => `"rtu:/dev/ttyUSB1", timeout: ${v}`],
  'point.debounce': ['role: silence-button', (v) => `role: silence-button, debounce: ${v}`],
  'register.every': ['lines:\n', (v) => `  temp: { register: rs485/2/30001, every: ${v} }\nlines:\n`],
  'self-test.every': ['recorder: {', (v) => `self-test: { every: ${v} }\nrecorder: {`],
  'sensor.every': ['lines:\n', (v) => `  rack: { sensor: "hwmon:sht3x/temp1", every: ${v} }\nlines:\n`],
  'control.for': ['lines:\n', (v) => withControl(`for: ${v}`)],
  'control.read-back-within': ['lines:\n', (v) => withControl(`read-back: lit, read-back-within: ${v}`)],
  'control.within': [
    serialSpan,
    (v) =>
      `  console: { serial: /dev/ttyUSB9 }\n${serialSpan}controls: { reset: { serial: console, send: R, expect: OK, within: ${v} } }\n`,
  ],
  'hosts.within': ['recorder: {', (v) => withHost(`within: ${v}`)],
  'hosts.settle': ['recorder: {', (v) => withHost(`settle: ${v}`)],
  'nut-server.port': [
    'recorder: {',
    (v) => withHost('settle: 0s', `nut-server: { host: 10.0.0.5, port: ${v} }\n`),
  ],
  'manual-forms.count': ['recorder: {', (v) => `manual-forms: { count: ${v} }\nrecorder: {`],
  'dial-tone.every': [
    '{ lines: all }',
    (v) => `{ lines: all }\n      - { dial-tone: { extension: card-b/8, every: ${v} } }`,
  ],
  'dial-tone.suspect': [
    '{ lines: all }',
    (v) => `{ lines: all }\n      - { dial-tone: { extension: card-b/8, suspect: ${v} } }`,
  ],
  'sip-options.every': ['5060" }', (v) => `5060", every: ${v} }`],
  'sip-options.suspect': ['5060" }', (v) => `5060", every: 5m, suspect: ${v} }`],
  'ping.every': ['{ ping: 10.0.0.1 }', (v) => `{ ping: 10.0.0.1, every: ${v} }`],
  'tcp.every': ['5432" }', (v) => `5432", timeout: 100ms, every: ${v} }`],
  'tcp.timeout': ['5432" }', (v) => `5432", every: 10m, timeout: ${v} }`],
  'ups.every': ['model: huawei-ups2000', (v) => `model: huawei-ups2000, every: ${v}`],
  'snmp.every': [
    '[{ ping: 10.0.0.1 }]',
    (v) => `[{ ping: 10.0.0.1 }, { snmp: 10.0.0.1, oid: 1.3.6.1, timeout: 100ms, every: ${v} }]`,
  ],
  'snmp.timeout': [
    '[{ ping: 10.0.0.1 }]',
    (v) => `[{ ping: 10.0.0.1 }, { snmp: 10.0.0.1, oid: 1.3.6.1, every: 10m, timeout: ${v} }]`,
  ],
  'tls.every': [
    '[{ ping: 10.0.0.1 }]',
    (v) => `[{ ping: 10.0.0.1 }, { tls: "10.0.0.1:443", timeout: 100ms, every: ${v} }]`,
  ],
  'tls.timeout': [
    '[{ ping: 10.0.0.1 }]',
    (v) => `[{ ping: 10.0.0.1 }, { tls: "10.0.0.1:443", every: 1d, timeout: ${v} }]`,
  ],
  'certificate.warn': [
    '[{ ping: 10.0.0.1 }]',
    (v) => `[{ ping: 10.0.0.1 }, { tls: "10.0.0.1:443", warn: ${v} }]`,
  ],
  'http.every': [
    '[{ ping: 10.0.0.1 }]',
    (v) => `[{ ping: 10.0.0.1 }, { http: "http://10.0.0.1/", timeout: 100ms, every: ${v} }]`,
  ],
  'http.timeout': [
    '[{ ping: 10.0.0.1 }]',
    (v) => `[{ ping: 10.0.0.1 }, { http: "http://10.0.0.1/", every: 1h, timeout: ${v} }]`,
  ],
  'dns.every': [
    '[{ ping: 10.0.0.1 }]',
    (v) => `[{ ping: 10.0.0.1 }, { dns: crm.example, timeout: 100ms, every: ${v} }]`,
  ],
  'dns.timeout': [
    '[{ ping: 10.0.0.1 }]',
    (v) => `[{ ping: 10.0.0.1 }, { dns: crm.example, every: 1h, timeout: ${v} }]`,
  ],
  'heartbeat.every': [
    'bypass: {',
    (v) =>
      `  beat: { kind: server, evidence: [{ heartbeat: b, from: 10.0.0.1, every: ${v} }] }\nheartbeats: { udp: 8126 }\nbypass: {`,
  ],
  'heartbeat.grace': [
    'bypass: {',
    (v) =>
      `  beat: { kind: server, evidence: [{ heartbeat: b, from: 10.0.0.1, grace: ${v} }] }\nheartbeats: { udp: 8126 }\nbypass: {`,
  ],
  'serial.every': [serialSpan, (v) => withSerial(`timeout: 100ms, every: ${v}`)],
  'serial.timeout': [serialSpan, (v) => withSerial(`every: 1h, timeout: ${v}`)],
  'recorder.pre-roll': ['keep: 400d', (v) => `pre-roll: ${v}`],
  'recorder.hang-over': ['keep: 400d', (v) => `hang-over: ${v}`],
  'recorder.keep': ['keep: 400d', (v) => `keep: ${v}`],
  'recorder.prompt-at': ['keep: 400d', (v) => `prompt-at: ${v}`],
  'recorder.bit-rate': ['keep: 400d', (v) => `bit-rate: ${v}`],
  'recorder.complexity': ['keep: 400d', (v) => `complexity: ${v}`],
  'power-cut.after': [
    'recorder: {',
    (v) => `power-cut: [{ when: on battery, after: ${v}, do: [announce] }]\nrecorder: {`,
  ],
  'power-return.stable': ['recorder: {', (v) => withReturn(`stable: ${v}`)],
  'power-return.battery': ['recorder: {', (v) => withReturn(`battery: ${v}`)],
  'power-return.spacing': ['recorder: {', (v) => withReturn(`spacing: ${v}`)],
  'power-return.remind': ['recorder: {', (v) => withReturn(`remind: ${v}`)],
  'maintenance.for': [
    'recorder: {',
    (v) => `maintenance: [{ of: [crm], on: Sun, at: "02:00", for: ${v}, reason: x }]\nrecorder: {`,
  ],
  'flapping.changes': ['recorder: {', (v) => `flapping: { changes: ${v} }\nrecorder: {`],
  'flapping.in': [
    'evidence: [{ ping: 10.0.0.1 }]',
    (v) => `evidence: [{ ping: 10.0.0.1 }], flapping: { in: ${v} }`,
  ],
  'alarms.on-delay': ['recorder: {', (v) => `alarms: { server.down: { on-delay: ${v} } }\nrecorder: {`],
  'alarms.off-delay': ['recorder: {', (v) => `alarms: { server.down: { off-delay: ${v} } }\nrecorder: {`],
  'alarms.count': ['recorder: {', (v) => `alarms: { server.down: { count: ${v} } }\nrecorder: {`],
  'alarms.within': ['recorder: {', (v) => `alarms: { server.down: { count: 2, within: ${v} } }\nrecorder: {`],
  'alarms.re-alarm': ['recorder: {', (v) => `alarms: { crm/server.down: { re-alarm: ${v} } }\nrecorder: {`],
  'nut-client.every': [
    'evidence: [{ ping: 10.0.0.1 }]',
    (v) => `evidence: [{ nut-client: a@10.0.0.5, from: 10.0.0.11, every: ${v} }]`,
  ],
  'test.every': [
    'evidence: [{ ups: rs485/1, model: huawei-ups2000 }]',
    (v) =>
      `evidence: [{ nut: a@127.0.0.1, username: k, password-file: f }], test: { every: ${v}, at: "03:00" }`,
  ],
  'escalation.after': ['recorder: {', (v) => withLevels(`after: ${v}, repeat: 5m`)],
  'escalation.repeat': ['recorder: {', (v) => withLevels(`repeat: ${v}`)],
  'http.port': ['recorder: {', (v) => `http: { port: ${v} }\nrecorder: {`],
};

test('every value is accepted at its limits and refused one step beyond', () => {
  let tried = 0;
  for (const [name, [from, to]] of Object.entries(placeOf)) {
    const limit: Limit = limits[name as LimitName];
    const step = (value: number): string => (limit.unit === 'ms' ? `${value}ms` : written(value, limit.unit));
    for (const value of [limit.min, limit.max, limit.default]) {
      assert.equal(errorsOf(spoilt(from, to(step(value)))), [], `${name} ${value}`);
    }
    for (const value of [limit.min - 1, limit.max + 1]) {
      const errors = errorsOf(spoilt(from, to(step(value))));
      assert.is(errors.length, 1, `${name} ${value}: ${errors.map(({ message }) => message.en).join('; ')}`);
      tried++;
    }
  }
  assert.is(tried, 2 * Object.keys(limits).length);
});

test('a default lies within its limits and is written as it is read', () => {
  for (const limit of Object.values(limits) as Limit[]) {
    assert.ok(isWithin(limit, limit.default));
    for (const value of [limit.min, limit.max, limit.default]) {
      if (limit.unit === 'ms') assert.is(parseDuration(written(value, 'ms')), value);
    }
  }
});

test('the whole file has limits too: size, nesting, aliases, lines', () => {
  const filled = (bytes: number): string => `${base}${'#'.repeat(bytes - Buffer.byteLength(base))}`;
  assert.equal(errorsOf(filled(roomLimits.fileBytes)), []);
  assert.ok(errorsOf(filled(roomLimits.fileBytes + 1))[0]?.message.en.includes('larger than'));

  const nested = (depth: number): string => `${base}people: ${'['.repeat(depth)}${']'.repeat(depth)}\n`;
  assert.not.ok(errorsOf(nested(roomLimits.nesting))[0]?.message.en.includes('nested deeper'));
  assert.ok(errorsOf(nested(roomLimits.nesting + 1))[0]?.message.en.includes('nested deeper'));

  const aliases = (count: number): string =>
    `${spoilt('{ ping: 10.0.0.1 }', '&p { ping: 10.0.0.1 }')}people: [${'*p, '.repeat(count)}]\n`;
  assert.not.ok(errorsOf(aliases(roomLimits.aliases)).some(({ message }) => message.en.includes('aliases')));
  assert.ok(errorsOf(aliases(roomLimits.aliases + 1)).some(({ message }) => message.en.includes('aliases')));

  const cards = Array.from(
    { length: 9 },
    (_, index) => `  c${'abcdefghi'[index] ?? ''}: { line-card: "serial:/dev/t${index}" }`,
  );
  const lines = Array.from({ length: 9 }, (_, index) => {
    const [from, to] = [index * 8 + 1, index * 8 + 8].map((n) => String(n).padStart(2, '0'));
    return `  M${from ?? ''}-M${to ?? ''}: { channel: c${'abcdefghi'[index] ?? ''}/1..8, trunk: "{n}", phone: "{n}" }`;
  });
  const room = (count: number): string =>
    `room: { id: big }\nbuses:\n${cards.slice(0, count).join('\n')}\nlines:\n${lines.slice(0, count).join('\n')}\n`;
  assert.is(check(room(8)).room?.lines.length, roomLimits.lines);
  assert.ok(errorsOf(room(9)).some(({ message }) => message.en.includes('72 lines in all')));
});

test('an alias that feeds on aliases is refused at once', () => {
  const bomb = `a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c]\n`;
  const started = performance.now();
  assert.ok(errorsOf(bomb).length > 0);
  assert.ok(performance.now() - started < 2000);
  assert.ok(errorsOf('a: &a [*a]\n').length > 0);
});

const example = readFileSync(new URL('../../config/rooms/emergency-centre-16.yaml', import.meta.url), 'utf8');
const fragments = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ' ',
  '\n',
  '\t',
  '-',
  '"',
  "'",
  '&a',
  '*a',
  '#',
  '|',
  '>',
  '!',
  '%',
  '0',
  '~',
  '..',
  '/',
  'null',
  '__proto__: ',
  '<<: ',
  '? ',
  '\u0000',
  '\uFEFF',
  '万',
];

interface Mutation {
  readonly at: number;
  readonly drop: number;
  readonly add: string;
}
const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.nat(12),
  add: fc.oneof(fc.constantFrom(...fragments), fc.string({ maxLength: 6 })),
});

const mutate = (words: string, { at, drop, add }: Mutation): string => {
  const from = Math.floor(at * words.length);
  return words.slice(0, from) + add + words.slice(from + drop);
};

function assertPlaced(words: string): number {
  const { room, problems } = check(words);
  const lineCount = words.split('\n').length;
  for (const { line, column, message, severity } of problems) {
    assert.ok(Number.isInteger(line) && line >= 1 && line <= lineCount, `line ${line} of ${lineCount}`);
    assert.ok(Number.isInteger(column) && column >= 1);
    assert.ok(message.zh.length > 0 && message.en.length > 0);
    assert.not.ok(/undefined|\[object|NaN/.test(message.en), message.en);
    assert.ok(['error', 'warning', 'note'].includes(severity));
  }
  assert.is(
    room === undefined,
    problems.some(({ severity }) => severity === 'error'),
  );
  return problems.length;
}

test('random changes of a sound file never throw, and every problem has its place', () => {
  let withProblems = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(base, example),
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      (words, changes) => {
        if (assertPlaced(changes.reduce(mutate, words)) > 0) withProblems++;
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(withProblems > 50, `${withProblems} spoilt files`);
});

test('whatever value stands at whatever place, it is told and never throws', () => {
  const values = [
    '',
    '~',
    '1',
    '-1',
    '1e400',
    '.nan',
    'true',
    '""',
    '[]',
    '{}',
    '[[x]]',
    '{ a: b }',
    '"\\u0000"',
    '2024-01-01',
    '0x10',
    '!!binary aGk=',
    '*none',
  ];
  const places = [...base.matchAll(/: ((?:"[^"\n]*"|\[[^\]\n]*\]|[^\s,{}[\]"]+))/g)].map(
    (match) => [match.index + 2, match[1]?.length ?? 0] as const,
  );
  assert.ok(places.length > 30);
  let refused = 0;
  for (const [index, [from, length]] of places.entries()) {
    for (const value of values.filter((_, which) => (which + index) % 3 === 0)) {
      if (assertPlaced(base.slice(0, from) + value + base.slice(from + length)) > 0) refused++;
    }
  }
  assert.ok(refused > 100, String(refused));
});

test.run();
