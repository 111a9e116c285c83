/**
 * Probes that ask over a bus of the room. The bus has one owner, the guard's field, so these live on the guard's thread; all
 * that goes over the network is asked by the worker `probes`. A serial port must not be opened in a worker at all: the
 * package's native part polls on the loop of the main thread and ends the whole process (test/real/serial-poll.test.ts).
 */
import type { BusId } from '../model/ids.ts';
import type { Probe } from '../ports/probe.ts';
import type { WritableRegisters } from '../ports/registers.ts';
import type { Room, Source } from '../model/room.ts';
import type { UpsMapCheck } from '../drivers/ups/read-map.ts';
import { UpsMapError, readUpsMap } from '../drivers/ups/read-map.ts';
import { compiledCheck } from '../shell/compiled-check.ts';
import type { ByteLink } from '../ports/byte-link.ts';
import { SerialWire } from '../drivers/serial/serial-wire.ts';
import { serialPollProbe } from '../drivers/serial/poll-probe.ts';
import { ProbeSet, silent } from './probe-set.ts';
import { megatecProbe } from '../drivers/megatec/megatec-probe.ts';
import { text } from '../model/text.ts';
import { upsProbe } from '../drivers/ups/ups-probe.ts';

export async function busProbes(
  room: Room,
  registers: ReadonlyMap<BusId, WritableRegisters>,
  extensions: readonly Probe[],
  linkOf: (bus: BusId) => ByteLink | undefined,
): Promise<{ readonly probes: ProbeSet; close(): Promise<void> }> {
  const isMap = (compiledCheck('ups-map') as UpsMapCheck | undefined) ?? (await compiledNow());
  const wires = new Map<BusId, SerialWire>();
  const probes = new ProbeSet(
    room.subjects.flatMap(({ id: subject, sources }) =>
      sources.flatMap((source) => {
        const probe = busProbe(source, registers, extensions, wires, linkOf, isMap);
        return probe === undefined ? [] : [{ subject, probe }];
      }),
    ),
  );
  return {
    probes,
    async close() {
      await probes.close();
      await Promise.all([...wires.values()].map((wire) => wire.close()));
    },
  };
}

function busProbe(
  source: Source,
  registers: ReadonlyMap<BusId, WritableRegisters>,
  extensions: readonly Probe[],
  wires: Map<BusId, SerialWire>,
  linkOf: (bus: BusId) => ByteLink | undefined,
  isMap: UpsMapCheck,
): Probe | undefined {
  switch (source.kind) {
    case 'serial': {
      const wire = wires.get(source.bus) ?? openWire(linkOf(source.bus));
      if (wire === undefined) return silent(source);
      wires.set(source.bus, wire);
      return serialPollProbe({ ...source, source: source.id, timeoutMs: source.waitMs, wire });
    }
    case 'ups': {
      const bus = registers.get(source.bus);
      return bus === undefined ? silent(source) : upsProbeOf(source, bus, isMap);
    }
    case 'megatec': {
      const link = linkOf(source.bus);
      return link === undefined ? silent(source) : megatecProbe({ ...source, source: source.id, link });
    }
    case 'dial-tone':
      return extensions.find((one) => one.source === source.id);
    // Call records have a reader of their own (`records.ts`).
    default:
      return undefined;
  }
}

function openWire(link: ByteLink | undefined): SerialWire | undefined {
  if (link === undefined) return undefined;
  const wire = new SerialWire(link);
  wire.start();
  return wire;
}

function upsProbeOf(
  source: Extract<Source, { kind: 'ups' }>,
  registers: WritableRegisters,
  isMap: UpsMapCheck,
): Probe {
  try {
    return upsProbe({ ...source, source: source.id, registers, map: readUpsMap(source.model, isMap) });
  } catch (error) {
    if (!(error instanceof UpsMapError)) throw error;
    return silent(source, text(error.message, error.message));
  }
}

const compiledNow = async (): Promise<UpsMapCheck> =>
  (await import('../drivers/ups/map.ts')).compileUpsMapCheck();
