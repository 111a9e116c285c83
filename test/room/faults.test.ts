/**
 * What breaks inside the program, in the whole program beside a virtual card whose two lines stand on the PBX: whatever it is, no relay
 * moves by it, the card goes on being fed or takes its lines over by itself, and people are told.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VirtualCard } from '../../src/sim/card.ts';
import { listenLink } from '../../src/sim/listen-link.ts';
import { systemClock } from '../../src/drivers/clock/system.ts';
import { faultsIn } from './faults.ts';
import { Program, eventually, freePort, linekeeper } from './program.ts';

const limitMs = 60_000;
const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-faults-'));
const roomFile = path.join(folder, 'room.yaml');
const data = path.join(folder, 'data');
const faults = faultsIn(folder);
const link = listenLink(0);
let httpPort = 0;
let cardPort = 0;
let program: Program | undefined;
let card: VirtualCard | undefined;
/** Every command to a coil that was another than before. */
const moves: string[] = [];

const running = (): Program => {
  if (program === undefined) throw new Error('the program was never started');
  return program;
};
const theCard = (): VirtualCard => {
  if (card === undefined) throw new Error('the card was never started');
  return card;
};
const contacts = (): string[] => {
  const plant = theCard().settle();
  return plant.lines.map(({ relay }) => relay.contact(plant.now));
};

/** `relays`: those of L01 and L02. */
function writeRoom(relays: readonly [number, number]): void {
  const line = (number: number, relay: number): string =>
    `  L0${number}: { channel: card-a/${number}, bypass: card-a/relay${relay}, trunk: "${number}", phone: "800${number}" }\n`;
  writeFileSync(
    roomFile,
    `room: { id: faults, name: { zh: 故障, en: Faults }, timezone: UTC, language: en }
buses: { card-a: { line-card: "tcp://127.0.0.1:${cardPort}", host-lost: 30s } }
points:
  horn: { output: card-a/out1, role: horn }
  fit: { output: card-a/out2, role: healthy }
  pbx-alarm: { input: card-a/in1, contact: normally-closed }
lines:
${line(1, relays[0])}${line(2, relays[1])}subjects: { pbx: { kind: pbx, evidence: [{ point: pbx-alarm }, { lines: all }] } }
http: { port: ${httpPort} }
data: ${data}
`,
  );
}

async function start(nodeOptions: readonly string[] = []): Promise<Program> {
  program = linekeeper(['run', '--room', roomFile], faults.env, nodeOptions);
  await program.says(/guard active/, limitMs);
  return program;
}
const adopted = async (): Promise<void> => {
  for (const line of ['L01', 'L02'])
    await eventually(
      () => `${line} normal; the program's words:\n${running().output.slice(-3000)}`,
      () => running().output.includes(`${line} normal`) || undefined,
      limitMs,
    );
};
/** Its exit code; a program that goes on is a failure, not a wait without end. */
const codeOf = (one: Program): Promise<number | NodeJS.Signals> =>
  eventually(
    () => `the end of the program; it says:\n${one.output.slice(-2000)}`,
    () => one.child.exitCode ?? one.child.signalCode ?? undefined,
    limitMs,
  ).then(() => one.ended);
/** Neither the relays nor the feeding noticed it. */
const untouched = (): void => {
  assert.equal(moves, [], running().output);
  assert.equal(contacts(), ['normal', 'normal']);
  assert.not.ok(theCard().isHostLost);
};

test.before(async () => {
  cardPort = await link.listening;
  httpPort = await freePort();
  writeRoom([1, 2]);
});
test.after(async () => {
  await Program.endAll();
  await card?.close();
  rmSync(folder, { recursive: true, force: true });
  setTimeout(() => process.exit(), 500).unref();
});

test('a start beside relays that stand on the PBX adopts them and moves none', async () => {
  await start();
  // The card's own watchdog runs from its beginning: so it begins when somebody is there to feed it.
  card = new VirtualCard({ link, clock: systemClock, serialNumber: 'LK8-FLT', lines: 2, pbxContact: 1 });
  const { plant } = card;
  plant.setCoil(0, true);
  plant.setCoil(1, true);
  const setCoil = plant.setCoil.bind(plant);
  plant.setCoil = (index, energised) => {
    moves.push(`relay ${index + 1} ${energised ? 'energised' : 'released'}`);
    setCoil(index, energised);
  };
  card.start();
  await adopted();
  await eventually('healthy', () => theCard().plant.outputs[1] === true || undefined, limitMs);
  untouched();
});

test('a second instance on the same data folder ends at once with 2 and says why; the first one goes on', async () => {
  const second = linekeeper(['run', '--room', roomFile]);
  const code = await codeOf(second).finally(() => second.kill('SIGKILL'));
  assert.is(code, 2, second.output);
  assert.match(second.output, /another linekeeper runs on .*LK-RUN-001/);
  untouched();
});

for (const thread of ['recorder', 'archive', 'front', 'probes'] as const)
  test(`the ${thread} thread runs out of memory: it alone ends, is told, and starts again`, async () => {
    const from = running().output.length;
    faults.cause(thread, 'oom');
    await running().says(new RegExp(`thread "${thread}" ended \\(.*memory`), limitMs, from);
    await running().says(new RegExp(`alarm raised linekeeper/thread\\.dead.*${thread}`), limitMs, from);
    await running().says(new RegExp(`${thread}: running`), limitMs, from);
    untouched();
  });

