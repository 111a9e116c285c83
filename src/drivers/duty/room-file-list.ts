/** The people of the room file, at every hour the same. */
import type { Duty } from '../../ports/duty.ts';
import type { EscalationSettings } from '../../model/escalation.ts';

export const roomFileList = (settings: EscalationSettings | undefined): Duty => ({
  onDuty: (level) => {
    const who = settings?.levels[level - 1]?.who ?? [];
    return who.flatMap((id) => settings?.people.find((person) => person.id === id) ?? []);
  },
});
