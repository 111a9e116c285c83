/** Where the register maps are and which models there are; reading and checking one is `map.ts`. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** `config/ups` of the installed package, from `src` as from `dist/src`. */
export function upsMapFolder(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json')) && folder !== path.dirname(folder))
    folder = path.dirname(folder);
  return path.join(folder, 'config', 'ups');
}

/** Names of the models there are a map for. */
export const upsModels = (folder = upsMapFolder()): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
