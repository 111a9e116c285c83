/** The built recorder and archive threads on a real disk: killed, started again, full. Needs `npm run build`. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { Transferable } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type {
  ArchiveAnswer,
  ArchiveStart,
  FromArchive,
  FromRecorder,
  RecorderStart,
  RecordingRow,
  ToArchive,
  ToRecorder,
} from '../../src/model/messages.ts';
import { AudioRingWriter, makeAudioRing } from '../../src/signal/audio-ring.ts';
import { absent, needsPrograms, projectFolder } from '../rig.ts';
import { correlate, decode } from '../recorder/rig.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';
import { readOggOpus } from '../../src/format/ogg.ts';
import { speech } from '../signal/voices.ts';
import { systemClock } from '../../src/drivers/clock/system.ts';

needsPrograms('ffprobe');
const built = (file: string): string => path.join(projectFolder, 'dist/src', file);
for (const file of ['threads/recorder.js', 'threads/archive.js', 'main.js'])
  if (!existsSync(built(file))) absent('the built program; run `npm run build`');

const folders: string[] = [];
test.after(() => {
  for (const folder of folders) {
    if (folder.endsWith('-tmpfs')) spawnSync('umount', [folder]);
    rmSync(folder, { recursive: true, force: true });
  }
});
function newFolder(end = ''): string {
  const folder = `${mkdtempSync(path.join(tmpdir(), 'linekeeper-recorder-'))}${end}`;
  folders.push(folder);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A thread with everything that it said, and waiting for a certain word. */
class Thread<Out extends { readonly kind: string }, In> {
  readonly heard: Out[] = [];
  readonly worker: Worker;
  readonly ended: Promise<number>;
  #waiting: (() => void)[] = [];

