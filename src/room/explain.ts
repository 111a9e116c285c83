/**
 * What a room has, as plain tables for the person who wired it: cards and buses, points, lines, subjects with their
 * evidence, and whether the room can trip by itself. Words of both languages; Chinese signs count as two columns.
 */
import type { Host, HostWay } from '../model/host.ts';
import type {
  AlarmSetting,
  Bus,
  InputPoint,
  Point,
  RecordLink,
  Room,
  Source,
  Subject,
  Threshold,
  UpsTestSchedule,
} from '../model/room.ts';
import { writtenSensor } from '../model/sensor.ts';
import type { PlanStage } from '../model/power-cut.ts';
import type { Control } from '../model/control.ts';
import type { Language, Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { written } from './limits.ts';
import { writtenTerminal } from './terminals.ts';
import { tripOutlook } from './trip.ts';
import type { TripOutlook } from './trip.ts';

export function explainRoom(room: Room, language: Language): string {
  const say = (words: Text): string => words[language];
  const parts = [
    `${room.id}  ${say(room.name)}  ${room.timezone}`,
    titled(
      say(text('连接', 'buses')),
      room.buses.map((bus) => [bus.id, ...describeBus(bus, room, say)]),
    ),
    titled(
      say(text('测点', 'points')),
      room.points.map((point) => [point.id, writtenPoint(point), describePoint(point), say(point.name)]),
    ),
    titled(`${say(text('线路', 'lines'))} (${room.lines.length})`, [
      ['', text('通道', 'channel'), text('旁路', 'bypass'), text('中继', 'trunk'), text('电话', 'phone')].map(
        (cell) => (typeof cell === 'string' ? cell : say(cell)),
      ),
      ...room.lines.map(({ id, channel, relay, readBack, trunk, phone }) => [
        id,
        writtenTerminal(channel),
        [relay, readBack].flatMap((one) => (one === undefined ? [] : writtenTerminal(one))).join(' ← ') ||
          '-',
        trunk,
        phone,
      ]),
    ]),
    titled(
      say(text('监视对象', 'subjects')),
      room.subjects.flatMap((subject) => subjectRows(subject, say)),
    ),
    titled(
      say(text('主机', 'hosts')),
      room.hosts.map((host) => hostRow(host, say)),
    ),
    titled(
      say(text('停电预案', 'power-cut plan')),
      room.powerCut.stages.map((stage, n) => stageRow(stage, n, say)),
    ),
    titled(say(text('灯光声响', 'lamps and horn')), annunciatorRows(room, say)),
    titled(say(text('语音播报', 'announcements')), speechRows(room)),
    titled(
      say(text('对交换机的控制', 'controls of the switch')),
      room.controls.map((control) => [control.id, ...describeControl(control, say)]),
    ),
    titled(
      say(text('告警设置', 'alarm settings')),
      room.alarms.map((setting) => [alarmName(setting), describeAlarm(setting, say)]),
    ),
    titled(
      say(text('升级', 'escalation')),
      (room.escalation?.levels ?? []).map(({ afterMs, repeatMs, who }, n) => [
        String(n + 1),
        written(afterMs, 'ms'),
        repeatMs === undefined ? say(text('一次', 'once')) : `/ ${written(repeatMs, 'ms')}`,
        who.join(', '),
      ]),
    ),
    describeOrders(room, say),
    describeTrip(tripOutlook(room.subjects, room.lines), say),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Who may order from the command line; said where the room file widens it. */
const describeOrders = ({ socketGroup }: Room, say: (words: Text) => string): string =>
  socketGroup === undefined
    ? ''
    : say(
        text(
          `命令行下令：运行 linekeeper 的用户、root 和用户组 ${socketGroup} 的成员。`,
          `Orders from the command line: the user that runs linekeeper, root, and members of the group ${socketGroup}.`,
        ),
      );

function describeBus(bus: Bus, room: Room, say: (words: Text) => string): string[] {
  if (bus.kind === 'gpio') {
    return [
      'gpio',
      bus.backend,
      bus.pump === undefined ? '' : say(text(`电荷泵 ${bus.pump}`, `pump ${bus.pump}`)),
    ];
  }
  const { link } = bus;
  const way = writtenLink(link);
  const count = room.lines.filter(({ channel }) => channel.bus === bus.id).length;
  const lines =
    bus.kind === 'line-card' ? say(text(`${count} 条线路`, count === 1 ? '1 line' : `${count} lines`)) : '';
  const guard =
    bus.kind === 'line-card'
      ? say(
          text(
            `失联 ${written(bus.hostLostMs, 'ms')} 后自行旁路`,
            `bypass by itself after ${written(bus.hostLostMs, 'ms')}`,
          ),
        )
      : '';
  return [bus.kind, way, lines, guard];
}

function writtenLink(link: RecordLink): string {
  switch (link.kind) {
    case 'serial':
      return `${link.path} ${link.baud}`;
    case 'tcp':
      return `tcp ${link.host}:${link.port}`;
    case 'tcp-listen':
      return `tcp-listen ${link.host ?? ''}:${link.port} < ${link.from}`;
    case 'telnet':
      return `telnet ${link.user}@${link.host}:${link.port}`;
    case 'file':
      return `file ${link.path}`;
  }
}

function writtenPoint(point: Point): string {
  if (point.kind === 'sensor') return writtenSensor(point.sensor);
  const { terminal } = point;
  return terminal.kind === 'register'
    ? `${terminal.bus}/${terminal.unit ?? 0} ${terminal.table ?? ''} ${terminal.number}`
    : writtenTerminal(terminal);
}

function describePoint(point: Point): string {
  switch (point.kind) {
    case 'input':
      return `${point.role} ${point.contact}${point.counter === true ? ' counter' : ''}${describeLoop(point)}`;
    case 'output':
      return [point.role, point.severity, point.group, point.subject]
        .filter((word) => word !== undefined)
        .join(' ');
    case 'register':
    case 'sensor': {
      const limit = (name: string, threshold: Threshold | undefined): string =>
        threshold === undefined ? '' : ` ${name} ${threshold.when} ${threshold.value}`;
      if ('counter' in point) return 'counter';
      return `× ${point.scale} ${point.unit}${limit('warn', point.warn)}${limit('critical', point.critical)}`.trim();
    }
  }
}

const describeLoop = ({ supervised }: InputPoint): string =>
  supervised === undefined ? '' : ` ${supervised.normalOhms}/${supervised.alarmOhms} Ω`;

/** The first source stands beside the subject, the others below it. */
function subjectRows(
  { id, kind, sources, downWhen, flapping, test }: Subject,
  say: (words: Text) => string,
): string[][] {
  const rule =
    kind === 'pbx'
      ? text('两个域故障，其一实证', 'down in 2 domains, one a proof')
      : text(`${downWhen} 条故障`, `${downWhen} down`);
  const [first = '', ...more] = [
    ...sources.map((source) => describeSource(source, say)),
    ...(test === undefined ? [] : [say(writtenTest(test))]),
  ];
  const unrest =
    flapping === undefined
      ? []
      : [
          say(
            text(
              `${written(flapping.inMs, 'ms')} 内变化 ${flapping.changes} 次为抖动`,
              `flaps from ${flapping.changes} changes in ${written(flapping.inMs, 'ms')}`,
            ),
          ),
        ];
  return [[id, kind, say(rule), first, ...unrest], ...more.map((source) => ['', '', '', source])];
}

function writtenTest({ everyMs, atMinute, what }: UpsTestSchedule): Text {
  const clock = [Math.floor(atMinute / 60), atMinute % 60].map((n) => String(n).padStart(2, '0')).join(':');
  const [zh, en] = what === 'deep' ? ['深度测试', 'deep'] : ['快速测试', 'quick'];
  const every = written(everyMs, 'ms');
  return text(
    `电池${zh}：每 ${every}，${clock} 起一小时内`,
    `battery test, ${en}: every ${every}, in the hour from ${clock}`,
  );
}

function describeSource({ kind, domain, weight }: Source, say: (words: Text) => string): string {
  const proof = weight === 'proof' ? text('实证', 'proof') : text('旁证', 'hint');
  return `${kind} (${domain}, ${say(proof)})`;
}

function hostRow(
  { id, group, way, subject, withinMs, settleMs }: Host,
  say: (words: Text) => string,
): string[] {
  const off =
    way.kind === 'http' && way.confirm !== undefined
      ? text(
          `关机由 ${new URL(way.confirm.url).host} 确认`,
          `off is told by ${new URL(way.confirm.url).host}`,
        )
      : text(
          `服务停止 ${written(settleMs, 'ms')} 后算关机`,
          `off ${written(settleMs, 'ms')} after its last service`,
        );
  return [
    id,
    group,
    writtenWay(way),
    say(off),
    say(text(`${written(withinMs, 'ms')} 内`, `within ${written(withinMs, 'ms')}`)),
    subject ?? '',
  ];
}

/** As one line: how the host is asked. */
export function writtenWay(way: HostWay): string {
  switch (way.kind) {
    case 'ssh':
      return `ssh ${way.user}@${way.host}:${way.port} ${way.command.join(' ')}`;
    case 'http':
      return `${way.method} ${way.url}`;
    case 'nut':
      return `nut ${way.ups} < ${way.user}`;
  }
}

function stageRow(
  { when, afterMs, actions }: PlanStage,
  index: number,
  say: (words: Text) => string,
): string[] {
  const condition =
    when.kind === 'on-battery'
      ? text('电池供电', 'on battery')
      : text(`剩余 < ${written(when.belowMs, 'ms')}`, `runtime < ${written(when.belowMs, 'ms')}`);
  const lasting = text(`持续 ${written(afterMs, 'ms')}`, `for ${written(afterMs, 'ms')}`);
  const what = actions.map((action) =>
    action.kind === 'shut' || action.kind === 'start'
      ? `${action.kind} ${action.group}`
      : action.kind === 'tell'
        ? `tell ${action.name} (${action.role})`
        : action.kind,
  );
  return [`${index + 1}`, say(condition), say(lasting), what.join(', ')];
}

function annunciatorRows({ annunciator }: Room, say: (words: Text) => string): string[][] {
  if (annunciator === undefined) return [];
  const { ringback, firstOut, autoSilenceMs, quiet } = annunciator;
  const time = (minute: number): string =>
    [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return [
    ...(ringback.length === 0 ? [] : [[say(text('回铃', 'ringback')), ringback.join(', ')]]),
    ...Object.entries(firstOut ?? {}).map(([group, members]) => [
      say(text(`首发组 ${group}`, `first-out ${group}`)),
      members.join(', '),
    ]),
    ...(autoSilenceMs === undefined
      ? []
      : [[say(text('自动消音', 'auto-silence')), written(autoSilenceMs, 'ms')]]),
    ...(quiet === undefined
      ? []
      : [
          [
            say(text('安静时段', 'quiet hours')),
            `${time(quiet.fromMinute)}–${time(quiet.toMinute)} ${quiet.severities.join(', ')}`,
          ],
        ]),
  ];
}

const speechRows = ({ speech }: Room): string[][] =>
  speech === undefined
    ? []
    : [
        [
          speech.device,
          speech.languages.join(' + '),
          speech.severities.join(', '),
          `${speech.volumePercent}%`,
          written(speech.repeatMs, 'ms'),
          speech.phrasesFolder ?? '',
        ],
      ];

function describeControl(control: Control, say: (words: Text) => string): string[] {
  const { atMost, allowFromCentre } = control;
  const rate = `${atMost.count} / ${written(atMost.perMs, 'ms')}`;
  const centre = allowFromCentre ? say(text('中心可下发', 'also from the centre')) : '';
  if (control.kind === 'serial') {
    const answer =
      control.expect === undefined
        ? say(text('不等应答', 'no answer awaited'))
        : say(text(`应答 ${control.expect}`, `answer ${control.expect}`));
    return [`→ ${control.bus}`, JSON.stringify(control.send), answer, rate, centre];
  }
  const { output, mode, pulseMs, interlock, readBack } = control;
  const how = mode === 'pulse' ? `${mode} ${written(pulseMs, 'ms')}` : mode;
  const shown =
    readBack === undefined
      ? say(text('无回读', 'no read-back'))
      : say(
          text(
            `回读 ${readBack.point} ${written(readBack.withinMs, 'ms')}`,
            `read back by ${readBack.point} in ${written(readBack.withinMs, 'ms')}`,
          ),
        );
  const apart =
    interlock.length === 0
      ? ''
      : say(text(`与 ${interlock.join(', ')} 互锁`, `never with ${interlock.join(', ')}`));
  return [`→ ${output}`, how, shown, rate, [centre, apart].filter((words) => words !== '').join(', ')];
}

function describeTrip({ why, domains, proofs }: TripOutlook, say: (words: Text) => string): string {
  const list = domains.map((domain) => (proofs.includes(domain) ? `${domain}*` : domain)).join(', ');
  const reasons: Readonly<Record<TripOutlook['why'], Text>> = {
    yes: text(
      `自动切换到旁路：可以，判据来自 ${list}（* 实证）`,
      `automatic trip: possible, on evidence from ${list} (* proof)`,
    ),
    'no pbx': text('自动切换到旁路：不能，没有监视交换机', 'automatic trip: not possible, no PBX is watched'),
    'no relay': text(
      '自动切换到旁路：不能，没有旁路继电器',
      'automatic trip: not possible, no line has a bypass relay',
    ),
    'one domain': text(
      `自动切换到旁路：不能，判据只来自 ${list || '-'}`,
      `automatic trip: not possible, evidence only from ${list || '-'}`,
    ),
    'no proof': text(
      `自动切换到旁路：不能，${list} 都只是旁证`,
      `automatic trip: not possible, ${list} are hints only`,
    ),
  };
  return say(reasons[why]);
}

/** Columns that a text takes on a terminal. */
const widthOf = (words: string): number =>
  Array.from(words).reduce(
    (sum, sign) =>
      sum +
      (/[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/.test(
        sign,
      )
        ? 2
        : 1),
    0,
  );

function titled(title: string, rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  }
  const padded = rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
  return [title, ...padded.map((row) => `  ${row}`)].join('\n');
}

const alarmName = ({ type, subject }: AlarmSetting): string =>
  subject === undefined ? type : `${subject}/${type}`;

function describeAlarm(setting: AlarmSetting, say: (words: Text) => string): string {
  const { severity, onDelayMs, offDelayMs, inWindow, reAlarmMs, latch } = setting;
  const lasting = (ms: number): string => written(ms, 'ms');
  const parts: readonly (Text | undefined)[] = [
    severity === undefined ? undefined : text(`级别 ${severity}`, severity),
    onDelayMs === undefined
      ? undefined
      : text(`持续 ${lasting(onDelayMs)} 才告警`, `after ${lasting(onDelayMs)}`),
    inWindow === undefined
      ? undefined
      : text(
          `${lasting(inWindow.withinMs)} 内 ${inWindow.times} 次才告警`,
          `when it comes ${inWindow.times} times within ${lasting(inWindow.withinMs)}`,
        ),
    offDelayMs === undefined
      ? undefined
      : text(`恢复 ${lasting(offDelayMs)} 才消除`, `clears after ${lasting(offDelayMs)}`),
    reAlarmMs === undefined
      ? undefined
      : text(`确认后 ${lasting(reAlarmMs)} 复告`, `asks again after ${lasting(reAlarmMs)}`),
    latch === undefined
      ? undefined
      : latch
        ? text('须复位', 'stays until reset')
        : text('不保持', 'does not latch'),
  ];
  return parts.flatMap((part) => (part === undefined ? [] : [say(part)])).join(', ');
}
