/**
 * The bypass: which lines are joined to the PBX and which straight to their seat phones. The most important machine of
 * linekeeper: when the PBX dies, every trunk must reach a phone, and nothing here may make the room worse than it is.
 *
 * Specification: the bypass tables of the safety core, with the mended rows in docs/safety.md.
 */
export { check } from './check.ts';
export { mayExercise } from './commands.ts';
export { conditions } from './conditions.ts';
export { explainLines, explainRoom } from './explain.ts';
export type { Explained } from './explain.ts';
export { isRoomKeyTurned } from './intent.ts';
export { nextDeadline } from './deadlines.ts';
export { initial, saved } from './start.ts';
export { outputs, step, view } from './step.ts';
export { standardValues } from './values.ts';
export type {
  BypassCommand,
  BypassConfig,
  BypassEvent,
  BypassState,
  BypassView,
  SavedBypass,
} from './state.ts';
