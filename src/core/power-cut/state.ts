/**
 * What the power-cut plan knows: the plan itself, and the cut that is on. A cut begins when the mains fail and ends with
 * the all-clear; mains that fail again before that are the same cut.
 */
import type { BypassReason, RoomBypassState } from '../../model/bypass.ts';
import type { Command } from '../../model/event.ts';
import type { MonoMs } from '../../model/units.ts';
import type { PlanHost, PowerCutSettings, StepId, StepState, Supply } from '../../model/power-cut.ts';
import type { SubjectId } from '../../model/ids.ts';
import type { Text } from '../../model/text.ts';
import type { Verdict } from '../../model/watch.ts';
import type { Load, PlannedStage, PlannedStep } from './plan.ts';

export interface PowerCutConfig {
  readonly settings: PowerCutSettings;
  readonly hosts: readonly PlanHost[];
  readonly loads: readonly Load[];
  readonly subjects: readonly { readonly id: SubjectId; readonly name: Text }[];
  /** The room has lines with a bypass relay. */
  readonly hasBypass: boolean;
  /** Drawn at every start: names of cuts begin with it. */
  readonly runId: string;
}

export type PowerCutCommand = Extract<Command, { readonly do: 'power-cut-done' | 'waive' | 'all-clear' }>;

/** What the plan sees of the bypass. */
export interface BypassLevel {
  readonly room: RoomBypassState;
  readonly reason: BypassReason;
  /** A person has ordered the restore that is going on. */
  readonly isRestoreOrdered: boolean;
  readonly isKeyTurned: boolean;
}

export interface Levels {
  readonly supply: Supply;
  readonly verdicts: Readonly<Record<SubjectId, Verdict>>;
  readonly bypass: BypassLevel;
}

export interface StepLog {
  readonly state: Exclude<StepState, 'pending'>;
  readonly at: MonoMs;
  /** `linekeeper`, or the name of a person. */
  readonly by: string;
  readonly reason: Text;
  /** When it was asked first: an answer, and the relay of its group, wait from here. */
  readonly askedAt?: MonoMs;
}

export type Checked =
  { readonly kind: 'seen' } | { readonly kind: 'waived'; readonly by: string; readonly reason: string };

export type Phase =
  | { readonly kind: 'on-battery'; readonly since: MonoMs }
  /** Mains are back; `stableFrom` absent: they cannot be seen at present. */
  | {
      readonly kind: 'returning';
      readonly since: MonoMs;
      readonly stableFrom?: MonoMs;
      readonly isGranted: boolean;
    }
  | { readonly kind: 'restarting'; readonly since: MonoMs; readonly lastAt?: MonoMs }
  | { readonly kind: 'checking'; readonly since: MonoMs };

/** `awaited`: the room is in bypass for another reason, which may end by itself · `ordered`: by us · `yielded`: a person restored. */
export type BypassPart = 'none' | 'awaited' | 'ordered' | 'yielded';

export interface Cut {
  readonly id: string;
  readonly since: MonoMs;
  readonly phase: Phase;
  /** Stages that have come since the mains failed last, by number. */
  readonly due: Readonly<Record<number, MonoMs>>;
  /** How long the condition of a stage has stood. */
  readonly heldMs: Readonly<Record<number, number>>;
  /** Absent: pending. */
  readonly steps: Readonly<Record<StepId, StepLog>>;
  /** How often each step was begun: a load that was put back may have to go again. */
  readonly times: Readonly<Record<StepId, number>>;
  readonly checked: Readonly<Record<SubjectId, Checked>>;
  readonly bypass: BypassPart;
  /** linekeeper has ended its work and waits for the supply to die; `backFrom`: mains are seen again. */
  readonly ended?: { readonly at: MonoMs; readonly backFrom?: MonoMs; readonly isRestartAsked: boolean };
  /** Runtime of the last turn on battery: after a restart it is what is left until a UPS speaks. */
  readonly runtime?: { readonly seconds: number; readonly at: MonoMs };
  /** A person says that the mains are back, while no UPS can be asked. */
  readonly isReturnSaid: boolean;
}

export interface PowerCutState {
  readonly config: PowerCutConfig;
  readonly plan: readonly PlannedStage[];
  readonly at: MonoMs;
  /** Absent before the first turn. */
  readonly levels?: Levels;
  readonly cuts: number;
  readonly cut?: Cut;
  /** Forms were given out in a cut: the calls on them are to be entered again. */
  readonly forms?: { readonly cut: string; readonly since: MonoMs };
  /** Orders that were out before the restart must be given again. */
  readonly isFresh: boolean;
  readonly savedAt: MonoMs;
}

export const linekeeper = 'linekeeper';

/** An answer of a host is awaited so long; then the relay of its group opens all the same: the battery is for the telephones. */
export const hostMs = 180_000;
/** A load that was put back is not cut again before this: contactors, compressors and power supplies do not like it. */
export const restMs = 60_000;
export const formsMs = 60_000;
/** Mains that stay so long end a cut of which no stage had come. */
export const shortCutMs = 60_000;
/** After the orderly end: mains that stay so long are worth a new start. */
export const backMs = 30_000;
/** What changes all the time is saved so often. */
export const saveMs = 30_000;

export const allSteps = ({ plan }: PowerCutState): readonly PlannedStep[] =>
  plan.flatMap(({ steps }) => steps);

export const stepOf = (state: PowerCutState, id: StepId): PlannedStep | undefined =>
  allSteps(state).find((step) => step.id === id);

export const stateOf = (cut: Cut, id: StepId): StepState => cut.steps[id]?.state ?? 'pending';

export const isReached = (cut: Cut): boolean =>
  Object.keys(cut.steps).length > 0 || Object.keys(cut.due).length > 0;
