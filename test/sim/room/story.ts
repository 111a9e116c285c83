/**
 * What happens in one night, from its seed: a list of happenings with their times, plain data, so that a night can be told, replayed and
 * shortened. Calls come and go all the time; faults come from a few themes, each with its end.
 */
import type { Command } from '../../../src/model/event.ts';
import type { RelayFault } from '../../../src/sim/changeover.ts';
import type { Chance } from '../../../src/sim/chance.ts';
import { between } from '../../../src/sim/chance.ts';
import type { DiskMood } from './disk.ts';
import { cards, places } from './room.ts';
import type { CardName, LineName } from './room.ts';
import type { WorkerName } from './threads.ts';
import { soundWire } from './wire.ts';
import type { WireFaults } from './wire.ts';

export type Happening = { readonly at: number } & (
  | {
      readonly do: 'call in';
      readonly line: LineName;
      /** `null`: nobody answers. */
      readonly answerMs: number | null;
      readonly talkMs: number;
      readonly patienceMs: number;
      readonly isMute: boolean;
    }
  | {
      readonly do: 'call out';
      readonly line: LineName;
      readonly answerMs: number;
      readonly talkMs: number;
      readonly isMute: boolean;
    }
  | { readonly do: 'hang up'; readonly line: LineName; readonly side: 'far' | 'near' }
  | { readonly do: 'pbx'; readonly is: 'dead' | 'hung' | 'alive' }
  | { readonly do: 'contact wire'; readonly isCut: boolean }
  | { readonly do: 'bounce' }
  | { readonly do: 'lan'; readonly isUp: boolean }
  | { readonly do: 'trunk'; readonly line: LineName; readonly is: 'sound' | 'cut' | 'held' }
  | { readonly do: 'relay'; readonly line: LineName; readonly fault: RelayFault }
  | { readonly do: 'wire'; readonly card: CardName; readonly faults: WireFaults }
  | { readonly do: 'drop link'; readonly card: CardName }
  | { readonly do: 'reset card'; readonly card: CardName }
  | { readonly do: 'coil supply'; readonly card: CardName; readonly isOn: boolean }
  | { readonly do: 'card key'; readonly card: CardName; readonly isTurned: boolean }
  | { readonly do: 'key'; readonly isTurned: boolean }
  | { readonly do: 'order'; readonly via: 'panel' | 'centre'; readonly command: Command }
  /** Of the alarms that stand, the one at this share of the list. */
  | { readonly do: 'alarm'; readonly what: 'acknowledge' | 'shelve' | 'unshelve'; readonly share: number }
  | { readonly do: 'button'; readonly which: 'acknowledge' | 'silence' }
  | { readonly do: 'disk'; readonly mood: DiskMood }
  | { readonly do: 'guard.json'; readonly is: 'deleted' | 'spoiled' }
  | { readonly do: 'broker'; readonly isUp: boolean }
  | { readonly do: 'worker'; readonly name: WorkerName; readonly how: 'dies' | 'falls silent' }
  | { readonly do: 'clock'; readonly stepMs: number }
  | { readonly do: 'guard'; readonly how: 'crash' | 'restart' | 'stop' | 'start' }
  | { readonly do: 'stall'; readonly ms: number }
  | { readonly do: 'power'; readonly isOn: boolean }
  | { readonly do: 'mains'; readonly isOn: boolean }
  | { readonly do: 'pins'; readonly are: 'lost' | 'deaf' | 'stiff' | 'sound' }
);
type Untimed<H> = H extends { readonly at: number } ? Omit<H, 'at'> : never;
type What = Untimed<Happening>;

export const nightMs = 70_000;

class Writer {
  readonly random: Chance;
  readonly happenings: Happening[] = [];

  constructor(random: Chance) {
    this.random = random;
  }

  add(at: number, what: What): void {
    this.happenings.push({ at: Math.round(at), ...what });
  }
  one<T>(all: readonly T[]): T {
    const chosen = all[Math.floor(this.random() * all.length)];
    if (chosen === undefined) throw new RangeError('nothing to choose from');
    return chosen;
  }
  ms(low: number, high: number): number {
    return Math.round(between(this.random, low, high));
  }
  line(): LineName {
    return this.one(places).line;
  }
}

type Theme = (writer: Writer, at: number) => void;

