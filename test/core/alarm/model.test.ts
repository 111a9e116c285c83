/**
 * The alarm engine against a second, simpler telling of the same rules: one alarm at a time, by half-second ticks, as the
 * table of the regions reads: delays, acknowledgement, latch, shelf, maintenance, restart. Random runs must agree after every event.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import type { Severity } from '../../../src/model/alarm.ts';
import { firstEvidenceMs } from '../../../src/core/alarm/saved.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';
import { alarmKind } from '../../../src/core/alarm/catalogue.ts';
import * as alarm from '../../../src/core/alarm/step.ts';
import { Alarms } from './bench.ts';
import '../../seeded.ts';

const tickMs = 500;
const graceMs = firstEvidenceMs;
const ids = ['crm/server.down', 'linekeeper/gpio.lost', 'L01/bypass.stuck'] as const;
type Id = (typeof ids)[number];
type Level = 'absent' | 'unknown' | Severity;

const mildFirst: readonly Severity[] = ['warning', 'minor', 'major', 'critical'];

class Model {
  readonly #onTicks: number;
  readonly #offTicks: number;
  readonly #latches: boolean;
  /** Ticks for which the report has differed from what stands; `undefined` while it does not. */
  #differs: number | undefined;
  stands = false;
  mustAck = false;
  isLatched = false;
  shelfTicks = 0;
  /** Maintenance of its subject, and what began in it. */
  workTicks = 0;
  #beganInWork = false;
  /** After a restart: until then absence says nothing. */
  #graceTicks = 0;
  #level: Level = 'absent';
  severity: Severity = 'warning';
  raised = 0;
  /** From its first raise until nothing is left of it. */
  isListed = false;

  constructor(type: string) {
    const { onDelayMs, offDelayMs, latch } = alarmKind(type);
    this.#onTicks = onDelayMs / tickMs;
    this.#offTicks = offDelayMs / tickMs;
    this.#latches = latch;
  }
  get sounds(): boolean {
    return this.mustAck && this.shelfTicks === 0 && this.workTicks === 0;
  }
  report(level: Level): void {
    this.#level = level;
    if (level !== 'absent') this.#graceTicks = 0;
    if (level === 'absent' && this.#graceTicks > 0) return;
    if (level === 'unknown') this.#differs = undefined;
    else {
      const isBad = level !== 'absent';
      if (isBad) {
        if (this.stands && mildFirst.indexOf(level) > mildFirst.indexOf(this.severity)) this.mustAck = true;
        this.severity = level;
      }
      if (isBad === this.stands) this.#differs = undefined;
      else this.#differs ??= 0;
    }
    this.#settle();
  }
  tick(): void {
    if (this.#differs !== undefined) this.#differs++;
    if (this.#graceTicks > 0 && --this.#graceTicks === 0 && this.#level === 'absent' && this.stands)
      this.#differs = 0;
    const workEnds = this.workTicks === 1;
    const shelfEnds = this.shelfTicks === 1;
    this.#judge();
    if (this.shelfTicks > 0) this.shelfTicks--;
    if (this.workTicks > 0) this.workTicks--;
    if (workEnds) this.#workIsOver();
    if ((shelfEnds || workEnds) && this.shelfTicks === 0 && this.workTicks === 0 && this.stands)
      this.mustAck = true;
    this.#settle();
  }
  /** What came and went in the work leaves nothing to acknowledge. */
  #workIsOver(): void {
    if (this.#beganInWork && !this.stands && !this.isLatched) {
      this.mustAck = false;
      this.#beganInWork = false;
    }
  }
  work(ticks: number): void {
    this.workTicks = ticks;
  }
  endWork(): void {
    if (this.workTicks === 0) return;
    this.workTicks = 0;
    this.#workIsOver();
    if (this.shelfTicks === 0 && this.stands) this.mustAck = true;
    this.#settle();
  }
  /** Delays begin anew; what was never raised is forgotten. */
  restart(): void {
    this.#differs = undefined;
    this.#beganInWork = false;
    this.#level = 'absent';
    this.#graceTicks = this.stands ? graceMs / tickMs : 0;
    this.#settle();
  }
  #settle(): void {
    this.#judge();
    const isOver =
      !this.stands && !this.mustAck && !this.isLatched && this.shelfTicks === 0 && this.workTicks === 0;
    if (isOver && this.#differs === undefined) this.isListed = false;
  }
  #judge(): void {
    if (this.#differs !== undefined && this.#differs >= (this.stands ? this.#offTicks : this.#onTicks)) {
      this.#differs = undefined;
      this.stands = !this.stands;
      if (this.stands) {
        this.raised++;
        this.isListed = true;
        this.mustAck = true;
        this.isLatched ||= this.#latches;
        this.#beganInWork = this.workTicks > 0;
      }
    }
  }
  acknowledge(): boolean {
    const did = this.mustAck;
    this.mustAck = false;
    this.#settle();
    return did;
  }
  reset(): boolean {
    const may = this.isLatched && !this.stands && !this.mustAck && this.#differs === undefined;
    if (may) this.isLatched = false;
    this.#settle();
    return may;
  }
  shelve(ticks: number): boolean {
    if (this.isListed) this.shelfTicks = ticks;
    return this.isListed;
  }
  unshelve(): void {
    if (this.shelfTicks > 0 && this.workTicks === 0 && this.stands) this.mustAck = true;
    this.shelfTicks = 0;
    this.#settle();
  }
}

