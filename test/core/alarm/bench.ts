/** Drives the alarm engine as the guard does: levels each turn, commands in between, turns at every deadline. */
import type { AlarmView, Condition, Severity } from '../../../src/model/alarm.ts';
import type { Command } from '../../../src/model/event.ts';
import type { Effect, Notice } from '../../../src/model/effect.ts';
import type { AlarmSetting } from '../../../src/model/room.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';
import type { AlarmEvent, AlarmState, SavedAlarms } from '../../../src/core/alarm/step.ts';
import * as alarm from '../../../src/core/alarm/step.ts';

/** `subject/type` or `subject/type/qualifier`; put `?` behind it for unknown and `!critical` for a severity. */
export function condition(name: string): Condition {
  const [bare = '', severity] = name.split('!');
  const isUnknown = bare.endsWith('?');
  const [subject = '', type = '', qualifier = ''] = bare.replace('?', '').split('/');
  const severities: readonly Severity[] = ['critical', 'major', 'minor', 'warning'];
  const found = severities.find((one) => one === severity);
  return {
    key: { subject, type, qualifier },
    state: isUnknown ? 'unknown' : 'active',
    detail: text('', ''),
    ...(found === undefined ? {} : { severity: found }),
  };
}

type Untimed<E> = E extends { readonly at: unknown } ? Omit<E, 'at'> : never;

export class Alarms {
  state: AlarmState;
  at: number;
  notices: Notice[] = [];
  saves = 0;
  #commands = 0;

  constructor(saved?: SavedAlarms, at = 1_000_000, settings: readonly AlarmSetting[] = []) {
    this.at = at;
    this.state = alarm.initial(saved, monoMs(at), {
      settings,
      subjects: new Set(['crm', 'db', 'pbx', 'L01', 'linekeeper']),
    });
  }
  tell(event: Untimed<AlarmEvent>): this {
    const { state, effects } = alarm.step(this.state, { ...event, at: monoMs(this.at) });
    this.state = state;
    for (const effect of effects) this.#keep(effect);
    const broken = alarm.check(this.state);
    if (broken.length > 0) throw new Error(broken.join('; '));
    return this;
  }
  #keep(effect: Effect): void {
    if (effect.kind === 'notice') this.notices.push(effect.notice);
    if (effect.kind === 'save') this.saves++;
  }
  levels(...names: readonly string[]): this {
    return this.tell({ kind: 'conditions', standing: names.map(condition) });
  }
  wait(ms: number): this {
    const end = this.at + ms;
    for (
      let due = alarm.nextDeadline(this.state);
      due !== undefined && due <= end;
      due = alarm.nextDeadline(this.state)
    ) {
      this.at = Math.max(this.at, due);
      this.tell({ kind: 'turn' });
      const next = alarm.nextDeadline(this.state);
      if (next !== undefined && next <= this.at) throw new Error('a deadline does not move on');
    }
    this.at = end;
    return this.tell({ kind: 'turn' });
  }
  order(command: Command, name = 'duty'): this {
    return this.tell({ kind: 'command', id: `c${++this.#commands}`, by: { via: 'panel', name }, command });
  }
  ack(id = 'all'): this {
    return this.order({ do: 'acknowledge', alarm: id });
  }
  reset(id = 'all'): this {
    return this.order({ do: 'reset-alarm', alarm: id });
  }
  shelve(id: string, forMs = 60_000, reason = 'work'): this {
    return this.order({ do: 'shelve', alarm: id, forMs, reason });
  }
  unshelve(id: string): this {
    return this.order({ do: 'unshelve', alarm: id });
  }
  view(id: string): AlarmView | undefined {
    return alarm.views(this.state).find((one) => one.id === id);
  }
  /** `active unacked`, `clear acked latched shelved`, … or `none`. */
  is(id: string): string {
    const view = this.view(id);
    if (view === undefined) return 'none';
    const marks = [
      view.latched ? 'latched' : '',
      ...view.suppressions.map(({ kind }) => kind),
      view.sounds ? 'sounds' : '',
    ];
    return [view.condition, view.ack, ...marks].filter((word) => word !== '').join(' ');
  }
  /** Whether the last command was accepted. */
  accepted(): boolean | undefined {
    return this.notices.flatMap((one) => (one.kind === 'command' ? [one.accepted] : [])).at(-1);
  }
  changes(): string[] {
    const changes = this.notices.flatMap((one) =>
      one.kind === 'alarm' ? [`${one.alarm.id} ${one.change}`] : [],
    );
    this.notices = [];
    return changes;
  }
}
