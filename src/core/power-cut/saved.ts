/** What guard.json keeps of the plan, and how it is taken up again. Ages, because clocks restart; steps by what they do. */
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, later } from '../../model/units.ts';
import type { StepId } from '../../model/power-cut.ts';
import type { Text } from '../../model/text.ts';
import { keyOf, planned } from './plan.ts';
import type { BypassPart, Checked, Cut, Phase, PowerCutConfig, PowerCutState, StepLog } from './state.ts';
import { allSteps, stateOf } from './state.ts';

interface SavedStep {
  readonly key: string;
  readonly state: StepLog['state'];
  readonly ageMs: number;
  readonly by: string;
  readonly reason: Text;
  readonly askedAgeMs?: number;
  readonly times: number;
}

export interface SavedPowerCut {
  readonly version: 1;
  readonly cut?: {
    readonly id: string;
    readonly ageMs: number;
    readonly phase: Phase['kind'];
    readonly phaseAgeMs: number;
    readonly due: Readonly<Record<string, number>>;
    readonly steps: Readonly<Record<StepId, SavedStep>>;
    readonly checked: Readonly<Record<string, Checked>>;
    readonly bypass: BypassPart;
    readonly runtimeS?: number;
    readonly runtimeAgeMs?: number;
  };
  readonly forms?: { readonly cut: string; readonly ageMs: number };
}

export function initial(
  config: PowerCutConfig,
  saved: SavedPowerCut | undefined,
  awayMs: number,
  at: MonoMs,
): PowerCutState {
  const plan = planned(config.settings.stages, config.hosts, config.loads);
  const fresh: PowerCutState = { config, plan, at, cuts: 0, isFresh: false, savedAt: at };
  if (saved === undefined) return fresh;
  const moment = (ageMs: number): MonoMs => later(at, -(ageMs + awayMs));
  const { forms } = saved;
  const kept: PowerCutState = {
    ...fresh,
    ...(forms === undefined ? {} : { forms: { cut: forms.cut, since: moment(forms.ageMs) } }),
  };
  return saved.cut === undefined || plan.length === 0
    ? kept
    : { ...kept, isFresh: true, cut: resumed(kept, saved.cut, moment) };
}

/**
 * An orderly end that came before this start is over: if the mains are back, the room comes back; if not, the stage that ends
 * comes again. Timers of the return start anew.
 */
function resumed(
  state: PowerCutState,
  saved: NonNullable<SavedPowerCut['cut']>,
  moment: (ageMs: number) => MonoMs,
): Cut {
  const steps: Record<StepId, StepLog> = {};
  const times: Record<StepId, number> = {};
  for (const { id, action } of allSteps(state)) {
    const own = saved.steps[id];
    if (own === undefined || own.key !== keyOf(action) || action.kind === 'end') continue;
    const { state: kind, ageMs, by, reason, askedAgeMs } = own;
    times[id] = own.times;
    steps[id] = {
      state: kind,
      at: moment(ageMs),
      by,
      reason,
      ...(askedAgeMs === undefined ? {} : { askedAt: moment(askedAgeMs) }),
    };
  }
  const ends = new Set(
    state.plan
      .filter((stage) => stage.steps.some(({ action }) => action.kind === 'end'))
      .map((stage) => stage.number),
  );
  // Nobody saw the mains meanwhile: they must stay once more before the next load goes back, and stages come anew.
  const isRestarting = saved.phase === 'restarting';
  const due = Object.fromEntries(
    Object.entries(isRestarting ? {} : saved.due).flatMap(([number, ageMs]) =>
      ends.has(Number(number)) ? [] : [[Number(number), moment(ageMs)] as const],
    ),
  );
  const { runtimeS, runtimeAgeMs } = saved;
  const heardAt = runtimeAgeMs === undefined ? undefined : moment(runtimeAgeMs);
  // A battery that should be empty by now and is not was reckoned wrongly, or was changed: then nothing is known.
  const isStillLeft =
    runtimeS !== undefined && heardAt !== undefined && elapsedMs(heardAt, state.at) / 1000 < runtimeS;
  const since = saved.phase === 'on-battery' ? moment(saved.phaseAgeMs) : state.at;
  const phase: Phase =
    saved.phase === 'returning' || isRestarting
      ? { kind: 'returning', since, isGranted: false }
      : { kind: saved.phase, since };
  return {
    id: saved.id,
    since: moment(saved.ageMs),
    phase,
    due,
    heldMs: {},
    steps,
    times,
    checked: saved.checked,
    bypass: saved.bypass,
    isReturnSaid: false,
    ...(isStillLeft ? { runtime: { seconds: runtimeS, at: heardAt } } : {}),
  };
}

export function saved(state: PowerCutState): SavedPowerCut {
  const { at, cut, forms } = state;
  return {
    version: 1,
    ...(cut === undefined ? {} : { cut: savedCut(state, cut) }),
    ...(forms === undefined ? {} : { forms: { cut: forms.cut, ageMs: elapsedMs(forms.since, at) } }),
  };
}

function savedCut(state: PowerCutState, cut: Cut): NonNullable<SavedPowerCut['cut']> {
  const age = (moment: MonoMs): number => elapsedMs(moment, state.at);
  const steps = allSteps(state).flatMap(({ id, action }): readonly (readonly [StepId, SavedStep])[] => {
    const log = cut.steps[id];
    if (log === undefined || stateOf(cut, id) === 'waiting') return [];
    const { state: kind, at, by, reason, askedAt } = log;
    return [
      [
        id,
        {
          key: keyOf(action),
          state: kind,
          ageMs: age(at),
          by,
          reason,
          ...(askedAt === undefined ? {} : { askedAgeMs: age(askedAt) }),
          times: cut.times[id] ?? 1,
        },
      ],
    ];
  });
  return {
    id: cut.id,
    ageMs: age(cut.since),
    phase: cut.phase.kind,
    phaseAgeMs: age(cut.phase.since),
    due: Object.fromEntries(Object.entries(cut.due).map(([number, moment]) => [number, age(moment)])),
    steps: Object.fromEntries(steps),
    checked: cut.checked,
    bypass: cut.bypass,
    ...(cut.runtime === undefined
      ? {}
      : { runtimeS: cut.runtime.seconds, runtimeAgeMs: age(cut.runtime.at) }),
  };
}
