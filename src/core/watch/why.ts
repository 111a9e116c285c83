/**
 * One sentence for each verdict, in the words of the people who read it: which source says what, and for how long.
 */
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs } from '../../model/units.ts';
import { isPolled } from '../../model/room.ts';
import type { Source } from '../../model/room.ts';
import type { SubjectId } from '../../model/ids.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { Says, Verdict } from '../../model/watch.ts';
import type { FlapMemory } from './flapping.ts';
import type { Shade } from './parents.ts';
import { shadeWords } from './parents.ts';
import type { Statement } from './statement.ts';
import type { Spoken } from './verdict.ts';

/** Sources named in one sentence; the rest is counted. */
export const sourcesNamed = 6;

/** What people call this source. */
export function label(source: Source): Text {
  if (isPolled(source)) return source.label;
  switch (source.kind) {
    case 'point':
      return text(`触点 ${source.point}`, `contact ${source.point}`);
    case 'lines':
      return text('外线', 'the lines');
    case 'seat-phone':
      return text(`座席话机 ${source.phone}`, `seat phone ${source.phone}`);
    case 'call-records':
      return text(`话单 ${source.bus}`, `call records on ${source.bus}`);
  }
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Coarse on purpose: a sentence that changes with every second is not read. */
export function age(ms: number): Text {
  if (ms < 1000) return text('不到 1 秒', 'under 1 s');
  if (ms < minuteMs) {
    const seconds = Math.floor(ms / 1000);
    return text(`${seconds} 秒`, `${seconds} s`);
  }
  if (ms < hourMs) {
    const minutes = Math.floor(ms / minuteMs);
    return text(`${minutes} 分钟`, `${minutes} min`);
  }
  const hours = Math.floor(ms / hourMs);
  return text(`${hours} 小时`, `${hours} h`);
}

const saysWord: Record<Says, Text> = {
  up: text('正常', 'up'),
  down: text('故障', 'down'),
  unknown: text('未知', 'unknown'),
};
const verdictWord: Record<Verdict, Text> = {
  up: text('正常', 'up'),
  degraded: text('证据不一致或不足', 'degraded'),
  down: text('故障', 'down'),
  unknown: text('状态未知', 'unknown'),
};

/** The verdict stays `unknown`; people read what it means. */
const unreachableWord = text('不可达', 'unreachable');

function clause({ source, statement }: Spoken, at: MonoMs): Text {
  const name = label(source);
  const word = saysWord[statement.says];
  const reason = withLastRead(statement, at);
  if (statement.says === 'unknown' && statement.at === undefined)
    return text(`${name.zh} ${word.zh}（${reason.zh}）`, `${name.en} ${word.en} (${reason.en})`);
  const lasting = age(elapsedMs(statement.since, at));
  return text(
    `${name.zh} ${word.zh} ${lasting.zh}（${reason.zh}）`,
    `${name.en} ${word.en} for ${lasting.en} (${reason.en})`,
  );
}

/** What is not heard any more was still something: what a UPS said last, and how long ago. */
function withLastRead({ says, reason, lastRead }: Statement, at: MonoMs): Text {
  if (says !== 'unknown' || lastRead === undefined) return reason;
  const old = age(elapsedMs(lastRead.at, at));
  return text(
    `${reason.zh}；${old.zh}前的最后读数：${lastRead.reason.zh}`,
    `${reason.en}; last reading ${old.en} ago: ${lastRead.reason.en}`,
  );
}

export interface Grounds {
  readonly verdict: Verdict;
  readonly spoken: readonly Spoken[];
  readonly vetoes: readonly Spoken[];
  /** What lies over this one and hides it. */
  readonly shade?: Shade;
  readonly flap: FlapMemory;
}

const order: Record<Verdict, readonly Says[]> = {
  up: ['up', 'down', 'unknown'],
  degraded: ['down', 'up', 'unknown'],
  down: ['down', 'up', 'unknown'],
  unknown: ['unknown', 'down', 'up'],
};

export function why({ verdict, spoken, vetoes, shade, flap }: Grounds, at: MonoMs): Text {
  const word = shade?.how === 'down' ? unreachableWord : verdictWord[verdict];
  const sorted = order[verdict].flatMap((says) => spoken.filter(({ statement }) => statement.says === says));
  const clauses = sorted.slice(0, sourcesNamed).map((one) => clause(one, at));
  const more = sorted.length - clauses.length;
  const zh = clauses.map((one) => one.zh);
  const en = clauses.map((one) => one.en);
  if (spoken.length === 0) {
    zh.push('没有证据来源');
    en.push('no source of evidence');
  }
  if (more > 0) {
    zh.push(`另有 ${more} 个来源`);
    en.push(`and ${more} more sources`);
  }
  for (const { source, statement } of vetoes) {
    const name = label(source);
    const lasting = age(elapsedMs(statement.vetoAt ?? at, at));
    zh.unshift(`${name.zh} ${lasting.zh}前证明仍在服务，不判故障`);
    en.unshift(`not judged down because ${name.en} proved service ${lasting.en} ago`);
  }
  if (shade !== undefined) {
    const reason = shadeWords[shade.how](shade.root);
    zh.unshift(reason.zh);
    en.unshift(reason.en);
  }
  if (flap.isFlapping) {
    zh.unshift('反复变化（抖动）');
    en.unshift('it flaps');
  }
  return text(`${word.zh}：${zh.join('；')}`, `${word.en}: ${en.join('; ')}`);
}

/** The same without ages, for alarms: their text must not change while nothing changes. */
export function whatSpeaks(spoken: readonly Spoken[], says: Says): Text {
  const some = spoken.filter(({ statement }) => statement.says === says).slice(0, sourcesNamed);
  return text(
    some.map(({ source, statement }) => `${label(source).zh}：${statement.reason.zh}`).join('；'),
    some.map(({ source, statement }) => `${label(source).en}: ${statement.reason.en}`).join('; '),
  );
}

/** Subjects named in the alarm of what hides them; the rest is counted. */
export const hiddenNamed = 6;

export function hiddenWords(children: readonly SubjectId[]): Text {
  const some = children.slice(0, hiddenNamed);
  const isMore = children.length > some.length;
  return text(
    `其下 ${children.length} 个对象不可达：${some.join('、')}${isMore ? ' 等' : ''}`,
    `${children.length} unreachable behind it: ${some.join(', ')}${isMore ? ', …' : ''}`,
  );
}

export const besides = (one: Text, other: Text): Text =>
  one.zh === '' ? other : text(`${one.zh}；${other.zh}`, `${one.en}; ${other.en}`);
