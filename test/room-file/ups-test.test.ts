/** The schedule of battery tests in the room file: what it becomes, how check tells it, and what is told of a slip. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explainRoom } from '../../src/room/explain.ts';
import { loadRoom } from '../../src/room/load.ts';
import { testsOfModel } from '../../src/drivers/ups/read-map.ts';
import { accepted } from './accepted.ts';
import { spoilt, upsModels } from './base.ts';

const modbus = 'ups: { kind: ups, evidence: [{ ups: rs485/1, model: huawei-ups2000 }] }';
const withTest = (key: string, evidence = 'megatec: wire', kind = 'ups'): string =>
  spoilt(modbus, `ups: { kind: ${kind}, evidence: [{ ${evidence} }], ${key} }`).replace(
    'buses:\n',
    'buses:\n  wire: { serial: /dev/ttyUSB2, baud: 2400 }\n',
  );
const read = (words: string) => {
  const { room, problems } = loadRoom(words, 'room.yaml', { upsModels });
  return {
    room,
    test: room?.subjects.find(({ id }) => id === 'ups')?.test,
    told: problems
      .filter(({ severity }) => severity === 'error')
      .map(({ path, message }) => `${path}: ${message.en}`),
  };
};
const dayMs = 86_400_000;

test('every, at and kind; a month and quick where they are not written', () => {
  const words = withTest('test: { at: "03:00" }');
  const { room, test: schedule } = read(words);
  assert.equal(schedule, { everyMs: 30 * dayMs, atMinute: 180, what: 'quick' });
  assert.equal(accepted(words, upsModels), room, 'a start takes in what check lets pass');
  const nut = 'nut: "a@10.0.0.5", username: keeper, password-file: nut.secret, tls: true';
  assert.equal(read(withTest('test: { every: 90d, at: "23:45", kind: deep }', nut)).test, {
    ...{ everyMs: 90 * dayMs, atMinute: 23 * 60 + 45, what: 'deep' },
  });
});

test('over Modbus it takes a map with the order', () => {
  const words = spoilt(modbus, modbus.replace('}] }', '}], test: { at: "03:00", kind: deep } }'));
  const offers = (tests: readonly ('quick' | 'deep')[]) =>
    loadRoom(words, 'room.yaml', { upsModels, testsOfModel: () => tests }).problems.map(
      ({ message }) => message.en,
    );
  assert.equal(offers(['quick', 'deep']), []);
  assert.equal(offers(['quick']), ['no way to this UPS offers a deep test']);
  assert.equal(testsOfModel('huawei-ups2000'), ['quick', 'deep']);
  assert.equal(testsOfModel('apc-smart-ups'), ['quick']);
  assert.equal(testsOfModel('socomec-jbus'), []);
  assert.equal(testsOfModel('no-such-model'), []);
});

test('check tells it', () => {
  const { room } = read(withTest('test: { every: 14d, at: "03:05" }'));
  assert.ok(room !== undefined);
  assert.match(explainRoom(room, 'en'), 'battery test, quick: every 14d, in the hour from 03:05');
  assert.match(explainRoom(room, 'zh'), '电池快速测试：每 14d，03:05 起一小时内');
});

test('each slip is told where it stands', () => {
  const cases: readonly (readonly [string, string])[] = [
    [
      withTest('test: { at: "03:00", kind: deep }'),
      'subjects.ups.test.kind: no way to this UPS offers a deep test',
    ],
    [
      withTest('test: { at: "03:00" }', 'nut: "a@10.0.0.5"'),
      'subjects.ups.test: no way to this UPS carries the order of a test',
    ],
    [
      withTest('test: { at: "03:00" }', 'ping: 10.0.0.5', 'server'),
      'subjects.ups.test: test is for kind: ups, not for server',
    ],
  ];
  for (const [words, problem] of cases) assert.equal(read(words).told, [problem]);
  for (const wrong of [
    'at: "3:00"',
    'every: 30d',
    'at: "03:00", every: 0d',
    'at: "03:00", every: 400d',
    'at: "03:00", kind: full',
  ])
    assert.is(read(withTest(`test: { ${wrong} }`)).told.length, 1, wrong);
});

test.run();
