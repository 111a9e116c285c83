/**
 * The Pi's own pins: contacts, lamps, horn, `healthy`, and in small rooms the bypass relays themselves, which the core sees
 * as one more card. Claiming a pin never moves it. A relay pin has no electrical proof of position: a mirror contact on another
 * pin (`read-back:`) tells it; without one what is reported is the level of the pin, and the room file's check says so.
 *
 * Over sysfs any program may drive our pins: what does not stand as we wrote it is alarmed. Lamps and horn are put right; a coil
 * is only ever released again, for what is energised against somebody else's will flutters.
 */
import type { BusId } from '../model/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { CoilCommand, RelayReport } from '../model/bypass.ts';
import { GpioRefused } from '../ports/gpio.ts';
import type { Gpio } from '../ports/gpio.ts';
import type { GpioBus, InputPoint, OutputPoint, Room } from '../model/room.ts';
import type { MonoMs } from '../model/units.ts';
import type { Outputs } from '../model/effect.ts';
import type { RoomEvent } from '../model/event.ts';
import type { Text } from '../model/text.ts';
import { alternateLevel } from '../model/room.ts';
import { elapsedMs } from '../model/units.ts';
import { text } from '../model/text.ts';

const reportEveryMs = 100;
/** A relay needs this long to move; before, its position is not told. */
const moveMs = 20;
const settledMs = 1000;
const reopenMs = 5000;
/** Looks running in which a pin stands otherwise than it was written, before that is told: a level that is just changing is none. */
const changedLooks = 2;
/** Somebody who drives our pins is told for this long after the last sign of it. */
const changedShownMs = 60_000;

export interface PinsHandlers {
  post(event: RoomEvent, isUrgent: boolean): void;
  reported(bus: BusId, at: MonoMs): void;
  lost(bus: BusId): void;
  input(point: InputPoint, closed: boolean | 'unknown', at: MonoMs): void;
  condition(type: string, active: boolean, detail: Text, qualifier: string): void;
}

interface RelayPin {
  readonly pin: number;
  /** A contact of the same relay that closes to ground while the line is with its phone. */
  readonly mirror: number | undefined;
  level: boolean;
  writtenAt: MonoMs;
}

export class Pins {
  readonly #bus: GpioBus;
  readonly #gpio: Gpio;
  readonly #clock: Clock;
  readonly #inputs: readonly InputPoint[];
  readonly #outputs: readonly OutputPoint[];
  readonly #relays: ReadonlyMap<string, RelayPin>;
  readonly #levels = new Map<number, boolean>();
  readonly #handlers: PinsHandlers;
  #isOpen = false;
  #pumpLevel = false;
  readonly #changedLooks = new Map<number, number>();
  #changedAt: MonoMs | undefined;
  #reports: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;

