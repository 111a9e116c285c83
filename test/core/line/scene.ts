/** A line of the core on a bench: levels set by hand or played from a synthesised loop, and all that it said. */
import * as assert from 'uvu/assert';
import type { Call, CallEnd, RelayPosition } from '../../../src/model/line.ts';
import type { LineEffect, LineEvent, LineState } from '../../../src/core/line/state.ts';
import { check, step } from '../../../src/core/line/step.ts';
import { initial, openCallOf, signalOf } from '../../../src/core/line/state.ts';
import type { LoopReading } from '../../../src/model/event.ts';
import { monoMs } from '../../../src/model/units.ts';

/** A turn judges what was true this long ago. */
export const slackMs = 60;

const quiet: LoopReading = { volts: 48, dcVolts: 48, ringVolts: 0, ringHz: 0, milliamps: 0 };
export const ring = { ringVolts: 90, ringHz: 25 } as const;

export class Scene {
  state: LineState;
  readonly events: LineEvent[] = [];
  readonly effects: LineEffect[] = [];

  constructor(settings: { loopOpenMs?: number; hasRelay?: boolean } = {}) {
    this.state = initial(
      {
        id: 'L01',
        runId: 'run',
        hasRelay: settings.hasRelay ?? true,
        settings: { loopOpenMs: settings.loopOpenMs ?? 1500 },
      },
      monoMs(0),
    );
    if (settings.hasRelay !== false) this.position(0, 'normal');
  }

  put(event: LineEvent): void {
    this.events.push(event);
    const { state, effects } = step(this.state, event);
    this.state = state;
    this.effects.push(...effects);
    assert.equal(check(state), [], `after ${JSON.stringify(event)}`);
  }
  /** Both means at this level, no ring: a step as the loop makes it once the means have followed. */
  volts(at: number, volts: number): void {
    this.loop(at, { volts, dcVolts: volts });
  }
  loop(at: number, reading: Partial<LoopReading>): void {
    this.put({ kind: 'loop', at: monoMs(at), ...quiet, ...reading });
  }
  turn(at: number): void {
    this.put({ kind: 'turn', at: monoMs(at) });
  }
  /** A turn late enough to judge everything up to and including `at`. */
  judge(at: number): void {
    this.turn(at + slackMs);
  }
  position(at: number, position: RelayPosition): void {
    this.put({ kind: 'position', at: monoMs(at), position });
  }
  frames(at: number, flowing: boolean): void {
    this.put({ kind: 'frames', at: monoMs(at), flowing });
  }
  /** Idle since 0, feed learned, judged up to 5 s. */
  idle(volts = 48): this {
    this.volts(0, volts);
    this.judge(5000);
    assert.is(this.signal, 'idle');
    return this;
  }

  get signal(): string {
    return signalOf(this.state);
  }
  get call(): Call | undefined {
    return openCallOf(this.state);
  }
  calls(phase: 'opened' | 'answered' | 'ended'): Call[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'call' && effect.phase === phase ? [effect.call] : [],
    );
  }
  get signals(): string[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'signal' ? [`${effect.signal} ${effect.since}`] : [],
    );
  }
  /** The only call that ended. */
  ended(end: CallEnd): Call {
    const ended = this.calls('ended');
    assert.is(ended.length, 1, 'one call ended');
    const [call] = ended;
    assert.ok(call);
    assert.is(call.end, end);
    return call;
  }
}
