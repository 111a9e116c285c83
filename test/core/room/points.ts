/** A small room around some points, driven by events: what stands, what was saved, what a subject's verdict is. */
import { initial, saved } from '../../../src/core/room/state.ts';
import type { RoomState, SavedRoom } from '../../../src/core/room/state.ts';
import { step } from '../../../src/core/room/step.ts';
import { alarmViews, subjectViews } from '../../../src/core/room/views.ts';
import { roomConfig } from '../../../src/core/room/config.ts';
import type { AlarmView } from '../../../src/model/alarm.ts';
import type { Effect } from '../../../src/model/effect.ts';
import type { Command, RoomEvent } from '../../../src/model/event.ts';
import type { Room } from '../../../src/model/room.ts';
import { monoMs } from '../../../src/model/units.ts';
import type { Verdict } from '../../../src/model/watch.ts';
import { loadRoom } from '../../../src/room/load.ts';

type Without<E> = E extends unknown ? Omit<E, 'at'> : never;

export class Points {
  readonly room: Room;
  at = 1_000_000;
  state: RoomState;
  effects: readonly Effect[] = [];

  /** Sections of a room file below `room:`. */
  constructor(sections: string, before: SavedRoom | 'missing' = 'missing', awayMs = 0) {
    const { room, problems } = loadRoom(`room: { id: points }\n${sections}`, 'room.yaml', {});
    if (room === undefined) throw new Error(problems.map(({ message }) => message.en).join('; '));
    this.room = room;
    this.state = initial(roomConfig(room, 'run'), { saved: before, awayMs }, monoMs(this.at));
  }

  tell(event: Without<RoomEvent>): this {
    // The distribution over the union is lost by the spread.
    const { state, effects } = step(this.state, { ...event, at: monoMs(this.at) });
    this.state = state;
    this.effects = effects;
    return this;
  }
  reading(point: string, value: number | 'unknown'): this {
    return this.tell({ kind: 'reading', point, value });
  }
  contact(point: string, closed: boolean | 'unknown'): this {
    return this.tell({ kind: 'contact', point, closed });
  }
  order(command: Command): this {
    return this.tell({ kind: 'command', id: 'x', by: { via: 'cli', name: 'Li' }, command });
  }
  /** Turns once a second for so long. */
  wait(seconds: number): this {
    for (let second = 0; second < seconds; second++) {
      this.at += 1000;
      this.tell({ kind: 'turn' });
    }
    return this;
  }
  turn(): this {
    return this.tell({ kind: 'turn' });
  }
  alarm(id: string): AlarmView | undefined {
    return alarmViews(this.state).find((one) => one.id === id);
  }
  get alarms(): readonly string[] {
    return alarmViews(this.state).map(({ id }) => id);
  }
  verdict(subject: string): Verdict | undefined {
    return subjectViews(this.state).find(({ id }) => id === subject)?.verdict;
  }
  get saved(): SavedRoom {
    return saved(this.state);
  }
  get savedNow(): boolean {
    return this.effects.some(({ kind }) => kind === 'save');
  }
}
