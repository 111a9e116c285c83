/** Cuts one line of a switch into its named fields, as its format says. `undefined`: the line is not of this format. */
import type { FieldPlace, PbxFormat } from './pbx-format.ts';

export interface Fields {
  readonly values: Readonly<Record<string, string>>;
  /** A field said that the clock was set during the call. */
  readonly isClockJump: boolean;
}

export function readFields(format: PbxFormat, line: string): Fields | undefined {
  const cells = cellsOf(format, line);
  if (cells === undefined) return undefined;
  const values: Record<string, string> = {};
  let isClockJump = false;
  for (const [name, place] of Object.entries(format.fields)) {
    const cell = cells(place, name).trim();
    if (place.check !== undefined && !place.check.test(cell)) return undefined;
    if (place.clockJump.includes(cell)) isClockJump = true;
    const isNone = place.none.includes(cell) || place.clockJump.includes(cell);
    const taken = place.take === undefined ? cell : (place.take.exec(cell)?.[1] ?? '').trim();
    values[name] = isNone ? '' : taken;
  }
  return { values, isClockJump };
}

type Cells = (place: FieldPlace, name: string) => string;

function cellsOf(format: PbxFormat, line: string): Cells | undefined {
  const { min, max } = format.width;
  switch (format.layout) {
    case 'csv': {
      const cells = splitCsv(line, format.separator);
      if (cells === undefined || cells.length < min || cells.length > max) return undefined;
      return ({ at }) => (typeof at === 'number' ? (cells[at - 1] ?? '') : '');
    }
    case 'columns': {
      if (line.length < min || line.length > max) return undefined;
      if (format.blank.some((column) => (line[column - 1] ?? ' ') !== ' ')) return undefined;
      return ({ at }) => {
        if (typeof at === 'string') return '';
        const [from, to] = typeof at === 'number' ? [at, at] : at;
        return line.slice(from - 1, to);
      };
    }
    case 'pattern': {
      for (const pattern of format.patterns) {
        const groups = pattern.exec(line)?.groups;
        if (groups !== undefined) return ({ at }) => (typeof at === 'string' ? (groups[at] ?? '') : '');
      }
      return undefined;
    }
  }
}

/** Cells may be quoted; blanks around them do not count, and a doubled quote stands for one. */
function splitCsv(line: string, separator: string): string[] | undefined {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    while (line[at] === ' ') at++;
    if (line[at] === '"') {
      let cell = '';
      for (at++; ; at++) {
        if (at >= line.length) return undefined;
        if (line[at] !== '"') cell += line[at] ?? '';
        else if (line[at + 1] === '"') cell += line[at++] ?? '';
        else break;
      }
      at++;
      while (line[at] === ' ') at++;
      if (at < line.length && line[at] !== separator) return undefined;
      cells.push(cell);
    } else {
      const end = line.indexOf(separator, at);
      cells.push(line.slice(at, end < 0 ? undefined : end));
      at = end < 0 ? line.length : end;
    }
    if (at >= line.length) return cells;
    at++;
    if (at === line.length) {
      cells.push('');
      return cells;
    }
  }
}
