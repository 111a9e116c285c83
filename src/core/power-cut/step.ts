/**
 * The power-cut plan: what a room does while its batteries last, step by step, each step with its time, its person and what
 * came of it; and how it comes back, until somebody says "all clear" by name.
 *
 * - Stages come by "on battery" and by what runtime is left (core/power/supply.ts), and stay until the mains are back: what has
 *   been done is not done again for each flicker.
 * - Loads that were cut go back only when the mains have stayed, one group after the other. Mains that fail meanwhile lead
 *   back into the plan: it forgets nothing, and cuts again only what it had put back.
 * - Its own end is a state, not an exit: lines in bypass, recordings sealed, and then it waits for the supply to die. When the
 *   mains come back first, it asks to be started anew.
 *
 * Loads are levels (`outputs`): relays at rest feed them, so a dead linekeeper leaves them fed.
 */
import type { RoomEventOf } from '../../model/event.ts';
import type { Effect } from '../../model/effect.ts';
import type { BypassOrder } from '../../model/power-cut.ts';
import type { PointId } from '../../model/ids.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, hasLasted } from '../../model/units.ts';
import { text } from '../../model/text.ts';
import { commanded } from './commands.ts';
import type { Draft } from './draft.ts';
import { change, close, say } from './draft.ts';
import { mainsOf, runtimeLeftS } from './mains.ts';
import { isLoad, whenOf } from './plan.ts';
import type { Cut, Levels, Phase, PowerCutCommand, PowerCutState } from './state.ts';
import { allSteps, backMs, isReached, saveMs, shortCutMs, stateOf } from './state.ts';
import { again, answered, forgetWaiting, give, groupsOut, keepBypass, putBack, work } from './steps.ts';

export type PowerCutEvent =
  | { readonly kind: 'turn'; readonly at: MonoMs; readonly levels: Levels }
  | (Omit<RoomEventOf<'command'>, 'command'> & { readonly command: PowerCutCommand })
  | RoomEventOf<'host'>
  | RoomEventOf<'manual-forms'>;

export interface PowerCutStep {
  readonly state: PowerCutState;
  readonly effects: readonly Effect[];
  /** For the bypass, in the name of the plan. */
  readonly orders: readonly BypassOrder[];
}

export function step(before: PowerCutState, event: PowerCutEvent): PowerCutStep {
  const at = event.at > before.at ? event.at : before.at;
  const draft: Draft = { state: { ...before, at }, at, effects: [], orders: [] };
  switch (event.kind) {
    case 'turn':
      if (before.plan.length === 0 || (before.cut === undefined && event.levels.supply.mains !== 'failed'))
        return { state: { ...before, at, levels: event.levels }, effects: [], orders: [] };
      turn(draft, event.levels, elapsedMs(before.at, at));
      break;
    case 'command':
      commanded(draft, event);
      break;
    case 'host':
    case 'manual-forms':
      if (before.cut !== undefined) answered(draft, before.cut, event);
      break;
  }
  const { state, effects, orders } = draft;
  if (!isWorthSaving(before, state)) return { state, effects, orders };
  return { state: { ...state, savedAt: at }, effects: [...effects, { kind: 'save' }], orders };
}

function isWorthSaving(
  { cut: old, forms }: PowerCutState,
  { cut, forms: owed, savedAt, at }: PowerCutState,
): boolean {
  if (forms !== owed || old?.id !== cut?.id) return true;
  if (old === undefined || cut === undefined) return false;
  return (
    old.phase.kind !== cut.phase.kind ||
    old.due !== cut.due ||
    old.steps !== cut.steps ||
    old.checked !== cut.checked ||
    old.bypass !== cut.bypass ||
    (old.ended === undefined) !== (cut.ended === undefined) ||
    hasLasted(savedAt, saveMs, at)
  );
}

