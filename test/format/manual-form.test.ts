import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formNumber, formsPage, formsPdf } from '../../src/format/manual-form.ts';

const numbers = [1, 2, 10_000].map((serial) => formNumber('gz-120', '20261125', serial));

test('a number tells the room, the day and a serial', () => {
  assert.equal(numbers, ['gz-120-20261125-0001', 'gz-120-20261125-0002', 'gz-120-20261125-10000']);
});

test('each form of the page has its own number and every field in both languages', () => {
  const page = formsPage({ zh: '<机房>', en: 'Room' }, numbers);
  for (const number of numbers) assert.is(page.split(number).length, 2);
  for (const words of ['来电号码 Caller number', '地址 Address', '须回电', 'Taken by'])
    assert.ok(page.includes(words));
  assert.ok(page.includes('&lt;机房&gt;') && !page.includes('<机房>'));
});

test('the PDF is ASCII, and every object stands where its table says', () => {
  const pdf = formsPdf(numbers);
  assert.match(pdf, /^[\n\x20-\x7e]+$/);
  const start = Number(/startxref\n(\d+)/.exec(pdf)?.[1]);
  assert.ok(pdf.slice(start).startsWith('xref'));
  const places = [...pdf.slice(start).matchAll(/^(\d{10}) 00000 n/gm)].map(([, place]) => Number(place));
  assert.is(places.length, 12);
  for (const [n, place] of places.entries()) assert.ok(pdf.slice(place).startsWith(`${n + 1} 0 obj`));
  for (const number of numbers) assert.ok(pdf.includes(`(${number})`));
  for (const [, length, stream] of pdf.matchAll(/\/Length (\d+) >>\nstream\n([^]*?)\nendstream/g))
    assert.is(stream?.length, Number(length));
});

test.run();
