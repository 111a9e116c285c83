/**
 * Everything outside the box: line cards, pins, Modbus buses and the probes on them. Drivers are named and connected here and nowhere
 * else; what they see becomes events, what the core wants becomes levels. It decides nothing.
 */
import type { BusId, LineId, PointId, SubjectId } from '../model/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { GpioBus, InputPoint, LineCardBus, Room } from '../model/room.ts';
import type { LineCard } from '../ports/line-card.ts';
import type { MonoMs } from '../model/units.ts';
import type { Outputs } from '../model/effect.ts';
import type { WritableRegisters } from '../ports/registers.ts';
import type { LoopFault, RoomEvent } from '../model/event.ts';
import type { TestAnswer } from '../ports/probe.ts';
import type { Text } from '../model/text.ts';
import { Cards } from './cards.ts';
import { DialToneTest } from './dial-tone-test.ts';
import { ControlWires } from './control-wires.ts';
import type { ControlSend } from './control-wires.ts';
import type { ByteLink } from '../ports/byte-link.ts';
import { SharedLink } from '../drivers/serial/shared-link.ts';
import { Pins } from './pins.ts';
import { makeAudioRing } from '../signal/audio-ring.ts';
import { makeLineCard } from '../drivers/linecard/line-card.ts';
import type * as BusProbes from './bus-probes.ts';
import type { Records } from './records.ts';
import type { RecordLineMessage, UpsTestOrder } from '../model/messages.ts';
import type { Readings } from './readings.ts';
import { readCardKey } from '../drivers/linecard/card-key.ts';
import { text } from '../model/text.ts';
import type { Gpio } from '../ports/gpio.ts';
import { openLink } from '../drivers/serial/open-link.ts';

export interface FieldHandlers {
  post(event: RoomEvent, isUrgent: boolean): void;
  reported(card: BusId, at: MonoMs): void;
  lost(card: BusId): void;
  /** A card without a number in the room file showed its serial number. */
  bound(card: BusId, serialNumber: string): void;
  condition(type: string, active: boolean, detail: Text, qualifier: string): void;
  /** A line of the PBX's call records arrived. */
  recordLine(message: RecordLineMessage): void;
  /** For the log. */
  note(what: Text): void;
}

export interface Field {
  /** Audio of each line, written here and read by the recorder. */
  readonly rings: ReadonlyMap<LineId, SharedArrayBuffer>;
  start(): void;
  /** Every turn: bring the outputs to their levels. `isFit` holds the `healthy` outputs. */
  drive(outputs: Outputs, isFit: boolean): void;
  pulse(line: LineId, ms: number): void;
  /** A battery test of a UPS on a bus of the room; whether it took the order is posted. */
  upsTest(order: Omit<UpsTestOrder, 'kind'>): void;
  /** A string to the switch; what came of it is posted. */
  send(what: ControlSend): void;
  stoodStill(at: MonoMs): void;
  feed(card: BusId): void;
  /** A completed clean turn of a fit guard: strokes of the charge pumps, where the relays behind them were adopted. */
  stroke(isAdopted: (bus: BusId) => boolean): void;
  suspect(subjects: ReadonlySet<SubjectId>): void;
  close(): Promise<void>;
}

/** Where wires and pins come from: this machine, or a virtual room. */
export interface FieldReach {
  readonly openLink: typeof openLink;
  openGpio(bus: GpioBus): Promise<{ readonly gpio: Gpio; readonly explanation: Text }>;
}

const thisMachine: FieldReach = {
  openLink,
  async openGpio(bus) {
    const { chooseGpio, openGpio } = await import('../drivers/gpio/open.ts');
    const chosen = await chooseGpio(bus);
    return 'gpio' in chosen ? chosen : { gpio: await openGpio(bus), explanation: chosen };
  },
};

