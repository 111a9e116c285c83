/** What is watched, what the evidence adds up to, and why. */
import type { RoomView } from '../../model/messages.ts';
import { shortMoment } from './moment.ts';
import { kindWords, useSaying, verdictWords, words } from './words.ts';

interface SubjectsProps {
  readonly subjects: RoomView['subjects'];
  readonly now: number;
  readonly timezone: string;
}
const rank = { down: 0, degraded: 1, unknown: 2, up: 3 } as const;

export function Subjects({ subjects, now, timezone }: SubjectsProps) {
  const { say, language } = useSaying();
  const sorted = subjects.toSorted((a, b) => rank[a.verdict] - rank[b.verdict]);
  return (
    <section class="part part-subjects" aria-labelledby="subjects">
      <h2 id="subjects">
        {say(words.subjects)} <small>{subjects.length}</small>
      </h2>
      <ul class="rows">
        {sorted.map(({ id, kind, verdict, why, since }) => (
          <li key={id} class={`subject verdict-${verdict}`}>
            <span class="verdict">{say(verdictWords[verdict])}</span>
            <span>
              <b>{id}</b> <span class="quiet">{say(kindWords[kind])}</span>
            </span>
            <time class="quiet" dateTime={new Date(since).toISOString()}>
              {shortMoment(since, now, timezone, language)}
            </time>
            <p>{say(why)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
