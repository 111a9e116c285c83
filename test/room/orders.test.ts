/** The commands of a person over the local socket, against the demo room as `npm start` runs it. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { program as programPath } from '../rig.ts';
import { Demo } from './demo-program.ts';
import { Program, eventually, freePort, linekeeper } from './program.ts';

const limitMs = 90_000;
const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-orders-'));
const data = path.join(folder, 'data');
const socket = path.join(data, 'run', 'control.sock');
const env = { LINEKEEPER_DATA: data, LANG: 'C', LC_ALL: 'C' };

let demo: Demo | undefined;
let url = '';

interface Done {
  readonly code: number | NodeJS.Signals;
  readonly out: string;
}
async function lk(...args: readonly string[]): Promise<Done> {
  const program = linekeeper(args, { ...env, LINEKEEPER_HTTP_PORT: undefined, SUDO_USER: undefined });
  const code = await program.ended;
  return { code, out: program.output };
}
const happens = async (what: string): Promise<void> => {
  const { code, out } = await lk('demo', ...what.split(' '));
  assert.is(code, 0, out);
};
interface Bypass {
  readonly room: { readonly bypass: string };
  readonly lines: readonly { readonly id: string; readonly bypass: string }[];
}
const bypass = async (): Promise<Bypass> =>
  JSON.parse((await lk('bypass', 'status', '--json')).out) as Bypass;
const becomes = (what: string, look: (now: Bypass) => boolean): Promise<true> =>
  eventually(what, async () => look(await bypass()) || undefined, limitMs);
interface AlarmItem {
  readonly id: string;
  readonly ack: string;
  readonly suppressions: readonly { readonly kind: string; readonly by?: string }[];
}
const alarm = async (part: string): Promise<AlarmItem | undefined> =>
  (JSON.parse((await lk('alarms', '--all', '--json')).out) as AlarmItem[]).find(({ id }) =>
    id.includes(part),
  );
const codeIn = (out: string): string => / --confirm (\w+)\n$/.exec(out)?.[1] ?? '';

/** What a killed program leaves. */
async function leaveDeadSocket(): Promise<void> {
  mkdirSync(path.dirname(socket), { recursive: true });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${socket}.old`, resolve));
  renameSync(`${socket}.old`, socket);
  await new Promise((resolve) => server.close(resolve));
}

test.after(async () => {
  await Program.endAll();
  if (demo !== undefined && demo.child.exitCode === null && demo.child.signalCode === null)
    demo.signalGroup('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test('no room runs: exit 3, with the paths that were looked at', async () => {
  for (const args of [['ack', 'all'], ['bypass', 'trip', '--reason', 'x'], ['silence']]) {
    const { code, out } = await lk(...args);
    assert.is(code, 3, out);
    assert.ok(out.includes(socket), out);
  }
});

test('a room that starts replaces the socket of a dead one; the new one is for its own user alone', async () => {
  await leaveDeadSocket();
  const { code } = await lk('silence');
  assert.is(code, 3, 'nobody listens on the old one');
  demo = new Demo({ ...env, LINEKEEPER_HTTP_PORT: String(await freePort()) });
  url = await demo.page();
  await eventually('the socket', async () => (await lk('silence')).code === 0 || undefined, limitMs);
  assert.is(statSync(socket).mode & 0o777, 0o600);
});

test('alarms are listed, acknowledged, shelved until an end and reset, each in the name of who does it', async () => {
  await becomes('the lines in reach', ({ lines }) => lines.every((line) => line.bypass !== 'unreachable'));
  await happens('server-fault');
  const down = await eventually('the alarm of the server', () => alarm('crm-1'), limitMs);
  assert.is(down.ack, 'unacked');
  const list = await lk('alarms');
  assert.is(list.code, 1);
  assert.match(list.out, /crm-1\/\S+ {2}stands, not acknowledged/);
  assert.match(list.out, /do now: /);

  const ack = await lk('ack', 'crm-1', '--by', 'Li Ming');
  assert.is(ack.code, 0, ack.out);
  const acked = await eventually('acknowledged', async () => {
    const now = await alarm('crm-1');
    return now?.ack === 'acked' ? now : undefined;
  });
  assert.is((acked as AlarmItem & { ackedBy?: string }).ackedBy, 'Li Ming');

  const shelve = await lk('shelve', down.id, '--for', '30m', '--reason', 'new disk', '--by', 'Li Ming');
  assert.is(shelve.code, 0, shelve.out);
  await eventually(
    'shelved',
    async () => (await alarm('crm-1'))?.suppressions[0]?.by === 'Li Ming' || undefined,
  );
  assert.match(
    (await lk('alarms')).out,
    /shelved until \d\d-\d\d \d\d:\d\d:\d\d \((30|29) min left\) \(Li Ming\): new disk/,
  );
  assert.is((await lk('unshelve', 'crm-1')).code, 0);
  assert.is((await lk('unshelve', 'crm-1')).code, 1, 'it is on no shelf: refused');
  await happens('server-return');
  assert.is((await lk('ack', 'all')).code, 0);
});

test('trip and restore take two steps, and the lines follow', async () => {
  await eventually('the PBX up', async () => (await lk('why', 'pbx')).code === 0 || undefined, limitMs);
  const first = await lk('bypass', 'trip', '--reason', 'test of the socket');
  assert.is(first.code, 4, first.out);
  assert.match(first.out, 'the whole room goes to bypass at once');
  assert.is((await lk('bypass', 'trip', '--reason', 'x', '--confirm', 'wrong-code')).code, 1);
  assert.ok((await bypass()).room.bypass !== 'held');
  const again = await lk('bypass', 'trip', '--reason', 'x');
  const done = await lk('bypass', 'trip', '--reason', 'x', '--confirm', codeIn(again.out));
  assert.is(done.code, 0, done.out);
  await becomes(
    'every line on its phone',
    ({ room, lines }) => room.bypass === 'held' && lines.every((line) => line.bypass === 'bypass'),
  );
  assert.match((await lk('bypass', 'status')).out, 'ordered by a person');
  const restore = await lk('bypass', 'restore');
  assert.is(restore.code, 4);
  assert.is((await lk('bypass', 'restore', '--confirm', codeIn(restore.out))).code, 0);
  await becomes('restoring', ({ room }) => room.bypass === 'restoring' || room.bypass === 'steady');
});

test('who ordered what and why stands in the journal', async () => {
  const files = path.join(data, 'journal');
  const row = await eventually('the order in the journal', () => {
    const names = existsSync(files) ? readdirSync(files) : [];
    const all = names.map((name) => readFileSync(path.join(files, name), 'utf8')).join('\n');
    return all.split('\n').find((line) => line.includes('"bypass"') && line.includes('"reason":"x"'));
  });
  assert.match(row, /"via":"cli"/);
});

test('the token for reads orders nothing', async () => {
  const token = readFileSync(path.join(data, 'run', 'read-token'), 'utf8').trim();
  for (const what of ['commands', 'orders']) {
    const answer = await fetch(`${url}/api/v1/${what}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ command: { do: 'silence' }, commands: [{ do: 'silence' }], by: 'x' }),
    });
    assert.ok([403, 404].includes(answer.status) || answer.status === 400, `${what} ${answer.status}`);
    assert.ok(answer.status !== 200 && answer.status !== 202);
  }
});

