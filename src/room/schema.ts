/**
 * The room file as it is written: every key, its form, its default and what it is for. One schema for all: `load.ts`
 * validates with it, `write-schema.ts` makes the editor's schema and the tables of docs/room-file.md from it. What a
 * key *means together with others* is not said here but in the files that read the sections.
 */
import { Type } from '@sinclair/typebox';
import type { Static, TSchema } from '@sinclair/typebox';
import { text } from '../model/text.ts';
import type { LimitName } from './limits.ts';
import { roomLimits } from './limits.ts';
import {
  about,
  days,
  duration,
  forms,
  matching,
  named,
  one,
  percent,
  strict,
  whole,
  words,
} from './schema-words.ts';
import { alarmsSchema } from './alarm-schema.ts';
import { annunciatorSchema } from './annunciator-schema.ts';
import { controlsSchema } from './control-schema.ts';
import { flappingSchema, ownFlappingSchema } from './flapping-schema.ts';
import { escalationSchema } from './escalation-schema.ts';
import { heartbeatsSchema, networkEvidence } from './evidence-schema.ts';
import { nutClientSchema } from './nut-client-schema.ts';
import { relayCareKeys } from './relay-schema.ts';
import { standbyKeys } from './standby-schema.ts';
import { snmpWrite, upsTestSchema } from './ups-test-schema.ts';
import { hostsSchema, manualFormsSchema, nutServerSchema } from './host-schema.ts';
import { seatPhoneEvidence } from './seat-phone-schema.ts';
import { speechSchema } from './speech-schema.ts';
import * as short from './short-forms.ts';
import { socketSchema } from './socket-schema.ts';
import { sensorPattern } from '../model/sensor.ts';

const terminal = (zh: string, en: string, example: string) =>
  matching(
    short.terminalPattern,
    text(`接线端，如 ${example}`, `a terminal such as ${example}`),
    about(zh, en),
  );
const nameOf = (zh: string, en: string, example: string) =>
  matching(short.namePattern, text(`名称，如 ${example}`, `a name such as ${example}`), about(zh, en));
const optional = <T extends TSchema>(schema: T) => Type.Optional(schema);

const bauds = [1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600] as const;
const baud = (preset: (typeof bauds)[number]) =>
  Type.Unsafe<(typeof bauds)[number]>({
    type: 'integer',
    enum: [...bauds],
    default: preset,
    ...about('串口速率', 'speed of the serial wire'),
  });
const parity = one(['none', 'even', 'odd'], about('串口校验', 'parity of the serial wire'), 'none');
const filePath = (zh: string, en: string) => Type.String({ minLength: 1, maxLength: 300, ...about(zh, en) });

// ---- buses ----

const lineCard = strict(
  {
    'line-card': matching(
      short.cardLinkPattern,
      text('"serial:/dev/…" 或 "tcp://主机:端口"', '"serial:/dev/…" or "tcp://host:port"'),
      about('线路卡的连接', 'how the line card is reached'),
    ),
    baud: optional(baud(921600)),
    parity: optional(parity),
    'serial-number': optional(
      Type.String({
        minLength: 1,
        maxLength: 32,
        ...about(
          '必须是这块卡；不写则绑定首次见到的卡',
          'only this card is obeyed; without it the first one seen is bound',
        ),
      }),
    ),
    'key-file': optional(
      filePath('TCP 会话密钥文件（权限 0600）', 'file with the shared key of the TCP session (mode 0600)'),
    ),
    'host-lost': optional(
      duration(
        'host-lost',
        about(
          '多久收不到喂狗信号，卡就自行把线路切到旁路',
          'without a feed for this long the card takes its lines to bypass by itself',
        ),
      ),
    ),
  },
  about('线路卡：8 条线路及其旁路继电器', 'a line card: 8 lines and their bypass relays'),
  'line-card',
);
const modbus = strict(
  {
    modbus: matching(
      short.modbusLinkPattern,
      text('"rtu:/dev/…" 或 "tcp://主机:502"', '"rtu:/dev/…" or "tcp://host:502"'),
      about('Modbus 连接', 'how the Modbus devices are reached'),
    ),
    baud: optional(baud(9600)),
    parity: optional(parity),
    timeout: optional(duration('modbus.timeout', about('等待应答的最长时间', 'longest wait for an answer'))),
  },
  about('Modbus 总线（UPS、温湿度等）', 'a Modbus line (UPS, sensors)'),
  'modbus',
);
const serial = strict(
  {
    serial: matching(
      short.serialLinkPattern,
      text(
        '/dev/…、"tcp://主机:端口"、"tcp-listen://:端口" 或 "file:/路径"',
        '/dev/…, "tcp://host:port", "tcp-listen://:port" or "file:/path"',
      ),
      about(
        '话单从哪里来：串口、连接交换机、等交换机来连、或本机上增长的文件',
        'where the call records come from: a serial wire, a switch that we call, one that calls us, a file that grows here',
      ),
    ),
    from: optional(
      matching(
        short.addressPattern,
        text('IP 地址，如 10.0.0.2', 'an IP address such as 10.0.0.2'),
        about('tcp-listen 只接受来自此地址的连接', 'with tcp-listen: the only address that may connect'),
      ),
    ),
    baud: optional(baud(9600)),
    parity: optional(parity),
    login: optional(
      strict(
        {
          user: optional(
            matching(
              '^[\\x21-\\x7e]{1,32}$',
              text('1–32 个可见字符', '1 to 32 printable signs'),
              about('用户名', 'user'),
              'SMDR',
            ),
          ),
          'password-file': filePath('密码文件（权限 0600）', 'file with the password (mode 0600)'),
        },
        about(
          'Telnet 登录，用于 tcp://（松下 KX-NS、KX-TDE：端口 2300）',
          'login over Telnet, for tcp:// (Panasonic KX-NS, KX-TDE: port 2300)',
        ),
      ),
    ),
  },
  about('普通串口', 'a plain serial wire'),
  'serial',
);
const gpio = strict(
  {
    gpio: one(
      ['auto', 'onoff', 'chardev', 'virtual'],
      about('引脚的访问方式；auto 自行选择', 'how the pins are reached; auto finds out'),
    ),
    chip: optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        ...about(
          'GPIO 芯片标签；不写则找树莓派的排针',
          "label of the GPIO chip; without it the Pi's header is found",
        ),
      }),
    ),
    pump: optional(
      Type.Integer({
        ...about(
          '电荷泵引脚：保持线圈电源的使能；本机旁路继电器必需',
          'pin of the charge pump that holds the enable of the coil supply; bypass relays on this bus need it',
        ),
      }),
    ),
    'accept-outputs-kept': optional(
      Type.Boolean({
        default: false,
        ...about(
          '明知平台在进程死后仍保持输出，仍接受本机旁路继电器',
          'accept bypass relays here although the platform keeps the outputs of a dead process',
        ),
      }),
    ),
  },
  about('树莓派引脚', "the Pi's own pins"),
  'gpio',
);

