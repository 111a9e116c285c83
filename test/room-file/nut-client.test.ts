/** Evidence `nut-client` in the room file: a hint, with the address of the server and the upsd that is asked. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadRoom } from '../../src/room/load.ts';
import { spoilt, upsModels } from './base.ts';

const read = (evidence: string) =>
  loadRoom(spoilt('{ tcp: "10.0.0.11:5432" }', `{ ${evidence} }`), 'room.yaml', { upsModels });

test('what it becomes', () => {
  const { room, problems } = read('nut-client: "room@10.0.0.5", from: 10.0.0.11');
  assert.equal(
    problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.equal(room?.subjects.find(({ id }) => id === 'crm')?.sources[0], {
    ...{ id: 'crm.1', kind: 'nut-client', domain: 'our-lan', weight: 'hint' },
    ...{ ups: 'room', host: '10.0.0.5', port: 3493, from: '10.0.0.11', tls: false },
    label: { zh: 'upsmon → room@10.0.0.5', en: 'upsmon → room@10.0.0.5' },
    ...{ everyMs: 30_000, waitMs: 5000, missLimit: 3 },
  });
});

test('a wrong port and a missing address are told', () => {
  for (const wrong of ['nut-client: "room@10.0.0.5:99999", from: 10.0.0.11', 'nut-client: "room@10.0.0.5"'])
    assert.is(read(wrong).problems.filter(({ severity }) => severity === 'error').length, 1, wrong);
});

test.run();
