/** The telephone of a seat as evidence of it, named by the line that it carries in bypass. One phone is one seat's. */
import type { LineSettings, Source, Subject } from '../model/room.ts';
import type { SubjectKind } from '../model/watch.ts';
import { text } from '../model/text.ts';
import { didYouMean } from './nearest.ts';
import type { Path } from './problem.ts';
import type { Reading } from './reading.ts';

export interface SeatPlace {
  readonly id: string;
  readonly kind: SubjectKind;
  readonly path: (...words: string[]) => Path;
  readonly reading: Reading;
  readonly lines: ReadonlyMap<string, LineSettings>;
}

export function readSeatPhone(
  name: string,
  { id, kind, path, reading, lines }: SeatPlace,
): Source | undefined {
  const { report, isWhole } = reading;
  const where = path('seat-phone');
  if (kind !== 'terminal') {
    report({
      severity: 'error',
      path: where,
      message: text('只用于 kind: terminal 的座席', 'is for a seat, kind: terminal, only'),
    });
    return undefined;
  }
  const line = lines.get(name);
  if (line === undefined) {
    if (!isWhole('lines') || !isWhole('buses')) return undefined;
    const hint = didYouMean(name, lines.keys());
    report({
      severity: 'error',
      path: where,
      message: text(`没有线路 ${name}`, `there is no line ${name}`),
      ...(hint === undefined ? {} : { hint }),
    });
    return undefined;
  }
  if (line.relay === undefined)
    report({
      severity: 'warning',
      path: where,
      message: text(
        `${name} 没有 bypass：它的话机永远看不到`,
        `${name} has no bypass: its phone is never seen`,
      ),
    });
  return { id, kind: 'seat-phone', domain: 'lines', weight: 'proof', line: name, phone: line.phone };
}

/** A seat of which nothing but the phone is watched is hardly ever known; and one phone rings on one desk. */
export function tellSeats({ report, draft, indexInFile }: Reading, subjects: Iterable<Subject>): void {
  const owners = new Map<string, string>();
  for (const { id, sources } of subjects) {
    const written = draft.subjects?.[id]?.evidence ?? [];
    for (const source of sources) {
      if (source.kind !== 'seat-phone') continue;
      const index = written.findIndex((one) => 'seat-phone' in one && one['seat-phone'] === source.line);
      const path: Path = ['subjects', id, 'evidence', indexInFile(written, index), 'seat-phone'];
      const owner = owners.get(source.line);
      owners.set(source.line, id);
      if (owner !== undefined)
        report({
          severity: 'error',
          path,
          message: text(
            `${source.line} 的话机已属于 ${owner}`,
            `the phone of ${source.line} is that of ${owner} already`,
          ),
        });
      else if (sources.length === 1)
        report({
          severity: 'warning',
          path,
          message: text(
            '只有话机：不在旁路通话时，该座席状态总是未知',
            'nothing but its phone: it is unknown whenever that is not in use in bypass',
          ),
          hint: text('加一条 ping，询问座席电脑。', 'Add a ping of the PC at that seat.'),
        });
    }
  }
}
