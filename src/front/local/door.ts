/**
 * The local socket of the room: whoever may write to its file may give orders, nobody else. Mode 0600, or 0660 for one group.
 *
 * It is bound in a closed folder of its own, gets its mode and group there, and is moved to its place by a rename: at no moment
 * does it stand there open to others, and the socket that a dead process left behind is replaced in one step. One that a living
 * process answers on is never taken away.
 */
import { chmod, chown, lstat, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { ReportCondition } from '../report.ts';
import { shortNameOf, socketIn } from './socket-path.ts';

const retryMs = 10_000;
const liveAnswerMs = 2000;

export interface DoorPlace {
  readonly folder: string;
  /** Name or number of the group whose members may order, beside the program's own user and root. */
  readonly group?: string;
}
export interface LocalDoor {
  /** Takes the socket's file away, if it is still this one. */
  close(): Promise<void>;
}

/** Opens it, or tells why not and tries again; the front goes on meanwhile. */
export async function openDoor(
  app: FastifyInstance,
  place: DoorPlace,
  report: ReportCondition,
): Promise<LocalDoor> {
  const file = socketIn(place.folder);
  let own: number | undefined;
  let attempt: Promise<void> | undefined;
  const tryOnce = async (): Promise<void> => {
    const found = await bind(app, file, place.group);
    if ('inode' in found) own = found.inode;
    const wrong = 'inode' in found ? found.wrongGroup : found.reason;
    report(
      'socket.closed',
      wrong !== undefined,
      wrong ?? text('本机套接字已打开', 'the local socket is open'),
    );
    if (own !== undefined) clearInterval(retry);
  };
  const retry = setInterval(() => {
    attempt ??= tryOnce().finally(() => (attempt = undefined));
  }, retryMs);
  await tryOnce();
  return {
    async close() {
      clearInterval(retry);
      await attempt;
      const now = await inodeOf(file);
      if (own !== undefined && now === own) await rm(file, { force: true });
    },
  };
}

type Bound = { readonly inode: number; readonly wrongGroup?: Text } | { readonly reason: Text };

async function bind(app: FastifyInstance, file: string, group: string | undefined): Promise<Bound> {
  try {
    const folder = path.dirname(file);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const there = await lstat(file).catch(() => undefined);
    if (there !== undefined && !there.isSocket())
      return { reason: text(`${file} 不是套接字，请移走`, `${file} is no socket: move it away`) };
    if (there !== undefined && (await isAnswered(file)))
      return {
        reason: text(
          `${file} 已由另一个正在运行的程序使用；同一数据目录只能运行一个`,
          `another program that runs answers at ${file}; only one may run with this data folder`,
        ),
      };
    const gid = group === undefined ? undefined : await gidOf(group);
    const closed = await mkdtemp(path.join(folder, '.'));
    try {
      const fresh = path.join(closed, 's');
      const named = await shortNameOf(fresh);
      try {
        await app.listen({ path: named.path });
      } finally {
        await named.close();
      }
      if (gid !== undefined) await giveTo(fresh, folder, gid);
      await chmod(fresh, gid === undefined ? 0o600 : 0o660);
      await rename(fresh, file);
    } finally {
      await rm(closed, { recursive: true, force: true });
    }
    const wrongGroup =
      group === undefined || gid !== undefined
        ? undefined
        : text(
            `本机没有用户组 ${group}；套接字只对本程序的用户和 root 开放`,
            `there is no group ${group} here; the socket is open to the program's own user and root only`,
          );
    return {
      inode: (await inodeOf(file)) ?? -1,
      ...(wrongGroup === undefined ? {} : { wrongGroup }),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { reason: text(`${file} 无法打开：${why}`, `${file} cannot be opened: ${why}`) };
  }
}

const inodeOf = async (file: string): Promise<number | undefined> =>
  (await lstat(file).catch(() => undefined))?.ino;

/** Its members must also reach it: a folder that is closed to everybody lets them pass through. */
async function giveTo(file: string, folder: string, gid: number): Promise<void> {
  const own = process.getuid?.() ?? 0;
  const { gid: fileGid } = await stat(file);
  if (fileGid !== gid) await chown(file, own, gid);
  const { mode, gid: folderGid } = await stat(folder);
  if ((mode & 0o001) !== 0) return;
  if (folderGid !== gid) await chown(folder, own, gid);
  await chmod(folder, (mode & 0o777) | 0o010);
}

/** Groups of this machine's own file; a number is taken as it is. */
async function gidOf(group: string): Promise<number | undefined> {
  if (/^\d{1,9}$/.test(group)) return Number(group);
  const lines = (await readFile('/etc/group', 'utf8').catch(() => '')).split('\n');
  const gid = lines.map((line) => line.split(':')).find(([name]) => name === group)?.[2];
  return gid === undefined || !/^\d+$/.test(gid) ? undefined : Number(gid);
}

async function isAnswered(file: string): Promise<boolean> {
  const named = await shortNameOf(file);
  return new Promise<boolean>((resolve) => {
    const socket = connect(named.path);
    const settle = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(liveAnswerMs, () => {
      settle(true);
    });
    socket.on('connect', () => {
      settle(true);
    });
    // Refused: nobody listens. Anything else (no right to write) is somebody else's.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      settle(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT');
    });
  }).finally(() => named.close());
}
