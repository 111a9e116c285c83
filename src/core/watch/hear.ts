/**
 * What the watch remembers of what it heard: one memory per contact, line, polled source and call-record link. Hearing never
 * judges. Each event says which sources it touched, so that only their subjects are judged again.
 */
import type { Call, LineSignal, RelayPosition } from '../../model/line.ts';
import { isPolled } from '../../model/room.ts';
import type { InputPoint, LineSettings, Source, Subject } from '../../model/room.ts';
import type { LineId, PointId, SourceId } from '../../model/ids.ts';
import type { MonoMs } from '../../model/units.ts';
import type { Maintenance, Says } from '../../model/watch.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { ContactMemory } from './contact.ts';
import { contactMoved, contactSays, contactUnseen } from './contact.ts';
import type { LineMemory } from './lines.ts';
import { lineChanged, lineRang, lineUnseen, linesSay } from './lines.ts';
import type { PolledMemory } from './polled.ts';
import { polledHeard, polledSays, polledUnheard } from './polled.ts';
import type { RecordsMemory } from './records.ts';
import { callEnded, recordArrived, recordsOverdue, recordsSay, recordsUnheard } from './records.ts';
import type { Statement, Values } from './statement.ts';
import { topologyOf } from './topology.ts';
import type { Topology } from './topology.ts';

export interface WatchConfig {
  readonly subjects: readonly Subject[];
  readonly lines: readonly Pick<LineSettings, 'id' | 'trunk' | 'answers'>[];
  readonly points: readonly Pick<InputPoint, 'id' | 'contact' | 'terminal'>[];
  readonly ringLimitMs: number;
}

export type WatchEvent = { readonly at: MonoMs } & (
  | { readonly kind: 'turn' }
  | {
      readonly kind: 'evidence';
      readonly source: SourceId;
      readonly says: Says;
      readonly reason: Text;
      readonly values?: Values;
    }
  | { readonly kind: 'contact'; readonly point: PointId; readonly closed: boolean | 'unknown' }
  /** Levels of one line, on change. `since`: first moment of the signal. A line without a relay is always `normal`. */
  | {
      readonly kind: 'line';
      readonly line: LineId;
      readonly signal: LineSignal;
      readonly since: MonoMs;
      readonly position: RelayPosition;
    }
  | { readonly kind: 'call-ended'; readonly call: Call }
  | { readonly kind: 'call-record'; readonly source: SourceId; readonly trunk: string }
  /** What the seat phone of a line shows, on change. */
  | {
      readonly kind: 'seat-phone';
      readonly line: LineId;
      readonly says: Says;
      readonly since: MonoMs;
      readonly reason: Text;
    }
  /** A path of ours: a bus, or a domain such as `our-lan`. */
  | { readonly kind: 'path'; readonly bus: string; readonly up: boolean }
  /** The room is in bypass: the PBX meets no call, so what speaks is less. */
  | { readonly kind: 'bypass'; readonly active: boolean }
  /** All maintenance that is announced now, by subject. */
  | { readonly kind: 'maintenance'; readonly subjects: Readonly<Record<string, Maintenance>> }
);

export interface Heard {
  readonly config: WatchConfig;
  readonly topology: Topology;
  readonly startedAt: MonoMs;
  readonly contacts: Readonly<Record<PointId, ContactMemory>>;
  readonly lines: Readonly<Record<LineId, LineMemory>>;
  /** Seat phones, by their lines. */
  readonly phones: Readonly<Record<LineId, Statement>>;
  /** By the source's place in `topology.sources`; a copied list is far cheaper than a copied record of 500 keys. */
  readonly polled: readonly (PolledMemory | undefined)[];
  readonly records: Readonly<Record<SourceId, RecordsMemory>>;
  /** Paths of ours that are dead, and since when. */
  readonly deadPaths: Readonly<Record<string, MonoMs>>;
  readonly inBypass: boolean;
  readonly maintenance: Readonly<Record<string, Maintenance>>;
}

export function nothingHeard(config: WatchConfig, at: MonoMs): Heard {
  const topology = topologyOf(config.subjects);
  const { sources, recordSources } = topology;
  return {
    config,
    topology,
    startedAt: at,
    contacts: Object.fromEntries(config.points.map(({ id }) => [id, contactUnseen(at)])),
    lines: Object.fromEntries(config.lines.map(({ id }) => [id, lineUnseen(at)])),
    phones: {},
    polled: sources.map((source) => (isPolled(source) ? polledUnheard(at) : undefined)),
    records: Object.fromEntries(recordSources.map(({ id }) => [id, recordsUnheard])),
    deadPaths: {},
    inBypass: false,
    maintenance: {},
  };
}