const themes: Readonly<Record<string, Theme>> = {
  'pbx dies': (to, at) => {
    to.add(at, { do: 'pbx', is: to.one(['dead', 'dead', 'hung']) });
    to.add(at + to.ms(6000, 60_000), { do: 'pbx', is: 'alive' });
  },
  'pbx flaps': (to, at) => {
    let now = at;
    for (let n = to.ms(2, 5); n > 0; n--) {
      to.add(now, { do: 'pbx', is: to.one(['dead', 'hung']) });
      now += to.ms(800, 12_000);
      to.add(now, { do: 'pbx', is: 'alive' });
      now += to.ms(800, 12_000);
    }
  },
  'evidence is lost': (to, at) => {
    const until = at + to.ms(3000, 40_000);
    if (to.random() < 0.6) {
      to.add(at, { do: 'lan', isUp: false });
      to.add(until, { do: 'lan', isUp: true });
    }
    if (to.random() < 0.5) {
      to.add(at + to.ms(0, 5000), { do: 'contact wire', isCut: true });
      to.add(until + to.ms(0, 9000), { do: 'contact wire', isCut: false });
    }
    to.add(at + to.ms(0, 9000), { do: 'bounce' });
  },
  'a trunk fails': (to, at) => {
    const line = to.line();
    to.add(at, { do: 'trunk', line, is: to.one(['cut', 'cut', 'held']) });
    to.add(at + to.ms(1000, 40_000), { do: 'trunk', line, is: 'sound' });
  },
  'a relay fails': (to, at) => {
    const line = to.line();
    to.add(at, { do: 'relay', line, fault: to.one(['stuck', 'welded', 'open', 'open-once']) });
    to.add(at + to.ms(10_000, 70_000), { do: 'relay', line, fault: 'sound' });
    if (to.random() < 0.5)
      to.add(at + to.ms(1000, 6000), {
        do: 'order',
        via: 'panel',
        command: { do: 'bypass', line, mode: 'now' },
      });
    if (to.random() < 0.5)
      to.add(at + to.ms(1000, 6000), { do: 'order', via: 'panel', command: { do: 'exercise', line } });
  },
  'a link is bad': (to, at) => {
    const card = to.one(cards);
    const faults = to.one<WireFaults>([
      { ...soundWire, isCut: true },
      { ...soundWire, lost: between(to.random, 0.02, 0.6) },
      { ...soundWire, garbled: between(to.random, 0.02, 0.5) },
      { ...soundWire, lateMs: to.ms(20, 900) },
      { isCut: false, lost: 0.1, garbled: 0.1, lateMs: to.ms(0, 300) },
    ]);
    to.add(at, { do: 'wire', card, faults });
    to.add(at + to.ms(300, 25_000), { do: 'wire', card, faults: soundWire });
  },
  'a link drops': (to, at) => {
    const card = to.one(cards);
    for (let n = to.ms(1, 4); n > 0; n--) to.add(at + to.ms(0, 12_000), { do: 'drop link', card });
  },
  'a card starts anew': (to, at) => {
    to.add(at, { do: 'reset card', card: to.one(cards) });
  },
  'no coil supply': (to, at) => {
    const card = to.one(cards);
    to.add(at, { do: 'coil supply', card, isOn: false });
    to.add(at + to.ms(500, 20_000), { do: 'coil supply', card, isOn: true });
  },
  'a key is turned': (to, at) => {
    const until = at + to.ms(2000, 25_000);
    const card = to.random() < 0.5 ? to.one(cards) : undefined;
    to.add(at, card === undefined ? { do: 'key', isTurned: true } : { do: 'card key', card, isTurned: true });
    to.add(
      until,
      card === undefined ? { do: 'key', isTurned: false } : { do: 'card key', card, isTurned: false },
    );
  },
  'people order': (to, at) => {
    for (let n = to.ms(2, 7); n > 0; n--) {
      const line = to.line();
      const command = to.one<Command>([
        { do: 'bypass', mode: 'now' },
        { do: 'bypass', mode: 'planned' },
        { do: 'bypass', line, mode: 'now' },
        { do: 'bypass', line, mode: 'planned' },
        { do: 'restore' },
        { do: 'restore' },
        { do: 'restore', line },
        { do: 'reset-bypass' },
        { do: 'reset-bypass', line },
        { do: 'exercise', line },
        { do: 'exercise', line },
      ]);
      to.add(at + to.ms(0, 40_000), { do: 'order', via: to.one(['panel', 'panel', 'centre']), command });
    }
  },
  maintenance: (to, at) => {
    const subject = to.one(['pbx', 'ups', to.line()]);
    const command: Command = { do: 'maintenance', subject, forMs: to.ms(60_000, 600_000), reason: 'work' };
    to.add(at, { do: 'order', via: 'panel', command });
    if (to.random() < 0.6)
      to.add(at + to.ms(5000, 30_000), {
        do: 'order',
        via: 'panel',
        command: { do: 'end-maintenance', subject },
      });
  },
  'the disk fails': (to, at) => {
    to.add(at, { do: 'disk', mood: to.one(['full', 'read-only', 'slow']) });
    to.add(at + to.ms(2000, 40_000), { do: 'disk', mood: 'well' });
  },
  'guard.json is lost': (to, at) => {
    to.add(at, { do: 'guard.json', is: to.one(['deleted', 'spoiled']) });
    to.add(at + to.ms(0, 300), { do: 'guard', how: 'crash' });
  },
  'the broker is away': (to, at) => {
    to.add(at, { do: 'broker', isUp: false });
    to.add(at + to.ms(1000, 60_000), { do: 'broker', isUp: true });
  },
  'a worker dies': (to, at) => {
    for (let n = to.ms(1, 3); n > 0; n--)
      to.add(at + to.ms(0, 20_000), {
        ...{ do: 'worker', name: to.one(['front', 'front', 'recorder', 'archive', 'probes']) },
        how: to.random() < 0.7 ? 'dies' : 'falls silent',
      });
  },
  'the clock jumps': (to, at) => {
    for (let n = to.ms(1, 3); n > 0; n--)
      to.add(at + to.ms(0, 30_000), {
        do: 'clock',
        stepMs: to.one([-1, 1]) * to.one([700, 5000, 3_600_000, 86_400_000, 31_536_000_000]),
      });
  },
  'the guard crashes': (to, at) => {
    let now = at;
    for (let n = to.one([1, 1, 1, 2, 3]); n > 0; n--) {
      to.add(now, { do: 'guard', how: 'crash' });
      now += to.ms(500, 15_000);
    }
  },
  'the guard is restarted': (to, at) => {
    to.add(at, { do: 'guard', how: 'restart' });
  },
  'the guard is stopped': (to, at) => {
    to.add(at, { do: 'guard', how: 'stop' });
    to.add(at + to.ms(1000, 30_000), { do: 'guard', how: 'start' });
  },
  'the guard stalls': (to, at) => {
    to.add(at, { do: 'stall', ms: to.one([300, 1200, 4000, 6000, 9000, 20_000]) });
  },
  'the power fails': (to, at) => {
    to.add(at, { do: 'power', isOn: false });
    to.add(at + to.ms(500, 20_000), { do: 'power', isOn: true });
  },
  'the mains fail': (to, at) => {
    to.add(at, { do: 'mains', isOn: false });
    to.add(at + to.ms(4000, 90_000), { do: 'mains', isOn: true });
  },
  'the pins fail': (to, at) => {
    to.add(at, { do: 'pins', are: to.one(['lost', 'deaf', 'stiff']) });
    to.add(at + to.ms(500, 20_000), { do: 'pins', are: 'sound' });
  },
};

