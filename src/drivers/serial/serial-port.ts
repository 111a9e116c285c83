/**
 * A byte link over a serial port (the serialport package): raw, 8 data bits, locked against other programs. A port that is
 * missing, busy, forbidden or that vanishes is told in words that name what to look at.
 */
import type { ByteLink } from '../../ports/byte-link.ts';
import { CannotOpen, ReopeningLink } from './reopening-link.ts';
import type { Connect } from './reopening-link.ts';
import { text } from '../../model/text.ts';
import type { SerialParity } from '../../model/room.ts';
import type { Text } from '../../model/text.ts';

export interface SerialLinkOptions {
  readonly name: string;
  readonly path: string;
  readonly baud: number;
  readonly parity: SerialParity;
}

export function serialLink({ name, path, baud, parity }: SerialLinkOptions): ByteLink {
  const open: Connect = async (events, abort) => {
    // Loaded when a port is wanted: a room without one starts sooner.
    const { SerialPort } = await import('serialport');
    const port = new SerialPort({
      path,
      baudRate: baud,
      parity,
      dataBits: 8,
      stopBits: 1,
      lock: true,
      hupcl: false,
      autoOpen: false,
    });
    await new Promise<void>((resolve, reject) => {
      port.open((error) => {
        if (error === null) resolve();
        else reject(new CannotOpen(openReason(error, path)));
      });
    });
    let isClosing = false;
    let failure: Error | undefined;
    const close = (): Promise<void> =>
      new Promise((resolve) => {
        isClosing = true;
        if (port.isOpen) port.close(() => resolve());
        else resolve();
      });
    if (abort.aborted) {
      await close();
      throw new CannotOpen(text('已关闭', 'closed'));
    }
    port.on('error', (error: Error) => {
      failure = error;
      if (!isClosing) events.lost(lossReason(error, path));
    });
    port.on('close', (error?: Error | null) => {
      if (!isClosing) events.lost(lossReason(error ?? failure, path));
    });
    port.on('data', (chunk: Buffer) => {
      events.data(chunk);
    });
    return {
      write: (bytes) => void port.write(bytes),
      queuedBytes: () => port.writableLength,
      close,
    };
  };
  return new ReopeningLink(name, open);
}

function openReason(error: Error, path: string): Text {
  const { message } = error;
  if (/no such file|cannot find|ENOENT/i.test(message))
    return text(
      `串口 ${path} 不存在（线缆是否插好？）`,
      `serial port ${path} does not exist (is the cable plugged in?)`,
    );
  if (/permission denied|EACCES/i.test(message))
    return text(
      `没有权限打开串口 ${path}（运行用户应属于 dialout 组）`,
      `no right to open serial port ${path} (the user must be in group dialout)`,
    );
  if (/lock|temporarily unavailable|busy|EBUSY|EAGAIN/i.test(message))
    return text(`串口 ${path} 正被其他程序占用`, `serial port ${path} is in use by another program`);
  return text(`无法打开串口 ${path}：${message}`, `serial port ${path} cannot be opened: ${message}`);
}

const lossReason = (error: Error | undefined, path: string): Text =>
  error === undefined
    ? text(`串口 ${path} 已关闭`, `serial port ${path} was closed`)
    : text(`串口 ${path} 丢失：${error.message}`, `serial port ${path} was lost: ${error.message}`);
