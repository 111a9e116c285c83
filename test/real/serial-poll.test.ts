/** A device on a real pty (socat), asked by the whole program: the serial driver lives where it can. */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needsPrograms } from '../rig.ts';
import { Program, eventually, linekeeper } from '../room/program.ts';

needsPrograms('socat');
test.after(() => Program.endAll());

test('a device that answers STATUS is up; one that falls silent is an alarm', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-poll-'));
  const host = path.join(folder, 'host');
  let isAlive = true;
  const asked: string[] = [];
  const device = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      asked.push(chunk.toString('latin1'));
      if (isAlive) socket.write('\r\nOK 17\r\n');
    });
  });
  const port = await new Promise<number>((resolve) =>
    device.listen(0, '127.0.0.1', () => {
      const address = device.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    }),
  );
  new Program('socat', [`pty,raw,echo=0,link=${host}`, `tcp:127.0.0.1:${port}`]);
  await eventually('the pty', () => (existsSync(host) ? true : undefined));
  const file = path.join(folder, 'room.yaml');
  writeFileSync(
    file,
    `room: { id: poll, timezone: UTC, language: en }
buses: { console: { serial: "${host}" } }
subjects:
  ats: { kind: server, evidence: [{ serial: console, send: "STATUS\\r", expect: "OK 1*", every: 1s, timeout: 500ms }] }
`,
  );
  const program = linekeeper(['run', '--room', file], { LINEKEEPER_DATA: path.join(folder, 'data') });
  await program.says(/probes: running/);
  await eventually('two questions', () => (asked.length > 1 ? true : undefined), 40_000);
  assert.match(asked.join(''), 'STATUS\r');
  assert.not.match(program.output, /alarm raised ats/);
  isAlive = false;
  await program.says(/alarm raised ats\/server\.down.*serial wire/, 60_000);
  isAlive = true;
  await program.says(/alarm cleared ats\/server\.down/, 60_000);
  program.kill('SIGTERM');
  assert.is(await program.ended, 0, program.output);
  await Program.endAll();
  device.close();
});

test.run();
