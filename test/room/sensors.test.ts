/** The whole program with a sensor that the machine does not have: its worker tells, and the alarm says what there is. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Program, linekeeper } from './program.ts';

test.after(() => Program.endAll());

test('a sensor that is not there is an alarm that names it', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-sensor-'));
  const file = path.join(folder, 'room.yaml');
  writeFileSync(
    file,
    `room: { id: sensors, name: { zh: 传感器, en: Sensors }, timezone: UTC, language: en }
points: { rack-temp: { sensor: "w1:28-0316a2794cff", warn: "> 30", every: 2s } }
`,
  );
  const program = linekeeper(['run', '--room', file], { LINEKEEPER_DATA: path.join(folder, 'data') });
  const said = await program.says(/alarm raised rack-temp\/reading\.unknown.*/, 120_000);
  assert.match(said[0], /no sensor 28-0316a2794cff/);
  program.kill('SIGTERM');
  assert.is(await program.ended, 0, program.output);
});

test.run();
