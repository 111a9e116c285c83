/** The arguments that most commands share (`--json`, `--language`, `--help`), read and refused in one way. */
import { parseArgs } from 'node:util';
import type { Language } from '../model/text.ts';

export interface ReadOptions<Name extends string, Flag extends string = never> {
  readonly json: boolean;
  readonly language?: Language;
  /** Options of this command alone; each takes a value. */
  readonly given: Readonly<Partial<Record<Name, string>>>;
  /** Options of this command alone that take no value. */
  readonly on: ReadonlySet<Flag>;
  readonly words: readonly string[];
}

export interface CommandUsage<Name extends string, Flag extends string = never> {
  readonly command: string;
  readonly usage: string;
  readonly own?: readonly Name[];
  readonly flags?: readonly Flag[];
  /** Words beside the options are refused. */
  readonly takesNoWords?: boolean;
}

/** Says what is wrong with the arguments; the exit code of a wrong call. */
export function wrongCall(
  { command, usage }: Pick<CommandUsage<string>, 'command' | 'usage'>,
  why: string,
): number {
  process.stderr.write(`linekeeper ${command}: ${why}\n${usage}`);
  return 2;
}

/** The arguments, or the exit code when that is all. */
export function readOptions<Name extends string, Flag extends string = never>(
  asked: CommandUsage<Name, Flag>,
  args: readonly string[],
): ReadOptions<Name, Flag> | number {
  const { own = [], flags = [] } = asked;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: asked.takesNoWords !== true,
      options: {
        ...Object.fromEntries(own.map((name) => [name, { type: 'string' }] as const)),
        ...Object.fromEntries(flags.map((name) => [name, { type: 'boolean' }] as const)),
        json: { type: 'boolean' },
        language: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) {
      process.stdout.write(asked.usage);
      return 0;
    }
    const { language, json = false } = values;
    if (language !== undefined && language !== 'zh' && language !== 'en')
      return wrongCall(asked, '--language is zh or en');
    const all: Readonly<Record<string, unknown>> = values;
    const given: Partial<Record<Name, string>> = {};
    for (const name of own) {
      const value = all[name];
      if (typeof value === 'string') given[name] = value;
    }
    const on = new Set(flags.filter((name) => all[name] === true));
    return { json, given, on, words: positionals, ...(language === undefined ? {} : { language }) };
  } catch (error) {
    return wrongCall(asked, error instanceof Error ? error.message : String(error));
  }
}

export const languageOfEnvironment = (): Language =>
  (process.env['LC_ALL'] ?? process.env['LC_MESSAGES'] ?? process.env['LANG'] ?? '').startsWith('zh')
    ? 'zh'
    : 'en';