function turn(draft: Draft, levels: Levels, sinceMs: number): void {
  draft.state = { ...draft.state, levels };
  let cut = draft.state.cut ?? begun(draft);
  if (draft.state.isFresh) {
    for (const one of allSteps(draft.state)) if (stateOf(cut, one.id) === 'asked') give(draft, cut, one);
    draft.state = { ...draft.state, isFresh: false };
  }
  cut = withRuntime(draft, cut);
  if (cut.ended === undefined) cut = moved(draft, cut);
  else cut = afterEnd(draft, cut, cut.ended);
  if (draft.state.cut === undefined) return;
  if (cut.phase.kind === 'on-battery') cut = withStages(draft, cut, sinceMs);
  cut = keepBypass(draft, cut);
  work(draft, cut);
}

function begun(draft: Draft): Cut {
  const { state, at } = draft;
  const cuts = state.cuts + 1;
  const cut: Cut = {
    id: `${state.config.runId}-cut${cuts}`,
    since: at,
    phase: { kind: 'on-battery', since: at },
    due: {},
    heldMs: {},
    steps: {},
    times: {},
    checked: {},
    bypass: 'none',
    isReturnSaid: false,
  };
  draft.state = { ...state, cuts, cut };
  say(draft, cut.id, {
    what: 'phase',
    text: text('市电中断，UPS 电池供电', 'the mains have failed: the UPS runs on battery'),
  });
  return cut;
}

function withRuntime(draft: Draft, cut: Cut): Cut {
  const { levels } = draft.state;
  if (levels?.supply.mains !== 'failed') return cut;
  const { runtimeS, isReckoned } = levels.supply;
  const { runtime: _, ...rest } = cut;
  const heard: Cut = isReckoned ? rest : { ...rest, isReturnSaid: false };
  return change(draft, heard, runtimeS === undefined ? {} : { runtime: { seconds: runtimeS, at: draft.at } });
}

// ---- stages ------------------------------------------------------------------------------------------------------

/**
 * A stage has come when its condition has stood for its time. "On battery" adds up over the flickers of one cut; a runtime
 * starts anew with every better number.
 */
function withStages(draft: Draft, cut: Cut, sinceMs: number): Cut {
  const { plan, levels } = draft.state;
  if (mainsOf(draft.state, cut) === 'up') return cut;
  const left = runtimeLeftS(draft.state, cut);
  const isLow = levels?.supply.isLow === true;
  const heldMs: Record<number, number> = {};
  let now = cut;
  for (const stage of plan) {
    const { number, when, afterMs } = stage;
    if (now.due[number] !== undefined) continue;
    const isMet = when.kind === 'on-battery' || isLow || (left !== undefined && left * 1000 < when.belowMs);
    if (!isMet) continue;
    const before = cut.heldMs[number];
    const held = before === undefined ? 0 : before + sinceMs;
    heldMs[number] = held;
    if (held < afterMs) continue;
    now = change(draft, now, { due: { ...now.due, [number]: draft.at } });
    say(draft, cut.id, { what: 'stage', stage: number, text: whenOf(stage) });
  }
  return change(draft, now, { heldMs });
}

// ---- phases ------------------------------------------------------------------------------------------------------

function enter(draft: Draft, cut: Cut, phase: Phase, zh: string, en: string): Cut {
  const now = change(draft, cut, { phase });
  say(draft, cut.id, { what: 'phase', text: text(zh, en) });
  return now;
}

function moved(draft: Draft, cut: Cut): Cut {
  const { at } = draft;
  const mains = mainsOf(draft.state, cut);
  const { phase } = cut;
  if (phase.kind === 'on-battery')
    return mains === 'up'
      ? forgetWaiting(
          draft,
          enter(
            draft,
            cut,
            { kind: 'returning', since: at, stableFrom: at, isGranted: false },
            '市电恢复，等待稳定',
            'the mains are back; waiting until they have stayed',
          ),
        )
      : cut;
  if (mains === 'failed') {
    const back: Phase = { kind: 'on-battery', since: at };
    const [zh, en] = ['市电再次中断', 'the mains have failed again'];
    return enter(draft, phase.kind === 'returning' ? cut : again(draft, cut), back, zh, en);
  }
  switch (phase.kind) {
    case 'returning':
      return returning(draft, cut, phase, mains);
    case 'restarting':
      return restarting(draft, cut, phase);
    case 'checking':
      return checking(draft, cut);
  }
}

