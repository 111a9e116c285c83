/** What is said aloud, in which order and how often. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Severity } from '../../../src/model/alarm.ts';
import type { Effect } from '../../../src/model/effect.ts';
import type { Language } from '../../../src/model/text.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';
import * as speech from '../../../src/core/speech/step.ts';
import { answerMsMax, liftRepeatMs } from '../../../src/core/speech/step.ts';
import { spoken } from '../../../src/core/speech/wording.ts';
import type { Shown } from '../annunciator/wall.ts';
import { view } from '../annunciator/wall.ts';

const repeatMs = 60_000;

class Room {
  at = 1_000_000;
  said: string[] = [];
  hushes = 0;
  #state = speech.initial({
    settings: { repeatMs, severities: ['critical', 'major'] },
    runId: 'run',
    names: new Map([['crm', text('客户系统', 'CRM')]]),
    phones: new Map([['L03', '8003']]),
  });
  #speaking: string | undefined;
  #views = [view({ id: 'nothing', is: 'acked' })];
  #heard: readonly string[] = [];
  readonly #language: Language;
  constructor(language: Language = 'en') {
    this.#language = language;
  }

  #tell(event: { kind: 'spoken'; id: string } | { kind: 'turn' }): this {
    const at = monoMs(this.at);
    const { state, effects } = speech.step(
      this.#state,
      event.kind === 'turn' ? { ...event, views: this.#views, heard: this.#heard, at } : { ...event, at },
    );
    this.#state = state;
    effects.forEach((effect) => this.#keep(effect));
    return this;
  }
  #keep(effect: Effect): void {
    if (effect.kind === 'hush') {
      this.hushes++;
      this.#speaking = undefined;
    }
    if (effect.kind !== 'speak') return;
    if (this.#speaking !== undefined) throw new Error('two voices at once');
    this.#speaking = effect.id;
    this.said.push(effect.sentence[this.#language].map(({ words }) => words).join(' '));
  }
  hear(...shown: readonly (Shown & { readonly words?: string })[]): this {
    this.#views = shown.map((one) => ({
      ...view(one),
      what: text(`${one.words ?? one.id}坏了`, `${one.words ?? one.id} is down`),
    }));
    this.#heard = this.#views.map(({ id }) => id);
    return this.#tell({ kind: 'turn' });
  }
  /** The loudspeaker has said its sentence. */
  done(afterMs = 3000): this {
    this.at += afterMs;
    const id = this.#speaking;
    this.#speaking = undefined;
    return id === undefined ? this.#tell({ kind: 'turn' }) : this.#tell({ kind: 'spoken', id });
  }
  wait(ms: number): this {
    this.at += ms;
    return this.#tell({ kind: 'turn' });
  }
  /** What was said since it was asked last. */
  take(): readonly string[] {
    const said = this.said;
    this.said = [];
    return said;
  }
  get due(): number | undefined {
    return speech.nextDeadline(this.#state);
  }
}

const crm: Shown = { id: 'crm', severity: 'major' };
const call: Shown = { id: 'L03', type: 'bypass.call-cut', severity: 'major' };
const pbx: Shown = { id: 'pbx', severity: 'critical' };
const some = (count: number, severity: Severity = 'major'): readonly Shown[] =>
  Array.from({ length: count }, (_, n) => ({
    id: `seat-${String.fromCharCode(97 + n)}`,
    severity,
    since: n,
  }));

test('an alarm is said with its severity and its name, and again until it is heard no more', () => {
  const room = new Room().hear({ ...crm, words: 'server' });
  assert.equal(room.take(), ['Major alarm. CRM。 server is down']);
  room.done().wait(repeatMs - 1);
  assert.equal(room.take(), []);
  assert.is(room.wait(1).take().length, 1);
  room
    .done()
    .hear()
    .wait(10 * repeatMs);
  assert.equal(room.take(), []);
  assert.is(room.due, undefined);
});

test('a name that the sentence holds already is not said twice', () => {
  assert.equal(new Room().hear({ ...crm, words: 'The CRM' }).take(), ['Major alarm. The CRM is down']);
});

test('a severity that is not asked for is not said', () => {
  assert.equal(new Room().hear({ ...crm, severity: 'minor' }).take(), []);
});

test('"lift the phone" goes before all, whatever its severity, and breaks off what is being said', () => {
  const room = new Room().hear(pbx);
  room.take();
  room.hear(pbx, call);
  assert.is(room.hushes, 1);
  assert.equal(room.take(), ['Lift phone eight zero zero three . The caller may still be there.']);
  assert.match(room.done().take()[0] ?? '', /pbx/, 'what was broken off is said afterwards');
});

