/** Blank forms by order of the plan: numbers that are never used twice, a printer, the page. A program plays `lp`. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FormDesk } from '../../src/front/forms/form-desk.ts';
import { startFront } from '../../src/front/front.ts';
import type { FromFront } from '../../src/model/messages.ts';
import { aStart, noon } from './a-room.ts';

const folders: string[] = [];
const ownPath = process.env['PATH'] ?? '';
test.after(() => {
  process.env['PATH'] = ownPath;
  for (const folder of folders) rmSync(folder, { recursive: true });
});
function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'forms-'));
  folders.push(made);
  return made;
}
const desk = (data: string, printer?: string): FormDesk =>
  new FormDesk({
    folder: data,
    room: 'gz-120',
    timezone: 'Asia/Shanghai',
    settings: { count: 3, ...(printer === undefined ? {} : { printer }) },
    now: () => noon,
  });
/** An `lp` that keeps its arguments and what came in. */
function lp(script: string): string {
  const place = folder();
  const file = path.join(place, 'lp');
  writeFileSync(
    file,
    `#!/bin/sh\ncat >"${place}/in"\nfor word; do echo "$word"; done >"${place}/arguments"\n${script}\n`,
  );
  chmodSync(file, 0o755);
  process.env['PATH'] = `${place}:${ownPath}`;
  return place;
}

test('numbers go on after a restart, and an order that comes again has those that it had', async () => {
  const data = folder();
  assert.match((await desk(data).give('cut1/3.1')).reason.en, /gz-120-20261123-0001 – gz-120-20261123-0003/);
  const after = desk(data);
  const [second, first] = await Promise.all([after.give('cut2/3.1'), after.give('cut1/3.1')]);
  assert.is(second.outcome, 'shown');
  assert.match(second.reason.en, /0004 – gz-120-20261123-0006: print \/forms\?from=4&count=3/);
  assert.match(first.reason.en, /0001 – /);
  assert.equal(await after.numbers(), [
    'gz-120-20261123-0004',
    'gz-120-20261123-0005',
    'gz-120-20261123-0006',
  ]);
  assert.equal(await after.numbers(3, 2), ['gz-120-20261123-0003', 'gz-120-20261123-0004']);
  assert.equal(await after.numbers(7, 5), [], 'not given out');
});

test('a damaged file of numbers gives no form rather than a number twice', async () => {
  const data = folder();
  await desk(data).give('cut1/3.1');
  writeFileSync(path.join(data, 'forms.json'), '{"next":1');
  assert.is((await desk(data).give('cut2/3.1')).outcome, 'failed');
});

test('a printer gets the forms once, at the standard input of lp', async () => {
  const place = lp('exit 0');
  const printing = desk(folder(), 'duty-desk');
  const [one, again] = await Promise.all([printing.give('cut1/3.1'), printing.give('cut1/3.1')]);
  assert.is(one.outcome, 'printed');
  assert.equal(again, one);
  const words = readFileSync(path.join(place, 'arguments'), 'utf8').trim().split('\n');
  assert.equal(words.slice(0, 2), ['-d', 'duty-desk']);
  assert.match(
    readFileSync(path.join(place, 'in'), 'latin1'),
    /^%PDF-1\.4[^]*gz-120-20261123-0003[^]*%%EOF\n$/,
  );
});

test('a printer that fails is told with its words, and where the same forms can be printed by hand', async () => {
  lp('echo "lp: The printer or class does not exist." >&2; exit 1');
  const { outcome, reason } = await desk(folder(), 'gone').give('cut1/3.1');
  assert.is(outcome, 'failed');
  assert.match(reason.en, /does not exist.*\/forms\?from=1&count=3/);
  process.env['PATH'] = folder();
  assert.match((await desk(folder(), 'duty-desk').give('cut1/3.1')).reason.en, /lp is not installed/);
  process.env['PATH'] = ownPath;
});

test('the page shows what was given out, and nothing else', async () => {
  const told: FromFront[] = [];
  let wake = (): void => undefined;
  const front = await startFront(aStart(folder()), {
    postMessage: (message) => {
      told.push(message);
      wake();
    },
  });
  const url = told.find((one) => one.kind === 'ready')?.httpUrl ?? '';
  assert.is((await fetch(`${url}forms`)).status, 404);
  const given = new Promise<void>((resolve) => {
    wake = () => {
      if (told.some(({ kind }) => kind === 'manual-forms')) resolve();
    };
  });
  front.receive({ kind: 'manual-forms', order: 'cut1/3.1' });
  await given;
  const answer = await fetch(`${url}forms?from=2&count=1`);
  assert.is(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', /text\/html/);
  const page = await answer.text();
  assert.match(page, /gz-120-\d{8}-0002/);
  assert.not.match(page, /-0001|-0003/);
  assert.match(await (await fetch(`${url}forms.css`)).text(), /@page/);
  assert.is((await fetch(`${url}forms?from=4&count=1`)).status, 404);
  assert.is((await fetch(`${url}forms?count=99999`)).status, 400);
  await front.close();
});

test.run();
