/** Bugs that somebody could write into the controls of the switch and the battery tests: each caught by name. */
import type { Mutant } from './bypass.ts';

const control = { copied: 'control/control.test.ts' };
const upsTest = { copied: 'ups-test/ups-test.test.ts' };

export const mutants: readonly Mutant[] = [
  {
    name: 'an interlocked control goes on before the other is released',
    file: 'control/step.ts',
    search: '!on && hasLasted(since, breakMs, at) && (config.readBack === undefined || contact === false)',
    replace: '!on || hasLasted(since, breakMs, at) || config.readBack === undefined || contact === false',
    by: control,
    caught: 'of two that may not meet the other is released first',
  },
  {
    name: 'an interlocked control does not wait for the read-back of the other',
    file: 'control/step.ts',
    search: ' && (config.readBack === undefined || contact === false)',
    replace: '',
    by: control,
    caught: 'with a read-back the other must be seen released',
  },
  {
    name: 'the centre may do everything',
    file: 'control/step.ts',
    search: "if (by.via === 'centre' && !config.allowFromCentre) return refused(reasons.centre);",
    replace: '',
    by: control,
    caught: 'the centre may only where the room file says so',
  },
  {
    name: 'a string takes whatever value comes',
    file: 'control/fill.ts',
    search: 'value === undefined || !allowed.includes(value)',
    replace: 'value === undefined',
    by: control,
    caught: 'a string is that of the room file',
  },
  {
    name: 'night service is forgotten at a restart',
    file: 'control/state.ts',
    search: 'before?.on === true && isFree',
    replace: 'before === undefined && isFree',
    by: control,
    caught: 'a restart keeps what is held and the rate, and ends a pulse',
  },
  {
    name: 'a contact that was closed before confirms a pulse',
    file: 'control/step.ts',
    search: 'contact === true && contactSince >= open.since',
    replace: 'contact === true',
    by: control,
    caught: 'a pulse is shown only by a contact that closes after it began',
  },
  {
    name: 'mains lost in a battery test is hidden',
    file: 'ups-test/step.ts',
    search: 'reading.inputVolts < mainsVoltsMin',
    replace: 'reading.inputVolts < -mainsVoltsMin',
    by: upsTest,
    caught: 'mains lost in the test, a low battery',
  },
  {
    name: 'a battery test hides a power cut of another UPS',
    file: 'ups-test/step.ts',
    search: 'if (own?.sources.some(({ id }) => id === event.source) !== true) return event;',
    replace: 'if (own === undefined) return event;',
    by: upsTest,
    caught: 'on battery of another UPS during a test is a power cut',
  },
  {
    name: 'a battery is tested after a power cut',
    file: 'ups-test/guard.ts',
    search: 'cutAt !== undefined && elapsedMs(cutAt, at) < afterCutMs',
    replace: 'cutAt !== undefined && elapsedMs(cutAt, at) < 0',
    by: upsTest,
    caught: 'for a day after a power cut no battery is tested',
  },
  {
    name: 'a battery of unknown charge is tested',
    file: 'ups-test/guard.ts',
    search: "if (batteryPercent === undefined) return text('电量未知', 'its charge is not known');",
    replace: 'if (batteryPercent === undefined) return undefined;',
    by: upsTest,
    caught: 'each reason refuses, and nothing is sent',
  },
];
