/** The buses of a room file: how each device is reached, and what an installer must know about that way. */
import type { Bus, Link } from '../model/room.ts';
import { text } from '../model/text.ts';
import { limits, isWithin, written } from './limits.ts';
import { writtenPath } from './problem.ts';
import type { Path, Report } from './problem.ts';
import type { Reading } from './reading.ts';
import { durationOr } from './reading.ts';
import { isHost, isThisMachine, parseLink, parseRecordLink } from './short-forms.ts';
import type { Draft } from './schema.ts';

type WrittenBus = NonNullable<Draft['buses']>[string];

export function readBuses(reading: Reading): Map<string, Bus> {
  const buses = new Map<string, Bus>();
  for (const [id, bus] of Object.entries(reading.draft.buses ?? {})) {
    const read = readBus(id, bus, reading);
    if (read !== undefined) buses.set(id, read);
  }
  tellSharedLinks(reading, buses);
  return buses;
}

function readBus(id: string, bus: WrittenBus, reading: Reading): Bus | undefined {
  const { report } = reading;
  const path = (key: string): Path => ['buses', id, key];
  const link = (key: string, words: string, preset: number, defaultPort?: number): Link | undefined => {
    const { baud = preset, parity = 'none' } = 'gpio' in bus ? {} : bus;
    const read = parseLink(words, baud, parity, defaultPort);
    if (read === undefined) {
      report({
        severity: 'error',
        path: path(key),
        message: text(
          `${words} 的地址或端口（1–65535）不对`,
          `${words}: the address or the port (1 to 65535) is wrong`,
        ),
      });
    } else if (read.kind === 'tcp') {
      for (const word of ['baud', 'parity']) {
        if (!(word in bus)) continue;
        report({
          severity: 'warning',
          path: path(word),
          at: 'key',
          message: text('TCP 连接没有串口速率和校验', 'a TCP link has neither speed nor parity'),
        });
      }
    }
    return read;
  };
  if ('line-card' in bus) {
    const read = link('line-card', bus['line-card'], 921_600);
    if (read === undefined) return undefined;
    const hostLostMs = durationOr(bus['host-lost'], 'host-lost');
    const serialLimit = limits['host-lost on a serial link'];
    if (read.kind === 'serial' && !isWithin(serialLimit, hostLostMs)) {
      const [least, most] = [serialLimit.min, serialLimit.max].map((ms) => written(ms, 'ms'));
      report({
        severity: 'error',
        path: path('host-lost'),
        message: text(
          `串口线路卡为 ${least}–${most}：${serialLimit.reason.zh}`,
          `a card on a serial link takes ${least}–${most}: ${serialLimit.reason.en}`,
        ),
      });
    }
    if (read.kind === 'tcp' && !isThisMachine(read.host) && bus['key-file'] === undefined) {
      report({
        severity: 'warning',
        path: path('line-card'),
        message: text(
          'TCP 线路卡没有密钥：此网络上的任何人都能操作它的继电器',
          'a line card on TCP without a key: anybody on that network can command its relays',
        ),
        hint: text('写 key-file，并用专用网线直连。', 'Give a key-file, and a private link of its own.'),
      });
    }
    return {
      kind: 'line-card',
      id,
      link: read,
      ...(bus['serial-number'] === undefined ? {} : { serialNumber: bus['serial-number'] }),
      ...(bus['key-file'] === undefined ? {} : { keyFile: bus['key-file'] }),
      hostLostMs,
    };
  }
  if ('modbus' in bus) {
    const read = link('modbus', bus.modbus, 9600, 502);
    if (read === undefined) return undefined;
    return {
      kind: 'modbus',
      id,
      framing: read.kind === 'tcp' ? 'tcp' : 'rtu',
      link: read,
      timeoutMs: durationOr(bus.timeout, 'modbus.timeout'),
    };
  }
  if ('serial' in bus) {
    return readSerial(id, bus, reading, link);
  }
  if (bus['accept-outputs-kept'] === true) {
    report({
      severity: 'warning',
      path: path('accept-outputs-kept'),
      at: 'key',
      message: text(
        '程序死后引脚可能保持原电平：只有电荷泵能释放继电器',
        'when the program dies the pins may keep their level: only the charge pump releases the relays',
      ),
    });
  }
  return {
    kind: 'gpio',
    id,
    backend: bus.gpio,
    ...(bus.chip === undefined ? {} : { chip: bus.chip }),
    acceptOutputsKept: bus['accept-outputs-kept'] ?? false,
    ...(bus.pump === undefined ? {} : { pump: bus.pump }),
  };
}

