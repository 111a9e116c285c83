/** `npm start` and `linekeeper demo HAPPENING` as a script meets them: what each does can be seen in the API and on MQTT. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connect } from 'mqtt';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Demo } from './demo-program.ts';
import { Program, eventually, linekeeper } from './program.ts';

const limitMs = 90_000;
const data = mkdtempSync(path.join(os.tmpdir(), 'lk-demo-'));
const env = { LINEKEEPER_DATA: data };

interface Status {
  readonly room: { readonly id: string; readonly bypass: string };
  readonly lines: readonly { readonly id: string; readonly signal: string; readonly bypass: string }[];
  readonly subjects: readonly {
    readonly id: string;
    readonly kind: string;
    readonly verdict: string;
    readonly why: unknown;
  }[];
  readonly alarms: { readonly standing: number; readonly unacknowledged: number };
  readonly threads: readonly { readonly name: string; readonly state: string }[];
}
interface Items {
  readonly items: readonly { readonly id: string; readonly condition?: string }[];
  readonly next: string | null;
}

let demo = new Demo(env);
let url = '';
const get = async <T>(what: string): Promise<T> => (await (await fetch(`${url}/api/v1/${what}`)).json()) as T;
const status = (): Promise<Status> => get<Status>('status');
const verdict = async (subject: string): Promise<string | undefined> =>
  (await status()).subjects.find(({ id }) => id === subject)?.verdict;
const hasAlarm = async (type: string): Promise<boolean> =>
  (await get<Items>('alarms')).items.some(({ id, condition }) => id.includes(type) && condition === 'active');
const becomes = (what: string, look: () => Promise<boolean>): Promise<boolean> =>
  eventually(what, async () => (await look()) || undefined, limitMs);

async function happens(what: string): Promise<void> {
  const program = linekeeper(['demo', ...what.split(' ')], env);
  assert.is(await program.ended, 0, program.output);
}

test.after(async () => {
  await Program.endAll();
  if (demo.child.exitCode === null && demo.child.signalCode === null) demo.signalGroup('SIGKILL');
  rmSync(data, { recursive: true, force: true });
});

test('no demo runs: a happening says so and ends with 1', async () => {
  const program = linekeeper(['demo', 'pbx-fault'], { LINEKEEPER_DATA: path.join(data, 'none') });
  assert.is(await program.ended, 1);
  assert.match(program.output, /no demo room runs .*start one with: linekeeper demo/);
});

test('npm start prints the address of the page, and the interface tells the whole room', async () => {
  url = await demo.page();
  await becomes('the status', async () => (await fetch(`${url}/api/v1/status`)).status === 200);
  const { room, lines, subjects, alarms, threads } = await status();
  assert.is(room.id, 'demo');
  assert.match(room.bypass, /^(steady|confirming|tripped|held|settling|restoring)$/);
  assert.is(lines.length, 8);
  for (const line of lines) {
    assert.match(line.signal, /^(idle|ringing|off-hook|dead|unknown)$/);
    assert.match(
      line.bypass,
      /^(normal|waiting|releasing|bypass|operating|proving|exercising|stuck|open|locked|unreachable)$/,
    );
  }
  assert.equal(
    subjects.map(({ id, kind }) => `${id} ${kind}`),
    ['pbx pbx', 'crm-1 server', 'lan network', 'ups-1 ups'],
  );
  assert.ok(subjects.every(({ why }) => why !== undefined));
  assert.type(alarms.standing, 'number');
  assert.type(alarms.unacknowledged, 'number');
  assert.equal(threads.map(({ name }) => name).sort(), ['archive', 'front', 'guard', 'probes', 'recorder']);
});

test('a happening that is none: every one is listed, exit 2', async () => {
  const program = linekeeper(['demo', 'nonsense'], env);
  assert.is(await program.ended, 2);
  assert.match(program.output, /pbx-fault/);
});

test('server-fault, network-fault, power-cut and card-cut are seen, and so is their end', async () => {
  await becomes('all up', async () => (await status()).subjects.every((one) => one.verdict === 'up'));
  await happens('server-fault');
  await becomes('the server down', async () => (await verdict('crm-1')) === 'down');
  await happens('server-return');
  await becomes('the server up', async () => (await verdict('crm-1')) === 'up');
  await happens('network-fault');
  await becomes('the network down', async () => (await verdict('lan')) === 'down');
  await happens('network-return');
  await becomes('the network up', async () => (await verdict('lan')) === 'up');
  await happens('power-cut');
  await becomes('the UPS on battery', () => hasAlarm('ups.on-battery'));
  await happens('power-return');
  await becomes('the UPS on mains', async () => !(await hasAlarm('ups.on-battery')));
  await happens('card-cut');
  await becomes('the lines out of reach', async () =>
    (await status()).lines.every(({ bypass }) => bypass === 'unreachable'),
  );
  assert.ok(await hasAlarm('card.lost'));
  await happens('card-return');
  await becomes('the lines in reach', async () =>
    (await status()).lines.every(({ bypass }) => bypass !== 'unreachable'),
  );
});

test('everything on MQTT lies under linekeeper/demo; presence is retained; the broker goes away and comes back', async () => {
  const port = /port 11883 \(virtual broker\) is taken; moved to (\d+)/.exec(demo.output)?.[1] ?? '11883';
  const client = connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 200 });
  const retained = new Map<string, string>();
  const newest = new Map<string, string>();
  const topics = new Set<string>();
  client.on('message', (topic, payload, { retain }) => {
    topics.add(topic);
    newest.set(topic, payload.toString());
    if (retain) retained.set(topic, payload.toString());
  });
  client.on('connect', () => void client.subscribe('#', { qos: 1 }));
  await becomes('presence', () => Promise.resolve(retained.get('linekeeper/demo/presence') === 'online'));
  await happens('broker-away');
  await becomes('the client cut off', () => Promise.resolve(!client.connected));
  newest.clear();
  await happens('broker-return');
  await becomes('presence again', () => Promise.resolve(newest.get('linekeeper/demo/presence') === 'online'));
  assert.equal(
    [...topics].filter((topic) => !topic.startsWith('linekeeper/demo/')),
    [],
  );
  client.end(true);
});

test('a call comes by itself, is listed, and its recording can be heard', async () => {
  // Calls come by themselves, too.
  await becomes('line 3 free', async () => (await status()).lines[2]?.signal === 'idle');
  await happens('call in 3 answer 1 talk 3');
  const calls = await eventually('a call', async () => (await get<Items>('calls')).items[0], limitMs);
  assert.ok(calls.id);
  const recording = await eventually(
    'a recording',
    async () => (await get<Items>('recordings')).items[0],
    limitMs,
  );
  const audio = await fetch(`${url}/api/v1/recordings/${encodeURIComponent(recording.id)}/audio`);
  assert.is(audio.status, 200);
  assert.is(Buffer.from(await audio.arrayBuffer()).toString('latin1', 0, 4), 'OggS');
  const files = readdirSync(path.join(data, 'audio'), { recursive: true, encoding: 'utf8' });
  assert.ok(files.some((file) => file.endsWith('.opus')));
});

test('pbx-fault trips the room, pbx-return lets it settle', async () => {
  await becomes('the PBX up', async () => (await verdict('pbx')) === 'up');
  await happens('pbx-fault');
  await becomes('tripped', async () => (await status()).room.bypass === 'tripped');
  await becomes('the lines with their phones', async () =>
    (await status()).lines.some(({ bypass }) => bypass === 'bypass'),
  );
  await happens('pbx-return');
  await becomes('settling', async () =>
    ['settling', 'restoring', 'steady'].includes((await status()).room.bypass),
  );
});

for (const [signal, whom] of [
  ['SIGINT', 'the whole group, as Ctrl-C in a terminal'],
  ['SIGTERM', 'the whole group'],
  ['SIGTERM', 'npm alone'],
] as const)
  test(`${signal} to ${whom}, in a call: everything ends, exit 0`, async () => {
    if (demo.child.exitCode !== null) {
      demo = new Demo(env);
      url = await demo.page();
      await becomes('the lines', async () =>
        (await status()).lines.every(({ bypass }) => bypass !== 'unreachable'),
      );
    }
    await happens('call in 4 answer 1 talk 60').catch(() => undefined);
    await becomes('a call', async () => (await status()).lines.some(({ signal: now }) => now === 'off-hook'));
    if (whom === 'npm alone') demo.child.kill(signal);
    else demo.signalGroup(signal);
    const stopped = await demo.ended;
    assert.is(stopped, 0, demo.output.slice(-3000));
    assert.throws(() => demo.signalGroup('SIGTERM'), /ESRCH/, 'no process of the group is left');
  });

test.run();
