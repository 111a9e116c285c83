/** A room of lines on obedient cards, driven by events through the pure core: what its installer wired is given as a room file. */
import { check, outputs, step } from '../../../src/core/room/step.ts';
import { initial, saved } from '../../../src/core/room/state.ts';
import type { RoomState, SavedRoom } from '../../../src/core/room/state.ts';
import { alarmViews, bypassView } from '../../../src/core/room/views.ts';
import { roomConfig } from '../../../src/core/room/config.ts';
import type { AlarmView } from '../../../src/model/alarm.ts';
import type { CoilCommand, RelayReport } from '../../../src/model/bypass.ts';
import type { Effect, Notice } from '../../../src/model/effect.ts';
import type { Actor, Command, RoomEvent } from '../../../src/model/event.ts';
import type { LineId } from '../../../src/model/ids.ts';
import type { Room } from '../../../src/model/room.ts';
import { monoMs } from '../../../src/model/units.ts';
import { loadRoom } from '../../../src/room/load.ts';
import { text } from '../../../src/model/text.ts';

type Without<E> = E extends unknown ? Omit<E, 'at'> : never;

/** Evidence of the PBX: a contact on the card and the lines themselves. */
export const sections = (lines: string, more = ''): string => `
buses:
  card-a: { line-card: "tcp://127.0.0.1:7100", serial-number: A }
  card-b: { line-card: "tcp://127.0.0.1:7101", serial-number: B }
points:
  pbx-alarm: { input: card-a/in1, contact: normally-closed, debounce: 0ms }
lines:
${lines}
subjects:
  pbx: { kind: pbx, evidence: [{ point: pbx-alarm }, { lines: all }] }
${more}`;

export const eightLines =
  '  L1-L8: { channel: card-a/1..8, bypass: card-a/relay1..8, trunk: "120-{n}", phone: "800{n}" }';

interface Relay {
  coil: CoilCommand;
  movedAt: number;
  /** Reported whatever the coil; absent: it follows. */
  heldAt?: RelayReport['position'];
  taps?: NonNullable<RelayReport['taps']>;
  milliamps: number;
}

export class LinesRoom {
  readonly room: Room;
  at = 1_000_000;
  state: RoomState;
  readonly effects: Effect[] = [];
  readonly relays = new Map<LineId, Relay>();
  /** Milliseconds that relays take. */
  moveMs: Record<CoilCommand, number> = { energise: 8, release: 4 };
  readonly lost = new Set<string>();

  constructor(file: string, before: SavedRoom | 'missing' = 'missing', awayMs = 0) {
    const { room, problems } = loadRoom(`room: { id: lines }\n${file}`, 'room.yaml', {});
    if (room === undefined) throw new Error(problems.map(({ message }) => message.en).join('; '));
    this.room = room;
    this.state = initial(roomConfig(room, 'run'), { saved: before, awayMs }, monoMs(this.at));
    for (const { id } of room.lines)
      this.relays.set(id, { coil: 'energise', movedAt: this.at - 10_000, milliamps: 0 });
    for (const card of this.cards) {
      this.tell({ kind: 'card', card, link: 'up', serialNumber: card, reason: text('', '') });
      this.tell({ kind: 'frames', card, flowing: true });
    }
    for (const { id } of room.lines) this.loop(id, 48);
    this.contact(true);
    this.run(8000);
    this.effects.length = 0;
  }

