/** The hosts of a room file: which way each is asked to shut down, and what would not work in a power cut. */
import type { Host, HostWay, NutServerSettings } from '../model/host.ts';
import type { Room } from '../model/room.ts';
import { text } from '../model/text.ts';
import type { Text } from '../model/text.ts';
import { limits } from './limits.ts';
import { didYouMean } from './nearest.ts';
import type { Path } from './problem.ts';
import { durationOr, nameText } from './reading.ts';
import type { Reading } from './reading.ts';
import type { Draft } from './schema.ts';
import { isHost, isThisMachine, parseHostPort } from './short-forms.ts';

type Written = NonNullable<Draft['hosts']>[string];
type Form<K extends string> = Extract<Written, Record<K, unknown>>;

const sshPort = 22;

export function readHosts(reading: Reading): readonly Host[] {
  const hosts = Object.entries(reading.draft.hosts ?? {}).flatMap(([id, written]): Host[] => {
    const way = readWay(id, written, reading);
    tellSubject(id, written, reading);
    return way === undefined
      ? []
      : [
          {
            id,
            name: nameText(written.name, id),
            group: written.group,
            ...(written.subject === undefined ? {} : { subject: written.subject }),
            way,
            withinMs: durationOr(written.within, 'hosts.within'),
            settleMs: durationOr(written.settle, 'hosts.settle'),
          },
        ];
  });
  tellGroups(hosts, reading);
  return hosts;
}

type Place = (...words: string[]) => Path;

function readWay(id: string, written: Written, reading: Reading): HostWay | undefined {
  const path: Place = (...words) => ['hosts', id, ...words];
  if ('ssh' in written) return readSsh(written, path, reading);
  if ('http' in written) return readHttp(written, path, reading);
  return readNut(id, written, path, reading);
}

function wrong({ report }: Reading, path: Path, message: Text, hint?: Text): HostWay | undefined {
  report({ severity: 'error', path, message, ...(hint === undefined ? {} : { hint }) });
  return undefined;
}

function readSsh(written: Form<'ssh'>, path: Place, reading: Reading): HostWay | undefined {
  const [user = '', where = ''] = written.ssh.split('@');
  const peer = parseHostPort(where, sshPort);
  if (peer === undefined)
    return wrong(
      reading,
      path('ssh'),
      text(`${where} 的地址或端口（1–65535）不对`, `${where}: the address or the port (1 to 65535) is wrong`),
    );
  const { command, 'test-command': testCommand } = written;
  if (testCommand !== undefined && testCommand.join(' ') === command.join(' '))
    return wrong(
      reading,
      path('test-command'),
      text(
        'test-command 与 command 相同：测试会真的关机',
        'the test-command is the command: a test would shut it down',
      ),
    );
  return {
    kind: 'ssh',
    user,
    ...peer,
    keyFile: written['key-file'],
    knownHostsFile: written['known-hosts'],
    command,
    ...(testCommand === undefined ? {} : { testCommand }),
  };
}

function readHttp(written: Form<'http'>, path: Place, reading: Reading): HostWay | undefined {
  const {
    http: url,
    method = 'POST',
    header,
    confirm,
    'test-url': testUrl,
    body,
    status,
    contains,
  } = written;
  const { 'secret-file': secretFile, 'ca-file': caFile } = written;
  const urls: readonly (readonly [Path, string | undefined])[] = [
    [path('http'), url],
    [path('confirm', 'url'), confirm?.url],
    [path('test-url'), testUrl],
  ];
  for (const [where, one] of urls)
    if (one !== undefined && !(URL.canParse(one) && isHost(new URL(one).hostname)))
      return wrong(
        reading,
        where,
        text(`${one} 的地址或端口（1–65535）不对`, `${one}: the address or the port (1 to 65535) is wrong`),
      );
  if (header !== undefined && secretFile === undefined)
    return wrong(reading, path('header'), text('header 须有 secret-file', 'a header needs a secret-file'));
  if (body !== undefined && method === 'GET')
    return wrong(reading, path('body'), text('GET 没有请求内容', 'GET carries no body'));
  if (secretFile !== undefined)
    for (const [where, one] of urls)
      if (one?.startsWith('http:') === true && !isThisMachine(new URL(one).hostname))
        reading.report({
          severity: 'warning',
          path: where,
          message: text(
            '未加密：网络上的人能看到口令',
            'not encrypted: the secret can be read on the network',
          ),
          hint: text('用 https。', 'Use https.'),
        });
  if (confirm !== undefined && confirm.contains === undefined && confirm.status === undefined)
    return wrong(
      reading,
      path('confirm'),
      text('confirm 须有 contains 或 status', 'confirm needs contains or status: what says that it is off'),
    );
  if (confirm === undefined && written.subject === undefined)
    reading.report({
      severity: 'note',
      path: path('http'),
      message: text(
        `已关机 = ${new URL(url).host} 不再应答；若这是管理板或虚拟化平台，请写 confirm`,
        `off means that ${new URL(url).host} answers no more; for a management board or a hypervisor write confirm`,
      ),
    });
  return {
    kind: 'http',
    url,
    method,
    ...(secretFile === undefined ? {} : { secret: { header: header ?? 'Authorization', file: secretFile } }),
    ...(body === undefined ? {} : { body }),
    expect: { ...(status === undefined ? {} : { status }), ...(contains === undefined ? {} : { contains }) },
    ...(caFile === undefined ? {} : { caFile }),
    ...(confirm === undefined
      ? {}
      : {
          confirm: {
            url: confirm.url,
            ...(confirm.status === undefined ? {} : { status: confirm.status }),
            ...(confirm.contains === undefined ? {} : { contains: confirm.contains }),
          },
        }),
    ...(testUrl === undefined ? {} : { testUrl }),
  };
}

