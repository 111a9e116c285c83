/** Bugs that somebody could write into the alarms, the escalation and the report: each caught by name. */
import type { Mutant } from './bypass.ts';

const by = (name: string): Mutant['by'] => ({ copied: name });
const rules = by('alarm/rules.test.ts');
const byDesign = by('alarm/by-design.test.ts');
const escalation = by('escalation/escalation.test.ts');

export const mutants: readonly Mutant[] = [
  {
    name: 'the room file makes a stuck relay a warning',
    file: 'alarm/rules.ts',
    search: 'return isSafetyType(key.type) && rank(fixedSeverity) < rank(own) ? own : fixedSeverity;',
    replace: 'return fixedSeverity;',
    by: rules,
    caught: 'alarms of the bypass are never made quieter',
  },
  {
    name: 'a stuck relay is counted first',
    file: 'alarm/rules.ts',
    search: 'window === undefined || isSafety ?',
    replace: 'window === undefined ?',
    by: rules,
    caught: 'alarms of the bypass are never made quieter',
  },
  {
    name: 'a fault that stays is never counted to its number',
    file: 'alarm/regions.ts',
    search: 'delayEndsAt: later(at, withinMs),',
    replace: 'delayEndsAt: undefined,',
    by: rules,
    caught: 'one that lasts as long as the window',
  },
  {
    name: 'a restart forgets to ask again',
    file: 'alarm/saved.ts',
    search: 'reAlarmAt: reAlarmAt(saved, rule.reAlarmMs, at),',
    replace: 'reAlarmAt: undefined,',
    by: rules,
    caught: 'asking again outlives a restart',
  },
  {
    name: 'an exercise silences a stuck relay',
    file: 'alarm/regions.ts',
    search: 'const now = isSafetyType(alarm.key.type) ? undefined : root;',
    replace: 'const now = root;',
    by: byDesign,
    caught: 'while a relay is exercised',
  },
  {
    name: 'a permit takes the bypass out of service',
    file: 'alarm/commands.ts',
    search: 'if (isSafetyType(alarm.key.type))',
    replace: "if (alarm.key.type === '')",
    by: byDesign,
    caught: 'what guards the lines is never out of service',
  },
  {
    name: 'the lesser alarm is asked for when the greater is over',
    file: 'alarm/regions.ts',
    search: 'if (isSuperseded(alarm) && !isSuperseded(next) && !alarm.stands',
    replace: 'if (isSuperseded(next) && !alarm.stands',
    by: byDesign,
    caught: 'a PBX that dies slowly asks once',
  },
  {
    name: 'what found no room is never looked at again',
    file: 'alarm/step.ts',
    search: 'if (!isAll && before.levels.get(id) === condition) continue;',
    replace: 'if (before.levels.get(id) === condition) continue;',
    by: by('alarm/alarm.test.ts'),
    caught: 'ten thousand alarms stand',
  },
  {
    name: 'suppressed alarms make a flood',
    file: 'alarm/step.ts',
    search: 'isOwn(id) || alarm.suppressions.length > 0) continue;',
    replace: 'isOwn(id)) continue;',
    by: by('alarm/flood.test.ts'),
    caught: 'what is suppressed is no part of a flood',
  },
  {
    name: 'a fault that chatters is never escalated beyond the first level',
    file: 'escalation/step.ts',
    search: 'if (own === undefined && (!concerns || isInFlood)) continue;',
    replace: 'if (!stands || (own === undefined && (!concerns || isInFlood))) continue;',
    by: escalation,
    caught: 'what is over is not told, and what chatters',
  },
  {
    name: 'after a restart the escalation begins anew',
    file: 'escalation/step.ts',
    search: 'level: Math.min(level, levels),',
    replace: 'level: 0 * levels,',
    by: escalation,
    caught: 'a restart goes on where it was',
  },
  {
    name: 'what a person acknowledged counts as fleeting',
    file: 'alarm-report/report.ts',
    search: "if (change === 'acknowledged') since.delete(id);",
    replace: '',
    by: by('alarm-report/report.test.ts'),
    caught: 'what a person acknowledged was not fleeting',
  },
];
