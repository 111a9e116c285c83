/** Bugs that only the whole room shows: a few of its nights must find each, by name. */
import type { Mutant } from './bypass.ts';

const nights = 24;

export const mutants: readonly Mutant[] = [
  {
    name: 'guard.json is read without what it says of the room',
    file: 'core/bypass/start.ts',
    search: "state === 'held'\n          ? {",
    replace: "state === 'steady'\n          ? {",
    by: { nights },
    caught: 'the bypass that was',
  },
  {
    name: 'a trip cuts calls at once',
    file: 'core/bypass/line.ts',
    search: "  if (intent === 'now') return withCut(release(line, at), at);\n  return moved(line, intent",
    replace:
      "  if (intent !== 'planned') return withCut(release(line, at), at);\n  return moved(line, intent",
    by: { nights },
    caught: 'is cut without waiting',
  },
  {
    name: 'nobody is told of a call that was cut',
    file: 'core/bypass/line.ts',
    search: '  return { ...line, cut };\n',
    replace: '  return cut.at < 0 ? { ...line, cut } : line;\n',
    by: { nights },
    caught: 'is cut without a mark',
  },
  {
    name: 'what is told again takes a number',
    file: 'front/outbox/outbox.ts',
    search:
      'INSERT INTO events (id, kind, body, bytes) SELECT @id, @kind, @body, @bytes WHERE NOT EXISTS (SELECT 1 FROM events WHERE id = @id)',
    replace: 'INSERT OR IGNORE INTO events (id, kind, body, bytes) VALUES (@id, @kind, @body, @bytes)',
    by: { nights },
    caught: 'events: ',
  },
];