/** Where call records come from: a wire or address as others have it, or one of the two forms of their own. */
function readSerial(
  id: string,
  bus: Extract<WrittenBus, { serial: string }>,
  { report }: Reading,
  link: (key: string, words: string, preset: number) => Link | undefined,
): Bus | undefined {
  const { serial, from } = bus;
  const path = (key: string): Path => ['buses', id, key];
  const isListening = serial.startsWith('tcp-listen:');
  if (!isListening && from !== undefined)
    report({
      severity: 'warning',
      path: path('from'),
      at: 'key',
      message: text('from 只用于 tcp-listen', 'from is only for tcp-listen'),
    });
  if (!isListening && !serial.startsWith('file:')) {
    const read = link('serial', serial, 9600);
    if (read === undefined || bus.login === undefined) return read && { kind: 'serial', id, link: read };
    if (read.kind !== 'tcp') {
      tellLoginUnused(report, path('login'));
      return { kind: 'serial', id, link: read };
    }
    const { user = 'SMDR', 'password-file': passwordFile } = bus.login;
    return { kind: 'serial', id, link: { ...read, kind: 'telnet', user, passwordFile } };
  }
  if (isListening && from === undefined) {
    report({
      severity: 'error',
      path: path('serial'),
      message: text(
        'tcp-listen 须写 from：只接受交换机的地址，否则谁都能送假话单',
        'tcp-listen needs from, the address of the switch: else anybody could send false records',
      ),
      hint: text('如 from: 10.0.0.2。', 'For example from: 10.0.0.2.'),
    });
    return undefined;
  }
  const read = parseRecordLink(serial, 9600, 'none', from ?? '');
  if (read === undefined || (isListening && !isHost(from ?? ''))) {
    const wrong = read === undefined ? serial : (from ?? '');
    report({
      severity: 'error',
      path: path(read === undefined ? 'serial' : 'from'),
      message: text(
        `${wrong} 的地址或端口（1–65535）不对`,
        `${wrong}: the address or the port (1 to 65535) is wrong`,
      ),
    });
    return undefined;
  }
  if (bus.login !== undefined) tellLoginUnused(report, path('login'));
  for (const word of ['baud', 'parity'])
    if (word in bus)
      report({
        severity: 'warning',
        path: path(word),
        at: 'key',
        message: text('此连接没有串口速率和校验', 'this link has neither speed nor parity'),
      });
  return { kind: 'serial', id, link: read };
}

const tellLoginUnused = (report: Report, path: Path): void =>
  report({
    severity: 'warning',
    path,
    at: 'key',
    message: text('login 只用于 tcp://', 'login is only for tcp://'),
  });

/** Two buses on one wire would talk into each other. */
function tellSharedLinks({ report, lineOf }: Reading, buses: ReadonlyMap<string, Bus>): void {
  const owners = new Map<string, Path>();
  for (const bus of buses.values()) {
    const way =
      bus.kind === 'gpio'
        ? `GPIO ${bus.chip ?? ''}`
        : bus.link.kind === 'serial'
          ? bus.link.path
          : bus.link.kind === 'file'
            ? bus.link.path
            : `${bus.link.kind === 'tcp-listen' ? 'tcp-listen ' : bus.link.host}:${bus.link.port}`;
    const path: Path = ['buses', bus.id, bus.kind];
    const owner = owners.get(way);
    if (owner === undefined) {
      owners.set(way, path);
      continue;
    }
    const shown = bus.kind === 'gpio' ? bus.id : way;
    report({
      severity: 'error',
      path,
      message: text(
        `${shown} 与 ${writtenPath(owner.slice(0, 2))}（第 ${lineOf(owner)} 行）是同一个连接`,
        `${shown} is the same wire as ${writtenPath(owner.slice(0, 2))} (line ${lineOf(owner)})`,
      ),
    });
  }
}
