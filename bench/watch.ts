/**
 * 500 targets (300 TCP, 200 ping), four UPSes on Modbus TCP and 32 recorded lines: what it costs, how late the guard's loop comes, and how
 * long a dead target takes to be `down` at the centre. Beside it, with the same targets and the same schedule (10 s, three misses,
 * quicker after the first), a prober in Python (`prober.py`), in the same run.
 *
 *   npm run bench -- watch faults=60 targets=500 lines=32
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { connect } from 'mqtt';
import type { Options } from './run.ts';
import { Program, eventually, freePort, linekeeper } from '../test/room/program.ts';
import { needsPrograms } from '../test/rig.ts';
import { benchRoom, sleep, talkOnAll } from './room.ts';
import { cpuSeconds, nodeFlags, quantile, residentMB } from './process.ts';
import { VirtualUps } from '../src/sim/ups.ts';
import { systemClock } from '../src/drivers/clock/system.ts';

const tcpShare = 0.6;
const upsCount = 4;
const settleMs = 30_000;
const faultEveryMs = 2000;
/** Three rounds of 10 s with their jitter, and more than the longest wait. */
const detectLimitMs = 60_000;

export async function watch(options: Options): Promise<object> {
  needsPrograms('mosquitto', 'fping', 'python3');
  const targets = Number(options['targets'] ?? '500');
  const lines = Number(options['lines'] ?? '32');
  const faults = Number(options['faults'] ?? '60');
  const tcpCount = Math.round(targets * tcpShare);
  const services = await Promise.all(Array.from({ length: tcpCount }, () => new Service().listen()));
  const hosts = Array.from({ length: targets - tcpCount }, (_, n) => `127.1.${n >> 8}.${(n & 255) + 1}`);
  const upses = Array.from(
    { length: upsCount },
    () => new VirtualUps({ clock: systemClock, port: 0, unit: 1, runtimeS: 14_400, speed: 1 }),
  );
  const upsPorts = await Promise.all(upses.map((ups) => ups.start()));
  const mqttPort = await freePort();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-bench-watch-'));
  const config = path.join(folder, 'mosquitto.conf');
  writeFileSync(config, `listener ${mqttPort} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
  const broker = spawn('mosquitto', ['-c', config], { stdio: 'ignore' });

  const subjects = [
    ...services.map(
      ({ port }, n) => `  tcp-${n}: { kind: server, evidence: [{ tcp: "127.0.0.1:${port}" }] }`,
    ),
    ...hosts.map((host, n) => `  ping-${n}: { kind: terminal, evidence: [{ ping: ${host} }] }`),
    ...upsPorts.map(
      (_, n) => `  ups-${n}: { kind: ups, evidence: [{ ups: ups-bus-${n}/1, model: linekeeper-sim }] }`,
    ),
  ];
  const room = await benchRoom(Math.max(8, lines), {
    buses: upsPorts.map((port, n) => `  ups-bus-${n}: { modbus: "tcp://127.0.0.1:${port}" }`).join('\n'),
    more: `subjects:\n${subjects.join('\n')}\nreport: { mqtt: { broker: "mqtt://127.0.0.1:${mqttPort}" } }\n`,
  });

  const verdicts = new Map<string, { readonly verdict: string; readonly at: number }>();
  const lags: number[] = [];
  const client = connect(`mqtt://127.0.0.1:${mqttPort}`, { reconnectPeriod: 200 });
  client.on('error', () => undefined);
  client.on('message', (topic, payload) => {
    const at = performance.now();
    const subject = /state\/subject\/(.+)$/.exec(topic)?.[1];
    if (subject !== undefined) {
      const { verdict } = JSON.parse(payload.toString()) as { verdict: string };
      if (verdicts.get(subject)?.verdict !== verdict) verdicts.set(subject, { verdict, at });
    } else if (topic.endsWith('state/room')) {
      const { threads } = JSON.parse(payload.toString()) as { threads: { name: string; lagMs: number }[] };
      lags.push(threads.find(({ name }) => name === 'guard')?.lagMs ?? 0);
    }
  });
  await new Promise<void>((resolve) => client.once('connect', () => resolve()));
  await client.subscribeAsync('linekeeper/+/state/#', { qos: 1 });

  const program = linekeeper(['run', '--room', room.file], {}, nodeFlags(options['flags']));
  await program.says(/guard active/);
  if (lines > 0) await talkOnAll(room, lines, 3600);
  const prober = new Program('python3', [
    path.join(path.dirname(new URL(import.meta.url).pathname), 'prober.py'),
    ...services.map(({ port }) => `tcp:127.0.0.1:${port}`),
    ...hosts.map((host) => `ping:${host}`),
  ]);
  await eventually(
    'every target up',
    () =>
      [...verdicts.values()].filter(({ verdict }) => verdict === 'up').length >= targets + upsCount ||
      undefined,
    180_000,
  );
  await sleep(settleMs);
  lags.length = 0;
  const before = { at: performance.now(), own: cpuSeconds(program.pid), peer: cpuSeconds(prober.pid) };

  const broken = services.slice(0, faults).map((service) => ({ service, at: 0 }));
  for (const one of broken) {
    await one.service.close();
    one.at = performance.now();
    await sleep(faultEveryMs);
  }
  const downAt = (n: number): number | undefined => {
    const seen = verdicts.get(`tcp-${n}`);
    return seen?.verdict === 'down' ? seen.at : undefined;
  };
  await eventually(
    'every broken target down',
    () => broken.every((_, n) => downAt(n) !== undefined) || undefined,
    detectLimitMs,
  ).catch(() => undefined);
  const seconds = (performance.now() - before.at) / 1000;
  const own = (cpuSeconds(program.pid) - before.own) / seconds;
  const peer = (cpuSeconds(prober.pid) - before.peer) / seconds;
  const delays = broken.map(({ at }, n) => (downAt(n) ?? NaN) - at);
  const toldByPeer = new Map(
    [...prober.output.matchAll(/^down tcp:127\.0\.0\.1:(\d+) ([\d.]+)$/gm)].map(([, port, at]) => [
      Number(port),
      Number(at) * 1000 - performance.timeOrigin,
    ]),
  );
  const peerDelays = broken.map(({ service, at }) => (toldByPeer.get(service.port) ?? NaN) - at);
  const wrong = [...verdicts].filter(
    ([subject, { verdict }]) => verdict !== 'up' && !broken.some((_, n) => subject === `tcp-${n}`),
  );
  const measured = {
    targets,
    upses: upsCount,
    lines,
    faults,
    seconds: Math.round(seconds),
    linekeeper: {
      percentOfOneCore: Math.round(own * 1000) / 10,
      rssMB: residentMB(program.pid),
      guardLagMs: { samples: lags.length, ...spread(lags) },
      detectionMs: spread(delays),
      missed: delays.filter(Number.isNaN).length,
      falselyNotUp: wrong.map(([subject]) => subject),
    },
    peer: {
      what: 'Python asyncio: the same targets and schedule; no lines, no UPS, no alarms',
      percentOfOneCore: Math.round(peer * 1000) / 10,
      rssMB: residentMB(prober.pid),
      detectionMs: spread(peerDelays),
      missed: peerDelays.filter(Number.isNaN).length,
    },
  };
  client.end(true);
  broker.kill();
  await Program.endAll();
  for (const { close } of services.slice(faults)) void close();
  return measured;
}

function spread(values: readonly number[]): object {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const at = (share: number): number => Math.round(quantile(sorted, share));
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** Something that accepts connections until it is taken away. */
class Service {
  port = 0;
  readonly #server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume();
  });

  listen(): Promise<this> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address();
        this.port = typeof address === 'object' && address !== null ? address.port : 0;
        resolve(this);
      });
    });
  }

  readonly close = (): Promise<void> =>
    new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
}
