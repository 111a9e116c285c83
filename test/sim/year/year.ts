/**
 * Drives the room of the core through the plan: polls, turns, a person who acknowledges, and after each fault the question
 * whether it was alarmed in its time, once, by its name. Every alarm that was raised must have a cause in the plan or be a run of
 * polls that were lost by chance.
 */
import { step } from '../../../src/core/room/step.ts';
import { initial } from '../../../src/core/room/state.ts';
import type { RoomState } from '../../../src/core/room/state.ts';
import { alarmViews, bypassView, subjectViews, suspects } from '../../../src/core/room/views.ts';
import { check } from '../../../src/core/room/step.ts';
import { roomConfig } from '../../../src/core/room/config.ts';
import { alarmKind } from '../../../src/core/alarm/catalogue.ts';
import { calmSlots, slotMsOf } from '../../../src/core/watch/flapping.ts';
import { roundMs } from '../../../src/core/watch/parents.ts';
import type { AlarmView } from '../../../src/model/alarm.ts';
import type { RoomEvent } from '../../../src/model/event.ts';
import type { SubjectKind } from '../../../src/model/watch.ts';
import { isPolled } from '../../../src/model/room.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';
import type { Fault, FaultKind } from './plan.ts';
import { dayMs, minuteMs, planOf } from './plan.ts';
import { ancestorsOf, childrenOf, room, subjects } from './room.ts';
import { World } from './world.ts';

const tickMs = 5000;
const quietTickMs = 10_000;
const ackEveryMs = 10 * minuteMs;
/** Delays of turns and of polls that get lost by chance on the way. */
const slackMs = 30_000;