// ---- points ----

const severity = (preset: 'major') =>
  one(['critical', 'major', 'minor', 'warning'], about('告警级别', 'severity of the alarm'), preset);
const pointName = optional(
  words(about('给人看的名称；不写则用键名', 'name for people; without it the key is used')),
);

const resistance = (zh: string, en: string) =>
  matching(
    short.resistancePattern,
    text('电阻，如 4k7、2.2k、470', 'a resistance such as 4k7, 2.2k or 470'),
    about(zh, en),
  );
const input = strict(
  {
    input: terminal('输入端', 'terminal of the input', 'pi/20 / card-a/in1'),
    name: pointName,
    role: optional(
      one(
        [
          'plain',
          'silence-button',
          'acknowledge-button',
          'reset-button',
          'first-out-button',
          'test-button',
          'bypass-key',
        ],
        about('用途', 'what it is for'),
        'plain',
      ),
    ),
    contact: optional(
      one(
        ['normally-open', 'normally-closed'],
        about(
          '正常时的触点状态；不写：按钮和计数器常开，其余常闭（断线即告警）',
          'position when nothing is wrong; without it a button or a counter is normally open, all else normally closed (a cut wire alarms)',
        ),
      ),
    ),
    debounce: optional(
      duration('point.debounce', about('短于此的抖动不计', 'bounce shorter than this is ignored')),
    ),
    supervised: optional(
      strict(
        {
          normal: optional(
            resistance(
              '正常时的回路电阻；不写：常闭 2k35，常开 4k7',
              'of the loop while nothing is wrong; without it 2k35 where normally closed, else 4k7',
            ),
          ),
          alarm: optional(
            resistance(
              '动作时的回路电阻；不写：另一个',
              'of the loop while the contact tells; without it the other one',
            ),
          ),
        },
        about(
          '线路监视：线路末端接电阻，断线和短路各有告警（仅线路卡的输入）',
          'supervision of the wire: resistors at its far end, cut and short have alarms of their own (inputs of a line card only)',
        ),
      ),
    ),
    severity: optional(severity('major')),
    counter: optional(
      Type.Boolean({
        default: false,
        ...about(
          '脉冲计数：每次动作计一次并告警，由人复位',
          'its pulses are counted, each an alarm that a person resets',
        ),
      }),
    ),
  },
  about('开关量输入', 'a wired input'),
  'input',
);
const output = strict(
  {
    output: terminal('输出端', 'terminal of the output', 'pi/23 / card-a/out1'),
    name: pointName,
    role: optional(
      one(
        ['plain', 'horn', 'lamp', 'new-alarm', 'any-alarm', 'healthy', 'load'],
        about(
          '用途；new-alarm 有未确认告警时吸合，any-alarm 有任一灯亮时吸合；healthy 在正常时吸合，释放即由独立蜂鸣器报警；load 吸合时停电预案切换该负载',
          'what it is for; new-alarm is energised while an alarm waits to be acknowledged, any-alarm while any lamp is lit; healthy is energised while all is well, released it lets a separate buzzer sound; load is energised while the power-cut plan has switched it',
        ),
        'plain',
      ),
    ),
    group: optional(
      nameOf(
        'load：负载组，停电预案按组切换；lamp：只显示该首发组',
        'of a load: its group, as the power-cut plan calls it; of a lamp: it shows this first-out group alone',
        'non-essential',
      ),
    ),
    severity: optional(
      one(
        ['critical', 'major', 'minor', 'warning'],
        about('lamp：只显示该级别', 'of a lamp: it shows alarms of this severity alone'),
      ),
    ),
    subject: optional(
      nameOf(
        'lamp：只显示该监视对象、线路、测点或连接；首发告警双闪',
        'of a lamp: it shows the alarms of this subject, line, point or bus alone; a double flash where it came first',
        'ups-1',
      ),
    ),
    'active-low': optional(
      Type.Boolean({ default: false, ...about('低电平吸合', 'the output is energised by a low level') }),
    ),
  },
  about('开关量输出', 'a wired output'),
  'output',
);
const threshold = (zh: string, en: string) =>
  matching(short.thresholdPattern, text('如 "> 30" 或 "< 5"', 'such as "> 30" or "< 5"'), about(zh, en));
