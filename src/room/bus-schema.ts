/** The section `buses` as it is written: how we reach the world. */
import { Type } from '@sinclair/typebox';
import { text } from '../model/text.ts';
import { roomLimits } from './limits.ts';
import {
  about,
  duration,
  forms,
  matching,
  named,
  one,
  optional,
  pathOfFile,
  strict,
} from './schema-words.ts';
import * as short from './short-forms.ts';

const bauds = [1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600] as const;
const baud = (preset: (typeof bauds)[number]) =>
  Type.Unsafe<(typeof bauds)[number]>({
    type: 'integer',
    enum: [...bauds],
    default: preset,
    ...about('串口速率', 'speed of the serial wire'),
  });
const parity = one(['none', 'even', 'odd'], about('串口校验', 'parity of the serial wire'), 'none');

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
      pathOfFile('TCP 会话密钥文件（权限 0600）', 'file with the shared key of the TCP session (mode 0600)'),
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
          'password-file': pathOfFile('密码文件（权限 0600）', 'file with the password (mode 0600)'),
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

export const busesSchema = named(
  forms([lineCard, modbus, serial, gpio], about('一个连接', 'one way to reach the world')),
  roomLimits.buses,
  about('与外界的连接', 'how we reach the world'),
);