test('something throws in a worker: it ends, is told, and starts again', async () => {
  const from = running().output.length;
  faults.cause('front', 'throw');
  await running().says(/thread "front" ended \(a fault of the test/, limitMs, from);
  await running().says(/front: running/, limitMs, from);
  untouched();
});

test('a worker that hangs is ended after 15 s of silence and started again', async () => {
  const from = running().output.length;
  faults.cause('archive', 'hang');
  await running().says(/thread "archive" ended \(silent for 15 s/, limitMs, from);
  await running().says(/archive: running/, limitMs, from);
  untouched();
});

test('the wall clock is set forward by an hour and back by two: told, and nothing else happens', async () => {
  for (const [ms, says] of [
    [3_600_000, 'moved by 3600 s'],
    [-7_200_000, 'moved by -7200 s'],
  ] as const) {
    faults.cause('guard', 'clock', String(ms));
    await eventually(
      `an alarm that says ${says}`,
      async () => (await ask('alarms')).includes(says) || undefined,
      limitMs,
    );
    untouched();
  }
  faults.cause('guard', 'clock', '3600000');
});

test('how late the loop was in the last minute is told to whoever asks for health', async () => {
  const { loop } = JSON.parse(await ask('health')) as { loop: { worstMs: number; counts: number[] } };
  assert.ok(loop.worstMs >= 0);
  // 50 ticks a second.
  assert.ok(loop.counts.reduce((sum, count) => sum + count, 0) > 100);
});

test('the room file is changed while a call is up: nothing happens; a restart with another relay map moves no relay and cuts no call', async () => {
  theCard().settle().callIn(1, { answerMs: 500, talkMs: 600_000, patienceMs: 60_000 });
  await eventually('the call', () => theCard().settle().line(1).pbx.isOffHook || undefined, limitMs);
  writeRoom([2, 1]);
  running().kill('SIGUSR2');
  assert.is(await running().ended, 0, running().output);
  await start();
  await adopted();
  untouched();
  assert.ok(theCard().settle().line(1).pbx.isOffHook, 'the call is still up');
  writeRoom([1, 2]);
  running().kill('SIGUSR2');
  assert.is(await running().ended, 0, running().output);
});

test('something throws in the guard: last words and exit 70, nothing is released; the next start adopts and tells it', async () => {
  await start();
  await adopted();
  faults.cause('guard', 'throw');
  assert.is(await codeOf(running()), 70, running().output);
  assert.match(running().output, /LK-GUARD-002 uncaught: Error: a fault of the test/);
  const [words = ''] = readdirSync(path.join(data, 'journal')).filter((name) =>
    name.startsWith('last-words-'),
  );
  const { what } = JSON.parse(readFileSync(path.join(data, 'journal', words), 'utf8')) as { what: string };
  assert.match(what, 'a fault of the test');
  await start(['--max-old-space-size=100']);
  await adopted();
  await running().says(/alarm raised linekeeper\/guard\.invariant/, limitMs);
  assert.ok(existsSync(path.join(data, 'journal', words.replace(/\.json$/, '.told.json'))));
  untouched();
  assert.ok(theCard().settle().line(1).pbx.isOffHook, 'the call is still up');
});

test('the guard runs out of memory: the process dies, no relay is moved by it', async () => {
  faults.cause('guard', 'oom');
  await codeOf(running());
  assert.match(running().output, /heap out of memory/);
  assert.equal(moves, []);
});

test('a crash loop: the third start within a minute feeds no card; the card takes the idle line over and leaves the busy one its call', async () => {
  // On a slow machine three starts may take longer than a minute: then the next one is the third.
  for (let n = 0; n < 6; n++) {
    await start();
    const isUnfit = await running()
      .says(/alarm raised linekeeper\/guard\.unfit/, n < 2 ? 2000 : 10_000)
      .then(
        () => true,
        () => false,
      );
    if (isUnfit) break;
    running().kill('SIGKILL');
    await running().ended;
  }
  assert.match(running().output, /alarm raised linekeeper\/guard\.unfit/);
  await eventually(
    () => `the idle line with its phone; it is ${contacts().join()}`,
    () => contacts()[1] === 'bypass' || undefined,
    limitMs,
  );
  assert.ok(theCard().isHostLost);
  assert.is(contacts()[0], 'normal');
  assert.ok(theCard().settle().line(1).pbx.isOffHook);
  await eventually('healthy released', () => theCard().plant.outputs[1] === false || undefined, limitMs);
  theCard().settle().hangUp(1, 'far');
  theCard().settle().hangUp(1, 'near');
  await eventually('the other line too', () => contacts()[0] === 'bypass' || undefined, limitMs);
  assert.not.ok(moves.some((move) => move.endsWith('energised')));
  running().kill('SIGTERM');
  assert.is(await running().ended, 0, running().output);
});

test('killed and not started again: healthy is released by the card', async () => {
  await start();
  await eventually('healthy', () => theCard().plant.outputs[1] === true || undefined, limitMs);
  running().kill('SIGKILL');
  await running().ended;
  assert.ok(theCard().plant.outputs[1], 'a restart in time is not heard');
  await eventually('healthy released', () => theCard().plant.outputs[1] === false || undefined, limitMs);
  assert.ok(theCard().isHostLost);
});

async function ask(what: 'alarms' | 'health'): Promise<string> {
  const token = readFileSync(path.join(data, 'run/read-token'), 'utf8').trim();
  const answer = await fetch(`http://127.0.0.1:${httpPort}/api/v1/${what}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return answer.text();
}

test.run();
