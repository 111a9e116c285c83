/** Section `escalation`: known people, levels in order. */
import type { EscalationSettings } from '../model/escalation.ts';
import type { Room } from '../model/room.ts';
import { text } from '../model/text.ts';
import { written } from './limits.ts';
import { didYouMean } from './nearest.ts';
import { durationOr, nameText } from './reading.ts';
import type { Reading } from './reading.ts';

export function readEscalation({ draft, report, indexInFile }: Reading): Pick<Room, 'escalation'> {
  const { escalation } = draft;
  if (escalation === undefined) return {};
  const { severities = ['critical', 'major'], 'stops-on': stopsOn = 'acknowledge-or-clear' } = escalation;
  const names = Object.keys(escalation.people);
  const levels = escalation.levels.map(({ after, repeat, who }, index) => {
    const path = ['escalation', 'levels', indexInFile(escalation.levels, index)];
    for (const [n, name] of who.entries()) {
      if (names.includes(name)) continue;
      const hint = didYouMean(name, names);
      report({
        severity: 'error',
        path: [...path, 'who', indexInFile(who, n)],
        message: text(`people 中没有 ${name}`, `there is no ${name} among people`),
        ...(hint === undefined ? {} : { hint }),
      });
    }
    return {
      afterMs: durationOr(after, 'escalation.after'),
      ...(repeat === undefined ? {} : { repeatMs: durationOr(repeat, 'escalation.repeat') }),
      who,
    };
  });
  for (const [index, { afterMs }] of levels.entries()) {
    const before = levels[index - 1];
    if (before === undefined || afterMs > before.afterMs) continue;
    report({
      severity: 'error',
      path: ['escalation', 'levels', indexInFile(escalation.levels, index)],
      message: text(
        `每级须晚于前一级（${written(before.afterMs, 'ms')}）`,
        `each level comes later than the one before (${written(before.afterMs, 'ms')})`,
      ),
    });
  }
  if (levels.at(-1)?.repeatMs === undefined)
    report({
      severity: 'note',
      path: ['escalation', 'levels', indexInFile(escalation.levels, levels.length - 1)],
      message: text(
        '最后一级只通知一次：仍无人确认也不再通知',
        'the last level is told once: after that nobody is told any more',
      ),
      hint: text('写 repeat。', 'Give it a repeat.'),
    });
  const settings: EscalationSettings = {
    severities,
    stopsOn,
    levels,
    people: Object.entries(escalation.people).map(([id, { name, tell }]) => ({
      id,
      name: nameText(name, id),
      tell,
    })),
  };
  return { escalation: settings };
}
