/** The strings that controls send to the switch: each over the wire of its bus, shared with the call records that come over it. */
import type { BusId } from '../model/ids.ts';
import type { ByteLink } from '../ports/byte-link.ts';
import type { Clock } from '../ports/clock.ts';
import type { Effect } from '../model/effect.ts';
import type { Room } from '../model/room.ts';
import type { RoomEvent } from '../model/event.ts';
import type { SendOutcome } from '../model/control.ts';
import { SerialWire } from '../drivers/serial/serial-wire.ts';
import { sendOnce } from '../drivers/serial/send-once.ts';
import { text } from '../model/text.ts';

export type ControlSend = Extract<Effect, { readonly kind: 'control-send' }>;

export class ControlWires {
  readonly #wires: ReadonlyMap<BusId, SerialWire>;
  readonly #clock: Clock;
  readonly #post: (event: RoomEvent, isUrgent: boolean) => void;

  constructor(
    room: Room,
    linkOf: (bus: BusId) => ByteLink | undefined,
    clock: Clock,
    post: (event: RoomEvent, isUrgent: boolean) => void,
  ) {
    this.#clock = clock;
    this.#post = post;
    const buses = new Set(
      room.controls.flatMap((control) => (control.kind === 'serial' ? [control.bus] : [])),
    );
    this.#wires = new Map(
      [...buses].flatMap((bus) => {
        const link = linkOf(bus);
        return link === undefined ? [] : [[bus, new SerialWire(link)] as const];
      }),
    );
  }

  start(): void {
    for (const wire of this.#wires.values()) wire.start();
  }

  send({ control, order, bus, send, expect, withinMs }: ControlSend): void {
    const wire = this.#wires.get(bus);
    const tell = (outcome: SendOutcome): void => {
      this.#post({ kind: 'control-sent', control, order, outcome, at: this.#clock.mono() }, true);
    };
    if (wire === undefined) {
      tell({ kind: 'not-sent', reason: text(`没有串口 ${bus}`, `there is no wire ${bus}`) });
      return;
    }
    void sendOnce(wire, { send, withinMs, ...(expect === undefined ? {} : { expect }) }).then(tell);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#wires.values()].map((wire) => wire.close()));
  }
}
