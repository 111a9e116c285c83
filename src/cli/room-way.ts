/**
 * The way to a running room: its local socket, where it is there and we may use it; for reads else HTTP with the token that the
 * program keeps for its own user and root.
 *
 * The socket is `control.sock` in RUNTIME_DIRECTORY, in `run` of the data folder, or in /run/linekeeper. Where a data folder was
 * named (`--data`, LINEKEEPER_DATA) only the room with that folder will do: nobody orders another room than the one meant.
 */
import { lstat, readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { userInfo } from 'node:os';
import path from 'node:path';
import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import { herePath, shortNameOf, socketIn } from '../front/local/socket-path.ts';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { pageFile, tokenFile } from './page-file.ts';

export interface Wanted {
  /** Folder of the room's data. */
  readonly data?: string;
  /** Asked over HTTP, and nowhere else. */
  readonly url?: string;
}
export type SocketWay = { readonly kind: 'socket'; readonly path: string };
export type Way = SocketWay | { readonly kind: 'http'; readonly url: string; readonly token?: string };

const answerMsMax = 5000;
/** The room waits for what it ordered: a read-back, an answer of the switch; several orders one after the other. */
const orderMsMax = 60_000;
const answerBytesMax = 16 * 1024 * 1024;

const hereSchema = Type.Object({ dataFolder: Type.String() });
const isHere = new Ajv().compile<Static<typeof hereSchema>>(hereSchema);

const dataFolderOf = ({ data }: Wanted): string | undefined => data ?? process.env['LINEKEEPER_DATA'];

function runtimeFolders(wanted: Wanted): readonly string[] {
  const runtime = process.env['RUNTIME_DIRECTORY'];
  const folders = [
    ...(runtime === undefined ? [] : [runtime]),
    path.join(dataFolderOf(wanted) ?? 'var', 'run'),
    '/run/linekeeper',
  ];
  return [...new Set(folders.map((folder) => path.resolve(folder)))];
}

/** The socket that answers, or why there is none. */
export async function socketOfRoom(wanted: Wanted): Promise<SocketWay | Text> {
  const data = dataFolderOf(wanted);
  const files = runtimeFolders(wanted).map(socketIn);
  let closed: Text | undefined;
  for (const file of files) {
    const way: SocketWay = { kind: 'socket', path: file };
    try {
      const { body } = await ask(way, herePath);
      if (!isHere(body)) closed ??= notUnderstood(file);
      else if (data === undefined || path.resolve(data) === body.dataFolder) return way;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EACCES' || code === 'EPERM') closed ??= await notAllowed(file);
      else if (code === 'ETIMEDOUT') closed ??= hangs(file);
    }
  }
  return closed ?? nobody(files);
}

/** Where to read: the socket when it is there, else HTTP. */
export async function wayToRead(wanted: Wanted): Promise<Way> {
  const isAddressNamed = wanted.url !== undefined || process.env['LINEKEEPER_HTTP_PORT'] !== undefined;
  if (!isAddressNamed) {
    const socket = await socketOfRoom(wanted);
    if ('kind' in socket) return socket;
  }
  const url = wanted.url ?? (await addressOfRoom(wanted));
  const token = await tokenOfRoom(url, wanted);
  return { kind: 'http', url, ...(token === undefined ? {} : { token }) };
}

export interface Answer {
  readonly status: number;
  /** `undefined`: it was no JSON. */
  readonly body: unknown;
}

/** One question. Throws when nobody answers. */
export async function ask(way: Way, what: string, order?: object): Promise<Answer> {
  const limitMs = order === undefined ? answerMsMax : orderMsMax;
  if (way.kind === 'http') {
    const response = await fetch(new URL(what, way.url), {
      signal: AbortSignal.timeout(limitMs),
      headers: way.token === undefined ? {} : { authorization: `Bearer ${way.token}` },
    });
    return { status: response.status, body: parsed(await response.text()) };
  }
  const response = await openAnswer(way, what, { limitMs, ...(order === undefined ? {} : { order }) });
  let said = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    said += String(chunk);
    if (said.length > answerBytesMax) throw new Error('the answer is too long');
  }
  return { status: response.statusCode ?? 0, body: parsed(said) };
}

interface Opening {
  /** Nothing heard for so long: `ETIMEDOUT`. */
  readonly limitMs: number;
  readonly order?: object;
}

/** The head of an answer over the socket; its body is still to come. */
async function openAnswer(
  way: SocketWay,
  what: string,
  { limitMs, order }: Opening,
): Promise<IncomingMessage> {
  await lstat(way.path);
  const named = await shortNameOf(way.path);
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const body = order === undefined ? undefined : JSON.stringify(order);
      const asked = httpRequest(
        {
          socketPath: named.path,
          path: what,
          method: body === undefined ? 'GET' : 'POST',
          agent: false,
          headers: {
            host: 'localhost',
            ...(body === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          },
        },
        resolve,
      );
      asked.setTimeout(limitMs, () => {
        asked.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
      });
      asked.on('error', reject);
      asked.end(body);
    });
  } finally {
    await named.close();
  }
}

