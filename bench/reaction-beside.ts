/**
 * What goes on beside the target while its reaction is measured: somebody who searches its archive, a backup that reads a large folder and
 * writes it to another, or stress-ng on both cores. Both targets get the same; the peer has no archive to search.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Load, Target } from './reaction.ts';
import { eventually } from '../test/room/program.ts';
import { projectFolder } from '../test/rig.ts';

export interface Beside {
  stop(): void;
}

const backup = 'while true; do tar -cf - -C "$1" . | cat > "$2/backup.tar" && sync -d "$2/backup.tar"; done';
/** One search after the other, as fast as the answers come. */
const search = `
const [url, token] = process.argv.slice(1);
for (let n = 0; ; n++) {
  const found = await fetch(url + '/api/v1/calls?limit=200&number=' + (100 + (n % 900)), { headers: { authorization: 'Bearer ' + token } });
  if (!found.ok) throw new Error('search: ' + found.status + ' ' + (await found.text()));
  await found.arrayBuffer();
}`;

export async function startBeside(load: Load, { archive }: Target): Promise<Beside> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-beside-'));
  const started: ReturnType<typeof spawn>[] = [];
  const start = (command: string, args: readonly string[]): void => {
    started.push(spawn(command, [...args], { stdio: ['ignore', 'ignore', 'inherit'], detached: true }));
  };
  if (load === 'stress') start('stress-ng', ['--cpu', '2', '--quiet']);
  if (load === 'busy') {
    start('sh', ['-c', backup, 'sh', path.join(projectFolder, 'node_modules'), folder]);
    if (archive !== undefined) {
      const token = await eventually('the read token', () => readTokenOf(archive.dataFolder));
      start(process.execPath, ['--input-type=module', '-e', search, archive.page, token]);
    }
  }
  return {
    stop() {
      for (const { pid } of started)
        try {
          if (pid !== undefined) process.kill(-pid, 'SIGKILL');
        } catch {
          throw new Error('what ran beside the target has ended: the figures would be of another load');
        }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function readTokenOf(dataFolder: string): string | undefined {
  try {
    return readFileSync(path.join(dataFolder, 'run', 'read-token'), 'utf8').trim();
  } catch {
    return undefined;
  }
}
