/**
 * Watches one UPS through NUT's upsd. Stale data, a driver that is gone and a server that does not answer mean that the UPS is
 * lost (`unknown` after three rounds); what only a person can mend (name, password, certificate) is said as such.
 */
import { readFile, stat } from 'node:fs/promises';
import { isForcedDown, isWaiting, nutReading } from '../../format/nut.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import { sifted, upsSentence } from '../../model/ups.ts';
import type { UpsTestKind } from '../../model/ups.ts';
import type { Probe, TestAnswer } from '../../ports/probe.ts';
import { ProbeRounds, isOwnFault } from '../probe-rounds.ts';
import type { RoundAnswer } from '../probe-rounds.ts';
import { NutConnection, NutError } from './client.ts';
import type { NutServer } from './client.ts';

export interface NutProbeOptions {
  readonly source: string;
  readonly ups: string;
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  /** Mode 0600; read at each connection, so that a changed password needs no restart. */
  readonly passwordFile?: string;
  readonly tls: boolean;
  readonly caFile?: string;
  readonly everyMs: number;
  readonly timeoutMs?: number;
}

const standardTimeoutMs = 4000;
const secretBytesMax = 1024;

export function nutProbe(options: NutProbeOptions): Probe {
  const { source, host, everyMs } = options;
  const ups = new NutUps(options);
  return new ProbeRounds({
    source,
    host,
    everyMs,
    suspectMs: Math.min(everyMs, Math.max(1000, everyMs / 5)),
    silence: 'unknown',
    ask: (end) => ups.round(end),
    test: (what) => ups.test(what),
  });
}

class NutUps {
  readonly #options: NutProbeOptions;
  #connection: NutConnection | undefined;
  /** The primary waits for its secondaries before it cuts the supply; nobody must wait for us. */
  #isForcedDown = false;

  constructor(options: NutProbeOptions) {
    this.#options = options;
  }

