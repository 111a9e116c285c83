import {
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
  appendFileSync,
} from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import Sqlite from 'better-sqlite3';
import type { ArchiveAnswer, ArchiveQuestion, RecordingRow } from '../../src/model/messages.ts';
import { ArchiveRig, makeCall, makeRecording, newFolder, noon } from './rig.ts';
import { chainLine, genesis, linkOf, parseChainLine } from '../../src/archive/chain.ts';
import { fragmentCharactersMax, pageRowsMax } from '../../src/archive/questions.ts';
import { waitingMax } from '../../src/archive/archive.ts';
import { compareArchive } from '../../src/archive/compare.ts';
import { wallMs } from '../../src/model/units.ts';

type Question = ArchiveQuestion extends infer Q
  ? Q extends { ask: number }
    ? Omit<Q, 'ask'>
    : never
  : never;
const ask = (rig: ArchiveRig, question: Question): ArchiveAnswer =>
  rig.archive.answer({ ...question, ask: 1 });
function recordings(
  rig: ArchiveRig,
  question: Omit<Extract<Question, { limit: number }>, 'kind'>,
): {
  items: readonly RecordingRow[];
  next: string | null;
} {
  const answer = ask(rig, { ...question, kind: 'recordings' });
  if (answer.kind !== 'recordings') throw new Error(JSON.stringify(answer));
  return answer;
}
const intact = async (folder: string): Promise<void> => {
  assert.equal((await compareArchive(folder, () => undefined))?.findings, []);
};

test('serials count without gaps and every link follows from the one before', () => {
  const rig = new ArchiveRig();
  for (let number = 1; number <= 5; number++) rig.record(number);
  const rows = [...recordings(rig, { limit: 10 }).items].reverse();
  assert.equal(
    rows.map(({ serial }) => serial),
    [1, 2, 3, 4, 5],
  );
  let previous = genesis;
  for (const row of rows) {
    assert.is(row.link, linkOf(previous, row.serial, row));
    previous = row.link;
  }
  rig.archive.close();
});

test('the link of a known row is the one that docs/archive.md computes by hand', () => {
  const recording = { ...makeRecording(newFolder(), 1), sha256: 'ab'.repeat(32), bytes: 1234 };
  assert.is(genesis, 'dbef5b2210f532a201104f9f8dab9d89306a537911b6b791e5417306e7b74889');
  assert.is(
    linkOf(genesis, 1, recording),
    '5d6903160c15cc89f08dfa7f4c6337426265cc37b190c10c183fec0ec16ae494',
  );
});

test('a recording offered twice is stored once', () => {
  const rig = new ArchiveRig();
  const recording = rig.record(1);
  assert.is(rig.archive.store(recording), true);
  rig.again();
  assert.is(rig.archive.store(recording), true);
  assert.is(recordings(rig, { limit: 10 }).items.length, 1);
  rig.archive.close();
});

test('what comes out is what went in', () => {
  const rig = new ArchiveRig();
  const call = makeCall(3, {
    answeredAt: wallMs(noon + 5),
    answeredBy: 'phone',
    endedAt: wallMs(noon + 9),
    end: 'cut-over',
    bypass: true,
  });
  const recording = rig.record(3, { call, lostSamples: 17, recovered: true });
  const answer = ask(rig, { kind: 'recording', id: 'r3' });
  if (answer.kind !== 'recording' || answer.item === null) throw new Error('no answer');
  const { serial, link, ...rest } = answer.item;
  assert.equal(rest, recording);
  assert.is(serial, 1);
  assert.is(parseChainLine(chainLine(answer.item))?.link, link);
  assert.equal(ask(rig, { kind: 'recording', id: 'nobody' }), { ask: 1, kind: 'recording', item: null });
  rig.archive.close();
});

test('pages: newest first, each row once, also while new rows come', () => {
  const rig = new ArchiveRig();
  for (let number = 1; number <= 25; number++) rig.record(number);
  const seen: string[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < 10; pages++) {
    const { items, next } = recordings(rig, { limit: 7, ...(after !== undefined && { after }) });
    seen.push(...items.map(({ id }) => id));
    if (pages === 0) rig.record(40);
    if (next === null) break;
    after = next;
  }
  assert.equal(
    seen,
    Array.from({ length: 25 }, (_, index) => `r${25 - index}`),
  );
  rig.archive.close();
});

