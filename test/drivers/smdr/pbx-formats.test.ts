/** Every record format of config/pbx reads its own samples; a format without samples is refused. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  PbxFormatError,
  checkedPbxFormat,
  loadPbxFormat,
  loadWithSamples,
} from '../../../src/drivers/smdr/format-file.ts';
import type { FormatSample } from '../../../src/drivers/smdr/format-file.ts';
import { bestFits, tryFormat } from '../../../src/format/smdr/propose.ts';
import { compilePbxFormatCheck } from '../../../src/drivers/smdr/format-schema.ts';
import { offsetsOf } from '../../../src/format/smdr/civil-time.ts';
import type { OffsetAt } from '../../../src/format/smdr/civil-time.ts';
import type { PbxRecord } from '../../../src/model/pbx-record.ts';
import { pbxFormatFolder, pbxFormats } from '../../../src/drivers/smdr/catalogue.ts';
import { wallMs } from '../../../src/model/units.ts';

const check = compilePbxFormatCheck();

const formats = pbxFormats();
const seconds = (ms: number): number => ms / 1000;
const local = (at: number, offsetAt: OffsetAt): string =>
  new Date(at + offsetAt(at)).toISOString().slice(0, 19).replace('T', ' ');

function arrivalOf({ arrived }: FormatSample, offsetAt: OffsetAt) {
  if (arrived === undefined) return undefined;
  const at = Date.parse(`${arrived.replace(' ', 'T')}Z`);
  return wallMs(at - offsetAt(at));
}

/** As the sample writes it. */
function written(record: PbxRecord, offsetAt: OffsetAt): FormatSample['records'][number] {
  const { startedAt, endedAt, durationMs, ringMs, answered, trunk, extension, number, account, callId } =
    record;
  return {
    direction: record.direction,
    ...(startedAt === undefined ? {} : { started: local(startedAt, offsetAt) }),
    ...(endedAt === undefined ? {} : { ended: local(endedAt, offsetAt) }),
    ...(durationMs === undefined ? {} : { 'duration-s': seconds(durationMs) }),
    ...(ringMs === undefined ? {} : { 'ring-s': seconds(ringMs) }),
    ...(answered === undefined ? {} : { answered }),
    ...(trunk === undefined ? {} : { trunk }),
    ...(extension === undefined ? {} : { extension }),
    ...(number === undefined ? {} : { number }),
    ...(account === undefined ? {} : { account }),
    ...(callId === undefined ? {} : { 'call-id': callId }),
    ...(record.isClockJump === true ? { 'clock-jump': true } : {}),
  };
}

for (const id of formats)
  test(`${id}: each sample reads as the file says`, () => {
    const { format, samples } = loadWithSamples(id, check);
    for (const sample of samples) {
      const offsetAt = offsetsOf(sample.zone ?? 'UTC');
      const lines = sample.lines.map((line) => ({ text: line }));
      const trial = tryFormat(format, lines, offsetAt, arrivalOf(sample, offsetAt));
      const why = trial.reads.flatMap((read) =>
        read.kind === 'rejected' ? [`${read.raw}: ${read.why.en}`] : [],
      );
      assert.equal(
        trial.records.map((record) => written(record, offsetAt)),
        sample.records,
        `${sample.note}: ${why.join('; ')}`,
      );
      assert.is(trial.rejected, sample.rejected ?? 0, `${sample.note}: ${why.join('; ')}`);
    }
  });

test('the samples of each format are proposed to be of that format', () => {
  const all = formats.map((id) => loadPbxFormat(id, check));
  for (const id of formats) {
    const { samples } = loadWithSamples(id, check);
    for (const sample of samples) {
      if (sample.records.length === 0) continue;
      const offsetAt = offsetsOf(sample.zone ?? 'UTC');
      const lines = sample.lines.map((line) => ({ text: line }));
      const [best] = bestFits(
        all.map((format) => tryFormat(format, lines, offsetAt, arrivalOf(sample, offsetAt))),
      );
      assert.is(best?.format.id, id, sample.note);
    }
  }
});

const good = readFileSync(path.join(pbxFormatFolder(), 'avaya-ip-office.yaml'), 'utf8');
const refused: readonly (readonly [string, string, RegExp])[] = [
  ['without samples', good.replace(/^samples:[\s\S]*/m, 'samples: []\n'), /samples/],
  [
    'with an unknown key',
    good.replace('separator', 'divider').replace('layout: csv', 'layout: csv\ndivider: x'),
    /additional/,
  ],
  ['with a pattern that cannot be read', good.replace("check: '[IO]'", "check: '[IO'"), /fields\/io\/check/],
  ['with a rule about a field that it has not', good.replace('number: caller', 'number: calller'), /calller/],
  ['with a time without a form', good.replace(", form: 'YYYY/MM/DD hh:mm:ss'", ''), /start needs a form/],
  ['with columns in a CSV', good.replace('caller: { at: 4 }', "caller: { at: '4-9' }"), /caller\/at/],
  ['that is no format at all', '- 1\n', /object/],
];
for (const [how, source, pattern] of refused)
  test(`a format ${how} is refused`, () => {
    assert.not.equal(source, good, 'the file was changed');
    assert.throws(
      () => checkedPbxFormat(source, 'x', 'x.yaml', check),
      (error: unknown) => error instanceof PbxFormatError && pattern.test(error.message),
    );
  });

test('an unknown format names the known ones', () => {
  assert.throws(() => loadPbxFormat('nosuch', check), /avaya-ip-office/);
});

test.run();