  async round(end: AbortSignal): Promise<RoundAnswer> {
    const stopped = (): void => this.#close();
    end.addEventListener('abort', stopped, { once: true });
    try {
      if (this.#connection?.isOpen !== true) this.#connection = await this.#open();
      const variables = await this.#connection.variables(this.#options.ups);
      if (isForcedDown(variables) !== this.#isForcedDown) {
        this.#isForcedDown = isForcedDown(variables);
        this.#close();
      }
      return answerOf(variables);
    } catch (error) {
      if (!(error instanceof NutError)) throw error;
      const known = error.code === 'UNKNOWN-UPS' ? await this.#knownNames() : '';
      const keeps = ['DATA-STALE', 'DRIVER-NOT-CONNECTED'].includes(error.code);
      if (!keeps) this.#close();
      return failure(error, this.#options, known);
    } finally {
      end.removeEventListener('abort', stopped);
      if (end.aborted) this.#close();
    }
  }

  /** Over a connection of its own: the rounds go on meanwhile. */
  async test(what: UpsTestKind | 'stop'): Promise<TestAnswer> {
    const command = what === 'stop' ? 'test.battery.stop' : `test.battery.start.${what}`;
    let connection: NutConnection | undefined;
    try {
      connection = await NutConnection.open(await this.#server());
      await connection.command(this.#options.ups, command);
      return { accepted: true, reason: text('', '') };
    } catch (error) {
      const code =
        error instanceof NutError ? error.code : error instanceof Error ? error.message : String(error);
      return { accepted: false, reason: testRefused(code, command, this.#options.username ?? '') };
    } finally {
      connection?.close();
    }
  }

  #close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  async #open(): Promise<NutConnection> {
    const { username, ups } = this.#options;
    const connection = await NutConnection.open(await this.#server());
    try {
      if (username !== undefined && !this.#isForcedDown) await connection.login(ups);
    } catch (error) {
      // A driver that is away also refuses the login: the question after it tells which.
      const isAway = error instanceof NutError && ['DATA-STALE', 'DRIVER-NOT-CONNECTED'].includes(error.code);
      if (!isAway) {
        if (!(error instanceof NutError && error.code === 'UNKNOWN-UPS')) connection.close();
        this.#connection = connection;
        throw error;
      }
    }
    return connection;
  }

  async #server(): Promise<NutServer> {
    const { host, port, username, passwordFile, tls, caFile, timeoutMs } = this.#options;
    const password = passwordFile === undefined ? undefined : await readSecret(passwordFile);
    const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8');
    return {
      ...{ host, port, tls, timeoutMs: timeoutMs ?? standardTimeoutMs },
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(ca === undefined ? {} : { ca }),
    };
  }

  async #knownNames(): Promise<string> {
    try {
      return (await this.#connection?.names())?.join(', ') ?? '';
    } catch {
      return '';
    }
  }
}

function testRefused(code: string, command: string, username: string): Text {
  switch (code) {
    case 'ACCESS-DENIED':
      return text(
        `upsd 不许用户 ${username} 下达 ${command}：在 upsd.users 中写 instcmds = ${command}`,
        `upsd does not let user ${username} do ${command}: write instcmds = ${command} in upsd.users`,
      );
    case 'CMD-NOT-SUPPORTED':
      return text(`UPS 的 NUT 驱动不支持 ${command}`, `the NUT driver of the UPS does not know ${command}`);
    default:
      return text(`upsd 拒绝：${code}`, `upsd refuses: ${code}`);
  }
}

async function readSecret(file: string): Promise<string> {
  const { mode, size } = await stat(file);
  if ((mode & 0o077) !== 0) throw new Error(`${file}: others may read it; chmod 600 ${file}`);
  if (size > secretBytesMax) throw new Error(`${file}: too long for a password`);
  return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
}

function answerOf(variables: ReadonlyMap<string, string>): RoundAnswer {
  if (isWaiting(variables))
    return { kind: 'miss', reason: text('upsd 尚未取得数据', 'upsd has no data of the UPS yet') };
  const { reading } = sifted(nutReading(variables));
  if (reading.onBattery === undefined)
    return {
      kind: 'miss',
      reason: text('UPS 未给出供电状态', 'the UPS does not tell whether it is on battery'),
    };
  return { kind: 'alive', reason: upsSentence(reading), values: reading };
}

function failure({ code, message }: NutError, options: NutProbeOptions, known: string): RoundAnswer {
  const { ups, host, port, username = '' } = options;
  const where = `${host}:${port}`;
  const miss = (reason: Text): RoundAnswer => ({ kind: 'miss', reason });
  const cannot = (reason: Text): RoundAnswer => ({ kind: 'cannot', reason });
  switch (code) {
    case 'DATA-STALE':
      return miss(
        text(`upsd 收不到 ${ups} 的数据（过期）`, `upsd hears nothing of ${ups}: its data are stale`),
      );
    case 'DRIVER-NOT-CONNECTED':
      return miss(
        text(`${ups} 的 NUT 驱动没有运行`, `the NUT driver of ${ups} does not run: upsdrvctl start ${ups}`),
      );
    case 'UNKNOWN-UPS':
      return cannot(
        text(`upsd 没有名为 ${ups} 的 UPS；有：${known}`, `upsd has no UPS ${ups}; it has ${known}`),
      );
    case 'ACCESS-DENIED':
    case 'INVALID-PASSWORD':
    case 'INVALID-USERNAME':
      return cannot(
        text(
          `upsd 拒绝用户 ${username}：口令不对，或 upsd.users 中缺少 upsmon secondary`,
          `upsd refuses user ${username}: wrong password, or "upsmon secondary" is missing in upsd.users`,
        ),
      );
    case 'PASSWORD-REQUIRED':
    case 'USERNAME-REQUIRED':
      return cannot(text('upsd 要求用户名和口令', 'upsd wants a username and a password-file'));
    case 'FEATURE-NOT-CONFIGURED':
    case 'FEATURE-NOT-SUPPORTED':
      return cannot(
        text(
          `${where} 的 upsd 没有配置 TLS 证书`,
          `upsd at ${where} has no TLS certificate (CERTFILE or CERTPATH in upsd.conf)`,
        ),
      );
    case 'TIMEOUT':
      return miss(text(`${where} 的 upsd 没有应答`, `upsd at ${where} does not answer in time`));
    case 'ECONNREFUSED':
      return miss(
        text(
          `${where} 拒绝连接：upsd 未运行，或未监听该地址`,
          `${where} refuses: upsd does not run, or does not LISTEN on that address`,
        ),
      );
    case 'PROTOCOL':
      return miss(text(`${where} 的应答不是 NUT 协议`, `what answers at ${where} is no upsd: ${message}`));
    default:
      if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|ERR_TLS|ERR_SSL/.test(code))
        return cannot(
          text(
            `upsd 的证书不可信（${code}）：用 ca-file 指定其证书`,
            `the certificate of upsd is not trusted (${code}): name it with ca-file`,
          ),
        );
      if (isOwnFault(code))
        return cannot(text(`无法连接 ${where}：${code}`, `cannot try ${where}: ${message}`));
      return miss(text(`${where} 无法到达（${code}）`, `${where} cannot be reached: ${message} (${code})`));
  }
}
