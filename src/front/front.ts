/**
 * The front of one room: MQTT to the centre, HTTP and page for people on site, a local socket for commands. It shows what the guard tells and hands
 * on what people order; it decides nothing, and nothing of it can hold up the guard.
 *
 * Messages: `ToFront` in, `FromFront` out. Questions to the archive go over a port of their own (`ArchiveQuestion`,
 * `ArchiveAnswer`); after a restart of the archive an `archive-port` message brings the new one.
 *
 * Expected of the guard: a `view` at least every two seconds, also when nothing changed (its age is shown); a `notice`
 * again with the same id until a `kept` names it.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ArchivePort, FromFront, FrontStart, ToFront } from '../model/messages.ts';
import { archiveDesk } from './archive-desk.ts';
import { commandDesk } from './command-desk.ts';
import { FormDesk } from './forms/form-desk.ts';
import { httpApp, listen, localApp } from './http/server.ts';
import { openDoor } from './local/door.ts';
import { startCentre } from './mqtt/centre.ts';
import { tellBacklog } from './outbox/backlog.ts';
import { openOutbox, outboxLimits } from './outbox/outbox.ts';
import { conditionReporter } from './report.ts';
import { roomFeed } from './room-feed.ts';
import { eventBody } from './wall-notice.ts';

export interface FrontOptions extends FrontStart {
  readonly archive?: ArchivePort;
  /** The built page; beside the compiled program when absent. */
  readonly panelFolder?: string;
}
/** Where `FromFront` goes: the worker's parent port, or a test. */
export interface GuardPort {
  postMessage(message: FromFront): void;
}
export interface Front {
  receive(message: ToFront): void;
  /** Says `offline`, commits what waits, closes every socket, then tells `closed`. */
  close(): Promise<void>;
}

const beatMs = 1000;
const backlogEveryMs = 30_000;
const builtPanel = fileURLToPath(new URL('../../panel', import.meta.url));

export async function startFront(options: FrontOptions, guard: GuardPort): Promise<Front> {
  const { room, version, timezone, language } = options;
  const send = (message: FromFront): void => {
    guard.postMessage(message);
  };
  const now = (): number => Date.now();
  const mono = (): number => performance.now();
  const report = conditionReporter(send);
  const beat = setInterval(() => {
    send({ kind: 'beat', memoryMB: Math.round(process.memoryUsage().heapUsed / 1_048_576) });
  }, beatMs);

  const takesCommands = options.demoCode !== undefined;
  const feed = roomFeed({ version, timezone, language, takesCommands }, mono);
  const desk = commandDesk((id, by, command) => {
    send({ kind: 'command', id, by, command });
  });
  const forms = new FormDesk({
    folder: options.dataFolder,
    room,
    timezone,
    settings: options.manualForms,
    now,
  });
  const archive = archiveDesk(options.archive);
  const outbox =
    options.mqtt === undefined
      ? undefined
      : openOutbox({
          folder: options.dataFolder,
          limits: outboxLimits,
          now,
          report,
          kept: (ids) => {
            send({ kind: 'kept', ids });
            centre?.wake();
          },
        });
  const backlog = setInterval(() => {
    if (outbox !== undefined) tellBacklog(report, outbox.oldestPendingAt(), now());
  }, backlogEveryMs);
  const centre =
    options.mqtt === undefined || outbox === undefined
      ? undefined
      : startCentre({ start: options, mqtt: options.mqtt, outbox, desk, report, now, heard: send });
  const panelFolder = options.panelFolder ?? path.resolve(builtPanel);
  const app = await httpApp({ start: options, feed, archive, desk, forms, panelFolder, now, mono });
  const listening = await listen(app, options.http, report);
  const local = await localApp({ start: options, feed, archive, desk, now, mono });
  const door =
    options.localSocket === undefined ? undefined : await openDoor(local, options.localSocket, report);
  send({ kind: 'ready', httpUrl: listening.url, portMoved: listening.portMoved });

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    listening.stopWaiting();
    desk.close();
    archive.close();
    await door?.close();
    await Promise.all([centre?.close(), app.close(), local.close()]);
    clearInterval(backlog);
    outbox?.close();
    clearInterval(beat);
    send({ kind: 'closed' });
  }
  const front: Front = {
    receive(message) {
      switch (message.kind) {
        case 'view':
          feed.accept(message.view);
          centre?.view(message.view);
          return;
        case 'notice': {
          const { id, at, notice } = message;
          const body = eventBody(room, id, at, notice);
          feed.notice(body);
          desk.heard(notice);
          if (outbox === undefined) send({ kind: 'kept', ids: [id] });
          else outbox.offer({ id, kind: notice.kind, body: JSON.stringify(body) });
          return;
        }
        case 'archive-port':
          archive.use(message.port);
          return;
        case 'manual-forms':
          void forms.give(message.order).then((given) => {
            send({ kind: 'manual-forms', order: message.order, ...given });
          });
          return;
        case 'close':
          void front.close();
          return;
      }
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
  return front;
}
