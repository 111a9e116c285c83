import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SerialWire } from '../../src/drivers/serial/serial-wire.ts';
import { serialPollProbe } from '../../src/drivers/serial/poll-probe.ts';
import type { SerialPollOptions } from '../../src/drivers/serial/poll-probe.ts';
import type { ByteLink, ByteLinkHandlers } from '../../src/ports/byte-link.ts';
import { text } from '../../src/model/text.ts';
import { Reports, probeContract } from '../contract/probe.ts';

/** A wire with a device at its end that answers as it is told. */
class Wire implements ByteLink {
  readonly name = 'console';
  handlers: ByteLinkHandlers | undefined;
  asked: string[] = [];
  answer: (asked: string) => void = () => undefined;

  start(handlers: ByteLinkHandlers): void {
    this.handlers = handlers;
    handlers.up();
  }
  write(bytes: Uint8Array): boolean {
    const words = Buffer.from(bytes).toString();
    this.asked.push(words);
    queueMicrotask(() => this.answer(words));
    return true;
  }
  say(words: string): void {
    this.handlers?.data(Buffer.from(words));
  }
  drop(): void {
    this.handlers?.down(text('拔出', 'unplugged'));
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

function rig(more: Partial<SerialPollOptions> = {}): {
  readonly wire: Wire;
  readonly probe: ReturnType<typeof serialPollProbe>;
} {
  const wire = new Wire();
  const owner = new SerialWire(wire);
  owner.start();
  const probe = serialPollProbe({
    source: 'pbx.1',
    wire: owner,
    send: 'STATUS\r',
    expect: 'OK *2',
    everyMs: 200,
    timeoutMs: 200,
    ...more,
  });
  return { wire, probe };
}

probeContract('serial poll', {
  open: () => {
    const { wire, probe } = rig();
    const alive = (): void => wire.say('OK 12\r\n');
    wire.answer = alive;
    return Promise.resolve({
      probe,
      everyMs: 200,
      waitMs: 200,
      silence: 'down' as const,
      setAlive: (on: boolean) => void (wire.answer = on ? alive : () => undefined),
      close: () => Promise.resolve(),
    });
  },
  openBroken: () => {
    const { wire, probe } = rig();
    wire.drop();
    return probe;
  },
});

test('an answer in pieces is whole when its last piece came, and it is told', async () => {
  const { wire, probe } = rig();
  wire.answer = () => {
    wire.say('noise OK');
    setTimeout(() => wire.say(' 42\x07'), 20);
  };
  const reports = new Reports();
  probe.start(reports.report);
  const { says, reason } = await reports.next(10_000);
  await probe.stop();
  assert.is(says, 'up');
  assert.is(reason.en, 'came: noise OK 42');
  assert.is(wire.asked[0], 'STATUS\r');
});

test('the words must stand in one line, in their order', async () => {
  const { wire, probe } = rig({ expect: 'temp * fan ok', everyMs: 1500, timeoutMs: 500 });
  wire.answer = () => wire.say('fan ok temp 21\r\nfan ok\r\n');
  const reports = new Reports();
  probe.start(reports.report);
  assert.is((await reports.next(10_000)).says, 'down');
  wire.answer = () => wire.say('load 3\r\ntemp 21 C, fan ok.\r\n');
  probe.suspect(true);
  const { says, reason } = await reports.until('up', 20_000);
  await probe.stop();
  assert.is(says, 'up');
  assert.is(reason.en, 'came: temp 21 C, fan ok');
});

test('other words than the expected ones are a miss, and so are those of the question before', async () => {
  const { wire, probe } = rig();
  wire.say('OK 72');
  wire.answer = () => wire.say('FAULT 3\r');
  const reports = new Reports();
  probe.start(reports.report);
  const { says, reason } = await reports.next(10_000);
  await probe.stop();
  assert.is(says, 'down');
  assert.match(reason.en, 'expected words did not come');
});

test('a device that speaks by itself is heard between the rounds, and each heartbeat counts once', async () => {
  const wire = new Wire();
  const owner = new SerialWire(wire);
  owner.start();
  const probe = serialPollProbe({
    source: 'pbx.1',
    wire: owner,
    expect: 'ALIVE',
    everyMs: 300,
    timeoutMs: 100,
  });
  const reports = new Reports();
  wire.say('ALIVE\r');
  probe.start(reports.report);
  assert.is((await reports.next(10_000)).says, 'up');
  assert.is((await reports.next(10_000)).says, 'down');
  await probe.stop();
  assert.equal(wire.asked, []);
});

test.run();
