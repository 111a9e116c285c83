/**
 * Evidence of a UPS as the room file writes it: Modbus with a map, NUT, Megatec Q1, the UPS-MIB by SNMP. Each is a proof, and each
 * brings the same reading.
 */
import type { SnmpAccessFiles, Source } from '../model/room.ts';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { upsTestKinds } from '../model/ups.ts';
import { domainOf } from './domains.ts';
import { didYouMean } from './nearest.ts';
import type { Path } from './problem.ts';
import { durationOr } from './reading.ts';
import type { Reading } from './reading.ts';
import type { Draft } from './schema.ts';
import { isThisMachine, parseHostPort } from './short-forms.ts';
import type { Parts } from './subjects.ts';

type WrittenSubject = NonNullable<Draft['subjects']>[string];
type Written = Extract<
  WrittenSubject['evidence'][number],
  { ups: string } | { nut: string } | { megatec: string } | { 'ups-snmp': string }
>;

interface Asked<W> {
  readonly id: string;
  readonly kind: WrittenSubject['kind'];
  readonly written: W;
  readonly path: (...words: string[]) => Path;
  readonly reading: Reading;
  readonly parts: Parts;
}

/** Longest wait for an answer; a slow UPS takes 2 s for one block, and has several. */
const waitMs = 5_000;
const missLimit = 3;
const nutPort = 3493;
const snmpPort = 161;
const megatecBaud = 2400;

const both = (words: string): Text => text(words, words);

/** One machine's own upsd shares no fate with our LAN. */
const domainOfHost = (host: string) =>
  isThisMachine(host) ? (`path:${host}` as const) : ('our-lan' as const);

export function readUpsEvidence(asked: Asked<Written>): Source | undefined {
  const { kind, written, path, reading } = asked;
  if (kind !== 'ups')
    reading.report({
      severity: 'warning',
      path: path(Object.keys(written)[0] ?? ''),
      message: text(
        `UPS 的告警只出自 kind: ups 的监视对象，不是 ${kind}`,
        `alarms of a UPS come only from a subject with kind: ups, not ${kind}`,
      ),
    });
  if ('ups' in written) return readUps({ ...asked, written });
  if ('nut' in written) return readNut({ ...asked, written });
  if ('megatec' in written) return readMegatec({ ...asked, written });
  return readUpsSnmp({ ...asked, written });
}

function readUps({
  id,
  written,
  path,
  reading: { report, upsModels, testsOfModel },
  parts: { buses, terminals },
}: Asked<Extract<Written, { ups: string }>>): Source | undefined {
  const [bus = '', unitWords] = written.ups.split('/');
  let isFine = terminals.bus(bus, 'modbus', path('ups'));
  const unit = unitWords === undefined ? 1 : Number(unitWords);
  if (unit < 1 || unit > 247) {
    isFine = false;
    report({
      severity: 'error',
      path: path('ups'),
      message: text(`单元号须为 1–247，不是 ${unit}`, `a unit is 1 to 247, not ${unit}`),
    });
  }
  if (upsModels !== undefined && !upsModels.includes(written.model)) {
    isFine = false;
    const hint = didYouMean(written.model, upsModels);
    report({
      severity: 'error',
      path: path('model'),
      message: text(
        `config/ups/ 中没有型号 ${written.model}`,
        `there is no model ${written.model} in config/ups/`,
      ),
      ...(hint === undefined ? {} : { hint }),
    });
  }
  if (!isFine) return undefined;
  const everyMs = durationOr(written.every, 'ups.every');
  const domain = domainOf(buses.get(bus));
  const tests = testsOfModel?.(written.model) ?? [];
  return {
    id,
    kind: 'ups',
    ...(tests.length === 0 ? {} : { tests }),
    domain,
    weight: 'proof',
    bus,
    unit,
    model: written.model,
    label: both(`UPS ${bus}/${unit}`),
    everyMs,
    waitMs,
    missLimit,
  };
}

function readNut({
  id,
  written,
  path,
  reading: { report },
}: Asked<Extract<Written, { nut: string }>>): Source | undefined {
  const { username, tls = false, 'password-file': passwordFile, 'ca-file': caFile } = written;
  const [ups = '', where = ''] = written.nut.split('@');
  const peer = parseHostPort(where, nutPort);
  if (peer === undefined) {
    report({
      severity: 'error',
      path: path('nut'),
      message: text(
        `${where} 的地址或端口（1–65535）不对`,
        `${where}: the address or the port (1 to 65535) is wrong`,
      ),
    });
    return undefined;
  }
  if ((username === undefined) !== (passwordFile === undefined)) {
    report({
      severity: 'error',
      path: path(username === undefined ? 'password-file' : 'username'),
      at: 'key',
      message: text('username 与 password-file 须同时写', 'username and password-file go together'),
    });
    return undefined;
  }
  if (caFile !== undefined && !tls)
    report({
      severity: 'warning',
      path: path('ca-file'),
      at: 'key',
      message: text('没有 tls: true，证书不起作用', 'without tls: true a certificate is not looked at'),
    });
  if (username !== undefined && !tls && !isThisMachine(peer.host))
    report({
      severity: 'warning',
      path: path('nut'),
      message: text(
        '未加密：网络上的人能看到口令，也能冒充 UPS',
        'not encrypted: the password can be read on the network, and somebody can speak for the UPS',
      ),
      hint: text('写 tls: true。', 'Write tls: true.'),
    });
  return {
    id,
    kind: 'nut',
    domain: domainOfHost(peer.host),
    weight: 'proof',
    ups,
    ...peer,
    ...(username === undefined ? {} : { username, tests: upsTestKinds }),
    ...(passwordFile === undefined ? {} : { passwordFile }),
    tls,
    ...(caFile === undefined ? {} : { caFile }),
    label: both(`NUT ${ups}@${peer.host}`),
    everyMs: durationOr(written.every, 'ups.every'),
    waitMs,
    missLimit,
  };
}

