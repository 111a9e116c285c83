/** Evidence that is asked over the network or a serial wire: from the room file to the source that a probe is made of. */
import type { Bus, HeartbeatSettings, PolledSource, SnmpAccess } from '../model/room.ts';
import type { Domain } from '../model/watch.ts';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { limits } from './limits.ts';
import type { LimitName } from './limits.ts';
import { mibNames, snmpObject } from './mib-names.ts';
import { didYouMean } from './nearest.ts';
import type { Path } from './problem.ts';
import { durationOr } from './reading.ts';
import type { Reading } from './reading.ts';
import type { Draft } from './schema.ts';
import { isHost, parseHostPort, parseThreshold } from './short-forms.ts';
import type { Terminals } from './terminals.ts';

type Written = NonNullable<Draft['subjects']>[string]['evidence'][number];
type Form<K extends string> = Extract<Written, Record<K, unknown>>;
export type NetworkForm =
  Form<'tls'> | Form<'http'> | Form<'dns'> | Form<'snmp'> | Form<'heartbeat'> | Form<'serial'>;

const dayMs = 86_400_000;
const misses = 3;
const lanHint = { domain: 'our-lan', weight: 'hint', missLimit: misses } as const;
const both = (words: string): Text => text(words, words);
/** Values of a certificate (drivers/tls/certificate.ts) and the alarms that they raise. */
const certificateRaises = [
  { value: 'certificateExpiring', alarm: 'certificate.expiring' },
  { value: 'certificateExpired', alarm: 'certificate.expired' },
] as const;

interface Place {
  readonly id: string;
  readonly path: (...words: string[]) => Path;
  readonly reading: Reading;
  readonly buses: ReadonlyMap<string, Bus>;
  readonly terminals: Terminals;
}

/** `undefined` where something is wrong, which has been reported. */
export function readNetworkEvidence(written: NetworkForm, place: Place): PolledSource | undefined {
  if ('tls' in written) return readTls(written, place);
  if ('http' in written) return readHttp(written, place);
  if ('dns' in written) return readDns(written, place);
  if ('snmp' in written) return readSnmp(written, place);
  if ('heartbeat' in written) return readHeartbeat(written, place);
  return readSerial(written, place);
}

function tell({ reading, path }: Place, key: string, message: Text, hint?: Text): void {
  reading.report({
    severity: 'error',
    path: path(key),
    message,
    ...(hint === undefined ? {} : { hint }),
  });
}
const tellHost = (place: Place, key: string, words: string): void => {
  tell(
    place,
    key,
    text(`${words} 的地址或端口（1–65535）不对`, `${words}: the address or the port (1 to 65535) is wrong`),
  );
};

interface Rhythm {
  readonly everyMs: number;
  readonly waitMs: number;
}

/** A wait that is longer than the period would make rounds overlap. */
function readRhythm(
  written: { readonly every?: string; readonly timeout?: string },
  name: 'tls' | 'http' | 'dns' | 'snmp' | 'serial',
  place: Place,
): Rhythm | undefined {
  const everyMs = durationOr(written.every, `${name}.every` satisfies LimitName);
  const waitMs = durationOr(written.timeout, `${name}.timeout` satisfies LimitName);
  if (waitMs <= everyMs) return { everyMs, waitMs };
  tell(
    place,
    written.timeout === undefined ? 'every' : 'timeout',
    text('timeout 不得长于 every', 'timeout must not be longer than every'),
  );
  return undefined;
}

const warnMs = (words: string | undefined): number =>
  (words === undefined ? limits['certificate.warn'].default : Number(words.slice(0, -1))) * dayMs;

function readTls(written: Form<'tls'>, place: Place): PolledSource | undefined {
  const peer = parseHostPort(written.tls);
  if (peer === undefined) {
    tellHost(place, 'tls', written.tls);
    return undefined;
  }
  const rhythm = readRhythm(written, 'tls', place);
  return (
    rhythm && {
      id: place.id,
      kind: 'tls',
      ...lanHint,
      ...peer,
      ...(written.name === undefined ? {} : { serverName: written.name }),
      expiryWarnMs: warnMs(written.warn),
      raises: certificateRaises,
      label: both(`TLS ${peer.host}:${peer.port}`),
      ...rhythm,
    }
  );
}

function readHttp(written: Form<'http'>, place: Place): PolledSource | undefined {
  const rhythm = readRhythm(written, 'http', place);
  if (!URL.canParse(written.http) || !isHost(new URL(written.http).hostname)) {
    tellHost(place, 'http', written.http);
    return undefined;
  }
  const { protocol, hostname } = new URL(written.http);
  return (
    rhythm && {
      id: place.id,
      kind: 'http',
      ...lanHint,
      url: written.http,
      host: hostname.replaceAll(/[[\]]/g, ''),
      ...(written.status === undefined ? {} : { status: written.status }),
      ...(written.contains === undefined ? {} : { contains: written.contains }),
      expiryWarnMs: warnMs(written.warn),
      ...(protocol === 'https:' ? { raises: certificateRaises } : {}),
      label: both(written.http),
      ...rhythm,
    }
  );
}

