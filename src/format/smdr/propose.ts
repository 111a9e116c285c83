/** How well captured lines fit each format; the best is proposed. */
import type { LineRead, PbxRecord } from '../../model/pbx-record.ts';
import type { RawLine } from './line-assembler.ts';
import { LineAssembler } from './line-assembler.ts';
import type { OffsetAt } from './civil-time.ts';
import type { PbxFormat } from './pbx-format.ts';
import { RecordStream } from './record-stream.ts';
import type { WallMs } from '../../model/units.ts';

/** What a captured file came to under one format. */
export interface Trial {
  readonly format: PbxFormat;
  readonly reads: readonly LineRead[];
  /** Complete records, in the order in which they became complete. */
  readonly records: readonly PbxRecord[];
  readonly rejected: number;
  /** 0 to 1: the share of lines that are of this format, a little more the more the records tell. */
  readonly fit: number;
}

export function linesOf(bytes: Uint8Array): RawLine[] {
  const assembler = new LineAssembler();
  const lines = assembler.push(bytes);
  const rest = assembler.takeRest();
  return rest === undefined ? lines : [...lines, { text: rest }];
}

export function tryFormat(
  format: PbxFormat,
  lines: readonly RawLine[],
  offsetAt: OffsetAt,
  capturedAt?: WallMs,
): Trial {
  const stream = new RecordStream({ format, offsetAt });
  const reads = lines.flatMap((line) => stream.line(line, capturedAt));
  const records = [
    ...reads.flatMap((read) => (read.kind === 'record' ? [read.record] : [])),
    ...stream.rest(),
  ];
  const rejected = reads.filter(({ kind }) => kind === 'rejected').length;
  const calls = reads.filter(({ kind }) => ['record', 'held', 'repeated'].includes(kind)).length;
  const told = records.map(toldBy).reduce((sum, one) => sum + one, 0) / Math.max(1, records.length);
  const share = reads.length === 0 || calls === 0 ? 0 : (reads.length - rejected) / reads.length;
  return { format, reads, records, rejected, fit: share * (0.8 + 0.2 * told) };
}

/** Share of what a record could tell. */
const toldBy = (record: PbxRecord): number =>
  [
    record.endedAt,
    record.durationMs,
    record.number,
    record.extension,
    record.trunk,
    record.direction === 'unknown' ? undefined : record.direction,
  ].filter((value) => value !== undefined).length / 6;

/** Best first; formats that no line fits are left out. */
export const bestFits = (trials: readonly Trial[]): Trial[] =>
  trials.filter(({ fit }) => fit > 0).sort((a, b) => b.fit - a.fit);