/** What every measured value may have. */
const judged = {
  warn: optional(threshold('提示门限', 'threshold of the warning')),
  critical: optional(threshold('紧急门限', 'threshold of the critical alarm')),
  deadband: optional(
    Type.Number({
      minimum: 0,
      default: 0,
      ...about('回差', 'how far it must come back before the alarm clears'),
    }),
  ),
};
const scale = optional(
  Type.Number({ default: 1, ...about('读数乘以此数', 'the reading is multiplied by this') }),
);
const register = strict(
  {
    register: terminal(
      '总线/单元/寄存器（30001 起输入，40001 起保持）',
      'bus/unit/register (input registers from 30001, holding from 40001)',
      'rs485/12/30001',
    ),
    name: pointName,
    type: optional(
      one(
        ['s16', 'u16', 's32', 'u32', 'f32'],
        about(
          '寄存器内容的类型，32 位的高字在前',
          'what the registers hold; 32 bits have the high word first',
        ),
        's16',
      ),
    ),
    scale,
    unit: optional(Type.String({ maxLength: 12, default: '', ...about('单位', 'unit') })),
    counter: optional(
      Type.Boolean({
        default: false,
        ...about(
          '计数器（u16、u32）：增加即告警，由人复位',
          'a counter (u16, u32): each new count is an alarm that a person resets',
        ),
      }),
    ),
    ...judged,
    every: optional(duration('register.every', about('读取周期', 'period of reading'))),
  },
  about('Modbus 模拟量', 'a polled value'),
  'register',
);
const sensor = strict(
  {
    sensor: matching(
      sensorPattern,
      text(
        '"w1:28-0316a2794cff"、"hwmon:名称/temp1" 或 "iio:名称/in_temp"（见 linekeeper sensors）',
        '"w1:28-0316a2794cff", "hwmon:NAME/temp1" or "iio:NAME/in_temp" (see linekeeper sensors)',
      ),
      about(
        '本机内核的传感器；linekeeper sensors 列出现有的',
        'a sensor of this machine; linekeeper sensors lists those that there are',
      ),
    ),
    name: pointName,
    scale,
    offset: optional(Type.Number({ default: 0, ...about('乘后再加此数', 'this is added after the scale') })),
    unit: optional(
      Type.String({
        maxLength: 12,
        ...about('单位；不写则用传感器自己的', 'unit; without it that of the sensor'),
      }),
    ),
    ...judged,
    every: optional(duration('sensor.every', about('读取周期', 'period of reading'))),
  },
  about('本机传感器（1-Wire、hwmon、iio）', 'a sensor of this machine (1-Wire, hwmon, iio)'),
  'sensor',
);

// ---- lines ----