test('"lift the phone" is repeated every 15 s while the caller may wait', () => {
  const room = new Room().hear(call).done();
  room.take();
  assert.equal(room.wait(liftRepeatMs - 1).take(), []);
  assert.is(room.wait(1).take().length, 1);
  assert.equal(room.done().hear().wait(liftRepeatMs).take(), []);
});

test('in Chinese', () => {
  const room = new Room('zh')
    .hear(call)
    .done()
    .hear(call, { ...crm, words: '外线020-120-1' });
  assert.equal(room.take(), [
    '请立即摘起电话 八 零 零 三 。对方可能还在线上。',
    '重要告警。 客户系统。 外线 零 二 零 , 幺 二 零 , 幺 坏了',
  ]);
});

test('the worst first, then the older; new ones before those that are repeated', () => {
  const room = new Room().hear(crm, pbx, { id: 'web', severity: 'major', since: -1 });
  const order = [room.take(), room.done().take(), room.done().take()].map(
    ([one]) => /(\w+) is/.exec(one ?? '')?.[1],
  );
  assert.equal(order, ['pbx', 'web', 'crm']);
  room.done().wait(repeatMs);
  room.take();
  room.hear(
    crm,
    pbx,
    { id: 'web', severity: 'major', since: -1 },
    { id: 'late', severity: 'critical', since: 99 },
  );
  assert.match(room.done().take()[0] ?? '', /late/);
});

test('of a flood the worst three are said and the rest is one sentence with the number', () => {
  const room = new Room().hear(...some(14), pbx);
  const said = [...room.take()];
  for (let n = 0; n < 5; n++) said.push(...room.done().take());
  assert.is(said.length, 4);
  assert.match(said[0] ?? '', /pbx/);
  assert.is(said[3], '12 more alarms.');
});

test('an alarm that comes again is new', () => {
  const room = new Room().hear(crm).done();
  room.take();
  assert.is(room.hear({ ...crm, count: 2 }).take().length, 1);
});

test('acknowledged or silenced while it is being said: it is broken off', () => {
  const room = new Room().hear(crm);
  room.hear();
  assert.is(room.hushes, 1);
  assert.equal(
    room
      .hear()
      .wait(repeatMs * 3)
      .take().length,
    1,
    'that one sentence',
  );
});

test('one that is left of many is said by itself', () => {
  const room = new Room().hear(...some(4));
  const said = [...room.take()];
  for (let n = 0; n < 4; n++) said.push(...room.done().take());
  assert.is(said.filter((one) => one.includes('more')).length, 0);
  assert.is(said.length, 4);
});

test('a loudspeaker that never answers is given up, and spoken to again', () => {
  const room = new Room().hear(crm);
  room.take();
  assert.equal(room.wait(answerMsMax - 1).take(), []);
  assert.is(room.wait(1).take().length, 1);
  assert.is(room.hushes, 1);
});

test('an answer to an older sentence ends nothing', () => {
  const state = speech.initial({
    ...{
      settings: { repeatMs, severities: ['critical'] },
      runId: 'run',
      names: new Map(),
      phones: new Map(),
    },
  });
  assert.is(speech.step(state, { kind: 'spoken', id: 'run-say-7', at: monoMs(5) }).state, state);
});

test('at rest the state stays the same object', () => {
  const state = speech.initial({
    ...{
      settings: { repeatMs, severities: ['critical'] },
      runId: 'run',
      names: new Map(),
      phones: new Map(),
    },
  });
  const heard: string[] = [];
  const first = speech.step(state, { kind: 'turn', views: [], heard, at: monoMs(5) }).state;
  assert.is(speech.step(first, { kind: 'turn', views: [], heard, at: monoMs(6) }).state, first);
});

test('numbers digit by digit, a lone one as a word, points and dashes as a person says them', () => {
  const say = (words: string, language: Language): string =>
    spoken(words, language)
      .map((part) => part.words)
      .join(' ');
  assert.is(say('L01 38.5 °C, 1 line', 'en'), 'L zero one three eight point five °C, one line');
  assert.is(say('1 条，分机 8110', 'zh'), '一 条，分机 八 幺 幺 零');
  assert.equal(spoken('8', 'en'), [{ phrase: 'digit-8', words: 'eight' }]);
  assert.ok(say('x'.repeat(10_000), 'en').length <= 300);
});

test.run();
