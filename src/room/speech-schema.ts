/** The section `speech` as it is written: announcements through a loudspeaker. */
import { Type } from '@sinclair/typebox';
import { text } from '../model/text.ts';
import { about, duration, matching, one, optional, percent, strict } from './schema-words.ts';

const voice = (zh: string, en: string, preset: string) =>
  matching('^[a-z][A-Za-z0-9+-]{0,40}$', text(`如 ${preset}`, `such as ${preset}`), about(zh, en), preset);

export const speechSchema = strict(
  {
    device: optional(
      matching(
        '^[A-Za-z][A-Za-z0-9_:.,=/-]{0,120}$',
        text('如 default、plughw:0,0', 'such as default or plughw:0,0'),
        about('ALSA 声音设备（aplay -L 列出）', 'ALSA sound device (`aplay -L` lists them)'),
        'default',
      ),
    ),
    languages: optional(
      Type.Array(one(['zh', 'en'], about('一种语言', 'one language')), {
        minItems: 1,
        maxItems: 2,
        uniqueItems: true,
        default: ['zh'],
        ...about(
          '依次用哪些语言播报；不写则用机房语言',
          'each announcement in these; without it the language of the room',
        ),
      }),
    ),
    voice: optional(
      strict(
        {
          zh: optional(
            voice('中文嗓音（espeak-ng --voices=cmn）', 'Chinese voice of espeak-ng', 'cmn-latn-pinyin'),
          ),
          en: optional(voice('英文嗓音', 'English voice of espeak-ng', 'en')),
        },
        about('espeak-ng 的嗓音', 'voices of espeak-ng'),
      ),
    ),
    volume: optional(
      percent(
        'speech.volume',
        about(
          '合成语音的音量；录音用 alsamixer 调',
          'loudness of the voice; that of recordings is set by alsamixer',
        ),
      ),
    ),
    repeat: optional(
      duration(
        'speech.repeat',
        about('未确认、未消音则每隔多久重播', 'said again after this, until it is acknowledged or silenced'),
      ),
    ),
    severities: optional(
      Type.Array(one(['critical', 'major', 'minor', 'warning'], about('一个级别', 'one severity')), {
        minItems: 1,
        maxItems: 4,
        uniqueItems: true,
        default: ['critical', 'major'],
        ...about('播报哪些级别；“请摘起电话”总是播报', 'what is said; "lift the phone" is said in any case'),
      }),
    ),
    phrases: optional(
      Type.String({
        minLength: 1,
        maxLength: 300,
        ...about(
          '录音文件夹，内有 zh/名称.wav、en/名称.wav；没有录音的由 espeak-ng 合成',
          'folder of recordings, zh/NAME.wav and en/NAME.wav; what is not there espeak-ng speaks',
        ),
      }),
    ),
  },
  about('语音播报', 'spoken announcements'),
);
