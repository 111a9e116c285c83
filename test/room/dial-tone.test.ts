/** The whole program with a spare extension: a PBX whose ports stay fed and give no tone is the case that only this test proves. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Program, control, eventually, linekeeper } from './program.ts';

test.after(() => Program.endAll());

test('a hung PBX: its network dies, its extension gives no dial tone, and the line goes to its phone', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-dial-tone-'));
  const env = { LINEKEEPER_DATA: path.join(folder, 'data') };
  const network = net.createServer((socket) => socket.on('error', () => socket.destroy()));
  const port = await new Promise<number>((resolve) =>
    network.listen(0, '127.0.0.1', () => resolve((network.address() as net.AddressInfo).port)),
  );
  const card = linekeeper(['sim', 'card', '--tcp', '0', '--control', '0', '--extension', '8']);
  const [, at = '', order = ''] = await card.says(/ready at (\S+) control 127\.0\.0\.1:(\d+)/);
  const file = path.join(folder, 'room.yaml');
  writeFileSync(
    file,
    `room: { id: tone, name: { zh: 拨号音, en: Tone }, timezone: UTC, language: en }
buses: { card-a: { line-card: "${at}" } }
lines: { L01: { channel: card-a/1, bypass: card-a/relay1, trunk: "1", phone: "8001" } }
subjects:
  pbx:
    kind: pbx
    evidence:
      - { dial-tone: { extension: card-a/8, every: 5m, suspect: 10s } }
      - { tcp: "127.0.0.1:${port}", every: 1s, timeout: 500ms }
`,
  );
  const program = linekeeper(['run', '--room', file], env);
  await program.says(/pbx: .*dial tone on card-a\/8: 450 Hz, -10 dBm/i, 60_000);
  await control(Number(order), 'pbx-dead hung');
  await new Promise((resolve) => network.close(resolve));
  await program.says(/pbx: .*no dial tone within 3 s on card-a\/8/i, 90_000);
  await program.says(/L01 bypass/, 60_000);
  const lines = await eventually('the extension on hook', async () => {
    const state = JSON.parse(await control(Number(order), 'state')) as {
      lines: { contact: string; seized: boolean }[];
    };
    return state.lines[7]?.seized === true ? undefined : state.lines;
  });
  assert.is(lines[0]?.contact, 'bypass');
  await control(Number(order), 'pbx-return');
  await program.says(/pbx: .*dial tone on card-a\/8/i, 60_000, program.output.length);
  program.kill('SIGKILL');
});

test.run();
