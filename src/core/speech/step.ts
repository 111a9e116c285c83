/**
 * What is said aloud, and when. One sentence at a time: first "lift the phone" for a caller who was cut off, then by severity, the new
 * ones before those that are repeated. Each is said again until it is acknowledged, silenced or held back by a quiet hour: it
 * goes by what the annunciator lets sound, so ear and horn hear the same. When many wait, the worst few are said and the rest
 * is one sentence with their number. A sentence that does not hold any more is broken off. Nothing waits in a queue: what is due is worked
 * out anew whenever the loudspeaker is free.
 */
import type { AlarmView } from '../../model/alarm.ts';
import { severities } from '../../model/alarm.ts';
import type { Effect } from '../../model/effect.ts';
import type { MonoMs } from '../../model/units.ts';
import { earlier, hasLasted, later } from '../../model/units.ts';
import type { Sentence, SpeechSettings } from '../../model/speech.ts';
import type { Text } from '../../model/text.ts';
import { alarmSentence, liftSentence, moreSentence } from './wording.ts';

/** Said by itself in one round; the rest of them is a number. */
const inRowMax = 3;
/** "Lift the phone" is urgent for the three minutes that a caller waits. */
export const liftRepeatMs = 15_000;
/** The loudspeaker did not answer: its thread has died with the sentence. */
export const answerMsMax = 90_000;

export interface SpeechConfig {
  readonly settings: Pick<SpeechSettings, 'repeatMs' | 'severities'>;
  readonly runId: string;
  /** Names of subjects, points and lines. */
  readonly names: ReadonlyMap<string, Text>;
  /** Bypass phone of each line. */
  readonly phones: ReadonlyMap<string, string>;
}

export type SpeechEvent = { readonly at: MonoMs } & (
  | {
      readonly kind: 'turn';
      readonly views: readonly AlarmView[];
      /** Ids of the alarms that may be heard now. The same array means that nothing has changed. */
      readonly heard: readonly string[];
    }
  | { readonly kind: 'spoken'; readonly id: string }
);

interface Item {
  readonly id: string;
  /** Smaller is more urgent; 0 is "lift the phone". */
  readonly urgency: number;
  readonly count: number;
  readonly since: MonoMs;
  readonly view: AlarmView;
}

export interface SpeechState {
  readonly config: SpeechConfig;
  readonly heard: readonly string[];
  readonly items: readonly Item[];
  /** When each was said last, and how often it had come by then. */
  readonly said: ReadonlyMap<string, { readonly at: MonoMs; readonly count: number }>;
  readonly speaking: { readonly id: string; readonly of: readonly string[]; readonly at: MonoMs } | undefined;
  /** Said one by one since the loudspeaker was last at rest. */
  readonly inRow: number;
  readonly sentences: number;
  /** When something is to be said next, if nothing changes. */
  readonly due: MonoMs | undefined;
}

export interface SpeechStep {
  readonly state: SpeechState;
  readonly effects: readonly Effect[];
}

export const initial = (config: SpeechConfig): SpeechState => ({
  config,
  ...{ heard: [], items: [], said: new Map(), speaking: undefined, inRow: 0, sentences: 0, due: undefined },
});

export const nextDeadline = ({ due }: SpeechState): MonoMs | undefined => due;

export function step(before: SpeechState, event: SpeechEvent): SpeechStep {
  const { at } = event;
  if (event.kind === 'spoken') {
    // Said to the end or not: repeated as ever, so that a loudspeaker that fails is not asked without pause.
    if (before.speaking?.id !== event.id) return { state: before, effects: [] };
    return spokenNext(withSaid({ ...before, speaking: undefined }, before.speaking.of, at), at);
  }
  const isSame = event.heard === before.heard;
  if (isSame && (before.due === undefined || at < before.due)) return { state: before, effects: [] };
  const state = isSame ? before : heardNow(before, event.views, event.heard);
  const { speaking } = state;
  if (speaking === undefined) return spokenNext(state, at);
  const isUrgent =
    !speaking.of.some(isLift(state.items)) && dueItems(state, at).some(({ urgency }) => urgency === 0);
  const holds = speaking.of.some((id) => state.items.some((item) => item.id === id));
  if (holds && !isUrgent && !hasLasted(speaking.at, answerMsMax, at))
    return { state: { ...state, due: later(speaking.at, answerMsMax) }, effects: [] };
  // What was broken off for something more urgent is said afterwards.
  const next = spokenNext({ ...state, speaking: undefined }, at);
  return { state: next.state, effects: [{ kind: 'hush' }, ...next.effects] };
}

