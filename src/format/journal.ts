/**
 * The guard's journal: every event that a decision saw, as text lines, so that a night can be decided again exactly.
 *
 * Most events repeat (an empty turn, an unchanged relay report), so each distinct body is written once and named by a
 * number afterwards:
 *
 *     {"v":1,…}                 header: what is needed to begin (version, run, room, state)
 *     +7 1234.5 {"kind":…}      body 7 is new; it happened at 1234.5 ms of the monotonic clock
 *     7 20                      body 7 again, 20 ms after the line before
 *
 * A reader meets a torn last line after a power cut: it ends there and says so. The table of bodies is bounded; numbers are
 * used again in turn, so a reader follows with the same rule.
 */
import type { RoomEvent } from '../model/event.ts';
import { monoMs } from '../model/units.ts';

/** Bodies remembered; older ones are written in full again. */
const bodiesMax = 512;
const version = 1;

export interface JournalHeader {
  readonly v: number;
  /** Version of the program: another one may decide differently. */
  readonly program: string;
  readonly run: string;
  readonly wall: number;
  readonly mono: number;
  /** Base64 of the serialised state and configuration at the beginning of this file. */
  readonly state: string;
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000;

/** Encodes one journal file. `begin()` starts the next one. */
export class JournalWriter {
  #numbers = new Map<string, number>();
  #order: string[] = [];
  #next = 0;
  #last = 0;

  begin(header: Omit<JournalHeader, 'v'>): string {
    this.#numbers = new Map();
    this.#order = [];
    this.#next = 0;
    this.#last = 0;
    return `${JSON.stringify({ v: version, ...header })}\n`;
  }

  line(event: RoomEvent): string {
    const { at, ...rest } = event;
    const body = JSON.stringify(rest);
    const known = this.#numbers.get(body);
    if (known !== undefined) {
      const gap = round(at - this.#last);
      this.#last = round(this.#last + gap);
      return `${known} ${gap}\n`;
    }
    const number = this.#next;
    const replaced = this.#order[number];
    if (replaced !== undefined) this.#numbers.delete(replaced);
    this.#order[number] = body;
    this.#numbers.set(body, number);
    this.#next = (number + 1) % bodiesMax;
    this.#last = round(at);
    return `+${number} ${this.#last} ${body}\n`;
  }
}

export type JournalRecord =
  | { readonly kind: 'event'; readonly event: RoomEvent }
  /** The line cannot be read: the file is torn or was changed; nothing after it is used. */
  | { readonly kind: 'torn'; readonly line: number; readonly text: string };

export interface Journal {
  readonly header: JournalHeader;
  readonly records: readonly JournalRecord[];
}

/** Reads a whole journal file; `undefined` when the header is not one of ours. */
export function readJournal(content: string): Journal | undefined {
  const lines = content.split('\n');
  const header = parseHeader(lines[0] ?? '');
  if (header === undefined) return undefined;
  const bodies: object[] = [];
  const records: JournalRecord[] = [];
  let last = 0;
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const match = /^(\+?)(\d+) (-?[\d.]+)(?: (\{.*\}))?$/.exec(line);
    const number = Number(match?.[2]);
    const time = Number(match?.[3]);
    const isNew = match?.[1] === '+';
    const body = isNew ? parseObject(match[4] ?? '') : bodies[number];
    if (match === null || body === undefined || number >= bodiesMax || Number.isNaN(time)) {
      records.push({ kind: 'torn', line: index + 1, text: line.slice(0, 80) });
      break;
    }
    if (isNew) bodies[number] = body;
    last = isNew ? time : round(last + time);
    // The body was written by `line` from an event of this very type; the header's version guards the form.
    records.push({
      kind: 'event',
      event: { ...(body as Omit<RoomEvent, 'at'>), at: monoMs(last) } as RoomEvent,
    });
  }
  return { header, records };
}

function parseObject(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function parseHeader(json: string): JournalHeader | undefined {
  const value = parseObject(json) as Partial<JournalHeader> | undefined;
  if (value?.v !== version || typeof value.state !== 'string' || typeof value.run !== 'string')
    return undefined;
  return {
    v: version,
    program: value.program ?? '',
    run: value.run,
    wall: value.wall ?? 0,
    mono: value.mono ?? 0,
    state: value.state,
  };
}