  constructor(room: Room, bus: GpioBus, gpio: Gpio, clock: Clock, handlers: PinsHandlers) {
    this.#bus = bus;
    this.#gpio = gpio;
    this.#clock = clock;
    this.#handlers = handlers;
    const here = room.points.filter((point) => 'terminal' in point && point.terminal.bus === bus.id);
    this.#inputs = here.filter((point): point is InputPoint => point.kind === 'input');
    this.#outputs = [
      ...here.filter((point): point is OutputPoint => point.kind === 'output'),
      ...alternatePhones(room, bus),
    ];
    const mayDriveRelays = !gpio.keepsOutputs || bus.acceptOutputsKept;
    const relays = room.lines.flatMap(({ id, relay, readBack }) =>
      relay?.bus === bus.id ? [{ id, pin: relay.number, mirror: readBack?.number }] : [],
    );
    if (relays.length > 0 && gpio.keepsOutputs)
      handlers.condition(
        'gpio.outputs-kept',
        true,
        mayDriveRelays
          ? text('机房文件已接受此风险', 'accepted by the room file')
          : text('不驱动旁路继电器；见 docs/gpio.md', 'bypass relays are not driven; see docs/gpio.md'),
        bus.id,
      );
    else if (
      gpio.keepsOutputs &&
      bus.pump === undefined &&
      this.#outputs.some(({ role }) => role === 'healthy')
    )
      handlers.condition(
        'gpio.outputs-kept',
        true,
        text(
          'healthy 输出在程序死后仍吸合；请经电荷泵供电，或接到线路卡',
          'the output `healthy` stays energised when the program dies: feed it through the charge pump, or wire it to a line card',
        ),
        bus.id,
      );
    const at = clock.mono();
    this.#relays = new Map(
      mayDriveRelays ? relays.map(({ id, ...relay }) => [id, { ...relay, level: false, writtenAt: at }]) : [],
    );
  }

  get id(): BusId {
    return this.#bus.id;
  }

  async start(): Promise<void> {
    const { pump, id } = this.#bus;
    const relayPins = [...this.#relays.values()].map(({ pin }) => ({ pin, idle: false }));
    try {
      await this.#gpio.open({
        inputs: [
          ...this.#inputs.map(({ terminal, debounceMs }) => ({ pin: terminal.number, debounceMs })),
          ...[...this.#relays.values()].flatMap(({ mirror }) =>
            mirror === undefined ? [] : [{ pin: mirror, debounceMs: 0 }],
          ),
        ].map((input) => ({ ...input, pull: 'up' })),
        outputs: [
          ...this.#outputs.map(({ terminal, activeLow }) => ({ pin: terminal.number, idle: activeLow })),
          ...relayPins,
          ...(pump === undefined ? [] : [{ pin: pump, idle: false }]),
        ],
        onEdge: (pin, level) => {
          const point = this.#inputs.find(({ terminal }) => terminal.number === pin);
          if (point !== undefined) this.#handlers.input(point, !level, this.#clock.mono());
        },
        onLost: (reason) => {
          this.#lost(reason);
        },
      });
    } catch (error) {
      this.#lost(reasonOf(error));
      return;
    }
    this.#isOpen = true;
    try {
      this.#begin(id);
    } catch (error) {
      this.#lost(reasonOf(error));
    }
  }

  #begin(id: BusId): void {
    this.#handlers.condition('gpio.lost', false, text('', ''), id);
    const at = this.#clock.mono();
    // A contact closes to ground against the pull-up: low is closed.
    for (const point of this.#inputs)
      this.#handlers.input(point, !this.#gpio.read(point.terminal.number), at);
    for (const relay of this.#relays.values()) relay.level = this.#gpio.read(relay.pin);
    this.#reports = setInterval(() => {
      try {
        this.#lookForOthers();
        if (this.#relays.size > 0) this.#report();
      } catch (error) {
        this.#lost(reasonOf(error));
      }
    }, reportEveryMs);
    if (this.#relays.size === 0) return;
    this.#handlers.post(
      {
        kind: 'card',
        card: id,
        link: 'up',
        serialNumber: this.#gpio.backend,
        reason: text('引脚已接管', 'pins claimed'),
        at,
      },
      true,
    );
    this.#report();
  }

  drive(outputs: Outputs): void {
    if (!this.#isOpen) return;
    const changed = new Map<number, boolean>();
    for (const { id, terminal, activeLow } of this.#outputs) {
      const energised = outputs.points[id];
      if (energised === undefined) continue;
      const level = energised !== activeLow;
      if (this.#levels.get(terminal.number) !== level) changed.set(terminal.number, level);
    }
    const at = this.#clock.mono();
    for (const [line, relay] of this.#relays) {
      const coil = outputs.coils[line];
      if (coil === undefined || relay.level === (coil === 'energise')) continue;
      relay.level = coil === 'energise';
      relay.writtenAt = at;
      changed.set(relay.pin, relay.level);
    }
    if (changed.size > 0) this.#write(changed);
  }

  /** The decision turn was complete and clean: one more stroke of the charge pump that holds the coils' enable. */
  stroke(): void {
    const { pump } = this.#bus;
    if (!this.#isOpen || pump === undefined) return;
    this.#pumpLevel = !this.#pumpLevel;
    this.#write(new Map([[pump, this.#pumpLevel]]));
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    clearInterval(this.#reports);
    clearTimeout(this.#again);
    await this.#gpio.close();
  }

  #write(levels: ReadonlyMap<number, boolean>): void {
    try {
      this.#gpio.write(levels);
      for (const [pin, level] of levels) this.#levels.set(pin, level);
    } catch (error) {
      this.#lost(reasonOf(error));
    }
  }

  #lookForOthers(): void {
    const at = this.#clock.mono();
    // The pump's level is another with each turn.
    const changed = this.#gpio.changedByOther().filter((pin) => pin !== this.#bus.pump);
    for (const pin of this.#changedLooks.keys()) if (!changed.includes(pin)) this.#changedLooks.delete(pin);
    const told: number[] = [];
    for (const pin of changed) {
      const looks = (this.#changedLooks.get(pin) ?? 0) + 1;
      this.#changedLooks.set(pin, looks);
      if (looks >= changedLooks) told.push(pin);
    }
    if (told.length > 0) {
      this.#changedAt = at;
      const which = told.join(', ');
      const detail = text(
        `引脚 ${which} 的电平不是本程序所写`,
        `pin ${which} does not stand as this program wrote it`,
      );
      this.#handlers.condition('gpio.driven-by-other', true, detail, this.#bus.id);
      this.#putRight(told);
    } else if (this.#changedAt !== undefined && elapsedMs(this.#changedAt, at) >= changedShownMs) {
      this.#changedAt = undefined;
      this.#handlers.condition('gpio.driven-by-other', false, text('', ''), this.#bus.id);
    }
  }

  #putRight(pins: readonly number[]): void {
    const energised = new Set([...this.#relays.values()].filter(({ level }) => level).map(({ pin }) => pin));
    const released = [...this.#relays.values()].filter(({ level }) => !level).map(({ pin }) => pin);
    const levels = new Map<number, boolean>();
    for (const pin of pins) {
      if (energised.has(pin)) continue;
      const level = released.includes(pin) ? false : this.#levels.get(pin);
      if (level !== undefined) levels.set(pin, level);
    }
    if (levels.size > 0) this.#gpio.write(levels);
  }

  #lost(reason: Text): void {
    this.#isOpen = false;
    this.#levels.clear();
    this.#changedLooks.clear();
    clearInterval(this.#reports);
    const at = this.#clock.mono();
    this.#handlers.condition('gpio.lost', true, reason, this.#bus.id);
    this.#handlers.lost(this.#bus.id);
    for (const point of this.#inputs) this.#handlers.input(point, 'unknown', at);
    if (this.#relays.size > 0)
      this.#handlers.post(
        { kind: 'card', card: this.#bus.id, link: 'lost', serialNumber: '', reason, at },
        true,
      );
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.#gpio.close().then(() => this.start()), reopenMs);
  }

  #report(): void {
    const at = this.#clock.mono();
    const relays: RelayReport[] = [];
    const none: RelayReport = {
      coil: 'release',
      position: 'unknown',
      sinceWriteMs: settledMs,
      phoneMilliamps: 0,
    };
    for (const { pin, mirror, level, writtenAt } of this.#relays.values()) {
      while (relays.length < pin) relays.push(none);
      const coil: CoilCommand = level ? 'energise' : 'release';
      const sinceWriteMs = elapsedMs(writtenAt, at);
      // A closed mirror contact pulls its pin low: the relay is released.
      const isNormal = this.#gpio.read(mirror ?? pin);
      const position = sinceWriteMs < moveMs ? 'between' : isNormal ? 'normal' : 'bypass';
      relays[pin - 1] = {
        coil,
        position,
        sinceWriteMs: Math.min(sinceWriteMs, settledMs),
        phoneMilliamps: 0,
      };
    }
    this.#handlers.reported(this.#bus.id, at);
    this.#handlers.post(
      {
        kind: 'relays',
        card: this.#bus.id,
        relays,
        coilSupply: true,
        bypassKey: 'normal',
        hostLost: false,
        at,
      },
      false,
    );
  }
}

function reasonOf(error: unknown): Text {
  if (error instanceof GpioRefused) return error.reason;
  const reason = error instanceof Error ? error.message : String(error);
  return text(reason, reason);
}

/** Relays that lead to an alternate phone: outputs like any other. */
const alternatePhones = ({ lines }: Room, bus: GpioBus): OutputPoint[] =>
  lines.flatMap(({ id, alternatePhone }): OutputPoint[] =>
    alternatePhone?.bus === bus.id
      ? [
          {
            ...{
              kind: 'output',
              id: alternateLevel(id),
              name: text(id, id),
              role: 'plain',
              activeLow: false,
            },
            terminal: alternatePhone,
          },
        ]
      : [],
  );
