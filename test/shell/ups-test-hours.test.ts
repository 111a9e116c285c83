/** The hour of a scheduled battery test: closed at start, an hour a day, by the clock of the room. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Subject } from '../../src/model/room.ts';
import { UpsTestHours } from '../../src/shell/ups-test-hours.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';
import { text } from '../../src/model/text.ts';

const minuteMs = 60_000;
const ups = (id: string): Subject => ({
  ...{ id, kind: 'ups', name: text(id, id), sources: [], downWhen: 1, dependsOn: [] },
});

test('an hour a day, of each UPS with a schedule', () => {
  const scheduled = { ...ups('a'), test: { everyMs: 1, atMinute: 180, what: 'quick' } as const };
  const hours = new UpsTestHours([scheduled, ups('b')], 'Asia/Shanghai');
  const start = Date.parse('2026-11-24T18:00Z');
  const told: string[] = [];
  for (let n = 0; n < 48 * 60; n++)
    for (const { subject, at, until } of hours.announce({
      mono: monoMs(n * minuteMs),
      wall: wallMs(start + n * minuteMs),
    }))
      told.push(`${subject} ${at / minuteMs} ${until === undefined ? 'closed' : until / minuteMs}`);
  assert.equal(told, ['a 0 closed', 'a 60 120', 'a 120 closed', 'a 1500 1560', 'a 1560 closed']);
});

test.run();
