/** What the config alone tells and each evidence asks: who speaks for whom, and in which order subjects are judged. Made once. */
import type { Source, Subject } from '../../model/room.ts';
import type { SourceId, SubjectId } from '../../model/ids.ts';

export interface Topology {
  readonly sources: readonly Source[];
  readonly recordSources: readonly Source[];
  readonly bySource: ReadonlyMap<
    SourceId,
    {
      readonly source: Source;
      /** In `sources`. */ readonly place: number;
      /** Of its subject. */ readonly position: number;
    }
  >;
  readonly positions: ReadonlyMap<SubjectId, number>;
  /** Positions, each after those it depends on. */
  readonly order: readonly number[];
  /** By position: those it depends on. In a circle, one that comes later in the order is left out: it is taken as not down. */
  readonly parents: readonly (readonly number[])[];
  readonly children: readonly (readonly number[])[];
}

export function topologyOf(subjects: readonly Subject[]): Topology {
  const sources = subjects.flatMap((subject) => subject.sources);
  const positions = new Map(subjects.map(({ id }, position) => [id, position]));
  const order = orderOf(subjects, positions);
  const rank = new Map(order.map((position, index) => [position, index]));
  const rankOf = (position: number): number => rank.get(position) ?? 0;
  const parents = subjects.map(({ dependsOn }, position) =>
    dependsOn.flatMap((id) => positions.get(id) ?? []).filter((parent) => rankOf(parent) < rankOf(position)),
  );
  const children: number[][] = subjects.map(() => []);
  for (const [position, above] of parents.entries())
    for (const parent of above) children[parent]?.push(position);
  return {
    sources,
    recordSources: sources.filter(({ kind }) => kind === 'call-records'),
    bySource: new Map(
      subjects
        .flatMap((subject, position) => subject.sources.map((source) => ({ source, position })))
        .map(({ source, position }, place) => [source.id, { source, place, position }]),
    ),
    positions,
    order,
    parents,
    children,
  };
}

/** Depth first, in the order of the room file. */
function orderOf(subjects: readonly Subject[], positions: ReadonlyMap<SubjectId, number>): readonly number[] {
  const order: number[] = [];
  const seen = new Set<number>();
  const visit = (position: number): void => {
    if (seen.has(position)) return;
    seen.add(position);
    for (const id of subjects[position]?.dependsOn ?? []) {
      const parent = positions.get(id);
      if (parent !== undefined) visit(parent);
    }
    order.push(position);
  };
  for (const position of subjects.keys()) visit(position);
  return order;
}
