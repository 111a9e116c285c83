/** The controls of a room file: each names an output or a wire that is there, and nothing that somebody else uses. */
import type { Bus, Point } from '../model/room.ts';
import type { Control, RateLimit, RelayControl, SerialControl } from '../model/control.ts';
import type { ControlId } from '../model/ids.ts';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { isWithin, orderRate, written } from './limits.ts';
import { didYouMean } from './nearest.ts';
import type { Path } from './problem.ts';
import { durationOr, nameText } from './reading.ts';
import type { Reading } from './reading.ts';
import type { Draft } from './schema.ts';
import { parseRate } from './short-forms.ts';
import type { Terminals } from './terminals.ts';

type Written = NonNullable<Draft['controls']>[string];
type WrittenRelay = Extract<Written, { output: string }>;
type WrittenSerial = Extract<Written, { serial: string }>;

interface Parts {
  readonly buses: ReadonlyMap<string, Bus>;
  readonly points: ReadonlyMap<string, Point>;
  readonly terminals: Terminals;
}

export function readControls(reading: Reading, parts: Parts): readonly Control[] {
  const controls: Control[] = [];
  const taken = new Map<string, ControlId>();
  for (const [id, one] of Object.entries(reading.draft.controls ?? {})) {
    const control =
      'output' in one ? readRelay(id, one, reading, parts, taken) : readSerial(id, one, reading, parts);
    if (control !== undefined) controls.push(control);
  }
  return withMutualInterlocks(controls);
}

const error = ({ report }: Reading, path: Path, message: Text, hint?: Text): void =>
  report({ severity: 'error', path, message, ...(hint === undefined ? {} : { hint }) });

const noEffect = ({ report }: Reading, path: Path, message: Text): void =>
  report({ severity: 'warning', path, at: 'key', message });

function readCommon(
  id: string,
  one: Written,
  reading: Reading,
): Pick<Control, 'id' | 'name' | 'atMost' | 'allowFromCentre'> {
  const path = ['controls', id, 'at-most'];
  const { count, perMs } = orderRate;
  const preset: RateLimit = { count: count.default, perMs: perMs.default };
  const atMost = one['at-most'] === undefined ? preset : (parseRate(one['at-most']) ?? preset);
  if (!isWithin(count, atMost.count) || !isWithin(perMs, atMost.perMs)) {
    const [least, most] = [perMs.min, perMs.max].map((ms) => written(ms, 'ms'));
    error(
      reading,
      path,
      text(
        `次数为 ${count.min}–${count.max}，时间为 ${least}–${most}`,
        `the count is ${count.min} to ${count.max} and the time ${least} to ${most}`,
      ),
    );
  }
  const allowFromCentre = one['allow-from-centre'] ?? false;
  if (allowFromCentre && reading.draft.report?.mqtt === undefined)
    noEffect(
      reading,
      ['controls', id, 'allow-from-centre'],
      text('没有 mqtt：中心无从下发命令', 'without mqtt the centre cannot command anything'),
    );
  return { id, name: nameText(one.name, id), atMost, allowFromCentre };
}

function readRelay(
  id: string,
  one: WrittenRelay,
  reading: Reading,
  { points }: Parts,
  taken: Map<string, ControlId>,
): RelayControl | undefined {
  const at = (key: string): Path => ['controls', id, key];
  const isOutputThere = plainPoint(one.output, 'output', at('output'), reading, points, taken, id);
  const readBack = one['read-back'];
  const isInputThere =
    readBack === undefined || plainPoint(readBack, 'input', at('read-back'), reading, points, taken, id);
  if (readBack !== undefined && isEvidence(reading, readBack))
    error(
      reading,
      at('read-back'),
      text(`${readBack} 已是监视对象的判据`, `${readBack} already speaks for a subject`),
    );
  const mode = one.mode ?? 'pulse';
  if (mode === 'hold' && one.for !== undefined)
    noEffect(reading, at('for'), text('hold 没有时间：for 无作用', 'hold has no end: for has no effect'));
  if (readBack === undefined && one['read-back-within'] !== undefined)
    noEffect(reading, at('read-back-within'), text('没有 read-back，无作用', 'no effect without read-back'));
  const relays = Object.entries(reading.draft.controls ?? {}).flatMap(([name, other]) =>
    'output' in other && name !== id ? [name] : [],
  );
  const written = one.interlock ?? [];
  for (const [n, other] of written.entries()) {
    if (relays.includes(other) || !reading.isWhole('controls')) continue;
    const path = [...at('interlock'), reading.indexInFile(written, n)];
    const hint = didYouMean(other, relays);
    error(
      reading,
      path,
      other === id
        ? text('不能与自己互锁', 'it cannot be interlocked with itself')
        : text(`没有用继电器的控制 ${other}`, `there is no control by relay named ${other}`),
      hint,
    );
  }
  if (!isOutputThere || !isInputThere) return undefined;
  const contact = readBack === undefined ? undefined : points.get(readBack);
  return {
    ...readCommon(id, one, reading),
    ...{ kind: 'relay', output: one.output, mode },
    pulseMs: durationOr(one.for, 'control.for'),
    interlock: written.filter((other) => relays.includes(other)),
    ...(contact?.kind === 'input'
      ? {
          readBack: {
            point: contact.id,
            restsClosed: contact.contact === 'normally-closed',
            withinMs: durationOr(one['read-back-within'], 'control.read-back-within'),
          },
        }
      : {}),
  };
}

