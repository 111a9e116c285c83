/** The plain settings of a room file: the room itself, bypass, recorder, reporting, the panel. */
import type {
  BypassSettings,
  MqttSettings,
  RecorderSettings,
  RelayCareSettings,
  Room,
} from '../model/room.ts';
import { text } from '../model/text.ts';
import { limits, written } from './limits.ts';
import { nearest } from './nearest.ts';
import { durationOr, nameText } from './reading.ts';
import type { Reading } from './reading.ts';
import { weekdays } from './maintenance.ts';
import { isThisMachine } from './short-forms.ts';

const defaultTimezone = 'Asia/Shanghai';

export function readIdentity({
  draft,
  report,
}: Reading): Pick<Room, 'id' | 'name' | 'timezone' | 'language' | 'autonomyMs'> {
  const { id = '', name, timezone = defaultTimezone, language = 'zh', autonomy } = draft.room ?? {};
  if (!isTimezone(timezone)) {
    const near = /beijing|chongqing|peking/i.test(timezone)
      ? defaultTimezone
      : nearest(timezone, Intl.supportedValuesOf('timeZone'));
    report({
      severity: 'error',
      path: ['room', 'timezone'],
      message: text(`没有时区 ${timezone}`, `there is no time zone ${timezone}`),
      hint:
        near === undefined
          ? text(`写法如 ${defaultTimezone}。`, `It is written like ${defaultTimezone}.`)
          : text(`是否指 ${near}？`, `Did you mean ${near}?`),
    });
  }
  return {
    id,
    name: nameText(name, id),
    timezone,
    language,
    autonomyMs: durationOr(autonomy, 'room.autonomy'),
  };
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export function readBypass({ draft, report }: Reading): BypassSettings {
  const bypass = draft.bypass ?? {};
  const settings: BypassSettings = {
    confirmMs: durationOr(bypass.confirm, 'bypass.confirm'),
    busyCapMs: durationOr(bypass['busy-cap'], 'bypass.busy-cap'),
    callCapMs: durationOr(bypass['call-cap'], 'bypass.call-cap'),
    idleForMs: durationOr(bypass['idle-for'], 'bypass.idle-for'),
    loopOpenMs: durationOr(bypass['loop-open'], 'bypass.loop-open'),
    restoreAfterMs: durationOr(bypass['restore-after'], 'bypass.restore-after'),
    spacingMs: durationOr(bypass.spacing, 'bypass.spacing'),
    proveMs: durationOr(bypass.prove, 'bypass.prove'),
    ringLimitMs: durationOr(bypass['ring-limit'], 'bypass.ring-limit'),
    restoresPerHour: bypass['restores-per-hour'] ?? limits['bypass.restores-per-hour'].default,
    restore: bypass.restore ?? 'when-idle',
  };
  type Key = keyof typeof bypass;
  const ordered = (less: Key, lessMs: number, more: Key, moreMs: number): void => {
    if (lessMs <= moreMs) return;
    const path = ['bypass', bypass[less] === undefined ? more : less];
    const [short, long] = [lessMs, moreMs].map((ms) => written(ms, 'ms'));
    report({
      severity: 'error',
      path,
      message: text(
        `${less}（${short}）不得长于 ${more}（${long}）`,
        `${less} (${short}) must not be longer than ${more} (${long})`,
      ),
    });
  };
  ordered('busy-cap', settings.busyCapMs, 'call-cap', settings.callCapMs);
  ordered('ring-limit', settings.ringLimitMs, 'prove', settings.proveMs);
  return settings;
}

const everyDays = { week: 7, month: 28, quarter: 91 } as const;

export function readRelayCare({ draft }: Reading): RelayCareSettings {
  const { 'relay-slow': slow, exercise } = draft.bypass ?? {};
  const slowMs = durationOr(slow, 'bypass.relay-slow');
  if (exercise === undefined) return { slowMs };
  const clock = exercise.at.slice(-5);
  const day = weekdays.findIndex((name) => exercise.at.startsWith(name));
  return {
    slowMs,
    exercise: {
      everyMs: everyDays[exercise.every] * dayMs,
      days: day < 0 ? weekdays.map((_, index) => index) : [day],
      atMinute: Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3)),
    },
  };
}

const daysAsked = 365;