  constructor(file: string, workerData: object) {
    this.worker = new Worker(built(file), { workerData });
    this.ended = new Promise((resolve) => this.worker.on('exit', resolve));
    this.worker.on('message', (message: Out) => {
      this.heard.push(message);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }
  post(message: In, transfer: readonly Transferable[] = []): void {
    this.worker.postMessage(message, [...transfer]);
  }
  async hears<K extends Out['kind']>(kind: K, count = 1): Promise<Extract<Out, { kind: K }>> {
    for (;;) {
      const found = this.heard.filter(
        (message): message is Extract<Out, { kind: K }> => message.kind === kind,
      );
      const last = found[count - 1];
      if (last !== undefined) return last;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}
type RecorderThread = Thread<FromRecorder, ToRecorder>;
type ArchiveThread = Thread<FromArchive, ToArchive>;

const voice = speech(20_000, 7, 9000);

function ringOf(lines: readonly string[]): {
  rings: RecorderStart['rings'];
  play: (line: string, toMs: number, voiceFromMs: number) => void;
} {
  const writers = new Map<string, AudioRingWriter>();
  const rings = lines.map((line) => {
    const buffer = makeAudioRing();
    writers.set(line, new AudioRingWriter(buffer));
    return { line, buffer };
  });
  const at = new Map<string, number>();
  return {
    rings,
    /** Whatever is missing up to `toMs`; the voice begins at `voiceFromMs`. */
    play(line, toMs, voiceFromMs) {
      const begin = at.get(line) ?? voiceFromMs;
      let now = begin;
      for (; now + 20 <= toMs; now += 20) {
        const from = Math.round((now - voiceFromMs) * 8);
        writers.get(line)?.write(monoMs(now + 159 / 8), voice, from, 160);
      }
      at.set(line, now);
    },
  };
}

const startRecorder = (dataFolder: string, rings: RecorderStart['rings']): RecorderThread =>
  new Thread('threads/recorder.js', {
    dataFolder,
    room: 'real',
    settings: {
      start: 'line-voltage',
      preRollMs: 2000,
      hangOverMs: 3000,
      keepDays: 400,
      promptAtPercent: 85,
      bitRate: 16_000,
      complexity: 5,
    },
    rings,
    clock: { mono: systemClock.mono(), wall: wallMs(Date.UTC(2026, 10, 23, 8)) },
  } satisfies RecorderStart);

async function startArchive(dataFolder: string): Promise<ArchiveThread> {
  const thread: ArchiveThread = new Thread('threads/archive.js', {
    dataFolder,
    room: 'real',
  } satisfies ArchiveStart);
  await thread.hears('ready');
  return thread;
}
function join(recorder: RecorderThread, archive: ArchiveThread): void {
  const { port1, port2 } = new MessageChannel();
  recorder.post({ kind: 'archive-port', port: port1 }, [port1]);
  archive.post({ kind: 'recorder-port', port: port2 }, [port2]);
}
/** Rows of the archive, asked over a port as the front does, until there are so many. */
async function rowsOf(archive: ArchiveThread, count: number): Promise<readonly RecordingRow[]> {
  const { port1, port2 } = new MessageChannel();
  archive.post({ kind: 'front-port', port: port2 }, [port2]);
  for (let ask = 1; ; ask++) {
    const answer = await new Promise<ArchiveAnswer>((resolve) => {
      port1.once('message', resolve);
      port1.postMessage({ ask, kind: 'recordings', limit: 100 });
    });
    if (answer.kind !== 'recordings' || answer.ask !== ask) throw new Error(JSON.stringify(answer));
    if (answer.items.length < count) continue;
    port1.close();
    return answer.items;
  }
}
async function end(...threads: readonly (RecorderThread | ArchiveThread)[]): Promise<void> {
  for (const thread of threads) {
    thread.worker.postMessage({ kind: 'close' });
    assert.is(await thread.ended, 0);
    assert.is(thread.heard.at(-1)?.kind, 'closed');
  }
}
const verify = (dataFolder: string): number | null =>
  spawnSync(process.execPath, [built('main.js'), 'verify', '--data', dataFolder]).status;
const heardIn = (dataFolder: string, file: string): Int16Array => {
  const ogg = readOggOpus(readFileSync(path.join(dataFolder, file)));
  if (ogg === undefined) throw new Error('not an ogg file');
  return decode(ogg);
};

test('from the ring to the archive, over both threads: found, intact, read by ffprobe', async () => {
  const data = newFolder();
  const { rings, play } = ringOf(['L01', 'L02']);
  const recorder = startRecorder(data, rings);
  assert.match((await recorder.hears('ready')).encoder, /@evan\/opus/);
  const archive = await startArchive(data);
  join(recorder, archive);
  const from = systemClock.mono() - 9000;
  for (const line of ['L01', 'L02']) play(line, from + 9000, from);
  for (const line of ['L01', 'L02']) {
    recorder.post({ kind: 'start', id: `r-${line}`, line, from: monoMs(from), why: 'line-voltage' });
    recorder.post({ kind: 'stop', id: `r-${line}`, line, to: monoMs(from + 8000) });
  }
  const rows = await rowsOf(archive, 2);
  assert.equal(
    rows.map(({ durationMs, lostSamples }) => [durationMs, lostSamples]),
    [
      [8000, 0],
      [8000, 0],
    ],
  );
  for (const { path: file } of rows) {
    const { likeness, shift } = correlate(heardIn(data, file), voice);
    assert.ok(likeness >= 0.9 && Math.abs(shift) <= 8, `${likeness} ${shift}`);
    const probe = execFileSync('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'stream=codec_name',
      '-of',
      'csv=p=0',
      path.join(data, file),
    ]);
    assert.is(probe.toString().trim(), 'opus');
  }
  assert.is(verify(data), 0, 'while the room runs');
  await end(recorder, archive);
  assert.is(verify(data), 0);
});

test('the recorder thread dies in the middle of a call: the next one goes on without losing a sample', async () => {
  const data = newFolder();
  const { rings, play } = ringOf(['L01']);
  const first = startRecorder(data, rings);
  await first.hears('ready');
  const from = systemClock.mono() - 6000;
  play('L01', from + 6000, from);
  first.post({ kind: 'start', id: 'r', line: 'L01', from: monoMs(from), why: 'line-voltage' });
  await first.hears('started');
  await first.hears('beat', 2);
  await first.worker.terminate();
  const second = startRecorder(data, rings);
  assert.is((await second.hears('ready')).recovered, 0, 'held for the guard, not given up');
  second.post({ kind: 'start', id: 'r', line: 'L01', from: monoMs(from), why: 'line-voltage' });
  await second.hears('started');
  play('L01', systemClock.mono(), from);
  second.post({ kind: 'stop', id: 'r', line: 'L01', to: monoMs(from + 7000) });
  const sealed = await second.hears('sealed');
  assert.is(sealed.durationMs, 7000);
  const { likeness, shift } = correlate(heardIn(data, sealed.path), voice);
  assert.ok(likeness >= 0.9 && Math.abs(shift) <= 8, `${likeness} ${shift}`);
  await end(second);
});

test('kill -9 of the process in the middle of a call: after the start the recording is there, at most 1 s short', async () => {
  const data = newFolder();
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(projectFolder, 'test/real/recorder-process.ts'), data],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let playedMs = 0;
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      for (const match of chunk.toString().matchAll(/^played ([\d.]+)$/gm)) playedMs = Number(match[1]);
      if (playedMs >= 4000 && child.kill('SIGKILL')) resolve();
    });
  });
  await new Promise((resolve) => child.on('exit', resolve));
  const recorder = startRecorder(data, ringOf(['L01']).rings);
  assert.is((await recorder.hears('ready')).recovered, 1);
  const archive = await startArchive(data);
  join(recorder, archive);
  const [row] = await rowsOf(archive, 1);
  assert.is(row?.id, 'k1');
  assert.is(row?.recovered, true);
  const lostMs = playedMs - (row?.durationMs ?? 0);
  assert.ok(lostMs <= 1000, `${lostMs} ms lost`);
  assert.ok(correlate(heardIn(data, row?.path ?? ''), voice).likeness >= 0.9);
  await end(recorder, archive);
  assert.is(verify(data), 0);
});

