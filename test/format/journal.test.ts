import { test } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import { JournalWriter, readJournal } from '../../src/format/journal.ts';
import type { RoomEvent } from '../../src/model/event.ts';
import { monoMs } from '../../src/model/units.ts';
import '../seeded.ts';

const header = { program: '0.1.0', run: 'r1', wall: 1, mono: 2, state: 'AAAA' };
const write = (events: readonly RoomEvent[]): string => {
  const writer = new JournalWriter();
  return writer.begin(header) + events.map((event) => writer.line(event)).join('');
};
const eventsOf = (content: string): RoomEvent[] =>
  (readJournal(content)?.records ?? []).flatMap((record) => (record.kind === 'event' ? [record.event] : []));

const anyEvent: fc.Arbitrary<RoomEvent> = fc
  .tuple(
    fc.integer({ min: 0, max: 10_000_000 }).map((tenths) => monoMs(tenths / 10)),
    fc.oneof(
      fc.constant({ kind: 'turn' as const }),
      fc.record({ kind: fc.constant('contact' as const), point: fc.string(), closed: fc.boolean() }),
      fc.record({ kind: fc.constant('frames' as const), card: fc.string(), flowing: fc.boolean() }),
    ),
  )
  .map(([at, body]) => ({ ...body, at }));

test('what a decision saw comes back event by event, with its time to the microsecond', () => {
  let repeated = 0;
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
      const content = write(events);
      repeated += content.split('\n').filter((line) => /^\d/.test(line)).length;
      assert.equal(eventsOf(content), events);
    }),
  );
  assert.ok(repeated > 0);
});

test('a body that repeats costs a few bytes', () => {
  const turns = Array.from({ length: 1000 }, (_, n): RoomEvent => ({ kind: 'turn', at: monoMs(n * 20) }));
  assert.ok(write(turns).length < 1000 * 6 + 200);
});

test('more distinct bodies than the table holds still read back the same', () => {
  const events = Array.from({ length: 3000 }, (_, n): RoomEvent => ({
    kind: 'contact',
    point: `p${n % 700}`,
    closed: true,
    at: monoMs(n),
  }));
  assert.equal(eventsOf(write(events)), events);
});

test('a journal torn at any byte gives the events before the tear and never throws', () => {
  const events = Array.from({ length: 12 }, (_, n): RoomEvent => ({
    kind: 'contact',
    point: `p${n % 3}`,
    closed: n % 2 === 0,
    at: monoMs(n * 7),
  }));
  const content = write(events);
  let shortened = 0;
  for (let length = 0; length < content.length; length++) {
    const read = eventsOf(content.slice(0, length));
    // A number cut short is still a number: only the last event may differ.
    assert.equal(read.slice(0, -1), events.slice(0, Math.max(0, read.length - 1)));
    if (read.length < events.length) shortened++;
  }
  assert.ok(shortened > 0);
});

test('a file that is not ours is refused', () => {
  assert.is(readJournal('{"v":2,"run":"x","state":""}\n'), undefined);
  assert.is(readJournal('hello\n'), undefined);
});

test.run();