const line = strict(
  {
    channel: terminal(
      '线路卡通道；区间写 card-a/1..8',
      'channel of a line card; card-a/1..8 for a range',
      'card-a/1',
    ),
    bypass: optional(
      terminal(
        '旁路继电器；不写则只录音和监视',
        'bypass relay; without it the line is recorded and watched only',
        'card-a/relay1 / card-a/relay1..8 / pi/23',
      ),
    ),
    'read-back': optional(
      terminal(
        '引脚上的旁路继电器的镜像触点：同一继电器的另一组触点，线路在旁路话机时闭合到地；用来证明继电器位置',
        "mirror contact of a bypass relay on the Pi's pins: another pole of the same relay, closed to ground while the line is with its phone; proves the position",
        'pi/5 / pi/5..8',
      ),
    ),
    trunk: Type.String({
      minLength: 1,
      maxLength: 32,
      ...about(
        '中继号码；{n} {nn} 代入线号',
        'number of the trunk; {n} {nn} stand for the number of the line',
      ),
    }),
    'record-trunk': optional(
      Type.String({
        minLength: 1,
        maxLength: 32,
        ...about(
          '交换机话单里这条中继的名称；{n} {nn} 代入线号；不写则按时间等匹配',
          'how the call records of the PBX name this trunk; {n} {nn} as above; without it records are matched by time',
        ),
      }),
    ),
    phone: Type.String({
      minLength: 1,
      maxLength: 32,
      ...about('旁路时接通的席位电话', 'seat phone that the trunk reaches in bypass'),
    }),
    ...standbyKeys,
    kind: optional(
      one(['trunk', 'direct', 'dispatch', 'standby'], about('线路种类', 'kind of the line'), 'trunk'),
    ),
    answers: optional(
      one(
        ['people', 'pbx'],
        about(
          '谁先应答：pbx 指交换机自动应答，一条线无人应答即可证明故障；people 需两条',
          'who answers first: pbx answers by itself, so one unanswered line proves it down; people: two are needed',
        ),
        'people',
      ),
    ),
    polarity: optional(
      one(
        ['learned', 'positive', 'negative'],
        about(
          '空闲时 a 线对 b 线的极性；learned 由空闲一分钟学得',
          'polarity of tip against ring while idle; learned: from a minute of idle',
        ),
        'learned',
      ),
    ),
    'phone-off-hook': optional(
      duration(
        'phone-off-hook',
        about(
          '旁路时话机摘机而无人说话，超过此时长即告警“请挂好电话”',
          'in bypass: off hook without speech for this long, "hang up the phone" is told',
        ),
      ),
    ),
  },
  about('一条中继线，或一段（L01-L08）', 'one trunk line, or a range (L01-L08)'),
);

// ---- subjects ----

const every = (name: LimitName) => optional(duration(name, about('周期', 'period')));
const host = (zh: string, en: string) =>
  matching(
    short.hostPattern,
    text('主机名或地址，如 10.0.0.1', 'a host or address such as 10.0.0.1'),
    about(zh, en),
  );

