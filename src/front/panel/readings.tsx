/** Measured values with their limits: what is beyond one stands first. */
import type { ReadingRow } from '../../model/messages.ts';
import type { Threshold } from '../../model/room.ts';
import { readingWords, secondsWords, useSaying, words } from './words.ts';

const rank = { critical: 0, warn: 1, unknown: 2, ok: 3 } as const;

export function Readings({
  readings,
  now,
}: {
  readonly readings: readonly ReadingRow[];
  readonly now: number;
}) {
  const { say } = useSaying();
  if (readings.length === 0) return null;
  const sorted = readings.toSorted((a, b) => rank[a.state] - rank[b.state]);
  return (
    <section class="part part-readings" aria-labelledby="readings">
      <h2 id="readings">
        {say(words.readings)} <small>{readings.length}</small>
      </h2>
      <table>
        <thead>
          <tr>
            <th>{say(words.readingOf)}</th>
            <th>{say(words.value)}</th>
            <th>{say(words.limits)}</th>
            <th>{say(words.state)}</th>
            <th>{say(words.age)}</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((reading) => {
            const { id, name, state, at, warn, critical, reason, counted } = reading;
            return (
              <tr key={id} class={`reading reading-${state}`} title={reason === undefined ? id : say(reason)}>
                <td>{say(name)}</td>
                <td class="number">{valueOf(reading)}</td>
                <td class="quiet">{[warn, critical].flatMap(limitOf).join(' · ')}</td>
                <td>
                  {say(readingWords[state])}
                  {counted !== undefined && counted > 0 ? ` +${counted}` : ''}
                </td>
                <td class="quiet">{at === undefined ? '–' : say(secondsWords(Math.max(0, now - at)))}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

const limitOf = (limit: Threshold | undefined): readonly string[] =>
  limit === undefined ? [] : [`${limit.when} ${limit.value}`];

/** A time of more than two minutes is read in minutes. */
function valueOf({ value, unit }: ReadingRow): string {
  if (value === undefined) return '–';
  if (unit === 's' && value >= 120) return `${Math.floor(value / 60)} min`;
  return `${Number(value.toFixed(value >= 100 ? 0 : 2))}${unit === '' ? '' : ` ${unit}`}`;
}
