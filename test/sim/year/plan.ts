/**
 * The faults of a year, drawn from one seed: which subject, what kind, when. Subjects above and below one that has a fault are
 * left alone until it is over, so that each alarm has one cause that is known.
 */
import { between, chance } from '../../../src/sim/chance.ts';
import type { Chance } from '../../../src/sim/chance.ts';
import { ancestorsOf, childrenOf, subjects } from './room.ts';

export const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;

export type Fault = {
  readonly n: number;
  readonly subject: string;
  readonly startMs: number;
  /** From here on the subject is as it should be. */
  readonly endMs: number;
} &
  /** The device is dead. */
  (
    | { readonly kind: 'dead' }
    /** One of the two sources of the server is dead. */
    | { readonly kind: 'half' }
    | { readonly kind: 'on-battery' }
    /** Too short to be seen as a fault. */
    | { readonly kind: 'blip' }
    /** A switch dies with all that is behind it; `stays`: a child that does not come back with it, until then. */
    | { readonly kind: 'tree'; readonly stays?: { readonly subject: string; readonly untilMs: number } }
    /** Dark spans; `staysMs`: how long it is dead after the unrest. */
    | {
        readonly kind: 'flapping';
        readonly dark: readonly (readonly [fromMs: number, toMs: number])[];
        readonly staysMs: number;
      }
    /** Nothing comes from the source any more, or our own path is down. */
    | { readonly kind: 'evidence-lost'; readonly how: 'silent' | 'path' }
    /** Announced work from `startMs` to `workEndMs`, with the device dead from `deadFromMs` to `endMs`. */
    | {
        readonly kind: 'maintenance';
        readonly by: 'order' | 'window';
        readonly deadFromMs: number;
        readonly workEndMs: number;
      }
  );
export type FaultKind = Fault['kind'];

const weights: Readonly<Record<FaultKind, number>> = {
  dead: 36,
  half: 4,
  'on-battery': 5,
  blip: 12,
  tree: 12,
  flapping: 6,
  'evidence-lost': 12,
  maintenance: 13,
};
const kinds = Object.keys(weights) as FaultKind[];

