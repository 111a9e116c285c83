/**
 * The short forms of the room file: durations (`3s`), thresholds (`> 30`), terminals (`card-a/relay1..8`), ranges of lines
 * (`L01-L08`), templates (`80{nn}`), links (`serial:/dev/…`, `tcp://host:port`). Pure text to values; a form that does
 * not fit is `undefined`, and the caller says what would be right.
 */
import type { Link, RecordLink, SerialParity, Threshold } from '../model/room.ts';

/** One name: of a bus, point, line or subject. */
export const namePattern = '^[A-Za-z][A-Za-z0-9-]{0,31}$';
export const lineKeyPattern = '^[A-Za-z][A-Za-z0-9-]{0,63}$';
export const roomIdPattern = '^[a-z0-9][a-z0-9-]{0,31}$';

export const durationPattern = '^\\d{1,9}(\\.\\d{1,3})?(ms|s|m|h|d)$';
export const daysPattern = '^\\d{1,5}d$';
export const percentPattern = '^\\d{1,3}%$';
export const thresholdPattern = '^[<>] ?-?\\d+(\\.\\d+)?$';
/** Ohms as they are printed on a drawing: 470, 4k7, 2.2k, 10k. */
export const resistancePattern = '^(\\d{1,5}|\\d{1,2}(\\.\\d{1,2})?k|\\d{1,2}k\\d{1,2})$';
/** One or two frequencies in Hz. */
export const tonePattern = '^[2-9]\\d{2}(\\+[2-9]\\d{2})?$';
export const ratePattern = '^\\d{1,3} per \\d{1,4}(s|m|h)$';
export const terminalPattern = '^[A-Za-z][A-Za-z0-9-]*(/[A-Za-z0-9.]+){1,2}$';

const host = '([A-Za-z0-9]([A-Za-z0-9.-]{0,253}[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}\\])';
const devicePath = '/[^\\s"\']{1,200}';
export const hostPattern = `^(${host}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{1,45})$`;
export const hostPortPattern = `^${host}:\\d{1,5}$`;
export const hostMaybePortPattern = `^${host}(:\\d{1,5})?$`;
export const nutPattern = `^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}@${host}(:\\d{1,5})?$`;
export const sshPattern = `^[A-Za-z_][A-Za-z0-9_.-]{0,31}@${host}(:\\d{1,5})?$`;
export const sipPattern = `^sips?:${host}(:\\d{1,5})?(;transport=(udp|tcp|tls))?$`;
export const urlPattern = `^https?://${host}(:\\d{1,5})?(/[^\\s#]{0,500})?$`;
export const cardLinkPattern = `^(serial:${devicePath}|tcp://${host}:\\d{1,5})$`;
export const modbusLinkPattern = `^(rtu:${devicePath}|tcp://${host}(:\\d{1,5})?)$`;
export const serialLinkPattern = `^((serial:|file:)?${devicePath}|tcp://${host}:\\d{1,5}|tcp-listen://(${host})?:\\d{1,5})$`;
export const addressPattern = '^(\\d{1,3}(\\.\\d{1,3}){3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{1,45})$';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export function parseDuration(words: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(words);
  const ms = Number(match?.[1]) * (unitMs[match?.[2] ?? ''] ?? Number.NaN);
  return Number.isFinite(ms) ? Math.round(ms) : undefined;
}

/** The shortest way to write it: `90s`, `2m`, `1.5s`, `250ms`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  for (const unit of ['d', 'h', 'm']) {
    const size = unitMs[unit] ?? 1;
    if (ms % size === 0) return `${ms / size}${unit}`;
  }
  return ms % 100 === 0 && ms >= 1000 ? `${ms / 1000}s` : `${ms}ms`;
}

export function parseThreshold(words: string): Threshold | undefined {
  const match = /^([<>]) ?(-?\d+(?:\.\d+)?)$/.exec(words);
  const [, when, value] = match ?? [];
  if (when !== '>' && when !== '<') return undefined;
  return { when, value: Number(value) };
}

/** `3 per 10m` */
export function parseRate(words: string): { readonly count: number; readonly perMs: number } | undefined {
  const match = /^(\d+) per (\S+)$/.exec(words);
  const perMs = parseDuration(match?.[2] ?? '');
  return match === null || perMs === undefined ? undefined : { count: Number(match[1]), perMs };
}

/** `card-a/relay1..8` → bus `card-a`, word `relay`, 1 to 8. `rs485/12/30001` → unit 12, 30001. */
export interface TerminalWords {
  readonly bus: string;
  readonly word: string;
  readonly first: number;
  readonly last: number;
  readonly unit?: number;
}

export function parseTerminal(words: string): TerminalWords | undefined {
  const match = /^([A-Za-z][A-Za-z0-9-]*)\/(?:(\d{1,3})\/)?([a-z]*)(\d{1,6})(?:\.\.(\d{1,6}))?$/.exec(words);
  if (match === null) return undefined;
  const [, bus = '', unit, word = '', first = '', last] = match;
  return {
    bus,
    word,
    first: Number(first),
    last: Number(last ?? first),
    ...(unit === undefined ? {} : { unit: Number(unit) }),
  };
}

export type LineKey =
  | { readonly ok: true; readonly ids: readonly string[]; readonly isRange: boolean }
  | {
      readonly ok: false;
      readonly why: 'unequal digits' | 'runs down' | 'unlike ends' | 'too many';
      readonly try?: string;
    };

