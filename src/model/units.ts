/**
 * Time, in the two kinds that must never mix.
 *
 * Decisions use `MonoMs` only: milliseconds of a clock that never steps. `WallMs` labels things for people
 * (UTC milliseconds since 1970) and may jump when the clock is set.
 */
declare const mono: unique symbol;
declare const wall: unique symbol;

/** Milliseconds on the monotonic clock of this boot. */
export type MonoMs = number & { readonly [mono]: 'ms' };
/** UTC milliseconds since 1970; labels only, never a reason to act. */
export type WallMs = number & { readonly [wall]: 'ms' };

export const monoMs = (ms: number): MonoMs => ms as MonoMs;
export const wallMs = (ms: number): WallMs => ms as WallMs;

/** The moment `ms` after `at`. */
export const later = (at: MonoMs, ms: number): MonoMs => (at + ms) as MonoMs;

/** Milliseconds from `from` to `to`; negative when `to` is the earlier one. */
export const elapsedMs = (from: MonoMs, to: MonoMs): number => to - from;

/**
 * True from the deadline `later(from, ms)` on. Moments have fractions, and a difference of fractions may fall short of `ms` by
 * the last bit: so a deadline and the question whether it is over must be the same sum.
 */
export const hasLasted = (from: MonoMs, ms: number, at: MonoMs): boolean => at >= later(from, ms);

/** The earlier of two deadlines, where `undefined` means "none". */
export function earlier(a: MonoMs | undefined, b: MonoMs | undefined): MonoMs | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return a < b ? a : b;
}
