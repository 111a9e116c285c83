/**
 * The built program in a Linux kernel with a simulated GPIO chip: a small room whose bypass relay, charge pump, horn and
 * contacts are the Pi's own pins. The test file starts itself again inside that kernel; times there have the slack of a slow
 * machine with one CPU.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needsRig, projectFolder } from '../rig.ts';
import { Program, control, eventually, linekeeper } from '../room/program.ts';

const limitMs = 100_000;
/** The file of the runner must end before the runner's own limit of 300 s. */
const rigLimitS = 280;
const lookEveryMs = 3;

const pins = { relay: 17, mirror: 22, horn: 23, alarm: 24, door: 26, pump: 27 };
/** The charge pump drains within seconds: without a stroke for this long the coils are released. */
const drainMs = 1500;

interface RigChip {
  readonly sim: string;
  readonly base: number;
}

/** Runs this test file inside the kernel, where the same call goes on to the tests. */
export function testPinsRoom(backend: 'chardev' | 'onoff', testFile: string): void {
  const [chip] = JSON.parse(process.env['RIG_GPIO'] ?? '[]') as readonly RigChip[];
  if (process.env['GPIO_RIG'] === '1' && chip !== undefined) {
    pinsRoom(backend, chip);
    return;
  }
  const run = spawnSync(
    needsRig('gpio-kernel/run.sh'),
    ['--chips', 'pinctrl-bcm2711:58', '--timeout', String(rigLimitS)].concat(
      '--',
      process.execPath,
      '--import',
      'tsx',
      fileURLToPath(testFile),
    ),
    { cwd: projectFolder, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  process.exit(run.status ?? 1);
}

function pinsRoom(backend: 'chardev' | 'onoff', chip: RigChip): void {
  const sim = (pin: number, name: string): string => `${chip.sim}/sim_gpio${pin}/${name}`;
  const sysfs = `/sys/class/gpio/gpio${chip.base + pins.relay}`;
  const level = (pin: number): boolean => readFileSync(sim(pin, 'value'), 'utf8').trim() === '1';
  /** What is soldered to the pin: a contact that closes to ground, or a driver of a relay that keeps what it was. */
  const pull = (pin: number, up: boolean): void =>
    writeFileSync(sim(pin, 'pull'), up ? 'pull-up' : 'pull-down');
  const contact = (pin: number, closed: boolean): void => pull(pin, !closed);
  /** Claiming an input turns the simulated pull up, which is a contact that opens: so they are set again once it runs. */
  const contactsAtRest = (): void => {
    contact(pins.alarm, true);
    contact(pins.door, false);
  };
  /** The simulated chip lets a line fall to its pull when nobody holds it, where the Pi's keeps the level: the pull stands in. */
  const chipKeeps = (energised: boolean): void => {
    if (backend === 'chardev') pull(pins.relay, energised);
  };
  /**
   * The relay that is wired to the pin, with its mirror contact: closed to ground while the line is with its phone. Written again and
   * again, for claiming the input turns its pull up.
   */
  const relay = { isWelded: false };
  const armature = setInterval(() => {
    pull(pins.mirror, relay.isWelded || level(pins.relay));
  }, lookEveryMs * 3);
  const hornIs = (on: boolean): Promise<boolean> =>
    eventually(`the horn ${on ? 'on' : 'off'}`, () => level(pins.horn) === on || undefined, limitMs);

  const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-pins-'));
  const roomFile = path.join(folder, 'room.yaml');
  const faults = path.join(folder, 'faults.mjs');
  let card: Program | undefined;
  let cardControl = 0;
  let program: Program | undefined;

  const launch = async (): Promise<void> => {
    program = linekeeper(['run', '--room', roomFile], { NODE_OPTIONS: `--import=${faults}` });
    await program.says(/guard active/, limitMs);
    await program.says(/L01 (normal|bypass)/, limitMs);
    contactsAtRest();
  };
  const start = async (): Promise<void> => {
    await launch();
    await running().says(/page: http/, limitMs);
  };
  const running = (): Program => {
    if (program === undefined) throw new Error('the program was never started');
    return program;
  };
  const relayIs = async (isEnergised: boolean): Promise<void> => {
    try {
      await eventually('the move', () => level(pins.relay) === isEnergised || undefined, limitMs);
    } catch {
      assert.unreachable(
        `the relay was never ${isEnergised ? 'energised' : 'released'}:\n${running().output}`,
      );
    }
  };
  const strokes = async (): Promise<void> => {
    const seen = new Set<boolean>();
    await eventually(
      'strokes of the charge pump',
      () => seen.add(level(pins.pump)).size === 2 || undefined,
      limitMs,
    );
  };
  const noStrokes = async (why: string): Promise<void> => {
    const before = level(pins.pump);
    let lastAt = Date.now();
    let was = before;
    await eventually(
      `${why}: the strokes end`,
      () => {
        const now = level(pins.pump);
        if (now !== was) lastAt = Date.now();
        was = now;
        return Date.now() - lastAt >= drainMs || undefined;
      },
      limitMs,
    );
  };
  /** Carries out `what` and gives every level that the relay's pin had meanwhile. */
  const watched = async (what: () => Promise<unknown>): Promise<boolean[]> => {
    const levels = [level(pins.relay)];
    const value = openSync(sim(pins.relay, 'value'), 'r');
    const byte = Buffer.alloc(1);
    const looks = setInterval(() => {
      readSync(value, byte, 0, 1, 0);
      const now = byte.toString() === '1';
      if (now !== levels.at(-1)) levels.push(now);
    }, lookEveryMs);
    try {
      await what();
    } finally {
      clearInterval(looks);
      closeSync(value);
    }
    return levels;
  };

  /** A failure is told at once: the rig may reach its limit before the report comes. */
  const checked = (name: string, run: () => Promise<void>): void => {
    test(name, async () => {
      try {
        await run();
      } catch (error) {
        console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        throw error;
      }
    });
  };

  test.before(async () => {
    contactsAtRest();
    card = linekeeper(['sim', 'card', '--tcp', '0', '--control', '0', '--lines', '1']);
    const [, port = '', orders = ''] = await card.says(
      /tcp:\/\/127\.0\.0\.1:(\d+) control 127\.0\.0\.1:(\d+)/,
      limitMs,
    );
    cardControl = Number(orders);
    // What a fault in the program would do to the guard's thread, on a signal.
    writeFileSync(
      faults,
      `import { isMainThread } from 'node:worker_threads';
       if (isMainThread) {
         process.on('SIGWINCH', () => { const until = Date.now() + ${2 * drainMs}; while (Date.now() < until); });
         process.on('SIGPWR', () => { throw new Error('a fault of the test'); });
       }`,
    );
    writeFileSync(
      roomFile,
      `room: { id: pins, name: { zh: 引脚, en: Pins }, timezone: UTC, language: en }
buses:
  card-a: { line-card: "tcp://127.0.0.1:${port}" }
  pi: { gpio: ${backend}, pump: ${pins.pump}, accept-outputs-kept: true }
points:
  horn:       { output: pi/${pins.horn}, role: horn }
  pbx-alarm:  { input: pi/${pins.alarm}, contact: normally-closed }
  door:       { input: pi/${pins.door}, contact: normally-open }
lines: { L01: { channel: card-a/1, bypass: pi/${pins.relay}, read-back: pi/${pins.mirror}, trunk: "1", phone: "8001", answers: pbx } }
subjects: { pbx: { kind: pbx, evidence: [{ point: pbx-alarm }, { lines: all }] } }
bypass: { restore-after: 30s, prove: 20s, ring-limit: 10s }
data: ${folder}/data
`,
    );
  });
  test.after(async () => {
    clearInterval(armature);
    await Program.endAll();
  });

  checked(
    `${backend}: a first start moves nothing; the charge pump runs; the relay is energised when the PBX has proved itself`,
    async () => {
      const levels = await watched(async () => {
        await launch();
        await running().says(/bypass settling/, limitMs);
      });
      assert.equal(levels, [false], 'nobody drove the relay before: it stays released');
      await strokes();
      await relayIs(true);
      await running().says(/L01 proving/, limitMs);
      await strokes();
    },
  );

  checked(`${backend}: a contact that opens or closes is heard, and the horn sounds`, async () => {
    await hornIs(false);
    contact(pins.door, true);
    await running().says(/alarm raised door\/point\.active/, limitMs);
    await hornIs(true);
    contact(pins.door, false);
    await hornIs(false);
  });

  checked(`${backend}: killed and started again, the relay keeps its level all the time`, async () => {
    chipKeeps(true);
    const killed = running();
    const levels = await watched(async () => {
      killed.kill('SIGKILL');
      await killed.ended;
      await start();
      await running().says(/L01 normal/, limitMs);
      await strokes();
    });
    assert.equal(levels, [true], running().output);
    assert.not.match(running().output, /bypass settling/);
  });

  checked(`${backend}: an orderly stop leaves the line with its phone`, async () => {
    running().kill('SIGTERM');
    assert.is(await running().ended, 0, running().output);
    chipKeeps(false);
    assert.not.ok(level(pins.relay));
    if (backend === 'onoff') assert.is(readFileSync(`${sysfs}/value`, 'utf8').trim(), '0');
  });

  checked(
    `${backend}: the PBX's contact opens and its line rings unanswered: the relay is released`,
    async () => {
      // The coil stands energised, as after a crash: taken over as it is, without 30 s of settling.
      if (existsSync(sysfs)) writeFileSync(`${sysfs}/direction`, 'high');
      chipKeeps(true);
      await start();
      await running().says(/L01 normal/, limitMs);
      assert.ok(level(pins.relay));
      await control(cardControl, 'call in 1 answer never patience 120');
      contact(pins.alarm, false);
      await relayIs(false);
      await running().says(/bypass tripped/, limitMs);
      await running().says(/L01 bypass/, limitMs);
      assert.not.match(running().output, /gpio\.lost|guard\.unfit/);
    },
  );

  checked(
    `${backend}: the PBX is back: the line is restored, proved by the mirror contact, and the room is steady`,
    async () => {
      const from = running().output.length;
      await control(cardControl, 'hang up 1 far');
      contact(pins.alarm, true);
      await relayIs(true);
      await running().says(/L01 proving/, limitMs, from);
      await running().says(/L01 normal/, limitMs, from);
      await running().says(/bypass steady/, limitMs, from);
    },
  );

  checked(`${backend}: the guard stands still, or is stopped: no stroke until it turns again`, async () => {
    for (const [fault, undo] of [
      ['SIGWINCH', undefined],
      ['SIGSTOP', 'SIGCONT'],
    ] as const) {
      running().kill(fault);
      await noStrokes(fault);
      if (undo !== undefined) running().kill(undo);
      await strokes();
    }
  });

  checked(
    `${backend}: a relay that is welded to its PBX contact: told as stuck by its mirror contact, its coil stays released`,
    async () => {
      const from = running().output.length;
      relay.isWelded = true;
      contact(pins.alarm, false);
      await control(cardControl, 'call in 1 answer never patience 120');
      await running().says(/L01 stuck/, limitMs, from);
      assert.not.ok(level(pins.relay));
      relay.isWelded = false;
      await running().says(/L01 locked/, limitMs, from);
      assert.not.ok(level(pins.relay));
    },
  );

  checked(
    `${backend}: something throws in the guard: last words, exit 70, no stroke any more, and no relay is moved by it`,
    async () => {
      chipKeeps(false);
      const levels = await watched(async () => {
        running().kill('SIGPWR');
        assert.is(await running().ended, 70, running().output);
        await noStrokes('after the end');
      });
      assert.is(new Set(levels).size, 1);
      assert.match(running().output, /LK-GUARD-002 uncaught/);
      card?.kill('SIGTERM');
      await card?.ended;
    },
  );

  test.run();
}
