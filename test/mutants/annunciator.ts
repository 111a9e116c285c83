/** Bugs that somebody could write into lamps and horn: each caught by name. */
import type { Mutant } from './bypass.ts';

const by = { copied: 'annunciator/annunciator.test.ts' };
const bySequences = { copied: 'annunciator/sequences.test.ts' };

export const mutants: readonly Mutant[] = [
  {
    name: 'silence takes the lamp with it',
    file: 'annunciator/step.ts',
    search: "isNew: windows.some((one) => one.state === 'alert'),",
    replace: "isNew: windows.some((one) => one.state === 'alert' && one.number > state.silenced),",
    by,
    caught: 'silence stops the horn and not the lamp',
  },
  {
    name: 'a new alarm after a silence does not sound',
    file: 'annunciator/windows.ts',
    search: 'number: begins ? ++count : (old?.number ?? 0),',
    replace: 'number: begins ? count : (old?.number ?? 0),',
    by,
    caught: 'an alarm that nobody acknowledged flashes and sounds at once',
  },
  {
    name: 'the same alarm again stays silenced',
    file: 'annunciator/windows.ts',
    search: 'view.count > old.count ||',
    replace: '',
    by,
    caught: 'the same alarm again, or a worse one, sounds through an earlier silence',
  },
  {
    name: 'quiet hours hold back a critical alarm',
    file: 'annunciator/step.ts',
    search: "if (severity === 'critical' && window.state === 'alert') return true;",
    replace: '',
    by,
    caught: 'quiet hours silence no severity that is not named, and never a critical alarm',
  },
  {
    name: 'quiet hours hold back what they do not name',
    file: 'annunciator/step.ts',
    search: 'quietUntil !== undefined && config.quietSeverities.some((one) => one === severity)',
    replace: 'quietUntil !== undefined && config.quietSeverities.length > 0',
    by,
    caught: 'quiet hours silence no severity that is not named',
  },
  {
    name: 'what waited through the quiet hours is forgotten at their end',
    file: 'annunciator/step.ts',
    search: 'state = settled({ ...state, quietUntil: undefined }, at);',
    replace: 'state = settled({ ...state, quietUntil: undefined, silenced: state.windows.count }, at);',
    by,
    caught: 'in quiet hours a minor alarm flashes and does not sound; at their end it sounds',
  },
  {
    name: 'the first-out mark moves on to a later alarm',
    file: 'annunciator/first-out.ts',
    search: 'if (isSettled) return mark.isSettled ? mark : { ...mark, isSettled };',
    replace:
      'if (isSettled && oldest !== undefined) return { id: oldest.id, since: oldest.since, isSettled: false };',
    by: bySequences,
    caught: 'F3A: evidence that proves to be older takes the mark, until the first is acknowledged',
  },
  {
    name: 'an alarm that returned before it was acknowledged goes dark',
    file: 'annunciator/windows.ts',
    search: "if (ack === 'unacked') return 'alert';",
    replace: "if (ack === 'unacked' && condition !== 'clear') return 'alert';",
    by: bySequences,
    caught: 'sequence A: returns before it is acknowledged (lock-in)',
  },
  {
    name: 'in a flood a critical alarm is one of many',
    file: 'annunciator/step.ts',
    search: "severity === 'critical' && window.state === 'alert'",
    replace: "severity === 'critical' && window.state === 'alert' && floodFrom === undefined",
    by,
    caught: 'in a flood its own alarm sounds',
  },
  {
    name: 'a lamp test hides an alarm',
    file: 'annunciator/step.ts',
    search: 'horn: testsHorn || (horn !== undefined &&',
    replace: 'horn: testsHorn || (testedAt === undefined && horn !== undefined &&',
    by,
    caught: 'a lamp test hides no alarm',
  },
  {
    name: 'a caller who was cut off waits for the alarms before him',
    file: 'speech/step.ts',
    search: 'urgency: isCall ? 0 : 1 + severities.indexOf(severity)',
    replace: 'urgency: 1 + severities.indexOf(severity)',
    by: { copied: 'speech/speech.test.ts' },
    caught: '"lift the phone" goes before all, whatever its severity, and breaks off what is being said',
  },
  {
    name: 'what was silenced is said to its end',
    file: 'speech/step.ts',
    search: 'const holds = speaking.of.some((id) => state.items.some((item) => item.id === id));',
    replace: 'const holds = true;',
    by: { copied: 'speech/speech.test.ts' },
    caught: 'acknowledged or silenced while it is being said: it is broken off',
  },
];
