/** A room for the watch: builds subjects and drives the clock, so that each test reads as what happened in the room. */
import type { Call, LineSignal, RelayPosition } from '../../../src/model/line.ts';
import type { Effect, Notice } from '../../../src/model/effect.ts';
import type { PolledSource, Source, Subject } from '../../../src/model/room.ts';
import { monoMs } from '../../../src/model/units.ts';
import type { Says, Verdict } from '../../../src/model/watch.ts';
import { text } from '../../../src/model/text.ts';
import type { WatchConfig, WatchEvent, WatchState } from '../../../src/core/watch/step.ts';
import * as watch from '../../../src/core/watch/step.ts';

export const contactSource: Extract<Source, { readonly kind: 'point' }> = {
  id: 'pbx.1',
  kind: 'point',
  point: 'pbx-alarm',
  domain: 'wire',
  weight: 'proof',
};
export const linesSource: Source = {
  id: 'pbx.2',
  kind: 'lines',
  lines: 'all',
  domain: 'lines',
  weight: 'proof',
};
export const sipSource: PolledSource & { readonly kind: 'sip-options' } = {
  id: 'pbx.3',
  kind: 'sip-options',
  host: '10.0.0.2',
  port: 5060,
  transport: 'udp',
  everyMs: 10_000,
  suspectMs: 1_000,
  waitMs: 4_000,
  missLimit: 3,
  label: text('SIP 10.0.0.2:5060', 'SIP 10.0.0.2:5060'),
  domain: 'our-lan',
  weight: 'hint',
};
export const toneSource: PolledSource & { readonly kind: 'dial-tone' } = {
  id: 'pbx.4',
  kind: 'dial-tone',
  bus: 'card-b',
  extension: { bus: 'card-b', kind: 'channel', number: 8 },
  everyMs: 600_000,
  suspectMs: 15_000,
  tones: [[450]],
  waitMs: 6_000,
  missLimit: 2,
  vetoMs: 60_000,
  label: text('分机拨号音 card-b/8', 'dial tone on card-b/8'),
  domain: 'extension',
  weight: 'proof',
};
export const recordsSource: Source = {
  id: 'pbx.5',
  kind: 'call-records',
  bus: 'smdr',
  format: 'avaya-ip-office',
  domain: 'serial:smdr',
  weight: 'hint',
};
export const allSources: readonly Source[] = [
  contactSource,
  linesSource,
  sipSource,
  toneSource,
  recordsSource,
];

export const subject = (
  id: string,
  kind: Subject['kind'],
  sources: readonly Source[],
  more: Partial<Subject> = {},
): Subject => ({
  id,
  kind,
  name: text(id, id),
  sources,
  downWhen: 1,
  dependsOn: [],
  ...more,
});
export const pbx = (sources: readonly Source[], more: Partial<Subject> = {}): Subject =>
  subject('pbx', 'pbx', sources, more);
export const ping = (id: string, host = '10.0.0.9'): PolledSource & { readonly kind: 'ping' } => ({
  id,
  kind: 'ping',
  host,
  everyMs: 10_000,
  waitMs: 3_000,
  missLimit: 3,
  label: text(`ping ${host}`, `ping ${host}`),
  domain: 'our-lan',
  weight: 'hint',
});

export const configOf = (subjects: readonly Subject[], more: Partial<WatchConfig> = {}): WatchConfig => ({
  subjects,
  lines: ['L01', 'L02', 'L03'].map((id) => ({ id, trunk: `020-${id}`, answers: 'people' as const })),
  points: [
    { id: 'pbx-alarm', contact: 'normally-closed', terminal: { bus: 'pi', kind: 'gpio', number: 26 } },
    { id: 'door', contact: 'normally-open', terminal: { bus: 'pi', kind: 'gpio', number: 27 } },
  ],
  ringLimitMs: 20_000,
  ...more,
});

type Untimed<E> = E extends { readonly at: unknown } ? Omit<E, 'at'> : never;

export class Room {
  state: WatchState;
  at: number;
  readonly notices: Notice[] = [];

  constructor(subjects: readonly Subject[], more: Partial<WatchConfig> = {}, at = 1_000_000) {
    this.at = at;
    this.state = watch.initial(configOf(subjects, more), monoMs(at));
  }
  tell(event: Untimed<WatchEvent>): this {
    const { state, effects } = watch.step(this.state, { ...event, at: monoMs(this.at) });
    this.state = state;
    this.#keep(effects);
    return this;
  }
  #keep(effects: readonly Effect[]): void {
    for (const effect of effects) if (effect.kind === 'notice') this.notices.push(effect.notice);
    const broken = watch.check(this.state);
    if (broken.length > 0) throw new Error(broken.join('; '));
  }
  /** Lets time pass as the guard does: a turn at every deadline on the way. */
  wait(ms: number): this {
    const end = this.at + ms;
    for (let due: number = watch.nextDeadline(this.state); due <= end; due = watch.nextDeadline(this.state)) {
      if (due < this.at) throw new Error('a deadline lies in the past');
      this.at = due;
      this.tell({ kind: 'turn' });
      if (watch.nextDeadline(this.state) <= due) throw new Error('a deadline does not move on');
    }
    this.at = end;
    return this.tell({ kind: 'turn' });
  }
  contact(closed: boolean | 'unknown', point = 'pbx-alarm'): this {
    return this.tell({ kind: 'contact', point, closed });
  }
  hear(source: string, says: Says, values?: Readonly<Record<string, number | string | boolean>>): this {
    const reason = says === 'up' ? text('有应答', 'answered') : text('无应答', 'no answer');
    return this.tell({ kind: 'evidence', source, says, reason, ...(values === undefined ? {} : { values }) });
  }
  hearTimes(source: string, says: Says, times: number, everyMs = 1000): this {
    for (let n = 0; n < times; n++) {
      if (n > 0) this.wait(everyMs);
      this.hear(source, says);
    }
    return this;
  }
  line(line: string, signal: LineSignal, position: RelayPosition = 'normal', sinceMsAgo = 0): this {
    return this.tell({ kind: 'line', line, signal, since: monoMs(this.at - sinceMsAgo), position });
  }
  lines(signal: LineSignal, position: RelayPosition = 'normal'): this {
    for (const id of ['L01', 'L02', 'L03']) this.line(id, signal, position);
    return this;
  }
  callEnded(line: string, more: Partial<Call> = {}): this {
    const call: Call = {
      id: `run-${this.at}`,
      line,
      direction: 'incoming',
      startedAt: monoMs(this.at - 60_000),
      answeredAt: monoMs(this.at - 50_000),
      answeredBy: 'pbx',
      endedAt: monoMs(this.at),
      end: 'released',
      rings: 2,
      pulseDigits: '',
      flashes: 0,
      bypass: false,
      gapMs: 0,
      ...more,
    };
    return this.tell({ kind: 'call-ended', call });
  }
  verdict(id = 'pbx'): Verdict {
    return watch.verdictOf(this.state, id);
  }
  says(source: string): Says | undefined {
    return watch
      .views(this.state)
      .flatMap(({ sources }) => sources)
      .find(({ id }) => id === source)?.says;
  }
  conditions(): string[] {
    return watch.conditions(this.state).map(({ key, state }) => `${key.subject}/${key.type} ${state}`);
  }
}
