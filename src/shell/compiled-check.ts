/**
 * Checks of data that the build has compiled from their schemas (`threads/write-checks.ts`). Loading the schema library and
 * compiling on the spot holds the main thread up for hundreds of milliseconds on a Pi, at a start and while the guard turns.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Beside `src/` of the build; the sources as they are have none. */
const folder = new URL('../../checks/', import.meta.url);

export const compiledCheckFile = (name: string): string => fileURLToPath(new URL(`${name}.cjs`, folder));

/** A validator as ajv makes it from the schema of that name; `undefined` where nothing was built: compile the schema then. */
export function compiledCheck(name: 'room-file' | 'guard-memory' | 'pbx-format' | 'ups-map'): unknown {
  const file = compiledCheckFile(name);
  return existsSync(file) ? createRequire(import.meta.url)(file) : undefined;
}
