/** Alarms of a power cut: what the plan announces, what it could not do, and what it still wants of people. */
import { kind } from './catalogue-entry.ts';

export const powerCutAlarms = {
  'power-cut.stage': kind('major', {
    what: ['停电：预案已进入这一阶段', 'Power cut: the plan has reached this stage'],
    effect: [
      '电话仍正常；其余设备按预案逐步关闭',
      'Telephony goes on; other equipment is shut down step by step, as planned',
    ],
    action: [
      '按面板上的停电预案逐项办理；需要人工的步骤办完后签名确认',
      'Follow the power-cut plan on the page; tick off by name what you have done',
    ],
  }),
  'power-cut.outbound': kind('minor', {
    what: ['外呼已暂停', 'Outbound calls are suspended'],
    effect: ['来电不受影响；外线留给来电', 'Incoming calls go on, and have the trunks to themselves'],
    action: ['停止外呼任务，直到宣布解除', 'Stop outbound work until the all-clear'],
  }),
  'power-cut.step-failed': kind('major', {
    what: ['停电预案的一个步骤未完成', 'A step of the power-cut plan has failed'],
    effect: [
      '电话不受影响；电池消耗可能更快，主机可能未正常关机',
      'Telephony goes on; the battery may empty faster, a host may lose power without a shutdown',
    ],
    action: [
      '人工完成该步骤后签名确认，或写明原因免除',
      'Do it by hand and tick it off by name, or waive it and say why',
    ],
  }),
  'power-cut.step-open': kind('major', {
    what: ['停电预案有步骤等待人工办理', 'A step of the power-cut plan waits for a person'],
    effect: ['有人尚未得到停电通知', 'Somebody who must know of the power cut has not been told'],
    action: ['打电话通知，然后在面板上签名确认', 'Make the call, then tick it off by name on the page'],
  }),
  'power-cut.ended': kind('critical', {
    what: [
      '电池将尽，linekeeper 已有序结束',
      'The batteries are at their end: linekeeper has ended in good order',
    ],
    effect: [
      '线路已接坐席电话，可继续接听；不再录音',
      'The lines are on their seat phones and can be answered; nothing is recorded any more',
    ],
    action: [
      '用坐席电话接听并手工登记；市电恢复后自动重新启动',
      'Answer on the seat phones and write calls down; it starts by itself when the mains are back',
    ],
  }),
  'power-cut.recovery': kind('warning', {
    what: ['市电已恢复，正在分组恢复负载', 'The mains are back, loads return group by group'],
    effect: ['业务系统尚未全部恢复', 'Not every system is back yet'],
    action: [
      '不要自行合上已切断的负载；等待逐组恢复',
      'Leave loads that were cut alone; they come back by themselves, one group after the other',
    ],
  }),
  'power-cut.all-clear': kind('warning', {
    what: ['停电后尚未宣布解除', 'The all-clear after the power cut has not been given'],
    effect: ['不能确认所有设备都已恢复', 'Nobody has confirmed that everything works again'],
    action: [
      '逐项检查面板所列对象；修不好的写明原因免除，然后签名宣布解除',
      'Check each subject on the page, waive by name what cannot be mended now, then give the all-clear',
    ],
  }),
  'power-cut.forms': kind('minor', {
    what: ['停电期间的手工登记尚未补录', 'Calls written by hand in the power cut are not entered yet'],
    effect: ['记录不完整；应回拨的电话可能遗漏', 'The records have a gap, and call-backs may be forgotten'],
    action: [
      '按编号收齐登记表并补录，然后在面板上签名确认',
      'Collect the forms by their numbers, enter them, then tick it off by name on the page',
    ],
  }),
  'ups.contradicts': kind(
    'major',
    {
      what: ['UPS 的说法自相矛盾', 'The UPS contradicts itself'],
      effect: [
        '其剩余时间不可信；预案按较差的数值执行',
        'Its runtime is not to be believed; the plan goes by the worse figure',
      ],
      action: [
        '到 UPS 面板查看；尽快联系 UPS 维护单位校准或更换电池',
        'Read its own panel; have its maintainer calibrate it or change the batteries',
      ],
    },
    { onDelayMs: 10_000, offDelayMs: 60_000 },
  ),
};
