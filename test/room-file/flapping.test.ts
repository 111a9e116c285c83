/** Thresholds of flapping: for the room, for one subject, and what `check` says of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explainRoom } from '../../src/room/explain.ts';
import { loadRoom } from '../../src/room/load.ts';
import { base, upsModels } from './base.ts';

const minuteMs = 60_000;
const load = (words: string) => loadRoom(words, 'room.yaml', { upsModels });
const lan = 'lan: { kind: network, evidence: [{ ping: 10.0.0.1 }]';
const flappingOf = (words: string, id: string) =>
  load(words).room?.subjects.find((subject) => subject.id === id)?.flapping;

test('without the key nothing is set; the room sets it for all, a subject for itself, key by key', () => {
  assert.is(flappingOf(base, 'lan'), undefined);
  const words = `${base.replace(lan, `${lan}, flapping: { changes: 10 }`)}flapping: { in: 10m }\n`;
  assert.equal(flappingOf(words, 'lan'), { changes: 10, inMs: 10 * minuteMs });
  assert.equal(flappingOf(words, 'crm'), { changes: 6, inMs: 10 * minuteMs });
  assert.equal(load(words).problems, []);
});

test('check says what it is, in both languages', () => {
  const { room } = load(`${base}flapping: { changes: 9, in: 1h }\n`);
  assert.ok(room !== undefined);
  assert.match(explainRoom(room, 'en'), /lan +network .*flaps from 9 changes in 1h/);
  assert.match(explainRoom(room, 'zh'), /lan +network .*1h 内变化 9 次为抖动/);
});

test('a time too short for what is asked seldom is told at the subject, and stops nothing', () => {
  const { room, problems } = load(
    base.replace(
      lan,
      'lan: { kind: network, flapping: { in: 5m }, evidence: [{ ping: 10.0.0.1, every: 1m }]',
    ),
  );
  assert.ok(room !== undefined);
  assert.equal(
    problems.map(({ severity, path, message }) => [severity, path, message.en]),
    [['note', 'subjects.lan.flapping', 'it is asked every 1m: its changes are counted over 40m, not 5m']],
  );
});

test.run();