export async function openField(
  room: Room,
  boundCards: Readonly<Record<BusId, string>>,
  clock: Clock,
  handlers: FieldHandlers,
  reach: FieldReach = thisMachine,
): Promise<Field> {
  const rings = new Map(room.lines.map(({ id }) => [id, makeAudioRing()]));
  const input = debounced(handlers);
  const lineCards = new Map<BusId, LineCard>();
  for (const bus of room.buses)
    if (bus.kind === 'line-card')
      lineCards.set(bus.id, openCard(room, bus, boundCards[bus.id], clock, handlers, reach));
  const extensions = dialToneTests(room, clock, handlers, (bus, channel, seize, ms) => {
    cards.hook(bus, channel, seize, ms);
  });
  const cards: Cards = new Cards(room, lineCards, rings, clock, (card) => extensions.get(card) ?? []);
  const buses = room.buses.filter((bus): bus is GpioBus => bus.kind === 'gpio');
  const pins = await Promise.all(buses.map((bus) => openPins(room, bus, clock, handlers, reach)));
  const registers = new Map<BusId, WritableRegisters>();
  for (const bus of room.buses)
    if (bus.kind === 'modbus') registers.set(bus.id, await openModbus(bus, clock, handlers, reach));
  // Loaded when the guard turns already: registers maps and their checker need not hold up the lines.
  let readings: Promise<Readings> | undefined;
  let probes: ReturnType<typeof BusProbes.busProbes> | undefined;
  let records: Promise<Records> | undefined;
  const shared = new Map<BusId, SharedLink>();
  const linkOf = (id: BusId): ByteLink | undefined => {
    const bus = room.buses.find((one) => one.id === id);
    if (bus?.kind !== 'serial') return undefined;
    const link = shared.get(id) ?? new SharedLink(reach.openLink(bus.link, id));
    shared.set(id, link);
    return link.tap();
  };
  const controls = new ControlWires(room, linkOf, clock, (event, isUrgent) => handlers.post(event, isUrgent));
  const hasRecords = room.subjects.some(({ sources }) => sources.some(({ kind }) => kind === 'call-records'));
  const healthy = room.points
    .filter((point) => point.kind === 'output' && point.role === 'healthy')
    .map(({ id }) => id);
  const terminals = new Map(
    room.lines.flatMap(({ id, relay }) => (relay === undefined ? [] : [[id, relay] as const])),
  );

  return {
    rings,
    start() {
      cards.start({ ...handlers, input });
      for (const one of pins) void one.start();
      probes = import('./bus-probes.ts').then(async ({ busProbes }) => {
        const made = await busProbes(room, registers, [...extensions.values()].flat(), linkOf);
        made.probes.start((source, { says, reason, values }) => {
          handlers.post(
            {
              kind: 'evidence',
              source,
              says,
              reason,
              at: clock.mono(),
              ...(values === undefined ? {} : { values }),
            },
            true,
          );
        });
        return made;
      });
      readings = import('./readings.ts').then(({ registerPolls, startReadings }) =>
        startReadings(registerPolls(room, registers), (point, value, reason) => {
          const why = value === 'unknown' ? { reason } : {};
          handlers.post({ kind: 'reading', point, value, ...why, at: clock.mono() }, false);
        }),
      );
      // Without them the values stay unknown, which the core tells.
      readings.catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        handlers.condition('thread.dead', true, text(reason, reason), 'readings');
      });
      // Without probes their sources stay unknown, which neither trips nor restores; the lines go on.
      probes.catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        handlers.condition('thread.dead', true, text(reason, reason), 'bus-probes');
      });
      controls.start();
      if (!hasRecords) return;
      records = import('./records.ts').then(({ openRecords }) => openRecords(room, linkOf, clock, handlers));
      records.catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        handlers.condition('thread.dead', true, text(reason, reason), 'records');
      });
    },
    drive(outputs, isFit) {
      const levels = withHealthy(outputs, healthy, isFit);
      cards.drive(levels);
      for (const one of pins) one.drive(levels);
    },
    pulse(line, ms) {
      const terminal = terminals.get(line);
      if (terminal !== undefined) cards.pulse(terminal.bus, terminal.number, ms);
    },
    upsTest({ source, order, what }) {
      const sent = (answer: TestAnswer): void => {
        handlers.post({ kind: 'ups-test-sent', order, ...answer, at: clock.mono() }, true);
      };
      probes?.then((made) => made.probes.test(source, what)).then(sent, () => undefined);
    },
    send(what) {
      controls.send(what);
    },
    stoodStill(at) {
      cards.stoodStill(at);
    },
    feed(card) {
      cards.feed(card);
    },
    stroke(isAdopted) {
      for (const one of pins) if (isAdopted(one.id)) one.stroke();
    },
    suspect(subjects) {
      probes?.then((made) => made.probes.suspect(subjects)).catch(() => undefined);
    },
    async close() {
      // While the cards still obey: an extension is not left off hook.
      await Promise.all([...extensions.values()].flat().map((one) => one.stop()));
      await Promise.all([
        probes?.then((made) => made.close()).catch(() => undefined),
        records?.then((opened) => opened.close()).catch(() => undefined),
        controls.close(),
        readings?.then((made) => made.close()).catch(() => undefined),
        cards.close(),
        ...pins.map((one) => one.close()),
        ...[...registers.values()].map((bus) => bus.close()),
      ]);
    },
  };
}

