/** The front's local socket with a guard that answers as it is told, for the tests of commands that order. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { archiveDesk } from '../../src/front/archive-desk.ts';
import { commandDesk } from '../../src/front/command-desk.ts';
import type { CommandDesk } from '../../src/front/command-desk.ts';
import { localApp } from '../../src/front/http/server.ts';
import { openDoor } from '../../src/front/local/door.ts';
import type { LocalDoor } from '../../src/front/local/door.ts';
import { roomFeed } from '../../src/front/room-feed.ts';
import type { Actor, Command } from '../../src/model/event.ts';
import type { RoomView } from '../../src/model/messages.ts';
import type { Text } from '../../src/model/text.ts';
import { text } from '../../src/model/text.ts';
import { monoMs } from '../../src/model/units.ts';
import { aStart, aView, noon } from '../front/a-room.ts';

export class LocalRoom {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'lk-local-'));
  readonly runtime = path.join(this.folder, 'run');
  readonly given: { readonly by: Actor; readonly command: Command }[] = [];
  readonly told: { readonly type: string; readonly active: boolean; readonly detail: Text }[] = [];
  readonly feed = roomFeed({}, () => this.mono);
  readonly desk: CommandDesk;
  /** What the guard says to the next orders; `undefined`: nothing. */
  answer: { readonly accepted: boolean; readonly text: Text } | undefined = {
    accepted: true,
    text: text('已执行', 'done'),
  };
  mono = 0;
  app: FastifyInstance | undefined;
  door: LocalDoor | undefined;

  constructor() {
    this.desk = commandDesk((id, by, command) => {
      this.given.push({ by, command });
      if (this.answer !== undefined) this.desk.heard({ at: monoMs(1), kind: 'command', id, ...this.answer });
    }, 50);
  }

  async open(view: Partial<RoomView> = {}, group?: string): Promise<void> {
    this.feed.accept(aView(view));
    this.app = await localApp({
      start: aStart(this.folder, { language: 'en' }),
      feed: this.feed,
      archive: archiveDesk(undefined),
      desk: this.desk,
      now: () => noon,
      mono: () => this.mono,
    });
    this.door = await openDoor(
      this.app,
      { folder: this.runtime, ...(group === undefined ? {} : { group }) },
      (type, active, detail) => void this.told.push({ type, active, detail }),
    );
  }

  async close(): Promise<void> {
    this.desk.close();
    await this.door?.close();
    await this.app?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
