/** Makes a TLS handshake and hangs up: the service speaks, and its certificate tells how long it holds. */
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { text } from '../../model/text.ts';
import type { Probe } from '../../ports/probe.ts';
import { failed, oneAnswer } from '../one-answer.ts';
import { ProbeRounds, Slots } from '../probe-rounds.ts';
import type { RoundAnswer } from '../probe-rounds.ts';
import { certificateTerm } from '../certificate.ts';

/** Handshakes at the same time: each costs milliseconds of a Pi's core. */
const slots = new Slots(4);

export interface TlsProbeOptions {
  readonly source: string;
  readonly host: string;
  readonly port: number;
  readonly serverName?: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly expiryWarnMs: number;
}

export function tlsProbe(options: TlsProbeOptions): Probe {
  const { source, host, everyMs } = options;
  return new ProbeRounds({
    source,
    host,
    everyMs,
    silence: 'down',
    ask: (end) => slots.run(() => shakeHands(options, end)),
  });
}

function shakeHands(
  { host, port, serverName, timeoutMs, expiryWarnMs }: TlsProbeOptions,
  end: AbortSignal,
): Promise<RoundAnswer> {
  const where = `${host}:${port}`;
  const overdue = text(`${where} 未及时完成 TLS 握手`, `${where} does not finish a TLS handshake in time`);
  const name = serverName ?? (isIP(host) === 0 ? host : undefined);
  return oneAnswer({ waitMs: timeoutMs, overdue, end }, (finish) => {
    const socket = connect({
      host,
      port,
      rejectUnauthorized: false,
      ...(name === undefined ? {} : { servername: name }),
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      finish(failed(where, error));
    });
    socket.on('close', () => {
      finish({
        kind: 'miss',
        reason: text(`${where} 握手中断`, `${where} hangs up in the handshake`),
      });
    });
    socket.on('secureConnect', () => {
      const protocol = socket.getProtocol() ?? 'TLS';
      const term = certificateTerm(socket.getPeerCertificate(), expiryWarnMs, Date.now());
      finish(
        term === undefined
          ? { kind: 'alive', reason: text(`${protocol} 正常`, `${protocol} answers`) }
          : { kind: 'alive', ...term },
      );
    });
    return () => socket.destroy();
  });
}
