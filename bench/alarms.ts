/**
 * The alarm core with many standing alarms. An event is one condition that begins or ends; the core is told all levels once a turn,
 * as the room tells it. Two loads: `batch` edges a turn (how many events a second one core takes), and a single edge a turn (what the
 * guard pays each turn while little happens). The list for people is made every second turn.
 */
import * as alarm from '../src/core/alarm/step.ts';
import type { Condition } from '../src/model/alarm.ts';
import { monoMs } from '../src/model/units.ts';
import { text } from '../src/model/text.ts';
import type { Options } from './run.ts';

const turnMs = 20;
/** Types without delays, so that each edge is a raise or a clear at once. */
const types = ['gpio.outputs-kept', 'gpio.lost', 'point.active'];

interface Measured {
  readonly perSecond: number;
  /** CPU ms of each turn, and of each list, sorted. */
  readonly turn: readonly number[];
  readonly list: readonly number[];
}

export function alarms(options: Options): Promise<object> {
  const standing = Number(options['standing'] ?? '10000');
  const batch = Number(options['batch'] ?? '2000');
  const events = Number(options['n'] ?? '400000');
  const run = (edges: number, count: number): Measured => {
    const all = Array.from({ length: standing + edges }, (_, n) => conditionOf(n));
    let state = alarm.initial(undefined, monoMs(0));
    let at = 0;
    const tell = (levels: readonly Condition[]): void => {
      at += turnMs;
      state = alarm.step(state, { kind: 'conditions', standing: levels, at: monoMs(at) }).state;
    };
    const base = all.slice(0, standing);
    tell(base);
    const by = { via: 'panel', name: 'bench' } as const;
    const acknowledge = (): void => {
      const command = { do: 'acknowledge', alarm: 'all' } as const;
      state = alarm.step(state, { kind: 'command', id: 'c', by, command, at: monoMs(at) }).state;
    };
    acknowledge();
    const times: number[] = [];
    const lists: number[] = [];
    const begin = process.cpuUsage();
    for (let done = 0; done < count; done += 2 * edges) {
      // All of them begin, and all of them end: two turns.
      for (const levels of [all, base]) {
        const from = process.cpuUsage();
        tell(levels);
        times.push(cpuMs(from));
      }
      const from = process.cpuUsage();
      alarm.views(state);
      lists.push(cpuMs(from));
      acknowledge();
    }
    const elapsedMs = cpuMs(begin);
    if (alarm.check(state).length > 0 || alarm.counts(state).standing < standing)
      throw new Error('the core lost alarms');
    return {
      perSecond: Math.round((count / elapsedMs) * 1000),
      turn: times.toSorted((a, b) => a - b),
      list: lists.toSorted((a, b) => a - b),
    };
  };
  run(batch, events / 4);
  const many = run(batch, events);
  const single = run(1, 1000);
  const at = (sorted: readonly number[], share: number): number =>
    Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 100) / 100;
  return Promise.resolve({
    standing,
    batch,
    events,
    eventsPerCpuSecond: many.perSecond,
    turnCpuMs: { median: at(many.turn, 0.5), p99: at(many.turn, 0.99) },
    listCpuMs: { median: at(single.list, 0.5), p99: at(single.list, 0.99) },
    turnOfOneEdgeCpuMs: { median: at(single.turn, 0.5), p99: at(single.turn, 0.99) },
  });
}

/** Of the whole process, garbage collection included: the machine may be busy with others. */
function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

function conditionOf(n: number): Condition {
  const type = types[n % types.length] ?? 'gpio.lost';
  return { key: { subject: `s${n}`, type, qualifier: '' }, state: 'active', detail: text('测', 'bench') };
}
