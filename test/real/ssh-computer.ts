/** A computer with OpenSSH's own server, on a port and with keys of its own: what a power cut shuts down. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import * as assert from 'uvu/assert';
import type { SshWay } from '../../src/model/host.ts';
import { program } from '../rig.ts';
import { eventually, freePort } from '../room/program.ts';

const limitMs = 60_000;

export class Computer {
  /** Not below a folder that everybody may write: sshd would not take the keys. */
  readonly folder = mkdtempSync(path.join(tmpdir(), 'ssh-host-'));
  readonly down = path.join(this.folder, 'down');
  port = 0;
  #sshd: ChildProcess | undefined;

  file(name: string): string {
    return path.join(this.folder, name);
  }
  #key(name: string): void {
    const { status, stderr } = spawnSync('ssh-keygen', [
      '-q',
      '-t',
      'ed25519',
      '-N',
      '',
      '-f',
      this.file(name),
    ]);
    assert.is(status, 0, String(stderr));
  }
  async start(forced = ''): Promise<this> {
    this.port = await freePort();
    // sshd started as root wants this folder; as another user it needs none.
    if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true });
    for (const name of ['host', 'other-host', 'key', 'other-key']) this.#key(name);
    const options = forced === '' ? '' : `restrict,command="${forced}" `;
    writeFileSync(this.file('authorized'), options + readFileSync(this.file('key.pub'), 'utf8'), {
      mode: 0o600,
    });
    for (const name of ['host', 'other-host'])
      writeFileSync(
        this.file(`known-${name}`),
        `[127.0.0.1]:${this.port} ${readFileSync(this.file(`${name}.pub`), 'utf8')}`,
        { mode: 0o644 },
      );
    writeFileSync(this.file('known-none'), '');
    writeFileSync(
      this.file('sshd_config'),
      [
        `ListenAddress 127.0.0.1:${this.port}`,
        `HostKey ${this.file('host')}`,
        `AuthorizedKeysFile ${this.file('authorized')}`,
        `PidFile ${this.file('pid')}`,
        ...[
          'StrictModes no',
          'UsePAM no',
          'PasswordAuthentication no',
          'PermitRootLogin prohibit-password',
          '',
        ],
      ].join('\n'),
    );
    const sshd = spawn(program('sshd') ?? 'sshd', ['-D', '-e', '-f', this.file('sshd_config')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#sshd = sshd;
    let said = '';
    sshd.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await eventually('sshd', () => (/listening/i.test(said) ? true : undefined), limitMs);
    return this;
  }
  way(command: readonly string[], more: Partial<SshWay> = {}): SshWay {
    return {
      kind: 'ssh',
      user: userInfo().username,
      host: '127.0.0.1',
      port: this.port,
      keyFile: this.file('key'),
      knownHostsFile: this.file('known-host'),
      command,
      ...more,
    };
  }
  kill(): void {
    this.#sshd?.kill('SIGKILL');
  }
  stop(): void {
    this.kill();
    rmSync(this.folder, { recursive: true });
  }
}
