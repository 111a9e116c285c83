/** A call as it comes back from a file or a database: every field looked at, nothing trusted. */
import type { CallDirection, CallEnd } from '../model/line.ts';
import type { CallRecord } from '../model/messages.ts';
import { wallMs } from '../model/units.ts';

const directions: readonly CallDirection[] = ['incoming', 'outgoing', 'found'];
const ends: readonly CallEnd[] = ['released', 'abandoned', 'line-lost', 'link-lost', 'cut-over'];
const answerers = ['pbx', 'phone'] as const;

export function readCall(value: unknown): CallRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const text = (key: string): string | undefined => {
    const field = fields[key];
    return typeof field === 'string' ? field : undefined;
  };
  const number = (key: string): number | undefined => {
    const field = fields[key];
    return typeof field === 'number' && Number.isFinite(field) ? field : undefined;
  };
  const id = text('id');
  const line = text('line');
  const startedAt = number('startedAt');
  const direction = directions.find((known) => known === fields['direction']);
  if (id === undefined || line === undefined || startedAt === undefined || direction === undefined)
    return undefined;
  const answeredAt = number('answeredAt');
  const answeredBy = answerers.find((known) => known === fields['answeredBy']);
  const endedAt = number('endedAt');
  const end = ends.find((known) => known === fields['end']);
  return {
    id,
    line,
    trunk: text('trunk') ?? '',
    phone: text('phone') ?? '',
    direction,
    startedAt: wallMs(startedAt),
    ...(answeredAt !== undefined && { answeredAt: wallMs(answeredAt) }),
    ...(answeredBy !== undefined && { answeredBy }),
    ...(endedAt !== undefined && { endedAt: wallMs(endedAt) }),
    ...(end !== undefined && { end }),
    rings: number('rings') ?? 0,
    digits: text('digits') ?? '',
    caller: text('caller') ?? '',
    bypass: fields['bypass'] === true,
  };
}
