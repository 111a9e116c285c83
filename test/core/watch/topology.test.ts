import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { topologyOf } from '../../../src/core/watch/topology.ts';
import type { Subject } from '../../../src/model/room.ts';
import { text } from '../../../src/model/text.ts';

const test = suite('topology of the watch');

const subject = (id: string, ...dependsOn: string[]): Subject => ({
  id,
  kind: 'server',
  name: text(id, id),
  sources: [],
  downWhen: 1,
  dependsOn,
});
const ids = (subjects: readonly Subject[], positions: readonly number[]) =>
  positions.map((position) => subjects[position]?.id);

test('a subject is judged after everything it depends on, however the file orders them', () => {
  const subjects = [subject('seat', 'floor', 'core'), subject('floor', 'core'), subject('core')];
  const { order, parents, children } = topologyOf(subjects);
  assert.equal(ids(subjects, order), ['core', 'floor', 'seat']);
  assert.equal(ids(subjects, parents[0] ?? []), ['floor', 'core']);
  assert.equal(ids(subjects, children[2] ?? []), ['seat', 'floor']);
});

test('in a circle every subject is judged once, and the one judged first does without its parent', () => {
  const subjects = [subject('a', 'b'), subject('b', 'a'), subject('c', 'c')];
  const { order, parents } = topologyOf(subjects);
  assert.equal(ids(subjects, order), ['b', 'a', 'c']);
  assert.equal(parents, [[1], [], []]);
});

test('a parent that nobody declared hides nothing', () => {
  assert.equal(topologyOf([subject('a', 'nobody')]).parents, [[]]);
});

test.run();
