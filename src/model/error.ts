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
  'LK-DATA-001': {
    cause: text('数据目录不可写', 'the data folder cannot be written'),
    action: text('检查目录的权限和磁盘', 'check the rights of the folder and the disk'),
  },
  'LK-NOTIFY-001': {
    cause: text('设置了 NOTIFY_SOCKET 但无法发送', 'NOTIFY_SOCKET is set but nothing can be sent to it'),
    action: text('重新安装软件包（koffi 缺失）', 'install the package again (koffi is missing)'),
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