for (const [how, words] of [
  ['is ended by force', 'await worker.terminate();'],
  [
    'ends in order',
    "worker.postMessage({ kind: 'close' }); await new Promise((resolve) => worker.on('exit', resolve));",
  ],
  ['still runs when the process ends', 'process.exit(0);'],
] as const)
  test(`a recorder thread that ${how} takes nobody with it`, () => {
    // The only thread that has the codec's library: a process that has it elsewhere proves nothing.
    const script = `import { Worker } from 'node:worker_threads';
      const rings = [{ line: 'L01', buffer: new SharedArrayBuffer(${ringOf(['L01']).rings[0]?.buffer.byteLength ?? 0}) }];
      const settings = { bitRate: 16000, complexity: 5 };
      const workerData = { dataFolder: ${JSON.stringify(newFolder())}, room: 'x', settings, rings, clock: { mono: 0, wall: 0 } };
      const worker = new Worker(${JSON.stringify(built('threads/recorder.js'))}, { workerData, execArgv: [] });
      await new Promise((resolve) => worker.on('message', ({ kind }) => kind === 'ready' && resolve()));
      worker.postMessage({ kind: 'start', id: 'r', line: 'L01', from: 0, why: 'x' });
      await new Promise((resolve) => worker.on('message', ({ kind }) => kind === 'started' && resolve()));
      process.stdout.write('begun ');
      ${words}
      await new Promise((resolve) => setTimeout(resolve, 300));
      process.stdout.write('alive');`;
    const { status, signal, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', script],
      {
        encoding: 'utf8',
      },
    );
    const expected = [0, null, how.startsWith('still') ? 'begun ' : 'begun alive'];
    assert.equal([status, signal, stdout], expected, stderr);
  });

test('the archive thread dies: what was sealed meanwhile is stored by the next one', async () => {
  const data = newFolder();
  const { rings, play } = ringOf(['L01']);
  const recorder = startRecorder(data, rings);
  await recorder.hears('ready');
  const first = await startArchive(data);
  join(recorder, first);
  await first.worker.terminate();
  const from = systemClock.mono() - 5000;
  play('L01', from + 5000, from);
  recorder.post({ kind: 'start', id: 'r', line: 'L01', from: monoMs(from), why: 'line-voltage' });
  recorder.post({ kind: 'stop', id: 'r', line: 'L01', to: monoMs(from + 4000) });
  await recorder.hears('sealed');
  assert.is(verify(data), 0, 'a file that waits is no finding');
  const second = await startArchive(data);
  join(recorder, second);
  assert.is((await rowsOf(second, 1))[0]?.serial, 1);
  await end(recorder, second);
  assert.is(verify(data), 0);
});

test('a really full disk: told, nothing lost within the memory, sealed when there is space again', async () => {
  const data = newFolder('-tmpfs');
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', data]).status === 0;
  if (!mounted) {
    console.log('no tmpfs can be mounted here; the same is tested with a disk in memory');
    return;
  }
  const { rings, play } = ringOf(['L01']);
  const recorder = startRecorder(data, rings);
  await recorder.hears('ready');
  const ballast = path.join(data, 'ballast');
  spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4k']);
  const from = systemClock.mono() - 8000;
  play('L01', from + 8000, from);
  const told = recorder.heard.length;
  recorder.post({ kind: 'start', id: 'r', line: 'L01', from: monoMs(from), why: 'line-voltage' });
  recorder.post({ kind: 'stop', id: 'r', line: 'L01', to: monoMs(from + 7000) });
  const conditions = (): (string | boolean)[][] =>
    recorder.heard
      .slice(told)
      .flatMap((message) => (message.kind === 'condition' ? [[message.type, message.active]] : []));
  while (conditions().length === 0)
    await recorder.hears('beat', recorder.heard.filter(({ kind }) => kind === 'beat').length + 1);
  assert.equal(conditions(), [['disk.full', true]]);
  rmSync(ballast);
  const sealed = await recorder.hears('sealed');
  assert.is(sealed.durationMs, 7000);
  assert.equal(conditions().at(-1), ['disk.full', false]);
  assert.ok(correlate(heardIn(data, sealed.path), voice).likeness >= 0.9);
  await end(recorder);
});

test('a data folder that is a file: the threads say so and end no process', async () => {
  const data = newFolder();
  writeFileSync(path.join(data, 'capture'), 'in the way');
  const { rings, play } = ringOf(['L01']);
  const recorder = startRecorder(data, rings);
  await recorder.hears('ready');
  const from = systemClock.mono() - 3000;
  play('L01', from + 3000, from);
  recorder.post({ kind: 'start', id: 'r', line: 'L01', from: monoMs(from), why: 'line-voltage' });
  const isTold = (): boolean =>
    recorder.heard.some((message) => message.kind === 'condition' && message.active);
  while (!isTold())
    await recorder.hears('beat', recorder.heard.filter(({ kind }) => kind === 'beat').length + 1);
  await end(recorder);
});

test.run();
