/**
 * Whether the upsmon of a server is logged into the upsd of a UPS: only then would the server shut itself down in a power cut. What
 * upsd does not tell (dead, other UPS, no certificate) says nothing about the server.
 */
import { readFile } from 'node:fs/promises';
import { text } from '../../model/text.ts';
import type { Probe } from '../../ports/probe.ts';
import { ProbeRounds } from '../probe-rounds.ts';
import type { RoundAnswer } from '../probe-rounds.ts';
import { NutConnection } from './client.ts';

export interface NutClientProbeOptions {
  readonly source: string;
  readonly ups: string;
  readonly host: string;
  readonly port: number;
  /** Address of the server, as upsd sees it. */
  readonly from: string;
  readonly tls: boolean;
  readonly caFile?: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
}

export const nutClientProbe = (options: NutClientProbeOptions): Probe =>
  new ProbeRounds({
    source: options.source,
    host: options.host,
    everyMs: options.everyMs,
    silence: 'down',
    ask: (end) => ask(options, end),
  });

async function ask(options: NutClientProbeOptions, end: AbortSignal): Promise<RoundAnswer> {
  const { ups, host, port, from, tls, caFile, timeoutMs } = options;
  const where = `${ups}@${host}`;
  let connection: NutConnection | undefined;
  const close = (): void => connection?.close();
  try {
    const ca = caFile === undefined ? {} : { ca: await readFile(caFile, 'utf8') };
    connection = await NutConnection.open({ host, port, tls, timeoutMs, ...ca });
    end.addEventListener('abort', close, { once: true });
    const clients = await connection.clients(ups);
    return clients.includes(from)
      ? { kind: 'alive', reason: text(`upsmon 已登录 ${where}`, `its upsmon is logged into ${where}`) }
      : {
          kind: 'miss',
          reason: text(
            `${from} 的 upsmon 没有登录 ${where}：停电时它不会自行关机`,
            `upsmon of ${from} is not logged into ${where}: in a power cut the server would not shut itself down`,
          ),
        };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return {
      kind: 'cannot',
      reason: text(`无法询问 ${where} 的 upsd：${detail}`, `upsd of ${where} cannot be asked: ${detail}`),
    };
  } finally {
    end.removeEventListener('abort', close);
    close();
  }
}
