/** The line's own rules, over a link in memory; the wire's faults are in test/real/modbus.test.ts. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ModbusLine, waitingReadsMax } from '../../src/drivers/modbus/line.ts';
import { mbapFrame, readMbap, rtuFrame } from '../../src/format/modbus.ts';
import { text } from '../../src/model/text.ts';
import type { Text } from '../../src/model/text.ts';
import type { ByteLink, ByteLinkHandlers } from '../../src/ports/byte-link.ts';
import type { RegisterRequest } from '../../src/ports/registers.ts';

class MemoryLink implements ByteLink {
  readonly name = 'memory';
  readonly written: Uint8Array[] = [];
  readonly dropped: Text[] = [];
  handlers: ByteLinkHandlers | undefined;
  onWrite: (bytes: Uint8Array) => void = () => undefined;
  takes = true;

  start(handlers: ByteLinkHandlers): void {
    this.handlers = handlers;
  }
  write(bytes: Uint8Array): boolean {
    if (!this.takes) return false;
    this.written.push(bytes);
    this.onWrite(bytes);
    return true;
  }
  drop(reason: Text): void {
    this.dropped.push(reason);
    this.handlers?.down(reason);
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

const question: RegisterRequest = { unit: 1, function: 3, address: 0, count: 1 };
const valuePdu = (value: number): Uint8Array => Uint8Array.of(3, 2, value >> 8, value & 0xff);

function tcp(): { link: MemoryLink; line: ModbusLine } {
  const link = new MemoryLink();
  const line = new ModbusLine({ framing: 'tcp', link, timeoutMs: 100 }).start();
  link.handlers?.up();
  return { link, line };
}
/** Answers each TCP question with the next value. */
function answering(link: MemoryLink, values: readonly number[]): void {
  const left = [...values];
  link.onWrite = (bytes) => {
    const frame = readMbap(bytes);
    const value = left.shift();
    if (frame.kind !== 'frame' || value === undefined) return;
    link.handlers?.data(mbapFrame(frame.transaction, frame.unit, valuePdu(value)));
  };
}

test('two readings that agree are a value; the request on the wire is what was asked', async () => {
  const { link, line } = tcp();
  answering(link, [500, 500]);
  assert.equal(await line.read({ ...question, unit: 9, address: 0x1234 }), { ok: true, values: [500] });
  assert.equal(Array.from(link.written[0] ?? []), [0, 1, 0, 0, 0, 6, 9, 3, 0x12, 0x34, 0, 1]);
  await line.close();
});

test('bits of coils and discrete inputs are values of 0 and 1, and no more of them than were asked', async () => {
  const { link, line } = tcp();
  for (const code of [1, 2] as const) {
    link.onWrite = (bytes) => {
      const frame = readMbap(bytes);
      if (frame.kind !== 'frame') return;
      link.handlers?.data(
        mbapFrame(frame.transaction, frame.unit, Uint8Array.of(code, 2, 0b10000101, 0b110)),
      );
    };
    assert.equal(await line.read({ ...question, function: code, count: 10 }), {
      ok: true,
      values: [1, 0, 1, 0, 0, 0, 0, 1, 0, 1],
    });
  }
  await line.close();
});

test('a reading that nothing confirms is not given out', async () => {
  const { link, line } = tcp();
  answering(link, [7, 500, 500]);
  assert.equal(await line.read(question), { ok: true, values: [500] });
  answering(link, [1, 2, 3, 4]);
  const answer = await line.read(question);
  assert.ok(!answer.ok && answer.kind === 'bad-answer');
  await line.close();
});

test('while the link is down every read fails at once as offline', async () => {
  const { link, line } = tcp();
  link.handlers?.down(text('拔线', 'unplugged'));
  const answer = await line.read(question);
  assert.ok(!answer.ok && answer.kind === 'offline');
  assert.is(link.written.length, 0);
  await line.close();
});

test('a link that is lost in the middle of a question ends it with its reason', async () => {
  const { link, line } = tcp();
  link.onWrite = () => link.handlers?.down(text('拔线', 'unplugged'));
  const answer = await line.read(question);
  assert.ok(!answer.ok && answer.kind === 'offline' && answer.reason.en === 'unplugged');
  await line.close();
});

test('a link that does not take the bytes is offline', async () => {
  const { link, line } = tcp();
  link.takes = false;
  const answer = await line.read(question);
  assert.ok(!answer.ok && answer.kind === 'offline');
  await line.close();
});

test('TCP: an unanswered question ends the connection', async () => {
  const { link, line } = tcp();
  const answer = await line.read(question);
  assert.ok(!answer.ok && answer.kind === 'timeout');
  assert.is(link.dropped.length, 1);
  await line.close();
});

