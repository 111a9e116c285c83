/** A seat phone in the room file: whose it is, which line, and what `check` says of a seat that is hardly ever known. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadRoom } from '../../src/room/load.ts';
import { base, upsModels } from './base.ts';

const loaded = (seats: string, words = base) =>
  loadRoom(words.replace('  lan: {', `${seats}\n  lan: {`), 'room.yaml', { upsModels });
const told = (seats: string, words = base): readonly string[] =>
  loaded(seats, words).problems.map(({ severity, path, message }) => `${severity} ${path}: ${message.en}`);
const seat = (id: string, line: string): string =>
  `  ${id}: { kind: terminal, evidence: [{ ping: 10.0.1.3 }, { seat-phone: ${line} }] }`;

test('a seat names its phone by its line', () => {
  const { room, problems } = loaded(seat('seat-3', 'L03'));
  assert.equal(problems, []);
  assert.equal(room?.subjects.find(({ id }) => id === 'seat-3')?.sources[1], {
    ...{ id: 'seat-3.2', kind: 'seat-phone', line: 'L03', phone: '8003' },
    ...{ domain: 'lines', weight: 'proof' },
  });
});

test('a line that is none, a subject that is no seat, a phone with two seats: refused at their places', () => {
  assert.equal(told(seat('seat-3', 'L06')), [
    'error subjects.seat-3.evidence[1].seat-phone: there is no line L06',
  ]);
  assert.equal(told(seat('seat-3', 'L03').replace('terminal', 'server')), [
    'error subjects.seat-3.evidence[1].seat-phone: is for a seat, kind: terminal, only',
  ]);
  assert.equal(told(`${seat('seat-3', 'L03')}\n${seat('seat-4', 'L03')}`), [
    'error subjects.seat-4.evidence[1].seat-phone: the phone of L03 is that of seat-3 already',
  ]);
});

test('a phone that is never seen, and a seat with nothing but its phone, are told and stop nothing', () => {
  const bare = base.replace('bypass: card-b/relay1, ', '');
  const noRelay = loaded(seat('seat-5', 'L05'), bare);
  assert.ok(noRelay.room !== undefined);
  assert.equal(
    told(seat('seat-5', 'L05'), bare).filter((one) => one.includes('seat-phone')),
    ['warning subjects.seat-5.evidence[1].seat-phone: L05 has no bypass: its phone is never seen'],
  );
  const alone = seat('seat-3', 'L03').replace('{ ping: 10.0.1.3 }, ', '');
  assert.equal(told(alone), [
    'warning subjects.seat-3.evidence[0].seat-phone: nothing but its phone: it is unknown whenever that is not in use in bypass',
  ]);
});

test.run();
