/** What is true in the room at each moment, and what the probes hear of it: the plan of faults, and polls that get lost by chance. */
import { chance } from '../../../src/sim/chance.ts';
import type { Fault } from './plan.ts';
import { ancestorsOf, childrenOf } from './room.ts';

/** One poll in a hundred is lost on the way though all is well. */
export const lossShare = 0.01;
/** What hung on a switch needs a moment to come back. */
const bootMsMax = 20_000;

type Span = readonly [fromMs: number, toMs: number];

export class World {
  readonly #dark = new Map<string, Span[]>();
  readonly #half: Span[] = [];
  readonly #battery: Span[] = [];
  readonly #silent = new Map<string, Span[]>();
  readonly #random: () => number;

  constructor(faults: readonly Fault[], seed: number) {
    this.#random = chance(seed + 1);
    for (const fault of faults) this.#add(fault);
  }

  #add(fault: Fault): void {
    const { subject, startMs, endMs } = fault;
    const dark = (id: string, span: Span): void => {
      this.#dark.set(id, [...(this.#dark.get(id) ?? []), span]);
    };
    switch (fault.kind) {
      case 'dead':
      case 'blip':
        dark(subject, [startMs, endMs]);
        return;
      case 'half':
        this.#half.push([startMs, endMs]);
        return;
      case 'on-battery':
        this.#battery.push([startMs, endMs]);
        return;
      case 'tree':
        dark(subject, [startMs, endMs]);
        for (const child of childrenOf(subject))
          if (child !== 'pbx') dark(child, [startMs, endMs + Math.round(this.#random() * bootMsMax)]);
        if (fault.stays !== undefined) dark(fault.stays.subject, [startMs, fault.stays.untilMs]);
        return;
      case 'flapping':
        for (const span of fault.dark) dark(subject, span);
        if (fault.staysMs > 0) dark(subject, [endMs - fault.staysMs, endMs]);
        return;
      case 'evidence-lost':
        this.#silent.set(subject, [...(this.#silent.get(subject) ?? []), [startMs, endMs]]);
        return;
      case 'maintenance':
        dark(subject, [fault.deadFromMs, endMs]);
    }
  }

  isDead = (id: string, atMs: number): boolean => within(this.#dark.get(id), atMs);
  isOnBattery = (atMs: number): boolean => within(this.#battery, atMs);

  /** The answer to one poll; `undefined`: nothing comes at all. */
  answer(source: string, atMs: number): 'up' | 'down' | 'lost by chance' | undefined {
    const [subject = ''] = source.split('.');
    if (within(this.#silent.get(subject), atMs)) return undefined;
    const isGone =
      this.isDead(subject, atMs) ||
      (source === 'crm.2' && within(this.#half, atMs)) ||
      ancestorsOf(subject).some((above) => this.isDead(above, atMs));
    if (isGone) return 'down';
    return this.#random() < lossShare ? 'lost by chance' : 'up';
  }
}

/** Spans are in order: those that are over are dropped on the way. */
function within(spans: Span[] | undefined, atMs: number): boolean {
  if (spans === undefined) return false;
  while ((spans[0]?.[1] ?? Number.POSITIVE_INFINITY) <= atMs - 86_400_000) spans.shift();
  return spans.some(([from, to]) => {
    return from <= atMs && atMs < to;
  });
}
