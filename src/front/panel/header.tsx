import type { Language } from '../../model/text.ts';
import type { LiveRoom } from './room-stream.ts';
import { calendarDay, clockTime } from './moment.ts';
import { useSaying, words } from './words.ts';

interface HeaderProps {
  readonly room: LiveRoom;
  readonly now: number;
  readonly isStale: boolean;
  readonly language: Language;
  readonly choose: (language: Language) => void;
}

export function Header({ room, now, isStale, language, choose }: HeaderProps) {
  const { say } = useSaying();
  const { view, timezone, link } = room;
  return (
    <header class="head">
      <div class="head-name">
        <h1>{view === undefined ? 'linekeeper' : say(view.room.name)}</h1>
        {view !== undefined && <span class="room-id">{view.room.id}</span>}
      </div>
      <div class="head-side">
        <span class={`link ${isStale ? 'link-lost' : `link-${link}`}`}>
          <i aria-hidden="true" />
          {say(isStale ? words.notLive : link === 'live' ? words.live : words.connecting)}
        </span>
        {view !== undefined && (
          <time class="clock" dateTime={new Date(now).toISOString()}>
            <span>{calendarDay(now, timezone, language)}</span>
            <b>{clockTime(now, timezone, language)}</b>
          </time>
        )}
        <div class="languages" role="group" aria-label="语言 Language">
          <button
            type="button"
            lang="zh-CN"
            aria-pressed={language === 'zh'}
            onClick={() => {
              choose('zh');
            }}
          >
            中文
          </button>
          <button
            type="button"
            lang="en"
            aria-pressed={language === 'en'}
            onClick={() => {
              choose('en');
            }}
          >
            EN
          </button>
        </div>
      </div>
    </header>
  );
}
