/** A busy day of records and calls: what is asserted as certain is right, and nearly everything is found. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { endToleranceMs, matchRecords, scoreOf } from '../../../src/core/records/match.ts';
import type { MatchCall, MatchRecord } from '../../../src/core/records/match.ts';
import { lineOfRecord, trunkOfRecord } from '../../../src/core/records/trunk.ts';
import type { PbxRecord } from '../../../src/model/pbx-record.ts';
import { wallMs } from '../../../src/model/units.ts';
import { seed } from '../../seeded.ts';

/** mulberry32: a day can be had again from its seed. */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Day {
  readonly calls: readonly MatchCall[];
  readonly records: readonly MatchRecord[];
  /** Record → its call. */
  readonly truth: ReadonlyMap<number, string>;
}

interface DayOptions {
  readonly seed: number;
  readonly skewMs: number;
  readonly namesTrunk: boolean;
  readonly resolutionMs: number;
  /** Share of calls without a record, and of records of other trunks. */
  readonly strays?: number;
}

/** 8 lines, 2,000 calls in ten hours. */
function busyDay({ seed, skewMs, namesTrunk, resolutionMs, strays = 0 }: DayOptions): Day {
  const chance = chanceOf(seed);
  const between = (least: number, most: number): number => least + chance() * (most - least);
  const begin = Date.UTC(2026, 4, 6, 0);
  const calls: MatchCall[] = [];
  const records: MatchRecord[] = [];
  const truth = new Map<number, string>();
  const coarse = (ms: number): number => Math.floor(ms / resolutionMs) * resolutionMs;
  for (let lane = 1; lane <= 8; lane++) {
    let at = begin + between(0, 120_000);
    for (let n = 0; n < 250; n++) {
      const isIncoming = chance() < 0.7;
      const isAnswered = chance() < 0.85;
      const ringMs = between(4000, 30_000);
      const talkMs = isAnswered ? between(3000, 3000 + 90_000 * chance() * 2) : 0;
      const line = `L0${lane}`;
      const id = `${line}-${n}`;
      const endedAt = at + ringMs + talkMs;
      const call: MatchCall = {
        id,
        line,
        direction: isIncoming ? 'incoming' : 'outgoing',
        startedAt: wallMs(at),
        endedAt: wallMs(endedAt + between(0, 1500)),
        ...(isIncoming && isAnswered ? { answeredAt: wallMs(at + ringMs) } : {}),
        caller: '',
        digits: '',
        bypass: false,
      };
      const hasRecord = isIncoming || isAnswered;
      if (chance() >= strays) calls.push(call);
      if (hasRecord && chance() >= strays) {
        const key = lane * 1000 + n;
        const record: PbxRecord = {
          direction: isIncoming ? 'incoming' : 'outgoing',
          startedAt: wallMs(coarse(at + between(300, 3000)) + skewMs),
          endedAt: wallMs(coarse(endedAt) + skewMs),
          resolutionMs,
          durationMs: Math.ceil(talkMs / 1000) * 1000,
          answered: isAnswered,
          raw: [],
        };
        records.push({
          key,
          record,
          arrivedAt: endedAt + between(200, 3000),
          ...(namesTrunk ? { line } : {}),
        });
        truth.set(key, id);
      }
      at = endedAt + between(4000, 90_000);
    }
  }
  return { calls, records: records.sort((a, b) => a.arrivedAt - b.arrivedAt), truth };
}

function judged({ calls, records, truth }: Day): {
  right: number;
  wrong: number;
  ambiguous: number;
  none: number;
} {
  const there = new Set(calls.map(({ id }) => id));
  const found = { right: 0, wrong: 0, ambiguous: 0, none: 0 };
  for (const match of matchRecords(records, calls)) {
    const call = truth.get(match.key);
    if (match.state !== 'certain') {
      // A call that the lines missed has no record to be found.
      if (call !== undefined && !there.has(call)) found.right++;
      else found[match.state]++;
    } else if (match.call === call) found.right++;
    else found.wrong++;
  }
  return found;
}

const seeds = [1, 2, 3, 20_261_125, seed];

