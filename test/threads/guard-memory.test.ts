import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findLastWords, writeLastWords } from '../../src/threads/last-words.ts';
import { initial, saved } from '../../src/core/room/state.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';
import { recall } from '../../src/threads/guard-memory.ts';
import { roomConfig } from '../../src/core/room/config.ts';
import { base, upsModels } from '../room-file/base.ts';
import { loadRoom } from '../../src/room/load.ts';

const test = suite('what a start finds of the run before');
const folders: string[] = [];
test.after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
const newFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'guard-memory-'));
  folders.push(folder);
  return folder;
};

const { room } = loadRoom(base, 'room.yaml', { upsModels });
if (room === undefined) throw new Error('the room of the tests has errors');
const state = initial(roomConfig(room, 'run1'), { saved: 'first-power-on', awayMs: 0 }, monoMs(0));
const memory = {
  version: 1,
  room: room.id,
  boot: 'boot-1',
  wall: 1_800_000_000_000,
  decisions: saved(state),
  cards: { 'card-a': 'LK8-0001' },
};
const kept = (content: string): string => {
  const file = path.join(newFolder(), 'guard.json');
  writeFileSync(file, content);
  return file;
};

test('guard.json as it was saved is remembered', async () => {
  const found = await recall(kept(JSON.stringify(memory)), room.id);
  assert.is(found.kind, 'remembered');
  if (found.kind === 'remembered') assert.equal(found.memory.cards, { 'card-a': 'LK8-0001' });
});

test('guard.json cut off at any byte is set aside, never believed and never in the way', async () => {
  const whole = JSON.stringify(memory);
  for (let length = 0; length < whole.length; length += Math.ceil(whole.length / 40)) {
    const file = kept(whole.slice(0, length));
    const found = await recall(file, room.id);
    assert.is(found.kind, 'unreadable', `${length} bytes`);
    assert.match(readdirSync(path.dirname(file)).join(), 'guard.json.broken-');
  }
});

test('guard.json of another room is not used: the room begins as new', async () => {
  const file = kept(JSON.stringify({ ...memory, room: 'another' }));
  assert.equal(await recall(file, room.id), { kind: 'first-power-on' });
});

test('guard.json of another version or with a value that cannot be is set aside', async () => {
  for (const wrong of [
    { version: 2 },
    { wall: 'yesterday' },
    { decisions: {} },
    { cards: { 'card-a': 7 } },
  ]) {
    const found = await recall(kept(JSON.stringify({ ...memory, ...wrong })), room.id);
    assert.is(found.kind, 'unreadable', JSON.stringify(wrong));
  }
});

test('no guard.json: a new room where nothing ever ran, else missing', async () => {
  const folder = newFolder();
  const file = path.join(folder, 'guard.json');
  assert.equal(await recall(file, room.id), { kind: 'first-power-on' });
  writeFileSync(path.join(folder, 'archive.db'), '');
  assert.equal(await recall(file, room.id), { kind: 'missing' });
});

test('last words are found by one start, and by no other', () => {
  const folder = newFolder();
  assert.equal(findLastWords(folder), []);
  writeLastWords(folder, { what: 'LK-GUARD-001', run: 'run1', wall: wallMs(0), state, journal: [] });
  assert.equal(findLastWords(folder), ['last-words-run1.told.json']);
  assert.equal(findLastWords(folder), []);
});

test.run();
