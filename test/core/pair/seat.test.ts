/** A seat phone as evidence: what it says of its seat, whose alarm it is, and that it says nothing while it cannot be seen. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { phoneSays } from '../../../src/core/pair/seat.ts';
import { conditions, initial, step } from '../../../src/core/pair/step.ts';
import type { PairEvent } from '../../../src/core/pair/step.ts';
import type { LineSignal, RelayPosition } from '../../../src/model/line.ts';
import { monoMs } from '../../../src/model/units.ts';

type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never;

class Seat {
  at = 1_000_000;
  isHeard = true;
  state;
  #position: RelayPosition = 'normal';

  constructor(measuresPhone = true, seat = 'seat-3') {
    this.state = initial(
      {
        ...{ line: 'L03', trunk: '020-120-3', phone: '8003', measuresPhone },
        ...{ phoneOffHookMs: 300_000, ringLimitMs: 20_000 },
        ...(seat === '' ? {} : { seat }),
      },
      monoMs(this.at),
    );
    this.line('idle');
  }
  tell(event: Unstamped<PairEvent>): this {
    this.state = step(this.state, { ...event, at: monoMs(this.at) });
    return this;
  }
  line(signal: LineSignal, position = this.#position): this {
    this.#position = position;
    return this.tell({ kind: 'line', signal, since: monoMs(this.at), position });
  }
  phone(milliamps: number): this {
    return this.tell({ kind: 'phone', milliamps });
  }
  run(ms: number): this {
    this.at += ms;
    return this.tell({ kind: 'turn' });
  }
  get says(): string {
    const { says, reason } = phoneSays(this.state, this.isHeard, monoMs(this.at));
    return `${says}: ${reason.en}`;
  }
  get alarms(): string[] {
    return conditions(this.state, this.isHeard, monoMs(this.at)).map(
      ({ key }) => `${key.subject}/${key.type}`,
    );
  }
}

const inBypass = (): Seat => new Seat().run(60_000).line('idle', 'bypass').run(5000);

test('on the PBX, and on hook in bypass, nothing is known of it', () => {
  const seat = new Seat().run(60_000);
  assert.is(seat.says, 'unknown: hangs on the PBX, seen only in bypass');
  seat.line('off-hook').run(600_000);
  assert.is(seat.says, 'unknown: hangs on the PBX, seen only in bypass');
  assert.is(inBypass().run(3_600_000).says, 'unknown: on hook: an open pair could not be measured');
});

test('in use with current it is up, and for ten minutes after', () => {
  const seat = inBypass().line('off-hook').phone(22).run(100_000);
  assert.is(seat.says, 'up: in use in bypass, with loop current');
  seat.line('idle').phone(0).run(599_999);
  assert.is(seat.says, 'up: was in use in bypass just now');
  assert.is(seat.run(1).says, 'unknown: on hook: an open pair could not be measured');
});

test('each fault is down, dated from its begin, and an alarm of the seat', () => {
  const dry = inBypass().line('off-hook');
  const from = dry.at;
  assert.is(dry.run(2000).says, 'down: no loop current though its line is in use');
  assert.is(phoneSays(dry.state, true, monoMs(dry.at)).since, from);
  assert.equal(dry.alarms, ['seat-3/terminal.phone-no-current']);
  const left = inBypass().line('off-hook').phone(22).run(300_000);
  assert.is(left.says, 'down: left off hook in bypass');
  assert.equal(left.alarms, ['seat-3/terminal.phone-off-hook']);
  const alone = inBypass().line('ringing').run(20_000);
  assert.is(alone.says, 'down: rang in bypass and nobody answered');
  assert.equal(alone.alarms, ['seat-3/terminal.phone-unanswered']);
});

test('while the recorder is away a handset off hook is no fault of the seat', () => {
  const seat = inBypass().line('off-hook').phone(22).run(300_000);
  seat.isHeard = false;
  assert.is(seat.says, 'unknown: the recorder is away: nobody knows who speaks');
});

test('a relay that measures no current proves no phone', () => {
  const seat = new Seat(false).line('idle', 'bypass').line('off-hook').phone(22).run(5000);
  assert.is(seat.says, 'unknown: this relay does not measure its current');
  assert.is(seat.line('idle').run(1000).says, 'unknown: on hook: an open pair could not be measured');
});

test('without a seat of its own the phone is the line’s, and the trunk always is', () => {
  const phone = new Seat(true, '').tell({ kind: 'turn' });
  assert.is(phone.says.slice(0, 7), 'unknown');
  const { config } = phone.state;
  const { seat: _none, ...lineOnly } = config;
  const own = new Seat();
  own.state = initial({ ...lineOnly, polarity: 1 }, monoMs(own.at));
  own.line('idle', 'bypass').line('off-hook').run(2000);
  assert.equal(own.alarms, ['L03/terminal.phone-no-current']);
  const turned = new Seat();
  turned.state = initial({ ...config, seat: 'seat-3', polarity: 1 }, monoMs(turned.at));
  turned.line('idle').tell({ kind: 'loop', dcVolts: -48 }).run(30_000);
  assert.equal(turned.alarms, ['L03/line.reversed']);
});

test.run();