/** By card. A channel that is a line's is never tested: `check` refuses it, and this does too. */
function dialToneTests(
  room: Room,
  clock: Clock,
  handlers: FieldHandlers,
  hook: (bus: BusId, channel: number, seize: boolean, ms: number) => void,
): ReadonlyMap<BusId, readonly DialToneTest[]> {
  const tests = new Map<BusId, DialToneTest[]>();
  for (const source of room.subjects.flatMap(({ sources }) => sources)) {
    if (source.kind !== 'dial-tone') continue;
    const { bus, number } = source.extension;
    if (room.lines.some(({ channel }) => channel.bus === bus && channel.number === number)) continue;
    const test = new DialToneTest({
      source,
      clock,
      hook: (seize, ms) => {
        hook(bus, number, seize, ms);
      },
      stuck: (isStuck, detail) => {
        handlers.condition('extension.off-hook', isStuck, detail, `${bus}/${number}`);
      },
    });
    tests.set(bus, [...(tests.get(bus) ?? []), test]);
  }
  return tests;
}

function withHealthy(outputs: Outputs, healthy: readonly PointId[], isFit: boolean): Outputs {
  if (healthy.length === 0) return outputs;
  return {
    ...outputs,
    points: { ...outputs.points, ...Object.fromEntries(healthy.map((id) => [id, isFit])) },
  };
}

/** A contact counts when it has kept its level for its debounce time. Levels that return within it were bounce. */
function debounced(
  handlers: FieldHandlers,
): (point: InputPoint, closed: boolean | 'unknown', at: MonoMs, fault?: LoopFault) => void {
  const waiting = new Map<PointId, NodeJS.Timeout>();
  const told = new Map<PointId, string>();
  return (point, closed, at, fault) => {
    clearTimeout(waiting.get(point.id));
    waiting.delete(point.id);
    const level = `${closed} ${fault ?? ''}`;
    if (told.get(point.id) === level) return;
    const tell = (): void => {
      waiting.delete(point.id);
      told.set(point.id, level);
      handlers.post(
        { kind: 'contact', point: point.id, closed, at, ...(fault === undefined ? {} : { fault }) },
        true,
      );
    };
    // The first level, a lost bus, and contacts whose evidence rule has its own time are told at once.
    if (!told.has(point.id) || closed === 'unknown' || point.debounceMs === 0) tell();
    else waiting.set(point.id, setTimeout(tell, point.debounceMs));
  };
}

function openCard(
  { bypass }: Room,
  bus: LineCardBus,
  bound: string | undefined,
  clock: Clock,
  handlers: FieldHandlers,
  reach: FieldReach,
): LineCard {
  const key = bus.keyFile === undefined ? undefined : readCardKey(bus.keyFile);
  // Without its key a card refuses the session; the reason stands in the alarm, and its own watchdog takes the lines over.
  if (key?.ok === false) handlers.condition('card.key-file', true, key.reason, bus.id);
  return makeLineCard({
    bus,
    takeOver: { loopOpenMs: bypass.loopOpenMs, callCapMs: bypass.callCapMs },
    link: reach.openLink(bus.link, bus.id),
    clock,
    ...(bound === undefined ? {} : { boundSerialNumber: bound }),
    ...(key?.ok === true ? { key: key.key } : {}),
  });
}

async function openPins(
  room: Room,
  bus: GpioBus,
  clock: Clock,
  handlers: FieldHandlers,
  reach: FieldReach,
): Promise<Pins> {
  const { gpio, explanation } = await reach.openGpio(bus);
  handlers.note(explanation);
  // The back end has waited out the bounce already.
  const input = (point: InputPoint, closed: boolean | 'unknown', at: MonoMs): void => {
    handlers.post({ kind: 'contact', point: point.id, closed, at }, true);
  };
  return new Pins(room, bus, gpio, clock, { ...handlers, input });
}

async function openModbus(
  bus: Extract<Room['buses'][number], { kind: 'modbus' }>,
  clock: Clock,
  handlers: FieldHandlers,
  reach: FieldReach,
): Promise<WritableRegisters> {
  const { ModbusLine } = await import('../drivers/modbus/line.ts');
  return new ModbusLine({
    framing: bus.framing,
    link: reach.openLink(bus.link, bus.id),
    timeoutMs: bus.timeoutMs,
    ...(bus.link.kind === 'serial' ? { baud: bus.link.baud } : {}),
    onLink: (isUp, reason) => {
      handlers.post(
        {
          kind: 'card',
          card: bus.id,
          link: isUp ? 'up' : 'lost',
          serialNumber: '',
          reason,
          at: clock.mono(),
        },
        false,
      );
      handlers.condition('bus.lost', !isUp, reason, bus.id);
    },
  }).start();
}
