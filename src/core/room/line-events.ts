/** What happens on a line, and where its relay stands: the line decides, and its levels go to bypass, watch and recording. */
import * as line from '../line/step.ts';
import { isRingOn, openCallOf, signalOf, sinceOf } from '../line/state.ts';
import type { LineEvent, LineState } from '../line/state.ts';
import type { LineId } from '../../model/ids.ts';
import type { MonoMs } from '../../model/units.ts';
import type { RelayPosition } from '../../model/line.ts';
import type { RoomState } from './state.ts';
import { oneMore } from './bypass-calls.ts';
import { chain, nothing } from './composition.ts';
import type { RoomStep } from './composition.ts';
import { toBypass, toPair, toPort, toTrigger, toWatch } from './machines.ts';

export function lineEvent(state: RoomState, id: LineId, event: LineEvent): RoomStep {
  const before = state.lines[id];
  if (before === undefined) return { state, effects: nothing };
  const { state: after, effects } = line.step(before, event);
  if (after === before) return { state, effects: nothing };
  let now: RoomStep = { state: { ...state, lines: { ...state.lines, [id]: after } }, effects: nothing };
  for (const effect of effects) {
    if (effect.kind === 'signal') {
      const { kind, at, line: of, signal } = effect;
      now = { ...now, effects: [...now.effects, { kind: 'notice', notice: { kind, at, line: of, signal } }] };
      now = chain(now, (then) => toTrigger(then, id, effect));
    } else {
      const { kind, at, phase, call } = effect;
      now = { ...now, effects: [...now.effects, { kind: 'notice', notice: { kind, at, phase, call } }] };
      now = chain(now, (then) => toTrigger(then, id, effect));
      if (phase === 'ended')
        now = chain(now, (then) => toWatch(then, { kind: 'call-ended', call, at: then.at }));
      if (phase === 'ended' && call.bypass)
        now = chain(now, (then) => ({
          state: { ...then, bypassCalls: oneMore(then.bypassCalls) },
          effects: [{ kind: 'save' }],
        }));
    }
  }
  return levelsDiffer(before, after) ? chain(now, (then) => tellLine(then, id)) : now;
}

function levelsDiffer(before: LineState, after: LineState): boolean {
  return (
    signalOf(before) !== signalOf(after) ||
    sinceOf(before) !== sinceOf(after) ||
    isRingOn(before) !== isRingOn(after) ||
    openCallOf(before)?.id !== openCallOf(after)?.id ||
    openCallOf(before)?.answeredAt !== openCallOf(after)?.answeredAt
  );
}

/** Tells the machines the present levels of one line. */
function tellLine(state: RoomState, id: LineId): RoomStep {
  const own = state.lines[id];
  if (own === undefined) return { state, effects: nothing };
  const { at } = state;
  const call = openCallOf(own);
  const levels = { line: id, signal: signalOf(own), since: sinceOf(own) };
  const toldBypass = toBypass(state, {
    kind: 'line',
    at,
    ...levels,
    inBurst: isRingOn(own),
    ...(call === undefined
      ? {}
      : {
          call: {
            id: call.id,
            direction: call.direction,
            ...(call.answeredAt === undefined ? {} : { answeredAt: call.answeredAt }),
          },
        }),
  });
  const position = state.positions[id] ?? 'unknown';
  const told = { kind: 'line', at, ...levels, position } as const;
  const toldWatch = chain(
    chain(toldBypass, (now) => toPort(now, told)),
    (now) => toWatch(now, told),
  );
  return chain(toldWatch, (now) => toPair(now, id, told));
}

export function positionEvent(state: RoomState, id: LineId, position: RelayPosition, at: MonoMs): RoomStep {
  if (state.positions[id] === position || state.config.lines[id]?.relay === undefined)
    return { state, effects: nothing };
  const moved = { ...state, positions: { ...state.positions, [id]: position } };
  return chain(lineEvent(moved, id, { kind: 'position', position, at }), (now) => tellLine(now, id));
}
