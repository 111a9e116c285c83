/**
 * The power-cut plan of a room, as the room file gives it, and what people see of a cut. A plan is a row of stages; each
 * stage has actions, and each action becomes steps: one for every host, relay or person that it concerns.
 */
import type { Command } from './event.ts';
import type { HostId, OrderId, PointId, SubjectId } from './ids.ts';
import type { MonoMs } from './units.ts';
import type { Text } from './text.ts';

/** What feeds the room, as far as its UPSes tell. */
export interface Supply {
  readonly mains: 'up' | 'failed' | 'unknown';
  /** Least of the UPSes on battery; absent where nobody can tell. */
  readonly runtimeS?: number;
  /** A battery is nearly empty, whatever runtime it claims. */
  readonly isLow: boolean;
  /** Least charge of all UPSes that tell it. */
  readonly batteryPercent?: number;
  /** No UPS that is on battery can be asked at present: reckoned by the clock from its last words. */
  readonly isReckoned: boolean;
}

export type PlanAction =
  | {
      readonly kind: 'announce' | 'suspend-outbound' | 'manual-forms' | 'bypass-when-idle' | 'end';
    }
  /** Hosts of the group are shut down, then its load relays open. */
  | { readonly kind: 'shut'; readonly group: string }
  /** Load relays of the group close: emergency lights. */
  | { readonly kind: 'start'; readonly group: string }
  /** A person is told by a person, who ticks it off. */
  | { readonly kind: 'tell'; readonly name: string; readonly phone: string; readonly role: string };

export interface PlanStage {
  /** `on-battery`: as soon as a UPS of the room runs from its battery. */
  readonly when: { readonly kind: 'on-battery' } | { readonly kind: 'runtime'; readonly belowMs: number };
  /** The condition must stand this long: a flicker of the mains is no cut, one strange number is no empty battery. */
  readonly afterMs: number;
  readonly actions: readonly PlanAction[];
}

/** What a plan needs to know of a computer; how it is asked is the driver's business. */
export interface PlanHost {
  readonly id: HostId;
  readonly name: Text;
  readonly group: string;
}

export interface PowerReturnSettings {
  /** The mains must stay this long, and the batteries must hold so much, before loads go back. */
  readonly stableMs: number;
  readonly batteryPercent: number;
  /** Between two groups of loads: their in-rush. */
  readonly spacingMs: number;
  /** What a person has not done is called to mind after so long. */
  readonly remindMs: number;
}

export interface PowerCutSettings {
  /** Empty: nothing happens in a power cut. */
  readonly stages: readonly PlanStage[];
  readonly back: PowerReturnSettings;
}

/** `<stage>.<n>`, both counted from 1 in the order of the room file. */
export type StepId = string;

export type StepAction =
  | Exclude<PlanAction, { readonly kind: 'shut' | 'start' }>
  | { readonly kind: 'shut-host'; readonly host: HostId; readonly group: string; readonly name: Text }
  | {
      readonly kind: 'open-load' | 'close-load';
      readonly point: PointId;
      readonly group: string;
      readonly name: Text;
    };

/**
 * `pending`: its stage has not come · `waiting`: for another step · `asked`: for an answer · `open`: for a person ·
 * `back`: undone after the cut · `impossible`: there is nothing that could do it.
 */
export type StepState =
  'pending' | 'waiting' | 'asked' | 'open' | 'done' | 'failed' | 'waived' | 'back' | 'impossible';

/** `returning`: mains are back, not yet trusted · `restarting`: loads go back · `checking`: until somebody gives the all-clear. */
export type PowerCutPhase = 'ready' | 'on-battery' | 'ended' | 'returning' | 'restarting' | 'checking';

export interface StepView {
  readonly id: StepId;
  readonly what: Text;
  readonly state: StepState;
  /** A person may tick it off, or waive it. */
  readonly isForPeople: boolean;
  readonly at?: MonoMs;
  /** `linekeeper`, or the name of a person. */
  readonly by?: string;
  readonly reason?: Text;
}

export interface StageView {
  readonly number: number;
  readonly when: Text;
  readonly dueAt?: MonoMs;
  readonly steps: readonly StepView[];
}

export interface CheckView {
  readonly subject: SubjectId;
  readonly name: Text;
  readonly state: 'awaited' | 'seen' | 'waived';
  readonly by?: string;
  readonly reason?: string;
}

export interface PowerCutView {
  readonly phase: PowerCutPhase;
  /** Beginning of the cut, and of the present phase. */
  readonly cutAt?: MonoMs;
  readonly phaseAt?: MonoMs;
  /** Least of all UPSes on battery, the worse of what they say and what is reckoned. */
  readonly runtimeS?: number;
  readonly isLow: boolean;
  readonly stages: readonly StageView[];
  /** Groups of loads that the plan has switched and not yet put back. */
  readonly groups: readonly string[];
  /** Subjects that must be seen up, or waived, before the all-clear; empty before the loads are back. */
  readonly checks: readonly CheckView[];
  /** Nothing stands against the all-clear. */
  readonly mayClear: boolean;
  /** Calls written by hand are to be entered again. */
  readonly formsOwed: boolean;
}

export const orderOf = (cut: string, step: StepId, time: number): OrderId =>
  time === 1 ? `${cut}/${step}` : `${cut}/${step}/${time}`;

/** What the plan orders of the bypass. */
export type BypassOrder = Extract<Command, { readonly do: 'bypass' | 'reset-bypass' }>;