function readNut(id: string, written: Form<'nut'>, path: Place, reading: Reading): HostWay | undefined {
  const { nut: ups, username: user = ups, 'password-file': passwordFile } = written;
  const twin = Object.entries(reading.draft.hosts ?? {}).find(
    ([other, host]) => other !== id && 'nut' in host && host.nut === ups,
  )?.[0];
  if (twin !== undefined)
    return wrong(
      reading,
      path('nut'),
      text(
        `${twin} 也用 ${ups}：各主机须有自己的 UPS 名称`,
        `${twin} has ${ups} too: each host needs a UPS of its own`,
      ),
    );
  return { kind: 'nut', ups, user, passwordFile };
}

function tellSubject(id: string, { subject }: Written, { report, names }: Reading): void {
  const known = names('subjects');
  if (subject === undefined || known.includes(subject)) return;
  const hint = didYouMean(subject, known);
  report({
    severity: 'error',
    path: ['hosts', id, 'subject'],
    message: text(`没有名为 ${subject} 的监视对象`, `there is no subject named ${subject}`),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** A host whose group no stage shuts is never asked. */
function tellGroups(hosts: readonly Host[], { draft, report }: Reading): void {
  const shut = new Set(
    (draft['power-cut'] ?? []).flatMap(({ do: actions }) =>
      actions.flatMap((action) => (typeof action === 'object' && 'shut' in action ? [action.shut] : [])),
    ),
  );
  for (const { id, group } of hosts)
    if (!shut.has(group))
      report({
        severity: 'warning',
        path: ['hosts', id, 'group'],
        message: text(
          `停电预案没有 shut: ${group}，不会关闭它`,
          `no stage of power-cut has shut: ${group}: it is never shut down`,
        ),
      });
}

/** Absent where no host asks it and nobody wrote it. */
export function readNutServer({ draft, report }: Reading, hosts: readonly Host[]): Pick<Room, 'nutServer'> {
  const written = draft['nut-server'];
  const isAsked = hosts.some(({ way }) => way.kind === 'nut');
  if (written === undefined && !isAsked) return {};
  if (!isAsked)
    report({
      severity: 'warning',
      path: ['nut-server'],
      at: 'key',
      message: text('没有 nut 主机，此段无作用', 'no host has nut: this section has no effect'),
    });
  const {
    host = '127.0.0.1',
    port = limits['nut-server.port'].default,
    'certificate-file': certificateFile,
    'key-file': keyFile,
  } = written ?? {};
  if ((certificateFile === undefined) !== (keyFile === undefined))
    report({
      severity: 'error',
      path: ['nut-server', certificateFile === undefined ? 'key-file' : 'certificate-file'],
      at: 'key',
      message: text('certificate-file 与 key-file 须同时写', 'certificate-file and key-file go together'),
    });
  if (isAsked && isThisMachine(host))
    report({
      severity: 'warning',
      path: written === undefined ? ['hosts'] : ['nut-server'],
      at: 'key',
      message: text(
        `NUT 服务只听 ${host}：别的主机连不上`,
        `the NUT server listens on ${host} only: no other machine reaches it`,
      ),
      hint: text('写 nut-server: { host: 本机地址 }。', 'Write nut-server: { host: our own address }.'),
    });
  const tls =
    certificateFile !== undefined && keyFile !== undefined ? { certificateFile, keyFile } : undefined;
  if (isAsked && !isThisMachine(host) && tls === undefined)
    report({
      severity: 'note',
      path: ['nut-server'],
      at: 'key',
      message: text(
        '未加密：只放在管理网内，或写 certificate-file 和 key-file',
        'not encrypted: keep it to a management network, or give certificate-file and key-file',
      ),
    });
  const nutServer: NutServerSettings = { host, port, ...(tls === undefined ? {} : { tls }) };
  return { nutServer };
}

export function readManualForms({ draft }: Reading): Pick<Room, 'manualForms'> {
  const { printer, count = limits['manual-forms.count'].default } = draft['manual-forms'] ?? {};
  return { manualForms: { count, ...(printer === undefined ? {} : { printer }) } };
}
