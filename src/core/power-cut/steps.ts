/**
 * Doing what the stages ask: each step is begun once, in order, when its stage has come; then it goes on by itself, by an
 * answer, or by a person.
 *
 * A host is asked before the relay of its group opens, and the relay waits for the answer, but not for ever. A relay whose
 * host somebody wants to keep is not opened.
 */
import type { RoomEventOf } from '../../model/event.ts';
import { elapsedMs, hasLasted } from '../../model/units.ts';
import { orderOf } from '../../model/power-cut.ts';
import type { StepAction } from '../../model/power-cut.ts';
import { text } from '../../model/text.ts';
import type { Draft } from './draft.ts';
import { change, mark } from './draft.ts';
import type { PlannedStep } from './plan.ts';
import { groupOf, isLoad, whatOf } from './plan.ts';
import type { Cut } from './state.ts';
import { allSteps, formsMs, hostMs, restMs, stateOf } from './state.ts';

/** Every stage that has come, in order: begins what has not begun, and goes on with what waits. */
export function work(draft: Draft, cut: Cut): Cut {
  let now = cut;
  const isOn = now.phase.kind === 'on-battery';
  for (const stage of draft.state.plan) {
    for (const step of stage.steps) {
      const state = stateOf(now, step.id);
      if (isOn && now.due[stage.number] !== undefined && isReady(draft, now, step))
        now = begin(draft, now, step);
      else if (isOn && state === 'waiting') now = load(draft, now, step);
      else if (state === 'asked') now = hurry(draft, now, step);
    }
  }
  return now;
}

/** Not begun, or undone; what has just got its power back keeps it for a while. */
function isReady({ at }: Draft, cut: Cut, { id, action }: PlannedStep): boolean {
  const log = cut.steps[id];
  if (log === undefined) return true;
  return log.state === 'back' && (groupOf(action) === undefined || hasLasted(log.at, restMs, at));
}

function begin(draft: Draft, cut: Cut, step: PlannedStep): Cut {
  const { id, action } = step;
  const times = { ...cut.times, [id]: (cut.times[id] ?? 0) + 1 };
  const now = change(draft, cut, { times });
  switch (action.kind) {
    case 'announce':
    case 'suspend-outbound':
      return mark(draft, now, step, 'done', whatOf(action));
    case 'tell':
      return mark(draft, now, step, 'open', whatOf(action));
    case 'manual-forms':
    case 'shut-host': {
      const asked = mark(draft, now, step, 'asked', whatOf(action));
      give(draft, asked, step);
      return asked;
    }
    case 'open-load':
    case 'close-load':
      return load(draft, now, step);
    case 'bypass-when-idle':
      return toBypass(draft, now, step);
    case 'end': {
      const ending = change(draft, now, { ended: { at: draft.at, isRestartAsked: false } });
      draft.effects.push({ kind: 'power-end', at: draft.at });
      return mark(draft, ending, step, 'done', whatOf(action));
    }
  }
}

/** The order of a step, again with the same name after a restart. */
export function give({ effects, at }: Draft, cut: Cut, { id, action }: PlannedStep): void {
  const order = orderOf(cut.id, id, cut.times[id] ?? 1);
  if (action.kind === 'shut-host') effects.push({ kind: 'shut-host', host: action.host, order, at });
  if (action.kind === 'manual-forms') effects.push({ kind: 'manual-forms', order, at });
}

function load(draft: Draft, cut: Cut, step: PlannedStep): Cut {
  const { action, id } = step;
  if (action.kind === 'open-load') {
    const hosts = hostsOf(draft, action.group);
    const kept = hosts.find((host) => stateOf(cut, host.id) === 'waived');
    if (kept !== undefined) {
      const reason = text(
        `主机须保留，不断电：${whatOf(kept.action).zh}`,
        `a host is kept on: ${whatOf(kept.action).en}`,
      );
      return mark(draft, cut, step, 'waived', reason, cut.steps[kept.id]?.by);
    }
    if (hosts.some((host) => isAwaited(draft, cut, host)))
      return stateOf(cut, id) === 'waiting'
        ? cut
        : mark(
            draft,
            cut,
            step,
            'waiting',
            text('等待主机关闭', 'waits until the hosts of its group are down'),
          );
  }
  return mark(draft, cut, step, 'done', whatOf(action));
}

const hostsOf = ({ state }: Draft, group: string): readonly PlannedStep[] =>
  allSteps(state).filter(({ action }) => action.kind === 'shut-host' && action.group === group);

/** Not down yet as far as we know, and the time for it is not over. */
function isAwaited({ at }: Draft, cut: Cut, { id }: PlannedStep): boolean {
  const log = cut.steps[id];
  if (log === undefined || (log.state !== 'asked' && log.state !== 'failed')) return false;
  return log.askedAt !== undefined && elapsedMs(log.askedAt, at) < hostMs;
}

/** No answer is an answer too, after a while. */
function hurry(draft: Draft, cut: Cut, step: PlannedStep): Cut {
  const { askedAt } = cut.steps[step.id] ?? {};
  const limitMs = step.action.kind === 'manual-forms' ? formsMs : hostMs;
  if (step.action.kind === 'bypass-when-idle' || askedAt === undefined) return cut;
  if (!hasLasted(askedAt, limitMs, draft.at)) return cut;
  const minutes = limitMs / 60_000;
  return mark(
    draft,
    cut,
    step,
    'failed',
    text(`${minutes} 分钟内没有答复`, `no answer within ${minutes} min`),
  );
}