function pick<T>(random: Chance, all: readonly T[]): T {
  const one = all[Math.floor(random() * all.length)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
}
function pickKind(random: Chance): FaultKind {
  let left = random() * Object.values(weights).reduce((a, b) => a + b, 0);
  for (const kind of kinds) {
    left -= weights[kind];
    if (left < 0) return kind;
  }
  return 'dead';
}
/** Many short ones, few long ones. */
const drawn = (random: Chance, leastMs: number, mostMs: number): number =>
  Math.round(leastMs * (mostMs / leastMs) ** random());

const switches = subjects.filter(({ kind }) => kind === 'network').map(({ id }) => id);
const targets: Readonly<Record<FaultKind, readonly string[]>> = {
  dead: subjects.filter(({ kind }) => kind !== 'network').map(({ id }) => id),
  half: ['crm'],
  'on-battery': ['ups'],
  // The PBX is left out: its contact tells within 100 ms, and seconds without service are a fault.
  blip: subjects.flatMap(({ id, kind }) => (kind === 'pbx' ? [] : [id])),
  tree: switches,
  flapping: ['pbx', 'crm', 'erp', 't01', 't05', 't08', 'sw-2'],
  'evidence-lost': ['erp', 't02', 't06', 'sw-2', 'ups', 'crm'],
  maintenance: ['pbx', 'erp', 'crm', 't03', 't07', 'sw-1', 'sw-2', 'ups'],
};
/** After the end of a fault its subject is left alone for so long: what was counted must have run out. */
const marginMs = 30 * minuteMs;
const flapMarginMs = 60 * minuteMs;

export function planOf(seed: number, days: number, count: number): readonly Fault[] {
  const random = chance(seed);
  const busy = new Map<string, number>();
  const faults: Fault[] = [];
  const firstMs = 30 * minuteMs;
  const meanGapMs = (days * dayMs * 0.97 - firstMs) / count;
  let at = firstMs;
  while (faults.length < count) {
    const kind = pickKind(random);
    const startMs = Math.round(at);
    const family = (id: string): readonly string[] => [id, ...ancestorsOf(id), ...childrenOf(id)];
    const free = targets[kind].filter((id) => family(id).every((one) => (busy.get(one) ?? 0) <= startMs));
    if (free.length === 0) {
      // Another kind may find room now; if none does, time goes on a little.
      at += minuteMs / 4;
      continue;
    }
    const fault = faultOf(random, faults.length + 1, kind, pick(random, free), startMs);
    const lastMs = fault.kind === 'tree' ? Math.max(fault.endMs, fault.stays?.untilMs ?? 0) : fault.endMs;
    busy.set(fault.subject, lastMs + (kind === 'flapping' ? flapMarginMs : marginMs));
    // A child that stays dead keeps its own family busy through its switch.
    faults.push(fault);
    at = startMs - Math.log(1 - random()) * meanGapMs * 0.97;
  }
  return faults;
}

function faultOf(random: Chance, n: number, kind: FaultKind, subject: string, startMs: number): Fault {
  const base = { n, subject, startMs };
  switch (kind) {
    case 'dead':
      return { ...base, kind, endMs: startMs + drawn(random, 6 * minuteMs, 180 * minuteMs) };
    case 'half':
    case 'on-battery':
      return { ...base, kind, endMs: startMs + drawn(random, 6 * minuteMs, 90 * minuteMs) };
    case 'blip':
      return { ...base, kind, endMs: startMs + Math.round(between(random, 3000, 25_000)) };
    case 'tree': {
      const endMs = startMs + drawn(random, 5 * minuteMs, 60 * minuteMs);
      const leaves = childrenOf(subject).filter((id) => id.startsWith('t') || id === 'erp');
      const untilMs = endMs + drawn(random, 15 * minuteMs, 40 * minuteMs);
      const stays = random() < 0.3 ? { stays: { subject: pick(random, leaves), untilMs } } : {};
      return { ...base, kind, endMs, ...stays };
    }
    case 'flapping': {
      const isSlow = subject.startsWith('t');
      const lengthMs = (isSlow ? 120 : 60) * minuteMs;
      const dark: [number, number][] = [];
      let at = startMs;
      while (at < startMs + lengthMs) {
        const darkMs = isSlow ? between(random, 200_000, 260_000) : between(random, 100_000, 150_000);
        dark.push([Math.round(at), Math.round(at + darkMs)]);
        at += darkMs + (isSlow ? between(random, 80_000, 130_000) : between(random, 60_000, 90_000));
      }
      const lastMs = dark.at(-1)?.[1] ?? startMs;
      const staysMs = random() < 0.35 ? 45 * minuteMs : 0;
      return { ...base, kind, dark, staysMs, endMs: lastMs + staysMs };
    }
    case 'evidence-lost': {
      const how = subject === 'ups' && random() < 0.5 ? 'path' : 'silent';
      return { ...base, kind, how, endMs: startMs + drawn(random, 4 * minuteMs, 60 * minuteMs) };
    }
    case 'maintenance': {
      const workMs = Math.round(between(random, 20, 120)) * minuteMs;
      const deadFromMs = startMs + Math.round(between(random, 1, 10) * minuteMs);
      const isLeft = random() < 0.3;
      const endMs = isLeft
        ? startMs + workMs + drawn(random, 5 * minuteMs, 30 * minuteMs)
        : Math.min(deadFromMs + drawn(random, minuteMs, 30 * minuteMs), startMs + workMs - 4 * minuteMs);
      const by = random() < 0.5 ? 'order' : 'window';
      return { ...base, kind, by, deadFromMs, workEndMs: startMs + workMs, endMs };
    }
  }
}
