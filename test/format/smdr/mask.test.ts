import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { maskedNumber, maskedRead } from '../../../src/format/smdr/mask.ts';
import type { LineRead } from '../../../src/model/pbx-record.ts';
import { text } from '../../../src/model/text.ts';

test('the last digits of a subscriber number are hidden, whatever stands between them; short numbers are not', () => {
  assert.equal(
    ['02088881234', '8888-1234', '+86 20 8888 12 34', '4324', '120', '888888', '8888888'].map((number) =>
      maskedNumber(number, 4),
    ),
    ['0208888xxxx', '8888-xxxx', '+86 20 8888 xx xx', '4324', '120', '888888', '888xxxx'],
  );
});

test('fields and raw lines alike, and lines that could not be read', () => {
  const raw = '2026/11/25 09:28:41,00:00:09,9,8888-1234,I,4324,02088881234,,0,1000014155';
  const read: LineRead = {
    ...{ kind: 'record', raw },
    record: { direction: 'incoming', resolutionMs: 1000, number: '8888-1234', extension: '4324', raw: [raw] },
  };
  const masked = maskedRead(read, 4);
  const kept = '2026/11/25 09:28:41,00:00:09,9,8888-xxxx,I,4324,0208888xxxx,,0,100001xxxx';
  assert.equal(masked, {
    ...{ kind: 'record', raw: kept },
    record: {
      direction: 'incoming',
      resolutionMs: 1000,
      number: '8888-xxxx',
      extension: '4324',
      raw: [kept],
    },
  });
  assert.not.ok(JSON.stringify(masked).includes('1234'));
  const why = text('读不懂', 'not understood');
  assert.equal(maskedRead({ kind: 'rejected', raw: 'CALL 02088881234', why }, 4), {
    ...{ kind: 'rejected', raw: 'CALL 0208888xxxx', why },
  });
});

test.run();
