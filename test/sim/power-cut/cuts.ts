/**
 * Days of a room in bad weather: the whole core, two batteries that empty and charge, UPSes that lie or fall silent, a server
 * that goes down or does not, people who tick off what is asked of them, a guard that crashes, and a supply that dies.
 * It counts what happened and lists what must never be.
 */
import { check, outputs, step } from '../../../src/core/room/step.ts';
import { initial as initialPlan } from '../../../src/core/power-cut/index.ts';
import { initial, saved } from '../../../src/core/room/state.ts';
import type { RoomState, SavedRoom } from '../../../src/core/room/state.ts';
import { bypassView, powerCutView } from '../../../src/core/room/views.ts';
import { roomConfig } from '../../../src/core/room/config.ts';
import type { Command, RoomEvent } from '../../../src/model/event.ts';
import type { Effect } from '../../../src/model/effect.ts';
import type { RelayReport } from '../../../src/model/bypass.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';
import { between, chance } from '../../../src/sim/chance.ts';
import { hosts, lines, room } from './room.ts';
import { weather } from './weather.ts';

export interface Cuts {
  readonly counts: Readonly<Record<string, number>>;
  readonly broken: readonly string[];
  /** Where the room stood in the end. */
  readonly end: { readonly phase: string; readonly bypass: string; readonly switched: readonly string[] };
}

interface Battery {
  /** Hours that it carries the whole load. */
  readonly hours: number;
  charge: number;
  isLying: boolean;
  isSilent: boolean;
}
type Untimed<E> = E extends { readonly at: unknown } ? Omit<E, 'at'> : never;
const none = text('', '');

