/** What would have to happen for the verdict to become another one: the rule of `verdict.ts`, told about this case. */
import type { Subject } from '../../model/room.ts';
import type { Verdict } from '../../model/watch.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { Shade } from './parents.ts';
import type { Spoken } from './verdict.ts';
import { domainsNeeded } from './verdict.ts';
import { label } from './why.ts';

export interface Case {
  readonly subject: Subject;
  readonly verdict: Verdict;
  readonly spoken: readonly Spoken[];
  readonly vetoes: readonly Spoken[];
  readonly inBypass: boolean;
  readonly shade?: Shade;
}

export function whatWouldChange(one: Case): Text {
  const { subject, shade, spoken } = one;
  if (spoken.length === 0)
    return text('在机房文件中给它加一个证据来源', 'give it a source of evidence in the room file');
  if (shade !== undefined)
    return text(
      `等 ${shade.root} 恢复应答，或它自己的某个来源应答`,
      `it is judged again when ${shade.root} answers, or when a source of its own does`,
    );
  return subject.kind === 'pbx' ? ofPbx(one) : ofOther(one);
}

const names = (some: readonly Spoken[]): Text =>
  text(
    some.map(({ source }) => label(source).zh).join('、'),
    some.map(({ source }) => label(source).en).join(', '),
  );
const domainsOf = (some: readonly Spoken[]): number => new Set(some.map(({ source }) => source.domain)).size;

function ofPbx({ subject, verdict, spoken, vetoes, inBypass }: Case): Text {
  const downs = spoken.filter(({ statement }) => statement.says === 'down');
  const ups = spoken.filter(({ statement }) => statement.says === 'up');
  if (verdict === 'down') {
    const said = names(downs);
    return text(
      `“正常”需要：${said.zh} 不再报故障，且 ${inBypass ? '能发言的' : ''}${domainsNeeded} 个领域报正常`,
      `up needs: ${said.en} no longer down, and ${domainsNeeded} domains up${inBypass ? ', or all that can speak in bypass' : ''}`,
    );
  }
  const zh: string[] = [];
  const en: string[] = [];
  if (verdict !== 'up') {
    if (downs.length > 0) {
      const said = names(downs);
      zh.push(`“正常”需要：${said.zh} 不再报故障`);
      en.push(`up needs: ${said.en} no longer down`);
    }
    const missing = domainsNeeded - domainsOf(ups);
    if (missing > 0 && !inBypass) {
      zh.push(`“正常”还需要 ${missing} 个领域报正常`);
      en.push(`up needs ${missing} more domain${missing === 1 ? '' : 's'} up`);
    }
  }
  if (vetoes.length > 0) {
    const said = names(vetoes);
    zh.push(`“故障”需要：${said.zh} 的服务证明过期`);
    en.push(`down needs: the proof of service by ${said.en} to run out`);
    return text(zh.join('；'), en.join('; '));
  }
  const lacking = Math.max(0, domainsNeeded - domainsOf(downs));
  const count = Math.max(0, subject.downWhen - downs.length);
  const proof = downs.some(({ source }) => source.weight === 'proof');
  const zhNeeds = [
    ...(lacking > 0 ? [`再有 ${lacking} 个领域报故障`] : []),
    ...(count > 0 && lacking === 0 ? [`再有 ${count} 个来源报故障`] : []),
    ...(proof ? [] : ['其中至少一个是直接证据']),
  ];
  const enNeeds = [
    ...(lacking > 0 ? [`${lacking} more domain${lacking === 1 ? '' : 's'} down`] : []),
    ...(count > 0 && lacking === 0 ? [`${count} more source${count === 1 ? '' : 's'} down`] : []),
    ...(proof ? [] : ['at least one proof among them']),
  ];
  zh.push(`“故障”需要：${zhNeeds.join('，')}`);
  en.push(`down needs: ${enNeeds.join(', ')}`);
  return text(zh.join('；'), en.join('; '));
}

function ofOther({ subject, verdict, spoken }: Case): Text {
  const downs = spoken.filter(({ statement }) => statement.says === 'down');
  const needed = Math.max(1, subject.downWhen);
  const said = names(downs);
  const more = needed - downs.length;
  switch (verdict) {
    case 'up':
      return spoken.length === 1
        ? text('“故障”需要它的来源报故障', 'down needs its source down')
        : text(
            `“故障”需要 ${spoken.length} 个来源中的 ${needed} 个报故障`,
            `down needs ${needed} of its ${spoken.length} sources down`,
          );
    case 'degraded':
      return text(
        `“正常”需要：${said.zh} 不再报故障；“故障”还需要 ${more} 个来源报故障`,
        `up needs: ${said.en} no longer down; down needs ${more} more source${more === 1 ? '' : 's'} down`,
      );
    case 'down':
      return text(`“正常”需要：${said.zh} 恢复应答`, `up needs: ${said.en} no longer down`);
    case 'unknown':
      return text('任何一个来源应答即可判断', 'any of its sources must be heard');
  }
}
