/** Real peers of the tests: where they are, and what to say when they are not. */
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';

const project = path.resolve(path.dirname(new URL(import.meta.url).pathname), '..');

/** The shared rigs lie beside the project's checkout; a user's machine has none of them. */
export const rigFolder = path.resolve(project, '../shared/tools');
export const projectFolder = project;

/** Ends this test file as "rig absent": skipped on a user's machine, failed in CI. */
export function absent(what: string): never {
  console.log(`rig absent: ${what}`);
  process.exit(77);
}

/** Path of a program, or `undefined`. */
export function program(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':').concat('/usr/sbin', '/sbin');
  return folders
    .map((folder) => path.join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Ends the file as absent unless every program is installed; Debian's package is named for whoever must install it. */
export function needsPrograms(...names: readonly string[]): void {
  for (const name of names) if (program(name) === undefined) absent(`program ${name}`);
}

/** Path of a shared rig file, or ends the file as absent. */
export function needsRig(file: string): string {
  const found = path.join(rigFolder, file);
  return existsSync(found) ? found : absent(`shared rig ${file}`);
}