function readDns(written: Form<'dns'>, place: Place): PolledSource | undefined {
  const server = written.server === undefined ? undefined : parseServer(written.server);
  if (written.server !== undefined && server === undefined) {
    tell(
      place,
      'server',
      text(
        `DNS 服务器须写地址，如 10.0.0.53，不是 ${written.server}`,
        `a DNS server is given by its address, such as 10.0.0.53, not ${written.server}`,
      ),
    );
    return undefined;
  }
  const rhythm = readRhythm(written, 'dns', place);
  return (
    rhythm && {
      id: place.id,
      kind: 'dns',
      ...lanHint,
      name: written.dns,
      record: written.record ?? 'A',
      ...(server === undefined ? {} : { server: server.words, host: server.host }),
      ...(written.answer === undefined ? {} : { answer: written.answer }),
      label: both(`DNS ${written.dns}`),
      ...rhythm,
    }
  );
}

/** `10.0.0.53`, `10.0.0.53:5353`, `fd00::53`, `[fd00::53]:5353`: as Resolver.setServers takes it. */
function parseServer(words: string): { readonly words: string; readonly host: string } | undefined {
  const isBareV6 = words.includes(':') && !words.startsWith('[') && words.split(':').length > 2;
  const peer = isBareV6 ? { host: words, port: 53 } : parseHostPort(words, 53);
  if (peer === undefined || !/^[\d.]+$|:/.test(peer.host)) return undefined;
  return {
    words: peer.host.includes(':') ? `[${peer.host}]:${peer.port}` : `${peer.host}:${peer.port}`,
    host: peer.host,
  };
}

function readSnmp(written: Form<'snmp'>, place: Place): PolledSource | undefined {
  if (!isHost(written.snmp)) {
    tellHost(place, 'snmp', written.snmp);
    return undefined;
  }
  const object = snmpObject(written.oid);
  if (object === undefined) {
    const hint = didYouMean(written.oid.replace(/\..*$/, ''), mibNames);
    tell(
      place,
      'oid',
      text(`不认识对象名 ${written.oid}，请写数字`, `${written.oid} is no name known here: write its number`),
      hint,
    );
    return undefined;
  }
  const equals = written.equals ?? object.equals;
  const access = readSnmpAccess(written, place);
  const rhythm = readRhythm(written, 'snmp', place);
  const warn = written.warn === undefined ? undefined : parseThreshold(written.warn);
  const fault = written.fault === undefined ? undefined : parseThreshold(written.fault);
  return (
    access &&
    rhythm && {
      id: place.id,
      kind: 'snmp',
      ...lanHint,
      host: written.snmp,
      port: written.port ?? 161,
      oid: object.oid,
      access,
      scale: written.scale ?? 1,
      unit: written.unit ?? '',
      ...(warn === undefined ? {} : { warn, raises: [{ value: 'beyondWarn', alarm: 'reading.warn' }] }),
      ...(fault === undefined ? {} : { fault }),
      ...(equals === undefined ? {} : { equals }),
      label: both(`SNMP ${written.snmp} ${written.oid}`),
      ...rhythm,
    }
  );
}

function readSnmpAccess(written: Form<'snmp'>, place: Place): SnmpAccess | undefined {
  const { version = 'v2c', user } = written;
  const communityFile = written['community-file'];
  const [authFile, privacyFile] = [written['auth-file'], written['privacy-file']];
  if (version !== 'v3') {
    const foreign = (['user', 'auth', 'auth-file', 'privacy', 'privacy-file'] as const).find(
      (key) => written[key] !== undefined,
    );
    if (foreign !== undefined) {
      tell(place, foreign, text(`${foreign} 只用于 version: v3`, `${foreign} goes with version: v3 only`));
      return undefined;
    }
    return { version, ...(communityFile === undefined ? {} : { communityFile }) };
  }
  if (communityFile !== undefined) {
    tell(place, 'community-file', text('v3 没有团体名', 'v3 has no community'));
    return undefined;
  }
  if (user === undefined) {
    tell(place, 'version', text('v3 需要 user', 'v3 needs a user'));
    return undefined;
  }
  if (privacyFile !== undefined && authFile === undefined) {
    tell(
      place,
      'privacy-file',
      text('加密需要认证：补 auth-file', 'encryption needs authentication: add auth-file'),
    );
    return undefined;
  }
  return {
    version,
    user,
    ...(authFile === undefined
      ? {}
      : { authentication: { protocol: written.auth ?? 'sha', file: authFile } }),
    ...(privacyFile === undefined
      ? {}
      : { privacy: { protocol: written.privacy ?? 'aes', file: privacyFile } }),
  };
}