  get cards(): readonly string[] {
    return [...new Set(this.room.lines.map(({ channel }) => channel.bus))];
  }
  tell(event: Without<RoomEvent>): this {
    const { state, effects } = step(this.state, { ...event, at: monoMs(this.at) });
    this.state = state;
    this.effects.push(...effects);
    // The recorder does as it is told.
    for (const effect of effects)
      if (effect.kind === 'start-recording' || effect.kind === 'stop-recording')
        this.tell({
          ...{ kind: 'recording', id: effect.id, line: effect.line, reason: text('', '') },
          state: effect.kind === 'start-recording' ? 'started' : 'sealed',
        });
    return this;
  }
  loop(line: LineId, volts: number, ringVolts = 0): this {
    return this.tell({
      ...{ kind: 'loop', line, volts, dcVolts: volts, ringVolts, ringHz: ringVolts > 0 ? 25 : 0 },
      milliamps: volts > 3 && volts < 20 ? 25 : 0,
    });
  }
  contact(closed: boolean): this {
    return this.tell({ kind: 'contact', point: 'pbx-alarm', closed });
  }
  order(command: Command, by: Actor = { via: 'panel', name: 'Li' }): boolean {
    const from = this.effects.length;
    this.tell({ kind: 'command', id: 'c', by, command });
    const answers = this.effects
      .slice(from)
      .flatMap((effect) =>
        effect.kind === 'notice' && effect.notice.kind === 'command' ? [effect.notice.accepted] : [],
      );
    this.run(100);
    return answers[0] ?? false;
  }
  /** A call that rings for so long and is answered or not. */
  ring(line: LineId, ms: number, isAnswered = false): this {
    for (let rung = 0; rung < ms; rung += 5000) {
      this.loop(line, 48, 90).run(Math.min(1000, ms - rung));
      this.loop(line, 48).run(Math.min(4000, Math.max(0, ms - rung - 1000)));
    }
    if (!isAnswered) return this.run(7000);
    return this.loop(line, 8).run(5000).loop(line, 48).run(8000);
  }
  /** Runs on in 100 ms turns, with a report of each card before each. */
  run(ms: number): this {
    for (const end = this.at + ms; this.at < end;) {
      this.at = Math.min(end, this.at + 100);
      for (const card of this.cards) if (!this.lost.has(card)) this.report(card);
      this.turn();
    }
    return this;
  }
  turn(): void {
    this.tell({ kind: 'turn' });
    const wrong = check(this.state, monoMs(this.at));
    if (wrong.length > 0) throw new Error(`check: ${wrong.join(', ')}`);
    for (const [line, coil] of Object.entries(outputs(this.state).coils)) {
      const relay = this.relays.get(line);
      if (relay === undefined || relay.coil === coil) continue;
      relay.coil = coil;
      relay.movedAt = this.at;
    }
  }
  /** Long times in which nothing happens. */
  leap(ms: number): this {
    this.at += ms;
    return this.run(200);
  }
  report(card: string): void {
    const relays: RelayReport[] = [];
    for (const { id, relay } of this.room.lines) {
      const own = this.relays.get(id);
      if (relay?.bus !== card || own === undefined) continue;
      const sinceWriteMs = Math.min(1000, this.at - own.movedAt);
      const side = own.coil === 'energise' ? 'normal' : 'bypass';
      const position = own.heldAt ?? side;
      relays[relay.number - 1] = {
        coil: own.coil,
        position,
        sinceWriteMs,
        phoneMilliamps: position === 'bypass' ? own.milliamps : 0,
        ...(own.taps === undefined || own.coil === 'energise' ? {} : { taps: own.taps }),
        ...(position === side ? { moveMs: this.moveMs[own.coil] } : {}),
      };
    }
    this.tell({ kind: 'relays', card, relays, coilSupply: true, bypassKey: 'normal', hostLost: false });
  }

  relay(line: LineId): Relay {
    const relay = this.relays.get(line);
    if (relay === undefined) throw new Error(`no relay of ${line}`);
    return relay;
  }
  get lineStates(): string {
    return this.room.lines
      .map(({ id }) => bypassView(this.state).lines.find((line) => line.id === id)?.state ?? 'none')
      .join(' ');
  }
  get bypass(): string {
    return bypassView(this.state).room;
  }
  get alarms(): readonly string[] {
    return alarmViews(this.state)
      .filter(({ condition }) => condition !== 'clear')
      .map(({ id }) => id);
  }
  alarm(id: string): AlarmView | undefined {
    return alarmViews(this.state).find((one) => one.id === id);
  }
  notices<K extends Notice['kind']>(kind: K): Extract<Notice, { kind: K }>[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'notice' && effect.notice.kind === kind
        ? [effect.notice as Extract<Notice, { kind: K }>]
        : [],
    );
  }
  get saved(): SavedRoom {
    return JSON.parse(JSON.stringify(saved(this.state))) as SavedRoom;
  }
}
