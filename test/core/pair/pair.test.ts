/** Polarity of the trunk and the seat phone in bypass: each rule at its limit and just before it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { conditions, initial, step } from '../../../src/core/pair/step.ts';
import type { PairEvent, PairState, Polarity } from '../../../src/core/pair/step.ts';
import type { LineSignal, RelayPosition } from '../../../src/model/line.ts';
import { monoMs } from '../../../src/model/units.ts';

type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never;

class Pair {
  at = 1_000_000;
  state: PairState;
  isHeard = true;
  #position: RelayPosition = 'normal';
  #signal: LineSignal = 'idle';

  constructor(polarity?: Polarity, measuresPhone = true) {
    this.state = initial(
      {
        line: 'L03',
        trunk: '020-120-3',
        phone: '8003',
        measuresPhone,
        phoneOffHookMs: 300_000,
        ringLimitMs: 20_000,
        ...(polarity === undefined ? {} : { polarity }),
      },
      monoMs(this.at),
    );
    this.line('idle');
  }

  tell(event: Unstamped<PairEvent>): void {
    this.state = step(this.state, { ...event, at: monoMs(this.at) });
  }
  line(signal: LineSignal, position = this.#position): void {
    this.#signal = signal;
    this.#position = position;
    this.tell({ kind: 'line', signal, since: monoMs(this.at), position });
  }
  /** The relay moves; the signal is what it was, since when it was. */
  move(position: RelayPosition): void {
    this.#position = position;
    this.tell({ kind: 'line', signal: this.#signal, since: this.state.since, position });
  }
  volts(dcVolts: number): void {
    this.tell({ kind: 'loop', dcVolts });
  }
  run(ms: number): void {
    this.at += ms;
    this.tell({ kind: 'turn' });
  }
  get told(): string[] {
    return conditions(this.state, this.isHeard, monoMs(this.at)).map(
      ({ key, state, detail }) => `${key.type} ${state}: ${detail.en}`,
    );
  }
}

test('the usual polarity is learned from a minute of idle, and a pair that stays turned is told by its trunk', () => {
  const pair = new Pair();
  pair.volts(-48);
  pair.run(59_999);
  assert.is(pair.state.polarity, undefined);
  pair.run(1);
  assert.is(pair.state.polarity, -1);
  pair.volts(48);
  pair.run(29_999);
  assert.equal(pair.told, []);
  pair.run(1);
  assert.equal(pair.told, ['line.reversed active: trunk 020-120-3']);
  pair.volts(-48);
  assert.equal(pair.told, []);
});

test('what was learned before a restart, or stands in the room file, is not learned anew', () => {
  const pair = new Pair(1);
  pair.volts(-48);
  pair.run(120_000);
  assert.is(pair.state.polarity, 1);
  assert.equal(pair.told, ['line.reversed active: trunk 020-120-3']);
});

test('a reversal in a call is the exchange’s answer, and one before caller ID is over too soon: neither is a fault', () => {
  const pair = new Pair(1);
  pair.volts(48);
  pair.run(10_000);
  pair.line('off-hook');
  pair.volts(9);
  pair.volts(-9);
  pair.run(600_000);
  assert.equal(pair.told, []);
  pair.line('idle');
  pair.volts(-48);
  pair.run(5_000);
  pair.volts(48);
  pair.run(60_000);
  assert.equal(pair.told, []);
  pair.volts(-48);
  pair.run(4_000);
  pair.line('ringing');
  pair.run(10_000);
  pair.line('idle');
  pair.volts(48);
  pair.run(60_000);
  assert.equal(pair.told, []);
});

test('a turned trunk stays turned while it is used, and while it is not seen it is unknown', () => {
  const pair = new Pair(1);
  pair.volts(-48);
  pair.run(30_000);
  pair.line('off-hook');
  pair.volts(-9);
  assert.equal(pair.told, ['line.reversed active: trunk 020-120-3']);
  pair.line('unknown');
  assert.equal(pair.told, ['line.reversed unknown: trunk 020-120-3']);
});

test('a dead trunk has no polarity: nothing is learned from it and nothing told', () => {
  const pair = new Pair();
  pair.volts(-2);
  pair.run(120_000);
  assert.is(pair.state.polarity, undefined);
  pair.line('dead');
  pair.volts(-60);
  pair.run(120_000);
  assert.is(pair.state.polarity, undefined);
});

test('in bypass the line is answered and the phone draws nothing: its pair, or something else, holds the trunk', () => {
  const pair = new Pair(1);
  pair.line('ringing', 'bypass');
  pair.run(5_000);
  pair.line('off-hook');
  pair.tell({ kind: 'phone', milliamps: 4.9 });
  pair.run(1_999);
  assert.equal(pair.told, []);
  pair.run(1);
  assert.equal(pair.told, ['terminal.phone-no-current active: phone 8003 (trunk 020-120-3)']);
  pair.tell({ kind: 'phone', milliamps: 22 });
  assert.equal(pair.told, []);
});

test('a relay on the Pi measures no current: nothing is concluded from none', () => {
  const pair = new Pair(1, false);
  pair.line('ringing', 'bypass');
  pair.run(5_000);
  pair.line('off-hook');
  pair.tell({ kind: 'phone', milliamps: 0 });
  pair.run(60_000);
  assert.equal(pair.told, []);
});

test('in normal the phone draws nothing from the trunk, and that is right', () => {
  const pair = new Pair(1);
  pair.line('off-hook', 'normal');
  pair.tell({ kind: 'phone', milliamps: 0 });
  pair.run(3_600_000);
  assert.equal(pair.told, []);
});

test('a handset left off in bypass: told after minutes without speech, by the number of the phone', () => {
  const pair = new Pair(1);
  pair.line('idle', 'bypass');
  pair.run(60_000);
  pair.line('off-hook');
  pair.tell({ kind: 'phone', milliamps: 22 });
  pair.run(200_000);
  pair.tell({ kind: 'speech' });
  pair.run(299_999);
  assert.equal(pair.told, [], 'somebody spoke less than five minutes ago');
  pair.run(1);
  assert.equal(pair.told, ['terminal.phone-off-hook active: hang up phone 8003']);
  pair.tell({ kind: 'speech' });
  assert.equal(pair.told, []);
  pair.run(300_000);
  pair.line('idle');
  assert.equal(pair.told, []);
});

test('without the recorder nobody knows whether somebody speaks: unknown, and no alarm begins', () => {
  const pair = new Pair(1);
  pair.line('idle', 'bypass');
  pair.run(60_000);
  pair.line('off-hook');
  pair.tell({ kind: 'phone', milliamps: 22 });
  pair.isHeard = false;
  pair.run(300_000);
  assert.equal(pair.told, ['terminal.phone-off-hook unknown: hang up phone 8003']);
});

test('a phone that was off hook at the switch-over blocks its trunk at once: ten seconds without speech are enough', () => {
  const pair = new Pair(1);
  pair.move('bypass');
  pair.run(300);
  pair.line('off-hook');
  pair.tell({ kind: 'phone', milliamps: 22 });
  pair.run(9_999);
  assert.equal(pair.told, []);
  pair.run(1);
  assert.equal(pair.told, ['terminal.phone-off-hook active: hang up phone 8003']);
  const talking = new Pair(1);
  talking.move('bypass');
  talking.run(300);
  talking.line('off-hook');
  talking.tell({ kind: 'phone', milliamps: 22 });
  talking.run(3_000);
  talking.tell({ kind: 'speech' });
  talking.run(60_000);
  assert.equal(talking.told, [], 'the caller who was cut is back');
});

test('a call on a bypass phone that we find at the start was not there at a switch-over', () => {
  const pair = new Pair(1);
  pair.move('unknown');
  pair.line('off-hook', 'bypass');
  pair.tell({ kind: 'phone', milliamps: 22 });
  pair.run(299_999);
  assert.equal(pair.told, []);
});

test('a bypass phone that rings and rings: nobody is there, or its pair is open; until somebody lifts it', () => {
  const pair = new Pair(1);
  pair.line('ringing', 'bypass');
  pair.run(19_999);
  assert.equal(pair.told, []);
  pair.run(1);
  assert.equal(pair.told, ['terminal.phone-unanswered active: phone 8003 (trunk 020-120-3)']);
  pair.line('idle');
  pair.run(60_000);
  assert.equal(pair.told, ['terminal.phone-unanswered active: phone 8003 (trunk 020-120-3)']);
  pair.line('ringing');
  pair.run(2_000);
  pair.line('off-hook');
  pair.tell({ kind: 'phone', milliamps: 22 });
  assert.equal(pair.told, []);
  pair.line('idle');
  assert.equal(pair.told, []);
});

test('a caller who gives up early, and a ring that begins in normal, count for nothing', () => {
  const pair = new Pair(1);
  pair.line('ringing', 'bypass');
  pair.run(10_000);
  pair.line('idle');
  assert.equal(pair.told, []);
  pair.line('ringing', 'normal');
  pair.run(30_000);
  pair.move('bypass');
  pair.run(10_000);
  assert.equal(pair.told, []);
  pair.move('normal');
  pair.run(60_000);
  assert.equal(pair.told, []);
});

test.run();