const isEvidence = ({ draft }: Reading, point: string): boolean =>
  Object.values(draft.subjects ?? {}).some(({ evidence }) =>
    evidence.some((source) => 'point' in source && source.point === point),
  );

/** A plain point of this kind that no other control uses. */
function plainPoint(
  name: string,
  kind: 'input' | 'output',
  path: Path,
  reading: Reading,
  points: ReadonlyMap<string, Point>,
  taken: Map<string, ControlId>,
  id: ControlId,
): boolean {
  const point = points.get(name);
  if (point === undefined) {
    if (reading.names('points').includes(name) || !reading.isWhole('points')) return false;
    const all = [...points.values()].filter((one) => one.kind === kind).map((one) => one.id);
    error(reading, path, text(`没有测点 ${name}`, `there is no point ${name}`), didYouMean(name, all));
    return false;
  }
  if (point.kind !== kind || point.role !== 'plain') {
    const [zh, en] = kind === 'output' ? ['输出', 'output'] : ['输入', 'input'];
    error(reading, path, text(`${name} 不是 role: plain 的${zh}`, `${name} is no ${en} of role plain`));
    return false;
  }
  const owner = taken.get(name);
  if (owner !== undefined) {
    error(reading, path, text(`${name} 已用于控制 ${owner}`, `${name} is already used by control ${owner}`));
    return false;
  }
  taken.set(name, id);
  return true;
}

function readSerial(
  id: string,
  one: WrittenSerial,
  reading: Reading,
  { buses, terminals }: Parts,
): SerialControl | undefined {
  const at = (key: string): Path => ['controls', id, key];
  const values = one.values ?? {};
  tellSend(one.send, values, at, reading);
  if (one.expect === undefined && one.within !== undefined)
    noEffect(reading, at('within'), text('没有 expect，无作用', 'no effect without expect'));
  if (!terminals.bus(one.serial, 'serial', at('serial'))) return undefined;
  const bus = buses.get(one.serial);
  if (bus?.kind !== 'serial') return undefined;
  if (bus.link.kind === 'file') {
    error(
      reading,
      at('serial'),
      text(`${bus.id} 是文件，不能发送`, `${bus.id} is a file: nothing can be sent over it`),
    );
    return undefined;
  }
  const isUps = Object.values(reading.draft.subjects ?? {}).some(({ evidence }) =>
    evidence.some((source) => 'megatec' in source && source.megatec === bus.id),
  );
  if (isUps) {
    error(reading, at('serial'), text(`${bus.id} 上是 UPS`, `a UPS is on ${bus.id}`));
    return undefined;
  }
  return {
    ...readCommon(id, one, reading),
    ...{ kind: 'serial', bus: bus.id, send: one.send, values },
    ...(one.expect === undefined ? {} : { expect: one.expect }),
    withinMs: durationOr(one.within, 'control.within'),
  };
}

function tellSend(
  send: string,
  values: Readonly<Record<string, readonly string[]>>,
  at: (key: string) => Path,
  reading: Reading,
): void {
  const places = [...send.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
  const missing = places.find((name) => !Object.hasOwn(values, name));
  if (missing !== undefined && reading.isWhole('controls'))
    error(
      reading,
      at('send'),
      text(`values 中没有 ${missing}`, `values does not hold ${missing}`),
      text('每个 {名称} 须在 values 中列出可填的值。', 'values lists what may stand in each {name}.'),
    );
  const unused = Object.keys(values).find((name) => !places.includes(name));
  if (unused !== undefined)
    error(reading, [...at('values'), unused], text(`send 中没有 {${unused}}`, `send holds no {${unused}}`));
  if (
    [send, ...Object.values(values).flat()].some((words) => Array.from(words).some((sign) => sign > '\xff'))
  )
    error(reading, at('send'), text('只能发送 Latin-1 字符', 'only signs of Latin-1 can be sent'));
  if (/\\[rnxtu0]/.test(send))
    reading.report({
      severity: 'warning',
      path: at('send'),
      message: text('反斜杠会照样发出', 'the backslash is sent as it stands'),
      hint: text('用双引号，\\r 才是回车。', 'Write it in double quotes, so that \\r is a carriage return.'),
    });
}

/** Whoever names the other, both keep apart. */
function withMutualInterlocks(controls: readonly Control[]): readonly Control[] {
  const pairs = controls.flatMap((one) =>
    one.kind === 'relay' ? one.interlock.map((other) => [one.id, other]) : [],
  );
  return controls.map((one) => {
    if (one.kind !== 'relay') return one;
    const meets = pairs.flatMap(([a, b]) => (a === one.id ? [b] : b === one.id ? [a] : []));
    return { ...one, interlock: [...new Set(meets.flatMap((id) => id ?? []))] };
  });
}
