/**
 * Where the guard ends and its machine begins: the core that it turns, threads, disk, wires, systemd and the process itself. The
 * program uses `machineParts`; the simulation of a whole room (`test/sim/room/`) puts a virtual machine in their place, so that
 * the guard that is simulated is the guard that runs.
 */
import type { Core } from '../shell/turn-loop.ts';
import type { RoomState } from '../core/room/state.ts';
import type { StartWorker } from './workers.ts';
import { bootId } from '../drivers/clock/system.ts';
import { check, outputs, step } from '../core/room/step.ts';
import { guardDisk } from '../drivers/disk/guard-file.ts';
import type { GuardDisk } from '../drivers/disk/guard-file.ts';
import { giveUpRealTime } from '../drivers/machine/scheduling.ts';
import { openField } from './field.ts';
import { openServiceNotifier } from '../drivers/notify/service-notifier.ts';
import { startThread } from './workers.ts';
import { findLastWords, writeLastWords } from './last-words.ts';

export interface GuardParts {
  readonly core: Core<RoomState>;
  readonly bootId: typeof bootId;
  readonly disk: GuardDisk;
  readonly openField: typeof openField;
  readonly startWorker: StartWorker;
  readonly openNotifier: typeof openServiceNotifier;
  readonly writeLastWords: typeof writeLastWords;
  readonly findLastWords: typeof findLastWords;
  readonly giveUpRealTime: typeof giveUpRealTime;
  /** Errors that nobody caught. */
  onBroken(hear: (what: string) => void): void;
  exit(code: number): never;
}

export const machineParts: GuardParts = {
  core: { step, outputs, check },
  bootId,
  disk: guardDisk,
  openField,
  startWorker: startThread,
  openNotifier: openServiceNotifier,
  writeLastWords,
  findLastWords,
  giveUpRealTime,
  onBroken(hear) {
    process.on('uncaughtException', (error) => {
      hear(`uncaught: ${error.stack ?? error.message}`);
    });
    process.on('unhandledRejection', (reason) => {
      hear(`unhandled: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`);
    });
  },
  exit: (code) => process.exit(code),
};
