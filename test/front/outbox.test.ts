import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Outbox, OutboxLimits } from '../../src/front/outbox/outbox.ts';
import { openOutbox, outboxLimits } from '../../src/front/outbox/outbox.ts';
import { openOutboxFile, setAsideFilesMax } from '../../src/front/outbox/outbox-file.ts';

let folder = '';
let standing = new Set<string>();
let kept: string[] = [];
let now = 1_000_000;

test.before.each(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lk-outbox-'));
  standing = new Set();
  kept = [];
  now = 1_000_000;
});
test.after.each(() => {
  rmSync(folder, { recursive: true, force: true });
});

const opened = (limits: Partial<OutboxLimits> = {}, where = folder): Outbox =>
  openOutbox({
    folder: where,
    limits: { ...outboxLimits, ...limits },
    now: () => now,
    report: (type, active) => {
      if (active) standing.add(type);
      else standing.delete(type);
    },
    kept: (ids) => void kept.push(...ids),
  });
const offer = (outbox: Outbox, ...ids: readonly string[]): void => {
  for (const id of ids) outbox.offer({ id, kind: 'note', body: JSON.stringify({ id }) });
  outbox.flush();
};
const pending = (outbox: Outbox): string[] => outbox.pendingAfter(0, 1000).map((row) => row.id);

test('an event is told as kept only when it is on disk, and survives a new start with its number', () => {
  const first = opened();
  first.offer({ id: 'a', kind: 'note', body: '{}' });
  assert.equal(kept, []);
  first.flush();
  assert.equal(kept, ['a']);
  const seq = first.pendingAfter(0, 10)[0]?.seq;
  first.close();
  const second = opened();
  assert.equal(second.pendingAfter(0, 10)[0]?.seq, seq);
  second.close();
});

test('the age of the backlog is that of the oldest event that is not acknowledged', () => {
  const outbox = opened();
  assert.is(outbox.oldestPendingAt(), undefined);
  for (const [id, at] of [
    ['a', 1000],
    ['b', 2000],
  ] as const)
    outbox.offer({ id, kind: 'note', body: JSON.stringify({ id, at }) });
  outbox.flush();
  assert.is(outbox.oldestPendingAt(), 1000);
  outbox.acked(outbox.pendingAfter(0, 1)[0]?.seq ?? 0);
  outbox.flush();
  assert.is(outbox.oldestPendingAt(), 2000);
  outbox.close();
});

test('what is told again after a restart takes no number: the centre misses nothing that never was', () => {
  const outbox = opened();
  offer(outbox, 'a', 'b');
  offer(outbox, 'a', 'b');
  offer(outbox, 'c');
  assert.equal(
    outbox.pendingAfter(0, 10).map(({ seq, id }) => `${seq} ${id}`),
    ['1 a', '2 b', '3 c'],
  );
  outbox.close();
});

test('an event offered twice is held once', () => {
  const outbox = opened();
  offer(outbox, 'a', 'a');
  offer(outbox, 'a');
  assert.equal(pending(outbox), ['a']);
  assert.equal(kept, ['a', 'a', 'a']);
  outbox.close();
});

test('sequence numbers are never given twice, even after the outbox was empty and started anew', () => {
  const first = opened({ keptRowsMax: 0, keptMs: 0 });
  offer(first, 'a', 'b');
  for (const { seq } of first.pendingAfter(0, 10)) first.acked(seq);
  first.flush();
  const before = first.span();
  first.close();
  now += 10;
  const second = opened({ keptRowsMax: 0, keptMs: 0 });
  offer(second, 'c');
  const row = second.pendingAfter(0, 10)[0];
  assert.equal(row?.seq, before.newest + 1);
  assert.equal(second.series, before.series);
  second.close();
});

test('at the limit the newest stay, the oldest go, counted and told; below it the condition ends', () => {
  const outbox = opened({ pendingRowsMax: 10 });
  offer(outbox, ...Array.from({ length: 9 }, (_, n) => `e${n}`));
  assert.not.ok(standing.has('mqtt.outbox-full'));
  offer(outbox, 'e9');
  assert.equal(outbox.span().dropped, 0, 'at the limit nothing is dropped');
  assert.ok(standing.has('mqtt.outbox-full'));
  offer(outbox, 'e10');
  assert.equal(outbox.span().dropped, 1);
  assert.equal(pending(outbox)[0], 'e1');
  assert.equal(pending(outbox).length, 10);
  for (const { seq } of outbox.pendingAfter(0, 2)) outbox.acked(seq);
  outbox.flush();
  assert.not.ok(standing.has('mqtt.outbox-full'));
  outbox.close();
  const again = opened({ pendingRowsMax: 10 });
  assert.equal(again.span().dropped, 1, 'the count survives');
  again.close();
});

