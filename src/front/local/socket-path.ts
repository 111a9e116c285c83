/**
 * Where the local socket of a room lies, and how it is reached when its path is longer than the kernel takes: `sun_path` holds
 * 107 bytes, so the folder is opened and the socket named through it (`/proc/self/fd`, Linux).
 */
import { open } from 'node:fs/promises';
import path from 'node:path';

/** Which program answers there. */
export const herePath = '/api/v1/here';
export const ordersPath = '/api/v1/orders';

export const pathBytesMax = 107;
const socketName = 'control.sock';
/** `O_PATH`: the folder is only passed through, so that it need not be readable. */
const passThrough = 0o10000000;

export const socketIn = (runtimeFolder: string): string => path.join(runtimeFolder, socketName);

export interface NamedPath {
  readonly path: string;
  /** To be called when the socket is bound or connected. */
  close(): Promise<void>;
}

/** The same file under a name that is short enough. */
export async function shortNameOf(file: string): Promise<NamedPath> {
  if (Buffer.byteLength(file) <= pathBytesMax) return { path: file, close: () => Promise.resolve() };
  const folder = await open(path.dirname(file), passThrough);
  return { path: `/proc/self/fd/${folder.fd}/${path.basename(file)}`, close: () => folder.close() };
}