export function readRecorder({ draft, report }: Reading): RecorderSettings {
  const recorder = draft.recorder ?? {};
  const keepDays = digits(recorder.keep, limits['recorder.keep'].default);
  if (keepDays < daysAsked) {
    report({
      severity: 'warning',
      path: ['recorder', 'keep'],
      message: text(
        `${keepDays} 天不足一年；录音要求至少保存一年`,
        `${keepDays} days is less than a year; a year at least is asked of the recordings`,
      ),
    });
  }
  if (recorder.start === 'schedule') {
    report({
      severity: 'error',
      path: ['recorder', 'start'],
      message: text(
        '本版本还不能写录音时间表：这样什么也录不到',
        'this version has no timetable of recordings yet: nothing would be recorded',
      ),
      hint: text('用 line-voltage：全部录音。', 'Write line-voltage: it records every call.'),
    });
  }
  return {
    start: recorder.start ?? 'line-voltage',
    preRollMs: durationOr(recorder['pre-roll'], 'recorder.pre-roll'),
    hangOverMs: durationOr(recorder['hang-over'], 'recorder.hang-over'),
    keepDays,
    promptAtPercent: digits(recorder['prompt-at'], limits['recorder.prompt-at'].default),
    bitRate: recorder['bit-rate'] ?? limits['recorder.bit-rate'].default,
    complexity: recorder.complexity ?? limits['recorder.complexity'].default,
  };
}

export function readReport({
  draft,
  report,
}: Reading): Pick<Room, 'allowBypassFromCentre'> & { mqtt?: MqttSettings } {
  const { mqtt, 'allow-bypass': allowBypass = false } = draft.report ?? {};
  if (mqtt === undefined) {
    if (allowBypass) {
      report({
        severity: 'warning',
        path: ['report', 'allow-bypass'],
        at: 'key',
        message: text('没有 mqtt：中心无从下发命令', 'without mqtt the centre cannot command anything'),
      });
    }
    return { allowBypassFromCentre: allowBypass };
  }
  const host = /^mqtts?:\/\/(\[[^\]]*\]|[^:/]*)/.exec(mqtt.broker)?.[1] ?? '';
  if (mqtt.broker.startsWith('mqtt:') && !isThisMachine(host)) {
    report({
      severity: 'warning',
      path: ['report', 'mqtt', 'broker'],
      message: allowBypass
        ? text(
            '未加密：网络上的人可以冒充中心下发旁路命令',
            'not encrypted: somebody on the network can command the bypass in the name of the centre',
          )
        : text(
            '未加密：网络上的人能看到号码和口令',
            'not encrypted: numbers and password can be read on the network',
          ),
      hint: text('用 mqtts://。', 'Write mqtts://.'),
    });
  }
  return {
    allowBypassFromCentre: allowBypass,
    mqtt: {
      url: mqtt.broker,
      ...(mqtt.username === undefined ? {} : { username: mqtt.username }),
      ...(mqtt['password-file'] === undefined ? {} : { passwordFile: mqtt['password-file'] }),
      ...(mqtt['ca-file'] === undefined ? {} : { caFile: mqtt['ca-file'] }),
    },
  };
}

export function readPlaces({ draft, report }: Reading): Pick<Room, 'http' | 'socketGroup' | 'dataFolder'> {
  const { host = '127.0.0.1', port = limits['http.port'].default } = draft.http ?? {};
  if (!isThisMachine(host)) {
    report({
      severity: 'error',
      path: ['http', 'host'],
      message: text(
        `面板还没有账号，只能监听本机，不能是 ${host}`,
        `the panel has no accounts yet and listens on this machine only, not on ${host}`,
      ),
      hint: text(
        '用 127.0.0.1，远程查看经 ssh 隧道。',
        'Write 127.0.0.1, and reach it from afar through an ssh tunnel.',
      ),
    });
  }
  const group = draft.socket?.group;
  return {
    http: { host, port },
    ...(group === undefined ? {} : { socketGroup: group }),
    dataFolder: draft.data ?? '/var/lib/linekeeper',
  };
}

/** `400d`, `85%`: the number before the sign. */
const digits = (words: string | undefined, preset: number): number =>
  words === undefined ? preset : Number(/^\d+/.exec(words)?.[0] ?? preset);
const dayMs = 86_400_000;

export const readSelfTest = ({ draft }: Reading): Pick<Room, 'selfTestEveryMs'> => {
  const selfTest = draft['self-test'];
  return selfTest === undefined
    ? {}
    : { selfTestEveryMs: digits(selfTest.every, limits['self-test.every'].default) * dayMs };
};
