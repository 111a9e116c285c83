/**
 * A record format as data: how a line is cut into fields, how its times are written, which rule makes a call of it.
 * The files of `config/pbx/` are checked and compiled into this by the loader; nothing here names a maker.
 */
import type { OtherLine, RecordDirection } from '../../model/pbx-record.ts';
import type { Text } from '../../model/text.ts';

export interface FieldPlace {
  /** CSV: number of the field from 1. Columns: first and last column from 1. Patterns: name of the group. */
  readonly at: number | readonly [number, number] | string;
  /** Forms of a date, time or duration; several where they cannot be told apart but by what is near. */
  readonly forms: readonly string[];
  /** What the field must look like as a whole; a line that does not fit is rejected. */
  readonly check?: RegExp;
  /** The first group is the value; where it does not match, the field is empty. */
  readonly take?: RegExp;
  /** Readings that stand for "no value". */
  readonly none: readonly string[];
  /** Readings that say: the clock was set during the call. */
  readonly clockJump: readonly string[];
}

/** A rule of the list `calls`: the first whose conditions all hold says what the record is. */
export interface CallRule {
  readonly when: readonly { readonly field: string; readonly pattern: RegExp }[];
  readonly means: 'call' | Exclude<OtherLine, 'heading' | 'date'>;
  readonly direction: RecordDirection;
  readonly isAnswered?: boolean;
  /** Names of fields; the first that is not empty is taken. */
  readonly extension: readonly string[];
  readonly number: readonly string[];
  readonly trunk: readonly string[];
}

export interface JoinRule {
  /** Lines with the same values here are of one call. */
  readonly by: readonly string[];
  /** Conditions under which more of the call will come; none: every line waits for more. */
  readonly more: CallRule['when'];
  /** A call of which no more comes is complete after this. */
  readonly withinMs: number;
  /** Durations of the parts are added, or the longest counts. */
  readonly durations: 'sum' | 'longest';
}

export interface PbxFormat {
  /** File name in `config/pbx/` without `.yaml`. */
  readonly id: string;
  readonly name: Text;
  readonly layout: 'csv' | 'columns' | 'pattern';
  readonly separator: string;
  /** Fields of a CSV line, columns of a fixed line (trailing blanks may be missing below the most). */
  readonly width: { readonly min: number; readonly max: number };
  /** Columns that must be blank. */
  readonly blank: readonly number[];
  readonly patterns: readonly RegExp[];
  /** What a record begins with, so that one can be found behind a torn one. */
  readonly start?: RegExp;
  readonly fields: Readonly<Record<string, FieldPlace>>;
  /** What date and time of the record stand for. */
  readonly timeIs: 'start' | 'end';
  readonly isUtc: boolean;
  readonly calls: readonly CallRule[];
  /** Lines that are no records. A date line gives groups `month` and `day`, perhaps `year`. */
  readonly other: readonly { readonly pattern: RegExp; readonly means: OtherLine }[];
  readonly join?: JoinRule;
}