function returning(
  draft: Draft,
  cut: Cut,
  phase: Extract<Phase, { kind: 'returning' }>,
  mains: 'up' | 'unknown',
): Cut {
  const { at } = draft;
  const { back } = draft.state.config.settings;
  if (mains === 'unknown' && !phase.isGranted) {
    const { stableFrom: _, ...rest } = phase;
    return change(draft, cut, { phase: rest });
  }
  const stableFrom = phase.stableFrom ?? at;
  if (!isReached(cut)) {
    if (!hasLasted(stableFrom, shortCutMs, at))
      return change(draft, cut, { phase: { ...phase, stableFrom } });
    close(draft, cut, '短时停电，预案未启动', 'the cut was too short for the plan');
    return cut;
  }
  const percent = draft.state.levels?.supply.batteryPercent;
  const isCharged = percent === undefined || percent >= back.batteryPercent;
  if (phase.isGranted || (hasLasted(stableFrom, back.stableMs, at) && isCharged))
    return enter(
      draft,
      cut,
      { kind: 'restarting', since: at },
      '市电稳定，逐组恢复负载',
      'the mains have stayed: loads go back group by group',
    );
  return change(draft, cut, { phase: { ...phase, stableFrom } });
}

function restarting(draft: Draft, cut: Cut, phase: Extract<Phase, { kind: 'restarting' }>): Cut {
  const { at } = draft;
  const { lastAt } = phase;
  if (lastAt !== undefined && !hasLasted(lastAt, draft.state.config.settings.back.spacingMs, at)) return cut;
  const [group] = groupsOut(allSteps(draft.state), cut);
  if (group === undefined)
    return enter(
      draft,
      cut,
      { kind: 'checking', since: at },
      '负载已恢复，逐项检查后宣布解除',
      'loads are back: each subject is checked before the all-clear',
    );
  const now = change(draft, cut, { phase: { ...phase, lastAt: at } });
  say(draft, cut.id, {
    what: 'group-back',
    group,
    text: text(`负载组 ${group} 恢复`, `loads of ${group} go back`),
  });
  return putBack(draft, now, group);
}

function checking(draft: Draft, cut: Cut): Cut {
  const { config, levels } = draft.state;
  const seen = config.subjects.filter(
    ({ id }) => cut.checked[id] === undefined && levels?.verdicts[id] === 'up',
  );
  if (seen.length === 0) return cut;
  let now = cut;
  for (const { id, name } of seen) {
    now = change(draft, now, { checked: { ...now.checked, [id]: { kind: 'seen' } } });
    say(draft, cut.id, { what: 'check', text: text(`${name.zh} 已见正常`, `${name.en} was seen up`) });
  }
  return now;
}

/** The mains came back before the supply died: only a new start brings everything back. */
function afterEnd(draft: Draft, cut: Cut, ended: NonNullable<Cut['ended']>): Cut {
  if (ended.isRestartAsked) return cut;
  const { at } = draft;
  if (mainsOf(draft.state, cut) !== 'up') {
    const { backFrom: _, ...rest } = ended;
    return change(draft, cut, { ended: rest });
  }
  const backFrom = ended.backFrom ?? at;
  const isDue = hasLasted(backFrom, backMs, at);
  const now = change(draft, cut, { ended: { ...ended, backFrom, isRestartAsked: isDue } });
  if (!isDue) return now;
  draft.effects.push({ kind: 'restart', at });
  say(draft, cut.id, {
    what: 'phase',
    text: text('市电恢复，重新启动', 'the mains are back: starting anew'),
  });
  return now;
}

// ---- levels ------------------------------------------------------------------------------------------------------

/** Load relays; true = energised: the plan has switched this load. */
export function outputs(state: PowerCutState): Readonly<Record<PointId, boolean>> {
  const { cut } = state;
  const levels: Record<PointId, boolean> = Object.fromEntries(
    state.config.loads.map(({ point }) => [point, false]),
  );
  if (cut === undefined) return levels;
  for (const { id, action } of allSteps(state))
    if (isLoad(action) && stateOf(cut, id) === 'done') levels[action.point] = true;
  return levels;
}
