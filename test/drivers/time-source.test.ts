/** Lines of chronyc 4.3 (some of a running chronyd, some made in the same form) and of timedatectl, and what is made of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lookAtClock } from '../../src/drivers/clock/time-source.ts';
import type { Ran, Run } from '../../src/drivers/clock/time-source.ts';
import { parseChrony } from '../../src/format/chrony.ts';

const good =
  '0A000001,10.0.0.1,3,1795604188.090046293,0.000012000,-0.000004000,0.000020000,-12.345,0.001,0.050,0.001000000,0.000500000,64.2,Normal\n';
const local =
  '7F7F0101,,10,1795604188.090046293,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,0.000000000,0.000000000,0.0,Normal\n';
const unset =
  '00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,1.000000000,1.000000000,0.0,Not synchronised\n';
const followed = '^,*,10.0.0.1,2,6,377,12,0.000001000,0.000001000,0.000500000\n';
const dead = '^,?,127.0.0.1,0,6,0,4294967295,0.000000000,0.000000000,0.000000000\n';

const ran = (output: string): Ran => ({ kind: 'ran', output });
const absent: Ran = { kind: 'absent', output: '' };
const printing =
  (tracking: Ran, sources: Ran = absent, timesync: Ran = absent): Run =>
  (program, args) =>
    Promise.resolve(program === 'timedatectl' ? timesync : args.includes('tracking') ? tracking : sources);

async function active(run: Run): Promise<readonly string[]> {
  return (await lookAtClock(run))
    .filter(({ active: on }) => on)
    .map(({ type, detail }) => `${type}: ${detail.en}`);
}

test('a clock that follows a source is right', async () => {
  assert.equal(await active(printing(ran(good), ran(dead + followed))), []);
});

test('"Normal" without a source that is followed is not synchronised', async () => {
  assert.equal(await active(printing(ran(local), ran(dead))), [
    'clock.unsynchronised: none of its 1 sources can be followed',
  ]);
  assert.equal(await active(printing(ran(local), ran(''))), ['clock.unsynchronised: chrony has no source']);
});

test('stratum 0 is not synchronised, whatever the sources say', async () => {
  assert.equal(await active(printing(ran(unset), ran(followed))), [
    'clock.unsynchronised: chrony is not synchronised',
  ]);
});

test('a chronyd that has stopped is not synchronised', async () => {
  assert.equal(await active(printing({ kind: 'failed', output: '506 Cannot talk to daemon' })), [
    'clock.unsynchronised: chronyd does not run',
  ]);
});

test('an offset and a drift beyond their limits are alarms, at the limits they are not', async () => {
  const of = (offset: string, ppm: string): Run =>
    printing(ran(good.replace('0.000012000', offset).replace('-12.345', ppm)), ran(followed));
  assert.equal(await active(of('0.500000000', '-200.000')), []);
  assert.equal(await active(of('-0.740000000', '-200.100')), [
    'clock.offset: about -700 ms',
    'clock.drift: about -200 ppm',
  ]);
});

test('without chrony timesyncd is asked; without both nothing is said', async () => {
  const timesync = (ntp: string, synchronised: string): Run =>
    printing(absent, absent, ran(`NTP=${ntp}\nNTPSynchronized=${synchronised}\n`));
  assert.equal(await active(timesync('yes', 'yes')), []);
  assert.equal(await active(timesync('yes', 'no')), ['clock.unsynchronised: timesyncd is not synchronised']);
  assert.equal(await active(timesync('no', 'no')), ['clock.unsynchronised: no time service is switched on']);
  assert.equal(await lookAtClock(printing(absent)), []);
});

test('what is no line of chrony is not taken for one', () => {
  for (const line of [
    '',
    'x',
    local.replace('Normal\n', '').replace(/,[^,]*$/, ''),
    local.replace(',10,', ',,'),
  ])
    assert.is(parseChrony(line, ''), undefined, line);
});

test.run();
