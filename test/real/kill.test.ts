/** What happens when the program ends, on real transports: killed in a call, spinning and stopped under systemd, told to restart, told to stop. */
import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needsPrograms } from '../rig.ts';
import { RealRoom } from '../room/real-room.ts';
import { eventually, linekeeper } from '../room/program.ts';

needsPrograms('socat', 'mosquitto', 'ffprobe', 'python3');
const room = new RealRoom({ lines: 3 });

test.after(() => room.stop());

const audioFiles = (): string[] =>
  readdirSync(path.join(room.dataFolder, 'audio'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.opus'),
  );
const allNormal = async (): Promise<void> => {
  for (const line of ['L01', 'L02', 'L03']) await room.lineIs(line, 'bypass', 'normal', 120_000);
};

test('killed in the middle of a call: two seconds later it is back, no relay moved, no call cut, the acknowledgement kept', async () => {
  await room.start();
  await allNormal();
  // Something to acknowledge: a line whose pair is cut.
  await room.order('trunk 3 cut');
  const alarm = 'L03/line.dead';
  await eventually('the alarm', () => room.topic(`state/alarm/${alarm}`));
  await room.client?.publishAsync(
    'linekeeper/real/cmd/acknowledge',
    JSON.stringify({ transaction: 't1', expires: Date.now() + 30_000, by: 'test', alarm }),
  );
  await eventually(
    'acknowledged',
    () => room.topic(`state/alarm/${alarm}`)?.['ack'] === 'acked' || undefined,
  );

  await room.order('call in 1 answer 1 talk 25 patience 30');
  await room.lineIs('L01', 'signal', 'off-hook');
  await eventually('recording', () => room.topic('state/line/L01')?.['recording'] === true || undefined);
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const before = room.played().length;
  const killedAt = Date.now();
  room.program?.kill('SIGKILL');
  await room.program?.ended;
  const program = await room.startProgram();
  const backMs = Date.now() - killedAt;
  // Two seconds of a machine that has them to give.
  const crowd = Math.max(1, (os.loadavg()[0] ?? 0) / os.availableParallelism());
  assert.ok(backMs <= 2000 * crowd, `back after ${backMs} ms, ${crowd.toFixed(1)} at work on each core`);
  await program.says(/recorder ready \(.*, [1-9]\d* recordings recovered\)/);

  const card = await room.cardState();
  assert.equal(
    card.lines.slice(0, 3).map(({ contact }) => contact),
    ['normal', 'normal', 'normal'],
  );
  assert.ok(card.lines[0]?.offHook, 'the call is still up');
  assert.not.ok(
    room
      .played()
      .slice(before)
      .some(({ what }) => what === 'on-hook'),
  );
  await eventually(
    'acknowledged still',
    () => room.topic(`state/alarm/${alarm}`)?.['ack'] === 'acked' || undefined,
  );

  await eventually('both halves of the call', () => audioFiles().length >= 2 || undefined, 60_000);
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(path.join(room.dataFolder, 'archive.db'), { readonly: true });
  const [first] = database
    .prepare('select ended_at as endedAt, recovered from recordings order by started_at')
    .all() as { endedAt: number; recovered: number }[];
  database.close();
  assert.is(first?.recovered, 1);
  const lostMs = killedAt - (first?.endedAt ?? 0);
  assert.ok(lostMs <= 1100, `${lostMs} ms of the call were lost`);
  await room.order('trunk 3 join');
});

/** Each datagram with the moment of its arrival, as systemd would see it. */
const receiver = `
import socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("listening", flush=True)
while True: print(s.recv(4096).decode(), flush=True)
`;

test('systemd hears READY after adoption, WATCHDOG only from turns that complete, STOPPING at an orderly end', async () => {
  room.program?.kill('SIGKILL');
  await room.program?.ended;
  const socket = path.join(room.folder, 'notify.sock');
  const python = spawn('python3', ['-c', receiver, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  const words: { word: string; at: number }[] = [];
  createInterface({ input: python.stdout }).on('line', (word) => words.push({ word, at: Date.now() }));
  try {
    await eventually('the socket', () => words.length > 0 || undefined);
    // A turn that never ends, on a signal: what a fault in the program would do to the guard's thread.
    const spin = path.join(room.folder, 'spin.mjs');
    writeFileSync(
      spin,
      `import { isMainThread } from 'node:worker_threads';
       if (isMainThread) process.on('SIGWINCH', () => { const until = Date.now() + 2000; while (Date.now() < until); });`,
    );
    const program = await room.startProgram({
      NOTIFY_SOCKET: socket,
      WATCHDOG_USEC: '900000',
      NODE_OPTIONS: `--import=${spin}`,
    });
    await eventually('READY', () => words.some(({ word }) => word === 'READY=1') || undefined);
    const pings = (): number[] => words.filter(({ word }) => word === 'WATCHDOG=1').map(({ at }) => at);
    await eventually('a few pings', () => pings().length >= 4 || undefined);

    for (const [fault, undo] of [
      ['SIGWINCH', undefined],
      ['SIGSTOP', 'SIGCONT'],
    ] as const) {
      program.kill(fault);
      // What was sent before the signal reached the thread may still arrive.
      await new Promise((resolve) => setTimeout(resolve, 300));
      const from = pings().length;
      await new Promise((resolve) => setTimeout(resolve, 1200));
      assert.is(pings().length, from, `${fault}: no ping within a period`);
      if (undo !== undefined) program.kill(undo);
      await eventually(`${fault}: pings again`, () => pings().length > from + 2 || undefined);
    }
    program.kill('SIGUSR2');
    assert.is(await program.ended, 0);
    await eventually('STOPPING', () => words.some(({ word }) => word === 'STOPPING=1') || undefined);
  } finally {
    python.kill();
  }
});

test('restart keeps every relay where it is', async () => {
  await room.startProgram();
  await allNormal();
  const before = room.played().length;
  room.program?.kill('SIGUSR2');
  assert.is(await room.program?.ended, 0);
  const card = await room.cardState();
  assert.equal(
    card.lines.slice(0, 3).map(({ contact }) => contact),
    ['normal', 'normal', 'normal'],
  );
  await room.startProgram();
  await allNormal();
  assert.not.ok(
    room
      .played()
      .slice(before)
      .some(({ what }) => what.startsWith('relay')),
  );
});

test('stop: idle lines go to their phones, then the program ends', async () => {
  room.program?.kill('SIGTERM');
  assert.is(await room.program?.ended, 0);
  const card = await room.cardState();
  assert.equal(
    card.lines.slice(0, 3).map(({ contact }) => contact),
    ['bypass', 'bypass', 'bypass'],
  );
  const verify = linekeeper(['verify', '--json'], { LINEKEEPER_DATA: room.dataFolder });
  assert.is(await verify.ended, 0, verify.output);
});

test.run();