const evidence = forms(
  [
    strict(
      {
        point: nameOf(
          '输入测点（离开正常位置即故障），或测量值',
          'an input (leaving its normal position is a fault), or a measured value',
          'pbx-alarm',
        ),
        ok: optional(threshold('测量值在此范围内为正常', 'a measured value is all right within this')),
      },
      about(
        '接点（wire 域，实证）或测量值（旁证）',
        'a contact (domain wire, proof) or a measured value (hint)',
      ),
      'point',
    ),
    strict(
      {
        lines: Type.Union(
          [
            matching(
              short.lineKeyPattern,
              text('all、线名或区间', 'all, a line or a range'),
              about('线路', 'lines'),
            ),
            Type.Array(
              matching(short.lineKeyPattern, text('线名或区间', 'a line or a range'), about('线路', 'lines')),
              {
                minItems: 1,
                maxItems: roomLimits.lines,
              },
            ),
          ],
          {
            'x-expects': text('all、L01、L01-L08 或其列表', 'all, L01, L01-L08 or a list of them'),
            ...about(
              '振铃无人应答证明故障；应答或占线即否决',
              'rung unanswered proves it down; answered or seized is a veto',
            ),
          },
        ),
      },
      about('线路本身（lines 域，实证）', 'the lines themselves (domain lines, proof)'),
      'lines',
    ),
    strict(
      {
        'dial-tone': strict(
          {
            extension: terminal(
              '接备用分机（不是中继）的通道',
              'channel on a spare extension, never a trunk',
              'card-b/8',
            ),
            every: every('dial-tone.every'),
            suspect: optional(duration('dial-tone.suspect', about('有疑时的周期', 'period while in doubt'))),
            tone: optional(
              matching(
                short.tonePattern,
                text('如 "450" 或 "350+440"', 'such as "450" or "350+440"'),
                about(
                  '拨号音频率（Hz）；不写则 450、425、350+440 都算',
                  'frequency of the dial tone in Hz; without it 450, 425 and 350+440 all count',
                ),
              ),
            ),
          },
          about('分机拨号音', 'dial tone of an extension'),
        ),
      },
      about('分机拨号音（extension 域，实证）', 'dial tone of an extension (domain extension, proof)'),
      'dial-tone',
    ),
    strict(
      {
        'sip-options': matching(
          short.sipPattern,
          text(
            '"sip:主机:5060"，可加 ";transport=tcp"；TLS 写 "sips:主机"',
            '"sip:host:5060", also with ";transport=tcp"; "sips:host" for TLS',
          ),
          about('SIP OPTIONS 询问的对象', 'whom to ask with SIP OPTIONS'),
        ),
        every: every('sip-options.every'),
        suspect: optional(duration('sip-options.suspect', about('有疑时的周期', 'period while in doubt'))),
      },
      about('SIP OPTIONS（our-lan 域，旁证）', 'SIP OPTIONS (domain our-lan, hint)'),
      'sip-options',
    ),
    strict(
      {
        'call-records': nameOf('送话单的串口', 'serial bus that the records come from', 'smdr'),
        format: nameOf('config/pbx/ 中的话单格式', 'format of config/pbx/', 'avaya-ip-office'),
        'mask-digits': optional(
          Type.Integer({
            minimum: 1,
            maximum: 8,
            ...about(
              '不保存电话号码的末几位（法律要求时）；原文也一样',
              'the last digits of telephone numbers that are not kept, where the law wants it; raw lines too',
            ),
          }),
        ),
      },
      about(
        '话单（serial 域，旁证）：线路见到而话单没有的呼叫',
        'call records (domain serial, hint): calls that our lines saw and that left none',
      ),
      'call-records',
    ),
    strict(
      {
        ping: host(
          'ping 的主机；gateway 指本机默认网关',
          'host to ping; gateway stands for the default gateway',
        ),
        every: every('ping.every'),
      },
      about('ping（our-lan 域，旁证）', 'ping (domain our-lan, hint)'),
      'ping',
    ),
    strict(
      {
        tcp: matching(
          short.hostPortPattern,
          text('"主机:端口"', '"host:port"'),
          about('能建立 TCP 连接', 'a TCP connection can be made'),
        ),
        every: every('tcp.every'),
        timeout: optional(
          duration('tcp.timeout', about('等待连接的最长时间', 'longest wait for the connection')),
        ),
      },
      about('TCP 连接（our-lan 域，旁证）', 'TCP connect (domain our-lan, hint)'),
      'tcp',
    ),
    strict(
      {
        ups: matching(
          '^[A-Za-z][A-Za-z0-9-]*(/\\d{1,3})?$',
          text('总线/单元，如 rs485/1', 'bus/unit such as rs485/1'),
          about('UPS 所在的 Modbus 总线和单元号', 'Modbus bus and unit of the UPS'),
        ),
        model: nameOf('config/ups/ 中的型号', 'model of config/ups/', 'huawei-ups2000'),
        every: every('ups.every'),
      },
      about('UPS 读数（所在总线的域，实证）', 'readings of a UPS (domain of its bus, proof)'),
      'ups',
    ),
    strict(
      {
        nut: matching(
          short.nutPattern,
          text('"名称@主机[:3493]"', '"name@host[:3493]"'),
          about('upsd 中的 UPS', 'UPS of an upsd'),
        ),
        username: optional(
          Type.String({
            minLength: 1,
            maxLength: 64,
            ...about('upsd.users 中的用户（upsmon secondary）', 'user of upsd.users (upsmon secondary)'),
          }),
        ),
        'password-file': optional(filePath('口令文件（权限 0600）', 'file with the password (mode 0600)')),
        tls: optional(
          Type.Boolean({
            default: false,
            ...about('加密；upsd 无证书则不连接', 'encrypted; an upsd without a certificate is refused'),
          }),
        ),
        'ca-file': optional(
          filePath('upsd 的证书或其根证书', 'certificate of upsd, or of its own authority'),
        ),
        every: every('ups.every'),
      },
      about(
        'NUT 的 UPS（our-lan 域，本机为自己的域；实证）',
        'a UPS by NUT (our-lan, on this machine a domain of its own; proof)',
      ),
      'nut',
    ),
    strict(
      {
        megatec: nameOf('UPS 所在的串口总线（baud: 2400）', 'serial bus of the UPS (baud: 2400)', 'ups-wire'),
        every: every('ups.every'),
      },
      about(
        'Megatec Q1 的 UPS（所在总线的域，实证）',
        'a UPS that speaks Megatec Q1 (domain of its bus, proof)',
      ),
      'megatec',
    ),
    strict(
      {
        'ups-snmp': matching(
          short.hostMaybePortPattern,
          text('"主机[:161]"', '"host[:161]"'),
          about('UPS 的网卡', 'network card of the UPS'),
        ),
        version: optional(one(['v1', 'v2c', 'v3'], about('SNMP 版本', 'version of SNMP'), 'v2c')),
        'community-file': optional(
          filePath(
            '团体名文件（权限 0600）；不写则为 public',
            'file with the community (mode 0600); public without it',
          ),
        ),
        ...snmpWrite,
        user: optional(Type.String({ minLength: 1, maxLength: 64, ...about('v3 用户', 'user of v3') })),
        auth: optional(
          one(['md5', 'sha', 'sha256', 'sha512'], about('v3 认证算法', 'authentication of v3'), 'sha'),
        ),
        'auth-file': optional(
          filePath('v3 认证口令文件（权限 0600）', 'file with the password of authentication (mode 0600)'),
        ),
        'privacy-file': optional(
          filePath(
            'v3 加密口令文件（AES，权限 0600）',
            'file with the password of encryption (AES, mode 0600)',
          ),
        ),
        every: every('ups.every'),
      },
      about('UPS-MIB（RFC 1628；our-lan 域，实证）', 'the UPS-MIB (RFC 1628; domain our-lan, proof)'),
      'ups-snmp',
    ),
    seatPhoneEvidence,
    nutClientSchema,
    ...networkEvidence,
  ],
  about('一条判据', 'one source of evidence'),
);

