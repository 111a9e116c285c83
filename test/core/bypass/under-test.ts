/** The bypass core that these tests judge: the one in `src`, or a copy with a seeded bug (test/mutants). */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as bypass from '../../../src/core/bypass/index.ts';

const copy = process.env['BYPASS_CORE_UNDER_TEST'];
const file =
  copy === undefined
    ? new URL('../../../src/core/bypass/index.ts', import.meta.url).href
    : pathToFileURL(path.resolve(copy, 'core/bypass/index.ts')).href;

export const core = (await import(file)) as typeof bypass;