export function runCuts(seed: number, hours: number): Cuts {
  const random = chance(seed);
  const calmS = 4 * 3600;
  const { mains, kinds } = weather(random, hours * 3600);
  const counts: Record<string, number> = { ...kinds };
  const broken: string[] = [];
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const ups: Readonly<Record<'a' | 'b', Battery>> = {
    a: { hours: 4, charge: 100, isLying: false, isSilent: false },
    b: { hours: 2.5, charge: 100, isLying: false, isSilent: false },
  };
  const names = ['a', 'b'] as const;

  let at = 1_000_000;
  let second = 0;
  let kept: { readonly room: SavedRoom; readonly at: number } | undefined;
  let state: RoomState = fresh(undefined);
  let deadUntil: number | undefined;
  let begun = true;
  const movedAt: Record<string, number> = {};
  const coils: Record<string, 'energise' | 'release'> = Object.fromEntries(
    lines.map((id) => [id, 'energise']),
  );
  const host = {
    isOn: true,
    bootsAt: undefined as number | undefined,
    order: '',
    askedAt: 0,
    answersAt: undefined as number | undefined,
    mood: 'obeys',
  };
  const relays: Record<string, { isOn: boolean; at: number }> = {};
  const given = new Map<string, number>();
  let outS = 0;
  let backS = 1e6;
  /** Without the flickers that fall between two polls. */
  let seenBackS = 1e6;
  /** Seconds since the guard was started last. */
  let aliveS = 0;

  function fresh(from: { readonly room: SavedRoom; readonly at: number } | undefined): RoomState {
    const awayMs = from === undefined ? 0 : at - from.at;
    const config = roomConfig(room, `run${at}`);
    const whole = initial(config, { saved: from?.room ?? 'first-power-on', awayMs }, monoMs(at));
    const plan = initialPlan({ ...whole.powerCut.config, hosts }, from?.room.powerCut, awayMs, monoMs(at));
    return { ...whole, powerCut: plan };
  }
  const wrong = (what: string): void => {
    if (broken.length < 20) broken.push(`${second} s (seed ${seed}): ${what}`);
  };
  const tell = (event: Untimed<RoomEvent>): void => {
    const next = step(state, { ...event, at: monoMs(at) });
    state = next.state;
    for (const effect of next.effects) carryOut(effect);
  };
  const carryOut = (effect: Effect): void => {
    if (effect.kind === 'save') kept = { room: JSON.parse(JSON.stringify(saved(state))) as SavedRoom, at };
    if (effect.kind === 'power-end') count('own end');
    if (effect.kind === 'restart') {
      count('asked to restart');
      deadUntil = at + 3000;
    }
    if (effect.kind === 'manual-forms')
      tell({ kind: 'manual-forms', order: effect.order, outcome: 'printed', reason: none });
    if (effect.kind === 'shut-host') {
      if (effect.order === host.order) {
        if (!begun) wrong(`order ${effect.order} was given twice`);
        return;
      }
      given.set(effect.order, at);
      host.mood = host.isOn
        ? (['obeys', 'obeys', 'refuses', 'silent'][Math.floor(random() * 4)] ?? 'obeys')
        : 'obeys';
      Object.assign(host, {
        order: effect.order,
        askedAt: at,
        answersAt: at + between(random, 5000, 100_000),
      });
      count(`host ${host.mood}`);
    }
    if (
      effect.kind === 'notice' &&
      effect.notice.kind === 'bypass-line' &&
      effect.notice.cutCall !== undefined
    )
      wrong('a call was cut');
  };
  const order = (command: Command): boolean => {
    let isDone = false;
    const next = step(state, {
      kind: 'command',
      id: 'p',
      by: { via: 'panel', name: 'Li' },
      command,
      at: monoMs(at),
    });
    state = next.state;
    for (const effect of next.effects) {
      carryOut(effect);
      if (effect.kind === 'notice' && effect.notice.kind === 'command') isDone = effect.notice.accepted;
    }
    return isDone;
  };

  function connect(): void {
    tell({ kind: 'card', card: 'card-a', link: 'up', serialNumber: 'LK8', reason: none });
    tell({ kind: 'frames', card: 'card-a', flowing: true });
    for (const line of lines)
      tell({ kind: 'loop', line, volts: 48, dcVolts: 48, ringVolts: 0, ringHz: 0, milliamps: 0 });
    tell({ kind: 'contact', point: 'pbx-alarm', closed: true });
  }
  function reportRelays(): void {
    const reports = lines.map((line): RelayReport => {
      const coil = coils[line] ?? 'release';
      const position = coil === 'energise' ? 'normal' : 'bypass';
      return {
        coil,
        position,
        moveMs: 4,
        sinceWriteMs: Math.min(1000, at - (movedAt[line] ?? 0)),
        phoneMilliamps: 0,
      };
    });
    const level = { coilSupply: true, bypassKey: 'normal', hostLost: false } as const;
    tell({ kind: 'relays', card: 'card-a', relays: reports, ...level });
  }
  function batteries(isOn: boolean): void {
    const rack = relays['rack']?.isOn === true ? 0.5 : 1;
    for (const name of names) {
      const one = ups[name];
      const perS = isOn ? 100 / (3 * 3600) : (-100 / (one.hours * 3600)) * (name === 'b' ? rack : 1);
      one.charge = Math.min(100, Math.max(0, one.charge + perS));
    }
  }
  function speak(isOn: boolean): void {
    if (!isOn) seenBackS = 0;
    for (const name of names) {
      const one = ups[name];
      if (!isOn && outS === 1 && random() < 0.25) {
        one.isLying = random() < 0.5;
        one.isSilent = !one.isLying && random() < 0.6 && name === 'b';
      }
      if (isOn && backS === 60) Object.assign(one, { isLying: false, isSilent: false });
      const source = `ups-${name}.1`;
      if (one.charge <= 0 || (one.isSilent && outS > 60)) {
        if (outS > 60 && one.charge > 0) count('silent on battery');
        tell({ kind: 'evidence', source, says: 'unknown', reason: none });
        continue;
      }
      if (one.isLying && !isOn) count('lie');
      const honest = (one.charge / 100) * one.hours * 3600;
      const isGlitch = !isOn && random() < 0.01;
      if (isGlitch) count('glitch');
      const values = {
        onBattery: !isOn,
        batteryPercent: one.charge,
        runtimeS: isGlitch ? 0 : one.isLying && !isOn ? 14_400 : honest,
        lowBattery: !isOn && one.charge < 4,
      };
      tell({ kind: 'evidence', source, says: 'up', reason: none, values });
    }
    const isPbxUp = ups.a.charge > 0;
    tell({ kind: 'contact', point: 'pbx-alarm', closed: isPbxUp });
    tell({ kind: 'evidence', source: 'pbx.2', says: isPbxUp ? 'up' : 'down', reason: none });
    tell({ kind: 'evidence', source: 'crm.1', says: host.isOn ? 'up' : 'down', reason: none });
  }
  function server(isOn: boolean): void {
    const isFed = relays['rack']?.isOn !== true && ups.b.charge > 0;
    if (!isFed && host.isOn) {
      if (host.mood === 'obeys' && host.order !== '' && at - host.askedAt < 180_000 && ups.b.charge > 0)
        wrong('the rack lost its power before the server was down');
      host.isOn = false;
    }
    if (!isFed) host.bootsAt = undefined;
    else if (!host.isOn && isOn) {
      host.bootsAt ??= at + (random() < 0.5 ? 120_000 : 3_600_000);
      if (at >= host.bootsAt) {
        host.isOn = true;
        host.bootsAt = undefined;
      }
    }
    if (host.answersAt === undefined || at < host.answersAt) return;
    host.answersAt = undefined;
    if (host.mood === 'silent') return;
    if (host.mood === 'obeys') host.isOn = false;
    const outcome = host.mood === 'obeys' ? 'confirmed' : 'refused';
    tell({ kind: 'host', host: 'crm', order: host.order, outcome, reason: none });
  }
  function people(): void {
    const view = powerCutView(state);
    if (view === undefined || second % 60 !== 0) return;
    if (view.formsOwed && view.phase === 'ready' && order({ do: 'power-cut-done', step: 'forms' }))
      count('forms entered');
    if (view.phase !== 'checking') return;
    for (const { id, state: now } of view.stages.flatMap(({ steps }) => steps))
      if (now === 'open' && random() < 0.3) order({ do: 'power-cut-done', step: id });
    for (const { subject, state: now } of view.checks)
      if (now === 'awaited' && random() < 0.3 && order({ do: 'waive', what: subject, reason: 'later' }))
        count('waived');
    if (random() > 0.3) return;
    const { checks = [], mayClear = false } = powerCutView(state) ?? {};
    if (!order({ do: 'all-clear' })) {
      count('all-clear refused');
      if (mayClear) wrong('the all-clear was refused although it was offered');
      return;
    }
    count('all-clear');
    if (!mayClear || checks.some(({ state: now }) => now === 'awaited'))
      wrong('all clear, and a subject was not seen');
  }

  /** Truths about loads, told by the world and not by the plan. */
  function loads(): void {
    for (const [point, isOn] of Object.entries(outputs(state).points)) {
      const before = relays[point] ?? { isOn: false, at: 0 };
      if (before.isOn === isOn) continue;
      count(isOn ? 'switched' : 'back');
      if (isOn && backS > 15) wrong(`${point} was switched with the mains there`);
      if (isOn && outS < 8 && backS > 120) wrong(`${point} was switched in a flicker`);
      if (!isOn && seenBackS < 285) wrong(`${point} went back after ${seenBackS} s of mains`);
      if (at - before.at < 60_000 && before.at > 0)
        wrong(`${point} was switched twice within ${at - before.at} ms`);
      relays[point] = { isOn, at };
    }
  }
  /** A battery that is really empty finds the lines on their phones. */
  function prepared(): void {
    if (outS < 120 || aliveS < 30 || ups.a.charge > 1 || state.powerCut.cut === undefined) return;
    if (bypassView(state).room !== 'held' && bypassView(state).room !== 'tripped')
      wrong('the battery is empty, and no bypass');
    if (state.powerCut.cut.ended === undefined) wrong('the battery is empty, and no orderly end');
  }

  connect();
  for (second = 0; second < mains.length + calmS; second++) {
    const isOn = mains[second] ?? true;
    at += 1000;
    const { cut } = state.powerCut;
    if (
      !isOn &&
      backS > 0 &&
      cut !== undefined &&
      cut.phase.kind !== 'on-battery' &&
      cut.phase.kind !== 'returning'
    )
      count('cut in the recovery');
    aliveS++;
    outS = isOn ? 0 : outS + 1;
    backS = isOn ? backS + 1 : 0;
    seenBackS++;
    batteries(isOn);
    if (ups.a.charge <= 0 && deadUntil === undefined) {
      count('supply died');
      deadUntil = Number.POSITIVE_INFINITY;
    }
    if (deadUntil === Number.POSITIVE_INFINITY && isOn && ups.a.charge > 1) deadUntil = at + 60_000;
    if (deadUntil === undefined && cut !== undefined && random() < 1 / 3000) {
      count('crash in a cut');
      deadUntil = at + 2000;
    }
    if (deadUntil !== undefined) {
      server(isOn);
      if (at < deadUntil) continue;
      deadUntil = undefined;
      const before = Object.entries(relays)
        .filter(([, { isOn: was }]) => was)
        .map(([point]) => point);
      state = fresh(kept);
      const after = Object.entries(outputs(state).points)
        .filter(([, is]) => is)
        .map(([point]) => point);
      if (before.sort().join() !== after.sort().join())
        wrong(`a restart moved loads: ${before.join()} to ${after.join()}`);
      begun = true;
      aliveS = 0;
      for (const line of lines) coils[line] = coils[line] ?? 'release';
      connect();
    }
    if (second % 5 === 0) speak(isOn);
    server(isOn);
    reportRelays();
    tell({ kind: 'turn' });
    begun = false;
    people();
    for (const violation of check(state, monoMs(at))) wrong(violation);
    for (const [line, coil] of Object.entries(outputs(state).coils))
      if (coils[line] !== coil) {
        coils[line] = coil;
        movedAt[line] = at;
      }
    loads();
    prepared();
  }
  counts['orders'] = given.size;
  const switched = Object.entries(outputs(state).points).flatMap(([point, isOn]) => (isOn ? [point] : []));
  return {
    counts,
    broken,
    end: { phase: powerCutView(state)?.phase ?? '', bypass: bypassView(state).room, switched },
  };
}
