import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HostOrders } from '../../src/drivers/host-orders.ts';
import type { Asked, HostOrdersOptions, Seen, Way } from '../../src/drivers/host-orders.ts';
import { text } from '../../src/model/text.ts';

const reason = text('', '');
const rhythm = { retryMs: 1, lookMs: 1 };

/** Answers in turn, the last one for ever. */
class Played implements Way {
  asks = 0;
  looks = 0;
  ends = 0;
  readonly #answers: readonly Asked['kind'][];
  readonly #signs: readonly Seen['kind'][];

  constructor(answers: readonly Asked['kind'][], signs: readonly Seen['kind'][]) {
    this.#answers = answers;
    this.#signs = signs;
  }
  ask(): Promise<Asked> {
    const kind = this.#answers[Math.min(this.asks++, this.#answers.length - 1)] ?? 'unreached';
    return Promise.resolve({ kind, reason });
  }
  look(): Promise<Seen> {
    const kind = this.#signs[Math.min(this.looks++, this.#signs.length - 1)] ?? 'unknown';
    return Promise.resolve({ kind, reason });
  }
  test() {
    return Promise.resolve({ works: true, reason });
  }
  over(): void {
    this.ends++;
  }
}

async function outcomes(way: Way, more: Partial<HostOrdersOptions> = {}): Promise<readonly string[]> {
  const host = new HostOrders({ host: 'crm', way, withinMs: 60_000, settleMs: 0, rhythm, ...more });
  const told: string[] = [];
  await new Promise<void>((resolve) => {
    host.shut('cut/1.1', (outcome) => {
      told.push(outcome);
      if (outcome !== 'asked') resolve();
    });
  });
  await host.close();
  return told;
}

test('a host that cannot be reached at first is asked again', async () => {
  const way = new Played(['unreached', 'unreached', 'asked'], ['off']);
  assert.equal(await outcomes(way), ['asked', 'confirmed']);
  assert.is(way.asks, 3);
  assert.is(way.ends, 1);
});

test('what only a person can mend is told at once and not tried again', async () => {
  const way = new Played(['refused'], []);
  assert.equal(await outcomes(way), ['refused']);
  assert.is(way.asks, 1);
});

test('one silence is a lost packet: two in a row are a machine that is off', async () => {
  const way = new Played(['asked'], ['on', 'silent', 'on', 'silent', 'silent', 'on']);
  assert.equal(await outcomes(way), ['asked', 'confirmed']);
  assert.is(way.looks, 5);
});

test('a port that refuses is no machine that is off: its disks have their time, from the beginning when it comes back', async () => {
  const way = new Played(['asked'], ['closed', 'on', 'closed', 'closed', 'off']);
  assert.equal(await outcomes(way, { settleMs: 60_000 }), ['asked', 'confirmed']);
  assert.is(way.looks, 5, 'not before somebody said so');
  assert.equal(await outcomes(new Played(['asked'], ['closed']), { settleMs: 5 }), ['asked', 'confirmed']);
});

test('a machine that still runs at the end of its time, and one that cannot be seen, have failed', async () => {
  assert.equal(await outcomes(new Played(['asked'], ['on']), { withinMs: 10 }), ['asked', 'failed']);
  assert.equal(await outcomes(new Played(['asked'], ['unknown']), { withinMs: 10 }), ['asked', 'failed']);
  assert.equal(await outcomes(new Played(['unreached'], []), { withinMs: 10 }), ['failed']);
});

test('a host that was off before it was asked is off, when all evidence of its subject says so', async () => {
  const isSubjectDown = (): boolean => true;
  assert.equal(await outcomes(new Played(['unreached'], []), { isSubjectDown }), ['confirmed']);
  assert.equal(await outcomes(new Played(['asked'], ['on']), { isSubjectDown }), ['asked', 'confirmed']);
});

test('the same order again is answered and not carried out again; another one ends it', async () => {
  const way = new Played(['asked'], ['off']);
  const host = new HostOrders({ host: 'crm', way, withinMs: 60_000, settleMs: 0, rhythm });
  const confirmed = (order: string): Promise<void> =>
    new Promise((resolve) => {
      host.shut(order, (outcome) => {
        if (outcome === 'confirmed') resolve();
      });
    });
  await confirmed('cut/1.1');
  await confirmed('cut/1.1');
  assert.is(way.asks, 1);
  await confirmed('cut/1.1/2');
  assert.is(way.asks, 2);
  await host.close();
});

test('a way that throws is a failure of this host and no more', async () => {
  const broken: Way = {
    ask: () => Promise.reject(new Error('odd')),
    look: () => Promise.reject(new Error('odd')),
    test: () => Promise.reject(new Error('odd')),
  };
  assert.equal(await outcomes(broken), ['failed']);
  const host = new HostOrders({ host: 'crm', way: broken, withinMs: 1000, settleMs: 0, rhythm });
  assert.not.ok((await host.test()).works);
  await host.close();
});

test('after the end nothing is asked and nothing is told', async () => {
  const way = new Played(['asked'], ['on']);
  const host = new HostOrders({ host: 'crm', way, withinMs: 60_000, settleMs: 0, rhythm });
  const told: string[] = [];
  await new Promise<void>((resolve) => {
    host.shut('cut/1.1', (outcome) => {
      told.push(outcome);
      resolve();
    });
  });
  await host.close();
  host.shut('cut/1.2', (outcome) => told.push(outcome));
  await host.close();
  assert.equal(told, ['asked']);
});

test.run();