const subject = strict(
  {
    kind: one(['pbx', 'server', 'terminal', 'network', 'ups', 'room'], about('种类', 'kind')),
    name: pointName,
    evidence: Type.Array(evidence, {
      minItems: 1,
      maxItems: roomLimits.evidencePerSubject,
      ...about('判据', 'what speaks for it'),
    }),
    'down-when': optional(
      Type.Integer({
        minimum: 1,
        maximum: roomLimits.evidencePerSubject,
        ...about(
          '几条判据故障才算故障；默认 2（只有一条时为 1），交换机只能更多',
          'how many sources must be down; 2 by default (1 where there is one), for a PBX only more',
        ),
      }),
    ),
    test: optional(upsTestSchema),
    'depends-on': optional(
      Type.Array(nameOf('监视对象', 'a subject', 'lan'), {
        maxItems: 16,
        uniqueItems: true,
        ...about('它们故障时，本对象的判据不可知', 'while these are down, nothing can be known of this one'),
      }),
    ),
    flapping: optional(ownFlappingSchema),
  },
  about('一个监视对象', 'one watched thing'),
);

// ---- settings ----

const clockTime = '([01]\\d|2[0-3]):[0-5]\\d';
const bypass = strict(
  {
    confirm: optional(
      duration(
        'bypass.confirm',
        about('故障持续这么久才切换', 'the fault must last this long before the trip'),
      ),
    ),
    'busy-cap': optional(
      duration(
        'bypass.busy-cap',
        about('通话中无语音，最多等这么久', 'a call without speech is cut over after this'),
      ),
    ),
    'call-cap': optional(
      duration(
        'bypass.call-cap',
        about('通话中有语音，最多等这么久', 'a call with speech is cut over after this'),
      ),
    ),
    'idle-for': optional(
      duration(
        'bypass.idle-for',
        about('线路空闲这么久才恢复', 'a line is restored after it was idle this long'),
      ),
    ),
    'loop-open': optional(
      duration(
        'bypass.loop-open',
        about('环路断开这么久即挂机', 'an open loop of this length is the end of a call'),
      ),
    ),
    restore: optional(
      one(
        ['when-idle', 'by-key', 'by-command'],
        about('恢复方式：自动、钥匙或命令', 'who restores: the program, the key or a command'),
        'when-idle',
      ),
    ),
    'restore-after': optional(
      duration(
        'bypass.restore-after',
        about('交换机持续正常这么久才恢复', 'the PBX must be up without break this long before'),
      ),
    ),
    'restores-per-hour': optional(
      whole(
        'bypass.restores-per-hour',
        about('超过则由人恢复；切换从不受限', 'then a person restores; a trip is never refused'),
      ),
    ),
    spacing: optional(
      duration('bypass.spacing', about('两条线恢复的间隔', 'pause between the restores of two lines')),
    ),
    prove: optional(
      duration('bypass.prove', about('恢复后观察这么久', 'a restored line is on probation for this long')),
    ),
    'ring-limit': optional(
      duration(
        'bypass.ring-limit',
        about('振铃这么久无人应答即算不应答', 'rung this long without answer counts as unanswered'),
      ),
    ),
    ...relayCareKeys,
  },
  about('旁路', 'the bypass'),
);

const recorder = strict(
  {
    start: optional(
      one(
        ['line-voltage', 'voice', 'continuous', 'command', 'schedule'],
        about('启动方式', 'what starts a recording'),
        'line-voltage',
      ),
    ),
    'pre-roll': optional(duration('recorder.pre-roll', about('提前录入', 'recorded from before the start'))),
    'hang-over': optional(duration('recorder.hang-over', about('结束后续录', 'recorded on after the end'))),
    keep: optional(days('recorder.keep', about('保存天数', 'how long recordings are kept'))),
    'prompt-at': optional(
      percent('recorder.prompt-at', about('磁盘用到此处即提示', 'disk use at which people are told')),
    ),
    'bit-rate': optional(
      whole('recorder.bit-rate', about('Opus 码率（比特/秒）', 'Opus bit rate, bits a second')),
    ),
    complexity: optional(
      whole('recorder.complexity', about('Opus 编码复杂度', 'complexity of the Opus encoder')),
    ),
    backup: optional(
      Type.Array(
        strict(
          {
            to: Type.String({ minLength: 1, maxLength: 300, ...about('目的地', 'where to') }),
            at: matching(`^${clockTime}$`, text('如 "02:00"', 'such as "02:00"'), about('时刻', 'when')),
          },
          about('一处备份', 'one backup'),
        ),
        { maxItems: 8, ...about('录音备份', 'backup of the recordings') },
      ),
    ),
  },
  about('录音', 'the recorder'),
);

