/** The whole program watches things over the network from a worker of its own: what happens to them, and to the worker. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Program, freePort, linekeeper } from './program.ts';

test.after(() => Program.endAll());

const env = (folder: string): NodeJS.ProcessEnv => ({ LINEKEEPER_DATA: path.join(folder, 'data') });

function roomFile(subjects: string): { readonly file: string; readonly folder: string } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-probes-'));
  const file = path.join(folder, 'room.yaml');
  writeFileSync(
    file,
    `room: { id: probes, name: { zh: 探测, en: Probes }, timezone: UTC, language: en }
subjects:
${subjects}
`,
  );
  return { file, folder };
}

const listen = (port: number): Promise<net.Server> =>
  new Promise((resolve, reject) => {
    const server = net.createServer((socket) => socket.on('error', () => socket.destroy()));
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
const portOf = (server: net.Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};
const close = (server: net.Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

test('a server that stops listening is an alarm, and is over when it listens again', async () => {
  let server = await listen(0);
  const port = portOf(server);
  const { file, folder } = roomFile(
    `  crm: { kind: server, evidence: [{ tcp: "127.0.0.1:${port}", every: 1s, timeout: 500ms }] }`,
  );
  const program = linekeeper(['run', '--room', file], env(folder));
  await program.says(/probes: running/);
  await close(server);
  await program.says(/alarm raised crm\/server\.down/, 40_000);
  // No demo: the command reads with the token that the program keeps for its own user.
  const why = linekeeper(['why', 'crm', '--json'], env(folder));
  assert.is(await why.ended, 1, why.output);
  assert.match(why.output, /"verdict": ?"down"/);
  server = await listen(port);
  await program.says(/alarm cleared crm\/server\.down/, 60_000);
  program.kill('SIGTERM');
  assert.is(await program.ended, 0, program.output);
  await close(server);
});

test('a heartbeat that stays away is an alarm, one that comes ends it', async () => {
  const port = await freePort();
  const { file, folder } = roomFile(`  backup:
    kind: server
    evidence: [{ heartbeat: backup, every: 1s, grace: 1s, from: 127.0.0.1 }]
heartbeats: { host: 127.0.0.1, http: ${port} }`);
  const program = linekeeper(['run', '--room', file], env(folder));
  await program.says(/probes: running/);
  await program.says(/alarm raised backup\/server\.down.*overdue/, 40_000);
  const beating = setInterval(() => {
    void fetch(`http://127.0.0.1:${port}/heartbeat/backup`, { method: 'POST' }).catch(() => undefined);
  }, 300);
  await program.says(/alarm cleared backup\/server\.down/, 60_000);
  clearInterval(beating);
  program.kill('SIGTERM');
  assert.is(await program.ended, 0, program.output);
});

test.run();
