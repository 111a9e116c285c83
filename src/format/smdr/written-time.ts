/**
 * Dates, times and durations as switches write them, described by a form: `YYYY/MM/DD hh:mm:ss`, `hh:mmA`, `m'ss`, `hmmt`.
 *
 * `YYYY` `YY` `MM` `DD` `hh` `mm` `ss` take that many digits (the first may be a blank); a single `h` `m` `s` takes one
 * digit where another letter follows at once, else one or more. `A` is AM or PM (A, P, a blank), `t` tenths of a minute,
 * `N` a month's name, `W` a word, `f` fractions of a second (not used), `X` seconds since 1970. All else stands for itself.
 */
export interface WrittenTime {
  readonly year?: number;
  readonly month?: number;
  readonly day?: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  readonly tenth?: number;
  /** Seconds since 1970. */
  readonly epoch?: number;
}

const names: Readonly<Record<string, keyof WrittenTime>> = {
  Y: 'year',
  M: 'month',
  D: 'day',
  h: 'hour',
  m: 'minute',
  s: 'second',
  t: 'tenth',
  X: 'epoch',
};
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

interface Form {
  readonly pattern: RegExp;
  readonly takes: readonly string[];
}
const compiled = new Map<string, Form>();

function compile(form: string): Form {
  const known = compiled.get(form);
  if (known !== undefined) return known;
  const takes: string[] = [];
  const pieces = form.match(/Y+|M+|D+|h+|m+|s+|./gsu) ?? [];
  const pattern = pieces.map((piece, index) => {
    const letter = piece[0] ?? '';
    switch (letter) {
      case 'A':
        takes.push('A');
        return '([AaPp][Mm]?| ?)';
      case 'N':
        takes.push('N');
        return '([A-Za-z]{3})[a-z]*';
      case 'W':
        return '[A-Za-z]+';
      case 'f':
        return '\\d{1,6}';
      case 't':
      case 'X':
        takes.push(letter);
        return letter === 't' ? '(\\d)' : '(\\d{9,10})';
      default:
    }
    if (!(letter in names)) return piece === ' ' ? ' +' : piece.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    takes.push(letter);
    if (piece.length > 1) return `([ \\d]\\d{${piece.length - 1}})`;
    return /^[A-Za-z]/.test(pieces[index + 1] ?? '') ? '([ \\d])' : '(\\d{1,5})';
  });
  const form_ = { pattern: new RegExp(`^${pattern.join('')}$`), takes };
  compiled.set(form, form_);
  return form_;
}

/** `undefined`: it is not written so. Only the clock's own limits are checked; days of a month are not. */
export function readWritten(form: string, written: string): WrittenTime | undefined {
  const { pattern, takes } = compile(form);
  const match = pattern.exec(written);
  if (match === null) return undefined;
  const time: { -readonly [key in keyof WrittenTime]: number } = {};
  let half: string | undefined;
  for (const [index, letter] of takes.entries()) {
    const words = match[index + 1] ?? '';
    if (letter === 'A') half = words.trim().toLowerCase()[0];
    else if (letter === 'N') {
      const month = months.indexOf(words.toLowerCase()) + 1;
      if (month === 0) return undefined;
      time.month = month;
    } else {
      const name = names[letter];
      if (name !== undefined) time[name] = Number(words);
    }
  }
  if (half !== undefined && time.hour !== undefined) {
    if (time.hour < 1 || time.hour > 12) return half === 'p' && time.hour < 24 ? time : undefined;
    time.hour = (time.hour % 12) + (half === 'p' ? 12 : 0);
  }
  return time;
}

/** Milliseconds that a duration means. Its first unit has no upper limit, the others those of a clock. */
export function durationOf({ hour, minute, second, tenth }: WrittenTime): number | undefined {
  if (hour !== undefined && (minute ?? 0) > 59) return undefined;
  if ((hour !== undefined || minute !== undefined) && (second ?? 0) > 59) return undefined;
  return (((hour ?? 0) * 60 + (minute ?? 0)) * 60 + (second ?? 0) + (tenth ?? 0) * 6) * 1000;
}