const powerCut = Type.Array(
  strict(
    {
      when: matching(
        '^(on battery|runtime < \\d{1,4}(s|m|h))$',
        text('on battery 或 runtime < 60m', 'on battery or runtime < 60m'),
        about('条件', 'condition'),
      ),
      after: optional(
        duration('power-cut.after', about('条件持续这么久才算', 'the condition must stand this long')),
      ),
      do: Type.Array(
        Type.Union(
          [
            one(
              ['announce', 'suspend-outbound', 'manual-forms', 'bypass-when-idle', 'end'],
              about('动作', 'action'),
            ),
            strict(
              { shut: nameOf('负载组', 'a group of loads', 'non-essential') },
              about('切断一组负载', 'shut a group of loads'),
              'shut',
            ),
            strict(
              { start: nameOf('负载组', 'a group of loads', 'emergency-light') },
              about('接通一组负载', 'switch a group of loads on'),
              'start',
            ),
            strict(
              {
                tell: strict(
                  {
                    name: Type.String({ minLength: 1, maxLength: 64, ...about('姓名', 'who') }),
                    phone: Type.String({ minLength: 1, maxLength: 40, ...about('电话', 'telephone') }),
                    role: Type.String({
                      minLength: 1,
                      maxLength: 64,
                      ...about('身份，如物业、主管', 'in which part, such as manager'),
                    }),
                  },
                  about('何人', 'who is told'),
                ),
              },
              about('由值班员通知某人并签名确认', 'somebody tells a person, and ticks it off by name'),
              'tell',
            ),
          ],
          {
            'x-expects': text(
              '动作名，或 shut: 组名、start: 组名、tell: { name, phone, role }',
              'the name of an action, or shut: group, start: group, tell: { name, phone, role }',
            ),
            ...about('动作', 'action'),
          },
        ),
        { minItems: 1, maxItems: 16, ...about('依次执行', 'done in this order') },
      ),
    },
    about('一个阶段', 'one stage'),
  ),
  { maxItems: 16, ...about('停电预案', 'what happens in a power cut, by remaining runtime') },
);

const powerReturn = strict(
  {
    stable: optional(
      duration(
        'power-return.stable',
        about('市电持续这么久才恢复负载', 'the mains must stay this long before loads go back'),
      ),
    ),
    battery: optional(
      percent(
        'power-return.battery',
        about('电池须充到此电量', 'the batteries must hold so much before that'),
      ),
    ),
    spacing: optional(
      duration('power-return.spacing', about('两组负载之间的间隔', 'from one group of loads to the next')),
    ),
    remind: optional(
      duration(
        'power-return.remind',
        about('无人处理时多久后提醒', 'what nobody has done is called to mind after this'),
      ),
    ),
  },
  about('市电恢复之后', 'when the mains are back'),
);

const weekday = (day: string) => `(${day}( ${day}){0,6})`;
const maintenance = Type.Array(
  strict(
    {
      of: Type.Array(nameOf('监视对象、线路或测点', 'a subject, line or point', 'crm'), {
        minItems: 1,
        maxItems: 64,
        ...about('维护哪些', 'what is worked on'),
      }),
      on: matching(
        `^(every-day|${weekday('(Mon|Tue|Wed|Thu|Fri|Sat|Sun)')}|\\d{4}-\\d{2}-\\d{2})$`,
        text('every-day、"Sun"、"Mon Thu" 或 "2026-12-01"', 'every-day, "Sun", "Mon Thu" or "2026-12-01"'),
        about('每天、星期几，或一个日期', 'every day, days of the week, or one date'),
      ),
      at: matching(
        `^${clockTime}$`,
        text('如 "02:00"', 'such as "02:00"'),
        about('开始时刻（机房时区）', 'when it begins, in the zone of the room'),
      ),
      for: duration('maintenance.for', about('多久后自行结束', 'how long until it ends by itself')),
      reason: words(about('原因', 'why')),
    },
    about('一次维护', 'one maintenance window'),
  ),
  {
    maxItems: roomLimits.maintenance,
    ...about(
      '计划维护：期间这些对象的告警不响；旁路不受影响',
      'planned work: meanwhile alarms of these do not sound; the bypass is not concerned',
    ),
  },
);

const selfTest = strict(
  {
    every: optional(
      days(
        'self-test.every',
        about(
          '多久由人试一次灯和喇叭；超期即告警',
          'how often a person tries lamp and horn; overdue is an alarm',
        ),
      ),
    ),
  },
  about('自检提醒', 'reminder of the self-test'),
);

