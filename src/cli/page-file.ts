/** Where a running program notes the address of its page, for the commands that ask it. One line, no secret. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

export const pageFile = (runtimeFolder: string): string => path.join(runtimeFolder, 'page-url');

/** Not awaited by the guard: whoever asks can still name the address. */
export async function notePage(runtimeFolder: string, url: string): Promise<void> {
  try {
    await mkdir(runtimeFolder, { recursive: true });
    await writeFile(pageFile(runtimeFolder), `${url}\n`, { mode: 0o644 });
  } catch {
    // A folder that cannot be written has an alarm of its own.
  }
}
