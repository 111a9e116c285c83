/**
 * CUPS' own scheduler with a printer that lays its paper into a file, as a plain process in a folder of its own: no system
 * printer is seen or touched. The one way to print is a backend of this test.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as assert from 'uvu/assert';
import { program } from '../rig.ts';
import { eventually, freePort } from '../room/program.ts';

const limitMs = 60_000;

export class PrintingSystem {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'lk-cups-'));
  #scheduler: ChildProcess | undefined;
  #port = 0;

  /** What a program that prints must have in its environment. */
  get environment(): Record<string, string> {
    return { CUPS_SERVER: `127.0.0.1:${this.#port}` };
  }
  #file(name: string): string {
    return path.join(this.folder, name);
  }

  async start(): Promise<this> {
    this.#port = await freePort();
    for (const name of ['root', 'spool', 'cache', 'state', 'temp', 'bin/backend'])
      mkdirSync(this.#file(name), { recursive: true });
    // The programs that the scheduler starts its backends with.
    symlinkSync('/usr/lib/cups/daemon', this.#file('bin/daemon'));
    writeFileSync(
      this.#file('bin/backend/paper'),
      `#!/bin/sh\n[ $# = 0 ] && exit 0\ncat "\${6:--}" > "${this.#file('paper')}/$1.pdf"\n`,
    );
    mkdirSync(this.#file('paper'));
    // Only for root: such a backend runs as root, and may write here.
    chmodSync(this.#file('bin/backend/paper'), 0o700);
    writeFileSync(
      this.#file('cupsd.conf'),
      [
        `Listen 127.0.0.1:${this.#port}`,
        ...['Browsing Off', 'WebInterface No', 'DefaultAuthType None', 'LogLevel info'],
        ...['<Location />', 'Order allow,deny', 'Allow from 127.0.0.1', '</Location>'],
        ...['<Location /admin>', 'Order allow,deny', 'Allow from 127.0.0.1', '</Location>'],
        ...['<Policy default>', '<Limit All>', 'Order deny,allow', '</Limit>', '</Policy>', ''],
      ].join('\n'),
    );
    const folders = { ServerRoot: 'root', RequestRoot: 'spool', CacheDir: 'cache', StateDir: 'state' };
    writeFileSync(
      this.#file('cups-files.conf'),
      Object.entries({ ...folders, TempDir: 'temp', ServerBin: 'bin', ErrorLog: 'log', AccessLog: 'asked' })
        .map(([key, name]) => `${key} ${this.#file(name)}\n`)
        .join(''),
    );
    this.#scheduler = spawn(
      program('cupsd') ?? 'cupsd',
      ['-f', '-c', this.#file('cupsd.conf'), '-s', this.#file('cups-files.conf')],
      { stdio: 'ignore' },
    );
    await eventually(
      'the printing system',
      () => (this.#run('lpstat', '-r').stdout.includes('is running') ? true : undefined),
      limitMs,
    );
    return this;
  }

  /** A printer that takes PDF as it is. */
  printer(name: string): void {
    const { status, stderr } = this.#run('lpadmin', '-p', name, '-E', '-v', 'paper:/', '-m', 'raw');
    assert.is(status, 0, stderr);
  }
  /** It takes no more until it is mended: CUPS says so to whoever prints. */
  outOfOrder(name: string): void {
    const { status, stderr } = this.#run('cupsreject', name);
    assert.is(status, 0, stderr);
  }
  /** The sheets of one job, counted from 1. */
  async paper(job: number): Promise<string> {
    const sheet = path.join(this.#file('paper'), `${job}.pdf`);
    return eventually(
      `paper of job ${job}`,
      () => {
        try {
          const words = readFileSync(sheet, 'latin1');
          return words.trimEnd().endsWith('%%EOF') ? words : undefined;
        } catch {
          return undefined;
        }
      },
      limitMs,
    );
  }
  get log(): string {
    return readFileSync(this.#file('log'), 'utf8').slice(-3000);
  }

  #run(name: string, ...args: readonly string[]) {
    return spawnSync(program(name) ?? name, args, {
      encoding: 'utf8',
      env: { ...process.env, ...this.environment, LC_ALL: 'C' },
    });
  }

  async stop(): Promise<void> {
    const scheduler = this.#scheduler;
    if (scheduler !== undefined && scheduler.exitCode === null) {
      const ended = new Promise((resolve) => scheduler.once('exit', resolve));
      scheduler.kill('SIGTERM');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
