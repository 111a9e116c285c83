/** What the client is started with, and what its words mean; a program that plays ssh. The real one: test/real/ssh.test.ts. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runSsh, shellWords } from '../../../src/drivers/ssh/client.ts';
import type { SshPeer, SshRun } from '../../../src/drivers/ssh/client.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ssh-'));
test.after(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string, mode: number): string => {
  const full = path.join(folder, name);
  writeFileSync(full, content);
  chmodSync(full, mode);
  return full;
};
const peer: SshPeer = {
  user: 'linekeeper',
  host: '10.0.0.11',
  port: 2222,
  keyFile: file('key', 'k', 0o600),
  knownHostsFile: file('known', 'h', 0o644),
};
let count = 0;
const played = (script: string): string => file(`ssh${++count}`, `#!/bin/sh\n${script}\n`, 0o755);
const run = (script: string, command: readonly string[] | 'none' = ['true'], of = peer): Promise<SshRun> =>
  runSsh(of, command === 'none' ? undefined : command, new AbortController().signal, played(script));

test('plain words stay as they are, also for a Windows shell; all others are quoted for a POSIX shell', () => {
  assert.is(shellWords(['shutdown', '/s', '/t', '0']), 'shutdown /s /t 0');
  assert.is(shellWords(['sudo', '-n', '/sbin/shutdown', '-h', 'now']), 'sudo -n /sbin/shutdown -h now');
  assert.is(shellWords(['wall', "mains' gone; $(reboot)", '']), `wall 'mains'\\'' gone; $(reboot)' ''`);
});

test('only the pinned host key and the named key count, nobody is asked, and nothing of the environment goes along', async () => {
  const seen = path.join(folder, 'seen');
  process.env['SSH_AUTH_SOCK'] = '/tmp/agent';
  const { kind } = await run(
    `for word; do echo "$word"; done >${seen}; echo "agent=$SSH_AUTH_SOCK" >>${seen}`,
  );
  delete process.env['SSH_AUTH_SOCK'];
  assert.is(kind, 'ran');
  const words = readFileSync(seen, 'utf8').trim().split('\n');
  for (const word of [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${peer.knownHostsFile}`,
    'GlobalKnownHostsFile=/dev/null',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'agent=',
  ])
    assert.ok(words.includes(word), word);
  const last = ['-i', peer.keyFile, '-p', '2222', '-l', 'linekeeper', '--', '10.0.0.11', 'true', 'agent='];
  assert.equal(words.slice(-last.length), last);
});

test('a connection that the host ends is a command that was taken; one that never was is not', async () => {
  assert.is((await run('echo "Connection to 10.0.0.11 closed by remote host." >&2; exit 255')).kind, 'cut');
  assert.is(
    (await run('echo "kex_exchange_identification: Connection closed by remote host" >&2; exit 255')).kind,
    'unreached',
  );
  assert.is(
    (await run('echo "ssh: connect to host 10.0.0.11 port 2222: Connection refused" >&2; exit 255')).kind,
    'unreached',
  );
});

test('a foreign host key, a key that is not taken: a person must mend it', async () => {
  assert.is((await run('echo "Host key verification failed." >&2; exit 255')).kind, 'refused');
  assert.is(
    (await run('echo "linekeeper@10.0.0.11: Permission denied (publickey)." >&2; exit 255')).kind,
    'refused',
  );
});

test('the code of the command and its last words come back, without what would upset a terminal', async () => {
  assert.equal(await run('printf "one\\nsudo: a password is \\033[31mrequired\\n" >&2; exit 1'), {
    kind: 'ran',
    code: 1,
    said: 'sudo: a password is  [31mrequired',
  });
});

test('without a command it logs in, runs nothing and is ended', async () => {
  const answer = await run(
    'case "$*" in *" -N "*) echo "debug1: Authenticated to 10.0.0.11 via publickey" >&2; exec sleep 60;; esac; exit 9',
    'none',
  );
  assert.equal(answer, { kind: 'ran', code: 0, said: '' });
});

test('a key that others may read, a list of hosts that others may write and a missing ssh are told, and nothing is run', async () => {
  const keyFile = file('open-key', 'k', 0o640);
  const knownHostsFile = file('open-known', 'h', 0o666);
  for (const of of [
    { ...peer, keyFile },
    { ...peer, knownHostsFile },
    { ...peer, keyFile: '/none' },
  ])
    assert.is((await run('exit 0', ['true'], of)).kind, 'refused');
  const gone = await runSsh(peer, ['true'], new AbortController().signal, path.join(folder, 'none'));
  assert.ok(gone.kind === 'refused' && /not installed/.test(gone.reason.en));
});

test('an order that is given up ends its ssh', async () => {
  const end = new AbortController();
  const running = runSsh(peer, ['true'], end.signal, played('exec sleep 60'));
  setTimeout(() => end.abort(), 50);
  assert.is((await running).kind, 'unreached');
});

test.run();
