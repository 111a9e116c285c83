/** `npm start` as a test runs it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { projectFolder } from '../rig.ts';
import { eventually } from './program.ts';

const pageMs = 90_000;

/** `npm start`, in a process group of its own as a shell gives it. */
export class Demo {
  readonly child: ChildProcess;
  readonly ended: Promise<number | NodeJS.Signals | null>;
  output = '';

  constructor(env: Readonly<Record<string, string>>) {
    this.child = spawn('npm', ['start'], {
      cwd: projectFolder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env, LANG: 'C', LC_ALL: 'C' },
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.ended = new Promise((resolve) => this.child.on('close', (code, signal) => resolve(code ?? signal)));
  }

  async page(): Promise<string> {
    return eventually(
      'the address of the page',
      () => /page: (http:\/\/[\d.]+:\d+)\//.exec(this.output)?.[1],
      pageMs,
    );
  }
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-(this.child.pid ?? 0), signal);
  }
}
