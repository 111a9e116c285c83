/**
 * Every error code of linekeeper, once. A code is never reused: message, log, MQTT and manual name the same one.
 * `cause` says what happened, `action` what a person can do.
 */
import type { Text } from './text.ts';
import { text } from './text.ts';

interface ErrorKind {
  readonly cause: Text;
  readonly action: Text;
}

export const errorKinds = {
  'LK-NODE-001': {
    cause: text('此 Node.js 版本不受支持', 'this version of Node.js is not supported'),
    action: text(
      '请安装 Node 20.19+ 或 22.12+',
      'install Node 20.19 or later of 20, or 22.12 or later of 22',
    ),
  },
  'LK-ROOM-001': {
    cause: text('机房文件有错误', 'the room file has errors'),
    action: text('运行 linekeeper check 查看全部问题', 'run `linekeeper check FILE` to see every problem'),
  },
  'LK-RUN-001': {
    cause: text('该数据目录已有 linekeeper 在运行', 'another linekeeper runs on this data folder'),
    action: text(
      '先停止它，或用 LINEKEEPER_DATA 另给目录',
      'stop it first, or give this one a folder of its own: LINEKEEPER_DATA',
    ),
  },
  'LK-DATA-001': {
    cause: text('数据目录不可写', 'the data folder cannot be written'),
    action: text('检查目录的权限和磁盘', 'check the rights of the folder and the disk'),
  },
  'LK-NOTIFY-001': {
    cause: text('设置了 NOTIFY_SOCKET 但无法发送', 'NOTIFY_SOCKET is set but nothing can be sent to it'),
    action: text('重新安装软件包（koffi 缺失）', 'install the package again (koffi is missing)'),
  },
  'LK-HTTP-001': {
    cause: text(
      '此机房尚未设置账户，不接受未登录的访问',
      'this room has no accounts yet; nothing is shown without signing in',
    ),
    action: text(
      '仅演示机房可从本机直接查看',
      'only the demo room can be viewed from this machine without signing in',
    ),
  },
  'LK-HTTP-002': {
    cause: text('请求的主机名不被接受', 'the host name of the request is not accepted'),
    action: text(
      '请用 http://127.0.0.1 或 http://localhost 打开',
      'open http://127.0.0.1 or http://localhost',
    ),
  },
  'LK-HTTP-003': {
    cause: text('没有这个地址或条目', 'there is no such address or item'),
    action: text('接口说明见 /api/v1/openapi.json', 'the interface is described at /api/v1/openapi.json'),
  },
  'LK-HTTP-004': {
    cause: text('请求格式不正确', 'the request is not well formed'),
    action: text('按接口说明改正后重试', 'correct it after the interface description and try again'),
  },
  'LK-HTTP-005': {
    cause: text('请求内容过大', 'the body of the request is too large'),
    action: text('缩短后重试', 'send less'),
  },
  'LK-HTTP-006': {
    cause: text('操作码不正确', 'the code is wrong'),
    action: text('输入程序启动时打印的操作码', 'enter the code that the program printed at start'),
  },
  'LK-HTTP-007': {
    cause: text('错误的操作码次数过多', 'too many wrong codes'),
    action: text('请在一分钟后重试', 'try again in one minute'),
  },
  'LK-HTTP-008': {
    cause: text(
      '确认已过期，或与所确认的操作不符',
      'the confirmation has expired, or belongs to another command',
    ),
    action: text('请重新下达操作', 'give the command again'),
  },
  'LK-HTTP-009': {
    cause: text('档案暂时没有应答', 'the archive does not answer at present'),
    action: text('稍后重试；录音与通话不受影响', 'try again shortly; calls and recording go on'),
  },
  'LK-HTTP-010': {
    cause: text('所请求的范围超出录音文件', 'the requested range lies outside the recording'),
    action: text(
      '按 Content-Range 给出的长度重新请求',
      'ask again within the length that Content-Range tells',
    ),
  },
  'LK-HTTP-011': {
    cause: text('录音文件不在磁盘上', 'the file of the recording is not on the disk'),
    action: text('运行 linekeeper verify 核对档案', 'run `linekeeper verify` to check the archive'),
  },
  'LK-HTTP-012': {
    cause: text('同时打开的实时连接过多', 'too many live streams are open'),
    action: text('关闭不用的页面', 'close pages that nobody looks at'),
  },
  'LK-HTTP-013': {
    cause: text('程序内部出错', 'the program made a mistake'),
    action: text('请查看日志并报告', 'see the log and report it'),
  },
  'LK-HTTP-014': {
    cause: text(
      '控制线程没有在期限内确认此操作，结果未知',
      'the guard did not confirm the command in time; its outcome is unknown',
    ),
    action: text('查看机房状态后再决定', 'look at the state of the room before you decide'),
  },
  'LK-HTTP-015': {
    cause: text('此处不接受操作指令', 'no commands are accepted here'),
    action: text('请使用现场按钮或命令行', 'use the buttons on the wall or the command line'),
  },
  'LK-HTTP-016': {
    cause: text('机房状态尚未就绪', 'the state of the room is not known yet'),
    action: text('片刻后重试', 'try again in a moment'),
  },
  'LK-HTTP-017': {
    cause: text('不接受其他网站发来的指令', 'commands from another site are not accepted'),
    action: text('请在本页面上操作', 'use the page of this room'),
  },
  'LK-MQTT-001': {
    cause: text('命令格式不正确', 'the command is not well formed'),
    action: text('按 docs/mqtt.md 改正', 'correct it after docs/mqtt.md'),
  },
  'LK-MQTT-002': {
    cause: text(
      '命令已过期，或有效期超过 60 秒',
      'the command has expired, or is valid for more than 60 seconds',
    ),
    action: text('核对时钟后重新发送', 'check the clocks and send it again'),
  },
  'LK-MQTT-003': {
    cause: text('没有这个命令', 'there is no such command'),
    action: text('命令清单见 docs/mqtt.md', 'docs/mqtt.md lists the commands'),
  },
  'LK-MQTT-004': {
    cause: text('不执行保留（retained）的命令', 'a retained command is never carried out'),
    action: text('不带 retain 标志重新发送', 'send it again without the retain flag'),
  },
  'LK-MQTT-005': {
    cause: text('待处理的命令过多', 'too many commands are waiting'),
    action: text('稍后重试', 'try again shortly'),
  },
  'LK-MQTT-006': {
    cause: text(
      '控制线程没有在期限内确认此命令，结果未知',
      'the guard did not confirm the command in time; its outcome is unknown',
    ),
    action: text('查看机房状态后再决定', 'look at the state of the room before you decide'),
  },
  'LK-MQTT-007': {
    cause: text('命令内容过大', 'the command is too large'),
    action: text('缩短后重试', 'send less'),
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

/** A wrong that ends a command or the program, with its code. The world's misbehaviour is a value, never this. */
export class LinekeeperError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, detail: string) {
    const { cause, action } = errorKinds[code];
    super(`${cause.en}: ${detail}; ${action.en} (${code})`);
    this.name = 'LinekeeperError';
    this.code = code;
  }
}
