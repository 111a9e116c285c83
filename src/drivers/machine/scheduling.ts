/** The scheduling class of this thread, through koffi: the unit makes the guard real-time, and the guard can give that up. */

const schedOther = 0;

/**
 * From real-time to normal; there is no way back in this process. True where it was real-time before. Never rejects: where it
 * cannot be done the thread stays as it is.
 */
export async function giveUpRealTime(): Promise<boolean> {
  try {
    const { default: koffi } = await import('koffi');
    const libc = koffi.load(null);
    const getScheduler = libc.func('int sched_getscheduler(int pid)');
    const setScheduler = libc.func('int sched_setscheduler(int pid, int policy, void *parameter)');
    // The class of a thread that forks normal children carries a flag.
    if ((Number(getScheduler(0)) & 0xff) === schedOther) return false;
    return Number(setScheduler(0, schedOther, Buffer.alloc(4))) === 0;
  } catch {
    return false;
  }
}