test('the limit in bytes holds too', () => {
  const outbox = opened({ pendingBytesMax: 40 });
  for (const id of ['a', 'b', 'c']) outbox.offer({ id, kind: 'note', body: 'x'.repeat(20) });
  outbox.flush();
  assert.equal(pending(outbox), ['b', 'c']);
  assert.equal(outbox.span().dropped, 1);
  outbox.close();
});

test('acknowledged events stay for a replay, and carry the same id and number again', () => {
  const outbox = opened();
  offer(outbox, 'a', 'b', 'c');
  const rows = outbox.pendingAfter(0, 10);
  for (const { seq } of rows) outbox.acked(seq);
  outbox.flush();
  assert.equal(pending(outbox), []);
  const first = rows[0]?.seq ?? 0;
  assert.equal(outbox.again(first, first + 5, 2), { count: 2, next: first + 2 });
  assert.equal(
    outbox.pendingAfter(0, 10).map(({ seq, id, replayed }) => ({ seq, id, replayed })),
    rows.slice(0, 2).map(({ seq, id }) => ({ seq, id, replayed: 1 })),
  );
  outbox.close();
});

test('acknowledged events are thinned out by age and by number, unsent ones never', () => {
  const outbox = opened({ keptRowsMax: 3, keptMs: 1000 });
  offer(outbox, 'unsent', 'a', 'b', 'c', 'd', 'e');
  for (const { seq } of outbox.pendingAfter(0, 10).slice(1)) outbox.acked(seq);
  outbox.flush();
  outbox.close();
  const counted = opened({ keptRowsMax: 3, keptMs: 1000 });
  offer(counted, 'f');
  assert.equal(counted.again(1, 1000, 100).count, 3);
  for (const { seq } of counted.pendingAfter(0, 10).slice(1)) counted.acked(seq);
  counted.flush();
  counted.close();
  now += 2000;
  const aged = opened({ keptRowsMax: 3, keptMs: 1000 });
  offer(aged, 'g');
  assert.equal(aged.again(1, 1000, 100).count, 0);
  assert.equal(pending(aged), ['unsent', 'g']);
  aged.close();
});

test('a damaged file is set aside and a new series begun, with the condition', () => {
  const first = opened();
  offer(first, 'a');
  const { series } = first;
  first.close();
  writeFileSync(path.join(folder, 'outbox.db'), 'this is not a database, whatever it was before'.repeat(100));
  const second = opened();
  assert.ok(standing.has('mqtt.outbox-broken'));
  assert.is.not(second.series, series);
  offer(second, 'b');
  assert.equal(pending(second), ['b']);
  second.close();
  assert.ok(readdirSync(folder).some((name) => name.startsWith('outbox.db.broken-')));
});

test('a file that cannot be opened, but is not damaged, stays where it is', () => {
  mkdirSync(path.join(folder, 'outbox.db'));
  const outbox = opened();
  assert.ok(standing.has('mqtt.outbox-broken'));
  offer(outbox, 'a');
  assert.equal(pending(outbox), ['a']);
  outbox.close();
  assert.equal(readdirSync(folder), ['outbox.db']);
});

test('set-aside files do not pile up', () => {
  for (let n = 0; n < setAsideFilesMax + 2; n++) {
    writeFileSync(path.join(folder, 'outbox.db'), 'rubbish'.repeat(1000));
    openOutboxFile(folder, now + n * 1000).database.close();
  }
  const aside = readdirSync(folder).filter((name) => name.startsWith('outbox.db.broken-'));
  assert.is(aside.length, setAsideFilesMax);
});

test('a folder that cannot be used gives an outbox in memory, with the condition', () => {
  const outbox = opened({}, path.join(folder, 'missing'));
  assert.ok(standing.has('mqtt.outbox-broken'));
  offer(outbox, 'a');
  assert.equal(pending(outbox), ['a']);
  outbox.close();
});

test('killed between insert and publish: everything that was told as kept is there at the next start', async () => {
  const script = `
    import { openOutbox, outboxLimits } from ${JSON.stringify(new URL('../../src/front/outbox/outbox.ts', import.meta.url).href)};
    const outbox = openOutbox({ folder: process.argv[1], limits: outboxLimits, now: Date.now, report() {},
      kept: (ids) => process.stdout.write(ids.join('\\n') + '\\n') });
    let n = 0;
    setInterval(() => { for (let k = 0; k < 5; k++) outbox.offer({ id: 'e' + n++, kind: 'note', body: '{}' }); }, 1);
  `;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.length > 2000) child.kill('SIGKILL');
    });
    child.on('close', () => {
      resolve();
    });
  });
  const told = output.split('\n').slice(0, -1);
  assert.ok(told.length > 100, `${told.length} events were kept before the kill`);
  const outbox = opened();
  const found = new Set(outbox.pendingAfter(0, 1_000_000).map((row) => row.id));
  assert.equal(
    told.filter((id) => !found.has(id)),
    [],
  );
  outbox.close();
});

test.run();
