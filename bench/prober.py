"""The peer of the watch benchmark: asks TCP and ping targets every 10 s, every 2 s after a miss, and says `down` after three.

Arguments: tcp:HOST:PORT or ping:HOST. Prints `down TARGET SECONDS-SINCE-1970`.
"""
import asyncio
import random
import sys
import time

EVERY_S, SUSPECT_S, TIMEOUT_S, MISSES, AT_ONCE, PER_FPING = 10.0, 2.0, 2.0, 3, 16, 64


async def tcp(host, port):
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), TIMEOUT_S)
    except (OSError, asyncio.TimeoutError):
        return False
    writer.close()
    return True


async def watch_tcp(target, slots):
    _, host, port = target.split(":")
    await asyncio.sleep(random.random() * EVERY_S)
    missed = 0
    while True:
        began = time.monotonic()
        async with slots:
            alive = await tcp(host, int(port))
        missed = 0 if alive else missed + 1
        if missed == MISSES:
            print("down", target, time.time(), flush=True)
        period = SUSPECT_S if 0 < missed < MISSES else EVERY_S
        period *= 1 - 0.15 * random.random()
        await asyncio.sleep(max(0, began + period - time.monotonic()))


async def watch_pings(targets):
    missed = dict.fromkeys(targets, 0)
    while True:
        began = time.monotonic()
        for n in range(0, len(targets), PER_FPING):
            hosts = targets[n : n + PER_FPING]
            process = await asyncio.create_subprocess_exec(
                *"fping -C 3 -q -p 250 -t 1000 -r 0 --".split(), *hosts, stderr=asyncio.subprocess.PIPE
            )
            _, output = await process.communicate()
            for line in output.decode().splitlines():
                host, _, times = line.partition(":")
                host = host.strip()
                missed[host] = missed[host] + 1 if set(times.split()) == {"-"} else 0
                if missed[host] == MISSES:
                    print("down ping:" + host, time.time(), flush=True)
        await asyncio.sleep(max(0, began + EVERY_S - time.monotonic()))


async def main():
    slots = asyncio.Semaphore(AT_ONCE)
    tcps = [target for target in sys.argv[1:] if target.startswith("tcp:")]
    pings = [target[5:] for target in sys.argv[1:] if target.startswith("ping:")]
    await asyncio.gather(watch_pings(pings), *(watch_tcp(target, slots) for target in tcps))


asyncio.run(main())
