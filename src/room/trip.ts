/**
 * Can this room trip by itself? Only where a PBX is watched in at least two domains, one of them with a proof, and a line
 * has a relay to trip. Said before the night in which it matters.
 */
import type { LineSettings, Source, Subject } from '../model/room.ts';
import type { Domain } from '../model/watch.ts';

export interface TripOutlook {
  readonly possible: boolean;
  readonly why: 'yes' | 'no pbx' | 'no relay' | 'one domain' | 'no proof';
  /** Domains that speak for the PBX. */
  readonly domains: readonly Domain[];
  readonly proofs: readonly Domain[];
}

const unique = (sources: readonly Source[]): Domain[] => [...new Set(sources.map(({ domain }) => domain))];

export function tripOutlook(
  subjects: Iterable<Subject>,
  lines: Iterable<Pick<LineSettings, 'relay'>>,
): TripOutlook {
  const pbx = [...subjects].find(({ kind }) => kind === 'pbx');
  const sources = pbx?.sources ?? [];
  const domains = unique(sources);
  const proofs = unique(sources.filter(({ weight }) => weight === 'proof'));
  const hasRelay = [...lines].some(({ relay }) => relay !== undefined);
  const why =
    pbx === undefined
      ? 'no pbx'
      : domains.length < 2
        ? 'one domain'
        : proofs.length === 0
          ? 'no proof'
          : !hasRelay
            ? 'no relay'
            : 'yes';
  return { possible: why === 'yes', why, domains, proofs };
}
