/**
 * Asks whether something accepts TCP connections at an address, and hangs up at once. A kernel accepts for a program that
 * hangs, so this is a hint about a service, never proof of it.
 */
import { connect } from 'node:net';
import { text } from '../../model/text.ts';
import type { Probe } from '../../ports/probe.ts';
import { failed, oneAnswer } from '../one-answer.ts';
import { ProbeRounds, Slots } from '../probe-rounds.ts';
import type { RoundAnswer } from '../probe-rounds.ts';

/** Connections that all TCP probes of the process open at the same time. */
const connectsAtOnceMax = 16;
const slots = new Slots(connectsAtOnceMax);

export interface TcpProbeOptions {
  readonly source: string;
  readonly host: string;
  readonly port: number;
  readonly everyMs: number;
  readonly timeoutMs: number;
}

export function tcpProbe({ source, host, port, everyMs, timeoutMs }: TcpProbeOptions): Probe {
  return new ProbeRounds({
    source,
    host,
    everyMs,
    suspectMs: Math.min(everyMs, Math.max(1000, everyMs / 5)),
    silence: 'down',
    ask: (end) => slots.run(() => tryConnect(host, port, timeoutMs, end)),
  });
}

function tryConnect(host: string, port: number, waitMs: number, end: AbortSignal): Promise<RoundAnswer> {
  const where = `${host}:${port}`;
  const overdue = text(`${where} 连接超时`, `${where} does not accept in time`);
  return oneAnswer({ waitMs, overdue, end }, (finish) => {
    const socket = connect({ host, port });
    socket.on('connect', () =>
      finish({ kind: 'alive', reason: text(`${where} 可连接`, `${where} accepts connections`) }),
    );
    socket.on('error', (error) => finish(failed(where, error)));
    return () => socket.destroy();
  });
}