function parsed(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

// ---- HTTP -------------------------------------------------------------------------------------------------------------

const defaultPort = 8080;

/** The token goes to this machine only. */
async function tokenOfRoom(url: string, wanted: Wanted): Promise<string | undefined> {
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)) return undefined;
  for (const folder of runtimeFolders(wanted)) {
    try {
      const token = (await readFile(tokenFile(folder), 'utf8')).trim();
      if (/^[\w-]{1,200}$/.test(token)) return token;
    } catch {
      // None here, or not for us.
    }
  }
  return undefined;
}

async function addressOfRoom(wanted: Wanted): Promise<string> {
  const port = process.env['LINEKEEPER_HTTP_PORT'];
  if (port !== undefined) return `http://127.0.0.1:${port}/`;
  for (const folder of runtimeFolders(wanted)) {
    try {
      const noted = (await readFile(pageFile(folder), 'utf8')).trim();
      if (/^https?:\/\/[^\s]{1,200}$/.test(noted)) return noted;
    } catch {
      // No room has noted itself here.
    }
  }
  return `http://127.0.0.1:${defaultPort}/`;
}

// ---- why there is no way ----------------------------------------------------------------------------------------------

export const notUnderstood = (where: string): Text =>
  text(
    `${where} 的应答看不懂；是否为 linekeeper，版本是否相同？`,
    `the answer of ${where} is not understood; is it linekeeper, and of this version?`,
  );
const hangs = (file: string): Text =>
  text(
    `${file} 在 ${answerMsMax / 1000} 秒内没有应答；程序是否卡住？`,
    `nothing answers at ${file} within ${answerMsMax / 1000} s; does the program hang?`,
  );
const nobody = (files: readonly string[]): Text =>
  text(
    `没有正在运行的机房：找过 ${files.join('、')}。用 --data 指定数据目录`,
    `no room runs here: looked at ${files.join(', ')}. --data names the folder of its data`,
  );

/** Says who may: the owner of the file, its group where the mode lets it, and root. */
async function notAllowed(file: string): Promise<Text> {
  const me = loginName();
  const seen = await lstat(file).catch(() => undefined);
  if (seen === undefined)
    return text(
      `用户 ${me} 无权进入 ${path.dirname(file)}；请用 sudo`,
      `user ${me} may not enter ${path.dirname(file)}; use sudo`,
    );
  const owner = await nameOf('/etc/passwd', seen.uid);
  if ((seen.mode & 0o020) === 0)
    return text(
      `用户 ${me} 无权使用 ${file}：只有用户 ${owner} 和 root 可以；请用 sudo`,
      `user ${me} may not use ${file}: only user ${owner} and root may; use sudo`,
    );
  const group = await nameOf('/etc/group', seen.gid);
  return text(
    `用户 ${me} 无权使用 ${file}：用户 ${owner}、用户组 ${group} 的成员和 root 可以；请用 sudo，或加入该组后重新登录`,
    `user ${me} may not use ${file}: user ${owner}, members of group ${group} and root may; use sudo, or join the group and log in again`,
  );
}

/** A user that has no entry has a number only. */
export function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}

async function nameOf(file: '/etc/passwd' | '/etc/group', id: number): Promise<string> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  return lines.map((line) => line.split(':')).find(([, , own]) => own === String(id))?.[0] ?? String(id);
}

// ---- the live stream --------------------------------------------------------------------------------------------------

export interface StreamEvent {
  readonly event: string;
  readonly data: unknown;
}
const eventsPath = '/api/v1/events';
/** A beat comes every 3 s. */
const quietMsMax = 15_000;
const messageBytesMax = 4 * 1024 * 1024;

/** What the room tells live, until the connection ends. */
export async function* eventsOf(way: Way): AsyncGenerator<StreamEvent> {
  let unread = '';
  const decoder = new TextDecoder();
  for await (const chunk of await openStream(way)) {
    unread += decoder.decode(chunk, { stream: true });
    const messages = unread.split('\n\n');
    unread = messages.pop() ?? '';
    if (unread.length > messageBytesMax) throw new Error('the message is too long');
    for (const message of messages) {
      const lines = message.split('\n');
      const field = (name: string): string | undefined =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const [event, data] = [field('event'), field('data')];
      if (event !== undefined && data !== undefined) yield { event, data: parsed(data) };
    }
  }
}

async function openStream(way: Way): Promise<AsyncIterable<Uint8Array>> {
  if (way.kind === 'socket') {
    const response = await openAnswer(way, eventsPath, { limitMs: quietMsMax });
    if (response.statusCode !== 200) throw new Error(`status ${response.statusCode ?? 0}`);
    return response;
  }
  const response = await fetch(new URL(eventsPath, way.url), {
    headers: way.token === undefined ? {} : { authorization: `Bearer ${way.token}` },
  });
  if (response.status !== 200 || response.body === null) throw new Error(`status ${response.status}`);
  return response.body;
}
