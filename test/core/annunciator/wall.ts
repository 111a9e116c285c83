/** A wall with a horn, one lamp for everything and what a test asks for, as the person beside it sees and hears it. */
import * as assert from 'uvu/assert';
import type { AlarmView, Severity } from '../../../src/model/alarm.ts';
import { alarmId } from '../../../src/model/alarm.ts';
import type {
  AnnunciatorConfig,
  AnnunciatorEvent,
  AnnunciatorState,
} from '../../../src/core/annunciator/step.ts';
import * as annunciator from '../../../src/core/annunciator/step.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';

type Untimed<E> = E extends { readonly at: unknown } ? Omit<E, 'at'> : never;

export interface Shown {
  readonly id: string;
  readonly severity?: Severity;
  readonly type?: string;
  readonly count?: number;
  readonly since?: number;
  /** `acked` and standing, `over` but not acknowledged, `latched`: over, acknowledged and waiting for a reset. */
  readonly is?: 'acked' | 'over' | 'latched' | 'shelved';
}

const nothing = text('', '');

export function view({
  id,
  severity = 'major',
  type = 'server.down',
  count = 1,
  since = 0,
  is,
}: Shown): AlarmView {
  const key = { subject: id, type, qualifier: '' };
  return {
    id: alarmId(key),
    key,
    severity,
    condition: is === 'over' || is === 'latched' ? 'clear' : 'active',
    ack: is === 'acked' || is === 'latched' ? 'acked' : 'unacked',
    latched: is === 'latched',
    suppressions:
      is === 'shelved' ? [{ kind: 'shelved', until: monoMs(1e12), by: 'duty', reason: 'work' }] : [],
    sounds: is === undefined || is === 'over',
    ...{ what: nothing, effect: nothing, action: nothing },
    ...{ since: monoMs(since), raisedAt: monoMs(since), changedAt: monoMs(since), count },
  };
}

export class Wall {
  at = 1_000_000;
  state: AnnunciatorState;
  constructor(config: Partial<AnnunciatorConfig> = {}) {
    this.state = annunciator.initial(
      {
        ringback: new Set(),
        groupOf: new Map(),
        floodType: 'alarm.flood',
        lamps: [{ point: 'lamp', scope: {} }],
        quietSeverities: [],
        ...config,
      },
      monoMs(this.at),
    );
  }
  tell(event: Untimed<AnnunciatorEvent>): this {
    this.state = annunciator.step(this.state, { ...event, at: monoMs(this.at) });
    assert.equal(annunciator.check(this.state), []);
    return this;
  }
  show(...shown: readonly Shown[]): this {
    return this.tell({ kind: 'alarms', views: shown.map(view), isFlood: false });
  }
  flood(...shown: readonly Shown[]): this {
    return this.tell({ kind: 'alarms', views: shown.map(view), isFlood: true });
  }
  wait(ms: number): this {
    this.at += ms;
    return this.tell({ kind: 'turn' });
  }
  get horn(): boolean {
    return annunciator.outputs(this.state).horn;
  }
  get lamp(): boolean {
    return this.lampOf('lamp');
  }
  lampOf(point: string): boolean {
    return annunciator.outputs(this.state).lamps[point] ?? false;
  }
  /** `new-alarm` and `any-alarm`, as seen now. */
  get relays(): readonly [boolean, boolean] {
    const { newAlarm, anyAlarm } = annunciator.outputs(this.state);
    return [newAlarm, anyAlarm];
  }
  /** Milliseconds on, and times switched on, of `ms` watched in steps of 10 ms. */
  watch(output: string, ms: number): { onMs: number; starts: number } {
    let onMs = 0;
    let starts = 0;
    let was = false;
    for (let n = 0; n < ms; n += 10) {
      const is = output === 'horn' ? this.horn : this.lampOf(output);
      if (is) onMs += 10;
      if (is && !was) starts++;
      was = is;
      this.wait(10);
    }
    return { onMs, starts };
  }
  /** What a person says of the lamp after looking at it for a while. */
  see(lamp = 'lamp'): string {
    const seen: Readonly<Record<number, string>> = {
      ...{ 0: 'dark', 8000: 'steady', 4000: 'flash', 2400: 'double flash' },
      ...{ 6000: 'slow, mostly on', 2000: 'slow, mostly off' },
    };
    const { onMs } = this.watch(lamp, 8000);
    return seen[onMs] ?? `${onMs} ms`;
  }
  /** What a person says of the horn after listening for a minute. */
  hear(): string {
    const heard: Readonly<Record<number, string>> = {
      ...{ 0: 'quiet', 54000: 'critical', 20000: 'major', 4500: 'minor', 8000: 'unwell', 1200: 'ringback' },
    };
    const { onMs } = this.watch('horn', 60_000);
    return heard[onMs] ?? `${onMs} ms`;
  }
}
