/** One wire for the call records that come and the strings that go out. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RecordReader } from '../../../src/drivers/smdr/record-reader.ts';
import { SerialWire } from '../../../src/drivers/serial/serial-wire.ts';
import { SharedLink } from '../../../src/drivers/serial/shared-link.ts';
import { sendOnce } from '../../../src/drivers/serial/send-once.ts';
import type { ByteLink, ByteLinkHandlers } from '../../../src/ports/byte-link.ts';
import { loadPbxFormat } from '../../../src/drivers/smdr/format-file.ts';
import { compilePbxFormatCheck } from '../../../src/drivers/smdr/format-schema.ts';
import { offsetsOf } from '../../../src/format/smdr/civil-time.ts';
import { systemClock } from '../../../src/drivers/clock/system.ts';
import { text } from '../../../src/model/text.ts';

class Wire implements ByteLink {
  readonly name = 'smdr';
  handlers: ByteLinkHandlers | undefined;
  starts = 0;
  closes = 0;
  takes = true;
  readonly asked: string[] = [];
  answer: (asked: string) => void = () => undefined;
  start(handlers: ByteLinkHandlers): void {
    this.handlers = handlers;
    this.starts++;
    handlers.up();
  }
  write(bytes: Uint8Array): boolean {
    if (!this.takes) return false;
    const words = Buffer.from(bytes).toString('latin1');
    this.asked.push(words);
    queueMicrotask(() => this.answer(words));
    return true;
  }
  say(words: string): void {
    this.handlers?.data(Buffer.from(words, 'latin1'));
  }
  drop(): void {
    this.handlers?.down(text('拔出', 'unplugged'));
  }
  close(): Promise<void> {
    this.closes++;
    return Promise.resolve();
  }
}

function heardBy(link: ByteLink): string[] {
  const heard: string[] = [];
  link.start({
    up: () => heard.push('up'),
    down: ({ en }) => heard.push(en),
    data: (chunk) => heard.push(Buffer.from(chunk).toString()),
  });
  return heard;
}

test('the wire is opened once and closed with its last user; each hears all and is told of ups and downs', async () => {
  const wire = new Wire();
  const shared = new SharedLink(wire);
  const [a, b] = [shared.tap(), shared.tap()];
  const first = heardBy(a);
  wire.say('x');
  wire.drop();
  const second = heardBy(b);
  wire.handlers?.up();
  wire.say('y');
  assert.equal(first, ['up', 'x', 'unplugged', 'up', 'y']);
  assert.equal(second, ['unplugged', 'up', 'y']);
  await a.close();
  wire.say('z');
  assert.is(first.length, 5);
  assert.not(a.write(Buffer.from('q')));
  assert.ok(b.write(Buffer.from('q')));
  assert.equal([wire.starts, wire.closes], [1, 0]);
  await b.close();
  await b.close();
  assert.is(wire.closes, 1);
});

const readers: RecordReader[] = [];
test.after.each(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.close()));
});

function rig(): { readonly wire: Wire; readonly out: SerialWire; readonly records: string[] } {
  const wire = new Wire();
  const shared = new SharedLink(wire);
  const records: string[] = [];
  const reader = new RecordReader({
    link: shared.tap(),
    format: loadPbxFormat('avaya-ip-office', compilePbxFormatCheck()),
    offsetAt: offsetsOf('UTC'),
    clock: systemClock,
  });
  readers.push(reader);
  reader.start({
    link: () => undefined,
    read: (read) => records.push(read.kind),
    drift: () => undefined,
  });
  const out = new SerialWire(shared.tap());
  out.start();
  return { wire, out, records };
}
const record =
  '2026/11/25 09:28:41,00:00:09,9,8004206,I,4324,4324,,0,1000014155,0,E4324,Jo,T9161,LINE 5.1,0,0';

test('a string goes out between the records; its answer is found among them, and no record is lost', async () => {
  const { wire, out, records } = rig();
  wire.answer = () => {
    wire.say(`${record}\r\nOK`);
    wire.say(` 2\r\n${record.replace('14155', '14156')}\r\n`);
  };
  const outcome = await sendOnce(out, { send: '\x02RESET 2\r', expect: 'OK *2', withinMs: 5000 });
  assert.equal(outcome, { kind: 'answered', heard: 'OK 2' });
  assert.equal(wire.asked, ['\x02RESET 2\r']);
  assert.equal(
    records.filter((kind) => kind === 'record'),
    ['record', 'record'],
  );
});

test('what came instead is told without its digits; silence is silence', async () => {
  const { wire, out } = rig();
  wire.answer = () => wire.say('BUSY 02088881234\r\n');
  assert.equal(await sendOnce(out, { send: 'R\r', expect: 'OK', withinMs: 30 }), {
    kind: 'other',
    heard: 'BUSY 99999999999',
  });
  wire.answer = () => undefined;
  assert.equal(await sendOnce(out, { send: 'R\r', expect: 'OK', withinMs: 30 }), {
    kind: 'silent',
    heard: '',
  });
});

test('an answer that came before the string was sent is none', async () => {
  const { wire, out } = rig();
  wire.say('OK\r\n');
  assert.equal(await sendOnce(out, { send: 'R\r', expect: 'OK', withinMs: 30 }), {
    kind: 'silent',
    heard: '',
  });
});

test('two strings go out one after the other, each with its own answer', async () => {
  const { wire, out } = rig();
  wire.answer = (asked) => setTimeout(() => wire.say(`OK ${asked}`), 5);
  const both = await Promise.all([
    sendOnce(out, { send: 'A\r', expect: 'OK *A', withinMs: 5000 }),
    sendOnce(out, { send: 'B\r', expect: 'OK *B', withinMs: 5000 }),
  ]);
  assert.equal(both, [
    { kind: 'answered', heard: 'OK A' },
    { kind: 'answered', heard: 'OK B' },
  ]);
});

test('without an expected answer it is sent; over a wire that is down or full it is not', async () => {
  const { wire, out } = rig();
  assert.equal(await sendOnce(out, { send: 'R\r', withinMs: 30 }), { kind: 'sent' });
  wire.takes = false;
  assert.is((await sendOnce(out, { send: 'R\r', withinMs: 30 })).kind, 'not-sent');
  assert.is((await sendOnce(out, { send: 'R\r', expect: 'OK', withinMs: 30 })).kind, 'not-sent');
  wire.takes = true;
  wire.drop();
  assert.equal(await sendOnce(out, { send: 'R\r', withinMs: 30 }), {
    kind: 'not-sent',
    reason: text('拔出', 'unplugged'),
  });
  assert.is(wire.asked.length, 1);
});

test.run();
