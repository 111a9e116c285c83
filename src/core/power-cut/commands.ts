/** What people may say to the plan. Each of it is done in somebody's name, so a name is asked for. */
import type { RoomEventOf } from '../../model/event.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import type { Draft } from './draft.ts';
import { change, close, mark, say } from './draft.ts';
import { mainsOf } from './mains.ts';
import { whatOf } from './plan.ts';
import type { Cut, PowerCutCommand, PowerCutState } from './state.ts';
import { allSteps, stateOf, stepOf } from './state.ts';
import { oweForms } from './steps.ts';

const reasonLengthMax = 200;
/** Words for what is no step: the calls written by hand are entered again; the mains are back and will stay. */
const formsWord = 'forms';
const returnWord = 'return';

type Ordered = Omit<RoomEventOf<'command'>, 'command'> & { readonly command: PowerCutCommand };

const refuse = (zh: string, en: string): Text => text(zh, en);
const noCut = refuse('现在没有停电预案在执行', 'no power-cut plan is running');

export function commanded(draft: Draft, event: Ordered): void {
  const { id, by, command } = event;
  const name = by.name.trim();
  const isNamed = name !== '' && name !== by.via;
  const outcome: Text | { readonly done: Text } = !isNamed
    ? refuse('请写明姓名', 'say by name who you are')
    : command.do === 'power-cut-done'
      ? done(draft, command.step, name)
      : command.do === 'waive'
        ? waive(draft, command.what, command.reason.trim(), name)
        : allClear(draft, name);
  const accepted = 'done' in outcome;
  draft.effects.push({
    kind: 'notice',
    notice: { at: draft.at, kind: 'command', id, accepted, text: accepted ? outcome.done : outcome },
  });
}

function done(draft: Draft, word: string, by: string): Text | { readonly done: Text } {
  const { cut, forms } = draft.state;
  if (word === formsWord) {
    if (forms === undefined) return refuse('没有待补录的登记表', 'no forms are to be entered again');
    const { forms: _, ...rest } = draft.state;
    draft.state = rest;
    const said = text(`${by} 确认手工登记已补录`, `${by} says that the forms are entered again`);
    say(draft, forms.cut, { what: 'forms', by, text: said });
    return { done: said };
  }
  if (cut === undefined) return noCut;
  if (word === returnWord) return mainsAreBack(draft, cut, by);
  const step = stepOf(draft.state, word);
  if (step === undefined) return refuse(`没有步骤 ${word}`, `there is no step ${word}`);
  const state = stateOf(cut, step.id);
  if (state !== 'open' && state !== 'asked' && state !== 'failed')
    return refuse(`步骤 ${word} 现在不需要确认`, `step ${word} waits for nobody`);
  if (step.action.kind === 'manual-forms') oweForms(draft, cut);
  const said = text(`${by} 完成：${whatOf(step.action).zh}`, `done by ${by}: ${whatOf(step.action).en}`);
  mark(draft, cut, step, 'done', said, by);
  return { done: said };
}

function mainsAreBack(draft: Draft, cut: Cut, by: string): Text | { readonly done: Text } {
  const { phase } = cut;
  const said = text(`${by} 确认市电已恢复`, `${by} says that the mains are back`);
  if (phase.kind === 'returning') {
    change(draft, cut, { phase: { ...phase, isGranted: true } });
  } else if (phase.kind === 'on-battery') {
    const { levels } = draft.state;
    if (levels?.supply.mains === 'failed' && !levels.supply.isReckoned)
      return refuse('UPS 报告仍由电池供电', 'the UPS says that it still runs on battery');
    change(draft, cut, { isReturnSaid: true });
  } else return refuse('正在恢复', 'the restart is going on already');
  say(draft, cut.id, { what: 'check', by, text: said });
  return { done: said };
}

function waive(draft: Draft, what: string, reason: string, by: string): Text | { readonly done: Text } {
  const { cut, config } = draft.state;
  if (cut === undefined) return noCut;
  if (reason === '') return refuse('免除必须写明原因', 'a waiver needs a reason');
  if (reason.length > reasonLengthMax)
    return refuse(`原因不能超过 ${reasonLengthMax} 字`, `a reason has at most ${reasonLengthMax} characters`);
  const said = text(`${by} 免除 ${what}：${reason}`, `${what} waived by ${by}: ${reason}`);
  const step = stepOf(draft.state, what);
  if (step !== undefined) {
    const state = stateOf(cut, step.id);
    if (state === 'done' || state === 'waived' || state === 'impossible')
      return refuse(`步骤 ${what} 已了结`, `step ${what} is over already`);
    mark(draft, cut, step, 'waived', said, by);
    return { done: said };
  }
  if (!config.subjects.some(({ id }) => id === what))
    return refuse(`没有步骤或监视对象 ${what}`, `there is no step or subject ${what}`);
  if (cut.phase.kind !== 'checking')
    return refuse('负载恢复之后才能免除检查', 'a check can be waived when the loads are back');
  change(draft, cut, { checked: { ...cut.checked, [what]: { kind: 'waived', by, reason } } });
  say(draft, cut.id, { what: 'check', by, text: said });
  return { done: said };
}

/** Subjects and steps that stand against the all-clear. */
export function missing(state: PowerCutState, cut: Cut): readonly string[] {
  const subjects = state.config.subjects
    .filter(({ id }) => {
      const checked = cut.checked[id];
      return checked === undefined || (checked.kind === 'seen' && state.levels?.verdicts[id] === 'down');
    })
    .map(({ id }) => id);
  const steps = allSteps(state).filter(({ id }) => stateOf(cut, id) === 'open');
  return [...subjects, ...steps.map(({ id }) => id)];
}

function allClear(draft: Draft, by: string): Text | { readonly done: Text } {
  const { cut } = draft.state;
  if (cut === undefined) return noCut;
  if (cut.phase.kind !== 'checking' || mainsOf(draft.state, cut) === 'failed')
    return refuse('市电和负载尚未全部恢复', 'mains and loads are not all back yet');
  const open = missing(draft.state, cut);
  if (open.length > 0)
    return refuse(`还需检查或免除：${open.join('、')}`, `to be checked or waived first: ${open.join(', ')}`);
  const said = text(`${by} 宣布警报解除，恢复外呼`, `all clear, given by ${by}; outbound calls may go on`);
  close(draft, cut, said.zh, said.en, by);
  return { done: said };
}
