/**
 * The line cards of a room, between their drivers and the guard: frames become events and audio, levels become commands.
 * It decides nothing. A card whose relays were not adopted in this session is never commanded: the core names no coil for it.
 */
import type { BusId, LineId, PointId } from '../model/ids.ts';
import type { ChannelReading, LineCard } from '../ports/line-card.ts';
import type { CoilCommand, RelayReport } from '../model/bypass.ts';
import type { InputPoint, LineSettings, OutputPoint, Room } from '../model/room.ts';
import type { Clock } from '../ports/clock.ts';
import type { MonoMs } from '../model/units.ts';
import type { Outputs } from '../model/effect.ts';
import type { LoopFault, RoomEvent } from '../model/event.ts';
import { readLoop } from '../signal/end-of-line.ts';
import type { EndOfLine } from '../signal/end-of-line.ts';
import { AudioRingWriter } from '../signal/audio-ring.ts';
import { LoopFollower } from '../signal/loop.ts';
import { alternateLevel } from '../model/room.ts';
import { channelsPerCard, samplesPerFrame } from '../ports/line-card.ts';
import { elapsedMs } from '../model/units.ts';

/** Without a valid LINE frame for this long the lines of a card are unknown (state-machines.md, "Line"). */
const framesLostMs = 500;
const superviseEveryMs = 100;
/** An unchanged relay report is told again this often: the core judges its age. */
const sameReportMs = 100;
/** A relay that has stood still for this long is settled; counting on would make every report a new one. */
const settledMs = 1000;

export interface CardHandlers {
  post(event: RoomEvent, isUrgent: boolean): void;
  /** A relay report arrived; the health gate counts its age. */
  reported(card: BusId, at: MonoMs): void;
  lost(card: BusId): void;
  bound(card: BusId, serialNumber: string): void;
  input(point: InputPoint, closed: boolean | 'unknown', at: MonoMs, fault?: LoopFault): void;
}

/** Whoever listens on a channel that is no line. */
export interface ChannelTap {
  /** Counted from 1. */
  readonly channel: number;
  /** `isUp`: the card obeys; a card that has lost its host does not. */
  link(isUp: boolean, canHook: boolean, at: MonoMs): void;
  /** 20 ms; `at`: their end. */
  loop(at: MonoMs, reading: ChannelReading): void;
  /** The same 20 ms: `samplesPerFrame` samples from index `from` on. */
  sound(at: MonoMs, samples: Int16Array, from: number): void;
  /** The card did not obey a hook command. */
  refused(at: MonoMs): void;
}

export class Cards {
  readonly #cards = new Map<BusId, OneCard>();

  constructor(
    room: Room,
    cards: ReadonlyMap<BusId, LineCard>,
    rings: ReadonlyMap<LineId, SharedArrayBuffer>,
    clock: Clock,
    tapsOf: (card: BusId) => readonly ChannelTap[] = () => [],
  ) {
    for (const [id, card] of cards) this.#cards.set(id, new OneCard(room, card, rings, clock, tapsOf(id)));
  }

