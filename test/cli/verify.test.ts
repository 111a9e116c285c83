import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stub } from 'sinon';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import Sqlite from 'better-sqlite3';
import type { Finding } from '../../src/archive/finding.ts';
import { ArchiveRig, makeCall, makeRecording, newFolder } from '../archive/rig.ts';
import { encodeRecord, encodeSegmentHeader } from '../../src/format/capture-log.ts';
import { linkOf, parseChainLine, chainLine } from '../../src/archive/chain.ts';
import { verify } from '../../src/cli/verify.ts';
import { mkdirSync } from 'node:fs';

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly findings: readonly Finding[];
  readonly head: { readonly serial: number; readonly link: string };
  readonly waiting: number;
}

/** Runs the command and catches what it prints. */
async function run(...args: readonly string[]): Promise<Result> {
  const texts = { out: '', err: '' };
  const writeOut = stub(process.stdout, 'write').callsFake((chunk) => (texts.out += String(chunk)) !== '');
  const writeErr = stub(process.stderr, 'write').callsFake((chunk) => (texts.err += String(chunk)) !== '');
  let code: number;
  try {
    code = await verify(args);
  } finally {
    writeOut.restore();
    writeErr.restore();
  }
  const json = texts.out.startsWith('{') ? (JSON.parse(texts.out) as Partial<Result>) : {};
  return {
    code,
    ...texts,
    findings: json.findings ?? [],
    head: json.head ?? { serial: 0, link: '' },
    waiting: json.waiting ?? 0,
  };
}

function room(): ArchiveRig {
  const rig = new ArchiveRig();
  for (let number = 1; number <= 5; number++)
    rig.record(number, { call: makeCall(number, { caller: `13800${number}` }) });
  rig.archive.close();
  return rig;
}
const pathOf = (rig: ArchiveRig, file: string): string => path.join(rig.folder, file);
const chainOf = (rig: ArchiveRig): string => pathOf(rig, 'audio/chain.jsonl');
function sql(rig: ArchiveRig, text: string): void {
  const database = new Sqlite(pathOf(rig, 'archive.db'));
  database.exec(text);
  database.close();
}
function editChain(rig: ArchiveRig, edit: (lines: string[]) => string[]): void {
  const lines = readFileSync(chainOf(rig), 'utf8').split('\n').slice(0, -1);
  writeFileSync(
    chainOf(rig),
    edit(lines)
      .map((line) => `${line}\n`)
      .join(''),
  );
}
const third = 'audio/2026/11/23/080003_L02_r3.opus';
const newest = 'audio/2026/11/23/080005_L02_r5.opus';

test('an untouched archive is intact, and the head is told', async () => {
  const rig = room();
  const { code, findings, head } = await run('--data', rig.folder, '--json');
  assert.equal(findings, []);
  assert.is(code, 0);
  assert.is(head.serial, 5);
  assert.match(head.link, /^[0-9a-f]{64}$/);
  const plain = await run('--data', rig.folder);
  assert.is(plain.code, 0);
  assert.match(plain.out, new RegExp(`5.*${head.link}`));
});