test('by line and by time', () => {
  const rig = new ArchiveRig();
  for (let number = 1; number <= 10; number++) rig.record(number);
  const ids = (question: Parameters<typeof recordings>[1]): string[] =>
    recordings(rig, question).items.map(({ id }) => id);
  assert.equal(ids({ limit: 10, line: 'L01' }), ['r10', 'r8', 'r6', 'r4', 'r2']);
  assert.equal(ids({ limit: 10, from: wallMs(noon + 4 * 60_000), to: wallMs(noon + 6 * 60_000) }), [
    'r5',
    'r4',
  ]);
  rig.archive.close();
});

test('a fragment of caller, called or trunk number finds calls and their recordings', () => {
  const rig = new ArchiveRig();
  const caller = makeCall(1, { caller: '02087654321' });
  const called = makeCall(2, { direction: 'outgoing', digits: '13912345678', trunk: '020-120-7' });
  rig.record(1, { call: caller });
  rig.archive.keep({ kind: 'call', call: called });
  rig.record(2, { callId: 'c2' });
  rig.record(3);
  const found = (number: string): string[] =>
    recordings(rig, { limit: 10, number }).items.map(({ id }) => id);
  assert.equal(found('7654'), ['r1']);
  assert.equal(found('391'), ['r2']);
  assert.equal(found('120-7'), ['r2']);
  assert.equal(found('020-120'), ['r2', 'r1']);
  assert.equal(found('99999'), []);
  const calls = ask(rig, { kind: 'calls', limit: 10, number: '5678' });
  assert.equal(calls.kind === 'calls' && calls.items, [called]);
  rig.archive.close();
});

test('a call that changes is found by its new number, not by its old one', () => {
  const rig = new ArchiveRig();
  rig.archive.keep({ kind: 'call', call: makeCall(1, { caller: '11111' }) });
  const ended = makeCall(1, { caller: '22222', endedAt: wallMs(noon + 70_000), end: 'released' });
  rig.archive.keep({ kind: 'call', call: ended });
  rig.archive.keep({ kind: 'call', call: makeCall(1, { caller: '33333' }) });
  const found = (number: string): unknown => {
    const answer = ask(rig, { kind: 'calls', limit: 10, number });
    return answer.kind === 'calls' ? answer.items : answer;
  };
  assert.equal(found('11111'), []);
  assert.equal(found('22222'), [ended]);
  assert.equal(found('33333'), [], 'an ended call is not opened again by a late message');
  rig.archive.close();
});

test('questions that make no sense get a reason', () => {
  const rig = new ArchiveRig();
  const bad = [
    { kind: 'calls', limit: 5, number: '12' },
    { kind: 'calls', limit: 5, number: '1'.repeat(fragmentCharactersMax + 1) },
    { kind: 'recordings', limit: 5, number: '1%2' },
    { kind: 'recordings', limit: 5, after: 'nonsense' },
    { kind: 'recordings', limit: 5, after: Buffer.from("1.1'; DROP TABLE calls").toString('base64url') },
  ] as const;
  for (const question of bad) assert.is(ask(rig, question).kind, 'error', JSON.stringify(question));
  assert.is(ask(rig, { kind: 'calls', limit: 5, number: '1'.repeat(fragmentCharactersMax) }).kind, 'calls');
  rig.archive.close();
});

test('a page holds at most so many rows, whatever is asked', () => {
  const rig = new ArchiveRig();
  for (let number = 1; number <= pageRowsMax + 1; number++)
    rig.archive.keep({ kind: 'call', call: makeCall(number) });
  const answer = ask(rig, { kind: 'calls', limit: pageRowsMax + 1 });
  assert.is(answer.kind === 'calls' && answer.items.length, pageRowsMax);
  const all = ask(rig, { kind: 'calls', limit: -3 });
  assert.is(all.kind === 'calls' && all.items.length, 1);
  rig.archive.close();
});