function readHeartbeat(written: Form<'heartbeat'>, place: Place): PolledSource | undefined {
  const { heartbeat: name, from, topic } = written;
  const tokenFile = written['token-file'];
  if (topic !== undefined) {
    if (!isTopicFine(topic, from, place)) return undefined;
  } else if (place.reading.draft.heartbeats === undefined) {
    tell(
      place,
      'heartbeat',
      text('没有 heartbeats 一节，收不到心跳', 'there is no section heartbeats: none can arrive'),
      text('例如 heartbeats: { udp: 8126 }。', 'For example heartbeats: { udp: 8126 }.'),
    );
    return undefined;
  }
  if (topic === undefined && from === undefined && tokenFile === undefined) {
    tell(
      place,
      'heartbeat',
      text('谁都可以冒充它：补 from 或 token-file', 'anybody could send it: add from or token-file'),
    );
    return undefined;
  }
  if (from !== undefined && !(isHost(from) && /^[\d.]+$|:/.test(from))) {
    tell(
      place,
      'from',
      text(`from 须写地址，如 10.0.0.11，不是 ${from}`, `from is an address such as 10.0.0.11, not ${from}`),
    );
    return undefined;
  }
  return {
    id: place.id,
    kind: 'heartbeat',
    domain: 'our-lan',
    weight: 'hint',
    name,
    ...(topic === undefined ? {} : { topic }),
    ...(from === undefined ? {} : { from }),
    ...(tokenFile === undefined ? {} : { tokenFile }),
    label: text(`心跳 ${name}`, `heartbeat ${name}`),
    everyMs: durationOr(written.every, 'heartbeat.every'),
    waitMs: durationOr(written.grace, 'heartbeat.grace'),
    // The grace is its patience: the first silence beyond it counts.
    missLimit: 1,
  };
}

/** Who may send on a topic is the broker's to say; what we publish ourselves proves nobody's life. */
function isTopicFine(topic: string, from: string | undefined, place: Place): boolean {
  const { draft } = place.reading;
  const own = `linekeeper/${draft.room?.id ?? ''}/`;
  if (draft.report?.mqtt === undefined) {
    tell(
      place,
      'topic',
      text('没有 report.mqtt，收不到主题上的心跳', 'there is no report.mqtt: nothing arrives on a topic'),
      text('写 report: { mqtt: { broker: … } }。', 'Write report: { mqtt: { broker: … } }.'),
    );
    return false;
  }
  if (topic.startsWith(own)) {
    tell(place, 'topic', text(`${own} 是本机房自己的主题`, `${own} holds the topics of this room itself`));
    return false;
  }
  if (from === undefined) return true;
  tell(
    place,
    'from',
    text('经消息服务器看不到地址：改用 token-file', 'no address is seen through the broker: use token-file'),
  );
  return false;
}

function readSerial(written: Form<'serial'>, place: Place): PolledSource | undefined {
  const { buses, terminals, path } = place;
  if (!terminals.bus(written.serial, 'serial', path('serial'))) return undefined;
  const bus = buses.get(written.serial);
  if (bus?.kind !== 'serial') return undefined;
  const { link } = bus;
  if (link.kind === 'tcp-listen' || link.kind === 'file' || link.kind === 'telnet') {
    tell(
      place,
      'serial',
      text(`${bus.id} 只能收，不能询问`, `${bus.id} only brings records: nothing can be asked over it`),
    );
    return undefined;
  }
  const others = Object.values(place.reading.draft.subjects ?? {}).flatMap(({ evidence }) => evidence);
  if (others.some((other) => 'call-records' in other && other['call-records'] === bus.id)) {
    tell(place, 'serial', text(`${bus.id} 已用于话单`, `${bus.id} carries call records: one wire, one use`));
    return undefined;
  }
  const rhythm = readRhythm(written, 'serial', place);
  const domain: Domain = link.kind === 'serial' ? `serial:${bus.id}` : 'our-lan';
  if (rhythm === undefined) return undefined;
  return {
    id: place.id,
    kind: 'serial',
    domain,
    weight: 'hint',
    bus: bus.id,
    link,
    ...(written.send === undefined ? {} : { send: written.send }),
    expect: written.expect,
    label: text(`串口 ${bus.id}`, `serial wire ${bus.id}`),
    ...rhythm,
    missLimit: misses,
  };
}

export function readHeartbeats({ draft }: Reading): { readonly heartbeats?: HeartbeatSettings } {
  const { heartbeats } = draft;
  if (heartbeats === undefined) return {};
  const { host = '0.0.0.0', http, udp } = heartbeats;
  return {
    heartbeats: { host, ...(http === undefined ? {} : { http }), ...(udp === undefined ? {} : { udp }) },
  };
}
