/** The few calls of the C library that GPIO needs and Node lacks, through koffi. Each gives 0 or the errno, except where said. */
import { text } from '../../model/text.ts';
import { GpioRefused } from '../../ports/gpio.ts';

const pollIn = 1;
const efdCloexec = 0o2000000;
const efdNonblock = 0o4000;
const fSetfl = 4;
const oRdonlyNonblock = 0o4000;

export interface KernelCalls {
  ioctl(fd: number, request: number, argument: Uint8Array): number;
  setNonBlocking(fd: number): number;
  /** A descriptor that becomes readable when eight bytes are written to it. */
  eventFd(): number;
  /** Waits in a thread of its own until one of them can be read or is gone; resolves with how many, or −1. */
  waitReadable(fds: readonly number[]): Promise<number>;
}

let loaded: Promise<KernelCalls> | undefined;

export function loadKernelCalls(): Promise<KernelCalls> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<KernelCalls> {
  const { default: koffi } = await import('koffi').catch((error: unknown) => {
    const detail = error instanceof Error ? error.message : String(error);
    throw new GpioRefused(
      text(
        `无法加载 koffi，字符设备不可用：${detail}`,
        `koffi cannot be loaded, no character device: ${detail}`,
      ),
    );
  });
  const libc = koffi.load(null);
  const ioctl = libc.func('int ioctl(int fd, unsigned long request, void *argument)');
  const fcntl = libc.func('int fcntl(int fd, int command, long argument)');
  const eventfd = libc.func('int eventfd(unsigned int initial, int flags)');
  const poll = libc.func('int poll(void *fds, unsigned long count, int timeoutMs)');
  const errnoOf = (result: unknown): number => (Number(result) < 0 ? koffi.errno() : 0);
  return {
    ioctl: (fd, request, argument) => errnoOf(ioctl(fd, request, argument)),
    setNonBlocking: (fd) => errnoOf(fcntl(fd, fSetfl, oRdonlyNonblock)),
    eventFd: () => Number(eventfd(0, efdCloexec | efdNonblock)),
    waitReadable: (fds) => {
      const polled = Buffer.alloc(8 * fds.length);
      fds.forEach((fd, n) => {
        polled.writeInt32LE(fd, 8 * n);
        polled.writeInt16LE(pollIn, 8 * n + 4);
      });
      return new Promise((resolve) => {
        poll.async(polled, fds.length, -1, (error: unknown, count: unknown) => {
          resolve(error === null && polled.length > 0 ? Number(count) : -1);
        });
      });
    },
  };
}
