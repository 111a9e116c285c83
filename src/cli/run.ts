/**
 * `linekeeper run --room FILE`: runs a room in the foreground until it is told to stop.
 *
 * SIGTERM and SIGINT stop: lines go to bypass as they go idle, at the latest after 60 s. SIGUSR2 restarts or upgrades: every
 * relay stays as it is, and systemd sends it for `systemctl restart`. A second signal ends at once.
 *
 * A room file with errors never means "does not start": the last good copy is used, and alarmed. Without one: exit 1.
 */
import { createRequire } from 'node:module';
import { copyFile, mkdir } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { nanoid } from 'nanoid';
import type { Room } from '../model/room.ts';
import type { Text } from '../model/text.ts';
import type { Loaded } from '../room/load.ts';
import type { CompiledRoomCheck } from '../room/accept.ts';
import { acceptRoom } from '../room/accept.ts';
import { compiledCheck } from '../shell/compiled-check.ts';
import { holdFolder } from '../drivers/machine/one-instance.ts';
import { notePage } from './page-file.ts';
import { openLog } from '../shell/log.ts';
import { startGuard } from '../threads/guard.ts';
import { systemClock } from '../drivers/clock/system.ts';
import { text } from '../model/text.ts';
import { pbxFormats } from '../drivers/smdr/catalogue.ts';
import { upsModels } from '../drivers/ups/catalogue.ts';
import { testsOfModel } from '../drivers/ups/read-map.ts';

const usage = `usage: linekeeper run --room FILE

Runs the room that FILE describes until SIGTERM or SIGINT (stop: lines go to bypass as they go idle) or SIGUSR2 (restart:
every relay stays as it is). LINEKEEPER_DATA, LINEKEEPER_HTTP_PORT and LINEKEEPER_MQTT_PORT override the file.
`;
/** An orderly stop waits this long for calls to end (docs/safety.md). */
const stopLimitMs = 60_000;
const readTokenLength = 32;

export interface RunOptions {
  readonly openReads: boolean;
  readonly demoCode?: string;
  readonly stopLimitMs: number;
  readonly found: readonly { readonly type: string; readonly qualifier: string; readonly detail: Text }[];
}

export async function run(args: readonly string[]): Promise<number> {
  let file: string | undefined;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { room: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) {
      process.stdout.write(usage);
      return 0;
    }
    file = values.room;
  } catch (error) {
    process.stderr.write(
      `linekeeper run: ${error instanceof Error ? error.message : String(error)}\n${usage}`,
    );
    return 2;
  }
  if (file === undefined) {
    process.stderr.write(`linekeeper run: --room FILE is missing\n${usage}`);
    return 2;
  }
  const opened = await openRoom(file);
  if (typeof opened === 'number') return opened;
  const folder = path.resolve(process.env['LINEKEEPER_DATA'] ?? opened.room.dataFolder);
  if (!(await holdFolder(folder))) {
    process.stderr.write(
      `linekeeper run: another linekeeper runs on ${folder} (LK-RUN-001); stop it first, or give this one a folder of its own: LINEKEEPER_DATA\n` +
        `linekeeper run：${folder} 已有 linekeeper 在运行（LK-RUN-001）；请先停止它，或用 LINEKEEPER_DATA 另给目录\n`,
    );
    return 2;
  }
  return runRoom(opened.room, { openReads: false, stopLimitMs, found: opened.found });
}

