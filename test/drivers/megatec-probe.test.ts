/** The Megatec probe over a link in memory: what small UPSes answer, and what they should not. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { megatecProbe } from '../../src/drivers/megatec/megatec-probe.ts';
import { text } from '../../src/model/text.ts';
import type { ByteLink, ByteLinkHandlers } from '../../src/ports/byte-link.ts';
import type { ProbeEvidence } from '../../src/ports/probe.ts';
import { Reports, probeContract } from '../contract/probe.ts';

const state = '(226.0 195.0 226.0 014 49.0 27.5 30.0 00001000\r';

class UpsWire implements ByteLink {
  readonly name = 'ups';
  readonly asked: string[] = [];
  answers: Readonly<Record<string, string>> = { Q1: state, F: '#220.0 000 024.0 50.0\r' };
  isAlive = true;
  isClosed = false;
  readonly #opens: boolean;
  handlers: ByteLinkHandlers | undefined;

  constructor(opens = true) {
    this.#opens = opens;
  }
  start(handlers: ByteLinkHandlers): void {
    this.handlers = handlers;
    if (this.#opens) setTimeout(() => handlers.up(), 10);
    else handlers.down(text('没有 /dev/ttyX', 'there is no /dev/ttyX'));
  }
  write(bytes: Uint8Array): boolean {
    const question = Buffer.from(bytes).toString('latin1').trim();
    this.asked.push(question);
    const answer = this.answers[question] ?? '';
    if (this.isAlive)
      setTimeout(() => {
        // Two pieces, as a slow wire brings it.
        this.handlers?.data(Buffer.from(answer.slice(0, 9), 'latin1'));
        this.handlers?.data(Buffer.from(answer.slice(9), 'latin1'));
      }, 5);
    return true;
  }
  drop(): void {}
  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

probeContract('Megatec', {
  open: () => {
    const link = new UpsWire();
    return Promise.resolve({
      probe: megatecProbe({ source: 'ups.1', link, everyMs: 300, timeoutMs: 250 }),
      everyMs: 300,
      waitMs: 500,
      silence: 'unknown',
      setAlive: (alive) => {
        link.isAlive = alive;
      },
      close: () => Promise.resolve(),
    });
  },
  openBroken: () => megatecProbe({ source: 'ups.1', link: new UpsWire(false), everyMs: 200, timeoutMs: 100 }),
});

async function first(answers: UpsWire['answers']): Promise<{ evidence: ProbeEvidence; link: UpsWire }> {
  const link = new UpsWire();
  link.answers = answers;
  const probe = megatecProbe({ source: 'ups.1', link, everyMs: 10_000, timeoutMs: 300 });
  const reports = new Reports();
  probe.start(reports.report);
  const evidence = await reports.next(5000);
  await probe.stop();
  assert.ok(link.isClosed);
  return { evidence, link };
}

test('state and ratings are one reading; nothing else is ever sent', async () => {
  const { evidence, link } = await first({ Q1: state, F: '#220.0 000 024.0 50.0\r' });
  assert.is(evidence.says, 'up');
  assert.is(evidence.values?.['batteryNominalVolts'], 24);
  assert.is(evidence.values?.['batteryPercent'], undefined);
  assert.equal(link.asked, ['Q1', 'F']);
});

test('an echo before the answer, and ratings that are not known, are no harm', async () => {
  const { evidence } = await first({ Q1: `Q1\r${state}`, F: '(NAK\r' });
  assert.is(evidence.says, 'up');
  assert.is(evidence.values?.['batteryVolts'], 27.5);
  assert.is(evidence.values?.['batteryNominalVolts'], undefined);
});

const lost: readonly (readonly [string, string, RegExp])[] = [
  ['nothing', '', /does not answer.*2400/],
  ['an echo only', 'Q1\r', /does not know Q1/],
  ['a refusal', '(NAK\r', /does not know Q1/],
  ['noise of a wrong baud rate', '\x80\xfe\x00~\xff', /baud rate/],
  ['half an answer', state.slice(0, 30), /none of them an answer/],
];
for (const [what, answer, pattern] of lost)
  test(`${what} is a lost round that tells what to look at`, async () => {
    const { evidence } = await first({ Q1: answer });
    assert.is(evidence.says, 'unknown');
    assert.match(evidence.reason.en, pattern);
  });

test('a battery test goes out between two rounds; silence takes it, an echo or a refusal does not', async () => {
  const link = new UpsWire();
  const probe = megatecProbe({ source: 'ups.1', link, everyMs: 10_000, timeoutMs: 300 });
  assert.is((await probe.test?.('quick'))?.accepted, false);
  assert.equal(link.asked, []);
  const reports = new Reports();
  probe.start(reports.report);
  await reports.next(5000);
  assert.is((await probe.test?.('quick'))?.accepted, true);
  assert.is((await probe.test?.('stop'))?.accepted, true);
  assert.equal(link.asked, ['Q1', 'F', 'T', 'CT']);
  for (const answer of ['T\r', '(NAK\r']) {
    link.answers = { ...link.answers, T: answer };
    const refused = await probe.test?.('quick');
    assert.equal([refused?.accepted, refused?.reason.en], [false, 'the UPS does not know T']);
  }
  await probe.stop();
});

test.run();