type Act =
  | { readonly do: 'levels'; readonly levels: readonly [Level, Level, Level] }
  | { readonly do: 'wait'; readonly ticks: number }
  | { readonly do: 'work'; readonly ticks: number }
  | { readonly do: 'end-work' | 'restart' }
  | { readonly do: 'ack' | 'reset' | 'unshelve'; readonly id: Id }
  | { readonly do: 'shelve'; readonly id: Id; readonly ticks: number };

const anyLevel = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Level>('absent') },
  { weight: 4, arbitrary: fc.constantFrom<Level>('critical', 'major') },
  { weight: 1, arbitrary: fc.constant<Level>('unknown') },
);
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(anyLevel, anyLevel, anyLevel).map((levels) => ({ do: 'levels' as const, levels })),
  fc.integer({ min: 1, max: 30 }).map((ticks) => ({ do: 'wait' as const, ticks })),
  fc.integer({ min: 1, max: 40 }).map((ticks) => ({ do: 'work' as const, ticks })),
  fc.record({ do: fc.constantFrom('end-work' as const, 'restart' as const) }),
  fc.record({
    do: fc.constantFrom('ack' as const, 'reset' as const, 'unshelve' as const),
    id: fc.constantFrom(...ids),
  }),
  fc.record({
    do: fc.constant('shelve' as const),
    id: fc.constantFrom(...ids),
    ticks: fc.integer({ min: 1, max: 40 }),
  }),
);

