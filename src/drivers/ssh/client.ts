/**
 * The system's OpenSSH client, one process for one command, with nothing of the user's or the system's own settings: the host key
 * must stand in the file that was named, only the named key is offered, nothing is asked, nothing is forwarded. Arguments go as
 * an array; only the far side has a shell, and what it sees is quoted.
 */
import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';

const connectSeconds = 10;
/** A machine that is shutting down may keep the connection and say nothing. */
const runMsMax = 30_000;
const saidMax = 16 * 1024;
const plainWord = /^[A-Za-z0-9_@%+=:,./\\-]+$/;

export interface SshPeer {
  readonly user: string;
  readonly host: string;
  readonly port: number;
  readonly keyFile: string;
  readonly knownHostsFile: string;
}

export type SshRun =
  /** Logged in; the command ended with `code`. `said` is the last line of its error output. */
  | { readonly kind: 'ran'; readonly code: number; readonly said: string }
  /** Logged in, and the connection was lost under the command. */
  | { readonly kind: 'cut' }
  /** Only a person can mend it. */
  | { readonly kind: 'refused'; readonly reason: Text }
  | { readonly kind: 'unreached'; readonly reason: Text };

/**
 * The words as one line for a POSIX shell. Plain words stay as they are, so that a Windows shell understands them too: it knows no
 * single quotes.
 */
export const shellWords = (words: readonly string[]): string =>
  words.map((word) => (plainWord.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');

/** Without a command it logs in and runs nothing: a forced command of the key does not run either. */
export async function runSsh(
  peer: SshPeer,
  command: readonly string[] | undefined,
  end: AbortSignal,
  program = 'ssh',
): Promise<SshRun> {
  const unfit = await unfitFiles(peer);
  if (unfit !== undefined) return { kind: 'refused', reason: unfit };
  if (end.aborted) return { kind: 'unreached', reason: text('已停止', 'stopped') };
  const what = command === undefined ? ['-N', '-v', '--', peer.host] : ['--', peer.host, shellWords(command)];
  return new Promise((resolve) => {
    const child = spawn(program, [...options(peer), ...what], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
    });
    let said = '';
    let isOverdue = false;
    const kill = (): void => void child.kill('SIGKILL');
    const overdue = setTimeout(() => {
      isOverdue = true;
      kill();
    }, runMsMax);
    const finish = (run: SshRun): void => {
      clearTimeout(overdue);
      end.removeEventListener('abort', kill);
      resolve(run);
    };
    end.addEventListener('abort', kill);
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < saidMax) said += chunk.toString();
      if (command === undefined && /^(debug1: )?Authenticated to /m.test(said)) kill();
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      finish({
        kind: 'refused',
        reason:
          error.code === 'ENOENT'
            ? text(
                '未安装 ssh（apt install openssh-client）',
                'ssh is not installed (apt install openssh-client)',
              )
            : text(`无法运行 ssh：${error.message}`, `cannot run ssh: ${error.message}`),
      });
    });
    child.on('close', (code) => {
      if (command === undefined && /^(debug1: )?Authenticated to /m.test(said))
        finish({ kind: 'ran', code: 0, said: '' });
      else if (isOverdue) finish({ kind: 'cut' });
      else finish(judged(code, said, peer));
    });
  });
}

const options = ({ user, port, keyFile, knownHostsFile }: SshPeer): readonly string[] => [
  ...['-F', '/dev/null', '-T', '-a', '-x', '-e', 'none'],
  ...[
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${knownHostsFile}`,
    'GlobalKnownHostsFile=/dev/null',
    'UpdateHostKeys=no',
    'VerifyHostKeyDNS=no',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'PreferredAuthentications=publickey',
    'ClearAllForwardings=yes',
    'PermitLocalCommand=no',
    'ControlMaster=no',
    'ControlPath=none',
    'LogLevel=ERROR',
    `ConnectTimeout=${connectSeconds}`,
    'ConnectionAttempts=1',
    'ServerAliveInterval=5',
    'ServerAliveCountMax=2',
  ].flatMap((option) => ['-o', option]),
  ...['-i', keyFile, '-p', String(port), '-l', user],
];

async function unfitFiles({ keyFile, knownHostsFile }: SshPeer): Promise<Text | undefined> {
  for (const file of [keyFile, knownHostsFile]) {
    try {
      const { mode } = await stat(file);
      if (file === keyFile && (mode & 0o077) !== 0)
        return text(`${file} 可被他人读取（请 chmod 600）`, `${file} can be read by others (chmod 600)`);
      if (file === knownHostsFile && (mode & 0o022) !== 0)
        return text(`${file} 可被他人改写（请 chmod 644）`, `${file} can be written by others (chmod 644)`);
    } catch (error) {
      const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      return text(`无法读取 ${file}：${why}`, `${file} cannot be read: ${why}`);
    }
  }
  return undefined;
}

/** Words of ssh when the session was there and the connection went; before the login it says other ones. */
const cutPattern =
  /Connection to \S+ closed by remote host|client_loop:|Timeout, server \S+ not responding|packet_write_wait|Connection to \S+ closed\./;

function judged(code: number | null, output: string, { user, host, port, knownHostsFile }: SshPeer): SshRun {
  const where = `${user}@${host}:${port}`;
  const lines = output.split('\n').map((line) => printable(line));
  const said = lines.findLast((line) => line !== '' && !line.startsWith('debug1:')) ?? '';
  const refused = (reason: Text): SshRun => ({ kind: 'refused', reason });
  if (code !== null && code !== 255) return { kind: 'ran', code, said };
  if (cutPattern.test(output)) return { kind: 'cut' };
  if (
    /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|No .* host key is known/.test(output)
  )
    return refused(
      text(
        `${where} 的主机密钥不在 ${knownHostsFile} 中，或已改变`,
        `the host key of ${where} does not stand in ${knownHostsFile}, or has changed`,
      ),
    );
  if (/Permission denied|Too many authentication failures/.test(output))
    return refused(
      text(
        `${where} 不接受此密钥（检查 authorized_keys）`,
        `${where} does not take the key (look at authorized_keys)`,
      ),
    );
  if (/Load key|invalid format|bad permissions|incorrect passphrase/i.test(output))
    return refused(text(`密钥文件不可用：${said}`, `the key file cannot be used: ${said}`));
  if (/Bad configuration option|unknown option|illegal option/i.test(output))
    return refused(text(`ssh 过旧：${said}`, `this ssh is too old: ${said}`));
  const what = said === '' ? 'ssh' : said;
  return {
    kind: 'unreached',
    reason: text(`${where} 无法登录：${what}`, `${where} cannot be reached: ${what}`),
  };
}

/** What another machine wrote goes to a terminal: no escapes, not endless. */
const printable = (line: string): string =>
  line
    .replaceAll(/[^\x20-\x7e\u4e00-\u9fff]/g, ' ')
    .trim()
    .slice(0, 160);
