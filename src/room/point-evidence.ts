/** Points as evidence: a contact by its position, a measured value by what is all right. */
import type { Bus, MeasuredPoint, Point, Source } from '../model/room.ts';
import { isMeasured } from '../model/room.ts';
import type { SubjectKind } from '../model/watch.ts';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { domainOf } from './domains.ts';
import { didYouMean } from './nearest.ts';
import type { Path } from './problem.ts';
import type { Reading } from './reading.ts';
import { parseThreshold } from './short-forms.ts';

interface Place {
  readonly id: string;
  readonly kind: SubjectKind;
  readonly path: (...words: string[]) => Path;
  readonly reading: Reading;
  readonly buses: ReadonlyMap<string, Bus>;
  readonly points: ReadonlyMap<string, Point>;
}
interface Written {
  readonly point: string;
  readonly ok?: string;
}

/** One value beyond the limit may be a glitch: two running are a fault. */
const readingPatience = { waitMs: 10_000, missLimit: 2 } as const;

export function readPointEvidence(written: Written, place: Place): Source | undefined {
  const { id, kind, path, points } = place;
  const wrong = (key: 'point' | 'ok', message: Text, hint?: Text): Source | undefined => {
    place.reading.report({
      severity: 'error',
      path: path(key),
      message,
      ...(hint === undefined ? {} : { hint }),
    });
    return undefined;
  };
  const point = points.get(written.point);
  if (point === undefined) {
    tellMissing(written.point, place);
    return undefined;
  }
  if (isMeasured(point)) return readMeasured(point, written, place, wrong);
  if (point.kind !== 'input' || point.role !== 'plain') {
    const role = point.role === 'plain' ? point.kind : point.role;
    return wrong(
      'point',
      text(
        `${point.id} 是 ${role}；判据须是 role: plain 的输入，或带 ok 的测量值`,
        `${point.id} is a ${role}; evidence is an input with role: plain, or a measured value with ok`,
      ),
    );
  }
  if (written.ok !== undefined)
    return wrong(
      'ok',
      text('触点没有 ok：离开正常位置即故障', 'a contact has no ok: leaving its normal position is a fault'),
    );
  if (kind === 'pbx' && point.contact === 'normally-open') {
    place.reading.report({
      severity: 'warning',
      path: path('point'),
      message: text(
        `${point.id} 是常开触点：断线时看不到故障`,
        `${point.id} is normally open: with its wire cut no fault is ever seen`,
      ),
      hint: text('尽量用常闭触点。', 'Use a normally-closed contact where there is one.'),
    });
  }
  return { id, kind: 'point', domain: 'wire', weight: 'proof', point: point.id };
}

/** It is a hint: a value that is all right says little of the service, and one that is not may be the sensor. */
function readMeasured(
  point: MeasuredPoint,
  { ok }: Written,
  { id, buses }: Place,
  wrong: (key: 'point' | 'ok', message: Text, hint?: Text) => Source | undefined,
): Source | undefined {
  const threshold = ok === undefined ? undefined : parseThreshold(ok);
  if (threshold === undefined)
    return wrong(
      'point',
      text(`${point.id} 是测量值，须写 ok`, `${point.id} is a measured value: it needs ok`),
      text(`例如 { point: ${point.id}, ok: "< 38" }。`, `For example { point: ${point.id}, ok: "< 38" }.`),
    );
  if ('counter' in point)
    return wrong(
      'point',
      text(`${point.id} 是计数器，不能作判据`, `${point.id} is a counter and no evidence`),
    );
  return {
    id,
    kind: 'reading',
    domain: point.kind === 'register' ? domainOf(buses.get(point.terminal.bus)) : 'wire',
    weight: 'hint',
    point: point.id,
    ok: threshold,
    label: point.name,
    everyMs: point.everyMs,
    ...readingPatience,
  };
}

function tellMissing(name: string, { path, reading: { report, names }, points }: Place): void {
  const known = names('points');
  if (known.includes(name)) return;
  const fits = (other: string): boolean => points.get(other)?.kind !== 'output';
  const hint = didYouMean(name, known.filter(fits));
  report({
    severity: 'error',
    path: path('point'),
    message: text(`没有名为 ${name} 的测点`, `there is no point named ${name}`),
    ...(hint === undefined ? {} : { hint }),
  });
}
