import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerReports } from '../../src/threads/worker-reports.ts';
import { text } from '../../src/model/text.ts';

const test = suite('what workers reported');

test('what a dead worker had reported stands no longer, and what others reported does', () => {
  const told: string[] = [];
  const reports = new WorkerReports((type, active, _detail, qualifier) => {
    told.push(`${active ? '+' : '-'} ${type}/${qualifier}`);
  });
  const found = (type: string, active: boolean, qualifier = '') =>
    ({ kind: 'condition', type, qualifier, active, detail: text('甲', 'a') }) as const;
  reports.heard('recorder', found('disk.full', true));
  reports.heard('recorder', found('audio.overrun', true, 'L01'));
  reports.heard('recorder', found('audio.overrun', false, 'L01'));
  reports.heard('front', found('mqtt.lost', true));
  told.length = 0;
  reports.forget('recorder');
  reports.forget('recorder');
  assert.equal(told, ['- disk.full/']);
});

test.run();
