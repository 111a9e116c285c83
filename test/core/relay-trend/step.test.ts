/** Operate and release times of each relay: timed once a move, compared with its first ones and with the room's limit. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { conditions, initial, step, view } from '../../../src/core/relay-trend/step.ts';
import type { RelayTrendState, SavedTrends } from '../../../src/core/relay-trend/step.ts';
import type { RelayReport } from '../../../src/model/bypass.ts';

const config = { slowMs: 20, cardOf: { L1: 'card-a', L2: 'card-b' } };

/** One relay that is told to move again and again; each move is reported on its way and three times at its end. */
class Bench {
  state: RelayTrendState;
  coil: RelayReport['coil'] = 'energise';

  constructor(saved: SavedTrends = {}, serialNumber = 'LK8-1') {
    this.state = initial(config, saved);
    this.up(serialNumber);
  }
  up(serialNumber: string): this {
    this.state = step(this.state, { kind: 'card', card: 'card-a', isUp: true, serialNumber });
    return this.report({ moveMs: 99 });
  }
  lost(): this {
    this.state = step(this.state, { kind: 'card', card: 'card-a', isUp: false, serialNumber: '' });
    return this;
  }
  report(more: Partial<RelayReport> = {}, isFed = true): this {
    const report: RelayReport = {
      coil: this.coil,
      position: this.coil === 'energise' ? 'normal' : 'bypass',
      sinceWriteMs: 500,
      phoneMilliamps: 0,
      ...more,
    };
    this.state = step(this.state, { kind: 'relays', relays: { L1: report }, isFed });
    return this;
  }
  move(moveMs: number, isFed = true): this {
    this.coil = this.coil === 'energise' ? 'release' : 'energise';
    this.report({ position: 'between', sinceWriteMs: 2 }, isFed);
    for (let n = 0; n < 3; n += 1) this.report({ moveMs, sinceWriteMs: 20 + n }, isFed);
    return this;
  }
  moves(times: number, releaseMs: number, operateMs: number): this {
    for (let n = 0; n < times; n += 1) this.move(releaseMs).move(operateMs);
    return this;
  }
  get slow(): readonly string[] {
    return conditions(this.state).map(({ key, detail }) => `${key.subject} ${key.type}: ${detail.en}`);
  }
}

test('each move is timed once, however often its report is repeated', () => {
  const bench = new Bench().moves(3, 4.5, 8);
  assert.equal(view(bench.state, 'L1'), {
    operate: { moves: 3, nowMs: 8 },
    release: { moves: 3, nowMs: 4.5 },
    isSlow: false,
  });
  assert.is(view(bench.state, 'L2'), undefined, 'nothing is known of a relay that never moved');
});

test('what a card reports when it comes up is of a move that nobody saw, and not timed', () => {
  const bench = new Bench().moves(3, 4, 8).lost().up('LK8-1');
  assert.is(view(bench.state, 'L1')?.operate.moves, 3);
});

test('a relay half as slow again as at first, and 2 ms slower, is told; a tenth less is not', () => {
  const bench = new Bench().moves(5, 4, 8).moves(3, 4, 11.9);
  assert.equal(bench.slow, []);
  bench.moves(3, 4, 12);
  assert.equal(bench.slow, ['L1 relay.slow: operates in 12 ms, 8 at first']);
});

test('2 ms less than the contact bounce of a fast relay is no wear', () => {
  assert.equal(new Bench().moves(5, 2, 3).moves(3, 3.9, 4.9).slow, []);
  assert.equal(new Bench().moves(5, 2, 3).moves(3, 4, 4.9).slow, [
    'L1 relay.slow: releases in 4 ms, 2 at first',
  ]);
});

test('the limit of the room stands from the third move on, without any first measure', () => {
  assert.equal(new Bench().moves(3, 19.9, 8).slow, []);
  assert.equal(new Bench().moves(2, 20, 8).slow, []);
  assert.equal(new Bench().moves(3, 20, 8).slow, ['L1 relay.slow: releases in 20 ms']);
});

test('one odd move is no trend', () => {
  assert.equal(new Bench().moves(5, 4, 8).move(60).move(8).slow, []);
});

test('a relay that did not move, was let go by its supply or hung for a second is not timed', () => {
  const bench = new Bench().move(0).move(4, false).move(1001).move(8);
  assert.equal(view(bench.state, 'L1'), {
    operate: { moves: 1 },
    release: { moves: 0 },
    isSlow: false,
  });
});

test('times are kept over a restart; another card, or a new relay, begins anew', () => {
  const { trends } = new Bench().moves(5, 4, 8).state;
  const kept = JSON.parse(JSON.stringify(trends)) as SavedTrends;
  assert.is(view(new Bench(kept).moves(3, 4, 12).state, 'L1')?.isSlow, true);
  assert.is(view(new Bench(kept, 'LK8-2').moves(3, 4, 12).state, 'L1')?.isSlow, false);
  const replaced = new Bench(kept);
  replaced.state = step(replaced.state, { kind: 'new-relay', line: 'L1' });
  assert.is(view(replaced.moves(3, 4, 12).state, 'L1')?.isSlow, false);
});

test('lines that have no relay any more are forgotten', () => {
  const { trends } = new Bench().moves(1, 4, 8).state;
  assert.equal(initial({ slowMs: 20, cardOf: {} }, trends).trends, {});
});

test.run();
