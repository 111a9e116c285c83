/** The editor's schema and the manual are made from the one schema; they are in step with it. */
import { readFileSync, readdirSync } from 'node:fs';
import { Ajv } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { withAlarmTypes } from '../../src/room/alarm-types.ts';
import { editorSchema, manualTables, withTables } from '../../src/room/editor-schema.ts';
import { limits, written } from '../../src/room/limits.ts';
import type { Limit } from '../../src/room/limits.ts';
import { base, spoilt } from './base.ts';

const project = new URL('../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, project), 'utf8');

test('config/room.schema.json is the one that the build writes', () => {
  assert.is(read('config/room.schema.json'), editorSchema());
});

test('the editor schema stands alone: a plain validator takes the examples and refuses slips', () => {
  const isRoomFile = new Ajv({ strict: false }).compile(JSON.parse(editorSchema()) as object);
  const rooms = readdirSync(new URL('config/rooms/', project)).filter((file) => file.endsWith('.yaml'));
  for (const room of rooms) assert.ok(isRoomFile(parse(read(`config/rooms/${room}`))), room);
  assert.ok(isRoomFile(parse(base)));
  for (const [from, to] of [
    ['role: horn', 'roll: horn'],
    ['role: lamp', 'role: lmap'],
    ['recorder: {', 'recoder: {'],
    ['confirm: 3s', 'confirm: 3'],
    ['confirm: 3s', 'restores-per-hour: 13'],
  ] as const) {
    assert.not.ok(isRoomFile(parse(spoilt(from, to))), to);
  }
});

test('every key of the editor schema is described in both languages, and nothing of our own notes is left', () => {
  let described = 0;
  const walk = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [key, value] of Object.entries(schema)) {
      assert.not.ok(key.startsWith('x-'), key);
      if (key === 'properties' && typeof value === 'object' && value !== null) {
        for (const [name, property] of Object.entries(value as Record<string, { description?: string }>)) {
          if (name === 'zh' || name === 'en') continue;
          assert.match(property.description ?? '', /[\u4e00-\u9fff A-Za-z][\s\S]*\n\n/, name);
          described++;
        }
      }
      walk(value);
    }
  };
  walk(JSON.parse(editorSchema()));
  assert.ok(described > 80, String(described));
});

test('docs/room-file.md has every key, up to date', () => {
  const manual = read('docs/room-file.md');
  const { manual: fresh, missing } = withTables(manual);
  assert.equal(missing, []);
  assert.is(manual, fresh);
  const tables = [...manualTables().values()].join('\n');
  assert.ok(manualTables().size > 20);
  for (const row of tables.split('\n')) assert.ok(manual.includes(row), row);
});

test('docs/alarms.md has every alarm type, up to date', () => {
  const manual = read('docs/alarms.md');
  assert.is(manual, withAlarmTypes(manual));
  assert.ok(manual.includes('| `pbx.down` | critical |'));
});

test('a key that the manual has no place for is found', () => {
  const { missing } = withTables(read('docs/room-file.md').replace('<!-- keys: recorder -->', ''));
  assert.equal(missing, ['recorder']);
});

test('every limit of a key stands in the manual', () => {
  const manual = read('docs/room-file.md');
  for (const [name, limit] of Object.entries(limits) as [string, Limit][]) {
    if (name === 'host-lost on a serial link') continue;
    const range = `${written(limit.min, limit.unit)} – ${written(limit.max, limit.unit)}`;
    const key = name.split('.').at(-1) ?? '';
    const row = manual.split('\n').find((line) => line.startsWith(`| \`${key}\``) && line.includes(range));
    assert.ok(row !== undefined, `${name} ${range}`);
  }
});

test.run();
