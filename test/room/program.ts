/**
 * Starts the built program by its public command and watches it from outside: standard error, exit code, HTTP. Waiting is
 * always for something that happens, with a limit that says what was missing.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { absent, projectFolder } from '../rig.ts';

const bin = (
  JSON.parse(readFileSync(path.join(projectFolder, 'package.json'), 'utf8')) as {
    bin: { linekeeper: string };
  }
).bin.linekeeper;

export class Program {
  readonly child: ChildProcess;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  output = '';
  #waiting: (() => void)[] = [];
  static readonly #running = new Set<Program>();

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(command, [...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    Program.#running.add(this);
    const hear = (chunk: Buffer): void => {
      this.output += chunk.toString();
      for (const wake of this.#waiting.splice(0)) wake();
    };
    this.child.stdout?.on('data', hear);
    this.child.stderr?.on('data', hear);
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code, signal) => {
        Program.#running.delete(this);
        resolve(code ?? signal ?? -1);
        for (const wake of this.#waiting.splice(0)) wake();
      });
    });
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The first match in what it has printed since the program began, or since `from`. */
  async says(what: RegExp, limitMs = 20_000, from = 0): Promise<RegExpExecArray> {
    const endAt = Date.now() + limitMs;
    for (;;) {
      const found = what.exec(this.output.slice(from));
      if (found !== null) return found;
      const leftMs = endAt - Date.now();
      if (leftMs <= 0 || this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`never said ${String(what)}:\n${this.output.slice(-4000)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** Ends every program that a test left running. */
  static async endAll(): Promise<void> {
    await Promise.all(
      [...Program.#running].map((program) => {
        program.kill('SIGCONT');
        program.kill('SIGKILL');
        return program.ended;
      }),
    );
  }
}

/** `linekeeper ARGS` as `npm ci` leaves it; the test is absent where nothing was built. */
export function linekeeper(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  nodeOptions: readonly string[] = [],
): Program {
  const file = path.join(projectFolder, bin);
  if (!existsSync(file)) absent('the build (npm run build)');
  return new Program(process.execPath, ['--enable-source-maps', ...nodeOptions, file, ...args], env);
}

export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/**
 * Asks until `look` gives something, or the limit is over; `what` says what was waited for, a function also what is there instead.
 * The failure is printed at once: the file may run into its own limit before its report comes.
 */
export async function eventually<T>(
  what: string | (() => string),
  look: () => Promise<T | undefined> | T | undefined,
  limitMs = 20_000,
): Promise<T> {
  const endAt = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > endAt) {
      const message = `never came: ${typeof what === 'string' ? what : what()}`;
      console.error(message);
      throw new Error(message);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** One command to a control port; the answer line, without `ok `. */
export function control(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    let answer = '';
    socket.on('connect', () => socket.write(`${command}\n`));
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
      if (!answer.includes('\n')) return;
      socket.end();
      if (answer.startsWith('ok')) resolve(answer.slice(2).trim());
      else reject(new Error(`${command}: ${answer.trim()}`));
    });
    socket.on('error', reject);
  });
}
