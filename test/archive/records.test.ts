/** What the PBX says of a call comes to the call and its recording, and changes nothing that is sealed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareArchive } from '../../src/archive/compare.ts';
import { settleMs } from '../../src/archive/record-rows.ts';
import type { CallRecord, RecordLineMessage } from '../../src/model/messages.ts';
import type { PbxRecord } from '../../src/model/pbx-record.ts';
import { text } from '../../src/model/text.ts';
import { wallMs } from '../../src/model/units.ts';
import { ArchiveRig, noon } from './rig.ts';

const callOf = (id: string, line: string, startS: number, more: Partial<CallRecord> = {}): CallRecord => ({
  id,
  line,
  trunk: `020-${line}`,
  phone: '8001',
  direction: 'incoming',
  startedAt: wallMs(noon + startS * 1000),
  answeredAt: wallMs(noon + (startS + 10) * 1000),
  answeredBy: 'pbx',
  endedAt: wallMs(noon + (startS + 70) * 1000),
  end: 'released',
  rings: 2,
  digits: '',
  caller: '',
  bypass: false,
  ...more,
});
const record = (startS: number, more: Partial<PbxRecord> = {}): PbxRecord => ({
  direction: 'incoming',
  startedAt: wallMs(noon + startS * 1000 + 1000),
  endedAt: wallMs(noon + (startS + 70) * 1000),
  durationMs: 60_000,
  answered: true,
  resolutionMs: 1000,
  extension: '4324',
  number: '8004206',
  account: '4711',
  raw: [`record ${startS}`],
  ...more,
});
const line = (one: PbxRecord, name?: string): RecordLineMessage => ({
  kind: 'record-line',
  bus: 'smdr',
  at: wallMs((one.endedAt ?? 0) + 1000),
  read: { kind: 'record', raw: one.raw[0] ?? '', record: one },
  ...(name === undefined ? {} : { line: name }),
});
/** The rig's clock stands at eight: everything is moved before it. */
const beforeS = -settleMs / 1000 - 200;

async function asked(rig: ArchiveRig, kind: 'calls' | 'recordings') {
  const answer = rig.archive.answer({ ask: 1, kind, limit: 50 });
  if (answer.kind !== 'calls' && answer.kind !== 'recordings') throw new Error(answer.kind);
  return Promise.resolve(answer.items);
}

test('a record of a call gives it extension, number and account code, and its recording too; verify finds nothing', async () => {
  const rig = new ArchiveRig();
  const call = callOf('c1', 'L01', beforeS);
  rig.record(1, { line: 'L01', call, callId: 'c1' });
  const before = await compareArchive(rig.folder, () => undefined);
  rig.archive.keep({ kind: 'call', call });
  rig.archive.keep(line(record(beforeS), 'L01'));
  rig.archive.matchRecords();
  const pbx = { certainty: 'certain', extension: '4324', number: '8004206', account: '4711' };
  assert.equal(
    (await asked(rig, 'calls')).map((row) => row.pbx),
    [pbx],
  );
  assert.equal(
    (await asked(rig, 'recordings')).map((row) => row.pbx),
    [pbx],
  );
  const one = rig.archive.answer({
    ask: 1,
    kind: 'recording',
    id: (await asked(rig, 'recordings'))[0]?.id ?? '',
  });
  assert.ok(one.kind === 'recording' && one.item?.pbx?.extension === '4324');
  const after = await compareArchive(rig.folder, () => undefined);
  assert.equal(after?.findings, []);
  assert.equal(after?.head, before?.head, 'the chain is as it was');
  rig.archive.close();
});

test('two calls that fit alike get no name, a call without a record has none', async () => {
  const rig = new ArchiveRig();
  for (const [id, name] of [
    ['c1', 'L01'],
    ['c2', 'L02'],
  ] as const)
    rig.archive.keep({ kind: 'call', call: callOf(id, name, beforeS) });
  rig.archive.keep(line(record(beforeS)));
  rig.archive.matchRecords();
  assert.equal(
    (await asked(rig, 'calls')).flatMap(({ pbx }) => (pbx === undefined ? [] : [pbx])),
    [{ certainty: 'ambiguous' }],
  );
  rig.archive.close();
});

test('a record waits for its call; one that comes again after a restart is not kept twice', async () => {
  const rig = new ArchiveRig();
  const fresh = -100;
  rig.archive.keep(line(record(fresh), 'L01'));
  rig.archive.matchRecords();
  rig.archive.keep({ kind: 'call', call: callOf('c1', 'L01', fresh) });
  rig.archive.keep(line(record(beforeS), 'L01'));
  rig.again();
  rig.archive.keep(line(record(beforeS, { extension: '9999' }), 'L01'));
  rig.archive.keep({ kind: 'call', call: callOf('c0', 'L01', beforeS) });
  rig.archive.matchRecords();
  const rows = await asked(rig, 'calls');
  assert.equal(
    rows.map(({ id, pbx }) => [id, pbx?.extension]),
    [
      ['c1', undefined],
      ['c0', '4324'],
    ],
    'the younger record is not decided yet, the older one is the one that came first',
  );
  rig.archive.close();
});

test('every line is kept as it came, the refused one with its reason', async () => {
  const rig = new ArchiveRig();
  rig.archive.keep(line(record(beforeS)));
  rig.archive.keep({
    kind: 'record-line',
    bus: 'smdr',
    at: wallMs(noon),
    read: { kind: 'rejected', raw: '~garbage~', why: text('乱码', 'noise') },
  });
  rig.archive.close();
  const { default: Sqlite } = await import('better-sqlite3');
  const database = new Sqlite(`${rig.folder}/archive.db`, { readonly: true });
  assert.equal(database.prepare('SELECT came_to, why, raw FROM record_lines ORDER BY n').all(), [
    { came_to: 'record', why: null, raw: `record ${beforeS}` },
    { came_to: 'rejected', why: 'noise', raw: '~garbage~' },
  ]);
  database.close();
});

test('a record that fits two calls is given to neither, and the nearest says so; the counts tell what became of the records', async () => {
  const rig = new ArchiveRig();
  rig.archive.keep({ kind: 'call', call: callOf('c1', 'L01', beforeS) });
  rig.archive.keep({ kind: 'call', call: callOf('c2', 'L02', beforeS) });
  rig.archive.keep(line(record(beforeS)));
  rig.archive.keep(line(record(beforeS - 9000)));
  const why = text('读不懂', 'not understood');
  const at = wallMs(noon + beforeS * 1000);
  rig.archive.keep({ kind: 'record-line', bus: 'smdr', at, read: { kind: 'rejected', raw: 'x', why } });
  rig.archive.matchRecords();
  const said = (await asked(rig, 'calls')).flatMap(({ pbx }) => (pbx === undefined ? [] : [pbx]));
  assert.equal(said, [{ certainty: 'ambiguous' }]);
  const counted = rig.archive.answer({ ask: 1, kind: 'records', from: wallMs(0) });
  assert.equal(counted.kind === 'records' ? counted.counts : undefined, {
    ...{ certain: 0, ambiguous: 1, none: 1, waiting: 0, unread: 1 },
  });
  const later = rig.archive.answer({ ask: 1, kind: 'records', from: wallMs(noon + 86_400_000) });
  assert.equal(later.kind === 'records' ? later.counts.unread : undefined, 0);
});

test.run();
