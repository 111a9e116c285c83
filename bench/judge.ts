/** Microseconds that the judgement takes for one answer of one probe, among so many subjects behind one network: the guard's thread pays it. */
import * as watch from '../src/core/watch/step.ts';
import type { PolledSource, Subject } from '../src/model/room.ts';
import { monoMs } from '../src/model/units.ts';
import { text } from '../src/model/text.ts';
import type { Options } from './run.ts';

const everyMs = 10_000;

export function judge(options: Options): Promise<object> {
  const count = Number(options['subjects'] ?? '500');
  const answers = Number(options['n'] ?? '20000');
  const subjects = Array.from({ length: count }, (_, n) => subject(n));
  let state = watch.initial({ subjects, lines: [], points: [], ringLimitMs: 20_000 }, monoMs(0));
  let at = 0;
  const reason = text('有应答', 'it answers');
  const run = (): number => {
    const from = performance.now();
    for (let n = 0; n < answers; n++) {
      at += everyMs / count;
      const source = `s${n % count}.1`;
      state = watch.step(state, { kind: 'evidence', source, says: 'up', reason, at: monoMs(at) }).state;
    }
    return Math.round(((performance.now() - from) / answers) * 10_000) / 10;
  };
  run();
  const ups = watch.views(state).filter(({ verdict }) => verdict === 'up').length;
  return Promise.resolve({ subjects: count, answers, up: ups, microsPerAnswer: run() });
}

function subject(n: number): Subject {
  const source: PolledSource = {
    id: `s${n}.1`,
    kind: 'tcp',
    host: '10.0.0.1',
    port: 80,
    everyMs,
    waitMs: 5000,
    missLimit: 3,
    label: text('TCP', 'TCP'),
    domain: 'our-lan',
    weight: 'hint',
  };
  const name = text(`s${n}`, `s${n}`);
  return {
    id: `s${n}`,
    kind: 'server',
    name,
    sources: [source],
    downWhen: 1,
    dependsOn: n === 0 ? [] : ['s0'],
  };
}