for (const seed of seeds) {
  for (const skewMs of [0, 2000, -2000])
    test(`a busy day, seed ${seed}, clock ${skewMs} ms off, records name their trunk: at least 99 % right, none wrong`, () => {
      const day = busyDay({ seed, skewMs, namesTrunk: true, resolutionMs: 1000 });
      const found = judged(day);
      assert.is(found.wrong, 0, JSON.stringify(found));
      assert.ok(found.right >= day.records.length * 0.99, JSON.stringify(found));
    });
  test(`a busy day, seed ${seed}, records that name no trunk: none wrong, most found`, () => {
    const day = busyDay({ seed, skewMs: 2000, namesTrunk: false, resolutionMs: 1000 });
    const found = judged(day);
    assert.is(found.wrong, 0, JSON.stringify(found));
    assert.ok(found.right >= day.records.length * 0.8, JSON.stringify(found));
  });
  test(`a busy day, seed ${seed}, times of minutes only: none wrong`, () => {
    for (const namesTrunk of [true, false]) {
      const day = busyDay({ seed, skewMs: 2000, namesTrunk, resolutionMs: 60_000 });
      const found = judged(day);
      assert.is(found.wrong, 0, JSON.stringify(found));
      if (namesTrunk) assert.ok(found.right >= day.records.length * 0.95, JSON.stringify(found));
    }
  });
  test(`a busy day, seed ${seed}, one call and one record in twenty missing: none wrong`, () => {
    const day = busyDay({ seed, skewMs: 2000, namesTrunk: true, resolutionMs: 1000, strays: 0.05 });
    const found = judged(day);
    assert.is(found.wrong, 0, JSON.stringify(found));
    assert.ok(found.right >= day.records.length * 0.98, JSON.stringify(found));
    // Without trunks a missed call and a missed record may look like one: not one in a thousand.
    const blind = judged(
      busyDay({ seed, skewMs: 2000, namesTrunk: false, resolutionMs: 1000, strays: 0.05 }),
    );
    assert.ok(blind.wrong * 1000 <= blind.right, JSON.stringify(blind));
  });
}

test('a switch whose clock is an hour off is found out by the arrival of its records', () => {
  const day = busyDay({ seed: 1, skewMs: 3_600_000, namesTrunk: true, resolutionMs: 1000 });
  const found = judged(day);
  assert.is(found.wrong, 0, JSON.stringify(found));
  assert.ok(found.right >= day.records.length * 0.97, JSON.stringify(found));
});

const call: MatchCall = {
  id: 'c1',
  line: 'L01',
  direction: 'incoming',
  startedAt: wallMs(0),
  answeredAt: wallMs(10_000),
  endedAt: wallMs(70_000),
  caller: '',
  digits: '',
  bypass: false,
};
const record = (more: Partial<PbxRecord> = {}, line?: string, key = 1): MatchRecord => ({
  key,
  arrivedAt: 71_000,
  ...(line === undefined ? {} : { line }),
  record: {
    direction: 'incoming',
    startedAt: wallMs(1000),
    endedAt: wallMs(70_000),
    durationMs: 60_000,
    answered: true,
    resolutionMs: 1000,
    raw: [],
    ...more,
  },
});

test('the other direction, another line, an internal call, a call in bypass, an end too far off: never of one call', () => {
  assert.is(scoreOf(record({ direction: 'outgoing' }), call, 0), undefined);
  assert.is(scoreOf(record({}, 'L02'), call, 0), undefined);
  assert.is(scoreOf(record({ endedAt: wallMs(70_000 - endToleranceMs - 1001) }), call, 0), undefined);
  assert.ok(scoreOf(record({ endedAt: wallMs(70_000 - endToleranceMs - 1000) }), call, 0) !== undefined);
  assert.is(matchRecords([record({ direction: 'internal' })], [call])[0]?.state, 'none');
  assert.is(matchRecords([record()], [{ ...call, bypass: true }])[0]?.state, 'none');
  assert.is(matchRecords([record()], [call])[0]?.state, 'certain');
});

test('two calls that fit alike, or two records of one call, stay unmatched', () => {
  assert.is(matchRecords([record()], [call, { ...call, id: 'c2', line: 'L02' }])[0]?.state, 'ambiguous');
  assert.equal(
    matchRecords([record(), record({}, undefined, 2)], [call]).map(({ state }) => state),
    ['ambiguous', 'ambiguous'],
  );
});

test('a number that both know decides between calls that else fit alike', () => {
  const other = { ...call, id: 'c2', line: 'L02', caller: '02087654321' };
  const [match] = matchRecords(
    [record({ number: '902012345678' })],
    [{ ...call, caller: '02012345678' }, other],
  );
  assert.ok(match?.state === 'certain' && match.call === 'c1');
});

test('trunks: as the room file names them, whatever the case; two lines of one name are none', () => {
  const lines = [
    { id: 'L01', trunk: '020-1', recordTrunk: 'LINE 1.1' },
    { id: 'L02', trunk: '020-2', recordTrunk: 'LINE 1.2' },
  ];
  const of = (trunk: string | undefined, direction: PbxRecord['direction'] = 'incoming') =>
    trunkOfRecord(lines, {
      direction,
      resolutionMs: 1000,
      raw: [],
      ...(trunk === undefined ? {} : { trunk }),
    });
  assert.is(of('Line  1.2'), '020-2');
  assert.is(of('LINE 9.9'), 'pbx:LINE 9.9', 'another trunk of the switch excuses no call of ours');
  assert.is(of(undefined), '', 'of which line is not told');
  assert.is(of(undefined, 'internal'), 'internal');
  const twice = lines.map((line) => ({ ...line, recordTrunk: 'A' }));
  assert.is(
    lineOfRecord(twice, { direction: 'incoming', resolutionMs: 1000, raw: [], trunk: 'A' }),
    undefined,
  );
});

test.run();
