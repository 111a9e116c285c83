/**
 * The test of one spare extension: when it may run, what it listens for, what it proves. The only test of what a caller meets
 * that needs no caller: a PBX whose processor stands still answers its network and gives no dial tone.
 *
 * It goes off hook like a telephone and so must never be in the way of one. It never seizes a pair that rings, that rang a
 * moment ago or that somebody else holds; it is on hook again within `seizedMsMax`, whatever happens; it asks more often in
 * doubt, and never more often than `suspectMs`. The hook is a level (`isSeized`): whoever drives it repeats it.
 *
 * What our own card cannot do or does not tell is `unknown`, never `down`.
 */
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, hasLasted } from '../../model/units.ts';
import type { Says } from '../../model/watch.ts';
import type { Sound } from '../../model/tone.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { Heard } from './heard.ts';
import { dialToneIn, hasOtherSound, hear, isDeaf, isRefused, nothingHeard, toneGoesOn } from './heard.ts';
import {
  closeMs,
  droppedMs,
  emptyMs,
  emptyVolts,
  followMs,
  freshMs,
  loopMilliamps,
  onHookVolts,
  openMs,
  quietMs,
  ringHzMax,
  ringHzMin,
  ringVoltsMin,
  seizedMsMax,
  toneMs,
} from './limits.ts';

export interface DialToneConfig {
  /** As people know it: `card-c/1`. */
  readonly extension: string;
  readonly everyMs: number;
  /** Shortest time from one test to the next. */
  readonly suspectMs: number;
}

