/**
 * Makes the probes that a room asks for. Sources that need none (contacts, the lines themselves) speak through the field.
 * A source that this version cannot ask says so once, as `unknown` with the reason: never silently nothing.
 */
import type { BusId, SubjectId } from '../model/ids.ts';
import type { Probe, ProbeEvidence } from '../ports/probe.ts';
import type { Registers } from '../ports/registers.ts';
import type { Room, Source } from '../model/room.ts';
import { PingRounds } from '../drivers/ping/fping.ts';
import { UpsMapError, loadUpsMap } from '../drivers/ups/map.ts';
import { sipOptionsProbe } from '../drivers/sip/options-probe.ts';
import { tcpProbe } from '../drivers/tcp/connect-probe.ts';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { upsProbe } from '../drivers/ups/ups-probe.ts';

export interface Probes {
  start(report: (source: string, evidence: ProbeEvidence) => void): void;
  /** Sources of these subjects ask more often; all others at their own pace. */
  suspect(subjects: ReadonlySet<SubjectId>): void;
  close(): Promise<void>;
}

export function makeProbes(room: Room, registers: ReadonlyMap<BusId, Registers>): Probes {
  const pings = new PingRounds();
  const probes: { readonly subject: SubjectId; readonly probe: Probe }[] = [];
  for (const subject of room.subjects)
    for (const source of subject.sources) {
      const probe = makeProbe(source, pings, registers);
      if (probe !== undefined) probes.push({ subject: subject.id, probe });
    }
  let suspected: ReadonlySet<SubjectId> = new Set();
  return {
    start(report) {
      for (const { probe } of probes)
        probe.start((evidence) => {
          report(probe.source, evidence);
        });
    },
    suspect(subjects) {
      for (const { subject, probe } of probes)
        if (subjects.has(subject) !== suspected.has(subject)) probe.suspect(subjects.has(subject));
      suspected = subjects;
    },
    async close() {
      await Promise.all(probes.map(({ probe }) => probe.stop()));
    },
  };
}

function makeProbe(
  source: Source,
  pings: PingRounds,
  registers: ReadonlyMap<BusId, Registers>,
): Probe | undefined {
  switch (source.kind) {
    case 'point':
    case 'lines':
      return undefined;
    case 'sip-options':
      return sipOptionsProbe({ ...source, source: source.id });
    case 'tcp':
      return tcpProbe({ ...source, source: source.id, timeoutMs: source.waitMs });
    case 'ping':
      return pings.probe({ ...source, source: source.id });
    case 'ups': {
      const bus = registers.get(source.bus);
      if (bus === undefined) return silent(source);
      return upsProbeOf(source, bus);
    }
    case 'dial-tone':
    case 'call-records':
      return silent(source);
    default:
      return source satisfies never;
  }
}

function upsProbeOf(source: Extract<Source, { kind: 'ups' }>, registers: Registers): Probe {
  try {
    return upsProbe({ ...source, source: source.id, registers, map: loadUpsMap(source.model) });
  } catch (error) {
    if (!(error instanceof UpsMapError)) throw error;
    return silent(source, text(error.message, error.message));
  }
}

const silent = (source: Source, reason?: Text): Probe => ({
  source: source.id,
  start(report) {
    report({
      says: 'unknown',
      reason:
        reason ??
        text(`本版本尚不支持证据类型“${source.kind}”`, `this version does not ask "${source.kind}" yet`),
    });
  },
  suspect: () => undefined,
  stop: () => Promise.resolve(),
});