/** Themes that nearly every night should meet more often than others. */
const often = [
  'pbx dies',
  'pbx dies',
  'pbx dies',
  'pbx flaps',
  'people order',
  'the guard crashes',
  'a link is bad',
];

export function storyOf(random: Chance): readonly Happening[] {
  const to = new Writer(random);
  const names = [...Object.keys(themes), ...often];
  for (let n = to.ms(3, 6); n > 0; n--) themes[to.one(names)]?.(to, to.ms(8000, nightMs - 15_000));
  for (let at = to.ms(3000, 6000); at < nightMs; at += to.ms(1500, 10_000)) {
    const line = to.line();
    const isMute = to.random() < 0.3;
    const talkMs = to.ms(2000, 50_000);
    if (to.random() < 0.7)
      to.add(at, {
        ...{ do: 'call in', line, talkMs, isMute, patienceMs: to.ms(8000, 40_000) },
        answerMs: to.random() < 0.15 ? null : to.ms(500, 9000),
      });
    else to.add(at, { do: 'call out', line, answerMs: to.ms(1000, 6000), talkMs, isMute });
    if (to.random() < 0.15)
      to.add(at + to.ms(3000, 20_000), { do: 'hang up', line, side: to.one(['far', 'near']) });
  }
  for (let n = to.ms(1, 5); n > 0; n--) {
    const at = to.ms(14_000, nightMs);
    if (to.random() < 0.4) to.add(at, { do: 'button', which: to.one(['acknowledge', 'silence']) });
    else
      to.add(at, {
        do: 'alarm',
        what: to.one(['acknowledge', 'acknowledge', 'shelve', 'unshelve']),
        share: to.random(),
      });
  }
  return to.happenings.filter(({ at }) => at < nightMs).sort((a, b) => a.at - b.at);
}

/** Everything that a happening may have broken is mended. */
export const repairs: readonly What[] = [
  { do: 'pbx', is: 'alive' },
  { do: 'contact wire', isCut: false },
  { do: 'lan', isUp: true },
  ...places.flatMap(({ line }): What[] => [
    { do: 'trunk', line, is: 'sound' },
    { do: 'relay', line, fault: 'sound' },
  ]),
  ...cards.flatMap((card): What[] => [
    { do: 'wire', card, faults: soundWire },
    { do: 'coil supply', card, isOn: true },
    { do: 'card key', card, isTurned: false },
  ]),
  { do: 'key', isTurned: false },
  { do: 'disk', mood: 'well' },
  { do: 'broker', isUp: true },
  { do: 'power', isOn: true },
  { do: 'mains', isOn: true },
  { do: 'pins', are: 'sound' },
  { do: 'guard', how: 'start' },
];

export const tell = ({ at: _, ...what }: Happening): string =>
  Object.values(what)
    .map((value) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)))
    .join(' ');