const subjectOf = (id: string): (typeof subjects)[number] => {
  const found = subjects.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no subject ${id}`);
  return found;
};
const downTypes: Readonly<Record<SubjectKind, string>> = {
  ...{ pbx: 'pbx.down', ups: 'ups.comms-lost', server: 'server.down', terminal: 'terminal.down' },
  ...{ network: 'network.down', room: 'subject.down', line: 'subject.down', linekeeper: 'subject.down' },
};
const downAlarm = (id: string): string => `${id}/${downTypes[subjectOf(id).kind]}`;
const periodOf = (id: string): number => {
  const polled = subjectOf(id).sources.filter(isPolled);
  return Math.max(...polled.map((one) => ('suspectMs' in one ? one.suspectMs : one.everyMs)));
};
/**
 * From the death of a device to its alarm, at most: three misses; its parent asked once more, twice if that poll is lost by chance,
 * and then the device once more too; the on-delay.
 */
export function alarmWithinMs(alarm: string): number {
  const [id = '', type = ''] = alarm.split('/');
  const above = ancestorsOf(id)[0];
  const parentMs = above === undefined || id === 'pbx' ? 0 : periodOf(above);
  return 4 * periodOf(id) + 2 * parentMs + alarmKind(type).onDelayMs + slackMs;
}
/** From the last dark moment to the end of flapping. */
const calmWithinMs = (id: string): number => (calmSlots + 1) * slotMsOf(subjectOf(id)) + slackMs;

interface Raised {
  readonly atMs: number;
  readonly id: string;
  readonly sounds: boolean;
  explained?: string;
}
interface Spread {
  readonly median: number;
  readonly p99: number;
  readonly worst: number;
}
export interface YearResult {
  readonly seed: number;
  readonly days: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly raised: number;
  /** Alarms of injected faults, and how long each took. */
  readonly due: number;
  readonly missed: readonly string[];
  /** From the fault to its alarm. */
  readonly latencyS: Spread;
  /** From the first failure of an unrest to the alarm of the unrest. */
  readonly flappingS: Spread;
  /** Raised alarms by their explanation. */
  readonly explained: Readonly<Record<string, number>>;
  readonly unexplained: readonly string[];
  readonly broken: readonly string[];
  readonly trips: number;
  readonly tripWorstS: number;
  readonly hiddenMost: number;
  readonly silentInMaintenance: number;
  readonly polls: number;
  readonly lostByChance: number;
  readonly steps: number;
}

export function runYear(options: { seed: number; days: number; faults: number }): YearResult {
  return new Year(options).run();
}

class Year {
  readonly #options: { readonly seed: number; readonly days: number; readonly faults: number };
  readonly #plan: readonly Fault[];
  readonly #world: World;
  #state: RoomState;
  #nowMs = 0;
  readonly #raised: Raised[] = [];
  readonly #soundedFrom: { atMs: number; id: string }[] = [];
  readonly #lost = new Map<string, number[]>();
  readonly #broken: string[] = [];
  readonly #missed: string[] = [];
  readonly #latencies: number[] = [];
  readonly #flapLatencies: number[] = [];
  readonly #checks: { atMs: number; ask: () => void }[] = [];
  readonly #happenings: { atMs: number; make: () => RoomEvent }[] = [];
  #trips = 0;
  #tripWorstMs = 0;
  #hiddenMost = 0;
  #silent = 0;
  #polls = 0;
  #lostCount = 0;
  #steps = 0;
  #commands = 0;
  #pbxDiedAt: number | undefined;

  constructor(options: { seed: number; days: number; faults: number }) {
    this.#options = options;
    this.#plan = planOf(options.seed, options.days, options.faults);
    this.#world = new World(this.#plan, options.seed);
    this.#state = initial(roomConfig(room, 'year'), { saved: 'first-power-on', awayMs: 0 }, monoMs(0));
    for (const fault of this.#plan) this.#expect(fault);
    this.#checks.sort((a, b) => a.atMs - b.atMs);
    this.#happenings.sort((a, b) => a.atMs - b.atMs);
  }

  // ---- what each fault must bring, and may bring --------------------------------------------------------------------

  #expect(fault: Fault): void {
    const { subject, startMs, endMs } = fault;
    switch (fault.kind) {
      case 'dead':
        this.#mustAlarm(fault, downAlarm(subject), startMs);
        break;
      case 'half':
        this.#mustAlarm(fault, `${subject}/subject.degraded`, startMs);
        break;
      case 'on-battery':
        this.#mustAlarm(fault, `${subject}/ups.on-battery`, startMs);
        break;
      case 'blip':
      case 'evidence-lost':
        break;
      case 'tree': {
        this.#mustAlarm(fault, downAlarm(subject), startMs);
        this.#checks.push({ atMs: endMs - 15_000, ask: () => this.#mustBeUnreachable(fault) });
        const { stays } = fault;
        if (stays !== undefined)
          this.#mustAlarm(fault, downAlarm(stays.subject), endMs + roundMs(subjectOf(stays.subject)));
        break;
      }
      case 'flapping': {
        this.#mustAlarm(fault, downAlarm(subject), startMs, 2 * alarmWithinMs(downAlarm(subject)));
        const [from] = fault.dark.at(0) ?? [startMs];
        const slots = 9 * slotMsOf(subjectOf(subject));
        if (subject !== 'pbx')
          this.#mustAlarm(
            fault,
            `${subject}/subject.flapping`,
            from,
            2 * slots + alarmWithinMs(downAlarm(subject)),
          );
        if (fault.staysMs > 0)
          this.#checks.push({
            atMs: endMs - fault.staysMs + calmWithinMs(subject) + alarmWithinMs(downAlarm(subject)),
            ask: () => this.#mustStand(fault, downAlarm(subject)),
          });
        if (subject === 'pbx')
          for (const [dark, light] of fault.dark)
            this.#checks.push({
              atMs: Math.min(light, dark + 60_000),
              ask: () => this.#mustBeTripped(fault),
            });
        break;
      }
      case 'maintenance':
        this.#announce(fault);
        // What is left broken sounds when the work is over.
        if (endMs > fault.workEndMs)
          this.#checks.push({ atMs: fault.workEndMs + 30_000, ask: () => this.#mustSound(fault) });
        else this.#checks.push({ atMs: fault.workEndMs - 15_000, ask: () => this.#mustBeSilent(fault) });
        if (subject === 'pbx' && endMs - fault.deadFromMs > 60_000)
          this.#checks.push({ atMs: fault.deadFromMs + 60_000, ask: () => this.#mustBeTripped(fault) });
        break;
    }
    const lastMs = fault.kind === 'tree' ? Math.max(endMs, fault.stays?.untilMs ?? 0) : endMs;
    const overMs = subject === 'pbx' ? 20 * minuteMs : fault.kind === 'flapping' ? calmWithinMs(subject) : 0;
    this.#checks.push({ atMs: lastMs + overMs + 6 * minuteMs, ask: () => this.#mustBeOver(fault) });
  }

  #announce({ n, by, subject, startMs, workEndMs }: Extract<Fault, { kind: 'maintenance' }>): void {
    const reason = text(`工单 ${n}`, `work ${n}`);
    this.#happenings.push({
      atMs: startMs,
      make: () =>
        by === 'order'
          ? this.#command({
              ...{ do: 'maintenance', subject, reason: reason.en },
              forMs: workEndMs - startMs,
            })
          : {
              ...{ kind: 'maintenance', window: 'w', subjects: [subject], reason },
              ...{ at: monoMs(startMs), until: monoMs(workEndMs) },
            },
    });
  }

  #mustAlarm(fault: Fault, id: string, fromMs: number, withinMs = alarmWithinMs(id)): void {
    // What ends before it can be seen need not be alarmed.
    this.#checks.push({
      atMs: fromMs + withinMs,
      ask: () => {
        const raised = this.#raised.find(
          (one) => one.id === id && one.atMs >= fromMs && one.atMs <= fromMs + withinMs,
        );
        const latencies = id.endsWith('.flapping') ? this.#flapLatencies : this.#latencies;
        if (raised !== undefined) latencies.push(raised.atMs - fromMs);
        else if (this.#isStanding(id)) latencies.push(0);
        else this.#miss(fault, `${id} was not raised within ${Math.round(withinMs / 1000)} s`);
      },
    });
  }

  #miss(fault: Fault, what: string): void {
    this.#missed.push(
      `fault ${fault.n} (${fault.kind} of ${fault.subject} at ${moment(fault.startMs)}): ${what}`,
    );
  }
  #view = (id: string): AlarmView | undefined => alarmViews(this.#state).find((one) => one.id === id);
  #isStanding = (id: string): boolean => {
    const condition = this.#view(id)?.condition;
    return condition !== undefined && condition !== 'clear';
  };
  #mustStand(fault: Fault, id: string): void {
    if (this.#view(id)?.condition !== 'active') this.#miss(fault, `${id} does not stand although it is dead`);
  }
  #mustBeSilent(fault: Fault): void {
    this.#silent++;
    const loud = alarmViews(this.#state).filter(({ key, sounds }) => key.subject === fault.subject && sounds);
    for (const { id } of loud) this.#miss(fault, `${id} sounds in maintenance`);
  }
  #mustSound(fault: Fault): void {
    const id = downAlarm(fault.subject);
    const first = this.#soundedFrom.findLast((one) => one.id === id);
    if (!this.#isStanding(id) || first === undefined || first.atMs < fault.startMs)
      this.#miss(fault, `${id} is silent after the work`);
  }
  #mustBeTripped(fault: Fault): void {
    const state = bypassView(this.#state).room;
    if (state !== 'tripped' && state !== 'held')
      this.#miss(fault, `the room is ${state} though the PBX is dead`);
  }
  #mustBeUnreachable(fault: Fault): void {
    const views = new Map(subjectViews(this.#state).map((view) => [view.id, view]));
    const hidden = childrenOf(fault.subject).filter((id) => id !== 'pbx');
    for (const id of hidden) {
      const view = views.get(id);
      if (view?.verdict !== 'unknown' || view.hiddenBy !== fault.subject)
        this.#miss(fault, `${id} is ${view?.verdict ?? 'gone'}, not unreachable behind ${fault.subject}`);
    }
    const said = this.#view(downAlarm(fault.subject))?.what.en ?? '';
    const told = Number(/(\d+) unreachable behind it/.exec(said)?.[1] ?? '0');
    if (told < hidden.length) this.#miss(fault, `its alarm tells of ${told} hidden, not of ${hidden.length}`);
    this.#hiddenMost = Math.max(this.#hiddenMost, told);
  }
  #mustBeOver(fault: Fault): void {
    for (const id of [fault.subject, ...childrenOf(fault.subject)])
      for (const view of alarmViews(this.#state))
        if (view.key.subject === id && view.condition !== 'clear' && !this.#isByChance(view.id, this.#nowMs))
          this.#miss(fault, `${view.id} is still ${view.condition} when all is well again`);
  }

  // ---- running ----------------------------------------------------------------------------------------------------

  #tell(event: RoomEvent): void {
    this.#steps++;
    const before = bypassView(this.#state).room;
    const { state, effects } = step(this.#state, event);
    this.#state = state;
    for (const effect of effects) {
      if (effect.kind !== 'notice' || effect.notice.kind !== 'alarm') continue;
      const { change, alarm } = effect.notice;
      if (change === 'raised') this.#raised.push({ atMs: this.#nowMs, id: alarm.id, sounds: alarm.sounds });
      // Within an unrest its own alarm is the only one. (That of the PBX goes with the bypass.)
      const { subject, type } = alarm.key;
      if (change === 'raised' && subject !== 'pbx' && type.endsWith('.down'))
        if (this.#isStanding(`${subject}/subject.flapping`))
          this.#broken.push(`${alarm.id} raised while it flaps, ${moment(this.#nowMs)}`);
      if (alarm.sounds && (change === 'raised' || change === 'changed'))
        this.#soundedFrom.push({ atMs: this.#nowMs, id: alarm.id });
    }
    const now = bypassView(state).room;
    if (now === 'tripped' && before !== 'tripped') {
      this.#trips++;
      if (this.#pbxDiedAt !== undefined && before === 'confirming')
        this.#tripWorstMs = Math.max(this.#tripWorstMs, this.#nowMs - this.#pbxDiedAt);
    }
  }
  #command = (command: Extract<RoomEvent, { kind: 'command' }>['command']): RoomEvent => ({
    ...{ kind: 'command', id: `c${++this.#commands}`, by: { via: 'panel', name: 'duty' }, command },
    at: monoMs(this.#nowMs),
  });

  run(): YearResult {
    const { seed, days, faults } = this.#options;
    const endMs = days * dayMs;
    const sources = subjects.flatMap(({ id, sources: own }) =>
      own.filter(isPolled).map((source) => ({ id: source.id, subject: id, source, nextMs: 0 })),
    );
    for (const [index, one] of sources.entries()) one.nextMs = (index % 3) * quietTickMs;
    let contact: boolean | undefined;
    let isPathUp = true;
    let nextFault = 0;
    let lastHeld: number | undefined;
    const active: Fault[] = [];
    while (this.#nowMs < endMs) {
      const at = monoMs(this.#nowMs);
      for (
        let next = this.#plan[nextFault];
        next !== undefined && next.startMs - 2 * tickMs <= at;
        next = this.#plan[nextFault]
      ) {
        active.push(next);
        nextFault++;
      }
      while (active.length > 0 && (active[0]?.endMs ?? 0) + 15 * minuteMs < at) active.shift();
      for (
        let next = this.#happenings[0];
        next !== undefined && next.atMs <= at;
        next = this.#happenings[0]
      ) {
        this.#happenings.shift();
        this.#tell({ ...next.make(), at });
      }
      const isPbxDead = this.#world.isDead('pbx', at);
      if (contact !== !isPbxDead) {
        contact = !isPbxDead;
        this.#pbxDiedAt = isPbxDead ? at : undefined;
        this.#tell({ kind: 'contact', point: 'pbx-alarm', closed: contact, at });
      }
      const isPathLost = active.some(
        (one) => one.kind === 'evidence-lost' && one.how === 'path' && one.startMs <= at && at < one.endMs,
      );
      if (isPathLost === isPathUp) {
        isPathUp = !isPathLost;
        const link = isPathUp ? 'up' : 'lost';
        this.#tell({ kind: 'card', card: 'rs485', link, serialNumber: '', reason: text('', ''), at });
      }
      const suspect = suspects(this.#state);
      for (const one of sources) {
        const { source } = one;
        const everyMs = 'suspectMs' in source && suspect.has(one.subject) ? source.suspectMs : source.everyMs;
        if (one.nextMs - at > everyMs) one.nextMs = at + everyMs;
        if (one.nextMs > at) continue;
        one.nextMs += everyMs;
        this.#poll(one.id);
      }
      this.#tell({ kind: 'turn', at });
      if (this.#nowMs % ackEveryMs === 0) this.#tell(this.#command({ do: 'acknowledge', alarm: 'all' }));
      if (this.#nowMs % ackEveryMs === 0) this.#tell(this.#command({ do: 'reset-alarm', alarm: 'all' }));
      const isHeld = bypassView(this.#state).room === 'held';
      lastHeld = isHeld ? (lastHeld ?? this.#nowMs) : undefined;
      if (lastHeld !== undefined && !isPbxDead && this.#nowMs - lastHeld >= 3 * minuteMs) {
        this.#tell(this.#command({ do: 'reset-bypass' }));
        lastHeld = undefined;
      }
      if (this.#nowMs % minuteMs === 0) this.#broken.push(...check(this.#state, at));
      for (let next = this.#checks[0]; next !== undefined && next.atMs <= at; next = this.#checks[0]) {
        this.#checks.shift();
        next.ask();
      }
      this.#nowMs += active.length > 0 ? tickMs : quietTickMs;
    }
    const unexplained = this.#explainAll();
    const counted = (all: readonly string[]): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const one of all) counts[one] = (counts[one] ?? 0) + 1;
      return counts;
    };
    const done = this.#plan.filter((one) => one.endMs < endMs);
    return {
      seed,
      days,
      faults: { all: Math.min(faults, done.length), ...counted(done.map(({ kind }): FaultKind => kind)) },
      raised: this.#raised.length,
      due: this.#latencies.length + this.#flapLatencies.length + this.#missed.length,
      missed: this.#missed,
      latencyS: spread(this.#latencies),
      flappingS: spread(this.#flapLatencies),
      explained: counted(this.#raised.flatMap(({ explained }) => explained ?? [])),
      unexplained,
      broken: [...new Set(this.#broken)],
      trips: this.#trips,
      tripWorstS: this.#tripWorstMs / 1000,
      hiddenMost: this.#hiddenMost,
      silentInMaintenance: this.#silent,
      polls: this.#polls,
      lostByChance: this.#lostCount,
      steps: this.#steps,
    };
  }

  #poll(source: string): void {
    const at = monoMs(this.#nowMs);
    const heard = this.#world.answer(source, this.#nowMs);
    this.#polls++;
    if (heard === undefined) return;
    if (heard === 'lost by chance') {
      this.#lostCount++;
      const all = this.#lost.get(source) ?? [];
      this.#lost.set(source, [...all.filter((one) => one > this.#nowMs - 30 * minuteMs), this.#nowMs]);
      this.#chances.push({ source, atMs: this.#nowMs });
    }
    const says = heard === 'up' ? 'up' : 'down';
    const values = source === 'ups.1' && says === 'up' ? { values: this.#upsValues() } : {};
    this.#tell({ kind: 'evidence', source, says, reason: says === 'up' ? answered : silence, ...values, at });
  }
  readonly #chances: { readonly source: string; readonly atMs: number }[] = [];

  #upsValues = (): Record<string, boolean> => ({
    ...{ onBattery: this.#world.isOnBattery(this.#nowMs), lowBattery: false, replaceBattery: false },
    ...{
      overload: false,
      bypass: false,
      batteryAbsent: false,
      off: false,
      overTemperature: false,
      alarm: false,
    },
  });

  // ---- why each alarm was raised ----------------------------------------------------------------------------------

  #explainAll(): readonly string[] {
    const unexplained: string[] = [];
    for (const one of this.#raised) {
      one.explained =
        this.#causeOf(one) ?? (this.#isByChance(one.id, one.atMs) ? 'polls lost by chance' : '');
      if (one.explained === '') {
        delete one.explained;
        unexplained.push(`${moment(one.atMs)} ${one.id}`);
      }
    }
    return unexplained;
  }

  #causeOf({ id, atMs }: Raised): string | undefined {
    const [subject = '', type = ''] = id.split('/');
    if (type === 'alarm.flood') return this.#isFlood(atMs) ? 'flood of explained alarms' : undefined;
    const about = type.startsWith('bypass.') ? 'pbx' : subject;
    for (const fault of this.#plan) {
      if (fault.startMs > atMs) break;
      const stays = fault.kind === 'tree' ? fault.stays : undefined;
      const lastMs = Math.max(
        fault.endMs,
        stays?.untilMs ?? 0,
        fault.kind === 'maintenance' ? fault.workEndMs : 0,
      );
      const afterMs = about === 'pbx' ? 20 * minuteMs : 3 * minuteMs;
      if (atMs > lastMs + afterMs) continue;
      const isIts = fault.subject === about || (stays?.subject === about && atMs > fault.endMs);
      if (!isIts || !mayRaise(fault, type)) continue;
      const what = stays?.subject === about ? 'child left dead' : fault.kind;
      return type === downTypes[subjectOf(about).kind] ||
        type.startsWith('ups.') ||
        type.startsWith('bypass.')
        ? what
        : `${what}: ${type}`;
    }
    return undefined;
  }

  /** More than ten alarms within ten minutes, itself not counted; each of them is explained by itself. */
  #isFlood(atMs: number): boolean {
    const here = this.#raised.filter((one) => one.atMs <= atMs && one.atMs > atMs - 10 * minuteMs);
    return here.filter(({ id }) => !id.endsWith('/alarm.flood')).length > 10;
  }

  /** Three polls in a row lost of one source, or of a child and in its doubt of the parent. */
  #isByChance(id: string, atMs: number): boolean {
    const [subject = ''] = id.split('/');
    if (subject === 'linekeeper') return false;
    return subjectOf(subject === 'room' ? 'pbx' : subject).sources.some((source) => {
      const lost = this.#chances.filter(
        (one) => one.source === source.id && one.atMs <= atMs && one.atMs > atMs - 8 * minuteMs,
      );
      return lost.length >= 3;
    });
  }
}

function spread(all: readonly number[]): Spread {
  const sorted = all.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    Math.round((sorted[Math.floor((sorted.length - 1) * share)] ?? 0) / 1000);
  return { median: at(0.5), p99: at(0.99), worst: at(1) };
}

const answered = text('有应答', 'answered');
const silence = text('无应答', 'no answer');
const moment = (ms: number): string =>
  `day ${Math.floor(ms / dayMs)} ${new Date(ms).toISOString().slice(11, 19)}`;

/** What a fault may bring of itself beside what it must. */
function mayRaise(fault: Fault, type: string): boolean {
  if (fault.subject === 'pbx' && type.startsWith('bypass.')) return true;
  const own = downTypes[subjectOf(fault.subject).kind];
  switch (fault.kind) {
    case 'dead':
      return [own, 'pbx.degraded', 'subject.degraded'].includes(type);
    case 'tree':
      return type.endsWith('.down') || type === 'subject.degraded';
    case 'maintenance':
      return [own, 'pbx.degraded', 'subject.degraded'].includes(type);
    case 'flapping':
      return [own, 'subject.flapping', 'pbx.degraded', 'subject.degraded'].includes(type);
    case 'half':
      return type === 'subject.degraded';
    case 'on-battery':
      return type === 'ups.on-battery';
    case 'evidence-lost':
      return type === 'subject.unknown' || type === 'ups.comms-lost';
    case 'blip':
      return false;
  }
}
