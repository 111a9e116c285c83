/**
 * Tells systemd that the service is ready, alive and stopping (sd_notify(3)): one datagram to the AF_UNIX socket that
 * NOTIFY_SOCKET names. Node has no such socket, so libc's own calls are used, from this process, which keeps the sender
 * the main PID. Whoever owns the health gate decides when to say `alive`; nothing here does so by itself.
 */
import { LinekeeperError } from '../../model/error.ts';

const afUnix = 1;
const sockDgram = 2;
const sockCloexec = 0o2000000;
const msgNosignal = 0x4000;
const msgDontwait = 0x40;
/** `sun_path` of sockaddr_un. */
const socketPathBytesMax = 108;

export interface ServiceNotifier {
  /** False when nobody listens: the program was not started by systemd. */
  readonly isActive: boolean;
  /** The guard is active: READY=1. */
  ready(): void;
  /** A healthy turn ended: WATCHDOG=1. False when it could not be sent. */
  alive(): boolean;
  /** Orderly end: STOPPING=1. */
  stopping(): void;
  /** One line for `systemctl status`. */
  status(line: string): void;
  close(): void;
}

const nobody: ServiceNotifier = {
  isActive: false,
  ready: () => undefined,
  alive: () => true,
  stopping: () => undefined,
  status: () => undefined,
  close: () => undefined,
};

/**
 * `socketPath` is the value of NOTIFY_SOCKET. Throws LK-NOTIFY-001 where it is set and cannot be reached: ending at once
 * with a clear message is better than being killed by the watchdog again and again.
 */
export async function openServiceNotifier(socketPath: string | undefined): Promise<ServiceNotifier> {
  if (socketPath === undefined || socketPath === '') return nobody;
  const address = addressOf(socketPath);
  const libc = await loadLibc();
  const fd = libc.socket(afUnix, sockDgram | sockCloexec, 0);
  if (fd < 0) throw new LinekeeperError('LK-NOTIFY-001', `socket: errno ${libc.errno()}`);
  const send = (state: string): boolean => {
    const bytes = Buffer.from(state);
    const flags = msgNosignal | msgDontwait;
    return libc.sendto(fd, bytes, bytes.length, flags, address, address.length) === bytes.length;
  };
  if (!send('STATUS=starting')) {
    const errno = libc.errno();
    libc.close(fd);
    throw new LinekeeperError('LK-NOTIFY-001', `${socketPath}: errno ${errno}`);
  }
  let isOpen = true;
  const say = (state: string): boolean => isOpen && send(state);
  return {
    isActive: true,
    ready: () => void say('READY=1'),
    alive: () => say('WATCHDOG=1'),
    stopping: () => void say('STOPPING=1'),
    status: (line) => void say(`STATUS=${line.replaceAll('\n', ' ')}`),
    close: () => {
      if (isOpen) libc.close(fd);
      isOpen = false;
    },
  };
}

/** sockaddr_un: family, then the path; a leading `@` stands for the NUL of an abstract name, which has no end mark. */
function addressOf(socketPath: string): Buffer {
  const isAbstract = socketPath.startsWith('@');
  if (!isAbstract && !socketPath.startsWith('/'))
    throw new LinekeeperError('LK-NOTIFY-001', `${socketPath}: neither a path nor an abstract name`);
  const name = Buffer.from(isAbstract ? `\0${socketPath.slice(1)}` : `${socketPath}\0`);
  if (name.length > socketPathBytesMax)
    throw new LinekeeperError('LK-NOTIFY-001', `${socketPath}: longer than ${socketPathBytesMax} bytes`);
  const family = Buffer.alloc(2);
  new Uint16Array(family.buffer, family.byteOffset, 1)[0] = afUnix;
  return Buffer.concat([family, name]);
}

interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  sendto(
    fd: number,
    bytes: Buffer,
    length: number,
    flags: number,
    address: Buffer,
    addressLength: number,
  ): number;
  close(fd: number): number;
  errno(): number;
}

async function loadLibc(): Promise<Libc> {
  try {
    const { default: koffi } = await import('koffi');
    const libc = koffi.load(null);
    const socket = libc.func('int socket(int domain, int type, int protocol)');
    const sendto = libc.func(
      'intptr_t sendto(int fd, const void *bytes, size_t length, int flags, const void *address, uint32_t addressLength)',
    );
    const close = libc.func('int close(int fd)');
    return {
      socket: (domain, type, protocol) => Number(socket(domain, type, protocol)),
      sendto: (...all) => Number(sendto(...all)),
      close: (fd) => Number(close(fd)),
      errno: () => koffi.errno(),
    };
  } catch (error) {
    throw new LinekeeperError('LK-NOTIFY-001', error instanceof Error ? error.message : String(error));
  }
}
