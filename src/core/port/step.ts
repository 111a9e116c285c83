/**
 * One port of the PBX that is dead while the PBX lives: a line that rings unanswered again and again while other lines are
 * answered. The watch cannot see it, for to the watch an answer on any line is service. Such a line is better off at its phone.
 *
 * Counts only calls that rang for the whole limit with the line in normal, and only while others are answered: a night in which
 * nobody picks up, and a PBX that is down, say nothing of one port.
 */
import type { LineId } from '../../model/ids.ts';
import type { LineSignal, RelayPosition } from '../../model/line.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, later } from '../../model/units.ts';

/** Unanswered calls in a row, where people answer and where the PBX answers by itself. */
const callsOf = { people: 3, pbx: 2 } as const;
/** Older calls say nothing of now. */
const countedMs = 4 * 3_600_000;

export interface PortConfig {
  readonly ringLimitMs: number;
  /** Lines that can go to a phone. */
  readonly lines: readonly { readonly id: LineId; readonly answers: 'people' | 'pbx' }[];
}

interface Port {
  readonly signal: LineSignal;
  readonly position: RelayPosition;
  /** Begin of the ring in normal that goes on. */
  readonly ringFrom?: MonoMs;
  readonly isCounted: boolean;
  /** When each of the newest calls had rung for the limit; none was answered since. */
  readonly unanswered: readonly MonoMs[];
  /** Other lines that were answered or seized since the first of these calls. */
  readonly others: number;
}
export interface PortState {
  readonly config: PortConfig;
  readonly ports: Readonly<Record<LineId, Port>>;
}

export type PortEvent = { readonly at: MonoMs } & (
  | {
      readonly kind: 'line';
      readonly line: LineId;
      readonly signal: LineSignal;
      readonly since: MonoMs;
      readonly position: RelayPosition;
    }
  | { readonly kind: 'turn' }
);

export interface PortStep {
  readonly state: PortState;
  /** Ports that were found dead now. */
  readonly failed: readonly LineId[];
}

const unseen: Port = { signal: 'unknown', position: 'unknown', isCounted: false, unanswered: [], others: 0 };

export const initial = (config: PortConfig): PortState => ({
  config,
  ports: Object.fromEntries(config.lines.map(({ id }) => [id, unseen])),
});

export function step(before: PortState, event: PortEvent): PortStep {
  switch (event.kind) {
    case 'line':
      return { state: withLine(before, event), failed: [] };
    case 'turn':
      return judged(before, event.at);
    default:
      return event satisfies never;
  }
}

function withLine(
  state: PortState,
  { line, signal, since, position, at }: Extract<PortEvent, { kind: 'line' }>,
): PortState {
  const port = state.ports[line];
  if (port === undefined || (port.signal === signal && port.position === position)) return state;
  const isInNormal = position === 'normal' && port.position === 'normal';
  const isAnswered =
    isInNormal && signal === 'off-hook' && (port.signal === 'ringing' || port.signal === 'idle');
  const { ringFrom, ...rest } = port;
  const isRinging = position === 'normal' && signal === 'ringing';
  const from = isRinging ? (port.signal === 'ringing' ? (ringFrom ?? at) : since) : undefined;
  const next: Port = {
    ...rest,
    signal,
    position,
    isCounted: isRinging && port.signal === 'ringing' && port.isCounted,
    ...(from === undefined ? {} : { ringFrom: from }),
  };
  if (!isAnswered && position === 'normal') return { ...state, ports: { ...state.ports, [line]: next } };
  // Answered, or not on its port: what was counted is over.
  const cleared = { ...next, unanswered: [], others: 0 };
  const ports = { ...state.ports, [line]: cleared };
  if (!isAnswered) return { ...state, ports };
  return {
    ...state,
    ports: Object.fromEntries(
      Object.entries(ports).map(([id, one]) => [
        id,
        id === line || one.unanswered.length === 0 ? one : { ...one, others: one.others + 1 },
      ]),
    ),
  };
}

function judged(state: PortState, at: MonoMs): PortStep {
  const failed: LineId[] = [];
  let { ports } = state;
  for (const { id, answers } of state.config.lines) {
    const port = ports[id];
    if (port === undefined) continue;
    const counted = withCall(port, state.config.ringLimitMs, at);
    const isDead =
      counted.unanswered.length >= callsOf[answers] && counted.others >= counted.unanswered.length;
    const next = isDead ? { ...counted, unanswered: [], others: 0 } : counted;
    if (isDead) failed.push(id);
    if (next !== port) ports = { ...ports, [id]: next };
  }
  return { state: ports === state.ports ? state : { ...state, ports }, failed };
}

function withCall(port: Port, ringLimitMs: number, at: MonoMs): Port {
  if (port.ringFrom === undefined || port.isCounted || at < later(port.ringFrom, ringLimitMs)) return port;
  const recent = port.unanswered.filter((call) => elapsedMs(call, at) < countedMs);
  return {
    ...port,
    isCounted: true,
    unanswered: [...recent, at],
    others: recent.length === 0 ? 0 : port.others,
  };
}