test('another user is turned away, and told who may', async () => {
  const setpriv = programPath('setpriv');
  if (setpriv === undefined || process.getuid?.() !== 0) return;
  // The folder of the test is for its own user: the other one must get as far as the socket.
  for (const place of [folder, data, path.dirname(socket)]) chmodSync(place, 0o755);
  const { bin } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    bin: { linekeeper: string };
  };
  const main = path.resolve(new URL('../..', import.meta.url).pathname, bin.linekeeper);
  const as = ['--reuid', '65534', '--regid', '65534', '--clear-groups', process.execPath, main];
  const other = new Program(setpriv, [...as, 'ack', 'all'], env);
  assert.is(await other.ended, 3, other.output);
  assert.match(other.output, /may not use .*control\.sock: only user root and root may; use sudo/);
});

test('a second program with the same data leaves the socket to the first, and says so', async () => {
  const second = new Demo({ ...env, LINEKEEPER_HTTP_PORT: String(await freePort()) });
  try {
    await second.page();
    await eventually(
      'the alarm',
      () => /another program that runs answers at/.test(second.output) || undefined,
      limitMs,
    );
  } finally {
    second.signalGroup('SIGKILL');
    await second.ended;
  }
  assert.is((await lk('silence')).code, 0);
});

test('an orderly end takes the socket away', async () => {
  demo?.signalGroup('SIGINT');
  assert.is(await demo?.ended, 0);
  assert.not.ok(existsSync(socket));
});

test.run();
