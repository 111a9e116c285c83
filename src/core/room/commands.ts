/** What a person, a button or the centre orders: each command goes to the machine that decides on it. */
import type { Actor, RoomEventOf } from '../../model/event.ts';
import * as alternate from '../alternate-phone/step.ts';
import * as alarm from '../alarm/step.ts';
import type { Effect } from '../../model/effect.ts';
import type { LineId } from '../../model/ids.ts';
import type { MonoMs } from '../../model/units.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { Circumstances } from '../ups-test/guard.ts';
import { hasOpenHour } from '../ups-test/step.ts';
import type { RoomState } from './state.ts';
import { audited } from './bypass-audit.ts';
import { chain, nothing } from './composition.ts';
import { countersSeen } from './counters.ts';
import type { RoomStep } from './composition.ts';
import {
  annunciate,
  annunciateAlarms,
  isBypassActive,
  toAlarm,
  toBypassOrder,
  toControl,
  toMaintenance,
  toPowerCut,
  toRelayTrend,
  toTrigger,
  toUpsTest,
} from './machines.ts';

export function command(state: RoomState, event: RoomEventOf<'command'>): RoomStep {
  const { command: order, at } = event;
  switch (order.do) {
    case 'acknowledge':
    case 'reset-alarm':
    case 'shelve':
    case 'unshelve':
    case 'out-of-service':
    case 'return-to-service':
      return chain(
        chain(toAlarm(state, event), (now) => annunciateAlarms(now, at)),
        order.do === 'reset-alarm' ? seeCounters : (now) => ({ state: now, effects: nothing }),
      );
    case 'maintenance':
    case 'end-maintenance':
      return toMaintenance(state, { ...event, command: order });
    case 'silence':
      return chain(annunciate(state, { kind: 'silence', at }), (now) => ({
        state: now,
        effects: [accepted(event.id, event.by, 'silence', at)],
      }));
    case 'reset-first-out':
      return chain(annunciate(state, { kind: 'reset-first-out', at }), (now) => ({
        state: now,
        effects: [accepted(event.id, event.by, 'reset-first-out', at)],
      }));
    case 'lamp-test':
      return chain(annunciate(state, { kind: 'lamp-test', at }), (now) => ({
        state: { ...now, selfTestAt: now.at },
        effects: [accepted(event.id, event.by, 'lamp-test', at), { kind: 'save' }],
      }));
    case 'bypass':
    case 'restore':
    case 'reset-bypass':
    case 'exercise':
      return audited(toBypassOrder(state, event), event, order);
    case 'alternate-phone': {
      const isForbidden = event.by.via === 'centre' && !state.config.room.allowBypassFromCentre;
      const answer = alternate.order(state.alternate, order.line, order.on);
      const { accepted, text: said } = isForbidden ? { accepted: false, text: centreForbidden } : answer;
      const notice = { kind: 'command', at, id: event.id, accepted, text: said } as const;
      return {
        state: accepted ? { ...state, alternate: answer.state } : state,
        effects: [
          { kind: 'notice', notice },
          ...(accepted && answer.isNew ? [{ kind: 'save' } as const] : []),
        ],
      };
    }
    case 'new-relay':
      return chain(toRelayTrend(state, { kind: 'new-relay', line: order.line }), (now) => ({
        state: now,
        effects: [newRelayAnswer(now, event.id, event.by, order.line, at)],
      }));
    case 'power-cut-done':
    case 'waive':
    case 'all-clear':
      return toPowerCut(state, { ...event, command: order });
    case 'record':
      return chain(toTrigger(state, order.line, { kind: 'record', on: order.on, at }), (now) => ({
        state: now,
        effects: [recordAnswer(now, event.id, event.by, order.line, order.on, at)],
      }));
    case 'ups-test':
      return toUpsTest(state, { ...event, at: state.at, command: order, around: aroundOf(state) });
    case 'control':
      return toControl(state, { ...event, at: state.at, command: order });
    default:
      return order satisfies never;
  }
}

/** Of counters whose alarm is gone by a reset, what was counted is seen. */
function seeCounters(state: RoomState): RoomStep {
  const standing = new Set(
    alarm.views(state.alarm).flatMap(({ key }) => (key.type === 'counter.counted' ? [key.subject] : [])),
  );
  const counters = countersSeen(state.counters, standing);
  if (counters === state.counters) return { state, effects: nothing };
  return { state: { ...state, counters }, effects: [{ kind: 'save' }] };
}

/** What else goes on in the room, for who asks for a battery test. */
const aroundOf = (state: RoomState): Circumstances => ({
  maintained: Object.keys(state.maintenance.subjects),
  isBypassActive: isBypassActive(state),
  isPowerCut: state.powerCut.cut !== undefined,
  percents: Object.fromEntries(
    Object.entries(state.power.sources).flatMap(([id, { last }]) =>
      last?.reading.batteryPercent === undefined ? [] : [[id, last.reading.batteryPercent]],
    ),
  ),
});

/** Circumstances cost something, and the hour of a schedule is one of a day. */
export const upsTestTurn = (state: RoomState, event: RoomEventOf<'turn'>): RoomStep =>
  toUpsTest(state, hasOpenHour(state.upsTest) ? { ...event, around: aroundOf(state) } : event);

function recordAnswer(
  state: RoomState,
  id: string,
  by: Actor,
  line: LineId,
  on: boolean,
  at: MonoMs,
): Effect {
  const isKnown = state.triggers[line] !== undefined;
  const what = on
    ? text(`${by.name} 要求录音 ${line}`, `recording of ${line} ordered by ${by.name}`)
    : text(`${by.name} 取消人工录音 ${line}`, `ordered recording of ${line} ended by ${by.name}`);
  const unknown = text(`没有线路 ${line}`, `there is no line ${line}`);
  return {
    kind: 'notice',
    notice: { kind: 'command', at, id, accepted: isKnown, text: isKnown ? what : unknown },
  };
}

const done: Readonly<Record<'silence' | 'reset-first-out' | 'lamp-test', (by: string) => Text>> = {
  silence: (by) => text(`${by} 已消音`, `silenced by ${by}`),
  'reset-first-out': (by) => text(`${by} 已复位首发标记`, `first-out marks reset by ${by}`),
  'lamp-test': (by) => text(`${by} 试灯`, `lamp test by ${by}`),
};

const centreForbidden = text(
  '本机房不接受中心的旁路命令（report.allow-bypass 未开启）',
  'this room takes no bypass commands from the centre (report.allow-bypass is not set)',
);

function newRelayAnswer(state: RoomState, id: string, by: Actor, line: LineId, at: MonoMs): Effect {
  const isKnown = state.relayTrend.cardOf[line] !== undefined;
  const said = isKnown
    ? text(
        `${by.name} 更换了 ${line} 的继电器，动作时间重新计`,
        `relay of ${line} replaced by ${by.name}: its times begin anew`,
      )
    : text(`线路 ${line} 没有旁路继电器`, `line ${line} has no bypass relay`);
  return { kind: 'notice', notice: { kind: 'command', at, id, accepted: isKnown, text: said } };
}

const accepted = (id: string, by: Actor, what: keyof typeof done, at: MonoMs): Effect => ({
  kind: 'notice',
  notice: {
    kind: 'command',
    at,
    id,
    accepted: true,
    text: done[what](by.name),
  },
});
