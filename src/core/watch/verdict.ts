/**
 * What the evidence of a subject adds up to (state-machines.md, verdict rule).
 *
 * The PBX moves telephone lines, so its `down` is hard to reach: two domains, one proof, and no proof of service newer than
 * the first of the downs. Unknown counts neither for nor against. Every other subject is down when `downWhen` of its
 * sources are.
 */
import type { MonoMs } from '../../model/units.ts';
import type { Source, Subject } from '../../model/room.ts';
import type { Domain, Verdict } from '../../model/watch.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { Statement } from './statement.ts';

/** Domains that must agree on the PBX, either way. */
export const domainsNeeded = 2;

export interface Spoken {
  readonly source: Source;
  readonly statement: Statement;
}

export interface Judged {
  readonly verdict: Verdict;
  /** Sources whose proof of service keeps the subject from `down`. */
  readonly vetoes: readonly Spoken[];
}

const domainsOf = (spoken: readonly Spoken[]): number =>
  new Set<Domain>(spoken.map(({ source }) => source.domain)).size;

/** Does this kind of source still speak of the PBX when no line is connected to it? */
const speaksInBypass = (source: Source): boolean => source.kind !== 'lines' && source.kind !== 'call-records';

export function judge(subject: Subject, spoken: readonly Spoken[], inBypass: boolean): Judged {
  const downs = spoken.filter(({ statement }) => statement.says === 'down');
  const ups = spoken.filter(({ statement }) => statement.says === 'up');
  return subject.kind === 'pbx'
    ? judgePbx(subject, spoken, downs, ups, inBypass)
    : { verdict: judgeOther(subject, downs, ups), vetoes: [] };
}

function judgePbx(
  subject: Subject,
  spoken: readonly Spoken[],
  downs: readonly Spoken[],
  ups: readonly Spoken[],
  inBypass: boolean,
): Judged {
  const enough =
    domainsOf(downs) >= domainsNeeded &&
    downs.some(({ source }) => source.weight === 'proof') &&
    downs.length >= subject.downWhen;
  const firstDown = downs.reduce<MonoMs | undefined>(
    (first, { statement }) => (first === undefined || statement.since < first ? statement.since : first),
    undefined,
  );
  const vetoes =
    enough && firstDown !== undefined
      ? spoken.filter(({ statement }) => statement.vetoAt !== undefined && statement.vetoAt > firstDown)
      : [];
  if (enough && vetoes.length === 0) return { verdict: 'down', vetoes };
  const able = inBypass ? spoken.filter(({ source }) => speaksInBypass(source)) : spoken;
  // In bypass a room whose second domain is the lines themselves must be able to come back.
  const needed = inBypass ? Math.min(domainsNeeded, Math.max(1, domainsOf(able))) : domainsNeeded;
  if (downs.length === 0 && domainsOf(ups) >= needed) return { verdict: 'up', vetoes };
  return { verdict: downs.length + ups.length > 0 ? 'degraded' : 'unknown', vetoes };
}

function judgeOther(subject: Subject, downs: readonly Spoken[], ups: readonly Spoken[]): Verdict {
  if (downs.length >= Math.max(1, subject.downWhen)) return 'down';
  if (downs.length > 0) return 'degraded';
  return ups.length > 0 ? 'up' : 'unknown';
}

/** Can the evidence of this PBX ever trip the bypass by itself? For the check of the room file. */
export function automaticTrip(sources: readonly Pick<Source, 'domain' | 'weight'>[]): {
  readonly possible: boolean;
  readonly why: Text;
} {
  const domains = [...new Set(sources.map(({ domain }) => domain))];
  if (domains.length < domainsNeeded)
    return {
      possible: false,
      why: text(
        `不能自动切换旁路：证据只来自${domains.length === 0 ? '零个' : '一个'}领域${domains.length === 0 ? '' : `（${domains.join('')}）`}，至少需要两个`,
        `automatic trip not possible: evidence from ${domains.length === 0 ? 'no domain' : `one domain only (${domains.join('')})`}, two are needed`,
      ),
    };
  if (!sources.some(({ weight }) => weight === 'proof'))
    return {
      possible: false,
      why: text(
        '不能自动切换旁路：没有直接证据（触点、分机拨号音或外线），只有间接迹象',
        'automatic trip not possible: hints only, no proof (contact, extension dial tone or the lines)',
      ),
    };
  return {
    possible: true,
    why: text(
      `可以自动切换旁路：证据来自 ${domains.length} 个领域（${domains.join('、')}）`,
      `automatic trip possible: evidence from ${domains.length} domains (${domains.join(', ')})`,
    ),
  };
}