const tamperings: readonly (readonly [
  what: string,
  tamper: (rig: ArchiveRig) => void,
  kinds: readonly string[],
  where: string,
])[] = [
  [
    'one bit of a file flipped',
    (rig) => {
      const bytes = readFileSync(pathOf(rig, third));
      bytes[500] = (bytes[500] ?? 0) ^ 1;
      writeFileSync(pathOf(rig, third), bytes);
    },
    ['file-changed'],
    third,
  ],
  ['a byte added to a file', (rig) => appendFileSync(pathOf(rig, third), 'x'), ['file-changed'], third],
  ['a file removed', (rig) => rmSync(pathOf(rig, third)), ['file-missing'], third],
  ['the newest file removed', (rig) => rmSync(pathOf(rig, newest)), ['file-missing'], newest],
  [
    'a file added',
    (rig) => void makeRecording(rig.folder, 9),
    ['file-added'],
    'audio/2026/11/23/080009_L02_r9.opus',
  ],
  [
    'a file renamed',
    (rig) => renameSync(pathOf(rig, third), pathOf(rig, 'audio/2026/11/23/090000_L02_r3.opus')),
    ['file-missing', 'file-added'],
    third,
  ],
  [
    'a row changed',
    (rig) => sql(rig, 'UPDATE recordings SET started_at = started_at + 1 WHERE serial = 3'),
    ['row-changed'],
    'recording 3',
  ],
  [
    'the caller in a row changed',
    (rig) => sql(rig, `UPDATE recordings SET call = replace(call, '138003', '138999') WHERE serial = 3`),
    ['row-changed'],
    'recording 3',
  ],
  [
    'the link of a row changed',
    (rig) => sql(rig, `UPDATE recordings SET link = 'ab' WHERE serial = 3`),
    ['row-changed'],
    'recording 3',
  ],
  [
    'a row removed',
    (rig) => sql(rig, 'DELETE FROM recordings WHERE serial = 3'),
    ['row-removed'],
    'recording 3',
  ],
  [
    'the newest row removed',
    (rig) => sql(rig, 'DELETE FROM recordings WHERE serial = 5'),
    ['row-removed'],
    'recording 5',
  ],
  [
    'a row added',
    (rig) =>
      sql(
        rig,
        `INSERT INTO recordings SELECT 6, 'r6', line, call_id, call, why, started_at, ended_at, duration_ms,
         path || 'x', bytes, sha256, codec, lost_samples, recovered, link FROM recordings WHERE serial = 5`,
      ),
    ['row-added', 'file-missing'],
    'recording 6',
  ],
  [
    'two rows exchanged',
    (rig) =>
      sql(
        rig,
        'UPDATE recordings SET serial = 99 WHERE serial = 2; UPDATE recordings SET serial = 2 WHERE serial = 3; UPDATE recordings SET serial = 3 WHERE serial = 99',
      ),
    ['row-changed', 'row-changed'],
    'recording 2',
  ],
  [
    'the newest recording removed from file and database',
    (rig) => {
      rmSync(pathOf(rig, newest));
      sql(rig, 'DELETE FROM recordings WHERE serial = 5');
    },
    ['file-missing', 'row-removed'],
    'recording 5',
  ],
  [
    'the newest recording removed from database and chain',
    (rig) => {
      sql(rig, 'DELETE FROM recordings WHERE serial = 5');
      editChain(rig, (lines) => lines.slice(0, 4));
    },
    ['file-added'],
    newest,
  ],
  [
    'a line of the chain changed',
    (rig) => editChain(rig, (lines) => lines.map((line) => line.replace('"id":"r3"', '"id":"rX"'))),
    ['chain-changed', 'row-changed'],
    'chain line 3',
  ],
  [
    'a line of the chain changed with a link that fits',
    (rig) =>
      editChain(rig, (lines) =>
        lines.map((line, index) => {
          const row = parseChainLine(line);
          const before = parseChainLine(lines[index - 1] ?? '');
          if (row?.serial !== 3 || before === undefined) return line;
          const changed = { ...row, durationMs: 1 };
          return chainLine({ ...changed, link: linkOf(before.link, 3, changed) });
        }),
      ),
    ['row-changed', 'chain-changed'],
    'chain line 4',
  ],
  [
    'the chain and the row changed alike',
    (rig) => {
      editChain(rig, (lines) =>
        lines.map((line) =>
          line
            .replace('"why":"line-voltage","', '"why":"command","')
            .replace(/"why":"line-voltage"(?=}}$)/, '"why":"command"'),
        ),
      );
      sql(rig, `UPDATE recordings SET why = 'command'`);
    },
    ['chain-changed', 'chain-changed', 'chain-changed', 'chain-changed', 'chain-changed'],
    'chain line 1',
  ],
  [
    'a line of the chain removed',
    (rig) => editChain(rig, (lines) => lines.filter((_, index) => index !== 2)),
    ['chain-removed', 'row-added'],
    'recording 3',
  ],
  [
    'the newest line of the chain removed',
    (rig) => editChain(rig, (lines) => lines.slice(0, 4)),
    ['chain-removed'],
    'recording 5',
  ],
  [
    'two lines of the chain exchanged',
    (rig) => editChain(rig, ([a = '', b = '', c = '', d = '', e = '']) => [a, c, b, d, e]),
    ['chain-removed', 'chain-order', 'row-added'],
    'chain line 3',
  ],
  [
    'a line of the chain repeated',
    (rig) => editChain(rig, (lines) => [...lines.slice(0, 3), lines[2] ?? '', ...lines.slice(3)]),
    ['chain-order'],
    'chain line 4',
  ],
  [
    'a line of the chain made unreadable',
    (rig) => editChain(rig, (lines) => lines.map((line, index) => (index === 2 ? line.slice(5) : line))),
    ['chain-changed', 'row-added'],
    'chain line 3',
  ],
  [
    'the chain removed',
    (rig) => rmSync(chainOf(rig)),
    ['chain-removed', 'chain-removed', 'chain-removed', 'chain-removed', 'chain-removed'],
    'recording 1',
  ],
  ['the database removed', (rig) => rmSync(pathOf(rig, 'archive.db')), ['unreadable'], 'archive.db'],
  [
    'the database overwritten',
    (rig) => writeFileSync(pathOf(rig, 'archive.db'), 'no database at all'.repeat(1000)),
    ['unreadable'],
    'archive.db',
  ],
];