test('random lives of alarms agree with the simple telling, after every event', () => {
  const seen = {
    raised: 0,
    acked: 0,
    shelved: 0,
    reset: 0,
    silentRaise: 0,
    cameBack: 0,
    worked: 0,
    restarted: 0,
  };
  fc.assert(
    fc.property(fc.array(anyAct, { minLength: 20, maxLength: 80, size: 'max' }), (acts) => {
      let engine = new Alarms();
      // Of crm alone: alarms of the bypass know none, and linekeeper is nobody's work.
      const announce = (until?: number): void => {
        const work = { until: monoMs(until ?? 0), by: 'Li', reason: text('', '') };
        engine.tell({ kind: 'maintenance', subjects: until === undefined ? {} : { crm: work } });
      };
      let workEndsAt: number | undefined;
      const models = new Map<Id, Model>(ids.map((id) => [id, new Model(id.split('/')[1] ?? '')]));
      const of = (id: Id): Model => {
        const model = models.get(id);
        if (model === undefined) throw new Error(`no model of ${id}`);
        return model;
      };
      for (const act of acts) {
        const before = new Map(ids.map((id) => [id, { sounds: of(id).sounds, raised: of(id).raised }]));
        switch (act.do) {
          case 'levels': {
            const names = ids.flatMap((id, index) => {
              const level = act.levels[index] ?? 'absent';
              of(id).report(level);
              return level === 'absent' ? [] : level === 'unknown' ? [`${id}?`] : [`${id}!${level}`];
            });
            engine.levels(...names);
            break;
          }
          case 'wait':
            for (let n = 0; n < act.ticks; n++) {
              for (const id of ids) of(id).tick();
              engine.wait(tickMs);
              if (workEndsAt !== undefined && engine.at >= workEndsAt) {
                workEndsAt = undefined;
                announce();
              }
            }
            break;
          case 'work':
            workEndsAt = engine.at + act.ticks * tickMs;
            of('crm/server.down').work(act.ticks);
            announce(workEndsAt);
            seen.worked++;
            break;
          case 'end-work':
            workEndsAt = undefined;
            of('crm/server.down').endWork();
            announce();
            break;
          case 'restart': {
            const saved = alarm.saved(engine.state, monoMs(engine.at));
            engine = new Alarms(saved, engine.at);
            for (const id of ids) of(id).restart();
            if (workEndsAt !== undefined) announce(workEndsAt);
            seen.restarted++;
            break;
          }
          case 'ack':
            if (of(act.id).acknowledge()) seen.acked++;
            engine.ack(act.id);
            break;
          case 'reset':
            if (of(act.id).reset()) seen.reset++;
            engine.reset(act.id);
            break;
          case 'shelve':
            if (of(act.id).shelve(act.ticks)) seen.shelved++;
            engine.shelve(act.id, act.ticks * tickMs);
            break;
          case 'unshelve':
            of(act.id).unshelve();
            engine.unshelve(act.id);
            break;
        }
        for (const id of ids) {
          const model = of(id);
          const old = before.get(id);
          const view = engine.view(id);
          if (model.raised > (old?.raised ?? 0)) {
            seen.raised++;
            if (!model.sounds) seen.silentRaise++;
          }
          if (model.sounds && old?.sounds === false && model.raised === old.raised) seen.cameBack++;
          const story = `${id} after ${JSON.stringify(act)}`;
          assert.is(view?.sounds ?? false, model.sounds, `sounds: ${story}`);
          assert.is(view?.ack === 'unacked', model.mustAck, `ack: ${story}`);
          assert.is(view?.latched ?? false, model.isLatched, `latch: ${story}`);
          const stands = view !== undefined && ['active', 'falling', 'unknown'].includes(view.condition);
          assert.is(stands, model.stands, `stands: ${story}`);
          if (model.stands) assert.is(view?.severity, model.severity, `severity: ${story}`);
          assert.is(
            view?.suppressions.length ?? 0,
            (model.shelfTicks > 0 ? 1 : 0) + (view !== undefined && model.workTicks > 0 ? 1 : 0),
            `shelf: ${story}`,
          );
        }
        const counts = alarm.counts(engine.state);
        const flood = engine.view('linekeeper/alarm.flood');
        const sounding = Object.values(counts.sounding).reduce((sum, one) => sum + one, 0);
        assert.is(sounding, ids.filter((id) => of(id).sounds).length + (flood?.sounds === true ? 1 : 0));
        assert.is(
          counts.standing,
          ids.filter((id) => of(id).stands).length + (flood?.condition === 'active' ? 1 : 0),
        );
      }
    }),
    { numRuns: 500 },
  );
  for (const [what, times] of Object.entries(seen)) assert.ok(times > 0, `${what} never occurred`);
});

test.run();
