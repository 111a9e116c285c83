/**
 * One room on the test bench, with the real times: relays that follow their coils in 15 ms, cards that report every
 * 20 ms, a turn after every event. Faults are set by hand.
 */
import type { BusId, LineId } from '../../../src/model/ids.ts';
import type { CoilCommand, KeyPosition, LineBypassState, RelayReport } from '../../../src/model/bypass.ts';
import type { Effect, Notice } from '../../../src/model/effect.ts';
import type { Actor } from '../../../src/model/event.ts';
import type { BypassSettings } from '../../../src/model/room.ts';
import type { CallDirection, LineSignal } from '../../../src/model/line.ts';
import type { Verdict } from '../../../src/model/watch.ts';
import type { Text } from '../../../src/model/text.ts';
import type {
  BypassCommand,
  BypassConfig,
  BypassEvent,
  BypassState,
  SavedBypass,
} from '../../../src/core/bypass/index.ts';
import { monoMs } from '../../../src/model/units.ts';
import { core } from './under-test.ts';

export const settings: BypassSettings = {
  confirmMs: 3_000,
  busyCapMs: 30_000,
  callCapMs: 300_000,
  idleForMs: 6_000,
  loopOpenMs: 1_500,
  restoreAfterMs: 120_000,
  spacingMs: 1_000,
  proveMs: 60_000,
  ringLimitMs: 20_000,
  restoresPerHour: 4,
  restore: 'when-idle',
};

const reportEveryMs = 20;
const operateMs = 15;

interface BenchRelay {
  coil: CoilCommand;
  writtenAt: number;
  /** Where the armature is held by a fault; absent: it follows the coil. */
  heldAt?: RelayReport['position'];
  position: RelayReport['position'];
}
interface BenchCard {
  supply: boolean;
  key: KeyPosition;
  hostLost: boolean;
  linked: boolean;
  reporting: boolean;
}
interface BenchOptions {
  readonly lines?: number;
  /** Lines on each card; the default puts all on one. */
  readonly perCard?: number;
  readonly settings?: Partial<BypassSettings>;
  readonly allowFromCentre?: boolean;
  /** Never the canary. */
  readonly spared?: readonly LineId[];
  readonly saved?: SavedBypass | 'missing' | 'unreadable' | 'first-power-on';
  /** Coil and position at the start, of every line or line by line. */
  readonly stands?: 'normal' | 'bypass' | readonly ('normal' | 'bypass')[];
}

const person: Actor = { via: 'panel', name: 'duty' };
type WithoutAt<E> = E extends unknown ? Omit<E, 'at'> : never;

export class Bench {
  now = 1_000_000;
  state: BypassState;
  readonly config: BypassConfig;
  readonly effects: Effect[] = [];
  readonly relays = new Map<LineId, BenchRelay>();
  readonly cards = new Map<BusId, BenchCard>();

  constructor(options: BenchOptions = {}) {
    const count = options.lines ?? 2;
    const perCard = options.perCard ?? count;
    this.config = {
      settings: { ...settings, ...options.settings },
      values: core.standardValues,
      hostLostMs: 5_000,
      lines: Array.from({ length: count }, (_, n) => ({
        id: `L${n + 1}`,
        card: `card-${'ab'[Math.floor(n / perCard)] ?? 'c'}`,
        relay: (n % perCard) + 1,
        phone: `800${n + 1}`,
        ...(options.spared?.includes(`L${n + 1}`) === true ? { neverCanary: true as const } : {}),
      })),
      allowFromCentre: options.allowFromCentre ?? false,
    };
    this.config.lines.forEach((line, n) => {
      const stands = options.stands ?? 'normal';
      const position = typeof stands === 'string' ? stands : (stands[n] ?? 'normal');
      this.relays.set(line.id, {
        coil: position === 'normal' ? 'energise' : 'release',
        writtenAt: this.now - 100_000,
        position,
      });
      this.cards.set(line.card, {
        supply: true,
        key: 'normal',
        hostLost: false,
        linked: false,
        reporting: true,
      });
    });
    this.state = core.initial(this.config, options.saved ?? 'missing', monoMs(this.now));
  }

  /** A room in service: cards up, positions adopted, every line idle for long. */
  static inService(options: BenchOptions = {}): Bench {
    const bench = new Bench(options);
    for (const card of bench.cards.keys()) bench.link(card, 'up');
    for (const line of bench.relays.keys()) bench.line(line, 'idle', { sinceMs: 60_000 });
    bench.pass(40);
    bench.effects.length = 0;
    return bench;
  }

  send(event: WithoutAt<BypassEvent>): void {
    this.take({ ...event, at: monoMs(this.now) });
    this.turn();
  }
  turn(): void {
    for (let n = 0; n < 4; n += 1) {
      this.take({ kind: 'turn', at: monoMs(this.now) });
      this.drive();
      if (!this.state.restless) return;
    }
  }
  take(event: BypassEvent): void {
    const { state, effects } = core.step(this.state, event);
    this.state = state;
    this.effects.push(...effects);
    const wrong = core.check(state);
    if (wrong.length > 0) throw new Error(`check: ${wrong.join(', ')}`);
  }
  drive(): void {
    for (const [id, coil] of Object.entries(core.outputs(this.state))) {
      const relay = this.relays.get(id);
      if (relay === undefined || relay.coil === coil) continue;
      relay.coil = coil;
      relay.writtenAt = this.now;
    }
  }

