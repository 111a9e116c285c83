/** What a UPS said last is told with its age as long as it is silent, however the silence came about. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Source } from '../../../src/model/room.ts';
import { text } from '../../../src/model/text.ts';
import * as watch from '../../../src/core/watch/step.ts';
import { Room, subject } from './bench.ts';

const source: Source = {
  id: 'ups.1',
  kind: 'megatec',
  bus: 'wire',
  domain: 'serial:wire',
  weight: 'proof',
  label: text('UPS wire', 'UPS wire'),
  everyMs: 2000,
  waitMs: 5000,
  missLimit: 3,
};
const heard = (): Room =>
  new Room([subject('ups', 'ups', [source])]).hear('ups.1', 'up', { onBattery: true }).hear('ups.1', 'up');
const why = (room: Room): string => watch.whyOf(room.state, 'ups').en;

test('lost: the sentence names the last reading and its age, the alarm stays the same text', () => {
  const room = heard().wait(4000).hear('ups.1', 'unknown');
  assert.match(why(room), /no answer; last reading 4 s ago: answered/);
  const detail = watch.conditions(room.state).find(({ key }) => key.type === 'ups.comms-lost')?.detail.en;
  room.wait(120_000).hear('ups.1', 'unknown').wait(1);
  assert.match(why(room), /last reading 2 min ago/);
  assert.is(watch.conditions(room.state).find(({ key }) => key.type === 'ups.comms-lost')?.detail.en, detail);
});

test('too old, or behind a bus of ours that is down: the last reading is still told', () => {
  assert.match(why(heard().wait(60_000)), /too old; last reading/);
  const cut = heard().wait(1000).tell({ kind: 'path', bus: 'wire', up: false }).wait(30_000);
  assert.match(why(cut), /our own path wire is down; last reading/);
  cut.tell({ kind: 'path', bus: 'wire', up: true });
  assert.match(why(cut), /nothing heard yet; last reading/);
  cut.hear('ups.1', 'up', { onBattery: false });
  assert.not.match(why(cut), /last reading/);
});

test('what never was read has no last reading', () => {
  const room = new Room([subject('ups', 'ups', [source])]).hear('ups.1', 'unknown').wait(60_000);
  assert.not.match(why(room), /last reading/);
});

test.run();
