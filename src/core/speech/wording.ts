/**
 * An alarm as a sentence for the ear, in both languages. Numbers are said digit by digit: nobody dials "eight thousand and three".
 * In Chinese a 1 within a number is yāo, as on every telephone; alone it is yī.
 */
import type { AlarmView, Severity } from '../../model/alarm.ts';
import type { Sentence, SpokenPart } from '../../model/speech.ts';
import type { Language, Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';

const digits: Readonly<Record<Language, readonly string[]>> = {
  zh: ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'],
  en: ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'],
};
const point: Text = text('点', 'point');
/** Longer words are cut: nobody listens to more. */
const wordsMax = 300;

/** `L01: 020-120` becomes words and digits, each digit a phrase of its own (`digit-0` … `digit-9`). */
export function spoken(words: string, language: Language): readonly SpokenPart[] {
  const parts: SpokenPart[] = [];
  const say = (some: string): void => {
    if (some.trim() !== '') parts.push({ words: some.trim() });
  };
  for (const piece of words.slice(0, wordsMax).split(/(\d[\d.-]*\d|\d)/)) {
    if (!/^\d/.test(piece)) {
      say(piece);
      continue;
    }
    const isLong = piece.length > 1;
    for (const sign of piece)
      if (sign === '.') say(point[language]);
      else if (sign === '-') parts.push({ words: ',' });
      else parts.push(digit(Number(sign), language, isLong));
  }
  return parts;
}

const digit = (value: number, language: Language, isLong: boolean): SpokenPart => ({
  phrase: `digit-${value}`,
  words: language === 'zh' && value === 1 && isLong ? '幺' : (digits[language][value] ?? ''),
});

const severityWords: Readonly<Record<Severity, Text>> = {
  critical: text('紧急告警。', 'Critical alarm.'),
  major: text('重要告警。', 'Major alarm.'),
  minor: text('一般告警。', 'Minor alarm.'),
  warning: text('提示。', 'Warning.'),
};

const both = (make: (language: Language) => readonly SpokenPart[]): Sentence => ({
  zh: make('zh'),
  en: make('en'),
});

/** A recorded phrase of the alarm's type stands for the whole sentence of what is wrong. */
export function alarmSentence(view: AlarmView, name: Text | undefined): Sentence {
  const { severity, key, what } = view;
  return both((language) => [
    { phrase: `severity-${severity}`, words: severityWords[severity][language] },
    ...(name === undefined || what[language].includes(name[language])
      ? []
      : spoken(`${name[language]}。`, language)),
    ...withPhrase(key.type, spoken(what[language], language)),
  ]);
}

/** The phrase takes the place of all the words: the first part carries them, so that without a recording they are said. */
function withPhrase(phrase: string, parts: readonly SpokenPart[]): readonly SpokenPart[] {
  return [{ phrase, words: parts.map(({ words }) => words).join(' ') }];
}

/** A caller who was cut off may still be there. */
export function liftSentence(phone: string): Sentence {
  const said = {
    zh: ['请立即摘起电话', '。对方可能还在线上。'],
    en: ['Lift phone', '. The caller may still be there.'],
  } as const;
  return both((language) => [
    { phrase: 'lift-phone', words: said[language][0] },
    ...spoken(phone, language),
    { phrase: 'caller-may-be-there', words: said[language][1] },
  ]);
}

/** The number of a flood is one that is counted, not dialled. */
export const moreSentence = (count: number): Sentence => ({
  zh: [{ words: `还有${count}条告警。` }],
  en: [{ words: `${count} more ${count === 1 ? 'alarm' : 'alarms'}.` }],
});
