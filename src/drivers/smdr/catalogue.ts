/** Where the record formats are and which there are; reading and checking one is `format-file.ts`. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** `config/pbx` of the installed package, from `src` as from `dist/src`. */
export function pbxFormatFolder(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json')) && folder !== path.dirname(folder))
    folder = path.dirname(folder);
  return path.join(folder, 'config', 'pbx');
}

/** Names of the formats that there are. */
export const pbxFormats = (folder = pbxFormatFolder()): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
