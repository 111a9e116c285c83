/**
 * An hour in which 2,000 alarms come: a switch dies, and its hosts, lines and points with it, some of them critical. A duty
 * manager silences the horn and acknowledges what is critical. No alarm may be lost, the horn must say something each time it
 * sounds, the summary must tell what happened, and the figures must be those of a second, naive count.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as alarm from '../../../src/core/alarm/step.ts';
import { alarmReport } from '../../../src/core/alarm-report/report.ts';
import * as annunciator from '../../../src/core/annunciator/step.ts';
import * as escalation from '../../../src/core/escalation/step.ts';
import type { Condition, Severity } from '../../../src/model/alarm.ts';
import type { AlarmChange } from '../../../src/model/alarm-report.ts';
import type { Effect } from '../../../src/model/effect.ts';
import { text } from '../../../src/model/text.ts';
import { monoMs, wallMs } from '../../../src/model/units.ts';
import { Alarms, condition } from './bench.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const turnMs = 250;
const floodId = 'linekeeper/alarm.flood';

/** Of what is going to come: without delays, so that each begins with its condition. */
const kinds: readonly (readonly [type: string, severity: Severity, perMille: number])[] = [
  ['gpio.lost', 'critical', 20],
  ['gpio.outputs-kept', 'major', 330],
  ['point.active', 'minor', 650],
];

interface Coming {
  readonly at: number;
  readonly condition: Condition;
  readonly severity: Severity;
}

/** The same hour each time. */
function anHour(): readonly Coming[] {
  let seed = 42;
  const chance = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  return Array.from({ length: 2000 }, (_, n): Coming => {
    let left = chance() * 1000;
    const [type, severity] = kinds.find(([, , share]) => (left -= share) < 0) ?? ['point.active', 'minor'];
    const at = n === 0 ? 0 : Math.floor(chance() * hour);
    return { at, condition: condition(`s${n}/${type}!${severity}`), severity };
  }).toSorted((a, b) => a.at - b.at);
}

