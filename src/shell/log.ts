/**
 * The program's log: one line a message on standard error, with systemd's priority prefix where journald listens
 * (sd-daemon(3)), else with the time. No files, no rotation: that is journald's work. Never a secret.
 */
import { writeSync } from 'node:fs';
import type { Language, Text } from '../model/text.ts';

const priorities = { error: 3, warning: 4, notice: 5, info: 6 } as const;
type Level = keyof typeof priorities;

export interface Log {
  (level: Level, message: Text | string): void;
}

export function openLog(language: Language, env: NodeJS.ProcessEnv): Log {
  const toJournald = env['JOURNAL_STREAM'] !== undefined;
  return (level, message) => {
    const line = (typeof message === 'string' ? message : message[language]).replaceAll('\n', ' ');
    const head = toJournald ? `<${priorities[level]}>` : `${new Date().toISOString()} ${level.padEnd(7)} `;
    try {
      // Synchronous: the last words of a dying process must come out. A closed pipe must not end the guard.
      writeSync(2, `${head}${line}\n`);
    } catch {
      // Nobody reads.
    }
  };
}
