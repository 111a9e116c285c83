/**
 * What guard.json keeps and how it is trusted: decisions (bypass, alarms) and the serial numbers that cards were bound to. A
 * file of another room, another form or another version is not used; the lines come first, and the relays tell where
 * they stand.
 */
import path from 'node:path';
import type { BusId, RoomId } from '../model/ids.ts';
import type { SavedRoom } from '../core/room/state.ts';
import { readSaved } from '../core/alarm/saved.ts';
import { readSaved as readControls } from '../core/control/state.ts';
import { readSaved as readUpsTests } from '../core/ups-test/step.ts';
import { readSaved as readEscalation } from '../core/escalation/step.ts';
import { readSaved as readMaintenance } from '../core/maintenance/step.ts';
import type { WallMs } from '../model/units.ts';
import { compiledCheck } from '../shell/compiled-check.ts';
import { guardDisk, readGuardFile, setAsideGuardFile } from '../drivers/disk/guard-file.ts';
import type { GuardDisk } from '../drivers/disk/guard-file.ts';

export interface GuardMemory {
  readonly version: 1;
  readonly room: RoomId;
  readonly boot: string;
  readonly wall: WallMs;
  readonly decisions: SavedRoom;
  /** Serial number of the card that each bus was bound to. */
  readonly cards: Readonly<Record<BusId, string>>;
}

/** A validator as ajv makes it. */
export interface GuardMemoryCheck {
  (content: unknown): content is GuardMemory;
  errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
}

export type Remembered =
  | { readonly kind: 'remembered'; readonly memory: GuardMemory }
  /** Nothing was ever kept here, or it was another room's. */
  | { readonly kind: 'first-power-on' }
  /** This room ran here before, but guard.json is gone. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly setAside: string };

export async function recall(file: string, room: RoomId, disk = guardDisk): Promise<Remembered> {
  const read = readGuardFile(file, disk);
  if (read.kind === 'unreadable') return read;
  if (read.kind === 'missing')
    return hasRunHere(path.dirname(file), disk) ? { kind: 'missing' } : { kind: 'first-power-on' };
  const isMemory = (compiledCheck('guard-memory') as GuardMemoryCheck | undefined) ?? (await compiledNow());
  if (!isMemory(read.content)) {
    const wrong = isMemory.errors
      ?.map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`)
      .join('; ');
    return { kind: 'unreadable', reason: wrong ?? 'not understood', setAside: setAsideGuardFile(file, disk) };
  }
  if (read.content.room !== room) return { kind: 'first-power-on' };
  const { decisions } = read.content;
  const alarms = readSaved(decisions.alarms)?.saved ?? { alarms: [] };
  const maintenance = readMaintenance(decisions.maintenance);
  const escalation = readEscalation(decisions.escalation);
  const controls = readControls(decisions.controls);
  const upsTests = readUpsTests(decisions.upsTests);
  return {
    kind: 'remembered',
    memory: {
      ...read.content,
      decisions: { ...decisions, alarms, maintenance, escalation, controls, upsTests },
    },
  };
}

const hasRunHere = (folder: string, disk: GuardDisk): boolean =>
  disk.list(folder).some((name) => name === 'archive.db' || name.startsWith('guard.json'));

/** Compiled once: a process that reads it again, as a simulation does, need not wait again. */
let compiled: GuardMemoryCheck | undefined;
const compiledNow = async (): Promise<GuardMemoryCheck> =>
  (compiled ??= (await import('./guard-memory-schema.ts')).compileGuardMemory());
