/**
 * The copper of one line beside its signal: whether the exchange feeds the trunk in its usual polarity, and what the seat phone
 * does while the line is in bypass. The phone shows itself only then: in normal it hangs on its extension of the PBX, which the
 * card does not see. An open pair to a phone on hook shows nowhere but in a ring that nobody answers.
 *
 * Levels only; whether they have lasted is asked when the conditions are told.
 */
import type { Condition } from '../../model/alarm.ts';
import type { LineId, SubjectId } from '../../model/ids.ts';
import type { LineSignal, RelayPosition } from '../../model/line.ts';
import type { MonoMs } from '../../model/units.ts';
import { hasLasted, later, monoMs } from '../../model/units.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import {
  atSwitchMs,
  atSwitchQuietMs,
  learnMs,
  noCurrentMs,
  phoneMilliamps,
  polarityVolts,
  reversedMs,
} from './limits.ts';

export type Polarity = -1 | 1;

export interface PairConfig {
  readonly line: LineId;
  /** The subject whose phone this is: it bears the phone's alarms. */
  readonly seat?: SubjectId;
  readonly trunk: string;
  readonly phone: string;
  /** Tip against ring as the room file says or as it was learned before; absent: to be learned. */
  readonly polarity?: Polarity;
  /** A card measures the phone's current; a relay on the Pi does not. */
  readonly measuresPhone: boolean;
  /** Off hook in bypass without speech. */
  readonly phoneOffHookMs: number;
  /** Ringing unanswered. */
  readonly ringLimitMs: number;
}

export type PairEvent = { readonly at: MonoMs } & (
  | { readonly kind: 'turn' }
  /** The 80 ms mean, signed. */
  | { readonly kind: 'loop'; readonly dcVolts: number }
  | {
      readonly kind: 'line';
      readonly signal: LineSignal;
      readonly since: MonoMs;
      readonly position: RelayPosition;
    }
  /** Loop current through the phone side of the changeover. */
  | { readonly kind: 'phone'; readonly milliamps: number }
  | { readonly kind: 'speech' }
);

export interface PairState {
  readonly config: PairConfig;
  readonly polarity: Polarity | undefined;
  readonly volts: number;
  /** Idle in one polarity, the usual one not known yet. */
  readonly candidate?: { readonly polarity: Polarity; readonly from: MonoMs };
  /** Idle, and later in use, with the other polarity. */
  readonly reversedFrom?: MonoMs;
  readonly signal: LineSignal;
  readonly since: MonoMs;
  readonly position: RelayPosition;
  readonly positionSince: MonoMs;
  /** The position was seen to change, and not only seen again. */
  readonly isSwitched: boolean;
  readonly milliamps: number;
  /** In bypass and off hook, and the phone draws nothing. */
  readonly dryFrom?: MonoMs;
  readonly spokeAt?: MonoMs;
  /** The phone was in use in bypass and drew current. */
  readonly workedAt?: MonoMs;
  /** Begin of the first ring in bypass that went unanswered; nobody has lifted since. */
  readonly unansweredFrom?: MonoMs;
}

export const initial = (config: PairConfig, at: MonoMs): PairState => ({
  config,
  polarity: config.polarity,
  volts: 0,
  signal: 'unknown',
  since: at,
  position: 'unknown',
  positionSince: at,
  isSwitched: false,
  milliamps: 0,
});

/** The same state when nothing changed. */
export function step(before: PairState, event: PairEvent): PairState {
  const { at } = event;
  switch (event.kind) {
    case 'turn':
      return learned(before, at);
    case 'loop':
      return withPolarity({ ...before, volts: event.dcVolts }, at);
    case 'line':
      return withWork(before, withPhone(withPolarity(withLine(before, event), at), at), at);
    case 'phone':
      return before.milliamps === event.milliamps
        ? before
        : withWork(before, withPhone({ ...before, milliamps: event.milliamps }, at), at);
    case 'speech':
      return { ...before, spokeAt: at };
    default:
      return event satisfies never;
  }
}

/** Begin of the signal as far as it stood in this position. */
export const heldFrom = ({ since, positionSince }: PairState): MonoMs =>
  monoMs(Math.max(since, positionSince));

function withLine(
  before: PairState,
  { signal, since, position, at }: Extract<PairEvent, { kind: 'line' }>,
): PairState {
  const moved =
    position === before.position ? {} : { positionSince: at, isSwitched: before.position !== 'unknown' };
  const { unansweredFrom, ...others } = before;
  const ended = monoMs(Math.max(since, before.since));
  const rangFrom =
    before.signal === 'ringing' && signal === 'idle' && isRungOut(before, ended)
      ? heldFrom(before)
      : undefined;
  const from = unansweredFrom ?? rangFrom;
  const isKept = from !== undefined && position === 'bypass' && signal !== 'off-hook' && signal !== 'dead';
  return { ...others, signal, since, position, ...moved, ...(isKept ? { unansweredFrom: from } : {}) };
}