test('an hour of 2,000 alarms: none is lost, the horn can be understood, the summary and the figures are right', () => {
  const coming = anHour();
  const begin = 1_000_000;
  const room = new Alarms(undefined, begin);
  let wall = annunciator.initial(
    { lamps: [], ringback: new Set(), groupOf: new Map(), floodType: 'alarm.flood', quietSeverities: [] },
    monoMs(begin),
  );
  let desk = escalation.initial(
    {
      ...{ severities: ['critical', 'major'], stopsOn: 'acknowledge-or-clear' },
      levels: [{ afterMs: 2 * minute, repeatMs: 5 * minute, who: ['li'] }],
      people: [{ id: 'li', name: text('李', 'Li'), tell: ['8001'] }],
    },
    [],
    monoMs(begin),
  );
  const told: Effect[] = [];
  const standing: Condition[] = [];
  const starts: string[] = [];
  const unheard: string[] = [];
  let next = 0;
  let silenceAt: number | undefined;
  const critical: { id: string; at: number }[] = [];
  for (let ms = 0; ms <= hour; ms += turnMs) {
    const at = monoMs(begin + ms);
    const before = next;
    while ((coming[next]?.at ?? Infinity) <= ms) {
      const one = coming[next++];
      if (one === undefined) break;
      standing.push(one.condition);
      if (one.severity === 'critical')
        critical.push({ id: `${one.condition.key.subject}/gpio.lost`, at: ms });
    }
    room.at = begin + ms;
    if (next > before) room.tell({ kind: 'conditions', standing: [...standing] });
    else room.tell({ kind: 'turn' });
    const was = wall.horn;
    wall = annunciator.step(wall, {
      ...{ kind: 'alarms', views: alarm.views(room.state), isFlood: alarm.isFlood(room.state), at },
    });
    assert.equal(annunciator.check(wall), []);
    if (wall.horn !== undefined && was === undefined) {
      starts.push(`${ms} ${wall.horn.tone}`);
      silenceAt = ms + 5 * second;
    }
    const hasCritical = coming.slice(before, next).some(({ severity }) => severity === 'critical');
    if (hasCritical && wall.horn?.isCritical !== true) unheard.push(String(ms));
    const escalated = escalation.step(
      desk,
      { kind: 'alarms', sounding: alarm.sounding(room.state), at },
      (id) => alarm.viewIn(room.state, id),
    );
    desk = escalated.state;
    told.push(...escalated.effects);
    if (silenceAt !== undefined && ms >= silenceAt) {
      wall = annunciator.step(wall, { kind: 'silence', at });
      silenceAt = undefined;
    }
    for (const one of critical.filter((own) => own.at + minute === Math.ceil(ms / turnMs) * turnMs))
      room.ack(one.id);
  }

  // None is lost: each was told once, and each stands in the list.
  const raised = room.notices.flatMap((one) =>
    one.kind === 'alarm' && one.change === 'raised' ? [one] : [],
  );
  const ids = raised.map((one) => one.alarm.id).filter((id) => id !== floodId);
  assert.is(ids.length, 2000);
  assert.is(new Set(ids).size, 2000);
  assert.is(alarm.views(room.state).length, 2001);

  // The horn: every critical alarm is heard at once, and it begins for nothing else once the flood runs.
  assert.equal(unheard, []);
  const isBegun = starts.filter((one) => !one.endsWith('critical'));
  assert.ok(
    isBegun.length <= 12,
    `${isBegun.length} beginnings that were not critical: ${isBegun.join(', ')}`,
  );
  assert.ok(starts.length <= critical.length + 12, `${starts.length} beginnings`);

  // The summary.
  const summary = room.view(floodId);
  assert.is(summary?.condition, 'active');
  assert.match(summary?.what.en ?? '', /(2\d{3}|19\d\d) in all/);
  assert.match(summary?.what.en ?? '', 'first: s0/');
  const began = room.notices.filter((one) => one.kind === 'flood');
  assert.is(began.length, 1, 'one flood');

  // Who is told beside the horn: messages that a person can read, not one an alarm.
  const messages = told.filter(({ kind }) => kind === 'escalate').length;
  assert.ok(messages > 0 && messages <= 40, `${messages} messages`);

  // The figures, against a naive count of what was put in.
  const from = begin;
  const changes = room.notices.flatMap((one): AlarmChange[] =>
    one.kind === 'alarm'
      ? [
          {
            ...{ at: wallMs(one.at), change: one.change, id: one.alarm.id, severity: one.alarm.severity },
            ...{ isSuppressed: one.alarm.suppressions.length > 0, by: one.alarm.ackedBy ?? '' },
          },
        ]
      : [],
  );
  const report = alarmReport({ from: wallMs(from), to: wallMs(from + hour), changes, standing: [] });
  const value = (id: string): number | undefined => report.kpis.find((one) => one.id === id)?.value;
  const moments = coming.map(({ at }) => Math.ceil(at / turnMs) * turnMs);
  const peak = Math.max(
    ...moments.map((last, n) => moments.slice(0, n + 1).filter((at) => last - at < 10 * minute).length),
  );
  const share = (severity: Severity): number =>
    Math.round((coming.filter((one) => one.severity === severity).length / 2000) * 1000) / 10;
  assert.is(value('count'), 2000);
  assert.is(value('rate'), 333.33);
  assert.is(value('peak'), peak);
  assert.is(value('high'), share('critical'));
  assert.is(value('low'), share('minor'));
  assert.is(value('floods'), 1);
  assert.is(report.floods[0]?.from, from + (moments[10] ?? 0), 'with the eleventh');
  assert.is(value('flood-time'), Math.round(((hour - (moments[10] ?? 0)) / hour) * 1000) / 10);
});

test.run();