  /** Time goes by, with a report of every card and a turn each 20 ms. */
  pass(ms: number): void {
    const end = this.now + ms;
    while (this.now < end) {
      this.now = Math.min(end, this.now + reportEveryMs);
      for (const card of this.cards.keys()) this.report(card);
      this.turn();
    }
  }
  /** Long times, where only the turn at the end matters: no line moves on the way. */
  leap(ms: number): void {
    this.now += ms;
    for (const card of this.cards.keys()) this.report(card);
    this.turn();
  }

  report(card: BusId): void {
    const part = this.cards.get(card);
    if (part === undefined || !part.linked || !part.reporting) return;
    const relays: Record<LineId, RelayReport> = {};
    for (const line of this.config.lines) {
      const relay = this.relays.get(line.id);
      if (line.card !== card || relay === undefined) continue;
      const isFed = part.supply && part.key !== 'turned';
      const sinceWriteMs = this.now - relay.writtenAt;
      const side = relay.coil === 'energise' && isFed ? 'normal' : 'bypass';
      if (relay.heldAt !== undefined) relay.position = relay.heldAt;
      else if (sinceWriteMs >= operateMs) relay.position = side;
      relays[line.id] = {
        coil: relay.coil,
        position: relay.position,
        sinceWriteMs,
        phoneMilliamps: 0,
        ...(relay.position === side ? { moveMs: operateMs } : {}),
      };
    }
    this.take({
      kind: 'relays',
      at: monoMs(this.now),
      card,
      relays,
      coilSupply: part.supply,
      bypassKey: part.key,
      hostLost: part.hostLost,
    });
  }

  verdict(verdict: Verdict): void {
    this.send({ kind: 'verdict', verdict });
  }
  /** Down for as long as a trip needs. */
  trip(): void {
    this.verdict('down');
    this.pass(this.config.settings.confirmMs);
  }
  line(
    line: LineId,
    signal: LineSignal,
    more: { readonly sinceMs?: number; readonly inBurst?: boolean; readonly direction?: CallDirection } = {},
  ): void {
    const isInUse = signal === 'ringing' || signal === 'off-hook';
    this.send({
      kind: 'line',
      line,
      signal,
      since: monoMs(this.now - (more.sinceMs ?? 0)),
      ...(more.inBurst === undefined ? {} : { inBurst: more.inBurst }),
      ...(isInUse ? { call: { id: `call-${line}`, direction: more.direction ?? 'incoming' } } : {}),
    });
  }
  speech(line: LineId): void {
    this.send({ kind: 'speech', line });
  }
  link(card: BusId, link: 'up' | 'lost' | 'refused'): void {
    this.card(card).linked = link === 'up';
    this.send({ kind: 'card', card, link });
    this.report(card);
    this.turn();
  }
  key(turned: boolean | 'unknown'): void {
    this.send({ kind: 'key', turned });
  }
  /** Whether the command was accepted. */
  order(command: BypassCommand, by: Actor = person): boolean {
    const from = this.effects.length;
    this.send({ kind: 'command', id: 'c1', by, command });
    const answers = this.effects
      .slice(from)
      .flatMap((effect) =>
        effect.kind === 'notice' && effect.notice.kind === 'command' ? [effect.notice] : [],
      );
    if (answers.length !== 1) throw new Error(`${answers.length} answers to one command`);
    return answers[0]?.accepted === true;
  }

  card(id: BusId): BenchCard {
    const card = this.cards.get(id);
    if (card === undefined) throw new Error(`no card ${id}`);
    return card;
  }
  relay(id: LineId): BenchRelay {
    const relay = this.relays.get(id);
    if (relay === undefined) throw new Error(`no relay of ${id}`);
    return relay;
  }
  room(): string {
    return core.view(this.state).room;
  }
  at(line: LineId): LineBypassState | undefined {
    return core.view(this.state).lines.find(({ id }) => id === line)?.state;
  }
  all(): string {
    return core
      .view(this.state)
      .lines.map(({ state }) => state)
      .join(' ');
  }
  coil(line: LineId): CoilCommand | undefined {
    return core.outputs(this.state)[line];
  }
  alarms(): string[] {
    return core.conditions(this.state, monoMs(this.now)).map(({ key }) => `${key.subject} ${key.type}`);
  }
  detail(type: string): Text | undefined {
    return core.conditions(this.state, monoMs(this.now)).find(({ key }) => key.type === type)?.detail;
  }
  notices<K extends Notice['kind']>(kind: K): Extract<Notice, { kind: K }>[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'notice' && effect.notice.kind === kind
        ? [effect.notice as Extract<Notice, { kind: K }>]
        : [],
    );
  }
  /** The same room after a crash: guard.json as it was saved, relays where they are. */
  restarted(saved: SavedBypass | 'missing' = core.saved(this.state)): Bench {
    const next = new Bench({
      lines: this.config.lines.length,
      perCard: this.config.lines.filter((line) => line.card === 'card-a').length,
      settings: this.config.settings,
      saved,
    });
    next.now = this.now + 1_000;
    next.state = core.initial(next.config, saved, monoMs(next.now));
    for (const [id, relay] of this.relays) next.relays.set(id, { ...relay });
    for (const [id, card] of this.cards) next.cards.set(id, { ...card, linked: false });
    return next;
  }
}