const isLift =
  (items: readonly Item[]) =>
  (id: string): boolean =>
    items.some((item) => item.id === id && item.urgency === 0);

function heardNow(state: SpeechState, views: readonly AlarmView[], heard: readonly string[]): SpeechState {
  const { settings, phones } = state.config;
  const ids = new Set(heard);
  const items = views
    .filter(({ id }) => ids.has(id))
    .flatMap((view): Item[] => {
      const { id, severity, count, since, key } = view;
      const isCall = key.type === 'bypass.call-cut' && phones.has(key.subject);
      if (!isCall && !settings.severities.includes(severity)) return [];
      return [{ id, count, since, view, urgency: isCall ? 0 : 1 + severities.indexOf(severity) }];
    });
  const standing = new Set(items.map(({ id }) => id));
  const said = new Map([...state.said].filter(([id]) => standing.has(id)));
  return { ...state, heard, items, said };
}

const repeatMsOf = ({ config }: SpeechState, { urgency }: Item): number =>
  urgency === 0 ? Math.min(liftRepeatMs, config.settings.repeatMs) : config.settings.repeatMs;

function dueAt(state: SpeechState, item: Item): MonoMs | undefined {
  const last = state.said.get(item.id);
  return last === undefined || last.count < item.count ? undefined : later(last.at, repeatMsOf(state, item));
}

function dueItems(state: SpeechState, at: MonoMs): readonly Item[] {
  const isNew = ({ id }: Item): number => (state.said.has(id) ? 1 : 0);
  return state.items
    .filter((item) => {
      const due = dueAt(state, item);
      return due === undefined || at >= due;
    })
    .toSorted((a, b) => a.urgency - b.urgency || isNew(a) - isNew(b) || a.since - b.since);
}

function spokenNext(state: SpeechState, at: MonoMs): SpeechStep {
  const due = dueItems(state, at);
  const [first] = due;
  if (first === undefined) {
    const moments = state.items.map((item) => dueAt(state, item));
    return {
      state: { ...state, inRow: 0, due: moments.reduce<MonoMs | undefined>(earlier, undefined) },
      effects: [],
    };
  }
  const isMany = first.urgency > 0 && state.inRow >= inRowMax && due.length > 1;
  const of = isMany ? due.map(({ id }) => id) : [first.id];
  const sentences = state.sentences + 1;
  const id = `${state.config.runId}-say-${sentences}`;
  return {
    state: {
      ...state,
      sentences,
      speaking: { id, of, at },
      inRow: isMany ? 0 : state.inRow + (first.urgency > 0 ? 1 : 0),
      due: later(at, answerMsMax),
    },
    effects: [{ kind: 'speak', id, sentence: isMany ? moreSentence(due.length) : sentenceOf(state, first) }],
  };
}

function sentenceOf({ config }: SpeechState, { urgency, view }: Item): Sentence {
  const { subject } = view.key;
  return urgency === 0
    ? liftSentence(config.phones.get(subject) ?? '')
    : alarmSentence(view, config.names.get(subject));
}

function withSaid(state: SpeechState, ids: readonly string[], at: MonoMs): SpeechState {
  const said = new Map(state.said);
  for (const { id, count } of state.items) if (ids.includes(id)) said.set(id, { at, count });
  return { ...state, said };
}
