/** The section `annunciator` of a room file, and the lamps that it serves. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { annunciatorConfig } from '../../src/core/room/annunciator-config.ts';
import { roomConfig } from '../../src/core/room/config.ts';
import type { Room } from '../../src/model/room.ts';
import { loadRoom } from '../../src/room/load.ts';
import { explainRoom } from '../../src/room/explain.ts';
import { spoilt, upsModels } from './base.ts';

function roomOf(from: string, to: string): Room {
  const { room, problems } = loadRoom(spoilt(from, to), 'room.yaml', { upsModels });
  assert.equal(problems, []);
  assert.ok(room);
  return room;
}
const withSection = (section: string): Room =>
  roomOf('recorder: {', `annunciator: ${section}\nalarms: { server.down: { latch: true } }\nrecorder: {`);

test('everything written', () => {
  const room = withSection(
    '{ ringback: [bypass.tripped, server.down], first-out: { it: [crm, lan] }, auto-silence: 5m, quiet: { from: "23:30", to: "06:00", severities: [warning] } }',
  );
  assert.equal(room.annunciator, {
    ringback: ['bypass.tripped', 'server.down'],
    firstOut: { it: ['crm', 'lan'] },
    autoSilenceMs: 300_000,
    quiet: { fromMinute: 1410, toMinute: 360, severities: ['warning'] },
  });
  const explained = explainRoom(room, 'en');
  assert.match(explained, /quiet hours +23:30–06:00 warning/);
  assert.match(explained, /auto-silence +5m/);
});

test('quiet hours by their defaults, and no time limit unless it is written', () => {
  assert.equal(withSection('{ quiet: {} }').annunciator, {
    ringback: [],
    quiet: { fromMinute: 1320, toMinute: 420, severities: ['minor', 'warning'] },
  });
});

test('without a section the first-out groups are made of the kinds', () => {
  const room = roomOf('role: lamp }', 'role: lamp, group: power, severity: major }');
  const { groupOf, lamps } = annunciatorConfig(roomConfig(room, 'run'));
  const groups = ['ups', 'pbx', 'room', 'L05', 'card-a', 'lan', 'crm', 'arrester'].map((id) =>
    groupOf.get(id),
  );
  assert.equal(groups, ['power', 'pbx', 'pbx', 'pbx', 'pbx', 'network', 'network', undefined]);
  assert.equal(lamps, [{ point: 'beacon', scope: { severity: 'major', group: 'power' } }]);
});

test.run();