/** `L01-L08` → eight ids. Anything that looks like a range but is none is an error, so that no line is lost by a slip. */
export function parseLineKey(key: string, most: number): LineKey {
  const range = /^(.*?[A-Za-z-])(\d+)-(?:(.*?[A-Za-z-]))?(\d+)$/.exec(key);
  const [, prefix = '', from = '', toPrefix, to = ''] = range ?? [];
  const looksLikeRange = range !== null && (toPrefix === prefix || /^[A-Za-z]+$/.test(toPrefix ?? prefix));
  if (!looksLikeRange) return { ok: true, ids: [key], isRange: false };
  const width = Math.max(from.length, to.length);
  const right = `${prefix}${from.padStart(width, '0')}-${prefix}${to.padStart(width, '0')}`;
  if (toPrefix !== prefix) return { ok: false, why: 'unlike ends', try: right };
  if (from.length !== to.length) return { ok: false, why: 'unequal digits', try: right };
  const count = Number(to) - Number(from) + 1;
  if (count < 1) return { ok: false, why: 'runs down', try: `${prefix}${to}-${prefix}${from}` };
  if (count > most) return { ok: false, why: 'too many' };
  const ids = Array.from(
    { length: count },
    (_, index) => prefix + String(Number(from) + index).padStart(from.length, '0'),
  );
  return { ok: true, ids, isRange: true };
}

/** Fills `{n}`, `{nn}`, `{nnn}` with the number at the end of the line's name; `undefined` where that cannot be done. */
export function fillTemplate(template: string, lineId: string): string | undefined {
  if (!/[{}]/.test(template)) return template;
  const digits = /(\d+)$/.exec(lineId)?.[1];
  const rest = template.replaceAll(/\{n{1,6}\}/g, '');
  if (digits === undefined || /[{}]/.test(rest)) return undefined;
  return template.replaceAll(/\{(n{1,6})\}/g, (_, n: string) =>
    String(Number(digits)).padStart(n.length, '0'),
  );
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `10.0.0.11:5432`, `[fd00::1]:5060`; without a port the given one. */
export function parseHostPort(words: string, defaultPort?: number): HostPort | undefined {
  const match = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(words);
  if (match === null) return undefined;
  const port = match[2] === undefined ? defaultPort : Number(match[2]);
  if (port === undefined || port < 1 || port > 65_535) return undefined;
  const name = (match[1] ?? '').replaceAll(/[[\]]/g, '');
  return isHost(name) ? { host: name, port } : undefined;
}

/** Something of four numbers is an address, and each of them is at most 255. */
export const isHost = (name: string): boolean =>
  !/^[\d.]+$/.test(name) ||
  (/^\d+(\.\d+){3}$/.test(name) && name.split('.').every((part) => Number(part) <= 255));

/** `sip:pbx`, `sip:pbx:5060;transport=tcp`, `sips:pbx:5061`: where to ask, and over what (UDP unless it says so). */
export function parseSip(
  words: string,
): (HostPort & { readonly transport: 'udp' | 'tcp' | 'tls' }) | undefined {
  const match = /^(sips?):([^;]+)(?:;transport=(udp|tcp|tls))?$/.exec(words);
  if (match === null) return undefined;
  const [, scheme, where = '', named] = match;
  const isSecure = scheme === 'sips' || named === 'tls';
  const transport = isSecure ? 'tls' : named === 'tcp' ? 'tcp' : 'udp';
  const peer = parseHostPort(where, isSecure ? 5061 : 5060);
  return peer && { ...peer, transport };
}

export function parseLink(
  words: string,
  baud: number,
  parity: SerialParity,
  defaultPort?: number,
): Link | undefined {
  const tcp = /^tcp:\/\/(.+)$/.exec(words)?.[1];
  if (tcp !== undefined) {
    const peer = parseHostPort(tcp, defaultPort);
    return peer && { kind: 'tcp', ...peer };
  }
  const path = /^(?:serial:|rtu:)?(\/.+)$/.exec(words)?.[1];
  return path === undefined ? undefined : { kind: 'serial', path, baud, parity };
}

/** As `parseLink`, and `tcp-listen://:7001`, `file:/var/log/…`. */
export function parseRecordLink(
  words: string,
  baud: number,
  parity: SerialParity,
  from: string,
): RecordLink | undefined {
  const file = /^file:(\/.+)$/.exec(words)?.[1];
  if (file !== undefined) return { kind: 'file', path: file };
  const listen = /^tcp-listen:\/\/(.*):(\d{1,5})$/.exec(words);
  if (listen === null) return parseLink(words, baud, parity);
  const [, own = '', port = ''] = listen;
  if (own === '') return parseRecordLink(`tcp-listen://0.0.0.0:${port}`, baud, parity, from);
  const place = parseHostPort(`${own}:${port}`);
  if (place === undefined) return undefined;
  const { host: address, port: number } = place;
  return { kind: 'tcp-listen', ...(address === '0.0.0.0' ? {} : { host: address }), port: number, from };
}

/** Nobody else can listen in between. */
export const isThisMachine = (name: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(name);

/** Ohms of a text that `resistancePattern` takes. */
export function parseResistance(words: string): number {
  const [whole = '', part = ''] = words.split('k');
  if (!words.includes('k')) return Number(words);
  return Math.round(Number(part === '' ? whole : `${whole}.${part}`) * 1000);
}

/** 24 hours, as a part of a pattern. */
export const clockTime = '([01]\\d|2[0-3]):[0-5]\\d';