/** Runs until it is told to end; the exit code. */
export async function runRoom(fromFile: Room, options: RunOptions): Promise<number> {
  const overridden = withOverrides(fromFile, process.env);
  if (typeof overridden === 'string') {
    process.stderr.write(`linekeeper: ${overridden}\n`);
    return 2;
  }
  const { version } = createRequire(import.meta.url)('../../../package.json') as { version: string };
  const log = openLog(overridden.language, process.env);
  const readToken = nanoid(readTokenLength);
  const guard = await startGuard({
    room: overridden,
    clock: systemClock,
    log,
    version,
    openReads: options.openReads,
    readToken,
    ...(options.demoCode === undefined ? {} : { demoCode: options.demoCode }),
    httpPortIsFixed: process.env['LINEKEEPER_HTTP_PORT'] !== undefined,
    stopLimitMs: options.stopLimitMs,
    found: options.found,
    onPage: (url, portMoved) => {
      if (portMoved)
        log(
          'warning',
          text(
            `端口 ${overridden.http.port} 已被占用，改用下一个空闲端口`,
            `port ${overridden.http.port} is taken; moved to the next free one`,
          ),
        );
      log('notice', text(`页面：${url}`, `page: ${url}`));
      void notePage(
        process.env['RUNTIME_DIRECTORY'] ?? path.join(overridden.dataFolder, 'run'),
        url,
        readToken,
      );
      if (options.demoCode !== undefined)
        log(
          'notice',
          text(`操作码：${options.demoCode}`, `code for commands on the page: ${options.demoCode}`),
        );
    },
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => guard.end('stop'));
  process.on('SIGUSR2', () => guard.end('restart'));
  const code = await guard.ended;
  // Native handles of drivers may keep the loop alive for a moment longer than the room.
  setTimeout(() => process.exit(code), 200).unref();
  return code;
}

interface OpenedRoom {
  readonly room: Room;
  readonly found: RunOptions['found'];
}

async function openRoom(file: string): Promise<OpenedRoom | number> {
  const read = await readRoom(file);
  if (typeof read === 'object' && read.room !== undefined) {
    const { room } = read;
    const copy = path.join(process.env['LINEKEEPER_DATA'] ?? room.dataFolder, 'room.last-good.yaml');
    // Not awaited: the lines do not wait for a disk. A failure shows as the data folder's own alarm.
    void mkdir(path.dirname(copy), { recursive: true })
      .then(() => copyFile(file, copy))
      .catch(() => undefined);
    return { room, found: [] };
  }
  const lines =
    typeof read === 'string' ? [read] : (await import('./check.ts')).problemLines(read.problems, 'en');
  process.stderr.write(`${lines.join('\n')}\n`);
  const folder = process.env['LINEKEEPER_DATA'] ?? '/var/lib/linekeeper';
  const lastGood = await readRoom(path.join(folder, 'room.last-good.yaml'));
  if (typeof lastGood === 'string' || lastGood.room === undefined) {
    process.stderr.write(
      `linekeeper run: ${file} cannot be used and there is no last good copy in ${folder} (LK-ROOM-001)\n`,
    );
    return typeof read === 'string' ? 2 : 1;
  }
  process.stderr.write(`linekeeper run: goes on with the last good copy, ${folder}/room.last-good.yaml\n`);
  const detail = text(
    `${file} 有错误，正使用上一份正确的副本`,
    `${file} has errors; the last good copy is in use`,
  );
  return { room: lastGood.room, found: [{ type: 'room.file', qualifier: '', detail }] };
}

/** The room, or its problems, or why the file cannot be read. What tells the problems is loaded only when there are some. */
async function readRoom(file: string): Promise<Loaded | string> {
  try {
    const content = readFileSync(file, 'utf8');
    const options = { upsModels: upsModels(), testsOfModel, pbxFormats: pbxFormats() };
    const check = compiledCheck('room-file') as CompiledRoomCheck | undefined;
    const room = check === undefined ? undefined : acceptRoom(content, options, check);
    if (room !== undefined) return { room, problems: [] };
    return (await import('../room/load.ts')).loadRoom(content, file, options);
  } catch (error) {
    return `${file}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The room with what the environment overrides, or what is wrong there. */
function withOverrides(room: Room, env: NodeJS.ProcessEnv): Room | string {
  const httpPort = portOf(env, 'LINEKEEPER_HTTP_PORT');
  const mqttPort = portOf(env, 'LINEKEEPER_MQTT_PORT');
  if (typeof httpPort === 'string') return httpPort;
  if (typeof mqttPort === 'string') return mqttPort;
  const { mqtt } = room;
  return {
    ...room,
    dataFolder: path.resolve(env['LINEKEEPER_DATA'] ?? room.dataFolder),
    http: { ...room.http, port: httpPort ?? room.http.port },
    ...(mqtt === undefined || mqttPort === undefined
      ? {}
      : { mqtt: { ...mqtt, url: withPort(mqtt.url, mqttPort) } }),
  };
}

function portOf(env: NodeJS.ProcessEnv, name: string): number | undefined | string {
  const value = env[name];
  if (value === undefined) return undefined;
  const port = Number(value);
  return Number.isInteger(port) && port >= 0 && port <= 65_535
    ? port
    : `${name}=${value} is not a port; give a number from 0 to 65535`;
}

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.toString();
}
