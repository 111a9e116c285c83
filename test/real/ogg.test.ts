/** The files that we write, read by ffmpeg: whole ones and cut ones. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { OggOpusWriter } from '../../src/format/ogg.ts';
import { correlate } from '../recorder/rig.ts';
import { makeOpusEncoder } from '../../src/drivers/audio/opus.ts';
import { needsPrograms } from '../rig.ts';
import { speech } from '../signal/voices.ts';

needsPrograms('ffmpeg', 'ffprobe');

const folder = mkdtempSync(path.join(tmpdir(), 'linekeeper-ogg-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const ms = 7310;
const voice = speech(ms, 5, 9000);
const pages = ((): Uint8Array[] => {
  const encoder = makeOpusEncoder({ bitRate: 16_000, complexity: 5 });
  const ogg = new OggOpusWriter({
    serial: 5,
    preSkipSamples: encoder.lookaheadSamples,
    comments: [['TITLE', '一号线 L01']],
  });
  const made: Uint8Array[] = [ogg.header()];
  const frame = new Int16Array(160);
  for (let from = 0; from < voice.length + encoder.lookaheadSamples; from += 160) {
    frame.fill(0);
    frame.set(voice.subarray(from, from + 160));
    const page = ogg.packet(encoder.encode(frame));
    if (page !== undefined) made.push(page);
  }
  made.push(ogg.end(voice.length));
  return made;
})();

function write(name: string, bytes: Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}
function decode(file: string): { samples: Int16Array; complaints: string } {
  const args = ['-v', 'warning', '-i', file, '-ar', '8000', '-ac', '1', '-f', 's16le', '-'];
  const { stdout, stderr } = spawnSync('ffmpeg', args, { maxBuffer: 64 << 20 });
  return {
    samples: new Int16Array(Uint8Array.from(stdout).buffer, 0, stdout.length >> 1),
    complaints: stderr.toString(),
  };
}

test('ffprobe sees one Opus stream of the exact length, with its title', () => {
  const file = write('whole.opus', Buffer.concat(pages));
  const args = ['-v', 'error', '-show_streams', '-show_format', '-of', 'json', file];
  const { streams, format } = JSON.parse(execFileSync('ffprobe', args, { encoding: 'utf8' })) as {
    streams: { codec_name: string; channels: number; tags: Record<string, string> }[];
    format: { format_name: string; duration: string };
  };
  assert.equal(
    streams.map(({ codec_name, channels }) => [codec_name, channels]),
    [['opus', 1]],
  );
  assert.is(format.format_name, 'ogg');
  // ffprobe 5.1 counts the encoder's delay in.
  assert.ok(Math.abs(Number(format.duration) * 1000 - ms) <= 7, format.duration);
  assert.is(streams[0]?.tags['TITLE'], '一号线 L01');
});

test('ffmpeg decodes it without a complaint, and it is the voice that was spoken, in its place', () => {
  const { samples, complaints } = decode(write('whole.opus', Buffer.concat(pages)));
  assert.is(complaints, '');
  assert.ok(Math.abs(samples.length - voice.length) <= 60, `${samples.length} of ${voice.length} samples`);
  const { likeness, shift } = correlate(samples, voice);
  assert.ok(likeness >= 0.9, String(likeness));
  // ffmpeg's resampler moves everything by a few samples of its own.
  assert.ok(Math.abs(shift) <= 24, `shifted by ${shift}`);
});

test('cut behind every page, and in the middle of every page, ffmpeg plays what is whole', () => {
  let cuts = 0;
  for (let whole = 2; whole <= pages.length; whole++)
    for (const part of [0, 0.5]) {
      const kept = pages.slice(0, whole);
      const next = pages[whole];
      if (part > 0 && next === undefined) continue;
      const tail = next?.subarray(0, Math.floor(next.length * part)) ?? new Uint8Array();
      const { samples } = decode(write('cut.opus', Buffer.concat([...kept, tail])));
      const expected = Math.min((whole - 1) * 8000, voice.length);
      assert.ok(
        samples.length >= expected - 160 && samples.length <= expected + 8000,
        `${samples.length} samples of ${whole - 1} pages`,
      );
      assert.ok(correlate(samples.subarray(0, expected - 160), voice, 24).likeness >= 0.9);
      cuts++;
    }
  assert.ok(cuts > 10);
});

test.run();
