/**
 * Watches one UPS through its network card by the UPS-MIB. UDP says nothing of a wrong community: it is silence too, and the
 * message names it as one of the causes.
 */
import { readFile, stat } from 'node:fs/promises';
import { upsMibReading } from '../../format/ups-mib.ts';
import type { SnmpAccessFiles } from '../../model/room.ts';
import { text } from '../../model/text.ts';
import { sifted, upsSentence } from '../../model/ups.ts';
import type { UpsTestKind } from '../../model/ups.ts';
import type { Probe, TestAnswer } from '../../ports/probe.ts';
import { ProbeRounds, isOwnFault } from '../probe-rounds.ts';
import type { RoundAnswer } from '../probe-rounds.ts';
import { orderTest } from './order-test.ts';
import { UpsMibSession, openSession } from './ups-session.ts';
import type { SnmpAccess } from './ups-session.ts';

export interface UpsSnmpProbeOptions {
  readonly source: string;
  readonly host: string;
  readonly port: number;
  readonly access: SnmpAccessFiles;
  readonly everyMs: number;
  readonly timeoutMs?: number;
}

const standardTimeoutMs = 2000;
/** What cards come with. */
const usualCommunity = 'public';
const secretBytesMax = 1024;

export function upsSnmpProbe(options: UpsSnmpProbeOptions): Probe {
  const { source, host, everyMs } = options;
  let session: UpsMibSession | undefined;
  const close = (): void => {
    session?.close();
    session = undefined;
  };
  const ask = async (end: AbortSignal): Promise<RoundAnswer> => {
    end.addEventListener('abort', close, { once: true });
    try {
      session ??= new UpsMibSession({
        host,
        port: options.port,
        access: await readAccess(options.access),
        timeoutMs: options.timeoutMs ?? standardTimeoutMs,
      });
      const { values, alarms } = await session.read();
      if (values.size === 0)
        return {
          kind: 'miss',
          reason: text(
            `${host} 有 SNMP，但没有 UPS-MIB（RFC 1628）`,
            `${host} speaks SNMP but has no UPS-MIB (RFC 1628)`,
          ),
        };
      const { reading } = sifted(upsMibReading(values, alarms));
      if (reading.onBattery === undefined)
        return {
          kind: 'miss',
          reason: text('UPS 未给出供电状态', 'the UPS does not tell whether it is on battery'),
        };
      return { kind: 'alive', reason: upsSentence(reading), values: reading };
    } catch (error) {
      close();
      if (!(error instanceof Error)) throw error;
      return failure(error, options);
    } finally {
      end.removeEventListener('abort', close);
      if (end.aborted) close();
    }
  };
  return new ProbeRounds({
    source,
    host,
    everyMs,
    suspectMs: Math.min(everyMs, Math.max(1000, everyMs / 5)),
    silence: 'unknown',
    ask,
    test: (what) => ordered(options, what),
  });
}

/** Over a session of its own, with the community that may write. */
async function ordered(options: UpsSnmpProbeOptions, what: UpsTestKind | 'stop'): Promise<TestAnswer> {
  const access = writeAccess(options.access);
  if (access === undefined)
    return {
      accepted: false,
      reason: text('没有写权限的团体名或用户', 'no community or user that may write'),
    };
  const { host, port, timeoutMs = standardTimeoutMs } = options;
  let session: ReturnType<typeof openSession> | undefined;
  try {
    session = openSession({ host, port, access: await readAccess(access), timeoutMs });
    // Without a listener an error of the socket would end the process.
    session.on('error', () => undefined);
    return await orderTest(session, what);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { accepted: false, reason: failure(error, { ...options, access }).reason };
  } finally {
    session?.close();
  }
}

function writeAccess(access: SnmpAccessFiles): SnmpAccessFiles | undefined {
  if (access.version === 'v3') return access.mayWrite === true ? access : undefined;
  const { version, writeCommunityFile } = access;
  return writeCommunityFile === undefined ? undefined : { version, communityFile: writeCommunityFile };
}

async function readAccess(access: SnmpAccessFiles): Promise<SnmpAccess> {
  if (access.version !== 'v3') {
    const { version, communityFile } = access;
    return { version, community: communityFile === undefined ? usualCommunity : await secret(communityFile) };
  }
  const { user, auth, authFile, privacyFile } = access;
  return {
    version: 'v3',
    user,
    ...(authFile === undefined ? {} : { auth: { by: auth, key: await secret(authFile) } }),
    ...(privacyFile === undefined ? {} : { privacy: { by: 'aes', key: await secret(privacyFile) } }),
  };
}

async function secret(file: string): Promise<string> {
  const { mode, size } = await stat(file);
  if ((mode & 0o077) !== 0) throw new Error(`${file}: others may read it; chmod 600 ${file}`);
  if (size > secretBytesMax) throw new Error(`${file}: too long for a password`);
  return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
}

function failure(error: Error, { host, port, access }: UpsSnmpProbeOptions): RoundAnswer {
  const where = `${host}:${port}`;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (error.name === 'RequestTimedOutError')
    return {
      kind: 'miss',
      reason:
        access.version === 'v3'
          ? text(`${where} 没有应答（SNMP v3）`, `${where} does not answer (SNMP v3)`)
          : text(
              `${where} 没有应答（检查地址、SNMP 是否启用、团体名和版本 ${access.version}）`,
              `${where} does not answer (check address, that SNMP is on, community and version ${access.version})`,
            ),
    };
  if (code === 'ECONNREFUSED')
    return { kind: 'miss', reason: text(`${where} 没有 SNMP 服务`, `there is no SNMP service at ${where}`) };
  if (code !== undefined && !isOwnFault(code) && /^(ECONN|EHOST|EPIPE)/.test(code))
    return {
      kind: 'miss',
      reason: text(`${where} 无法到达（${code}）`, `${where} cannot be reached (${code})`),
    };
  const detail = error.message;
  return {
    kind: 'cannot',
    reason: text(`SNMP 询问 ${where} 失败：${detail}`, `asking ${where} by SNMP fails: ${detail}`),
  };
}
