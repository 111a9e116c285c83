/**
 * A power cut in the program as it is installed, with a computer that it shuts down over SSH and a printer of CUPS: the host is
 * asked, seen to be off, and only then its load is opened; the forms are on paper while there is power, each number once.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VirtualCard } from '../../src/sim/card.ts';
import { VirtualUps } from '../../src/sim/ups.ts';
import { listenLink } from '../../src/sim/listen-link.ts';
import { systemClock } from '../../src/drivers/clock/system.ts';
import { absent, needsPrograms } from '../rig.ts';
import { Program, eventually, freePort, linekeeper } from '../room/program.ts';
import { PrintingSystem } from './printing-system.ts';
import { Computer } from './ssh-computer.ts';

needsPrograms('ssh', 'sshd', 'ssh-keygen', 'cupsd', 'lp', 'lpadmin', 'cupsreject');
if (os.userInfo().uid !== 0) absent('root, for a printer of CUPS that is a file');

const limitMs = 120_000;
const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-cut-hosts-'));
const roomFile = path.join(folder, 'room.yaml');
const ups = new VirtualUps({ clock: systemClock, port: 0, unit: 1, runtimeS: 4 * 3600, speed: 1 });
const link = listenLink(0);
const card = new VirtualCard({ link, clock: systemClock, serialNumber: 'LK8-CUT', lines: 2, pbxContact: 1 });
const printing = new PrintingSystem();
const computer = new Computer();
let program: Program | undefined;
let url = '';

interface Step {
  readonly id: string;
  readonly state: string;
  readonly reason?: { readonly en: string };
}
interface Plan {
  readonly phase: string;
  readonly groups: readonly string[];
  readonly stages: readonly { readonly steps: readonly Step[] }[];
}
const ask = async (what: string): Promise<Response> => {
  const token = readFileSync(path.join(folder, 'run/read-token'), 'utf8').trim();
  return fetch(`${url}/${what}`, { headers: { authorization: `Bearer ${token}` } });
};
/** A page that has just begun has no plan to show yet. */
const noPlan: Plan = { phase: 'none', groups: [], stages: [] };
const plan = async (): Promise<Plan> =>
  ((await (await ask('api/v1/status')).json()) as { readonly powerCut?: Plan }).powerCut ?? noPlan;
/** Every plan that was looked at, with the relay before it: for what must never have been. */
const seen: (Plan & { readonly isOpen: boolean })[] = [];
async function becomes(id: string, state: string): Promise<Step> {
  let last = '';
  try {
    return await eventually(
      `step ${id} ${state}`,
      async () => {
        const isOpen = loadIsOpen();
        // The token is written a moment after the page is told.
        const now = await plan().catch(() => noPlan);
        seen.push({ ...now, isOpen });
        last = JSON.stringify(now.stages.map(({ steps }) => steps));
        return now.stages
          .flatMap(({ steps }) => steps)
          .find((step) => step.id === id && step.state === state);
      },
      limitMs,
    );
  } catch (error) {
    throw new Error(`never came: step ${id} ${state}: ${last}\n${program?.output.slice(-2000)}`, {
      cause: error,
    });
  }
}
const loadIsOpen = (): boolean => card.plant.outputs[1] === true;

async function start(): Promise<void> {
  program = linekeeper(['run', '--room', roomFile], {
    LANG: 'C',
    RUNTIME_DIRECTORY: path.join(folder, 'run'),
    ...printing.environment,
  });
  await program.says(/page: http/, limitMs);
}
const hosts = async (...words: readonly string[]): Promise<string> => {
  const asked = linekeeper(['hosts', ...words, '--room', roomFile], { LANG: 'C' });
  const code = await asked.ended;
  return `${code} ${asked.output}`;
};