export function hear(heard: Heard, event: WatchEvent): Heard {
  const { at } = event;
  switch (event.kind) {
    case 'turn':
      return heard;
    case 'contact': {
      const memory = heard.contacts[event.point];
      const point = heard.config.points.find(({ id }) => id === event.point);
      if (memory === undefined || point === undefined) return heard;
      const next = contactMoved(memory, point.contact, event.closed, at);
      return next === memory ? heard : { ...heard, contacts: { ...heard.contacts, [event.point]: next } };
    }
    case 'line': {
      const memory = heard.lines[event.line];
      if (memory === undefined) return heard;
      const { signal, since, position } = event;
      if (memory.signal === signal && memory.since === since && memory.position === position) return heard;
      const { ringLimitMs } = heard.config;
      const next = lineChanged(lineRang(memory, ringLimitMs, at), event, ringLimitMs);
      return { ...heard, lines: { ...heard.lines, [event.line]: next } };
    }
    case 'evidence':
      return hearEvidence(heard, event);
    case 'call-ended': {
      const trunk = heard.config.lines.find(({ id }) => id === event.call.line)?.trunk;
      if (trunk === undefined) return heard;
      return eachRecords(heard, (memory, source) =>
        deadPathOf(heard, source) === undefined
          ? callEnded(recordsOverdue(memory, at), event.call, trunk, at)
          : memory,
      );
    }
    case 'call-record': {
      const memory = heard.records[event.source];
      if (memory === undefined) return heard;
      const next = recordArrived(recordsOverdue(memory, at), event.trunk, at);
      return { ...heard, records: { ...heard.records, [event.source]: next } };
    }
    case 'seat-phone': {
      const { line, says, since, reason } = event;
      const old = heard.phones[line];
      if (old?.says === says && old.since === since && old.reason.en === reason.en) return heard;
      return { ...heard, phones: { ...heard.phones, [line]: { says, since, at, reason, missing: false } } };
    }
    case 'path':
      return hearPath(heard, event.bus, event.up, at);
    case 'bypass':
      // Calls of before the trip can get no record any more, and must not count when the room comes back.
      return event.active === heard.inBypass
        ? heard
        : { ...eachRecords(heard, () => recordsUnheard), inBypass: event.active };
    case 'maintenance':
      return { ...heard, maintenance: event.subjects };
  }
}

function hearEvidence(heard: Heard, event: Extract<WatchEvent, { kind: 'evidence' }>): Heard {
  const known = heard.topology.bySource.get(event.source);
  if (known === undefined) return heard;
  const { source, place } = known;
  // The records' reader lost its link: calls that it slept through must not count.
  if (source.kind === 'call-records' && event.says === 'unknown')
    return { ...heard, records: { ...heard.records, [source.id]: recordsUnheard } };
  const memory = polledOf(heard, source);
  if (memory === undefined || !isPolled(source) || deadPathOf(heard, source) !== undefined) return heard;
  const polled = heard.polled.slice();
  polled[place] = polledHeard(source, memory, event);
  return { ...heard, polled };
}

function hearPath(heard: Heard, path: string, up: boolean, at: MonoMs): Heard {
  const isDead = heard.deadPaths[path] !== undefined;
  if (up === !isDead) return heard;
  if (up)
    return {
      ...heard,
      deadPaths: Object.fromEntries(Object.entries(heard.deadPaths).filter(([dead]) => dead !== path)),
    };
  const next: Heard = { ...heard, deadPaths: { ...heard.deadPaths, [path]: at } };
  // What a source said before its path died says nothing when the path is back: it must be heard again.
  const polled = heard.polled.map((memory, place) => {
    const source = heard.topology.sources[place];
    if (memory === undefined || source === undefined || deadPathOf(next, source) === undefined) return memory;
    return polledUnheard(at, memory.lastRead);
  });
  return eachRecords({ ...next, polled }, (memory, source) =>
    deadPathOf(next, source) === undefined ? memory : recordsUnheard,
  );
}

