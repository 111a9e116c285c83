/**
 * `linekeeper hosts`: the hosts that a power cut shuts down, with what each answers now. `linekeeper hosts test HOST` tries connection,
 * key and rights of one, and shuts nothing down. Both ask from here, by the room file; a host whose upsmon asks the running
 * program is found there.
 */
import { NutConnection, NutError } from '../drivers/nut/client.ts';
import { HostOrders } from '../drivers/host-orders.ts';
import type { Way } from '../drivers/host-orders.ts';
import { httpWay } from '../drivers/http/host-way.ts';
import { sshWay } from '../drivers/ssh/host-way.ts';
import type { Host, NutServerSettings, NutWay } from '../model/host.ts';
import type { Room } from '../model/room.ts';
import type { Language } from '../model/text.ts';
import { text } from '../model/text.ts';
import type { HostTest } from '../ports/host-shutdown.ts';
import { writtenWay } from '../room/explain.ts';
import { didYouMean } from '../room/nearest.ts';
import { readOptions, wrongCall } from './arguments.ts';
import { table } from './ask-room.ts';
import { roomOfFile } from './room-of-file.ts';

const usage = `usage: linekeeper hosts --room FILE [--json] [--language zh|en]
       linekeeper hosts test HOST --room FILE [--json] [--language zh|en]

Lists the hosts that a power cut shuts down, with what each answers now. "test" tries connection, key and rights of one host and shuts
nothing down: over SSH it runs the test-command (without one it only logs in), by HTTP it asks for test-url (without one for the
head of the page), by NUT it looks whether upsmon of the host is logged in. Run it as the user of the service.
A forced command of an SSH key that does not look at SSH_ORIGINAL_COMMAND would shut the host down for a test-command too.
Exit codes: 0 fine, 1 a host that does not answer or a test that failed, 2 wrong usage, no such host, or a room file with errors.
`;
const nutAnswerMs = 4000;

interface Asked {
  readonly file: string;
  /** Absent: list them all. */
  readonly host?: string;
  readonly json: boolean;
  readonly language?: Language;
}

export async function hosts(args: readonly string[]): Promise<number> {
  const asked = readArguments(args);
  if (typeof asked === 'number') return asked;
  const room = await roomOfFile('hosts', asked.file, asked.language);
  if (room === undefined) return 2;
  const language = asked.language ?? room.language;
  if (asked.host === undefined) return listAll(room, asked.json, language);
  const host = room.hosts.find(({ id }) => id === asked.host);
  if (host === undefined) {
    const hint = didYouMean(
      asked.host,
      room.hosts.map(({ id }) => id),
    );
    const unknown = text(`没有主机 ${asked.host}。`, `there is no host ${asked.host}.`);
    process.stderr.write(`linekeeper hosts: ${unknown[language]} ${hint?.[language] ?? ''}\n`);
    return 2;
  }
  const { works, reason } = await dryRun(host, room.nutServer);
  const verdict = works ? text('可以', 'works') : text('不行', 'does not work');
  process.stdout.write(
    asked.json
      ? `${JSON.stringify({ host: host.id, works, reason }, null, 2)}\n`
      : `${host.id}: ${verdict[language]}: ${reason[language]}\n`,
  );
  return works ? 0 : 1;
}

function wayOf({ way }: Host, server: NutServerSettings | undefined): Way {
  switch (way.kind) {
    case 'ssh':
      return sshWay(way);
    case 'http':
      return httpWay(way);
    case 'nut':
      return runningServer(way, server);
  }
}

async function dryRun(host: Host, server: NutServerSettings | undefined): Promise<HostTest> {
  const { id, withinMs, settleMs } = host;
  const orders = new HostOrders({ host: id, way: wayOf(host, server), withinMs, settleMs });
  const found = await orders.test();
  await orders.close();
  return found;
}

/** Our NUT server belongs to the running program: it is asked there, and never orders anything. */
function runningServer({ ups }: NutWay, server: NutServerSettings | undefined): Way {
  const { host = '127.0.0.1', port = 3493 } = server ?? {};
  const own = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const clients = async (): Promise<HostTest> => {
    try {
      const connection = await NutConnection.open({ host: own, port, tls: false, timeoutMs: nutAnswerMs });
      const found = await connection.clients(ups);
      connection.close();
      return found.length === 0
        ? { works: false, reason: text(`没有 upsmon 登录 ${ups}`, `no upsmon is logged into ${ups}`) }
        : {
            works: true,
            reason: text(
              `${found.join(', ')} 的 upsmon 已登录`,
              `upsmon of ${found.join(', ')} is logged in`,
            ),
          };
    } catch (error) {
      if (!(error instanceof NutError)) throw error;
      const where = `${own}:${port}`;
      return {
        works: false,
        reason: text(
          `${where} 的 linekeeper 未应答（${error.code}）：它在运行吗？`,
          `linekeeper does not answer at ${where} (${error.code}): does it run?`,
        ),
      };
    }
  };
  return {
    ask: async () => ({ kind: 'refused', reason: (await clients()).reason }),
    look: async () => {
      const { works, reason } = await clients();
      return { kind: works ? 'on' : 'unknown', reason };
    },
    test: clients,
  };
}

async function listAll({ hosts: all, nutServer }: Room, json: boolean, language: Language): Promise<number> {
  const { signal } = new AbortController();
  const rows = await Promise.all(
    all.map(async (host) => ({ host, seen: await wayOf(host, nutServer).look(signal) })),
  );
  if (json) {
    const items = rows.map(({ host, seen }) => ({ ...host, seen: seen.kind, reason: seen.reason }));
    process.stdout.write(`${JSON.stringify(items, null, 2)}\n`);
  } else if (rows.length === 0) {
    const none = text('机房文件没有 hosts。', 'the room file has no hosts.');
    process.stdout.write(`${none[language]}\n`);
  } else {
    const head = [text('主机', 'host'), text('组', 'group'), text('方式', 'way'), text('现在', 'now')];
    process.stdout.write(
      table([
        head.map((words) => words[language]),
        ...rows.map(({ host, seen }) => [host.id, host.group, writtenWay(host.way), seen.reason[language]]),
      ]),
    );
  }
  return rows.every(({ seen }) => seen.kind === 'on') ? 0 : 1;
}

function readArguments(args: readonly string[]): Asked | number {
  const call = { command: 'hosts', usage, own: ['room'] } as const;
  const read = readOptions(call, args);
  if (typeof read === 'number') return read;
  const { given, words, json, language } = read;
  const { room: file } = given;
  const [verb, host, ...more] = words;
  if (verb !== undefined && verb !== 'test') return wrongCall(call, `what is ${verb}?`);
  if (verb === 'test' && (host === undefined || more.length > 0)) return wrongCall(call, 'test which host?');
  if (file === undefined) return wrongCall(call, '--room FILE is missing');
  return {
    file,
    json,
    ...(host === undefined ? {} : { host }),
    ...(language === undefined ? {} : { language }),
  };
}