test('power cut between chain and database: the row is in both after the start, and nothing is alarmed', async () => {
  const rig = new ArchiveRig();
  rig.record(1);
  rig.record(2);
  rig.archive.close();
  const database = new Sqlite(path.join(rig.folder, 'archive.db'));
  database.prepare('DELETE FROM recordings WHERE serial = 2').run();
  database.close();
  rig.open();
  assert.equal(rig.conditions, []);
  await intact(rig.folder);
  rig.record(3);
  await intact(rig.folder);
  rig.archive.close();
});

test('a line of the chain torn by a power cut is cut off, and the recording is stored when it is offered again', async () => {
  const rig = new ArchiveRig();
  rig.record(1);
  const second = makeRecording(rig.folder, 2);
  rig.archive.close();
  appendFileSync(path.join(rig.folder, 'audio/chain.jsonl'), '{"link":"ab","row":{"by');
  rig.open();
  assert.equal(rig.conditions, []);
  rig.archive.store(second);
  await intact(rig.folder);
  rig.archive.close();
});

test('more missing than a crash explains is an alarm; the rows come back from the chain', async () => {
  const rig = new ArchiveRig();
  for (let number = 1; number <= 4; number++) rig.record(number);
  rig.archive.close();
  const database = new Sqlite(path.join(rig.folder, 'archive.db'));
  database.prepare('DELETE FROM recordings WHERE serial > 2').run();
  database.close();
  rig.open();
  assert.equal(rig.conditions, ['archive.corrupt']);
  await intact(rig.folder);
  rig.archive.close();
});

test('a shortened chain is an alarm, and the chain goes on from the database', () => {
  const rig = new ArchiveRig();
  for (let number = 1; number <= 3; number++) rig.record(number);
  rig.archive.close();
  const chain = path.join(rig.folder, 'audio/chain.jsonl');
  const lines = readFileSync(chain, 'utf8').split('\n');
  writeFileSync(chain, `${lines.slice(0, 2).join('\n')}\n`);
  rig.open();
  assert.equal(rig.conditions, ['archive.corrupt']);
  rig.record(4);
  assert.is(recordings(rig, { limit: 1 }).items[0]?.serial, 4);
  rig.archive.close();
});

for (const [what, damage] of [
  ['overwritten with noise', (file: string) => writeFileSync(file, Buffer.alloc(20_000, 'noise'))],
  ['cut in the middle', (file: string) => truncateSync(file, 9000)],
  [
    'damaged inside',
    (file: string): void => {
      const bytes = readFileSync(file);
      bytes.fill(0xa5, 4096, 40_000);
      writeFileSync(file, bytes);
    },
  ],
] as const)
  test(`a database ${what}: set aside, made anew from chain and files, and the archive starts`, async () => {
    const rig = new ArchiveRig();
    for (let number = 1; number <= 6; number++)
      rig.record(number, { call: makeCall(number, { caller: `0208765000${number}` }) });
    makeRecording(rig.folder, 7, { call: makeCall(7, { caller: '02087650007' }) });
    rig.archive.close();
    damage(path.join(rig.folder, 'archive.db'));
    rig.open();
    assert.ok(readdirSync(rig.folder).includes('archive.db.corrupt-20261123T080000Z'));
    assert.equal(rig.conditions, ['archive.set-aside']);
    assert.is(
      recordings(rig, { limit: 10 }).items.length,
      7,
      'the file that was never stored is entered too',
    );
    assert.equal(
      recordings(rig, { limit: 10, number: '50007' }).items.map(({ id }) => id),
      ['r7'],
    );
    await intact(rig.folder);
    rig.again();
    assert.equal(rig.conditions, ['archive.set-aside'], 'until a person removes the file');
    for (const name of readdirSync(rig.folder))
      if (name.includes('corrupt')) rmSync(path.join(rig.folder, name));
    rig.again();
    assert.equal(rig.conditions, []);
    rig.archive.close();
  });

test('database and chain gone: everything is made anew from the files', async () => {
  const rig = new ArchiveRig();
  for (let number = 1; number <= 3; number++) rig.record(number, { lostSamples: number });
  const before = recordings(rig, { limit: 10 }).items;
  rig.archive.close();
  for (const name of ['archive.db', 'archive.db-wal', 'archive.db-shm', 'audio/chain.jsonl'])
    rmSync(path.join(rig.folder, name), { force: true });
  rig.open();
  assert.equal(recordings(rig, { limit: 10 }).items, before);
  await intact(rig.folder);
  rig.archive.close();
});