test.before(async () => {
  const cardPort = await link.listening;
  card.start();
  const upsPort = await ups.start();
  await computer.start();
  await printing.start();
  printing.printer('duty-desk');
  mkdirSync(path.join(folder, 'run'));
  const httpPort = await freePort();
  url = `http://127.0.0.1:${httpPort}`;
  const shutdown = `echo "$1" > ${computer.down}; kill "$(cat ${computer.file('pid')})"`;
  writeFileSync(
    roomFile,
    `room: { id: cut, language: en, timezone: UTC }
buses:
  card-a:  { line-card: "tcp://127.0.0.1:${cardPort}" }
  ups-lan: { modbus: "tcp://127.0.0.1:${upsPort}" }
points:
  horn:     { output: card-a/out1, role: horn }
  seat-pcs: { output: card-a/out2, role: load, group: seats }
  pbx-alarm: { input: card-a/in1, contact: normally-closed }
lines:
  L01-L02: { channel: card-a/1..2, bypass: card-a/relay1..2, trunk: "020-{n}", phone: "80{nn}" }
subjects:
  pbx: { kind: pbx, evidence: [{ point: pbx-alarm }, { lines: all }] }
  ups-1: { kind: ups, evidence: [{ ups: ups-lan/1, model: linekeeper-sim, every: 1s }] }
power-cut:
  - { when: on battery, after: 1s, do: [manual-forms] }
  - { when: runtime < 200m, after: 1s, do: [shut: seats] }
power-return: { stable: 30s, battery: 0% }
hosts:
  crm:
    group: seats
    ssh: "${os.userInfo().username}@127.0.0.1:${computer.port}"
    key-file: ${computer.file('key')}
    known-hosts: ${computer.file('known-host')}
    command: [sh, -c, ${JSON.stringify(shutdown)}, sh, "it's a power cut"]
    test-command: [test, "!", -e, ${computer.down}]
    settle: 3s
manual-forms: { printer: duty-desk, count: 2 }
http: { port: ${httpPort} }
data: ${path.join(folder, 'data')}
`,
  );
});
test.after(async () => {
  await Program.endAll();
  await ups.stop();
  await printing.stop();
  computer.stop();
  rmSync(folder, { recursive: true, force: true });
  // The listener of the virtual card has nobody left to wait for.
  setTimeout(() => process.exit(), 500).unref();
});

test('check explains the host and a dry run reaches it and shuts nothing down', async () => {
  const check = linekeeper(['check', roomFile, '--language', 'en'], { LANG: 'C' });
  assert.is(await check.ended, 0, check.output);
  assert.match(check.output, /crm +seats +ssh .*off 3s after its last service/);
  assert.match(await hosts('test', 'crm'), /^0 .*crm/s);
  assert.not.ok(existsSync(computer.down));
});

test('on battery the blank forms are on paper, their numbers noted before', async () => {
  await start();
  await eventually(
    'the plan',
    async () => ((await plan().catch(() => noPlan)).phase === 'ready' ? true : undefined),
    limitMs,
  );
  ups.set({ mains: false, chargePercent: 95 });
  const { reason } = await becomes('1.1', 'done');
  assert.match(reason?.en ?? '', /cut-\d{8}-0001 – cut-\d{8}-0002 printed on duty-desk/);
  const paper = await printing.paper(1);
  assert.match(paper, /^%PDF/);
  for (const serial of ['0001', '0002']) assert.match(paper, new RegExp(`\\(cut-\\d{8}-${serial}\\)`));
  assert.not.match(paper, /-0003\)/);
});

test('the host is asked, falls silent, and only then its load is opened', async () => {
  assert.not.ok(existsSync(computer.down));
  ups.set({ chargePercent: 60 });
  await becomes('2.1', 'asked');
  assert.is((await plan()).stages[1]?.steps[1]?.state, 'waiting', 'the relay waits for the host');
  await becomes('2.1', 'done');
  assert.is(readFileSync(computer.down, 'utf8'), "it's a power cut\n");
  await becomes('2.2', 'done');
  for (const { isOpen, stages } of seen)
    if (isOpen) assert.is(stages[1]?.steps[0]?.state, 'done', 'open before the host was off');
  await eventually('the relay', () => loadIsOpen() || undefined, limitMs);
});

test('after a restart within the cut nothing is ordered or printed again', async () => {
  rmSync(computer.down);
  program?.kill('SIGUSR2');
  assert.is(await program?.ended, 0);
  await start();
  const now = await eventually(
    'the same cut',
    async () => {
      const found = await plan().catch(() => noPlan);
      return found.phase === 'on-battery' ? found : undefined;
    },
    limitMs,
  );
  assert.equal(now.groups, ['seats']);
  assert.equal(
    now.stages.map(({ steps }) => steps.map(({ state }) => state)),
    [['done'], ['done', 'done']],
  );
  assert.not.ok(existsSync(computer.down));
  const { next } = JSON.parse(readFileSync(path.join(folder, 'data/forms.json'), 'utf8')) as { next: number };
  assert.is(next, 3);
});

test('a printer that takes nothing: the step has failed, says why and where the forms can be printed', async () => {
  program?.kill('SIGUSR2');
  assert.is(await program?.ended, 0);
  printing.outOfOrder('duty-desk');
  const words = readFileSync(roomFile, 'utf8');
  writeFileSync(
    roomFile,
    words.replace(`data: ${path.join(folder, 'data')}`, `data: ${path.join(folder, 'other')}`),
  );
  await start();
  const { reason } = await becomes('1.1', 'failed');
  assert.match(reason?.en ?? '', /printer duty-desk fails: .*not accepting.*print \/forms\?from=1&count=2/);
  const page = await (await ask('forms?from=1&count=2')).text();
  assert.match(page, /cut-\d{8}-0002/);
  assert.not.match(page, /cut-\d{8}-0003/);
});

test.run();
