/** `linekeeper alarms report` over an archive as the archive itself writes it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Archive } from '../../src/archive/archive.ts';
import { alarmsReport } from '../../src/cli/alarms-report.ts';
import { alarmReport } from '../../src/core/alarm-report/report.ts';
import { matchRecords } from '../../src/core/records/match.ts';
import type { AlarmReport } from '../../src/model/alarm-report.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';
import { Alarms } from '../core/alarm/bench.ts';
import { said } from './said.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'lk-report-'));
test.after(() => {
  rmSync(folder, { recursive: true, force: true });
});
/** Of Monday 2026-11-16 in Shanghai. */
const monday = Date.UTC(2026, 10, 15, 16);

/** The notices of an engine go to the archive with wall times, as the guard sends them. */
function written(): void {
  const archive = Archive.open({
    start: { dataFolder: folder, room: 'test' },
    clock: { mono: () => monoMs(0), wall: () => wallMs(monday) },
    send: () => undefined,
    log: () => undefined,
    match: matchRecords,
    reportOf: alarmReport,
  });
  const engine = new Alarms(undefined, 0);
  engine.levels('crm/server.down').wait(3_600_000);
  engine.levels('crm/server.down', ...Array.from({ length: 12 }, (_, n) => `s${n}/gpio.lost`));
  engine.wait(60_000).order({ do: 'acknowledge', alarm: 'all' }, 'Li');
  engine.shelve('crm/server.down', 60_000).wait(3_600_000).levels().wait(60_000);
  for (const one of engine.notices)
    if (one.kind === 'alarm')
      archive.keep({ kind: 'alarm', change: one.change, at: wallMs(monday + one.at), alarm: one.alarm });
  archive.close();
}

test('a week of the archive: figures, the ten worst, floods and people', async () => {
  written();
  const args = ['--data', folder, '--week', '2026-W47', '--timezone', 'Asia/Shanghai'];
  const { code, out } = await said(alarmsReport, ...[...args, '--json']);
  assert.is(code, 1, 'a flood is against the targets');
  const report = JSON.parse(out) as AlarmReport;
  assert.is(report.kpis.find(({ id }) => id === 'count')?.value, 13);
  assert.is(report.floods.length, 1);
  assert.is(report.floods[0]?.from, monday + 3_600_000);
  assert.equal(
    report.people.map(({ name, acknowledged }) => [name, acknowledged]),
    [
      ['Li', 14],
      ['duty', 0],
    ],
  );
  const english = await said(alarmsReport, ...[...args, '--language', 'en']);
  assert.match(english.out, /floods {2,}1 {2,}0 {2,}NOT MET/);
  assert.match(english.out, '2026-11-16 01:00 – 2026-11-16 01:10');
  const chinese = await said(alarmsReport, ...[...args, '--language', 'zh']);
  assert.match(chinese.out, '告警潮次数');
  assert.match(chinese.out, '未达标');
});

test('a week of before has what stood then, and a quiet week meets every target', async () => {
  const before = await said(
    alarmsReport,
    ...['--data', folder, '--week', '2026-W46', '--timezone', 'Asia/Shanghai', '--json'],
  );
  assert.is(before.code, 0);
});

test('no archive, no such week, no such zone, a stray word: told, and no trace', async () => {
  const wrong = [
    ['--data', '/nowhere'],
    ['--data', folder, '--week', '2026-W60'],
    ['--data', folder, '--week', '2026-W40', '--timezone', 'Asia/Atlantis'],
    ['--data', folder, 'today'],
  ];
  for (const args of wrong) assert.is((await said(alarmsReport, ...args)).code, 2, args.join(' '));
});

test.run();
