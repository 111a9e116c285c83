/**
 * Who is on duty.
 *
 * Contract: answers at once, from what it knows; never throws. Level 1 is the first; a level that there is not has nobody. An
 * empty answer means that nobody can be told, which is itself told.
 */
import type { DutyPerson } from '../model/escalation.ts';
import type { WallMs } from '../model/units.ts';

export interface Duty {
  onDuty(level: number, at: WallMs): readonly DutyPerson[];
}
