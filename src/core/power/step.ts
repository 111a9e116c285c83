/**
 * Power: what the room's UPSes can still do. It hears each reading before the watch does and adds what can be estimated; it keeps
 * the last reading of a UPS that fell silent, because silence is not the end of a power cut; and it says when a full battery
 * would not last as long as the room asks.
 *
 * Silence alone proves nothing. But a UPS that was last seen on battery and speaks no more goes on emptying: its runtime is
 * reckoned down by the clock, and at the end it counts as low (the rule of NUT's upsmon).
 */
import type { Condition } from '../../model/alarm.ts';
import type { SourceId } from '../../model/ids.ts';
import type { Supply } from '../../model/power-cut.ts';
import type { PolledSource, Subject } from '../../model/room.ts';
import { isPolled } from '../../model/room.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, later } from '../../model/units.ts';
import { upsReadingOf, upsSentence } from '../../model/ups.ts';
import type { UpsReading } from '../../model/ups.ts';
import type { Says } from '../../model/watch.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { Autonomy, BatteryMemory, Values } from './battery.ts';
import { batteryHeard, unknownBattery } from './battery.ts';
import type { Heard, Runtime } from './supply.ts';
import { contradiction, runtimeHeard, supplyOf } from './supply.ts';

export interface PowerConfig {
  readonly subjects: readonly Subject[];
  readonly autonomyMs: number;
}

interface Memory {
  readonly battery: BatteryMemory;
  readonly last?: { readonly at: MonoMs; readonly reading: UpsReading };
  /** What is believed of its runtime; only on battery. */
  readonly runtime?: Runtime;
  /** The probe cannot tell, or has missed as often as makes a source down: one lost poll is no lost UPS. */
  readonly isLost: boolean;
  readonly misses: number;
  /** The last answer or miss: a probe that tells its misses is not silent. */
  readonly heardAt: MonoMs;
}

export interface PowerState {
  readonly config: PowerConfig;
  readonly sources: Readonly<Record<SourceId, Memory>>;
}

/** What guard.json keeps: what batteries taught would else be forgotten with each restart. Ages, because clocks restart. */
export type SavedPower = Readonly<
  Record<
    SourceId,
    {
      readonly drainPerPercent?: number;
      readonly autonomy?: { readonly ageMs: number; readonly seconds: number; readonly by: Autonomy['by'] };
    }
  >
>;

/** Reckoned runtime at which a silent UPS counts as low. */
const lowRuntimeS = 600;

export function initial(config: PowerConfig, saved: SavedPower, at: MonoMs): PowerState {
  const subjects = config.subjects.filter(({ kind }) => kind === 'ups');
  const sources = subjects.flatMap((subject) => subject.sources.filter(isPolled));
  return {
    config: { ...config, subjects },
    sources: Object.fromEntries(
      sources.map(({ id }): [SourceId, Memory] => {
        const { drainPerPercent, autonomy } = saved[id] ?? {};
        const battery: BatteryMemory = {
          ...unknownBattery,
          isDue: autonomy === undefined,
          ...(drainPerPercent === undefined ? {} : { drainPerPercent }),
          ...(autonomy === undefined
            ? {}
            : { autonomy: { at: later(at, -autonomy.ageMs), seconds: autonomy.seconds, by: autonomy.by } }),
        };
        return [id, { battery, isLost: true, misses: 0, heardAt: at }];
      }),
    ),
  };
}

export function saved({ sources }: PowerState, at: MonoMs): SavedPower {
  return Object.fromEntries(
    Object.entries(sources).flatMap(([id, { battery }]) => {
      const { drainPerPercent, autonomy } = battery;
      if (drainPerPercent === undefined && autonomy === undefined) return [];
      return [
        [
          id,
          {
            ...(drainPerPercent === undefined ? {} : { drainPerPercent }),
            ...(autonomy === undefined
              ? {}
              : {
                  autonomy: {
                    ageMs: elapsedMs(autonomy.at, at),
                    seconds: autonomy.seconds,
                    by: autonomy.by,
                  },
                }),
          },
        ] as const,
      ];
    }),
  );
}

export interface News {
  readonly source: SourceId;
  readonly says: Says;
  readonly values?: Values;
  readonly at: MonoMs;
}

export interface PowerHeard {
  readonly state: PowerState;
  /** The values with what was estimated. */
  readonly values?: Values;
  /** Something that `saved` keeps is new. */
  readonly isNew: boolean;
}

export function hear(state: PowerState, { source, says, values, at }: News): PowerHeard {
  const before = state.sources[source];
  const same = values === undefined ? {} : { values };
  if (before === undefined) return { state, ...same, isNew: false };
  const keep = (memory: Memory): PowerState => ({
    ...state,
    sources: { ...state.sources, [source]: memory },
  });
  if (says !== 'up') {
    const limit = missLimitOf(state.config, source);
    const misses = Math.min(before.misses + 1, limit);
    const isLost = before.isLost || says === 'unknown' || misses >= limit;
    return { state: keep({ ...before, isLost, misses, heardAt: at }), ...same, isNew: false };
  }
  // A lost round between two readings brings none.
  if (values === undefined) return { state: keep({ ...before, heardAt: at }), isNew: false };
  const { memory, estimates } = batteryHeard(before.battery, upsReadingOf(values), at);
  const all = { ...values, ...estimates };
  const reading = upsReadingOf(all);
  const runtime = runtimeHeard(before.runtime, reading, memory, at);
  return {
    state: keep({
      battery: memory,
      last: { at, reading },
      ...(runtime === undefined ? {} : { runtime }),
      isLost: false,
      misses: 0,
      heardAt: at,
    }),
    values: all,
    isNew: memory.autonomy !== before.battery.autonomy,
  };
}

