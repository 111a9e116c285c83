/**
 * Where a running program notes the address of its page and the token for reading it, for the commands that ask it. The token's
 * file belongs to the program's own user (mode 0600) and is made anew at every start.
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

export const pageFile = (runtimeFolder: string): string => path.join(runtimeFolder, 'page-url');

export const tokenFile = (runtimeFolder: string): string => path.join(runtimeFolder, 'read-token');

/** Not awaited by the guard: whoever asks can still name the address. */
export async function notePage(runtimeFolder: string, url: string, readToken: string): Promise<void> {
  try {
    await mkdir(runtimeFolder, { recursive: true });
    // A file that is there keeps its mode when it is written: so never into an old one.
    const fresh = `${tokenFile(runtimeFolder)}.new`;
    await rm(fresh, { force: true });
    await writeFile(fresh, `${readToken}\n`, { mode: 0o600 });
    await rename(fresh, tokenFile(runtimeFolder));
    await writeFile(pageFile(runtimeFolder), `${url}\n`, { mode: 0o644 });
  } catch {
    // A folder that cannot be written has an alarm of its own.
  }
}
