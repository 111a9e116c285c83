/** What people read when an alarm is escalated to them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { roomFileList } from '../../src/drivers/duty/room-file-list.ts';
import type { Effect, Notice } from '../../src/model/effect.ts';
import type { EscalationSettings } from '../../src/model/escalation.ts';
import { text } from '../../src/model/text.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';
import { escalationNotice } from '../../src/threads/escalation.ts';

const settings: EscalationSettings = {
  ...{ severities: ['critical'], stopsOn: 'acknowledge-or-clear' },
  levels: [
    { afterMs: 0, who: ['desk'] },
    { afterMs: 60_000, who: ['desk', 'lead'] },
  ],
  people: [
    { id: 'desk', name: text('值班台', 'desk'), tell: ['phone 8001'] },
    { id: 'lead', name: text('李', 'Li'), tell: ['SMS 138'] },
  ],
};
const due: Extract<Effect, { kind: 'escalate' }> = {
  ...{ kind: 'escalate', at: monoMs(5), level: 2, times: 3, count: 2 },
  alarms: [{ id: 'a', severity: 'critical', what: text('坏了', 'broken'), action: text('修', 'repair') }],
};
const told = (own: EscalationSettings | undefined): Extract<Notice, { kind: 'escalation' }> => {
  const notice = escalationNotice(due, roomFileList(own), wallMs(1_800_000_000_000));
  if (notice.kind !== 'escalation') throw new Error(notice.kind);
  return notice;
};

test('the notice names the people of the level and how each is reached, in both languages', () => {
  const { who, text: words } = told(settings);
  assert.is(who.map(({ id }) => id).join(), 'desk,lead');
  assert.match(words.en, 'level 2 (told 3 times): broken (a); …. to be told: desk phone 8001, Li SMS 138');
  assert.match(words.zh, '升级至第 2 级，第 3 次：坏了（a） 等。通知 值班台 phone 8001、李 SMS 138');
});

test('that nobody is on duty is told', () => {
  assert.match(told(undefined).text.en, 'nobody is on duty');
  assert.equal(told(undefined).who, []);
});

test.run();
