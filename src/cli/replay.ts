/**
 * `linekeeper replay FILE`: decides a journal again, with the present program, and shows what was decided and why. Nothing is
 * driven. The same program on the same journal decides the same; another version may not, and says so.
 */
import { createRequire } from 'node:module';
import { deserialize } from 'node:v8';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Effect, Notice } from '../model/effect.ts';
import type { Language } from '../model/text.ts';
import type { RoomState } from '../core/room/state.ts';
import { check, step } from '../core/room/step.ts';
import { readJournal } from '../format/journal.ts';
import { wallAt } from '../model/messages.ts';
import { monoMs, wallMs } from '../model/units.ts';

const usage = `usage: linekeeper replay FILE [--json] [--language zh|en]

Decides FILE (of the data folder's journal/) again and prints each decision with its time and reason.
Exit codes: 0 read to its end · 1 torn, or an invariant was broken · 2 wrong usage or not a journal.
`;

export function replay(args: readonly string[]): Promise<number> {
  return Promise.resolve(decideAgain(args));
}

function decideAgain(args: readonly string[]): number {
  const options = readArgs(args);
  if (typeof options === 'number') return options;
  let content: string;
  try {
    content = readFileSync(options.file, 'utf8');
  } catch (error) {
    process.stderr.write(`linekeeper replay: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  const journal = readJournal(content);
  if (journal === undefined) {
    process.stderr.write(
      `linekeeper replay: ${options.file} is not a journal of this program (its first line is not a journal header)\n`,
    );
    return 2;
  }
  const { version } = createRequire(import.meta.url)('../../../package.json') as { version: string };
  const { header } = journal;
  if (header.program !== version)
    process.stderr.write(
      `note: written by ${header.program}, decided again by ${version}: decisions may differ\n`,
    );

  const clock = { mono: monoMs(header.mono), wall: wallMs(header.wall) };
  const say = (at: number, what: string, data: object): void => {
    const time = new Date(wallAt(clock, monoMs(at))).toISOString();
    process.stdout.write(options.json ? `${JSON.stringify({ time, ...data })}\n` : `${time}  ${what}\n`);
  };
  let state = restored(header.state);
  let finding = false;
  let events = 0;
  for (const record of journal.records) {
    if (record.kind === 'torn') {
      process.stderr.write(`${options.file}:${record.line}: torn here: ${record.text}\n`);
      finding = true;
      break;
    }
    events++;
    const { state: next, effects } = step(state, record.event);
    state = next;
    for (const effect of effects) say(record.event.at, told(effect, options.language), effect);
    if (record.event.kind !== 'turn') continue;
    for (const broken of check(state, record.event.at)) {
      say(record.event.at, `BROKEN ${broken}`, { kind: 'broken', broken });
      finding = true;
    }
  }
  process.stderr.write(`${events} events decided again\n`);
  return finding ? 1 : 0;
}

// The journal is our own file; its version and program stand in the header.
const restored = (state: string): RoomState => deserialize(Buffer.from(state, 'base64')) as RoomState;

function readArgs(args: readonly string[]): { file: string; json: boolean; language: Language } | number {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        language: { type: 'string' },
      },
    });
    if (values.help === true) {
      process.stdout.write(usage);
      return 0;
    }
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) throw new Error('one FILE is needed');
    return { file, json: values.json === true, language: values.language === 'zh' ? 'zh' : 'en' };
  } catch (error) {
    process.stderr.write(
      `linekeeper replay: ${error instanceof Error ? error.message : String(error)}\n${usage}`,
    );
    return 2;
  }
}

function told(effect: Effect, language: Language): string {
  switch (effect.kind) {
    case 'notice':
      return toldNotice(effect.notice, language);
    case 'coil-pulse':
      return `${effect.line} coil pulse of ${effect.ms} ms`;
    case 'start-recording':
      return `${effect.line} record ${effect.id} (${effect.why})`;
    case 'stop-recording':
      return `${effect.line} end of recording ${effect.id}`;
    case 'shut-host':
      return `${effect.host} asked to shut down (${effect.order})`;
    case 'manual-forms':
      return `manual forms (${effect.order})`;
    case 'power-end':
      return 'own end: lines to bypass, recordings sealed';
    case 'restart':
      return 'starts anew: the mains are back';
    case 'ups-test':
      return `${effect.subject} battery test: ${effect.what}`;
    case 'control-send':
      return `${effect.control} send ${effect.send.length} bytes over ${effect.bus}`;
    case 'escalate':
      return `level ${effect.level} told of ${effect.count} alarms (told ${effect.times} times)`;
    case 'speak':
      return `says: ${effect.sentence.en.map(({ words }) => words).join(' ')}`;
    case 'hush':
      return 'breaks off what is being said';
    case 'save':
      return 'guard.json changes';
    case 'ended':
      return 'orderly stop complete';
    default:
      return effect satisfies never;
  }
}

function toldNotice(notice: Notice, language: Language): string {
  switch (notice.kind) {
    case 'signal':
      return `${notice.line} ${notice.signal}`;
    case 'call':
      return `${notice.call.line} call ${notice.phase} (${notice.call.direction})`;
    case 'verdict':
      return `${notice.subject} ${notice.verdict}: ${notice.why[language]}`;
    case 'alarm':
      return `alarm ${notice.change}: ${notice.alarm.id} (${notice.alarm.severity}) ${notice.alarm.what[language]}`;
    case 'bypass-room':
      return `room ${notice.state} (${notice.reason}): ${notice.text[language]}`;
    case 'bypass-line':
      return `${notice.line} ${notice.state}: ${notice.text[language]}`;
    case 'power-cut':
      return `power cut, ${notice.phase}: ${notice.text[language]} (${notice.by})`;
    case 'command':
      return `command ${notice.accepted ? 'accepted' : 'refused'}: ${notice.text[language]}`;
    case 'control':
    case 'flood':
    case 'escalation':
    case 'note':
      return notice.text[language];
    default:
      return notice satisfies never;
  }
}
