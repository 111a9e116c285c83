/** From the bytes of a link to records: torn lines, lost links, calls of several lines, a format that no longer fits. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import sinon from 'sinon';
import { compilePbxFormatCheck } from '../../../src/drivers/smdr/format-schema.ts';
import { RecordReader } from '../../../src/drivers/smdr/record-reader.ts';
import { loadPbxFormat } from '../../../src/drivers/smdr/format-file.ts';
import type { ByteLinkHandlers } from '../../../src/ports/byte-link.ts';
import type { LineRead } from '../../../src/model/pbx-record.ts';
import { text } from '../../../src/model/text.ts';
import { monoMs, wallMs } from '../../../src/model/units.ts';

const test = suite('record reader');
const format = loadPbxFormat('avaya-ip-office', compilePbxFormatCheck());
let time: sinon.SinonFakeTimers;
test.before.each(() => {
  time = sinon.useFakeTimers({
    now: Date.UTC(2024, 4, 6, 10, 1),
    toFake: ['setInterval', 'clearInterval', 'Date'],
  });
});
test.after.each(() => time.restore());

const line = (id: number, more = 0): string =>
  `2024/05/06 10:00:00,00:00:10,5,02012345,I,201,201,,0,${id},${more},E201,Anna,T9001,LINE 1.1,0,0\r\n`;

function rig() {
  let handlers: ByteLinkHandlers | undefined;
  const reads: LineRead[] = [];
  const links: boolean[] = [];
  const drifts: string[] = [];
  const closed = sinon.fake.resolves(undefined);
  const reader = new RecordReader({
    link: {
      name: 'smdr',
      start: (given) => (handlers = given),
      write: () => false,
      drop: () => undefined,
      close: closed,
    },
    format,
    offsetAt: () => 0,
    clock: { mono: () => monoMs(0), wall: () => wallMs(Date.now()) },
  });
  reader.start({
    link: (isUp) => links.push(isUp),
    read: (read) => reads.push(read),
    drift: (isDrifting, { en }) => drifts.push(`${isDrifting} ${en}`),
  });
  return {
    reader,
    reads,
    links,
    drifts,
    closed,
    up: () => handlers?.up(),
    down: () => handlers?.down(text('断', 'cut')),
    send: (words: string) => handlers?.data(Buffer.from(words)),
    kinds: () => reads.map(({ kind }) => kind),
  };
}

test('a line that the loss of the link tore is kept and refused; the next whole one is read', () => {
  const it = rig();
  it.up();
  it.send(line(1) + line(2).slice(0, 40));
  it.down();
  it.up();
  it.send(line(3));
  assert.equal(it.kinds(), ['record', 'rejected', 'record']);
  assert.is(it.reads[1]?.raw, line(2).slice(0, 40));
  assert.equal(it.links, [true, false, true]);
});

test('a switch that sends again after the loss what it had sent is told as repeated', () => {
  const it = rig();
  it.send(line(1) + line(2));
  it.down();
  it.up();
  it.send(line(1) + line(2) + line(3));
  assert.equal(it.kinds(), ['record', 'record', 'repeated', 'repeated', 'record']);
});

test('a call whose last segment never comes is told after its time', () => {
  const it = rig();
  it.send(line(1, 1));
  assert.equal(it.kinds(), ['held']);
  time.tick(14_390_000);
  assert.equal(it.kinds(), ['held']);
  time.tick(15_000);
  assert.equal(it.kinds(), ['held', 'record']);
  assert.is(it.reads[1]?.raw, '');
});

test('five refused lines of the newest twenty are told once, in a form without digits, and cleared by good ones', () => {
  const it = rig();
  for (let n = 0; n < 5; n++) it.send(line(n));
  for (let n = 0; n < 4; n++) it.send(`4711 garbage ${n}\r\n`);
  assert.equal(it.drifts, []);
  it.send('4711 garbage\r\n');
  assert.equal(it.drifts, ['true 5 of the newest 10 lines are refused (the last: 9999 garbage)']);
  for (let n = 5; n < 22; n++) it.send(line(n));
  assert.is(it.drifts.length, 1);
  it.send(line(22));
  assert.is(it.drifts.length, 2);
  assert.ok(it.drifts[1]?.startsWith('false 2 of the newest 20'));
});

test('close ends the link and the timer', async () => {
  const it = rig();
  it.send(line(1, 1));
  await it.reader.close();
  time.tick(20_000_000);
  assert.equal(it.kinds(), ['held']);
  assert.is(it.closed.callCount, 1);
});

test.run();
