/** The loudspeaker with programs of our own in place of espeak-ng and aplay: what they are asked, and what is told when they fail. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { liftSentence } from '../../src/core/speech/wording.ts';
import { Speaker } from '../../src/drivers/speech/speaker.ts';
import type { SpeechSettings } from '../../src/model/speech.ts';
import { eventually } from '../room/program.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'speaker-'));
const heard = path.join(folder, 'heard');
test.before.each(() => {
  writeFileSync(heard, '');
});
test.after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A program that writes its arguments and what it is fed to `heard`, and then does this. */
function program(name: string, then: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${then}\n`);
  chmodSync(file, 0o755);
  return file;
}
const espeak = program(
  'espeak-ng',
  `printf 'espeak-ng %s < ' "$*" >> ${heard}; tee -a ${heard}; echo >> ${heard}`,
);
const aplay = program('aplay', `cat > /dev/null; printf 'aplay %s\\n' "$*" >> ${heard}`);
const settings: Omit<SpeechSettings, 'repeatMs' | 'severities'> = {
  device: 'plughw:1,0',
  languages: ['zh', 'en'],
  voices: { zh: 'cmn-latn-pinyin', en: 'en' },
  volumePercent: 60,
};
const lines = (): readonly string[] => readFileSync(heard, 'utf8').trim().split('\n');

test('each language is spoken in one breath, text at the standard input and nothing of it in the arguments', async () => {
  const outcome = await new Speaker(settings, { espeak, aplay }).say(liftSentence('8003'));
  assert.equal(outcome, { kind: 'said' });
  assert.equal(lines(), [
    'espeak-ng -b 1 -v cmn-latn-pinyin -a 120 --stdin --stdout < 请立即摘起电话 八 零 零 三 。对方可能还在线上。',
    'aplay -q -D plughw:1,0',
    'espeak-ng -b 1 -v en -a 120 --stdin --stdout < Lift phone eight zero zero three . The caller may still be there.',
    'aplay -q -D plughw:1,0',
  ]);
});

test('a recorded phrase is played; what has none is spoken between', async () => {
  const phrases = path.join(folder, 'phrases');
  mkdirSync(path.join(phrases, 'en'), { recursive: true });
  for (const name of ['lift-phone', 'digit-8']) writeFileSync(path.join(phrases, 'en', `${name}.wav`), '');
  const speaker = new Speaker({ ...settings, languages: ['en'], phrasesFolder: phrases }, { espeak, aplay });
  assert.equal(await speaker.say(liftSentence('83')), { kind: 'said' });
  assert.equal(lines(), [
    `aplay -q -D plughw:1,0 -- ${phrases}/en/lift-phone.wav`,
    `aplay -q -D plughw:1,0 -- ${phrases}/en/digit-8.wav`,
    'espeak-ng -b 1 -v en -a 120 --stdin --stdout < three . The caller may still be there.',
    'aplay -q -D plughw:1,0',
  ]);
});

test('a phrase that is no name of a file is not looked for', async () => {
  const speaker = new Speaker({ ...settings, languages: ['en'], phrasesFolder: folder }, { espeak, aplay });
  const sentence = { zh: [], en: [{ phrase: '../../etc/passwd', words: 'no' }] };
  assert.equal(await speaker.say(sentence), { kind: 'said' });
  assert.is(lines()[0], 'espeak-ng -b 1 -v en -a 120 --stdin --stdout < no');
});

test('a program that is not installed is named with its package', async () => {
  const reason = async (programs: { espeak: string; aplay: string }): Promise<string> => {
    const outcome = await new Speaker(settings, programs).say(liftSentence('8003'));
    return outcome.kind === 'failed' ? outcome.reason.en : outcome.kind;
  };
  assert.is(
    await reason({ espeak: '/nowhere/espeak-ng', aplay }),
    'espeak-ng is not installed (apt install espeak-ng)',
  );
  assert.is(
    await reason({ espeak, aplay: '/nowhere/aplay' }),
    'aplay is not installed (apt install alsa-utils)',
  );
});

test('a device that does not play is told with the sentence of aplay, whatever ALSA writes before it', async () => {
  const deaf = program(
    'aplay-deaf/aplay'.replace('/', '-'),
    'echo "ALSA lib pcm_hw.c:1829: open failed" >&2; echo "aplay: main:831: audio open error: No such device" >&2; exit 1',
  );
  const speaker = new Speaker({ ...settings, languages: ['en'] }, { espeak, aplay: deaf });
  const outcome = await speaker.say(liftSentence('8003'));
  assert.is(outcome.kind, 'failed');
  assert.match(outcome.kind === 'failed' ? outcome.reason.en : '', /audio open error: No such device$/);
  assert.match((await speaker.check())?.en ?? '', /No such device$/);
});

test('the check plays silence and asks for each voice, and says nothing', async () => {
  assert.is(await new Speaker(settings, { espeak, aplay }).check(), undefined);
  assert.equal(
    lines().map((line) => line.replace(/<.*/, '').trim()),
    [
      'aplay -q -D plughw:1,0',
      'espeak-ng -b 1 -v cmn-latn-pinyin -a 120 --stdin -q',
      'espeak-ng -b 1 -v en -a 120 --stdin -q',
    ],
  );
  const missing = new Speaker({ ...settings, phrasesFolder: '/nowhere/phrases' }, { espeak, aplay });
  assert.is((await missing.check())?.en, 'there is no folder /nowhere/phrases');
});

test('hush breaks off what is being said, and the next sentence is said as ever', async () => {
  const slow = program('slow-aplay', `echo began >> ${heard}; exec sleep 60`);
  const speaker = new Speaker({ ...settings, languages: ['en'] }, { espeak, aplay: slow });
  const first = speaker.say(liftSentence('8003'));
  await eventually('the player', () => readFileSync(heard, 'utf8').includes('began') || undefined);
  speaker.hush();
  assert.equal(await first, { kind: 'hushed' });
  writeFileSync(slow, `#!/bin/sh\ncat > /dev/null\n`);
  assert.equal(await speaker.say(liftSentence('8003')), { kind: 'said' });
});

test.run();
