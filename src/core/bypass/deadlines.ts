/**
 * The next moment at which time alone changes a decision of the bypass. Before it, a turn without an event changes
 * nothing (the exploration proves this for every state it reaches).
 */
import { earlier, elapsedMs, later } from '../../model/units.ts';
import type { MonoMs } from '../../model/units.ts';
import { hasCall } from './intent.ts';
import type { BypassState, LinePart } from './state.ts';

/** `state.at` itself while another turn is due at once; `undefined`: nothing is timed. */
export function nextDeadline(state: BypassState): MonoMs | undefined {
  if (state.restless) return state.at;
  const moments = [...roomMoments(state), ...state.lines.flatMap((line) => lineMoments(state, line))];
  return moments.filter((moment) => moment > state.at).reduce<MonoMs | undefined>(earlier, undefined);
}

function roomMoments(state: BypassState): MonoMs[] {
  const { settings, values } = state.config;
  const { phase, lastOperateAt } = state.room;
  const moments: MonoMs[] = [];
  if (state.verdict === 'down') moments.push(later(state.verdictSince, settings.confirmMs));
  if (phase.kind === 'settling' && state.verdict === 'up')
    moments.push(later(latest(state.verdictSince, phase.since), settings.restoreAfterMs));
  if (lastOperateAt !== undefined) moments.push(later(lastOperateAt, settings.spacingMs));
  if (state.stopping?.ended === false) moments.push(later(state.stopping.since, values.stopMs));
  return moments;
}

const latest = (a: MonoMs, b: MonoMs): MonoMs => (elapsedMs(a, b) > 0 ? b : a);

function lineMoments({ config: { settings, values } }: BypassState, line: LinePart): MonoMs[] {
  const { step, intent, cut } = line;
  const moments: MonoMs[] = [];
  if (intent?.reason === 'failed-proof') moments.push(later(intent.since, settings.restoreAfterMs));
  if (intent?.reason === 'exercise-kept' || intent?.reason === 'exercise-phone')
    moments.push(later(line.signalSince, settings.idleForMs));
  if (intent?.reason === 'exercise-phone') moments.push(later(intent.since, values.phoneTestMs));
  if (cut !== undefined) moments.push(later(cut.at, values.callCutMs));
  switch (step.kind) {
    case 'waiting':
      if (!hasCall(line)) moments.push(later(line.signalSince, settings.loopOpenMs));
      if (step.capFrom === undefined) break;
      moments.push(later(step.capFrom, settings.busyCapMs), later(step.capFrom, settings.callCapMs));
      if (line.lastSpeechAt !== undefined) moments.push(later(line.lastSpeechAt, values.speechMs));
      break;
    case 'releasing':
    case 'operating':
      moments.push(later(line.commandedAt, values.acknowledgeMs));
      break;
    case 'bypass':
      moments.push(later(line.signalSince, settings.idleForMs));
      break;
    case 'proving':
      moments.push(later(step.since, settings.proveMs));
      if (line.signal === 'ringing')
        moments.push(later(latest(line.signalSince, step.since), settings.ringLimitMs));
      break;
    case 'exercising':
      moments.push(
        later(step.since, values.exerciseMs),
        later(step.since, values.exerciseMs + values.burstWaitMs),
      );
      break;
    case 'normal':
    case 'stuck':
    case 'open':
    case 'locked':
    case 'unreachable':
      break;
  }
  return moments;
}
