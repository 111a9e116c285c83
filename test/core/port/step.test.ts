/** A dead port is found by calls that nobody answers on one line while others are answered, and by nothing else. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { initial, step } from '../../../src/core/port/step.ts';
import type { PortState } from '../../../src/core/port/step.ts';
import type { LineSignal, RelayPosition } from '../../../src/model/line.ts';
import { monoMs } from '../../../src/model/units.ts';

class Bench {
  at = 1_000_000;
  state: PortState;
  readonly failed: string[] = [];

  constructor(answers: 'people' | 'pbx' = 'people') {
    this.state = initial({
      ringLimitMs: 20_000,
      lines: ['L1', 'L2', 'L3'].map((id) => ({ id, answers })),
    });
    for (const line of ['L1', 'L2', 'L3']) this.line(line, 'idle');
  }
  line(line: string, signal: LineSignal, position: RelayPosition = 'normal'): this {
    const at = monoMs(this.at);
    this.state = step(this.state, { kind: 'line', line, signal, since: at, position, at }).state;
    return this.pass(0);
  }
  pass(ms: number): this {
    this.at += ms;
    const { state, failed } = step(this.state, { kind: 'turn', at: monoMs(this.at) });
    this.state = state;
    this.failed.push(...failed);
    return this;
  }
  rings(line: string, ms = 20_000): this {
    return this.line(line, 'ringing').pass(ms).line(line, 'idle').pass(60_000);
  }
  answered(line: string): this {
    return this.line(line, 'ringing').pass(5000).line(line, 'off-hook').pass(60_000).line(line, 'idle');
  }
}

test('three calls unanswered on one line, three answered on others meanwhile: its port is dead', () => {
  const bench = new Bench().rings('L1').answered('L2').rings('L1').answered('L3').answered('L2');
  assert.equal(bench.failed, []);
  bench.line('L1', 'ringing').pass(19_999);
  assert.equal(bench.failed, []);
  bench.pass(1);
  assert.equal(bench.failed, ['L1'], 'while it still rings, so that the phone may answer this call');
});

test('where the PBX answers by itself two are enough', () => {
  assert.equal(new Bench('pbx').rings('L1').answered('L2').answered('L3').rings('L1').failed, ['L1']);
});

test('nobody answers anywhere: a night, or a PBX that is down, is no dead port', () => {
  const bench = new Bench();
  for (let n = 0; n < 10; n += 1) bench.rings('L1').rings('L2').rings('L3');
  assert.equal(bench.failed, []);
});

test('fewer answers elsewhere than unanswered calls here are not enough', () => {
  assert.equal(new Bench().rings('L1').answered('L2').rings('L1').rings('L1').answered('L2').failed, []);
});

test('a call that is given up before the limit does not count', () => {
  const bench = new Bench();
  for (let n = 0; n < 5; n += 1) bench.rings('L1', 19_900).answered('L2');
  assert.equal(bench.failed, []);
});

test('an answer, or a seizure by the PBX, proves the port', () => {
  const bench = new Bench().rings('L1').answered('L2').rings('L1').answered('L2');
  bench.line('L1', 'off-hook').pass(1000).line('L1', 'idle');
  assert.equal(bench.rings('L1').answered('L2').answered('L2').failed, []);
});

test('calls of yesterday do not count with those of today', () => {
  const bench = new Bench().rings('L1').answered('L2').rings('L1').answered('L2').answered('L2');
  bench.pass(4 * 3_600_000);
  assert.equal(bench.rings('L1').failed, []);
});

test('a line that is not in normal says nothing of its port, and what was counted before is over', () => {
  const bench = new Bench().rings('L1').answered('L2').rings('L1').answered('L2').answered('L2');
  bench
    .line('L1', 'idle', 'bypass')
    .line('L1', 'ringing', 'bypass')
    .pass(30_000)
    .line('L1', 'idle', 'bypass');
  bench.line('L1', 'idle');
  assert.equal(bench.rings('L1').failed, []);
});

test.run();