const missLimitOf = ({ subjects }: PowerConfig, source: SourceId): number =>
  subjects
    .flatMap(({ sources }) => sources)
    .filter(isPolled)
    .find(({ id }) => id === source)?.missLimit ?? 1;

/** What feeds the room, as far as its UPSes tell. */
export function supply({ config, sources }: PowerState, at: MonoMs): Supply {
  const heard = config.subjects.map(({ id, sources: all }) => {
    const known = all.filter(isPolled).flatMap((source): Heard[] => {
      const memory = sources[source.id];
      if (memory?.last === undefined) return [];
      const { last, runtime, isLost } = memory;
      const isFresh = !isLost && !isStale(source, memory, at);
      return [{ ...last, isFresh, ...(runtime === undefined ? {} : { runtime }) }];
    });
    return [id, known] as const;
  });
  return supplyOf(new Map(heard), at);
}

export function conditions(state: PowerState, at: MonoMs): readonly Condition[] {
  return state.config.subjects.flatMap((subject) => ofUps(state, subject, at));
}

function ofUps({ config, sources }: PowerState, subject: Subject, at: MonoMs): readonly Condition[] {
  const condition = (type: string, state: Condition['state'], detail: Text): Condition => ({
    key: { subject: subject.id, type, qualifier: '' },
    state,
    detail,
  });
  const none = text('', '');
  const known = subject.sources.filter(isPolled).flatMap((source) => {
    const memory = sources[source.id];
    return memory === undefined ? [] : [{ source, memory }];
  });
  const found: Condition[] = [];
  const autonomies = known.flatMap(({ memory }) => memory.battery.autonomy ?? []);
  const shortest = autonomies.reduce<Autonomy | undefined>(
    (least, one) => (least === undefined || one.seconds < least.seconds ? one : least),
    undefined,
  );
  // After a restart an alarm that stands waits for the first estimate.
  if (shortest === undefined) found.push(condition('ups.autonomy-short', 'unknown', none));
  else if (shortest.seconds * 1000 < config.autonomyMs)
    found.push(condition('ups.autonomy-short', 'active', autonomyDetail(shortest, config.autonomyMs)));

  for (const { source, memory } of known) {
    const doubt = memory.last && contradiction(memory.last.reading, memory.battery);
    if (doubt !== undefined)
      found.push({
        ...condition('ups.contradicts', 'active', doubt),
        key: { subject: subject.id, type: 'ups.contradicts', qualifier: source.id },
      });
  }
  const isSeen = known.some(({ source, memory }) => !memory.isLost && !isStale(source, memory, at));
  if (isSeen) return found;
  const last = known
    .flatMap(({ memory }) => memory.last ?? [])
    .reduce<Memory['last']>(
      (newest, one) => (newest === undefined || one.at > newest.at ? one : newest),
      undefined,
    );
  if (last === undefined) {
    found.push(condition('ups.lost-on-battery', 'unknown', none));
    return found;
  }
  if (last.reading.onBattery !== true) return found;
  const said = upsSentence(last.reading);
  found.push(
    condition('ups.lost-on-battery', 'active', text(`最后读数：${said.zh}`, `last reading: ${said.en}`)),
  );
  if (isEnding(last.reading, elapsedMs(last.at, at)))
    found.push(
      condition('ups.low-battery', 'active', text('按最后读数推算', 'reckoned from the last reading')),
    );
  return found;
}

const isStale = (source: PolledSource, { last, heardAt }: Memory, at: MonoMs): boolean =>
  last === undefined || elapsedMs(heardAt, at) > 2 * source.everyMs + source.waitMs;

function isEnding({ lowBattery, runtimeS }: UpsReading, silentMs: number): boolean {
  if (lowBattery === true) return true;
  return runtimeS !== undefined && runtimeS - silentMs / 1000 <= lowRuntimeS;
}

function autonomyDetail({ seconds, by }: Autonomy, autonomyMs: number): Text {
  const minutes = (s: number): Text => {
    const [hours, rest] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)];
    return hours === 0
      ? text(`${rest} 分钟`, `${rest} min`)
      : text(`${hours} 小时 ${rest} 分钟`, `${hours} h ${rest} min`);
  };
  const [has, wants] = [minutes(seconds), minutes(autonomyMs / 1000)];
  const ground =
    by === 'ups' ? text('按 UPS 自报', 'by its own runtime') : text('按上次放电', 'by the last discharge');
  return text(
    `现有负载下满电估计可供 ${has.zh}（${ground.zh}），要求 ${wants.zh}`,
    `at the present load a full battery lasts about ${has.en} (${ground.en}); asked are ${wants.en}`,
  );
}
