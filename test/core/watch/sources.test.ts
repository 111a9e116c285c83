/** What each kind of source says, and when: the evidence table, row by row, at each limit and just beyond it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contactBadMs, contactGoodMs } from '../../../src/core/watch/contact.ts';
import { answerVetoMs, unansweredLines } from '../../../src/core/watch/lines.ts';
import { staleMs } from '../../../src/core/watch/polled.ts';
import {
  awaitedRecords,
  outgoingCallMsMin,
  recordFreshMs,
  recordWaitMs,
  recordsUnheard,
  unrecordedCalls,
  callEnded,
} from '../../../src/core/watch/records.ts';
import type { Call } from '../../../src/model/line.ts';
import { monoMs } from '../../../src/model/units.ts';
import {
  Room,
  contactSource,
  linesSource,
  pbx,
  ping,
  recordsSource,
  sipSource,
  subject,
  toneSource,
} from './bench.ts';

test('a contact that nobody has read says nothing', () => {
  assert.is(new Room([pbx([contactSource])]).says('pbx.1'), 'unknown');
});

test('a contact is down when open for 100 ms, not a millisecond earlier', () => {
  const room = new Room([pbx([contactSource])]).contact(true).wait(contactGoodMs).contact(false);
  assert.is(room.wait(contactBadMs - 1).says('pbx.1'), 'up');
  assert.is(room.wait(1).says('pbx.1'), 'down');
});

test('a contact is up when closed for 1 s, not a millisecond earlier', () => {
  const room = new Room([pbx([contactSource])]).contact(false).wait(contactBadMs).contact(true);
  assert.is(room.wait(contactGoodMs - 1).says('pbx.1'), 'down');
  assert.is(room.wait(1).says('pbx.1'), 'up');
});

test('a contact that bounces for less than 100 ms never says down', () => {
  const room = new Room([pbx([contactSource])]).contact(true).wait(contactGoodMs);
  for (let n = 0; n < 10; n++) {
    room.contact(false).wait(contactBadMs - 1);
    assert.is(room.says('pbx.1'), 'up');
    room.contact(true).wait(20);
    assert.is(room.says('pbx.1'), 'up');
  }
});

test('a contact whose bus is gone is unknown at once, and counts anew when it is back', () => {
  const room = new Room([pbx([contactSource])]).contact(false).wait(contactBadMs).contact('unknown');
  assert.is(room.says('pbx.1'), 'unknown');
  assert.is(room.contact(false).says('pbx.1'), 'unknown');
  assert.is(room.wait(contactBadMs).says('pbx.1'), 'down');
});

test('a normally-open contact is good while open: its fault closes it', () => {
  const door = { ...contactSource, point: 'door' };
  const room = new Room([pbx([door])]).contact(false, 'door').wait(contactGoodMs);
  assert.is(room.says('pbx.1'), 'up');
  assert.is(room.contact(true, 'door').wait(contactBadMs).says('pbx.1'), 'down');
});

for (const source of [sipSource, toneSource, ping('pbx.9')]) {
  const { missLimit: limit } = source;
  test(`${source.kind}: ${limit} misses in a row are down, ${limit - 1} are not`, () => {
    const room = new Room([pbx([source])]).hear(source.id, 'up').wait(1000);
    assert.is(room.hearTimes(source.id, 'down', limit - 1).says(source.id), 'up');
    assert.is(room.wait(1000).hear(source.id, 'down').says(source.id), 'down');
    assert.is(room.wait(1000).hear(source.id, 'up').says(source.id), 'up');
  });
}

test('one answer between the misses begins the count anew', () => {
  const room = new Room([pbx([sipSource])]).hear('pbx.3', 'up');
  room.hearTimes('pbx.3', 'down', 2).wait(1000).hear('pbx.3', 'up').wait(1000).hearTimes('pbx.3', 'down', 2);
  assert.is(room.says('pbx.3'), 'up');
});

test('a probe that cannot run says unknown at once, and its misses do not count', () => {
  const room = new Room([pbx([sipSource])]).hearTimes('pbx.3', 'down', 2).wait(1000).hear('pbx.3', 'unknown');
  assert.is(room.says('pbx.3'), 'unknown');
  assert.is(room.wait(1000).hear('pbx.3', 'down').says('pbx.3'), 'unknown');
});

for (const source of [sipSource, toneSource, ping('pbx.9')])
  for (const says of ['up', 'down'] as const)
    test(`${source.kind}: ${says} is unknown when older than two periods and the wait, not a millisecond earlier`, () => {
      const room = new Room([pbx([source])]).hearTimes(source.id, says, 3);
      const limit = staleMs(source);
      assert.is(limit > 2 * source.everyMs, true);
      assert.is(room.wait(limit).says(source.id), says);
      assert.is(room.wait(1).says(source.id), 'unknown');
    });

test('news as old as the limit still counts when something else of the subject is heard at that moment', () => {
  const room = new Room([pbx([contactSource, sipSource])]).hear('pbx.3', 'up').wait(staleMs(sipSource));
  assert.is(room.contact(true).says('pbx.3'), 'up');
  room.at += 1;
  assert.is(room.contact(false).says('pbx.3'), 'unknown');
});

test('misses far apart are not misses in a row', () => {
  const room = new Room([pbx([sipSource])]);
  for (let n = 0; n < 5; n++) {
    room.hear('pbx.3', 'down');
    assert.is(room.says('pbx.3'), 'unknown');
    room.wait(staleMs(sipSource) + 1);
  }
});

test('two lines that rang 20 s unanswered are down; one, or 1 ms less, is not', () => {
  assert.is(unansweredLines, 2);
  const room = new Room([pbx([linesSource])])
    .lines('idle')
    .line('L01', 'ringing')
    .wait(5000)
    .line('L02', 'ringing');
  assert.is(room.wait(15_000).says('pbx.2'), 'unknown');
  assert.is(room.wait(4_999).says('pbx.2'), 'unknown');
  assert.is(room.wait(1).says('pbx.2'), 'down');
});

test('one line is enough where the switch answers by itself', () => {
  const lines = ['L01', 'L02'].map((id) => ({ id, trunk: id, answers: 'pbx' as const }));
  const room = new Room([pbx([linesSource])], { lines }).line('L01', 'idle').line('L01', 'ringing');
  assert.is(room.wait(19_999).says('pbx.2'), 'unknown');
  assert.is(room.wait(1).says('pbx.2'), 'down');
});

test('a line answered since takes the unanswered ones back', () => {
  const room = new Room([pbx([linesSource])])
    .lines('idle')
    .line('L01', 'ringing')
    .line('L02', 'ringing')
    .wait(20_000);
  assert.is(room.says('pbx.2'), 'down');
  room.line('L03', 'ringing').wait(3000).line('L03', 'off-hook');
  assert.is(room.says('pbx.2'), 'up');
  assert.is(room.wait(answerVetoMs).says('pbx.2'), 'unknown');
});

test('an unanswered line stays taken back when the line that was answered leaves normal', () => {
  const room = new Room([pbx([linesSource])])
    .lines('idle')
    .line('L01', 'ringing')
    .line('L02', 'ringing')
    .wait(20_000);
  room.line('L03', 'off-hook').wait(1000).line('L03', 'off-hook', 'bypass').wait(answerVetoMs);
  assert.is(room.says('pbx.2'), 'unknown');
});

test('an answer or a seizure holds for 30 s, not longer', () => {
  for (const before of ['idle', 'ringing'] as const) {
    const room = new Room([pbx([linesSource])]).lines('idle').line('L01', before).line('L01', 'off-hook');
    assert.is(room.wait(answerVetoMs - 1).says('pbx.2'), 'up');
    assert.is(room.wait(1).says('pbx.2'), 'unknown');
  }
});

test('a line found off hook, or seen in bypass, proves nothing', () => {
  for (const before of ['unknown', 'dead'] as const)
    assert.is(
      new Room([pbx([linesSource])]).lines('idle').line('L01', before).line('L01', 'off-hook').says('pbx.2'),
      'unknown',
    );
  for (const position of ['bypass', 'between', 'unknown'] as const)
    assert.is(
      new Room([pbx([linesSource])]).lines('idle', position).line('L01', 'off-hook', position).says('pbx.2'),
      'unknown',
    );
  const moved = new Room([pbx([linesSource])]).lines('idle', 'bypass').line('L01', 'off-hook', 'normal');
  assert.is(moved.says('pbx.2'), 'unknown');
});

test('ringing in bypass counts against nobody, and the count starts when the line is back in normal', () => {
  const room = new Room([pbx([linesSource])]).lines('ringing', 'bypass').wait(60_000);
  assert.is(room.says('pbx.2'), 'unknown');
  room.lines('ringing', 'normal').wait(19_999);
  assert.is(room.says('pbx.2'), 'unknown');
  assert.is(room.wait(1).says('pbx.2'), 'down');
});

test('lines that go over to bypass say nothing any more', () => {
  const room = new Room([pbx([linesSource])]).lines('ringing').wait(20_000);
  assert.is(room.says('pbx.2'), 'down');
  assert.is(room.lines('ringing', 'bypass').says('pbx.2'), 'unknown');
});

test('what rang unanswered before the bypass does not count when the lines are back in normal', () => {
  const room = new Room([pbx([linesSource])]).lines('ringing').wait(25_000).lines('idle');
  assert.is(room.wait(1000).says('pbx.2'), 'down');
  assert.is(room.lines('idle', 'bypass').wait(1000).lines('idle', 'normal').says('pbx.2'), 'unknown');
});

test('callers who gave up before the limit are taken back when the line falls idle', () => {
  const room = new Room([pbx([linesSource])])
    .lines('idle')
    .line('L01', 'ringing')
    .line('L02', 'ringing')
    .wait(20_000);
  assert.is(room.says('pbx.2'), 'down');
  // Silence is noticed six seconds after the last burst, and dated back to it.
  room.wait(2000).line('L01', 'idle', 'normal', 6000);
  assert.is(room.says('pbx.2'), 'unknown');
});

test('dead trunks are no evidence against the PBX', () => {
  assert.is(
    new Room([pbx([linesSource])]).lines('idle').lines('dead').wait(120_000).says('pbx.2'),
    'unknown',
  );
});

test('three calls that left no record are down; two are not; quiet alone never is', () => {
  const room = new Room([pbx([recordsSource])]).wait(3_600_000);
  assert.is(room.says('pbx.5'), 'unknown');
  for (let n = 1; n <= unrecordedCalls; n++) {
    room.callEnded('L01').wait(recordWaitMs - 1);
    assert.is(room.says('pbx.5'), 'unknown', `before call ${n} is overdue`);
    room.wait(1);
    assert.is(room.says('pbx.5'), n < unrecordedCalls ? 'unknown' : 'down');
  }
  assert.is(room.tell({ kind: 'call-record', source: 'pbx.5', trunk: '020-L02' }).says('pbx.5'), 'up');
});

test('a record between the calls begins the count anew', () => {
  const room = new Room([pbx([recordsSource])]);
  for (let n = 0; n < 6; n++) {
    room.callEnded('L01').wait(recordWaitMs);
    if (n % 2 === 1) room.tell({ kind: 'call-record', source: 'pbx.5', trunk: 'another' });
    assert.is.not(room.says('pbx.5'), 'down');
  }
});

test('a record that came while the call lasted is the record of that call', () => {
  const room = new Room([pbx([recordsSource])]);
  for (const line of ['L01', 'L02', 'L03'])
    room.tell({ kind: 'call-record', source: 'pbx.5', trunk: `020-${line}` });
  room.wait(20_000).callEnded('L01').callEnded('L02').callEnded('L03').wait(recordWaitMs);
  assert.is(room.says('pbx.5'), 'up');
  // The next ones have none of their own.
  room.wait(60_000).callEnded('L01').callEnded('L02').callEnded('L03').wait(recordWaitMs);
  assert.is(room.says('pbx.5'), 'down');
});

test('records that name no trunk excuse one call each, before or after the end of it, and not more', () => {
  const room = new Room([pbx([recordsSource])]);
  room.callEnded('L01').callEnded('L02').callEnded('L03');
  for (let n = 0; n < 3; n++) room.tell({ kind: 'call-record', source: 'pbx.5', trunk: '' });
  assert.is(room.wait(recordWaitMs).says('pbx.5'), 'up', 'three records for three calls');

  // While three calls last, two records come: one call has none.
  const early = new Room([pbx([recordsSource])]).wait(60_000);
  for (let n = 0; n < 2; n++) early.tell({ kind: 'call-record', source: 'pbx.5', trunk: '' });
  early.callEnded('L01').callEnded('L02').callEnded('L03').wait(recordWaitMs);
  early.callEnded('L01').callEnded('L02').wait(recordWaitMs);
  assert.is(early.says('pbx.5'), 'down', 'three of five calls left none');
});

test('records of trunks that are not ours show a living switch and excuse no call', () => {
  const room = new Room([pbx([recordsSource])]);
  room.callEnded('L01').callEnded('L02').callEnded('L03');
  room.tell({ kind: 'call-record', source: 'pbx.5', trunk: 'pbx:LINE 9' });
  assert.is(room.says('pbx.5'), 'up');
  assert.is(room.wait(recordWaitMs).says('pbx.5'), 'down');
});

test('calls of which a PBX may write no record do not count', () => {
  const quiet: readonly Parameters<Room['callEnded']>[1][] = [
    { bypass: true },
    { end: 'line-lost' },
    { end: 'link-lost' },
    { answeredBy: 'phone' },
    { direction: 'found' },
  ];
  for (const more of quiet) {
    const room = new Room([pbx([recordsSource])]);
    for (let n = 0; n < 4; n++) room.callEnded('L01', more).wait(recordWaitMs);
    assert.is(room.says('pbx.5'), 'unknown', JSON.stringify(more));
  }
  for (const [lastedMs, says] of [
    [outgoingCallMsMin - 1, 'unknown'],
    [outgoingCallMsMin, 'down'],
  ] as const) {
    const room = new Room([pbx([recordsSource])]);
    for (let n = 0; n < 4; n++)
      room
        .callEnded('L01', { direction: 'outgoing', startedAt: monoMs(room.at - lastedMs) })
        .wait(recordWaitMs);
    assert.is(room.says('pbx.5'), says);
  }
});

test('in bypass the records say nothing, and calls of before do not count afterwards', () => {
  const room = new Room([pbx([recordsSource])]);
  for (let n = 0; n < 3; n++) room.callEnded('L01').wait(recordWaitMs);
  assert.is(room.says('pbx.5'), 'down');
  assert.is(room.tell({ kind: 'bypass', active: true }).says('pbx.5'), 'unknown');
  assert.is(
    room.callEnded('L01').wait(recordWaitMs).tell({ kind: 'bypass', active: false }).says('pbx.5'),
    'unknown',
  );
});

test('a record says nothing of the present after ten minutes', () => {
  const room = new Room([pbx([recordsSource])]).tell({ kind: 'call-record', source: 'pbx.5', trunk: 'x' });
  assert.is(room.wait(recordFreshMs - 1).says('pbx.5'), 'up');
  assert.is(room.wait(1).says('pbx.5'), 'unknown');
});

test('no more calls wait for their record than the limit', () => {
  const room = new Room([pbx([recordsSource])]);
  const call: Call = {
    ...{ id: 'c', line: 'L01', direction: 'incoming', startedAt: monoMs(1), answeredAt: monoMs(2) },
    ...{ answeredBy: 'pbx', endedAt: monoMs(3), end: 'released', rings: 1, pulseDigits: '' },
    ...{ flashes: 0, bypass: false, gapMs: 0 },
  };
  let memory = recordsUnheard;
  for (let n = 0; n < awaitedRecords; n++) memory = callEnded(memory, call, 't', monoMs(room.at));
  assert.is(memory.awaited.length, awaitedRecords);
  assert.is(callEnded(memory, call, 't', monoMs(room.at)).awaited.length, awaitedRecords);
});

test('what sits behind a dead path of ours is unknown, and must be heard again when the path is back', () => {
  for (const [source, path] of [
    [contactSource, 'pi'],
    [toneSource, 'card-b'],
    [sipSource, 'our-lan'],
  ] as const) {
    const room = new Room([pbx([source])]).contact(true).wait(1000).hear(source.id, 'up');
    assert.is(room.says(source.id), 'up');
    assert.is(room.tell({ kind: 'path', bus: path, up: false }).says(source.id), 'unknown');
    assert.is(room.hearTimes(source.id, 'down', 3).says(source.id), 'unknown');
    room.tell({ kind: 'path', bus: path, up: true });
    assert.is(room.says(source.id), source.kind === 'point' ? 'up' : 'unknown');
    assert.is(room.hear(source.id, 'up').says(source.id), 'up');
  }
});

test('calls that end while the path of the records is dead do not count', () => {
  const room = new Room([pbx([recordsSource])]).callEnded('L01').callEnded('L01').callEnded('L01');
  room.tell({ kind: 'path', bus: 'smdr', up: false }).callEnded('L01').callEnded('L01').callEnded('L01');
  assert.is(
    room
      .tell({ kind: 'path', bus: 'smdr', up: true })
      .wait(recordWaitMs * 2)
      .says('pbx.5'),
    'unknown',
  );
});

test('a dial tone that was heard is a veto for 60 s', () => {
  const room = new Room([pbx([contactSource, sipSource, toneSource])]).contact(true).wait(1000);
  room.contact(false).hearTimes('pbx.3', 'down', 3).hear('pbx.4', 'up');
  assert.is(room.verdict(), 'degraded');
  room.hearTimes('pbx.3', 'down', 59, 1000);
  room.wait((toneSource.vetoMs ?? 0) - 58_000 - 1);
  assert.is(room.verdict(), 'degraded');
  assert.is(room.wait(1).verdict(), 'down');
});

test('news of a source, a line or a point that is not ours changes nothing', () => {
  const room = new Room([pbx([contactSource])]);
  const before = room.state;
  room.hear('nobody', 'down').contact(false, 'nowhere').line('L99', 'ringing');
  room.tell({ kind: 'call-record', source: 'nobody', trunk: 'x' });
  assert.is(room.state, before);
});

test('a turn without news keeps the state as it is', () => {
  const room = new Room([pbx([contactSource]), subject('lan', 'network', [ping('lan.1')])])
    .contact(true)
    .wait(20_000);
  const before = room.state;
  room.tell({ kind: 'turn' });
  assert.is(room.state, before);
});

test.run();
