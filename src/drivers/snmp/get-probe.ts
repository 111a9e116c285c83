/**
 * Gets one SNMP value (v1, v2c, v3) and judges it against the room's limits. The agent's answer is not the service's: a value
 * tells what it means only through `fault` or `equals`. What is wrong with our own settings (no such object, wrong user or
 * password, unreadable key file) is `unknown`; silence is a miss, and so is a wrong community, which agents answer with silence.
 */
import snmp from 'net-snmp';
import type { Session, Varbind } from 'net-snmp';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import type { SnmpAccess, Threshold } from '../../model/room.ts';
import type { Probe } from '../../ports/probe.ts';
import { failed, oneAnswer } from '../one-answer.ts';
import { ProbeRounds, Slots } from '../probe-rounds.ts';
import type { RoundAnswer } from '../probe-rounds.ts';
import { readSecret } from '../secret-file.ts';

const slots = new Slots(16);
/** Digits of a value in a sentence: an alarm must not change its words with every poll. */
const digitsTold = 2;
const textBytesMax = 120;

export interface SnmpProbeOptions {
  readonly source: string;
  readonly host: string;
  readonly port: number;
  readonly oid: string;
  readonly access: SnmpAccess;
  readonly scale: number;
  readonly unit: string;
  readonly warn?: Threshold;
  readonly fault?: Threshold;
  readonly equals?: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
}

export function snmpProbe(options: SnmpProbeOptions): Probe {
  const { source, host, everyMs } = options;
  return new ProbeRounds({
    source,
    host,
    everyMs,
    silence: 'down',
    ask: (end) => slots.run(() => get(options, end)),
  });
}

async function get(options: SnmpProbeOptions, end: AbortSignal): Promise<RoundAnswer> {
  const { host, port, oid, timeoutMs } = options;
  const opened = await openSession(options);
  if ('reason' in opened) return { kind: 'cannot', reason: opened.reason };
  const where = `${host}:${port}`;
  const overdue = text(`${where} 未应答 SNMP`, `no SNMP answer from ${where}`);
  return oneAnswer({ waitMs: timeoutMs, overdue, end }, (finish) => {
    const { session } = opened;
    session.on('error', (error: NodeJS.ErrnoException) => {
      finish(failed(where, error));
    });
    session.get([oid], (error, varbinds) => {
      if (error !== null) finish(refused(where, error));
      else finish(judge(options, varbinds?.[0]));
    });
    return () => session.close();
  });
}

/** A session an ask: sessions share nothing, and one that met an error is not trusted again. */
async function openSession({
  host,
  port,
  access,
  timeoutMs,
}: SnmpProbeOptions): Promise<{ readonly session: Session } | { readonly reason: Text }> {
  // Two tries within the wait: one datagram may be lost.
  const settings = {
    port,
    transport: host.includes(':') ? ('udp6' as const) : ('udp4' as const),
    timeout: Math.max(50, Math.floor(timeoutMs / 2)),
    retries: 1,
    backoff: 1,
  };
  if (access.version !== 'v3') {
    const community =
      access.communityFile === undefined
        ? { ok: true as const, secret: 'public' }
        : await readSecret(access.communityFile);
    if (!community.ok) return { reason: community.reason };
    const version = access.version === 'v1' ? snmp.Version1 : snmp.Version2c;
    return { session: snmp.createSession(host, community.secret, { ...settings, version }) };
  }
  const { user, authentication, privacy } = access;
  const auth = authentication && (await readSecret(authentication.file));
  const priv = privacy && (await readSecret(privacy.file));
  if (auth?.ok === false) return { reason: auth.reason };
  if (priv?.ok === false) return { reason: priv.reason };
  const { SecurityLevel, AuthProtocols, PrivProtocols } = snmp;
  const level =
    priv !== undefined
      ? SecurityLevel.authPriv
      : auth !== undefined
        ? SecurityLevel.authNoPriv
        : SecurityLevel.noAuthNoPriv;
  return {
    session: snmp.createV3Session(
      host,
      {
        name: user,
        level,
        ...(authentication !== undefined && auth !== undefined
          ? { authProtocol: AuthProtocols[authentication.protocol], authKey: auth.secret }
          : {}),
        ...(privacy !== undefined && priv !== undefined
          ? {
              privProtocol: PrivProtocols[privacy.protocol === 'aes256' ? 'aes256b' : privacy.protocol],
              privKey: priv.secret,
            }
          : {}),
      },
      { ...settings, version: snmp.Version3 },
    ),
  };
}

function refused(where: string, error: Error): RoundAnswer {
  if (error.name === 'RequestTimedOutError')
    return { kind: 'miss', reason: text(`${where} 未应答 SNMP`, `no SNMP answer from ${where}`) };
  return {
    kind: 'cannot',
    reason: text(
      `${where} 拒绝 SNMP 请求：${error.message}`,
      `${where} refuses the SNMP request: ${error.message}`,
    ),
  };
}

function judge(options: SnmpProbeOptions, varbind: Varbind | undefined): RoundAnswer {
  const { oid, scale, unit, warn, fault, equals } = options;
  const value = varbind === undefined || snmp.isVarbindError(varbind) ? undefined : plain(varbind);
  if (value === undefined)
    return { kind: 'cannot', reason: text(`没有对象 ${oid}`, `there is no object ${oid}`) };
  const number = typeof value === 'number' ? value : Number.NaN;
  const scaled = Number.isFinite(number) ? number * scale : undefined;
  const written = scaled === undefined ? String(value) : `${rounded(scaled)}${unit === '' ? '' : ` ${unit}`}`;
  if (equals !== undefined && String(value) !== equals)
    return {
      kind: 'miss',
      reason: text(`读数 ${written}，应为 ${equals}`, `reads ${written}, not ${equals}`),
    };
  if ((warn ?? fault) !== undefined && scaled === undefined)
    return { kind: 'cannot', reason: text(`读数不是数字：${written}`, `reads no number: ${written}`) };
  if (fault !== undefined && isBeyond(fault, scaled))
    return {
      kind: 'miss',
      reason: text(
        `读数 ${written}（故障门限 ${fault.when} ${fault.value}）`,
        `reads ${written} (down ${fault.when} ${fault.value})`,
      ),
    };
  const isWarned = warn !== undefined && isBeyond(warn, scaled);
  const limit = isWarned ? `（${warn.when} ${warn.value}）` : '';
  return {
    kind: 'alive',
    reason: text(
      `读数 ${written}${limit}`,
      `reads ${written}${isWarned ? ` (${warn.when} ${warn.value})` : ''}`,
    ),
    values: {
      reading: scaled ?? String(value),
      ...(warn === undefined ? {} : { beyondWarn: isWarned }),
    },
  };
}

const isBeyond = ({ when, value: limit }: Threshold, value: number | undefined): boolean =>
  value !== undefined && (when === '>' ? value > limit : value < limit);

const rounded = (value: number): number =>
  Math.abs(value) >= 10 ** digitsTold ? Math.round(value) : Number(value.toPrecision(digitsTold));

/** Counters of 64 bits come as bytes, high first; so do texts. */
function plain({ type, value }: Varbind): number | string | undefined {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (!Buffer.isBuffer(value)) return undefined;
  if (type === snmp.ObjectType.Counter64) return Number(BigInt(`0x0${value.toString('hex')}`));
  const words = value.subarray(0, textBytesMax).toString('utf8').trim();
  return words !== '' && Number.isFinite(Number(words)) ? Number(words) : words;
}