  start(handlers: CardHandlers): void {
    for (const card of this.#cards.values()) card.start(handlers);
  }

  drive(outputs: Outputs): void {
    for (const card of this.#cards.values()) card.drive(outputs);
  }

  /** The guard stood still: no line is what it was until a frame of now says so. */
  stoodStill(at: MonoMs): void {
    for (const card of this.#cards.values()) card.stoodStill(at);
  }

  feed(card: BusId): void {
    this.#cards.get(card)?.card.feed();
  }

  pulse(bus: BusId, relay: number, ms: number): void {
    this.#cards.get(bus)?.card.pulse(relay, ms);
  }

  hook(bus: BusId, channel: number, seize: boolean, ms: number): void {
    this.#cards.get(bus)?.card.hook(channel, seize, ms);
  }

  get list(): readonly LineCard[] {
    return [...this.#cards.values()].map(({ card }) => card);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#cards.values()].map((card) => card.close()));
  }
}

interface Channel {
  readonly follower: LoopFollower;
  readonly ring: AudioRingWriter | undefined;
}

class OneCard {
  readonly card: LineCard;
  readonly #lines: readonly LineSettings[];
  readonly #relayLines = new Map<number, LineId>();
  /** Relays that lead to an alternate phone, with the level that holds them. */
  readonly #alternates = new Map<number, PointId>();
  readonly #inputs = new Map<number, InputPoint>();
  readonly #outputs: readonly OutputPoint[];
  readonly #rings: ReadonlyMap<LineId, SharedArrayBuffer>;
  readonly #clock: Clock;
  readonly #taps: readonly ChannelTap[];
  readonly #coils: CoilCommand[] = Array.from({ length: channelsPerCard }, () => 'release');
  readonly #outputLevels = new Map<number, boolean>();
  #isUp = false;
  #isHostLost = false;
  #isFlowing = false;
  #handlers: CardHandlers | undefined;
  #framesAt: MonoMs | undefined;
  #report = '';
  #reportAt: MonoMs | undefined;
  #supervision: NodeJS.Timeout | undefined;

  constructor(
    room: Room,
    card: LineCard,
    rings: ReadonlyMap<LineId, SharedArrayBuffer>,
    clock: Clock,
    taps: readonly ChannelTap[],
  ) {
    this.card = card;
    this.#taps = taps;
    this.#clock = clock;
    this.#rings = rings;
    this.#lines = room.lines.filter(({ channel }) => channel.bus === card.id);
    for (const { id, relay, alternatePhone } of room.lines) {
      if (relay?.bus === card.id) this.#relayLines.set(relay.number, id);
      if (alternatePhone?.bus === card.id) this.#alternates.set(alternatePhone.number, alternateLevel(id));
    }
    const here = room.points.filter((point) => 'terminal' in point && point.terminal.bus === card.id);
    for (const point of here) if (point.kind === 'input') this.#inputs.set(point.terminal.number, point);
    this.#outputs = here.filter((point): point is OutputPoint => point.kind === 'output');
  }

  stoodStill(at: MonoMs): void {
    if (!this.#isFlowing) return;
    this.#isFlowing = false;
    this.#handlers?.post({ kind: 'frames', card: this.card.id, flowing: false, at }, true);
  }

  start(handlers: CardHandlers): void {
    this.#handlers = handlers;
    const { id } = this.card;
    const channels: (Channel | undefined)[] = Array.from({ length: channelsPerCard }, () => undefined);
    for (const line of this.#lines) {
      const ring = this.#rings.get(line.id);
      channels[line.channel.number - 1] = {
        follower: new LoopFollower((at, reading) => {
          handlers.post({ kind: 'loop', line: line.id, at, ...reading }, false);
        }),
        ring: ring === undefined ? undefined : new AudioRingWriter(ring),
      };
    }
    this.#supervision = setInterval(() => {
      const now = this.#clock.mono();
      if (this.#framesAt !== undefined && elapsedMs(this.#framesAt, now) > framesLostMs) this.stoodStill(now);
    }, superviseEveryMs);
    this.card.start({
      link: (state, serialNumber, reason) => {
        const at = this.#clock.mono();
        this.#isUp = state === 'up';
        this.#isHostLost = false;
        this.#tellTaps(at);
        this.#report = '';
        this.#outputLevels.clear();
        if (this.#isUp) handlers.bound(id, serialNumber);
        else {
          handlers.lost(id);
          for (const point of this.#inputs.values()) handlers.input(point, 'unknown', at);
        }
        handlers.post({ kind: 'card', card: id, link: state, serialNumber, reason, at }, true);
      },
      lines: (at, lines) => {
        const now = this.#clock.mono();
        // Held up on the way, or read late after a standstill: what it says is over, and no call may be judged by it.
        if (elapsedMs(at, now) > framesLostMs) return;
        this.#framesAt = now;
        if (!this.#isFlowing) {
          this.#isFlowing = true;
          // The core has forgotten the levels. Frames that were only held up show no gap, and a quiet line nothing new.
          for (const channel of channels) channel?.follower.reset();
          handlers.post({ kind: 'frames', card: id, flowing: true, at }, false);
        }
        follow(channels, at, lines);
        for (const tap of this.#taps) {
          const reading = lines[tap.channel - 1];
          if (reading !== undefined) tap.loop(at, reading);
        }
      },
      audio: (at, _firstSample, samples) => {
        for (let index = 0; index < channelsPerCard; index++)
          channels[index]?.ring?.write(at, samples, index * samplesPerFrame, samplesPerFrame);
        for (const tap of this.#taps) tap.sound(at, samples, (tap.channel - 1) * samplesPerFrame);
      },
      hookRefused: (at) => {
        for (const tap of this.#taps) tap.refused(at);
      },
      gap: (at, samples) => {
        for (const channel of channels) channel?.ring?.gap(at, samples);
      },
      relays: (at, relays, coilSupply, bypassKey, hostLost) => {
        handlers.reported(id, at);
        if (hostLost !== this.#isHostLost) {
          this.#isHostLost = hostLost;
          // What fell by itself is told its level again.
          this.#outputLevels.clear();
          this.#tellTaps(at);
        }
        const body = { relays: relays.map(settled), coilSupply, bypassKey, hostLost };
        const report = JSON.stringify(body);
        const isSame = report === this.#report;
        if (isSame && this.#reportAt !== undefined && elapsedMs(this.#reportAt, at) < sameReportMs) return;
        this.#report = report;
        this.#reportAt = at;
        handlers.post({ kind: 'relays', card: id, at, ...body }, !isSame);
      },
      input: (at, index, closed, ohms) => {
        const point = this.#inputs.get(index);
        if (point?.supervised === undefined) {
          if (point !== undefined) handlers.input(point, closed, at);
          return;
        }
        const read = this.card.abilities.supervisedInputs
          ? supervisedContact(point, point.supervised, ohms)
          : ({ closed: 'unknown', fault: 'not-measured' } as const);
        handlers.input(point, read.closed, at, read.fault);
      },
    });
  }

  #tellTaps(at: MonoMs): void {
    for (const tap of this.#taps) tap.link(this.#isUp && !this.#isHostLost, this.card.abilities.hook, at);
  }

  drive(outputs: Outputs): void {
    if (!this.#isUp) return;
    // A card is adopted whole: as long as one of its lines is not named, none of its relays is commanded.
    let isAdopted = this.#relayLines.size + this.#alternates.size > 0;
    for (const [number, line] of this.#relayLines) {
      const coil = outputs.coils[line];
      if (coil === undefined) isAdopted = false;
      else this.#coils[number - 1] = coil;
    }
    for (const [number, level] of this.#alternates)
      this.#coils[number - 1] = outputs.points[level] === true ? 'energise' : 'release';
    if (isAdopted) this.card.drive(this.#coils);
    for (const { id, terminal, role } of this.#outputs) {
      const level = outputs.points[id];
      if (level === undefined || this.#outputLevels.get(terminal.number) === level) continue;
      this.#outputLevels.set(terminal.number, level);
      this.card.output(terminal.number, level, role === 'healthy');
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#supervision);
    await this.card.close();
  }
}

function follow(
  channels: readonly (Channel | undefined)[],
  at: MonoMs,
  lines: readonly ChannelReading[],
): void {
  for (let index = 0; index < channels.length; index++) {
    const reading = lines[index];
    if (reading !== undefined) channels[index]?.follower.frame(at, reading);
  }
}

/** A wire that is cut or touches itself tells nothing of its contact; only the key must read as turned then. */
function supervisedContact(
  { contact, role }: InputPoint,
  endOfLine: EndOfLine,
  ohms: number,
): { readonly closed: boolean | 'unknown'; readonly fault?: LoopFault } {
  const read = readLoop(endOfLine, ohms);
  const closedAtRest = contact === 'normally-closed';
  switch (read) {
    case 'normal':
      return { closed: closedAtRest };
    case 'alarm':
      return { closed: !closedAtRest };
    case 'cut':
    case 'short':
      return { closed: role === 'bypass-key' ? !closedAtRest : 'unknown', fault: read };
    default:
      return read satisfies never;
  }
}

function settled(report: RelayReport): RelayReport {
  return {
    ...report,
    sinceWriteMs: Math.min(report.sinceWriteMs, settledMs),
    phoneMilliamps: Math.round(report.phoneMilliamps),
  };
}