export type DialToneEvent = { readonly at: MonoMs } & (
  | { readonly kind: 'turn' }
  /** `canHook`: the card has loop-closing parts. */
  | { readonly kind: 'link'; readonly isUp: boolean; readonly canHook: boolean }
  /** 20 ms of the channel. */
  | {
      readonly kind: 'loop';
      readonly volts: number;
      readonly milliamps: number;
      readonly ringVolts: number;
      readonly ringHz: number;
    }
  /** 20 ms of its sound; `at`: their end. */
  | { readonly kind: 'sound'; readonly sound: Sound }
  /** The card did not obey. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'suspect'; readonly on: boolean }
);

type Phase =
  | { readonly kind: 'resting' }
  | { readonly kind: 'seizing'; readonly since: MonoMs }
  | {
      readonly kind: 'listening';
      readonly since: MonoMs;
      readonly heard: Heard;
      readonly droppedFrom?: MonoMs;
    }
  /** The order to release is out; the loop still has to open. */
  | { readonly kind: 'releasing'; readonly since: MonoMs };

interface Loop {
  readonly at: MonoMs;
  readonly milliamps: number;
  /** On hook and without ring since; absent: it is not. */
  readonly quietFrom?: MonoMs;
  readonly emptyFrom?: MonoMs;
}

export interface DialToneState {
  readonly config: DialToneConfig;
  readonly phase: Phase;
  readonly isUp: boolean;
  readonly canHook: boolean;
  readonly loop?: Loop;
  readonly isSuspect: boolean;
  /** Begin of the last test, or of what stood for one. */
  readonly testedAt?: MonoMs;
  /** Since when a test is due and cannot run; told once a period. */
  readonly putOffFrom?: MonoMs;
}

export interface DialToneNews {
  readonly says: Says;
  readonly reason: Text;
  readonly values?: Readonly<Record<string, number | string | boolean>>;
}

export interface DialToneStep {
  readonly state: DialToneState;
  readonly news?: DialToneNews;
}

export const initial = (config: DialToneConfig): DialToneState => ({
  config,
  phase: { kind: 'resting' },
  isUp: false,
  canHook: false,
  isSuspect: false,
});

/** The level of the loop switch. */
export const isSeized = ({ phase }: DialToneState): boolean =>
  phase.kind === 'seizing' || phase.kind === 'listening';
export const isListening = ({ phase }: DialToneState): boolean => phase.kind === 'listening';
/** The card was told to release and current still flows. */
export const isStuck = ({ phase, loop }: DialToneState, at: MonoMs): boolean =>
  phase.kind === 'releasing' && hasLasted(phase.since, openMs, at) && flows(loop);

/** Rules that the test may never break. */
export function check(state: DialToneState, at: MonoMs): readonly string[] {
  const { phase, isUp, config, testedAt } = state;
  if (!isSeized(state)) return [];
  const broken: string[] = [];
  if (!isUp) broken.push(`dial tone: ${config.extension} is seized over a dead link`);
  if (testedAt === undefined || elapsedMs(testedAt, at) > seizedMsMax + freshMs)
    broken.push(`dial tone: ${config.extension} is seized for too long (${phase.kind})`);
  return broken;
}

export function step(before: DialToneState, event: DialToneEvent): DialToneStep {
  const { at } = event;
  switch (event.kind) {
    case 'turn':
      return turn(before, at);
    case 'link':
      return { state: linkChanged(before, event.isUp, event.canHook) };
    case 'suspect':
      return { state: { ...before, isSuspect: event.on } };
    case 'loop':
      return turn(loopRead(before, event), at, event);
    case 'sound': {
      const { phase } = before;
      if (phase.kind !== 'listening') return { state: before };
      return turn({ ...before, phase: { ...phase, heard: hear(phase.heard, event.sound, at) } }, at);
    }
    case 'refused':
      return isSeized(before)
        ? over(before, at, cannot('线路卡拒绝摘机', 'the card refuses to seize it'))
        : { state: before };
    default:
      return event satisfies never;
  }
}

/** A new session knows nothing of the old one, and the card has released by itself: the test is dropped and says nothing. */
function linkChanged(before: DialToneState, isUp: boolean, canHook: boolean): DialToneState {
  if (isUp && before.isUp) return { ...before, canHook };
  const { config, isSuspect, testedAt } = before;
  return {
    config,
    phase: { kind: 'resting' },
    isUp,
    canHook,
    isSuspect,
    ...(testedAt === undefined ? {} : { testedAt }),
  };
}

type LoopEvent = Extract<DialToneEvent, { kind: 'loop' }>;

const isRing = ({ ringVolts, ringHz }: LoopEvent): boolean =>
  ringVolts >= ringVoltsMin && ringHz >= ringHzMin && ringHz <= ringHzMax;
const flows = (loop: Loop | undefined): boolean => Math.abs(loop?.milliamps ?? 0) >= loopMilliamps;

function loopRead(before: DialToneState, event: LoopEvent): DialToneState {
  const { at, milliamps } = event;
  const volts = Math.abs(event.volts);
  const isNew = before.loop === undefined || elapsedMs(before.loop.at, at) > freshMs;
  const held = isNew ? undefined : before.loop;
  const isQuiet = !isSeized(before) && volts >= onHookVolts && !isRing(event);
  const isEmpty = !isSeized(before) && volts < emptyVolts && !isRing(event);
  const loop: Loop = {
    at,
    milliamps,
    ...(isQuiet ? { quietFrom: held?.quietFrom ?? at } : {}),
    ...(isEmpty ? { emptyFrom: held?.emptyFrom ?? at } : {}),
  };
  return { ...before, loop };
}

function turn(state: DialToneState, at: MonoMs, event?: LoopEvent): DialToneStep {
  const { phase, testedAt } = state;
  if (isSeized(state) && testedAt !== undefined && hasLasted(testedAt, seizedMsMax, at))
    return over(state, at, phase.kind === 'listening' ? silence(phase.heard, at) : noCurrent);
  switch (phase.kind) {
    case 'resting':
      return rest(state, at, event);
    case 'seizing':
      return seizing(state, phase.since, at, event);
    case 'listening':
      return listening(state, phase, at);
    case 'releasing':
      return flows(state.loop) || !isFresh(state.loop, at)
        ? { state }
        : { state: { ...state, phase: { kind: 'resting' } } };
    default:
      return phase satisfies never;
  }
}

const isFresh = (loop: Loop | undefined, at: MonoMs): loop is Loop =>
  loop !== undefined && elapsedMs(loop.at, at) <= freshMs;

// ---- before ------------------------------------------------------------------------------------------------------

function rest(state: DialToneState, at: MonoMs, event: LoopEvent | undefined): DialToneStep {
  const { config, isSuspect, testedAt, isUp, canHook, loop } = state;
  const everyMs = isSuspect ? Math.min(config.suspectMs, config.everyMs) : config.everyMs;
  // A card that is away is told by its path.
  if (!isUp || (testedAt !== undefined && !hasLasted(testedAt, everyMs, at))) return { state };
  if (!canHook) return said(state, at, cannot('线路卡没有摘机电路', 'its card has no parts to go off hook'));
  if (!isFresh(loop, at)) return putOff(state, at, '没有读数', 'no readings of the channel');
  if (loop.emptyFrom !== undefined && hasLasted(loop.emptyFrom, emptyMs, at)) return said(state, at, noFeed);
  if (loop.quietFrom === undefined) return putOff(state, at, '分机正在振铃或被占用', 'it rings or is in use');
  // Only on what is seen at this very moment.
  if (event === undefined || !hasLasted(loop.quietFrom, quietMs, at)) return { state };
  const { putOffFrom: _over, ...free } = state;
  return { state: { ...free, phase: { kind: 'seizing', since: at }, testedAt: at } };
}

/** Nothing is said at once: what the last test found is still as good as it was. */
function putOff(state: DialToneState, at: MonoMs, zh: string, en: string): DialToneStep {
  const { putOffFrom = at, config } = state;
  if (!hasLasted(putOffFrom, config.everyMs, at)) return { state: { ...state, putOffFrom } };
  return said(state, at, cannot(`${zh}，一直未能测试`, `${en}: it could not be tested for a whole period`));
}

/** A word without a test. */
function said(state: DialToneState, at: MonoMs, outcome: Outcome): DialToneStep {
  const { putOffFrom: _over, ...free } = state;
  return { state: { ...free, testedAt: at }, news: outcome(state.config.extension) };
}

// ---- off hook ----------------------------------------------------------------------------------------------------

function seizing(
  state: DialToneState,
  since: MonoMs,
  at: MonoMs,
  event: LoopEvent | undefined,
): DialToneStep {
  if (event !== undefined && isRing(event))
    return over(state, at, cannot('摘机时恰好来电', 'it rang at the moment of the test'));
  if (isFresh(state.loop, at) && flows(state.loop) && elapsedMs(since, state.loop.at) > 0)
    return { state: { ...state, phase: { kind: 'listening', since: at, heard: nothingHeard(at) } } };
  if (!hasLasted(since, closeMs, at)) return { state };
  return over(
    state,
    at,
    isFresh(state.loop, at) ? noCurrent : cannot('没有读数', 'no readings of the channel'),
  );
}

function listening(
  state: DialToneState,
  phase: Extract<Phase, { kind: 'listening' }>,
  at: MonoMs,
): DialToneStep {
  const { heard, since } = phase;
  const tone = dialToneIn(heard);
  if (tone !== undefined) return over(state, at, heardTone(tone));
  if (isRefused(heard)) return over(state, at, busy);
  if (!flows(state.loop)) {
    const droppedFrom = phase.droppedFrom ?? at;
    if (hasLasted(droppedFrom, droppedMs, at))
      return over(
        state,
        at,
        isFresh(state.loop, at) ? dropped : cannot('没有读数', 'no readings of the channel'),
      );
    return { state: { ...state, phase: { ...phase, droppedFrom } } };
  }
  const limitMs = toneGoesOn(heard, at) ? toneMs + followMs : toneMs;
  if (hasLasted(since, limitMs, at)) return over(state, at, silence(heard, at));
  const { droppedFrom: _back, ...still } = phase;
  return phase.droppedFrom === undefined ? { state } : { state: { ...state, phase: still } };
}

/** The hook goes down with the same step that speaks. */
const over = (state: DialToneState, at: MonoMs, outcome: Outcome): DialToneStep => ({
  state: { ...state, phase: { kind: 'releasing', since: at } },
  news: outcome(state.config.extension),
});

// ---- words -------------------------------------------------------------------------------------------------------

type Outcome = (extension: string) => DialToneNews;

const down =
  (zh: (extension: string) => string, en: (extension: string) => string): Outcome =>
  (extension) => ({ says: 'down', reason: text(zh(extension), en(extension)) });

const cannot =
  (zh: string, en: string): Outcome =>
  (extension) => ({ says: 'unknown', reason: text(`${extension} ${zh}`, `${extension}: ${en}`) });

const noFeed = down(
  (extension) => `${extension} 无馈电：交换机断电，或线对断开`,
  (extension) => `no voltage on ${extension}: the PBX has no power, or the pair is open`,
);
const noCurrent = down(
  (extension) => `${extension} 摘机后无环路电流：线对断开`,
  (extension) => `no loop current on ${extension}: the pair is open, or the port is dead`,
);
const dropped = down(
  (extension) => `${extension} 摘机后环路电流中断：交换机未提供服务`,
  (extension) => `the loop current of ${extension} ceased: the PBX does not serve this extension`,
);
const busy = down(
  (extension) => `${extension} 听到忙音，没有拨号音`,
  (extension) => `busy tone instead of dial tone on ${extension}`,
);

function silence(heard: Heard, at: MonoMs): Outcome {
  if (isDeaf(heard, at)) return cannot('线路卡没有送来声音', 'its card sent no sound');
  const seconds = toneMs / 1000;
  return hasOtherSound(heard)
    ? down(
        (extension) => `${extension} 在 ${seconds} 秒内没有拨号音，只有别的声音`,
        (extension) => `no dial tone within ${seconds} s on ${extension}, but another sound`,
      )
    : down(
        (extension) => `${extension} 在 ${seconds} 秒内没有拨号音：交换机未服务此分机`,
        (extension) =>
          `no dial tone within ${seconds} s on ${extension}: the PBX does not serve this extension`,
      );
}

const heardTone =
  ({ hz, levelDbm, afterMs, isSpecial }: NonNullable<ReturnType<typeof dialToneIn>>): Outcome =>
  (extension) => ({
    says: 'up',
    reason: text(
      `${extension} 有${isSpecial ? '特种' : ''}拨号音 ${hz} Hz，${levelDbm} dBm，${Math.round(afterMs)} 毫秒`,
      `${isSpecial ? 'special ' : ''}dial tone on ${extension}: ${hz} Hz, ${levelDbm} dBm, after ${Math.round(afterMs)} ms`,
    ),
    values: { toneHz: hz, levelDbm, toneMs: Math.round(afterMs), ...(isSpecial ? { special: true } : {}) },
  });
