/**
 * A second phone for a trunk whose desk fails: a relay of its own, energised for the alternate phone. Released, by whatever
 * cause, the trunk reaches its usual phone; a line on the PBX is not concerned at all.
 *
 * Taken by a person's order, or by itself where the room file says so and the usual phone draws no current or rings in vain. Only
 * a person takes it back: nobody else knows that the desk is mended. A call on the phone is never cut by it, unless that call
 * reaches nobody.
 */
import type { Condition } from '../../model/alarm.ts';
import type { LineId, PointId } from '../../model/ids.ts';
import { alternateLevel } from '../../model/room.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';

export interface AlternateConfig {
  readonly id: LineId;
  readonly phone: string;
  readonly onFault: boolean;
}
interface Alternate {
  readonly config: AlternateConfig;
  /** What was ordered, or found needed. */
  readonly wanted: boolean;
  readonly because: 'order' | 'fault';
  /** The relay. */
  readonly on: boolean;
}
export type AlternateState = Readonly<Record<LineId, Alternate>>;
export type SavedAlternates = Readonly<Record<LineId, 'order' | 'fault'>>;

export interface PhoneLevel {
  readonly id: LineId;
  /** Somebody speaks, or may, over the phone that the relay would take away. */
  readonly isInCall: boolean;
  /** The phone in use now was found faulty. */
  readonly isFaulty: boolean;
}
export interface AlternateStep {
  readonly state: AlternateState;
  readonly isNew: boolean;
}
export interface AlternateAnswer extends AlternateStep {
  readonly accepted: boolean;
  readonly text: Text;
}

export const initial = (
  lines: readonly AlternateConfig[],
  saved: SavedAlternates | undefined,
): AlternateState =>
  Object.fromEntries(
    lines.map((config) => {
      const because = saved?.[config.id];
      const on = because !== undefined;
      return [config.id, { config, wanted: on, on, because: because ?? 'order' }];
    }),
  );

/** Lines that stand, or shall stand, on their alternate phone. */
export const saved = (state: AlternateState): SavedAlternates =>
  Object.fromEntries(
    Object.entries(state).flatMap(([id, { wanted, because }]) => (wanted ? [[id, because] as const] : [])),
  );

export function order(state: AlternateState, line: LineId, on: boolean): AlternateAnswer {
  const own = state[line];
  if (own === undefined)
    return {
      ...{ state, isNew: false, accepted: false },
      text: text(
        `线路 ${line} 没有备用话机的继电器（alternate-phone）；请局方转移该号码`,
        `line ${line} has no relay to another phone (alternate-phone): have the exchange divert its number`,
      ),
    };
  return {
    state: { ...state, [line]: { ...own, wanted: on, because: 'order' } },
    isNew: own.wanted !== on,
    accepted: true,
    text: on
      ? text(
          `${line} 的旁路改接备用话机，通话中的等挂机`,
          `${line} takes its alternate phone in bypass, when no call is on it`,
        )
      : text(
          `${line} 的旁路接回话机 ${own.config.phone}`,
          `${line} takes phone ${own.config.phone} again in bypass`,
        ),
  };
}

export function judged(before: AlternateState, levels: readonly PhoneLevel[]): AlternateStep {
  let state = before;
  let isNew = false;
  for (const { id, isInCall, isFaulty } of levels) {
    const own = state[id];
    if (own === undefined) continue;
    const isTaken = own.config.onFault && isFaulty && !own.wanted;
    const wanted = own.wanted || isTaken;
    const on = wanted === own.on || (isInCall && !isFaulty) ? own.on : wanted;
    if (!isTaken && on === own.on) continue;
    isNew ||= isTaken;
    state = { ...state, [id]: { ...own, wanted, on, because: isTaken ? 'fault' : own.because } };
  }
  return { state, isNew };
}

export const outputs = (state: AlternateState): Readonly<Record<PointId, boolean>> =>
  Object.fromEntries(Object.entries(state).map(([id, { on }]) => [alternateLevel(id), on]));

export const conditions = (state: AlternateState): Condition[] =>
  Object.values(state).flatMap(({ config: { id, phone }, wanted, because }): Condition[] =>
    wanted
      ? [
          {
            key: { subject: id, type: 'bypass.alternate-phone', qualifier: '' },
            state: 'active',
            detail:
              because === 'fault'
                ? text(`话机 ${phone} 失效，自动改接`, `phone ${phone} failed, taken by itself`)
                : text(`代替话机 ${phone}`, `in place of phone ${phone}`),
          },
        ]
      : [],
  );
