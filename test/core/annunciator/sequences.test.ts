/**
 * The table of ISA-18.1 (docs/annunciator.md), cell by cell: what happens to the condition and what a person presses goes
 * through the alarms, and what is read are the lamp and the horn. So the latch of an alarm and its sequence are tried together.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as alarm from '../../../src/core/alarm/step.ts';
import type { AnnunciatorConfig } from '../../../src/core/annunciator/step.ts';
import type { AlarmKey } from '../../../src/model/alarm.ts';
import { alarmId } from '../../../src/model/alarm.ts';
import type { Command } from '../../../src/model/event.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';
import { Wall } from './wall.ts';

/** No delays, so that one moment is one cell. `bypass.stuck` has a latch, `gpio.lost` has none; both are critical. */
const plain: AlarmKey = { subject: 'a', type: 'gpio.lost', qualifier: '' };
const latched: AlarmKey = { subject: 'a', type: 'bypass.stuck', qualifier: '' };

class Panel {
  readonly wall: Wall;
  #alarms = alarm.initial(undefined, monoMs(0));
  constructor(config: Partial<AnnunciatorConfig> = {}) {
    this.wall = new Wall({
      lamps: ['a', 'b', 'c'].map((point) => ({ point, scope: { subject: point } })),
      ...config,
    });
  }
  #tell(event: alarm.AlarmEvent): this {
    this.#alarms = alarm.step(this.#alarms, event).state;
    this.wall.tell({ kind: 'alarms', views: alarm.views(this.#alarms), isFlood: false });
    return this;
  }
  /** These stand, and no other. */
  stand(...keys: readonly (AlarmKey & { readonly since?: number })[]): this {
    this.wall.wait(1000);
    return this.#tell({
      kind: 'conditions',
      standing: keys.map(({ since, ...key }) => ({
        ...{ key, state: 'active', detail: text('', '') },
        ...(since === undefined ? {} : { since: monoMs(since) }),
      })),
      at: monoMs(this.wall.at),
    });
  }
  press(command: Command): this {
    this.wall.wait(1000);
    if (command.do === 'silence' || command.do === 'reset-first-out') {
      this.wall.tell({ kind: command.do });
      return this;
    }
    return this.#tell({
      ...{ kind: 'command', id: 'x', by: { via: 'button', name: 'wall' }, command },
      at: monoMs(this.wall.at),
    });
  }
  acknowledge(which: AlarmKey | 'all' = 'all'): this {
    return this.press({ do: 'acknowledge', alarm: which === 'all' ? which : alarmId(which) });
  }
  reset(): this {
    return this.press({ do: 'reset-alarm', alarm: 'all' });
  }
  /** Lamp and horn. */
  get is(): string {
    return `${this.wall.see('a')}, ${this.wall.hear()}`;
  }
}

const sequences = {
  A: { key: plain, config: {} },
  M: { key: latched, config: {} },
  R: { key: latched, config: { ringback: new Set(['bypass.stuck']) } },
} as const;
type Name = keyof typeof sequences;

/** What is done, and what A, M and R show then. */
const table: readonly (readonly [string, (panel: Panel, key: AlarmKey) => Panel, string, string, string])[] =
  [
    ['alert', (p, key) => p.stand(key), ...same('flash, critical')],
    ['alert, silenced', (p, key) => p.stand(key).press({ do: 'silence' }), ...same('flash, quiet')],
    [
      'alert, silenced, a second alarm',
      (p, key) =>
        p
          .stand(key)
          .press({ do: 'silence' })
          .stand(key, { ...key, subject: 'b' }),
      ...same('flash, critical'),
    ],
    ['acknowledged, still abnormal', (p, key) => p.stand(key).acknowledge(), ...same('steady, quiet')],
    [
      'returns before it is acknowledged (lock-in)',
      (p, key) => p.stand(key).stand(),
      ...same('flash, critical'),
    ],
    [
      'acknowledged after the return',
      (p, key) => p.stand(key).stand().acknowledge(),
      ...(['dark, quiet', 'steady, quiet', 'slow, mostly off, ringback'] as const),
    ],
    [
      'returns after it was acknowledged',
      (p, key) => p.stand(key).acknowledge().stand(),
      ...(['dark, quiet', 'steady, quiet', 'slow, mostly off, ringback'] as const),
    ],
    [
      'over and acknowledged, silenced',
      (p, key) => p.stand(key).acknowledge().stand().press({ do: 'silence' }),
      ...(['dark, quiet', 'steady, quiet', 'slow, mostly off, quiet'] as const),
    ],
    [
      'over, acknowledged and reset',
      (p, key) => p.stand(key).acknowledge().stand().reset(),
      ...same('dark, quiet'),
    ],
    ['reset while it is abnormal', (p, key) => p.stand(key).acknowledge().reset(), ...same('steady, quiet')],
    ['reset before it is acknowledged', (p, key) => p.stand(key).stand().reset(), ...same('flash, critical')],
    [
      'comes again after the return',
      (p, key) => p.stand(key).acknowledge().stand().stand(key),
      ...same('flash, critical'),
    ],
  ];

function same(shown: string): readonly [string, string, string] {
  return [shown, shown, shown];
}

for (const [what, happen, a, m, r] of table)
  for (const [name, expected] of [
    ['A', a],
    ['M', m],
    ['R', r],
  ] satisfies readonly [Name, string][])
    test(`sequence ${name}: ${what}: ${expected}`, () => {
      const { key, config } = sequences[name];
      assert.is(happen(new Panel(config), key).is, expected);
    });