function readMegatec({
  id,
  written,
  path,
  reading: { draft, report },
  parts: { buses, terminals },
}: Asked<Extract<Written, { megatec: string }>>): Source | undefined {
  const { megatec: bus } = written;
  if (!terminals.bus(bus, 'serial', path('megatec'))) return undefined;
  const users = Object.values(draft.subjects ?? {})
    .flatMap(({ evidence }) => evidence)
    .filter(
      (one) =>
        ('megatec' in one && one.megatec === bus) || ('call-records' in one && one['call-records'] === bus),
    );
  if (users.length > 1) {
    report({
      severity: 'error',
      path: path('megatec'),
      message: text(
        `总线 ${bus} 上只能有一台设备，现有 ${users.length} 条判据`,
        `bus ${bus} carries one device, and ${users.length} sources use it`,
      ),
    });
    return undefined;
  }
  const known = buses.get(bus);
  const link = known?.kind === 'serial' ? known.link : undefined;
  if (link?.kind === 'serial' && link.baud !== megatecBaud)
    report({
      severity: 'warning',
      path: path('megatec'),
      message: text(
        `总线 ${bus} 为 ${link.baud} 波特；Megatec 一般为 ${megatecBaud}`,
        `bus ${bus} runs at ${link.baud} baud; Megatec is ${megatecBaud} as a rule`,
      ),
      hint: text(`在总线 ${bus} 写 baud: ${megatecBaud}。`, `Write baud: ${megatecBaud} for bus ${bus}.`),
    });
  return {
    id,
    kind: 'megatec',
    tests: ['quick'],
    domain: domainOf(known),
    weight: 'proof',
    bus,
    label: both(`UPS ${bus}`),
    everyMs: durationOr(written.every, 'ups.every'),
    waitMs,
    missLimit,
  };
}

function readUpsSnmp({
  id,
  written,
  path,
  reading: { report },
}: Asked<Extract<Written, { 'ups-snmp': string }>>): Source | undefined {
  const wrong = (key: string, message: Text): Source | undefined => {
    report({ severity: 'error', path: path(key), message });
    return undefined;
  };
  const peer = parseHostPort(written['ups-snmp'], snmpPort);
  if (peer === undefined)
    return wrong(
      'ups-snmp',
      text(
        `${written['ups-snmp']} 的地址或端口（1–65535）不对`,
        `${written['ups-snmp']}: the address or the port (1 to 65535) is wrong`,
      ),
    );
  const { version = 'v2c', user, auth = 'sha', 'community-file': communityFile } = written;
  const { 'auth-file': authFile, 'privacy-file': privacyFile } = written;
  const { 'write-community-file': writeCommunityFile, write } = written;
  let access: SnmpAccessFiles;
  if (version === 'v3') {
    if (user === undefined) return wrong('version', text('v3 须写 user', 'v3 needs a user'));
    if (communityFile !== undefined)
      return wrong('community-file', text('v3 没有团体名', 'v3 has no community'));
    if (writeCommunityFile !== undefined)
      return wrong(
        'write-community-file',
        text('v3 没有团体名：写 write: true', 'v3 has no community: give write: true'),
      );
    if (privacyFile !== undefined && authFile === undefined)
      return wrong(
        'privacy-file',
        text('加密须先认证：写 auth-file', 'privacy needs authentication: give an auth-file'),
      );
    access = {
      version,
      user,
      auth,
      ...(authFile === undefined ? {} : { authFile }),
      ...(privacyFile === undefined ? {} : { privacyFile }),
      ...(write === true ? { mayWrite: true } : {}),
    };
  } else {
    const foreign = (['user', 'auth', 'auth-file', 'privacy-file', 'write'] as const).find(
      (key) => written[key] !== undefined,
    );
    if (foreign !== undefined)
      return wrong(foreign, text(`${foreign} 只用于 version: v3`, `${foreign} is for version: v3 only`));
    access = {
      version,
      ...(communityFile === undefined ? {} : { communityFile }),
      ...(writeCommunityFile === undefined ? {} : { writeCommunityFile }),
    };
  }
  const mayWrite = writeCommunityFile !== undefined || write === true;
  return {
    id,
    kind: 'ups-snmp',
    ...(mayWrite ? { tests: upsTestKinds } : {}),
    domain: domainOfHost(peer.host),
    weight: 'proof',
    ...peer,
    access,
    label: both(`UPS ${peer.host}`),
    everyMs: durationOr(written.every, 'ups.every'),
    waitMs,
    missLimit,
  };
}
