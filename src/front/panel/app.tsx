/** The first page: one room, live. It shows what the guard tells; what people order goes out through one dialog. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Command } from '../../model/event.ts';
import type { Language } from '../../model/text.ts';
import { alarmCounts } from '../alarm-counts.ts';
import { Alarms, NewAlarm } from './alarms.tsx';
import { RoomBanner } from './banner.tsx';
import { Controls } from './controls.tsx';
import { CommandDialog } from './command-dialog.tsx';
import { Header } from './header.tsx';
import { Lines } from './lines.tsx';
import { PowerCut } from './power-cut.tsx';
import { Machine } from './machine.tsx';
import { Readings } from './readings.tsx';
import { Recordings } from './recordings.tsx';
import { useNow, useRoom } from './room-stream.ts';
import { Subjects } from './subjects.tsx';
import { ageWords, firstLanguage, rememberLanguage, SayingContext, sayingIn, words } from './words.ts';

/** The guard speaks at least every two seconds; silence beyond this is told. */
const staleMs = 8000;

export function App() {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const [asked, ask] = useState<Command | 'choose' | undefined>();
  const saying = useMemo(() => sayingIn(language), [language]);
  const room = useRoom();
  const now = useNow();
  const { view } = room;
  const { say } = saying;
  const { unacknowledged } = alarmCounts(view?.alarms ?? []);
  const title = view === undefined ? 'linekeeper' : say(view.room.name);

  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    document.title = unacknowledged > 0 ? `(${unacknowledged}) ${title}` : title;
  }, [language, title, unacknowledged]);

  const choose = (next: Language): void => {
    rememberLanguage(next);
    setLanguage(next);
  };
  const ageMs = now - room.freshAt;
  const stale =
    view === undefined
      ? undefined
      : room.link === 'lost'
        ? words.lost
        : ageMs > staleMs
          ? ageWords(Math.round(ageMs / 1000))
          : undefined;
  const order = room.takesCommands ? ask : undefined;

  return (
    <SayingContext.Provider value={saying}>
      <Header room={room} now={now} isStale={stale !== undefined} language={language} choose={choose} />
      {stale !== undefined && (
        <p class="stale" role="status">
          {say(stale)}
        </p>
      )}
      {view === undefined ? (
        <p class="waiting">{say(room.link === 'refused' ? words.refused : words.connecting)}</p>
      ) : (
        <main class={stale === undefined ? undefined : 'is-stale'}>
          <RoomBanner view={view} order={order} />
          <NewAlarm alarms={view.alarms} />
          <div class="columns">
            <div class="column">
              <PowerCut view={view} now={now} timezone={room.timezone} order={order} />
              <Lines lines={view.lines} now={now} />
              <Recordings lines={view.lines} now={now} timezone={room.timezone} />
              <Readings readings={view.readings} now={now} />
            </div>
            <div class="column">
              <Alarms view={view} now={now} timezone={room.timezone} order={order} />
              <Subjects subjects={view.subjects} now={now} timezone={room.timezone} order={order} />
              <Controls controls={view.controls} order={order} />
              <Machine view={view} version={room.version} />
            </div>
          </div>
        </main>
      )}
      {asked !== undefined && (
        <CommandDialog
          asked={asked}
          valuesOf={(control) => view?.controls.find(({ id }) => id === control)?.values ?? {}}
          close={() => {
            ask(undefined);
          }}
        />
      )}
    </SayingContext.Provider>
  );
}
