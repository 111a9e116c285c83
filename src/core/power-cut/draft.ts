/** One step of the plan in the making: what it changes, and what it says and orders. Lives no longer than the step. */
import type { Effect, Notice } from '../../model/effect.ts';
import type { MonoMs } from '../../model/units.ts';
import type { BypassOrder, PowerCutPhase, StepState } from '../../model/power-cut.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { PlannedStep } from './plan.ts';
import type { Cut, PowerCutState, StepLog } from './state.ts';
import { linekeeper } from './state.ts';

export interface Draft {
  state: PowerCutState;
  readonly at: MonoMs;
  readonly effects: Effect[];
  /** For the bypass of the room. */
  readonly orders: BypassOrder[];
}

export const phaseOf = ({ cut }: PowerCutState): PowerCutPhase =>
  cut === undefined ? 'ready' : cut.ended === undefined ? cut.phase.kind : 'ended';

export function change(draft: Draft, cut: Cut, part: Partial<Cut>): Cut {
  const next = { ...cut, ...part };
  draft.state = { ...draft.state, cut: next };
  return next;
}

export type Said = Omit<
  Extract<Notice, { readonly kind: 'power-cut' }>,
  'kind' | 'at' | 'cut' | 'phase' | 'by'
> & {
  readonly by?: string;
};

export function say(draft: Draft, cut: string, said: Said): void {
  draft.effects.push({
    kind: 'notice',
    notice: { kind: 'power-cut', at: draft.at, cut, phase: phaseOf(draft.state), by: linekeeper, ...said },
  });
}

export function mark(
  draft: Draft,
  cut: Cut,
  { id, stage, action }: PlannedStep,
  state: Exclude<StepState, 'pending'>,
  reason: Text,
  by: string = linekeeper,
): Cut {
  const askedAt = state === 'asked' ? draft.at : cut.steps[id]?.askedAt;
  const log: StepLog = { state, at: draft.at, by, reason, ...(askedAt === undefined ? {} : { askedAt }) };
  const next = change(draft, cut, { steps: { ...cut.steps, [id]: log } });
  say(draft, cut.id, { what: 'step', stage, step: id, action: action.kind, state, by, text: reason });
  return next;
}

export function close(draft: Draft, cut: Cut, zh: string, en: string, by?: string): void {
  const { cut: _, ...rest } = draft.state;
  draft.state = rest;
  say(draft, cut.id, { what: 'phase', text: text(zh, en), ...(by === undefined ? {} : { by }) });
}