const isRungOut = (state: PairState, at: MonoMs): boolean =>
  state.position === 'bypass' && hasLasted(heldFrom(state), state.config.ringLimitMs, at);

// ---- the trunk ---------------------------------------------------------------------------------------------------

/** Only an idle pair tells its polarity: in a call the reversal is the exchange's answer. */
function withPolarity(state: PairState, at: MonoMs): PairState {
  const { candidate: _was, ...others } = state;
  const isTold = state.signal === 'idle' && Math.abs(state.volts) >= polarityVolts;
  if (!isTold) return state.candidate === undefined ? state : others;
  const now: Polarity = state.volts < 0 ? -1 : 1;
  if (state.polarity === undefined) {
    const from = state.candidate?.polarity === now ? state.candidate.from : at;
    return { ...others, candidate: { polarity: now, from } };
  }
  const { reversedFrom, ...straight } = others;
  return now === state.polarity ? straight : { ...straight, reversedFrom: reversedFrom ?? at };
}

function learned(state: PairState, at: MonoMs): PairState {
  if (state.candidate === undefined || !hasLasted(state.candidate.from, learnMs, at)) return state;
  const { candidate, ...others } = state;
  return { ...others, polarity: candidate.polarity };
}

// ---- the phone ---------------------------------------------------------------------------------------------------

const isHeld = ({ position, signal }: PairState): boolean => position === 'bypass' && signal === 'off-hook';
const draws = ({ milliamps }: PairState): boolean => Math.abs(milliamps) >= phoneMilliamps;
export const isInUse = (state: PairState): boolean =>
  state.config.measuresPhone && isHeld(state) && draws(state);

const withWork = (before: PairState, now: PairState, at: MonoMs): PairState =>
  isInUse(before) || isInUse(now) ? { ...now, workedAt: at } : now;

function withPhone(state: PairState, at: MonoMs): PairState {
  const { dryFrom, ...others } = state;
  const isDry = state.config.measuresPhone && isHeld(state) && !draws(state);
  return isDry ? { ...others, dryFrom: dryFrom ?? at } : others;
}

/** When the phone will have been off hook and quiet for long enough. */
function offHookAt(state: PairState): MonoMs {
  const quietFrom = monoMs(Math.max(heldFrom(state), state.spokeAt ?? 0));
  const isFromBefore =
    state.isSwitched &&
    state.since <= later(state.positionSince, atSwitchMs) &&
    (state.spokeAt ?? 0) < state.positionSince;
  return later(quietFrom, isFromBefore ? atSwitchQuietMs : state.config.phoneOffHookMs);
}

// ---- what is told ------------------------------------------------------------------------------------------------

/** The trunk's faults are the line's; the phone's are its seat's, where there is one. */
const subjectOf = ({ line, seat }: PairConfig, type: string): string =>
  type.startsWith('terminal.') ? (seat ?? line) : line;

const standing = (
  state: PairState,
  type: string,
  detail: Text,
  since: MonoMs,
  isKnown = true,
): Condition => ({
  key: { subject: subjectOf(state.config, type), type, qualifier: '' },
  state: isKnown ? 'active' : 'unknown',
  detail,
  since,
});

/** What is worth keeping over a restart: only what was seen. */
export const savedPolarities = (
  pairs: Readonly<Record<LineId, PairState>>,
): Readonly<Record<LineId, Polarity>> =>
  Object.fromEntries(
    Object.entries(pairs).flatMap(([id, { polarity }]) => (polarity === undefined ? [] : [[id, polarity]])),
  );

/** `isHeard`: the recorder listens. Without it nobody knows whether somebody speaks. */
export function conditions(state: PairState, isHeard: boolean, at: MonoMs): Condition[] {
  const { config, reversedFrom, dryFrom, signal, unansweredFrom } = state;
  const found: Condition[] = [];
  if (reversedFrom !== undefined && hasLasted(reversedFrom, reversedMs, at))
    found.push(
      standing(
        state,
        'line.reversed',
        text(`外线 ${config.trunk}`, `trunk ${config.trunk}`),
        reversedFrom,
        signal !== 'unknown',
      ),
    );
  if (dryFrom !== undefined && hasLasted(dryFrom, noCurrentMs, at))
    found.push(standing(state, 'terminal.phone-no-current', phone(config), dryFrom));
  else if (isHeld(state) && at >= offHookAt(state))
    found.push(
      standing(
        state,
        'terminal.phone-off-hook',
        text(`请挂好电话 ${config.phone}`, `hang up phone ${config.phone}`),
        heldFrom(state),
        isHeard,
      ),
    );
  if (unansweredFrom !== undefined || (signal === 'ringing' && isRungOut(state, at)))
    found.push(
      standing(state, 'terminal.phone-unanswered', phone(config), unansweredFrom ?? heldFrom(state)),
    );
  return found;
}

const phone = ({ phone: number, trunk }: PairConfig): Text =>
  text(`电话 ${number}（外线 ${trunk}）`, `phone ${number} (trunk ${trunk})`);
