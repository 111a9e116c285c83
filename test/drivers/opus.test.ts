import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeOpusEncoder } from '../../src/drivers/audio/opus.ts';
import { projectFolder } from '../rig.ts';
import { speech } from '../signal/voices.ts';

const settings = { bitRate: 16_000, complexity: 5 };

test('speech becomes about 16 kb/s, and the encoder tells its delay and its binary', () => {
  const encoder = makeOpusEncoder(settings);
  assert.is(encoder.lookaheadSamples, 52);
  assert.match(encoder.implementation, /^@evan\/opus (native linux-x64|native linux-arm64|WebAssembly)$/);
  const voice = speech(20_000, 1, 9000);
  let bytes = 0;
  for (let from = 0; from < voice.length; from += 160)
    bytes += encoder.encode(voice.subarray(from, from + 160)).length;
  const kilobits = (bytes * 8) / 20_000;
  assert.ok(kilobits > 8 && kilobits < 20, `${kilobits} kb/s`);
  encoder.close();
});

test('a packet stays as it is while the next ones are encoded', () => {
  const encoder = makeOpusEncoder(settings);
  const voice = speech(400, 2, 9000);
  const first = encoder.encode(voice.subarray(0, 160));
  const copy = Uint8Array.from(first);
  for (let from = 160; from + 160 <= voice.length; from += 160)
    encoder.encode(voice.subarray(from, from + 160));
  assert.equal(first, copy);
});

test('anything but 20 ms, and a closed encoder, are refused', () => {
  const encoder = makeOpusEncoder(settings);
  assert.throws(() => encoder.encode(new Int16Array(159)));
  assert.throws(() => encoder.encode(new Int16Array(161)));
  encoder.close();
  assert.throws(() => encoder.encode(new Int16Array(160)));
});

test('the fall-back to WebAssembly works and shows', () => {
  const script = `import { makeOpusEncoder } from './src/drivers/audio/opus.ts';
    const encoder = makeOpusEncoder({ bitRate: 16000, complexity: 5 });
    console.log(encoder.implementation, encoder.encode(new Int16Array(160)).length > 0);`;
  const out = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: path.resolve(projectFolder),
    env: { ...process.env, OPUS_FORCE_WASM: '1' },
    encoding: 'utf8',
  });
  assert.match(out, /^@evan\/opus WebAssembly true/);
});

test.run();
