/** What is watched, what the evidence adds up to, and why. */
import type { Command } from '../../model/event.ts';
import type { RoomView } from '../../model/messages.ts';
import { shortMoment } from './moment.ts';
import { kindWords, useSaying, verdictWords, words } from './words.ts';

interface SubjectsProps {
  readonly subjects: RoomView['subjects'];
  readonly now: number;
  readonly timezone: string;
  readonly order: ((asked: Command) => void) | undefined;
}
const firstHours = 2;
const rank = { down: 0, degraded: 1, unknown: 2, up: 3 } as const;

export function Subjects({ subjects, now, timezone, order }: SubjectsProps) {
  const { say, language } = useSaying();
  const sorted = subjects.toSorted((a, b) => rank[a.verdict] - rank[b.verdict]);
  return (
    <section class="part part-subjects" aria-labelledby="subjects">
      <h2 id="subjects">
        {say(words.subjects)} <small>{subjects.length}</small>
      </h2>
      <ul class="rows">
        {sorted.map(({ id, kind, verdict, why, since, hiddenBy, flapping, maintenance }) => (
          <li key={id} class={`subject verdict-${verdict}`}>
            <span class="verdict">
              {say(hiddenBy === undefined ? verdictWords[verdict] : words.unreachable)}
            </span>
            <span>
              <b>{id}</b> <span class="quiet">{say(kindWords[kind])}</span>
            </span>
            <time class="quiet" dateTime={new Date(since).toISOString()}>
              {shortMoment(since, now, timezone, language)}
            </time>
            <p>
              {flapping === true && <b>{say(words.flapping)} </b>}
              {say(why)}
            </p>
            {maintenance !== undefined && (
              <p class="maintenance">
                {say(words.outOfService)} {say(words.until)}{' '}
                {shortMoment(maintenance.until, now, timezone, language)}: {say(maintenance.reason)} (
                {maintenance.by})
              </p>
            )}
            {order !== undefined && (
              <button
                type="button"
                onClick={() => {
                  order(
                    maintenance === undefined
                      ? { do: 'maintenance', subject: id, forMs: firstHours * 3_600_000, reason: '' }
                      : { do: 'end-maintenance', subject: id },
                  );
                }}
              >
                {say(maintenance === undefined ? words.maintenance : words.endMaintenance)}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
