/** Maintenance: announced, bounded, ends by itself; a command is answered, and what is not right is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Command } from '../../../src/model/event.ts';
import type { Notice } from '../../../src/model/effect.ts';
import type { MaintenanceEvent } from '../../../src/core/maintenance/step.ts';
import * as maintenance from '../../../src/core/maintenance/step.ts';
import { maintenanceMsMax, maintenanceMsMin } from '../../../src/core/maintenance/step.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';

const hourMs = 3_600_000;
const names = ['crm', 'lan', 'L01'];
type Ordered = Extract<Command, { readonly do: 'maintenance' | 'end-maintenance' }>;
type Untimed<E> = E extends { readonly at: unknown } ? Omit<E, 'at'> : never;

class Work {
  state = maintenance.initial(names, [], monoMs(0));
  at = 0;
  saves = 0;
  readonly notices: Notice[] = [];
  tell(event: Untimed<MaintenanceEvent>): this {
    const { state, effects } = maintenance.step(this.state, {
      ...event,
      at: monoMs(this.at),
    });
    this.state = state;
    for (const effect of effects) {
      if (effect.kind === 'notice') this.notices.push(effect.notice);
      if (effect.kind === 'save') this.saves++;
    }
    return this;
  }
  order(command: Ordered, name = 'Li'): boolean | undefined {
    this.tell({ kind: 'command', id: 'c', by: { via: 'panel', name }, command });
    return this.notices.flatMap((one) => (one.kind === 'command' ? [one.accepted] : [])).at(-1);
  }
  begin(subject = 'crm', forMs = hourMs, reason = 'new disk'): boolean | undefined {
    return this.order({ do: 'maintenance', subject, forMs, reason });
  }
  window(id: string, subjects: readonly string[], until?: number): this {
    return this.tell({
      ...{ kind: 'maintenance', window: id, subjects, reason: text('重启', 'restart') },
      ...(until === undefined ? {} : { until: monoMs(until) }),
    });
  }
  now(): string[] {
    return Object.entries(this.state.subjects).map(([id, { until }]) => `${id} ${until}`);
  }
}

test('ordered maintenance stands until its end, to the millisecond, and ends by itself', () => {
  const work = new Work();
  assert.is(work.begin(), true);
  assert.equal(work.now(), [`crm ${hourMs}`]);
  assert.is(maintenance.nextDeadline(work.state), hourMs);
  work.at = hourMs - 1;
  work.tell({ kind: 'turn' });
  assert.equal(work.now(), [`crm ${hourMs}`]);
  work.at = hourMs;
  work.tell({ kind: 'turn' });
  assert.equal(work.now(), []);
  assert.is(work.saves, 2);
  const said = work.notices.map((one) => ('text' in one ? one.text.en : ''));
  assert.equal(said, [
    'crm put into maintenance by Li, ends by itself in 60 min: new disk',
    'maintenance of crm is over',
  ]);
});

test('it lasts a minute at least and a day at most, names what there is, and needs a reason', () => {
  const work = new Work();
  assert.is(work.begin('crm', maintenanceMsMin), true);
  assert.is(work.begin('crm', maintenanceMsMax), true);
  assert.is(work.begin('crm', maintenanceMsMin - 1), false);
  assert.is(work.begin('crm', maintenanceMsMax + 1), false);
  assert.is(work.begin('crm', Number.NaN), false);
  assert.is(work.begin('crm', hourMs, '  '), false);
  assert.is(work.begin('crm', hourMs, 'x'.repeat(200)), true);
  assert.is(work.begin('crm', hourMs, 'x'.repeat(201)), false);
  assert.is(work.begin('crn'), false);
  assert.is(work.begin('linekeeper'), false);
  assert.is(work.begin('L01'), true);
});

test('a second order replaces the first; whoever ends it is named', () => {
  const work = new Work();
  work.begin('crm', 2 * hourMs);
  work.begin('crm', hourMs);
  assert.equal(work.now(), [`crm ${hourMs}`]);
  assert.is(work.order({ do: 'end-maintenance', subject: 'crm' }, 'Wang'), true);
  assert.equal(work.now(), []);
  assert.is(work.order({ do: 'end-maintenance', subject: 'crm' }), false);
});

test('a window of the room file opens, moves and closes; one that nobody closes ends within a day', () => {
  const work = new Work().window('w1', ['crm', 'lan', 'gone'], 2 * hourMs);
  assert.equal(work.now(), [`crm ${2 * hourMs}`, `lan ${2 * hourMs}`]);
  work.window('w1', ['crm', 'lan'], 3 * hourMs);
  assert.equal(work.now(), [`crm ${3 * hourMs}`, `lan ${3 * hourMs}`]);
  assert.equal(work.window('w1', ['crm', 'lan']).now(), []);
  assert.equal(work.window('w2', ['lan'], 1000 * hourMs).now(), [`lan ${maintenanceMsMax}`]);
});

test('of two that overlap the longer one counts; one subject taken back leaves the others', () => {
  const work = new Work().window('w1', ['crm', 'lan'], 2 * hourMs);
  work.begin('crm', hourMs);
  assert.equal(work.now(), [`crm ${2 * hourMs}`, `lan ${2 * hourMs}`]);
  work.order({ do: 'end-maintenance', subject: 'crm' });
  assert.equal(work.now(), [`lan ${2 * hourMs}`]);
});

test('it outlives a restart with what is left of it, and trusts no file', () => {
  const work = new Work();
  work.begin('crm', hourMs);
  work.at = hourMs / 2;
  const kept: unknown = JSON.parse(JSON.stringify(maintenance.saved(work.state, monoMs(work.at))));
  const back = maintenance.initial(names, maintenance.readSaved(kept), monoMs(5000));
  assert.is(back.subjects['crm']?.until, 5000 + hourMs / 2);
  assert.equal(maintenance.initial(['lan'], maintenance.readSaved(kept), monoMs(0)).subjects, {});
  const tooLong = [{ id: 'x', subjects: ['crm'], remainingMs: 1e15, by: 'x', reason: text('', '') }];
  assert.is(maintenance.initial(names, tooLong, monoMs(0)).subjects['crm']?.until, maintenanceMsMax);
  for (const junk of [undefined, {}, [null], [{ id: 1 }], [{ id: 'x', subjects: [1] }], 'x'])
    assert.equal(maintenance.readSaved(junk), []);
});

test('at rest the state keeps its identity', () => {
  const work = new Work();
  work.begin();
  const { state } = work;
  assert.is(work.tell({ kind: 'turn' }).state, state);
});

test.run();
