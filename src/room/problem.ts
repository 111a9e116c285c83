/** A problem of a room file, as a person with a screwdriver reads it: where, what is wrong, what would be right. */
import type { Text } from '../model/text.ts';

export type ProblemSeverity = 'error' | 'warning' | 'note';

export interface Problem {
  readonly severity: ProblemSeverity;
  readonly file: string;
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
  /** `points.horn.output`, `subjects.pbx.evidence[0].point`; empty for the whole file. */
  readonly path: string;
  readonly message: Text;
  readonly hint?: Text;
}

/** Keys and indexes from the root. */
export type Path = readonly (string | number)[];

/** A problem before it is placed. `at: 'key'` points to the key itself instead of its value. */
export interface Finding {
  readonly severity: ProblemSeverity;
  readonly path: Path;
  readonly at?: 'key' | 'value';
  readonly message: Text;
  readonly hint?: Text;
}

export type Report = (finding: Finding) => void;

export function writtenPath(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
}
