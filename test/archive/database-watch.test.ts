/** What is found out about the database and its disk while they are in use. */
import { mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DatabaseWatch } from '../../src/archive/database-watch.ts';
import { Database } from '../../src/archive/database.ts';
import { tellBacklog } from '../../src/front/outbox/backlog.ts';

const dayMs = 24 * 3_600_000;

class Disk {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'lk-db-watch-'));
  readonly file = path.join(this.folder, 'archive.db');
  readonly standing = new Set<string>();
  mono = 0;
  writeMs = 1;
  refuses = false;
  readonly watch = new DatabaseWatch({
    dataFolder: this.folder,
    mono: () => this.mono,
    send: ({ type, active }) => {
      if (active) this.standing.add(type);
      else this.standing.delete(type);
    },
    keep: () => {
      if (this.refuses) throw new Error('EROFS');
      this.mono += this.writeMs;
    },
  });
  look(times = 1): readonly string[] {
    for (let n = 0; n < times; n++) this.watch.look();
    return [...this.standing];
  }
}

test('three slow writes running are told, two are not, and one quick write ends it', () => {
  const disk = new Disk();
  disk.writeMs = 2001;
  assert.equal(disk.look(2), []);
  assert.equal(disk.look(), ['disk.slow']);
  disk.writeMs = 2000;
  assert.equal(disk.look(), []);
});

test('a disk that cannot be written is not called slow', () => {
  const disk = new Disk();
  disk.refuses = true;
  assert.equal(disk.look(5), []);
});

test('a write-ahead log beyond 64 MB is told until it is smaller', () => {
  const disk = new Disk();
  const log = `${disk.file}-wal`;
  writeFileSync(log, '');
  truncateSync(log, 64 * 1024 * 1024);
  assert.equal(disk.look(), []);
  truncateSync(log, 64 * 1024 * 1024 + 1);
  assert.equal(disk.look(), ['archive.log-large']);
  truncateSync(log, 0);
  assert.equal(disk.look(), []);
});

test('once a day the database is looked through: a whole one is fine, a damaged one is told', () => {
  const disk = new Disk();
  const database = Database.open(disk.file, 'none');
  database.close();
  disk.look();
  disk.mono += dayMs;
  assert.equal(disk.look(), []);
  const bytes = readFileSync(disk.file);
  bytes.fill(0xff, 4096, 8192);
  writeFileSync(disk.file, bytes);
  disk.mono += dayMs - 10_000;
  assert.equal(disk.look(), []);
  disk.mono += 10_000;
  assert.equal(disk.look(), ['archive.damaged']);
});

test('an event that has waited for an hour is a backlog, a minute less is none', () => {
  const told: string[] = [];
  const report = (type: string, active: boolean): void => void told.push(`${type} ${active}`);
  tellBacklog(report, undefined, dayMs);
  tellBacklog(report, dayMs - 3_540_000, dayMs);
  tellBacklog(report, dayMs - 3_600_000, dayMs);
  assert.equal(told, ['mqtt.backlog false', 'mqtt.backlog false', 'mqtt.backlog true']);
});

test.run();
