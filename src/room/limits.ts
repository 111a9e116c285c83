/**
 * Every value that a room file may set, with the least and the most that is allowed, its default and the reason for the
 * bounds. The values are those of the specification of the safety core; a value outside is refused, never clipped.
 */
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { formatDuration, parseDuration } from './short-forms.ts';

export interface Limit {
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** `ms` is written as a duration in the file (`3s`, `10m`); `days` as `400d`; `percent` as `85%`; the rest as a number. */
  readonly unit: 'ms' | 'days' | 'percent' | 'count' | 'bits/s';
  readonly reason: Text;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

export const limits = {
  'annunciator.auto-silence': {
    min: 30 * second,
    max: hour,
    default: 10 * minute,
    unit: 'ms',
    reason: text(
      '太短无人听见，太长扰人',
      'shorter and nobody has heard it, longer and people learn to tear the wire off',
    ),
  },
  'speech.volume': {
    min: 5,
    max: 100,
    default: 60,
    unit: 'percent',
    reason: text('太轻听不见', 'softer is not heard'),
  },
  'speech.repeat': {
    min: 10 * second,
    max: hour,
    default: minute,
    unit: 'ms',
    reason: text(
      '太密无法通话，太疏等于没报',
      'more often and nobody can speak, more seldom and nobody hears it',
    ),
  },
  'bypass.confirm': {
    min: second,
    max: minute,
    default: 3 * second,
    unit: 'ms',
    reason: text(
      '太短会误动作，太长则打不进的呼叫增多',
      'shorter trips on a passing fault, longer loses callers',
    ),
  },
  'bypass.busy-cap': {
    min: 5 * second,
    max: 5 * minute,
    default: 30 * second,
    unit: 'ms',
    reason: text(
      '通话无语音时，最多等这么久再切换',
      'a call without speech may hold its line back only this long',
    ),
  },
  'bypass.call-cap': {
    min: 30 * second,
    max: 15 * minute,
    default: 5 * minute,
    unit: 'ms',
    reason: text(
      '再长的通话也不得使线路一直停在故障交换机上',
      'no call may keep a line on a dead PBX for ever',
    ),
  },
  'bypass.idle-for': {
    min: 6 * second,
    max: minute,
    default: 6 * second,
    unit: 'ms',
    reason: text(
      '须长于两次振铃之间的静默（一个振铃周期加 1 秒）',
      'longer than the silence between two rings: one ring period and 1 s',
    ),
  },
  'bypass.loop-open': {
    min: 1500,
    max: 5 * second,
    default: 1500,
    unit: 'ms',
    reason: text(
      '须长于拍叉簧，否则会把拍叉误作挂机',
      'longer than a hook flash, which would else look like the end of the call',
    ),
  },
  'bypass.restore-after': {
    min: 30 * second,
    max: hour,
    default: 2 * minute,
    unit: 'ms',
    reason: text('交换机的 SIP 先于用户板恢复', 'a PBX answers SIP long before its line boards work'),
  },
  'bypass.spacing': {
    min: 500,
    max: 30 * second,
    default: second,
    unit: 'ms',
    reason: text('逐线恢复，限制线圈冲击电流', 'line by line, and it limits the in-rush of the coils'),
  },
  'bypass.prove': {
    min: 20 * second,
    max: 10 * minute,
    default: minute,
    unit: 'ms',
    reason: text(
      '恢复后须观察足够久，才能看出振铃无人应答',
      'long enough after a restore to see a ring go unanswered',
    ),
  },
  'bypass.ring-limit': {
    min: 10 * second,
    max: minute,
    default: 20 * second,
    unit: 'ms',
    reason: text(
      '短于两三次振铃不能证明交换机不应答',
      'fewer than three rings do not prove that nobody answers',
    ),
  },
  'bypass.relay-slow': {
    min: 4,
    max: 80,
    default: 20,
    unit: 'ms',
    reason: text(
      '继电器手册的吸合/释放时间之上，并早于 100 毫秒的故障判定',
      'above what the data sheet promises, well before the fault at 100 ms',
    ),
  },
  'bypass.restores-per-hour': {
    min: 1,
    max: 12,
    default: 4,
    unit: 'count',
    reason: text(
      '反复恢复会磨损继电器；切换到旁路从不受限',
      'endless restores wear the relays; a trip is never limited',
    ),
  },
  'phone-off-hook': {
    min: minute,
    max: hour,
    default: 5 * minute,
    unit: 'ms',
    reason: text(
      '更短会把保持中的通话当作未挂好',
      'shorter takes a caller on hold for a handset that was left off',
    ),
  },
  'host-lost': {
    min: 5 * second,
    max: 30 * second,
    default: 5 * second,
    unit: 'ms',
    reason: text(
      '程序重启（2 秒内）不得触发；超过则线路无人看守',
      'a restart (2 s) must fit in; longer leaves the lines unguarded',
    ),
  },
  'host-lost on a serial link': {
    min: 5 * second,
    max: 10 * second,
    default: 5 * second,
    unit: 'ms',
    reason: text(
      '串口没有网络切换的借口；只有 TCP 可到 30 秒',
      'a serial wire has no switch that reboots; only TCP may wait up to 30 s',
    ),
  },
  'modbus.timeout': {
    min: 100,
    max: 5 * second,
    default: second,
    unit: 'ms',
    reason: text(
      '慢的 UPS 应答需一两秒，太长会拖住同线的其他设备',
      'a slow UPS takes a second or two; longer holds up the others on the wire',
    ),
  },
  'point.debounce': {
    min: 0,
    max: 2 * second,
    default: 20,
    unit: 'ms',
    reason: text('触点抖动一般在 20 毫秒内', 'contacts bounce for less than 20 ms as a rule'),
  },
  'register.every': {
    min: second,
    max: hour,
    default: 10 * second,
    unit: 'ms',
    reason: text(
      '9600 波特的线上每秒最多约二十次读取',
      'a 9600 baud wire carries some twenty reads a second',
    ),
  },
  'sensor.every': {
    min: 2 * second,
    max: hour,
    default: 30 * second,
    unit: 'ms',
    reason: text(
      '1-Wire 每次读取约 0.75 秒，逐个进行；DHT 两次之间至少 2 秒',
      'a read of 1-Wire takes 0.75 s, one at a time; a DHT must rest for 2 s',
    ),
  },
  'control.for': {
    min: 50,
    max: 10 * second,
    default: 500,
    unit: 'ms',
    reason: text(
      '继电器须可靠吸合；更久请用 hold',
      'a relay needs some 20 ms to close; for longer write hold',
    ),
  },
  'control.read-back-within': {
    min: 100,
    max: 4 * second,
    default: second,
    unit: 'ms',
    reason: text('下命令的人在等答复', 'who gave the order waits for the answer'),
  },
  'control.within': {
    min: 100,
    max: 4 * second,
    default: 2 * second,
    unit: 'ms',
    reason: text('下命令的人在等答复', 'who gave the order waits for the answer'),
  },
  'dial-tone.every': {
    min: 5 * minute,
    max: hour,
    default: 10 * minute,
    unit: 'ms',
    reason: text('更频繁会占住交换机的分机端口', 'more often would keep the extension port of the PBX busy'),
  },
  'dial-tone.suspect': {
    min: 10 * second,
    max: 5 * minute,
    default: 15 * second,
    unit: 'ms',
    reason: text(
      '一次测试最长 5 秒，分机还须能正常来电',
      'a test takes 5 s at most, and the extension must stay free for calls',
    ),
  },
  'sip-options.every': {
    min: 2 * second,
    max: 5 * minute,
    default: 10 * second,
    unit: 'ms',
    reason: text(
      '更频繁会被当作攻击；更慢则发现故障太迟',
      'more often looks like an attack, slower sees the fault late',
    ),
  },
  'sip-options.suspect': {
    min: 500,
    max: minute,
    default: second,
    unit: 'ms',
    reason: text(
      '可疑时加快询问，但不得压垮刚恢复的交换机',
      'ask faster in doubt, without drowning a PBX that comes back',
    ),
  },
  'ping.every': {
    min: second,
    max: 10 * minute,
    default: 10 * second,
    unit: 'ms',
    reason: text('连续三次无应答才算故障', 'three misses make a fault'),
  },
  'tcp.every': {
    min: second,
    max: 10 * minute,
    default: 10 * second,
    unit: 'ms',
    reason: text('连续三次无应答才算故障', 'three misses make a fault'),
  },
  'tcp.timeout': {
    min: 100,
    max: 30 * second,
    default: 2 * second,
    unit: 'ms',
    reason: text('局域网内的连接应在几毫秒内建立', 'within a LAN a connection takes milliseconds'),
  },
  'room.autonomy': {
    min: 5 * minute,
    max: 72 * hour,
    default: 4 * hour,
    unit: 'ms',
    reason: text('机房要求停电后电话至少维持这么久', 'so long the telephones must work through a power cut'),
  },
  'ups.every': {
    min: second,
    max: 10 * second,
    default: 5 * second,
    unit: 'ms',
    reason: text('市电中断须在 10 秒内发现', 'a mains failure must be seen within 10 s'),
  },
  'nut-client.every': {
    min: 5 * second,
    max: 10 * minute,
    default: 30 * second,
    unit: 'ms',
    reason: text(
      'upsmon 很少退出；upsd 不必常问',
      'an upsmon seldom leaves, and upsd need not be asked often',
    ),
  },
  'snmp.every': {
    min: second,
    max: 10 * minute,
    default: 10 * second,
    unit: 'ms',
    reason: text('连续三次无应答才算故障', 'three misses make a fault'),
  },
  'snmp.timeout': {
    min: 100,
    max: 30 * second,
    default: 2 * second,
    unit: 'ms',
    reason: text('设备的 SNMP 代理可能很慢', 'the agent of a device may be slow'),
  },
  'tls.every': {
    min: 5 * second,
    max: day,
    default: minute,
    unit: 'ms',
    reason: text(
      '握手比连接费事，证书变化也慢',
      'a handshake costs more than a connection, and certificates change slowly',
    ),
  },
  'tls.timeout': {
    min: 100,
    max: 30 * second,
    default: 5 * second,
    unit: 'ms',
    reason: text('慢的设备握手需一两秒', 'a slow device takes a second or two for a handshake'),
  },
  'certificate.warn': {
    min: 1,
    max: 365,
    default: 30,
    unit: 'days',
    reason: text('换证书需要几周', 'to get a new certificate takes weeks'),
  },
  'http.every': {
    min: second,
    max: hour,
    default: 30 * second,
    unit: 'ms',
    reason: text('更频繁会给网页服务增加负担', 'more often is a load on the server'),
  },
  'http.timeout': {
    min: 100,
    max: 30 * second,
    default: 5 * second,
    unit: 'ms',
    reason: text('人也不会等得更久', 'nobody would wait longer either'),
  },
  'dns.every': {
    min: second,
    max: hour,
    default: 30 * second,
    unit: 'ms',
    reason: text('连续三次无应答才算故障', 'three misses make a fault'),
  },
  'dns.timeout': {
    min: 100,
    max: 30 * second,
    default: 3 * second,
    unit: 'ms',
    reason: text('递归查询可能要一两秒', 'a recursive look-up may take a second or two'),
  },
  'heartbeat.every': {
    min: second,
    max: 7 * day,
    default: minute,
    unit: 'ms',
    reason: text('从每秒一次到每周一次的备份任务', 'from once a second to a weekly backup'),
  },
  'heartbeat.grace': {
    min: second,
    max: day,
    default: 30 * second,
    unit: 'ms',
    reason: text('须容得下发送方和网络的延迟', 'room for delays of the sender and the network'),
  },
  'serial.every': {
    min: second,
    max: hour,
    default: 10 * second,
    unit: 'ms',
    reason: text('连续三次无应答才算故障', 'three misses make a fault'),
  },
  'serial.timeout': {
    min: 100,
    max: 30 * second,
    default: 2 * second,
    unit: 'ms',
    reason: text('9600 波特每秒约 960 个字符', '9600 baud carry 960 characters a second'),
  },
  'recorder.pre-roll': {
    min: 0,
    max: 10 * second,
    default: 2 * second,
    unit: 'ms',
    reason: text('共享内存中只保留这么久的语音', 'the rings in memory hold no more than this'),
  },
  'recorder.hang-over': {
    min: second,
    max: 30 * second,
    default: 3 * second,
    unit: 'ms',
    reason: text('太短会把一次通话切成多段', 'shorter cuts one call into pieces'),
  },
  'recorder.keep': {
    min: 30,
    max: 3650,
    default: 400,
    unit: 'days',
    reason: text('录音要求至少保存一年', 'a year at least is asked of the recordings'),
  },
  'recorder.prompt-at': {
    min: 50,
    max: 95,
    default: 85,
    unit: 'percent',
    reason: text('须留出处理的时间和空间', 'there must be time and room left to act'),
  },
  'recorder.bit-rate': {
    min: 8000,
    max: 64000,
    default: 16000,
    unit: 'bits/s',
    reason: text(
      '8 kHz 语音：低于 8 kb/s 听不清，高于 64 kb/s 无益',
      'telephone speech: unclear below 8 kb/s, no gain above 64 kb/s',
    ),
  },
  'recorder.complexity': {
    min: 0,
    max: 10,
    default: 5,
    unit: 'count',
    reason: text(
      'Opus 编码复杂度；慢的树莓派用 0 或 1',
      'complexity of the Opus encoder; 0 or 1 on a slow Pi',
    ),
  },
  'power-cut.after': {
    min: 0,
    max: 10 * minute,
    default: 10 * second,
    unit: 'ms',
    reason: text(
      '闪断不算停电；一次错误读数不等于电池耗尽',
      'a flicker is no power cut, and one strange number no empty battery',
    ),
  },
  'power-return.stable': {
    min: 30 * second,
    max: 2 * hour,
    default: 5 * minute,
    unit: 'ms',
    reason: text('刚恢复的市电常会再次中断', 'mains that have just come back often fail again'),
  },
  'power-return.battery': {
    min: 0,
    max: 100,
    default: 20,
    unit: 'percent',
    reason: text('再次停电时电池须够有序关闭', 'the next cut must find enough for an orderly end'),
  },
  'power-return.spacing': {
    min: second,
    max: 10 * minute,
    default: 30 * second,
    unit: 'ms',
    reason: text(
      '同时上电的冲击电流会使 UPS 过载',
      'the in-rush of all loads at once would overload the UPS',
    ),
  },
  'power-return.remind': {
    min: minute,
    max: 4 * hour,
    default: 10 * minute,
    unit: 'ms',
    reason: text('停电时人手忙乱，事情容易遗漏', 'people forget things in a power cut'),
  },
  'hosts.within': {
    min: 10 * second,
    max: 10 * minute,
    default: 150 * second,
    unit: 'ms',
    reason: text(
      '停电预案等主机三分钟，之后照样断电',
      'the power-cut plan waits three minutes for a host, then it opens its relay',
    ),
  },
  'hosts.settle': {
    min: 0,
    max: 2 * minute,
    default: 30 * second,
    unit: 'ms',
    reason: text(
      '服务停止后还要写盘，过早断电会损坏数据',
      'disks are written after the services have ended; power cut too early damages data',
    ),
  },
  'nut-server.port': {
    min: 1,
    max: 65535,
    default: 3493,
    unit: 'count',
    reason: text('TCP 端口号', 'a TCP port'),
  },
  'manual-forms.count': {
    min: 1,
    max: 200,
    default: 20,
    unit: 'count',
    reason: text('够用到来电，又不至于打印太久', 'enough until the power is back, without printing for ever'),
  },
  'self-test.every': {
    min: 1,
    max: 366,
    default: 30,
    unit: 'days',
    reason: text('一年不试，坏了也不知道', 'what is not tried for a year may have been broken for as long'),
  },
  'flapping.changes': {
    min: 3,
    max: 15,
    default: 6,
    unit: 'count',
    reason: text(
      '一次故障就是两次变化；时间分为二十格，每格最多计一次',
      'one fault is two changes; the time is cut into twenty slots, each counts once',
    ),
  },
  'flapping.in': {
    min: 5 * minute,
    max: 2 * hour,
    default: 20 * minute,
    unit: 'ms',
    reason: text(
      '抖动之后一直持续的故障，过此时长的十分之三才告警',
      'a fault that stays behind the flapping is alarmed after three tenths of this',
    ),
  },
  'test.every': {
    min: 1,
    max: 366,
    default: 30,
    unit: 'days',
    reason: text(
      '太频繁会缩短电池寿命；一年不测，坏了也不知道',
      'too often wears the battery; one that is not tested for a year may have been bad for as long',
    ),
  },
  'maintenance.for': {
    min: minute,
    max: 24 * hour,
    default: hour,
    unit: 'ms',
    reason: text(
      '维护必须自行结束：告警不得静默超过一天',
      'maintenance ends by itself: no alarm is silent for more than a day',
    ),
  },
  'alarms.on-delay': {
    min: 0,
    max: hour,
    default: 0,
    unit: 'ms',
    reason: text('一小时后才告警等于没有告警', 'an alarm that waits longer than an hour is none'),
  },
  'alarms.off-delay': {
    min: 0,
    max: hour,
    default: 0,
    unit: 'ms',
    reason: text('更长则早已恢复的还挂着', 'longer shows what has long been over'),
  },
  'alarms.count': {
    min: 2,
    max: 100,
    default: 3,
    unit: 'count',
    reason: text('一次即告警不必计数', 'once is an alarm without counting'),
  },
  'alarms.within': {
    min: 10 * second,
    max: day,
    default: 10 * minute,
    unit: 'ms',
    reason: text(
      '持续这么久的一次也告警，故不超过一天',
      'one that lasts as long is an alarm too: at most a day',
    ),
  },
  'alarms.re-alarm': {
    min: minute,
    max: 7 * day,
    default: hour,
    unit: 'ms',
    reason: text('更短则确认没有意义', 'shorter makes acknowledging pointless'),
  },
  'escalation.after': {
    min: 0,
    max: day,
    default: 0,
    unit: 'ms',
    reason: text('一天后才通知等于没有通知', 'who is told after a day is not told'),
  },
  'escalation.repeat': {
    min: minute,
    max: day,
    default: 5 * minute,
    unit: 'ms',
    reason: text('更密只会让人关掉电话', 'more often makes people switch off their phones'),
  },
  'http.port': {
    min: 1,
    max: 65535,
    default: 8080,
    unit: 'count',
    reason: text('TCP 端口号', 'a TCP port'),
  },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof limits;

/** A name of the table; for what comes out of the schema, where it is plain text. */
export const limitNamed = (name: string): Limit | undefined =>
  Object.hasOwn(limits, name) ? (limits as Record<string, Limit>)[name] : undefined;

/** The value as one writes it in the room file. */
export function written(value: number, unit: Limit['unit']): string {
  switch (unit) {
    case 'ms':
      return formatDuration(value);
    case 'days':
      return `${value}d`;
    case 'percent':
      return `${value}%`;
    case 'count':
    case 'bits/s':
      return String(value);
  }
}

export const isWithin = (limit: Pick<Limit, 'min' | 'max'>, value: number): boolean =>
  value >= limit.min && value <= limit.max;

/** `3s` → 3000, `400d` of a limit in days → 400, `85%` → 85. */
function limitedValue(value: unknown, unit: string): number | undefined {
  if (unit === 'count' || unit === 'bits/s') return typeof value === 'number' ? value : undefined;
  if (typeof value !== 'string') return undefined;
  if (unit === 'ms') return parseDuration(value);
  const digits = /^(\d+)[d%]$/.exec(value)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Whether what stands in the file keeps the limit of this name; of another form than the limit's it says nothing. */
export function keepsLimit(name: string, value: unknown): boolean {
  const limit = limitNamed(name);
  const number = limit && limitedValue(value, limit.unit);
  return limit === undefined || number === undefined || isWithin(limit, number);
}

/** Resistances of a supervised loop, and by how much the two must differ (`signal/end-of-line.ts` has the bands). */
export const ohmsMin = 500;
export const ohmsMax = 22_000;
export const ohmsRatioMin = 1.5;

/** What a file may hold in total. Bounds the work of reading it and the load of the room. */
export const roomLimits = {
  fileBytes: 256 * 1024,
  nesting: 32,
  aliases: 100,
  buses: 32,
  points: 256,
  /** 32 lines are asked; 64 is eight cards. */
  lines: 64,
  subjects: 640,
  hosts: 64,
  evidencePerSubject: 16,
  maintenance: 32,
  alarms: 500,
  escalationLevels: 8,
  escalationWho: 16,
  escalationPeople: 64,
  controls: 32,
  interlocks: 8,
  firstOutGroups: 16,
  firstOutMembers: 64,
  ringbackTypes: 64,
  controlValues: 64,
  problems: 500,
} as const;

/** Orders of one control: endless ones wear the relay and upset the switch. */
export const orderRate = {
  count: { min: 1, max: 60, default: 6 },
  perMs: { min: 10 * second, max: day, default: 10 * minute },
} as const;

/** Terminals of one line card, as the wire protocol knows them. */
export const cardTerminals = { channel: 8, relay: 8, input: 8, output: 4 } as const;

/**
 * Pins of the Pi's header that are inputs with a pull-down until the program claims them, and shared with nothing: only
 * these may drive a relay (BCM 0–8 are pulled up at power-on, 2/3 are I²C, 7–11 SPI, 14/15 the UART).
 */
export const pinsSafeForRelays: readonly number[] = [16, 17, 20, 21, 22, 23, 24, 25, 26, 27];
/** Shared with the HAT's EEPROM, I²C and the UART: an input here may be driven by somebody else. */
export const pinsShared: readonly number[] = [0, 1, 2, 3, 14, 15];
export const lastHeaderPin = 27;
