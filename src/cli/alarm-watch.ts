/** The live stream of a running room, as far as it tells of alarms: one line for each change. Comes back after the room was away. */
import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { alarmSchema, moment, severityWords } from './alarm-list.ts';
import type { Reader } from './alarm-list.ts';
import { words } from './ask-room.ts';
import { eventsOf } from './room-way.ts';
import type { StreamEvent, Way } from './room-way.ts';

const comeBackMs = 2000;
/** Older news of the guard is not to be trusted (docs/http.md). */
const silentMs = 8000;

const noticeSchema = Type.Object({
  kind: Type.Literal('alarm'),
  at: Type.Number(),
  change: words('raised', 'cleared', 'acknowledged', 'shelved', 'unshelved', 'reset', 'changed'),
  alarm: alarmSchema,
});
type AlarmNotice = Static<typeof noticeSchema>;
const isAlarmNotice = new Ajv().compile<AlarmNotice>(noticeSchema);
const beatSchema = Type.Object({ at: Type.Number(), ageMs: Type.Union([Type.Number(), Type.Null()]) });
const isBeat = new Ajv().compile<Static<typeof beatSchema>>(beatSchema);

const changes: Readonly<Record<AlarmNotice['change'], Text>> = {
  raised: text('发生', 'raised'),
  cleared: text('消除', 'over'),
  acknowledged: text('确认', 'acknowledged'),
  shelved: text('搁置', 'shelved'),
  unshelved: text('取消搁置', 'unshelved'),
  reset: text('复位', 'reset'),
  changed: text('变化', 'changed'),
};

type Watcher = Pick<Reader, 'say' | 'timezone'> & { readonly json: boolean };

/** Until somebody ends the program. */
export async function watchAlarms(way: Way, watcher: Watcher): Promise<never> {
  // Whoever read our output has gone: so do we.
  process.stdout.on('error', () => process.exit(0));
  let isAway = false;
  let isSilent = false;
  const remark = (said: Text): void => {
    process.stderr.write(`${watcher.say(said)}\n`);
  };
  for (;;) {
    try {
      for await (const event of eventsOf(way)) {
        if (isAway) remark(text('机房又有应答', 'the room answers again'));
        isAway = false;
        const silent: boolean = event.event === 'beat' ? isGuardSilent(event) : isSilent;
        if (silent !== isSilent)
          remark(
            silent
              ? text(
                  '控制线程没有消息：以下情况可能已过时',
                  'the guard is silent: what stands here may be old',
                )
              : text('控制线程恢复', 'the guard speaks again'),
          );
        isSilent = silent;
        if (event.event === 'notice' && isAlarmNotice(event.data)) line(event.data, watcher);
      }
    } catch {
      // Told below.
    }
    if (!isAway) remark(text('机房没有应答，等待其恢复', 'the room does not answer; waiting for it'));
    isAway = true;
    await new Promise((resolve) => setTimeout(resolve, comeBackMs));
  }
}

const isGuardSilent = ({ data }: StreamEvent): boolean => isBeat(data) && (data.ageMs ?? 0) > silentMs;

function line(notice: AlarmNotice, { say, timezone, json }: Watcher): void {
  const { at, change, alarm } = notice;
  if (json) {
    process.stdout.write(`${JSON.stringify(notice)}\n`);
    return;
  }
  const by = change === 'acknowledged' && alarm.ackedBy !== undefined ? ` (${alarm.ackedBy})` : '';
  process.stdout.write(
    `${moment(at, { timezone })}  ${say(changes[change])}${by}  ${say(severityWords[alarm.severity])}  ${alarm.id}  ${say(alarm.what)}\n`,
  );
}
