/** The measured values of the room for people: registers, sensors, counters, and what each UPS says of itself. */
import type { PointId } from '../../model/ids.ts';
import type { CounterPoint, MeasuredPoint, Subject } from '../../model/room.ts';
import { isCounterRegister, isMeasured } from '../../model/room.ts';
import type { ReadingView } from '../../model/reading.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import type { UpsQuantity } from '../../model/ups.ts';
import { upsQuantities } from '../../model/ups.ts';
import { readAnswer } from '../watch/step.ts';
import { isFresh } from './readings.ts';
import type { RoomState } from './state.ts';

/** Without a deadband, a hundredth of the value is worth telling. */
const stepShare = 0.01;

export function readingViews(state: RoomState): readonly ReadingView[] {
  const { room } = state.config;
  const ofPoints = room.points.flatMap((point): ReadingView[] => {
    if (isMeasured(point)) return [ofMeasured(state, point)];
    return point.kind === 'input' && point.counter === true ? [ofPulses(state, point)] : [];
  });
  return [
    ...ofPoints,
    ...room.subjects.flatMap((subject) => (subject.kind === 'ups' ? ofUps(state, subject) : [])),
  ];
}

function ofMeasured(state: RoomState, point: MeasuredPoint): ReadingView {
  const { id, name, unit, warn, critical, deadband } = point;
  const memory = state.readings[id];
  const base = {
    id,
    name,
    unit,
    ...(warn === undefined ? {} : { warn }),
    ...(critical === undefined ? {} : { critical }),
    ...(memory === undefined ? {} : { at: memory.at }),
  };
  const isKnown = memory !== undefined && isFresh(point, memory, state.at);
  if (!isKnown || memory.value === 'unknown')
    return {
      ...base,
      state: 'unknown',
      step: deadband,
      ...(memory?.reason === undefined ? {} : { reason: memory.reason }),
    };
  if (isCounterRegister(point)) return { ...base, ...countOf(state, id, memory.value) };
  return {
    ...base,
    value: memory.value,
    state: memory.isCritical && critical !== undefined ? 'critical' : memory.isWarned ? 'warn' : 'ok',
    step: deadband > 0 ? deadband : Math.abs(memory.value) * stepShare,
  };
}

const ofPulses = (state: RoomState, { id, name }: CounterPoint): ReadingView => ({
  id,
  name,
  unit: '',
  ...countOf(state, id, 0),
});

function countOf(
  state: RoomState,
  id: PointId,
  shown: number,
): Pick<ReadingView, 'value' | 'counted' | 'state' | 'step'> {
  const { total, seen } = state.counters[id] ?? { total: shown, seen: shown };
  return { value: total, counted: total - seen, state: total > seen ? 'warn' : 'ok', step: 1 };
}

interface Shown {
  readonly name: Text;
  readonly unit: string;
  readonly step: number;
}
const upsShown: Readonly<Record<UpsQuantity, Shown>> = {
  batteryPercent: { name: text('电池电量', 'battery'), unit: '%', step: 1 },
  runtimeS: { name: text('可供电时间', 'runtime'), unit: 's', step: 60 },
  loadPercent: { name: text('负载', 'load'), unit: '%', step: 2 },
  temperatureC: { name: text('温度', 'temperature'), unit: '°C', step: 1 },
  inputVolts: { name: text('输入电压', 'input'), unit: 'V', step: 3 },
  outputVolts: { name: text('输出电压', 'output'), unit: 'V', step: 3 },
  batteryVolts: { name: text('电池电压', 'battery voltage'), unit: 'V', step: 0.5 },
  onBatteryS: { name: text('电池已供电', 'on battery for'), unit: 's', step: 60 },
  outputAmps: { name: text('输出电流', 'output current'), unit: 'A', step: 0.5 },
  inputHz: { name: text('输入频率', 'input frequency'), unit: 'Hz', step: 0.3 },
  outputHz: { name: text('输出频率', 'output frequency'), unit: 'Hz', step: 0.3 },
  bypassVolts: { name: text('旁路电压', 'bypass voltage'), unit: 'V', step: 3 },
  batteryNominalVolts: { name: text('电池标称电压', 'nominal battery voltage'), unit: 'V', step: 1 },
};
/** Shown of every UPS, as not known where it does not tell: these three decide what a power cut does. */
const always: readonly UpsQuantity[] = ['batteryPercent', 'runtimeS', 'loadPercent'];

/** Its own alarms tell its limits, so here a value is there or not. */
function ofUps(state: RoomState, subject: Subject): readonly ReadingView[] {
  const answers = subject.sources.flatMap((source) => {
    const answer = readAnswer(state.watch, subject.id, source.id);
    return answer === undefined ? [] : [answer];
  });
  const order = [...always, ...upsQuantities.filter((quantity) => !always.includes(quantity))];
  return order.flatMap((quantity): ReadingView[] => {
    const answer = answers.find(({ values }) => typeof values[quantity] === 'number');
    const value = answer?.values[quantity];
    const { name, unit, step } = upsShown[quantity];
    const base = {
      id: `${subject.id}.${quantity}`,
      subject: subject.id,
      name: text(`${subject.name.zh} ${name.zh}`, `${subject.name.en} ${name.en}`),
      unit,
      step,
    };
    if (typeof value !== 'number') return always.includes(quantity) ? [{ ...base, state: 'unknown' }] : [];
    const at = answer?.at;
    return [{ ...base, value, state: 'ok', ...(at === undefined ? {} : { at }) }];
  });
}
