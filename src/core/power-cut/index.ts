/** The power-cut plan, as the room sees it. */
export { check } from './check.ts';
export { conditions } from './conditions.ts';
export { initial, saved } from './saved.ts';
export type { SavedPowerCut } from './saved.ts';
export type { Levels, PowerCutCommand, PowerCutConfig, PowerCutState } from './state.ts';
export { outputs, step } from './step.ts';
export type { PowerCutEvent } from './step.ts';
export { view } from './view.ts';
