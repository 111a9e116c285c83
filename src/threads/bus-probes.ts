/**
 * Probes that ask over a bus of the room. The bus has one owner, the guard's field, so these live on the guard's thread; all
 * that goes over the network is asked by the worker `probes`.
 */
import type { BusId } from '../model/ids.ts';
import type { Probe } from '../ports/probe.ts';
import type { Registers } from '../ports/registers.ts';
import type { Room, Source } from '../model/room.ts';
import { UpsMapError, loadUpsMap } from '../drivers/ups/map.ts';
import { ProbeSet, silent } from './probe-set.ts';
import { megatecProbe } from '../drivers/megatec/megatec-probe.ts';
import { openLink } from '../drivers/serial/open-link.ts';
import { text } from '../model/text.ts';
import { upsProbe } from '../drivers/ups/ups-probe.ts';

export function busProbes(room: Room, registers: ReadonlyMap<BusId, Registers>): ProbeSet {
  return new ProbeSet(
    room.subjects.flatMap(({ id: subject, sources }) =>
      sources.flatMap((source) => {
        const probe = busProbe(room, source, registers);
        return probe === undefined ? [] : [{ subject, probe }];
      }),
    ),
  );
}

function busProbe(room: Room, source: Source, registers: ReadonlyMap<BusId, Registers>): Probe | undefined {
  switch (source.kind) {
    case 'ups': {
      const bus = registers.get(source.bus);
      return bus === undefined ? silent(source) : upsProbeOf(source, bus);
    }
    case 'megatec': {
      const bus = room.buses.find(({ id }) => id === source.bus);
      return bus?.kind === 'serial'
        ? megatecProbe({ ...source, source: source.id, link: openLink(bus.link, bus.id) })
        : silent(source);
    }
    // Call records have a reader of their own (`records.ts`).
    case 'dial-tone':
      return silent(source);
    default:
      return undefined;
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