test('one question at a time on the wire, over all units', async () => {
  const { link, line } = tcp();
  let open = 0;
  let most = 0;
  link.onWrite = (bytes) => {
    most = Math.max(most, ++open);
    const frame = readMbap(bytes);
    setImmediate(() => {
      open--;
      if (frame.kind === 'frame')
        link.handlers?.data(mbapFrame(frame.transaction, frame.unit, valuePdu(frame.unit)));
    });
  };
  const answers = await Promise.all([1, 2, 3, 1].map((unit) => line.read({ ...question, unit })));
  assert.equal(
    answers.map((answer) => (answer.ok ? answer.values[0] : answer.kind)),
    [1, 2, 3, 1],
  );
  assert.is(most, 1);
  await line.close();
});

test(`${waitingReadsMax} reads may wait; the next is refused at once`, async () => {
  const { link, line } = tcp();
  link.onWrite = (bytes) => {
    const frame = readMbap(bytes);
    setImmediate(() => {
      if (frame.kind === 'frame') link.handlers?.data(mbapFrame(frame.transaction, frame.unit, valuePdu(1)));
    });
  };
  const waiting = Array.from({ length: waitingReadsMax }, () => line.read(question));
  const refused = await line.read(question);
  assert.ok(!refused.ok && refused.kind === 'timeout');
  assert.ok((await Promise.all(waiting)).every(({ ok }) => ok));
  assert.ok((await line.read(question)).ok);
  await line.close();
});

test('a read that Modbus does not have is refused before the wire', async () => {
  const { link, line } = tcp();
  for (const wrong of [
    { ...question, count: 0 },
    { ...question, count: 126 },
    { ...question, address: 0xffff, count: 2 },
    { ...question, unit: 256 },
    { ...question, address: 0.5 },
  ]) {
    const answer = await line.read(wrong);
    assert.ok(!answer.ok && answer.kind === 'bad-answer');
  }
  assert.is(link.written.length, 0);
  await line.close();
});

test('close ends what is open and what waits', async () => {
  const { line } = tcp();
  const open = [line.read(question), line.read(question)];
  await Promise.resolve();
  await line.close();
  for (const answer of await Promise.all(open)) assert.ok(!answer.ok && answer.kind === 'offline');
  const late = await line.read(question);
  assert.ok(!late.ok && late.kind === 'offline');
});

test('RTU: after an unanswered question the line is held, and its late answer is given to nobody', async () => {
  const link = new MemoryLink();
  const line = new ModbusLine({ framing: 'rtu', link, timeoutMs: 60, worstAnswerMs: 400 }).start();
  link.handlers?.up();
  const first = await line.read(question);
  assert.ok(!first.ok && first.kind === 'timeout');
  const second = line.read({ ...question, address: 1 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.is(link.written.length, 1, 'held');
  link.onWrite = () => link.handlers?.data(rtuFrame(1, valuePdu(222)));
  const from = performance.now();
  link.handlers?.data(rtuFrame(1, valuePdu(111)));
  assert.equal(await second, { ok: true, values: [222] });
  assert.ok(performance.now() - from < 200, 'the late answer ended the hold');
  await line.close();
});

test('RTU: three unanswered questions running open the port again, a good one between them does not', async () => {
  const link = new MemoryLink();
  const line = new ModbusLine({ framing: 'rtu', link, timeoutMs: 20, worstAnswerMs: 21 }).start();
  link.handlers?.up();
  await line.read(question);
  await line.read(question);
  link.onWrite = () => link.handlers?.data(rtuFrame(1, valuePdu(1)));
  assert.ok((await line.read(question)).ok);
  link.onWrite = () => undefined;
  await line.read(question);
  await line.read(question);
  assert.is(link.dropped.length, 0);
  await line.read(question);
  assert.is(link.dropped.length, 1);
  await line.close();
});

test('RTU: a wire that is never quiet is a bad answer, not a wait without end', async () => {
  const link = new MemoryLink();
  const line = new ModbusLine({ framing: 'rtu', link, timeoutMs: 60 }).start();
  link.handlers?.up();
  link.handlers?.data(Uint8Array.of(0xff));
  const babble = setInterval(() => link.handlers?.data(Uint8Array.of(0xff)), 1);
  const answer = await line.read(question);
  clearInterval(babble);
  assert.ok(!answer.ok && answer.kind === 'bad-answer');
  assert.is(link.written.length, 0);
  assert.ok(line.counters.strayBytes > 0);
  await line.close();
});

test.run();
