/**
 * Faults of the program itself, let in from outside: a file named `THREAD.WHAT` in a folder, and that thread throws, hangs, runs out
 * of memory, or (`clock`, the milliseconds as content) reads another wall clock. Loaded with `--import`, so that the program is the
 * built one, unchanged.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface Faults {
  /** For the environment of the program. */
  readonly env: NodeJS.ProcessEnv;
  cause(
    thread: 'guard' | 'recorder' | 'archive' | 'front' | 'probes',
    what: keyof typeof ways,
    content?: string,
  ): void;
}

const ways = {
  throw: "throw new Error('a fault of the test');",
  hang: 'for (;;);',
  oom: 'const held = []; for (;;) held.push(new Array(10_000).fill(held.length + 0.5));',
  clock: 'const ms = Number(content); const now = Date.now; Date.now = () => now() + ms;',
} as const;

const script = (folder: string): string => `
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isMainThread } from 'node:worker_threads';

const name = isMainThread ? 'guard' : path.basename(process.argv[1] ?? '', '.js');
const ways = {
${Object.entries(ways)
  .map(([what, code]) => `  ${what}: (content) => { ${code} },`)
  .join('\n')}
};
setInterval(() => {
  for (const [what, cause] of Object.entries(ways)) {
    const file = path.join(${JSON.stringify(folder)}, name + '.' + what);
    if (!existsSync(file)) continue;
    const content = readFileSync(file, 'utf8');
    rmSync(file);
    cause(content);
  }
}, 50).unref();
`;

export function faultsIn(folder: string): Faults {
  const own = path.join(folder, 'faults');
  mkdirSync(own, { recursive: true });
  const file = path.join(own, 'faults.mjs');
  writeFileSync(file, script(own));
  return {
    env: { NODE_OPTIONS: `--import=${file}` },
    cause: (thread, what, content = '') => {
      // Complete before it has its name: it is read as soon as it is there.
      const waiting = path.join(own, 'waiting');
      writeFileSync(waiting, content);
      renameSync(waiting, path.join(own, `${thread}.${what}`));
    },
  };
}