test('a type without a latch has nothing to ring back for', () => {
  const panel = new Panel({ ringback: new Set(['gpio.lost']) }).stand(plain).acknowledge().stand();
  assert.is(panel.is, 'dark, quiet');
});

test('ringback sounds again for the next alarm that is over, and gives way to one that is not', () => {
  const panel = new Panel(sequences.R.config);
  const other = { ...latched, subject: 'b' };
  panel.stand(latched, other).acknowledge().stand(other).press({ do: 'silence' });
  assert.is(panel.wall.hear(), 'quiet');
  assert.is(panel.stand().wall.hear(), 'ringback');
  assert.is(panel.stand({ ...plain, subject: 'c' }).wall.hear(), 'critical');
});

test('the relay of the new alarm clears on acknowledge, that of any lamp when all is dark', () => {
  const panel = new Panel().stand(latched);
  const relays: (readonly [boolean, boolean])[] = [panel.wall.relays];
  relays.push(panel.press({ do: 'silence' }).wall.relays);
  relays.push(panel.acknowledge().wall.relays, panel.stand().wall.relays, panel.reset().wall.relays);
  assert.equal(relays, [
    [true, true],
    [true, true],
    [false, true],
    [false, true],
    [false, false],
  ]);
});

// ---- first-out, F3A ---------------------------------------------------------------------------------------------------

const group = { groupOf: new Map(['a', 'b', 'c'].map((one) => [one, 'power'])) };
const [one, two, three] = ['a', 'b', 'c'].map((subject): AlarmKey => ({ ...plain, subject })) as [
  AlarmKey,
  AlarmKey,
  AlarmKey,
];
const lamps = ({ wall }: Panel): readonly string[] => ['a', 'b', 'c'].map((point) => wall.see(point));

test('F3A: the first of a group has a flash of its own, with the horn', () => {
  const panel = new Panel(group).stand(one);
  assert.is(panel.is, 'double flash, critical');
});

test('F3A: the second flashes as ever, and the horn sounds for it', () => {
  const panel = new Panel(group).stand(one).press({ do: 'silence' }).stand(one, two);
  assert.equal(lamps(panel), ['double flash', 'flash', 'dark']);
  assert.is(panel.wall.hear(), 'critical');
});

test('F3A: acknowledged and still abnormal, the mark of the first stays as a slow flash', () => {
  assert.equal(lamps(new Panel(group).stand(one, two).acknowledge()), ['slow, mostly on', 'steady', 'dark']);
});

test('F3A: who returns before it is acknowledged stays locked in, with its mark', () => {
  assert.equal(lamps(new Panel(group).stand(one, two).stand(two)), ['double flash', 'flash', 'dark']);
});

test('F3A: acknowledged after the return, or returned after it was acknowledged: dark', () => {
  assert.equal(lamps(new Panel(group).stand(one, two).stand().acknowledge()), ['dark', 'dark', 'dark']);
  assert.equal(lamps(new Panel(group).stand(one, two).acknowledge().stand()), ['dark', 'dark', 'dark']);
});

test('F3A: the first-out reset clears the mark and nothing else', () => {
  const panel = new Panel(group).stand(one, two).press({ do: 'reset-first-out' });
  assert.equal(lamps(panel), ['flash', 'flash', 'dark']);
  assert.is(panel.wall.hear(), 'critical');
  const acked = new Panel(group).stand(one, two).acknowledge().press({ do: 'reset-first-out' });
  assert.equal(lamps(acked), ['steady', 'steady', 'dark']);
});

test('F3A: after the first-out reset the next alarm is a first, those that stand are not', () => {
  const panel = new Panel(group).stand(one).press({ do: 'reset-first-out' }).stand(one, two);
  assert.equal(lamps(panel), ['flash', 'double flash', 'dark']);
});

test('F3A: the mark never moves on to an alarm that came later', () => {
  const panel = new Panel(group).stand(one).stand(one, two).stand(one, two, three);
  assert.equal(lamps(panel), ['double flash', 'flash', 'flash']);
  panel.acknowledge(one).stand(two, three);
  assert.equal(lamps(panel), ['dark', 'flash', 'flash'], 'the first is over, and its place stays empty');
  assert.equal(lamps(panel.stand(one, two, three)), ['double flash', 'flash', 'flash'], 'it was the first');
});

test('F3A: evidence that proves to be older takes the mark, until the first is acknowledged', () => {
  const old = { ...two, since: 5 };
  assert.equal(lamps(new Panel(group).stand({ ...one, since: 10 }).stand({ ...one, since: 10 }, old)), [
    'flash',
    'double flash',
    'dark',
  ]);
  const seen = new Panel(group)
    .stand({ ...one, since: 10 })
    .acknowledge()
    .stand({ ...one, since: 10 }, old);
  assert.equal(lamps(seen), ['slow, mostly on', 'flash', 'dark']);
});

test('F3A: when the group is dark, the next alarm is first anew', () => {
  const panel = new Panel(group).stand(one).acknowledge().stand().stand(two);
  assert.equal(lamps(panel), ['dark', 'double flash', 'dark']);
});

test('F3A: each group has its own first, and an alarm of no group has none', () => {
  const panel = new Panel({
    groupOf: new Map([
      ['a', 'power'],
      ['b', 'network'],
    ]),
  });
  assert.equal(lamps(panel.stand(one, two, three)), ['double flash', 'double flash', 'flash']);
});

test.run();
