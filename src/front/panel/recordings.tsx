/** Recordings, newest first, with one player. Seeking asks the server for ranges; nothing is loaded before it is played. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { FoundRecording, LineView, RecordCounts } from '../../model/messages.ts';
import type { Text } from '../../model/text.ts';
import { lengthOf, shortMoment } from './moment.ts';
import { recordCountWords, useSaying, words } from './words.ts';

type Shown = Omit<FoundRecording, 'path'> & { readonly audio: string };
interface Page {
  readonly items: readonly Shown[];
  readonly next: string | null;
}
const pageRows = 12;
const refreshMs = 8000;
const dayMs = 86_400_000;
const refusedMediaCode = 4;

async function pageOf(line: string, number: string, after?: string): Promise<Page | undefined> {
  const query = new URLSearchParams({ limit: String(pageRows) });
  if (line !== '') query.set('line', line);
  if (number.length >= 3) query.set('number', number);
  if (after !== undefined) query.set('after', after);
  try {
    const answer = await fetch(`/api/v1/recordings?${query.toString()}`);
    return answer.ok ? ((await answer.json()) as Page) : undefined;
  } catch {
    return undefined;
  }
}

/** The line's own number; where it has none, that of the switch. */
const numberOf = ({ call, pbx }: Shown): string =>
  (call === undefined ? '' : call.caller !== '' ? call.caller : call.digits) || (pbx?.number ?? '');

/** Without call records there is nothing to say of them. */
async function countsSince(from: number): Promise<RecordCounts | undefined> {
  try {
    const answer = await fetch(`/api/v1/records?from=${from}`);
    const counts = answer.ok ? ((await answer.json()) as RecordCounts) : undefined;
    return counts !== undefined && Object.values(counts).some((count) => count > 0) ? counts : undefined;
  } catch {
    return undefined;
  }
}

/** What the call record of the switch adds: extension and account code, or that it cannot be told. */
function PbxWords({ pbx }: { readonly pbx: Shown['pbx'] | undefined }) {
  const { say } = useSaying();
  if (pbx === undefined) return null;
  if (pbx.certainty === 'ambiguous') return <span class="tag">{say(words.recordAmbiguous)}</span>;
  return (
    <span class="quiet pbx-says">
      {pbx.extension === undefined ? '' : ` ${say(words.extension)} ${pbx.extension}`}
      {pbx.account === undefined ? '' : ` · ${say(words.account)} ${pbx.account}`}
    </span>
  );
}

function Player({ recording, close }: { readonly recording: Shown; readonly close: () => void }) {
  const { say } = useSaying();
  const [problem, setProblem] = useState<Text | undefined>();
  const element = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    setProblem(undefined);
    // A browser that does not start by itself waits for the person to press play.
    element.current?.play().catch(() => undefined);
  }, [recording.id]);
  const cannot = document.createElement('audio').canPlayType('audio/ogg; codecs=opus') === '';
  return (
    <div class="player">
      <p>
        <b>{recording.line}</b> {numberOf(recording)}{' '}
        <span class="quiet">{lengthOf(recording.durationMs)}</span>
        <a href={recording.audio} download>
          {say(words.download)}
        </a>
        <button type="button" onClick={close}>
          {say(words.close)}
        </button>
      </p>
      <audio
        ref={element}
        controls
        preload="metadata"
        src={recording.audio}
        onError={(event) => {
          const isFormat = event.currentTarget.error?.code === refusedMediaCode;
          setProblem(isFormat && cannot ? words.cannotPlay : words.playFailed);
        }}
      />
      {(problem ?? (cannot ? words.cannotPlay : undefined)) !== undefined && (
        <p class="problem" role="alert">
          {say(problem ?? words.cannotPlay)}
        </p>
      )}
    </div>
  );
}

interface RecordingsProps {
  readonly lines: readonly LineView[];
  readonly now: number;
  readonly timezone: string;
}

export function Recordings({ lines, now, timezone }: RecordingsProps) {
  const { say, language } = useSaying();
  const [line, setLine] = useState('');
  const [number, setNumber] = useState('');
  const [page, setPage] = useState<Page | undefined>();
  const [older, setOlder] = useState<Page | undefined>();
  const [counts, setCounts] = useState<RecordCounts | undefined>();
  const [isAway, setAway] = useState(false);
  const [chosen, choose] = useState<Shown | undefined>();
  const running = lines.filter((one) => one.recording).length;

  useEffect(() => {
    let isCurrent = true;
    const load = (): void => {
      void pageOf(line, number).then((found) => {
        if (!isCurrent) return;
        setAway(found === undefined);
        if (found !== undefined) setPage(found);
      });
      void countsSince(Date.now() - dayMs).then((found) => {
        if (isCurrent) setCounts(found);
      });
    };
    setOlder(undefined);
    load();
    const timer = window.setInterval(load, refreshMs);
    return () => {
      isCurrent = false;
      window.clearInterval(timer);
    };
  }, [line, number, running]);

  const items = [...(page?.items ?? []), ...(older?.items ?? [])];
  const unique = [...new Map(items.map((item) => [item.id, item])).values()];
  const next = older === undefined ? page?.next : older.next;
  const showMore = (): void => {
    void pageOf(line, number, next ?? undefined).then((found) => {
      if (found === undefined) setAway(true);
      else setOlder((before) => ({ items: [...(before?.items ?? []), ...found.items], next: found.next }));
    });
  };

  return (
    <section class="part part-recordings" aria-labelledby="recordings">
      <h2 id="recordings">
        {say(words.recordings)}
        <span class="filters">
          <select
            aria-label={say(words.line)}
            value={line}
            onChange={(event) => {
              setLine(event.currentTarget.value);
            }}
          >
            <option value="">{say(words.allLines)}</option>
            {lines.map(({ id }) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </select>
          <input
            type="search"
            inputMode="tel"
            aria-label={say(words.searchNumber)}
            placeholder={say(words.searchNumber)}
            value={number}
            onInput={(event) => {
              setNumber(event.currentTarget.value.trim());
            }}
          />
        </span>
      </h2>
      {isAway && <p class="problem">{say(words.archiveAway)}</p>}
      {chosen !== undefined && (
        <Player
          recording={chosen}
          close={() => {
            choose(undefined);
          }}
        />
      )}
      {unique.length === 0 ? (
        <p class="empty">{say(page === undefined ? words.connecting : words.noRecordings)}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>{say(words.time)}</th>
              <th>{say(words.line)}</th>
              <th>{say(words.number)}</th>
              <th class="figure">{say(words.duration)}</th>
              <th>
                <span class="spoken">{say(words.play)}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {unique.map((item) => (
              <tr key={item.id} class={item.id === chosen?.id ? 'is-chosen' : undefined}>
                <td>{shortMoment(item.startedAt, now, timezone, language)}</td>
                <td>{item.line}</td>
                <td>
                  {item.call !== undefined && <span class="quiet">{say(words[item.call.direction])} </span>}
                  {numberOf(item)}
                  <PbxWords pbx={item.pbx} />
                  {item.recovered && <span class="tag">{say(words.recovered)}</span>}
                </td>
                <td class="figure">{lengthOf(item.durationMs)}</td>
                <td class="figure">
                  <button
                    type="button"
                    onClick={() => {
                      choose(item);
                    }}
                  >
                    {say(item.id === chosen?.id ? words.playing : words.play)}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {counts !== undefined && <p class="quiet record-counts">{say(recordCountWords(counts))}</p>}
      {typeof next === 'string' && (
        <button type="button" class="more" onClick={showMore}>
          {say(words.more)}
        </button>
      )}
    </section>
  );
}
