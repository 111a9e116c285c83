/** Times as people of the room read them: in the room's own zone, in the chosen language. */
import type { Language } from '../../model/text.ts';

const localeOf = (language: Language): string => (language === 'zh' ? 'zh-CN' : 'en-GB');

export const clockTime = (at: number, timezone: string, language: Language): string =>
  new Intl.DateTimeFormat(localeOf(language), {
    timeZone: timezone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(at);

export const calendarDay = (at: number, timezone: string, language: Language): string =>
  new Intl.DateTimeFormat(localeOf(language), {
    timeZone: timezone,
    month: language === 'zh' ? 'long' : 'short',
    day: 'numeric',
    weekday: 'short',
  }).format(at);

/** The time of day, with the date in front when it is not today. */
export function shortMoment(at: number, now: number, timezone: string, language: Language): string {
  const day = new Intl.DateTimeFormat(localeOf(language), {
    timeZone: timezone,
    month: '2-digit',
    day: '2-digit',
  });
  const time = clockTime(at, timezone, language);
  return day.format(at) === day.format(now) ? time : `${day.format(at)} ${time}`;
}

/** `0:07`, `12:34`, `1:02:03`. */
export function lengthOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const pad = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const tail = `${hours > 0 ? pad(minutes % 60) : minutes % 60}:${pad(seconds % 60)}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}
