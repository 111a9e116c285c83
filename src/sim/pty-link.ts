/**
 * The card's end of a pseudo-terminal, made by socat: what a program opens at `path` looks like a serial port with a card
 * behind it. The terminal stays while programs open and close it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import type { ByteLink, ByteLinkHandlers } from '../ports/byte-link.ts';
import { text } from '../model/text.ts';

const queuedBytesMax = 262_144;
const readyMsMax = 5000;

export interface PtyLink extends ByteLink {
  /** Resolves with the path once it can be opened. */
  readonly ready: Promise<string>;
}

export function ptyLink(path: string): PtyLink {
  let handlers: ByteLinkHandlers | undefined;
  const socat = spawn('socat', [`PTY,rawer,link=${path}`, 'STDIO'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let isRunning = true;
  const { stdin, stdout } = socat;
  stdin.on('error', () => undefined);
  stdout.on('data', (chunk: Buffer) => handlers?.data(chunk));
  const ended = (): void => {
    if (isRunning) handlers?.down(text('socat 已退出', 'socat has ended'));
    isRunning = false;
  };
  socat.on('exit', ended);
  const ready = new Promise<string>((resolve, reject) => {
    socat.on('error', (error) => {
      isRunning = false;
      reject(new Error(`a pseudo-terminal needs the program socat: ${error.message}`));
    });
    const until = Date.now() + readyMsMax;
    const look = setInterval(() => {
      const isThere = exists(path);
      if (!isThere && Date.now() < until && isRunning) return;
      clearInterval(look);
      if (isThere) resolve(path);
      else reject(new Error(`socat made no pseudo-terminal at ${path}`));
    }, 20);
  });
  return {
    name: `pty:${path}`,
    ready,
    start: (given) => {
      handlers = given;
      if (isRunning) given.up();
    },
    write: (bytes) => {
      if (!isRunning || stdin.writableLength > queuedBytesMax) return false;
      stdin.write(bytes);
      return true;
    },
    // A terminal has no connection to close.
    drop: () => undefined,
    close: async () => {
      handlers = undefined;
      if (!isRunning) return;
      isRunning = false;
      socat.kill();
      await once(socat, 'exit');
    },
  };
}

function exists(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch {
    return false;
  }
}