function toBypass(draft: Draft, cut: Cut, step: PlannedStep): Cut {
  const { config, levels } = draft.state;
  if (!config.hasBypass)
    return mark(draft, cut, step, 'impossible', text('没有旁路继电器', 'no line has a bypass relay'));
  const room = levels?.bypass.room;
  if (room === 'held' || room === 'tripped') {
    const reason = text('机房已在旁路', 'the room is in bypass already');
    return mark(draft, change(draft, cut, { bypass: 'awaited' }), step, 'done', reason);
  }
  orderBypass(draft);
  return mark(draft, change(draft, cut, { bypass: 'ordered' }), step, 'done', whatOf(step.action));
}

const orderBypass = ({ orders }: Draft): number => orders.push({ do: 'bypass', mode: 'planned' });

/** Keeps the lines where the plan wants them, unless a person took them back; after the cut, gives back what it took. */
export function keepBypass(draft: Draft, cut: Cut): Cut {
  const level = draft.state.levels?.bypass;
  if (level === undefined || cut.bypass === 'none' || cut.bypass === 'yielded') return cut;
  const isIn = level.room === 'held' || level.room === 'tripped';
  switch (cut.phase.kind) {
    case 'returning':
    case 'restarting':
      return cut;
    case 'on-battery':
      if (isIn) return cut;
      if (cut.bypass === 'awaited' && !level.isRestoreOrdered) {
        orderBypass(draft);
        return change(draft, cut, { bypass: 'ordered' });
      }
      return change(draft, cut, { bypass: 'yielded' });
    case 'checking': {
      const step = allSteps(draft.state).find(({ action }) => action.kind === 'bypass-when-idle');
      const isOurs = cut.bypass === 'ordered' && level.room === 'held' && level.reason === 'power-cut';
      if (isOurs && level.isKeyTurned) return cut;
      const now = change(draft, cut, { bypass: 'none' });
      if (isOurs) draft.orders.push({ do: 'reset-bypass' });
      return step === undefined || stateOf(now, step.id) !== 'done'
        ? now
        : mark(
            draft,
            now,
            step,
            'back',
            isOurs
              ? text('交换机持续正常后恢复', 'lines go back when the PBX has stayed up')
              : text('旁路由他人决定', 'the bypass is for others to decide'),
          );
    }
  }
}

// ---- answers -----------------------------------------------------------------------------------------------------

export function answered(
  draft: Draft,
  cut: Cut,
  event: RoomEventOf<'host'> | RoomEventOf<'manual-forms'>,
): Cut {
  const step = allSteps(draft.state).find(
    ({ id, action }) => isMeant(action, event) && orderOf(cut.id, id, cut.times[id] ?? 1) === event.order,
  );
  if (step === undefined) return cut;
  const state = stateOf(cut, step.id);
  if (state !== 'asked' && state !== 'failed') return cut;
  switch (event.outcome) {
    case 'asked':
      return cut;
    case 'confirmed':
      return mark(draft, cut, step, 'done', event.reason);
    case 'printed':
    case 'shown':
      oweForms(draft, cut);
      return mark(draft, cut, step, 'done', event.reason);
    case 'refused':
    case 'failed':
      return state === 'failed' ? cut : mark(draft, cut, step, 'failed', event.reason);
  }
}

const isMeant = (action: StepAction, event: RoomEventOf<'host'> | RoomEventOf<'manual-forms'>): boolean =>
  event.kind === 'host'
    ? action.kind === 'shut-host' && action.host === event.host
    : action.kind === 'manual-forms';

export function oweForms(draft: Draft, cut: Cut): void {
  draft.state = { ...draft.state, forms: draft.state.forms ?? { cut: cut.id, since: draft.at } };
}

// ---- back --------------------------------------------------------------------------------------------------------

const isOut = (cut: Cut, { id, action }: PlannedStep): boolean => {
  const state = stateOf(cut, id);
  return groupOf(action) !== undefined && (state === 'done' || state === 'failed' || state === 'asked');
};

/** Groups that the plan has switched, in the order in which they go back: the last one first, it was the most wanted. */
export function groupsOut(steps: readonly PlannedStep[], cut: Cut): readonly string[] {
  const groups = steps.filter((step) => isOut(cut, step)).flatMap(({ action }) => groupOf(action) ?? []);
  return [...new Set(groups)].reverse();
}

export function putBack(draft: Draft, cut: Cut, group: string): Cut {
  let now = cut;
  for (const step of allSteps(draft.state))
    if (groupOf(step.action) === group && isOut(now, step))
      now = mark(
        draft,
        now,
        step,
        'back',
        isLoad(step.action)
          ? text(`${step.action.name.zh} 恢复原状`, `${step.action.name.en} is as before the cut`)
          : text(
              `${whatOf(step.action).zh}：可以开机`,
              `${whatOf(step.action).en}: may be switched on again`,
            ),
      );
  return now;
}

/** Relays that wait for a host wait no more: the mains are back. */
export function forgetWaiting(draft: Draft, cut: Cut): Cut {
  const steps = Object.fromEntries(Object.entries(cut.steps).filter(([, { state }]) => state !== 'waiting'));
  return change(draft, cut, { steps });
}

/** The mains failed again after loads had gone back: what can be said twice is said again, and stages come anew. */
export function again(draft: Draft, cut: Cut): Cut {
  const said = allSteps(draft.state).filter(
    ({ action }) => action.kind === 'announce' || action.kind === 'suspend-outbound',
  );
  const steps = Object.fromEntries(
    Object.entries(cut.steps).filter(
      ([id, { state }]) => state === 'waived' || !said.some((one) => one.id === id),
    ),
  );
  const checked = Object.fromEntries(Object.entries(cut.checked).filter(([, { kind }]) => kind === 'waived'));
  return change(draft, cut, { steps, due: {}, heldMs: {}, checked });
}
