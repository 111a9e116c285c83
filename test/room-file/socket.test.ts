/** The section `socket` of a room file: who may order from the command line beside the own user and root. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explainRoom } from '../../src/room/explain.ts';
import { loadRoom } from '../../src/room/load.ts';
import { accepted } from './accepted.ts';
import { spoilt, upsModels } from './base.ts';

const withSocket = (section: string): string => spoilt('recorder: {', `socket: ${section}\nrecorder: {`);
const read = (section: string) => loadRoom(withSocket(section), 'room.yaml', { upsModels });

test('without a group only the own user and root, and check says nothing of it', () => {
  const { room, problems } = read('{}');
  assert.equal(problems, []);
  assert.is(room?.socketGroup, undefined);
  assert.not.match(room === undefined ? '' : explainRoom(room, 'en'), 'Orders from the command line');
});

test('a group by name or number, as a start takes it in; check tells who may order', () => {
  for (const group of ['linekeeper', '"998"', 'lk_duty-2']) {
    const { room, problems } = read(`{ group: ${group} }`);
    assert.equal(problems, [], group);
    assert.is(room?.socketGroup, group.replaceAll('"', ''));
    assert.equal(accepted(withSocket(`{ group: ${group} }`), upsModels), room);
  }
  const { room } = read('{ group: linekeeper }');
  assert.match(
    room === undefined ? '' : explainRoom(room, 'en'),
    'root, and members of the group linekeeper.',
  );
  assert.match(room === undefined ? '' : explainRoom(room, 'zh'), '用户组 linekeeper 的成员');
});

test('what is no name of a group is refused at its place', () => {
  for (const group of ['"a b"', '"../x"', '""', 'Root:x', '"-1"']) {
    const { problems } = read(`{ group: ${group} }`);
    assert.equal(
      problems.map(({ severity, path }) => `${severity} ${path}`),
      ['error socket.group'],
      group,
    );
  }
});

test.run();
