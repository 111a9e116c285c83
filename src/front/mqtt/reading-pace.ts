/**
 * How often a measured value is worth a message to the centre: at once when its state changes, when it moved by its step but not
 * more often than every ten seconds, and every five minutes if it moved at all. In between the last one told stands.
 */
import type { ReadingRow } from '../../model/messages.ts';

const pauseMs = 10_000;
const againMs = 300_000;

interface Told {
  readonly at: number;
  readonly reading: ReadingRow;
}

export class ReadingPace {
  readonly #told = new Map<string, Told>();

  /** What the centre is to know now; `at` is the room's own time. */
  paced(readings: readonly ReadingRow[], at: number): readonly ReadingRow[] {
    const ids = new Set(readings.map(({ id }) => id));
    for (const id of this.#told.keys()) if (!ids.has(id)) this.#told.delete(id);
    return readings.map((reading) => {
      const last = this.#told.get(reading.id);
      if (last !== undefined && !isNews(last, reading, at)) return last.reading;
      this.#told.set(reading.id, { at, reading });
      return reading;
    });
  }
}

function isNews(told: Told, now: ReadingRow, at: number): boolean {
  const last = told.reading;
  if (last.state !== now.state || last.counted !== now.counted) return true;
  if (last.value === undefined || now.value === undefined)
    return last.value !== now.value || last.reason?.en !== now.reason?.en;
  const ageMs = at - told.at;
  const moved = Math.abs(now.value - last.value);
  return moved > 0 && (ageMs >= againMs || (moved >= now.step && ageMs >= pauseMs));
}
