/** The section `speech` of a room file. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { speechConfig } from '../../src/core/room/speech-config.ts';
import { roomConfig } from '../../src/core/room/config.ts';
import { explainRoom } from '../../src/room/explain.ts';
import { loadRoom } from '../../src/room/load.ts';
import { spoilt, upsModels } from './base.ts';

const load = (section: string) =>
  loadRoom(spoilt('recorder: {', `speech: ${section}\nrecorder: {`), 'room.yaml', { upsModels });

test('without anything written: the default device, the language of the room, what is critical or major', () => {
  const { room, problems } = load('{}');
  assert.equal(problems, []);
  assert.equal(room?.speech, {
    device: 'default',
    languages: ['zh'],
    voices: { zh: 'cmn-latn-pinyin', en: 'en' },
    volumePercent: 60,
    repeatMs: 60_000,
    severities: ['critical', 'major'],
  });
});

test('everything written, and explained', () => {
  const { room, problems } = load(
    '{ device: "plughw:1,0", languages: [en, zh], voice: { en: en-us+f3 }, volume: 80%, repeat: 30s, severities: [critical], phrases: /etc/linekeeper/phrases }',
  );
  assert.equal(problems, []);
  assert.equal(room?.speech, {
    device: 'plughw:1,0',
    languages: ['en', 'zh'],
    voices: { zh: 'cmn-latn-pinyin', en: 'en-us+f3' },
    volumePercent: 80,
    repeatMs: 30_000,
    severities: ['critical'],
    phrasesFolder: '/etc/linekeeper/phrases',
  });
  assert.ok(room?.speech);
  assert.match(explainRoom(room, 'en'), /plughw:1,0 +en \+ zh +critical +80% +30s/);
  const { phones, names } = speechConfig(roomConfig(room, 'run'), room.speech);
  assert.is(phones.get('L05'), '8005');
  assert.is(names.get('L05')?.en, 'trunk 020-5');
});

test('what could be read as an option of a program, or one language twice, is refused', () => {
  for (const section of [
    '{ device: "-D evil" }',
    '{ device: "a b" }',
    '{ voice: { zh: "-w/tmp/x" } }',
    '{ languages: [zh, zh] }',
    '{ languages: [] }',
    '{ volume: 4% }',
  ])
    assert.ok(
      load(section).problems.some(({ severity }) => severity === 'error'),
      section,
    );
});

test.run();
