/**
 * Every state that the bypass core and the equipment around it can reach, family by family: no one breaks I1–I9.
 *
 * The number of states is asserted exactly: a change of the rules shows, and a search that stopped early fails. When a
 * rule was changed on purpose, run this file and write the new numbers into families.ts.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { families } from './families.ts';

let total = 0;
for (const [name, family] of Object.entries(families)) {
  test(`${name}: ${family.what}`, () => {
    const found = family.run();
    const { violation } = found;
    assert.is(
      violation,
      undefined,
      `${violation?.names.join('; ') ?? ''}\n${violation?.trace.join('\n') ?? ''}`,
    );
    for (const mark of family.marks) assert.ok((found.marks.get(mark) ?? 0) > 0, `never reached: ${mark}`);
    assert.is(found.states, family.states);
    total += found.states;
  });
}

test('all families together', () => {
  const sum = Object.values(families).reduce((states, family) => states + family.states, 0);
  assert.is(total, sum);
  console.log(`${total} states explored`);
});

test.run();