test('a half-written file is not entered as a recording', () => {
  const rig = new ArchiveRig();
  rig.record(1);
  const half = makeRecording(rig.folder, 2);
  truncateSync(path.join(rig.folder, half.path), half.bytes - 10);
  rig.archive.close();
  rmSync(path.join(rig.folder, 'archive.db'));
  rig.open();
  assert.equal(
    recordings(rig, { limit: 10 }).items.map(({ id }) => id),
    ['r1'],
  );
  assert.match(rig.logged.join(), /not a whole recording/);
  rig.archive.close();
});

test('a history of alarms and notices is kept, the same notice once', () => {
  const rig = new ArchiveRig();
  const notice = { at: 1, kind: 'note', text: { zh: '注', en: 'note' } } as never;
  rig.archive.keep({ kind: 'notice', id: 'e1', at: wallMs(noon), notice });
  rig.archive.keep({ kind: 'notice', id: 'e1', at: wallMs(noon), notice });
  rig.archive.keep({
    kind: 'alarm',
    change: 'raised',
    at: wallMs(noon),
    alarm: { id: 'pbx/pbx.down', severity: 'critical' } as never,
  });
  rig.archive.close();
  const database = new Sqlite(path.join(rig.folder, 'archive.db'), { readonly: true });
  assert.equal(database.prepare('SELECT id, kind FROM notices').all(), [{ id: 'e1', kind: 'note' }]);
  assert.equal(database.prepare('SELECT alarm, change FROM alarms').all(), [
    { alarm: 'pbx/pbx.down', change: 'raised' },
  ]);
  database.close();
});

test('a database that is locked: calls wait, up to the limit, and are kept when it is free', () => {
  const rig = new ArchiveRig();
  const other = new Sqlite(path.join(rig.folder, 'archive.db'));
  other.exec("CREATE TRIGGER refuse BEFORE INSERT ON calls BEGIN SELECT RAISE(ABORT, 'refused'); END");
  for (let number = 1; number <= waitingMax + 1; number++) {
    // Only the last ones are tried: each try runs through all that wait.
    if (number < waitingMax)
      (rig.archive as unknown as { keepWaiting: () => void }).keepWaiting = () => undefined;
    else Reflect.deleteProperty(rig.archive, 'keepWaiting');
    rig.archive.keep({ kind: 'call', call: makeCall(number) });
  }
  assert.equal(rig.conditions, ['disk.not-writable']);
  other.exec('DROP TRIGGER refuse');
  other.close();
  rig.archive.keepWaiting();
  assert.equal(rig.conditions, []);
  const database = new Sqlite(path.join(rig.folder, 'archive.db'), { readonly: true });
  assert.equal(database.prepare('SELECT count(*) AS n, min(n) AS first FROM calls').get(), {
    n: waitingMax,
    first: 1,
  });
  assert.is(database.prepare("SELECT 1 FROM calls WHERE id = 'c1'").get(), undefined, 'the oldest gave way');
  database.close();
  rig.archive.close();
});

test('a row that the database refuses is not in the chain either', async () => {
  const rig = new ArchiveRig();
  rig.record(1);
  const other = new Sqlite(path.join(rig.folder, 'archive.db'));
  other.exec("CREATE TRIGGER refuse BEFORE INSERT ON recordings BEGIN SELECT RAISE(ABORT, 'refused'); END");
  const second = makeRecording(rig.folder, 2);
  assert.is(rig.archive.store(second), false);
  assert.equal(rig.conditions, ['disk.not-writable']);
  other.exec('DROP TRIGGER refuse');
  other.close();
  assert.is(rig.archive.store(second), true);
  assert.equal(rig.conditions, []);
  await intact(rig.folder);
  rig.archive.close();
});

test('no handle is left open', () => {
  const rig = new ArchiveRig();
  rig.record(1);
  rig.archive.close();
  assert.is(
    existsSync(path.join(rig.folder, 'archive.db-wal')),
    false,
    'SQLite removes it with the last handle',
  );
});

test.run();
