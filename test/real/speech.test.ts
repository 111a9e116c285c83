/**
 * The loudspeaker in a Linux kernel with an ALSA loopback card: what plays on its one side is recorded on the other. The file starts
 * itself again inside that kernel; times there are those of a slow machine.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { liftSentence } from '../../src/core/speech/wording.ts';
import { Speaker } from '../../src/drivers/speech/speaker.ts';
import { needsPrograms, needsRig, projectFolder } from '../rig.ts';
import { soundOf } from './sound.ts';

needsPrograms('espeak-ng', 'aplay', 'arecord');
if (process.env['GPIO_RIG'] !== '1') {
  const run = spawnSync(
    needsRig('gpio-kernel/run.sh'),
    ['--timeout', '240', '--', process.execPath, '--import', 'tsx', fileURLToPath(import.meta.url)],
    { cwd: projectFolder, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  process.exit(run.status ?? 1);
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-voice-'));
test.after(() => {
  rmSync(folder, { recursive: true, force: true });
});
const settings = {
  device: 'plughw:1,0,0',
  languages: ['en'],
  voices: { zh: 'cmn-latn-pinyin', en: 'en' },
  volumePercent: 60,
} as const;

/** What is heard on the other side of the loopback while this is done. */
async function recorded(
  what: () => Promise<unknown>,
): Promise<{ seconds: number; rms: number; loudSeconds: number }> {
  const file = path.join(folder, 'heard.wav');
  rmSync(file, { force: true });
  const format = ['-q', '-D', 'plughw:1,1,0', '-t', 'wav', '-f', 'S16_LE', '-r', '22050', '-c', '1'];
  const recorder = spawn('arecord', [...format, file], { stdio: 'inherit' });
  const ended = new Promise((resolve) => recorder.on('close', resolve));
  await what();
  recorder.kill('SIGINT');
  await ended;
  const wav = readFileSync(file);
  const sound = soundOf(wav);
  assert.ok(sound, 'something was recorded');
  let loud = 0;
  for (let at = 44; at + 1 < wav.length; at += 2) if (Math.abs(wav.readInt16LE(at)) > 300) loud++;
  return { ...sound, loudSeconds: loud / 22_050 };
}
const spokenSeconds = (words: string, voice: string): number => {
  const { stdout } = spawnSync('espeak-ng', ['-b', '1', '-v', voice, '--stdin', '--stdout'], {
    input: words,
  });
  return soundOf(stdout)?.seconds ?? 0;
};

test('what is said plays, and is as long as the words are', async () => {
  const speaker = new Speaker(settings);
  assert.is(await speaker.check(), undefined);
  const sentence = liftSentence('8003');
  const { seconds, rms, loudSeconds } = await recorded(async () => {
    assert.equal(await speaker.say(sentence), { kind: 'said' });
  });
  const expected = spokenSeconds(sentence.en.map(({ words }) => words).join(' '), 'en');
  assert.ok(expected > 2, `${expected} s`);
  assert.ok(rms > 0.005, `rms ${rms}`);
  assert.ok(seconds > expected * 0.8, `${seconds} of ${expected} s recorded`);
  assert.ok(loudSeconds > 0.5, `${loudSeconds} s of voice`);
});

test('both languages are twice as much', async () => {
  const speaker = new Speaker({ ...settings, languages: ['zh', 'en'] });
  const sentence = liftSentence('8003');
  const both = await recorded(async () => {
    assert.equal(await speaker.say(sentence), { kind: 'said' });
  });
  const zh = spokenSeconds(sentence.zh.map(({ words }) => words).join(' '), 'cmn-latn-pinyin');
  const en = spokenSeconds(sentence.en.map(({ words }) => words).join(' '), 'en');
  assert.ok(both.seconds > (zh + en) * 0.8, `${both.seconds} of ${zh} + ${en} s`);
});

test('a recorded phrase plays in place of the words', async () => {
  mkdirSync(path.join(folder, 'phrases', 'en'), { recursive: true });
  const file = path.join(folder, 'phrases', 'en', 'lift-phone.wav');
  spawnSync('espeak-ng', ['-v', 'en', '-w', file, 'Somebody please lift the handset of the phone']);
  const speaker = new Speaker({ ...settings, phrasesFolder: path.join(folder, 'phrases') });
  const { loudSeconds } = await recorded(async () => {
    const sentence = { zh: [], en: [{ phrase: 'lift-phone', words: '' }] };
    assert.equal(await speaker.say(sentence), { kind: 'said' });
  });
  assert.ok(loudSeconds > 0.5, `${loudSeconds} s of voice`);
});

test('a card that is not there is told', async () => {
  const outcome = await new Speaker({ ...settings, device: 'plughw:7,0' }).say(liftSentence('8003'));
  assert.is(outcome.kind, 'failed');
});

test.run();