for (const [what, tamper, kinds, where] of tamperings)
  test(`${what}: found, named and placed`, async () => {
    const rig = room();
    tamper(rig);
    const { code, findings } = await run('--data', rig.folder, '--json');
    assert.is(code, 1);
    assert.equal(findings.map(({ kind }) => kind).sort(), [...kinds].sort(), JSON.stringify(findings));
    assert.ok(
      findings.some((finding) => finding.where === where),
      JSON.stringify(findings),
    );
    const plain = await run('--data', rig.folder);
    assert.is(plain.code, 1);
    for (const finding of findings) assert.ok(plain.out.includes(finding.where));
  });

test('a room that runs: a sealed file that waits for the archive is no finding', async () => {
  const rig = room();
  makeRecording(rig.folder, 9);
  mkdirSync(pathOf(rig, 'capture'));
  const start = {
    id: 'r9',
    line: 'L02',
    why: 'line-voltage',
    wallMs: 1,
    monoMs: 1,
    ringPosition: 0,
    preSkipSamples: 52,
  };
  writeFileSync(
    pathOf(rig, 'capture/00000001.lklog'),
    Buffer.concat([
      encodeSegmentHeader({ number: 1, pid: 1 }),
      encodeRecord(1, { type: 'start', slot: 1, start }),
    ]),
  );
  const { code, waiting } = await run('--data', rig.folder, '--json');
  assert.is(code, 0);
  assert.is(waiting, 1);
});

test('a room that runs: what is stored while verify looks is no finding', async () => {
  const rig = room();
  rig.open();
  let number = 10;
  const over = new AbortController();
  const storing = (async (): Promise<void> => {
    for (; number < 60; number++) {
      if (over.signal.aborted) return;
      rig.record(number);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  for (let round = 0; round < 5; round++) {
    const { findings, code } = await run('--data', rig.folder, '--json');
    assert.equal(findings, []);
    assert.is(code, 0);
  }
  over.abort();
  await storing;
  assert.ok(number > 15);
  rig.archive.close();
});

test('a row that the chain has and the database gets a moment later is waited for', async () => {
  const rig = room();
  const row = parseChainLine(readFileSync(chainOf(rig), 'utf8').split('\n')[4] ?? '');
  if (row === undefined) throw new Error('no row');
  const database = new Sqlite(pathOf(rig, 'archive.db'));
  database.exec(
    'CREATE TABLE kept AS SELECT * FROM recordings WHERE serial = 5; DELETE FROM recordings WHERE serial = 5',
  );
  const result = run('--data', rig.folder, '--json');
  setTimeout(() => database.exec('INSERT INTO recordings SELECT * FROM kept'), 300);
  assert.equal((await result).findings, []);
  database.close();
});

test('the data folder comes from LINEKEEPER_DATA unless it is given', async () => {
  const rig = room();
  process.env['LINEKEEPER_DATA'] = rig.folder;
  assert.is((await run('--json')).code, 0);
  delete process.env['LINEKEEPER_DATA'];
  assert.is((await run('--json')).code, 2);
});

test('wrong usage and a folder with nothing in it end with 2', async () => {
  const empty = newFolder();
  for (const args of [
    ['--data', empty],
    ['--data', path.join(empty, 'nowhere')],
    ['--bogus'],
    ['extra'],
    ['--data'],
  ])
    assert.is((await run(...args)).code, 2, args.join(' '));
  assert.is((await run('--help')).code, 0);
});

test('the report speaks Chinese where the room does', async () => {
  const rig = room();
  const before = process.env['LC_ALL'];
  process.env['LC_ALL'] = 'zh_CN.UTF-8';
  const { out } = await run('--data', rig.folder);
  if (before === undefined) delete process.env['LC_ALL'];
  else process.env['LC_ALL'] = before;
  assert.match(out, /完好/);
});

test.run();