function eachRecords(heard: Heard, change: (memory: RecordsMemory, source: Source) => RecordsMemory): Heard {
  const entries = heard.topology.recordSources.flatMap((source) => {
    const memory = heard.records[source.id];
    return memory === undefined ? [] : [[source.id, change(memory, source)] as const];
  });
  return entries.every(([id, memory]) => memory === heard.records[id])
    ? heard
    : { ...heard, records: Object.fromEntries(entries) };
}

/** What has become true by the passing of time alone. */
export function overdue(heard: Heard, at: MonoMs): Heard {
  const { ringLimitMs } = heard.config;
  const rang = Object.entries(heard.lines).flatMap(([id, line]) => {
    const next = lineRang(line, ringLimitMs, at);
    return next === line ? [] : [[id, next] as const];
  });
  const counted = eachRecords(heard, (memory) => recordsOverdue(memory, at));
  return rang.length === 0 ? counted : { ...counted, lines: { ...heard.lines, ...Object.fromEntries(rang) } };
}

function busOf(config: WatchConfig, source: Source): string | undefined {
  if (source.kind === 'point') return config.points.find(({ id }) => id === source.point)?.terminal.bus;
  return 'bus' in source ? source.bus : undefined;
}

function deadPathOf(
  heard: Heard,
  source: Source,
): { readonly path: string; readonly since: MonoMs } | undefined {
  const bus = busOf(heard.config, source);
  for (const [path, since] of Object.entries(heard.deadPaths))
    if ([path, `path:${path}`, `serial:${path}`].includes(source.domain) || path === bus)
      return { path, since };
  return undefined;
}

function polledOf({ topology, polled }: Heard, { id }: Source): PolledMemory | undefined {
  const known = topology.bySource.get(id);
  return known === undefined ? undefined : polled[known.place];
}

const phoneUnseen = (since: MonoMs): Statement => ({
  says: 'unknown',
  since,
  reason: text('还没有看到', 'not seen yet'),
  missing: false,
});

/** What one source says now. */
export function speak(heard: Heard, source: Source, at: MonoMs): Statement {
  const dead = deadPathOf(heard, source);
  if (dead !== undefined) {
    const lastRead = polledOf(heard, source)?.lastRead;
    return {
      says: 'unknown',
      since: dead.since,
      at: dead.since,
      reason: text(`本机通道 ${dead.path} 中断`, `our own path ${dead.path} is down`),
      missing: false,
      ...(lastRead === undefined ? {} : { lastRead }),
    };
  }
  if (isPolled(source))
    return polledSays(source, polledOf(heard, source) ?? polledUnheard(heard.startedAt), at);
  switch (source.kind) {
    case 'point': {
      const point = heard.config.points.find(({ id }) => id === source.point);
      const memory = heard.contacts[source.point] ?? contactUnseen(heard.startedAt);
      return contactSays(memory, point?.contact ?? 'normally-closed', at);
    }
    case 'lines': {
      const chosen = source.lines;
      const watched = heard.config.lines.flatMap((settings) => {
        const memory = heard.lines[settings.id];
        return memory !== undefined && (chosen === 'all' || chosen.includes(settings.id))
          ? [{ settings, memory }]
          : [];
      });
      return linesSay(watched, heard.startedAt, heard.config.ringLimitMs, at);
    }
    case 'seat-phone':
      return heard.phones[source.line] ?? phoneUnseen(heard.startedAt);
    case 'call-records':
      return recordsSay(heard.records[source.id] ?? recordsUnheard, heard.startedAt, heard.inBypass, at);
  }
}

/** A subject is touched when the memory of one of its sources is another one than before. */
export function isTouched(before: Heard, now: Heard, subject: Subject): boolean {
  if (before === now) return false;
  if (before.deadPaths !== now.deadPaths || before.inBypass !== now.inBypass) return true;
  if (before.maintenance[subject.id] !== now.maintenance[subject.id]) return true;
  return subject.sources.some((source) => {
    if (isPolled(source)) return polledOf(before, source) !== polledOf(now, source);
    switch (source.kind) {
      case 'point':
        return before.contacts[source.point] !== now.contacts[source.point];
      case 'lines':
        return before.lines !== now.lines;
      case 'seat-phone':
        return before.phones[source.line] !== now.phones[source.line];
      case 'call-records':
        return before.records[source.id] !== now.records[source.id];
    }
  });
}