const report = strict(
  {
    mqtt: optional(
      strict(
        {
          broker: matching(
            '^mqtts?://[^\\s/]{1,253}(/\\S*)?$',
            text('"mqtts://主机:8883"', '"mqtts://host:8883"'),
            about('中心的 MQTT 服务器', 'MQTT broker of the centre'),
          ),
          username: optional(Type.String({ minLength: 1, maxLength: 128, ...about('用户名', 'user name') })),
          'password-file': optional(filePath('口令文件（权限 0600）', 'file with the password (mode 0600)')),
          'ca-file': optional(filePath('自有根证书', 'certificate of your own authority')),
        },
        about('MQTT 上报', 'reporting over MQTT'),
      ),
    ),
    'allow-bypass': optional(
      Type.Boolean({
        default: false,
        ...about('允许中心下发旁路命令', 'commands bypass.* of the centre are obeyed'),
      }),
    ),
  },
  about('向中心上报', 'reporting to the centre'),
);

const accounts = (zh: string, en: string) =>
  optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 100, ...about(zh, en) }));

const sections = {
  room: strict(
    {
      id: matching(
        short.roomIdPattern,
        text('小写字母、数字和 -，如 gz-120', 'a-z, 0-9 and -, such as gz-120'),
        about('机房标识，用于 MQTT 主题', 'names the room in MQTT topics'),
      ),
      name: optional(words(about('机房名称；不写则用标识', 'name of the room; without it the id is used'))),
      timezone: optional(
        Type.String({
          minLength: 1,
          maxLength: 64,
          default: 'Asia/Shanghai',
          ...about('时区，仅用于显示', 'zone of the times shown'),
        }),
      ),
      language: optional(one(['zh', 'en'], about('语言', 'language'), 'zh')),
      autonomy: optional(
        duration(
          'room.autonomy',
          about(
            'UPS 满电时应能带现有负载这么久，不足即告警',
            'a full UPS battery should carry the present load this long; less raises an alarm',
          ),
        ),
      ),
    },
    about('机房', 'the room'),
  ),
  buses: optional(
    named(
      forms([lineCard, modbus, serial, gpio], about('一个连接', 'one way to reach the world')),
      roomLimits.buses,
      about('与外界的连接', 'how we reach the world'),
    ),
  ),
  points: optional(
    named(
      forms([input, output, register, sensor], about('一个测点', 'one point')),
      roomLimits.points,
      about('接线的输入和输出', 'wired inputs and outputs'),
    ),
  ),
  lines: optional(named(line, roomLimits.lines, about('线路', 'the lines'), short.lineKeyPattern)),
  subjects: optional(
    named(subject, roomLimits.subjects, about('监视对象及其判据', 'what is watched, and what speaks for it')),
  ),
  controls: optional(controlsSchema),
  annunciator: optional(annunciatorSchema),
  speech: optional(speechSchema),
  bypass: optional(bypass),
  recorder: optional(recorder),
  'power-cut': optional(powerCut),
  'power-return': optional(powerReturn),
  hosts: optional(hostsSchema),
  'nut-server': optional(nutServerSchema),
  'manual-forms': optional(manualFormsSchema),
  maintenance: optional(maintenance),
  alarms: optional(alarmsSchema),
  escalation: optional(escalationSchema),
  report: optional(report),
  'self-test': optional(selfTest),
  flapping: optional(flappingSchema),
  heartbeats: optional(heartbeatsSchema),
  people: optional(
    strict(
      {
        roles: optional(
          strict(
            {
              duty: accounts('值班员', 'on duty'),
              supervisor: accounts('班长', 'supervisors'),
              technician: accounts('技术员', 'technicians'),
              administrator: accounts('管理员', 'administrators'),
            },
            about('角色及其账号', 'roles and their accounts'),
          ),
        ),
      },
      about('人员', 'people'),
    ),
  ),
  http: optional(
    strict(
      {
        host: optional(
          Type.String({
            minLength: 1,
            maxLength: 64,
            default: '127.0.0.1',
            ...about(
              '监听地址；有账号之前只能是本机',
              'address of the panel; only this machine until there are accounts',
            ),
          }),
        ),
        port: optional(whole('http.port', about('监听端口', 'port of the panel'))),
      },
      about('面板', 'the panel'),
    ),
  ),
  socket: optional(socketSchema),
  data: optional(
    Type.String({
      minLength: 1,
      maxLength: 300,
      default: '/var/lib/linekeeper',
      ...about('数据目录', 'folder of recordings, archive and journal'),
    }),
  ),
};

export const roomFileSchema = strict(sections, about('linekeeper 机房文件', 'room file of linekeeper'));
/** The same with no section required: what is left of a file when everything wrong has been taken out. */
export const draftSchema = Type.Partial(roomFileSchema, { additionalProperties: false });
export type Draft = Static<typeof draftSchema>;
