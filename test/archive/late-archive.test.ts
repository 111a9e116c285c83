import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FromArchive } from '../../src/model/messages.ts';
import { LateArchive } from '../../src/archive/late-archive.ts';
import { makeRecording, newFolder, noon } from './rig.ts';
import { alarmReport } from '../../src/core/alarm-report/report.ts';
import { matchRecords } from '../../src/core/records/match.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';
import { text } from '../../src/model/text.ts';

test('a data folder that cannot be written: told once, tried again, and what waited is kept', () => {
  const folder = path.join(newFolder(), 'data');
  writeFileSync(folder, 'a file in the way');
  const sent: FromArchive[] = [];
  const archive = new LateArchive({
    start: { dataFolder: folder, room: 'test' },
    clock: { mono: () => monoMs(0), wall: () => wallMs(noon) },
    send: (message) => sent.push(message),
    log: () => undefined,
    match: matchRecords,
    reportOf: alarmReport,
  });
  const standing = (): string[] => {
    const levels = new Map<string, boolean>();
    for (const message of sent)
      if (message.kind === 'condition') levels.set(`${message.type}/${message.qualifier}`, message.active);
    return [...levels].filter(([, active]) => active).map(([name]) => name);
  };
  assert.equal(standing(), ['disk.not-writable/archive']);
  const told = sent.length;
  const recording = makeRecording(newFolder(), 1);
  assert.is(archive.store(recording), false, 'the recorder keeps it');
  archive.keep({
    kind: 'notice',
    id: 'n1',
    at: wallMs(noon),
    notice: { kind: 'note', at: monoMs(0), text: text('注', 'note') },
  });
  archive.keepWaiting();
  assert.is(archive.answer({ ask: 1, kind: 'calls', limit: 10 }).kind, 'error');
  assert.is(sent.length, told, 'told once');

  rmSync(folder);
  mkdirSync(folder);
  archive.keepWaiting();
  assert.equal(standing(), []);
  assert.is(archive.store(recording), true);
  archive.close();
});

test('a database of a later version is no trouble of the disk', async () => {
  const folder = newFolder();
  const { default: Sqlite } = await import('better-sqlite3');
  const database = new Sqlite(path.join(folder, 'archive.db'));
  database.pragma('user_version = 9999');
  database.close();
  assert.throws(
    () =>
      new LateArchive({
        start: { dataFolder: folder, room: 'test' },
        clock: { mono: () => monoMs(0), wall: () => wallMs(noon) },
        send: () => undefined,
        log: () => undefined,
        match: matchRecords,
        reportOf: alarmReport,
      }),
    /9999/,
  );
});

test.run();
