/** The buttons beside the lamps, the quiet hours, and the two relays, through the whole core. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { outputs } from '../../../src/core/room/step.ts';
import { monoMs } from '../../../src/model/units.ts';
import { Points } from './points.ts';

const sections = `buses: { pi: { gpio: auto } }
points:
  horn: { output: pi/23, role: horn }
  healthy: { output: pi/25, role: healthy }
  beacon: { output: pi/24, role: any-alarm }
  dialler: { output: pi/27, role: new-alarm }
  door-lamp: { output: pi/17, role: lamp, subject: door }
  door: { input: pi/20, contact: normally-open, severity: minor }
  fire: { input: pi/21, contact: normally-open, severity: critical }
  silence: { input: pi/22, role: silence-button }
  acknowledge: { input: pi/26, role: acknowledge-button }
  first-out: { input: pi/16, role: first-out-button }
  test: { input: pi/12, role: test-button }
annunciator:
  first-out: { doors: [door, fire] }
  quiet: { severities: [minor] }
`;

class Wall extends Points {
  constructor() {
    super(sections);
    for (const id of ['silence', 'acknowledge', 'first-out', 'test', 'door', 'fire']) this.contact(id, false);
    this.turn();
  }
  press(button: string): this {
    this.contact(button, true).wait(1);
    return this.contact(button, false).turn();
  }
  fault(point: string): this {
    return this.contact(point, true).wait(1);
  }
  /** Of the next five seconds, looked at every 50 ms. */
  lit(point: string): number {
    let on = 0;
    for (let n = 0; n < 100; n++) {
      this.at += 50;
      this.turn();
      if (outputs(this.state).points[point] === true) on++;
    }
    return on;
  }
  get isHorn(): boolean {
    return this.lit('horn') > 0;
  }
}

test('silence, a new alarm, acknowledge, over: as on the wall', () => {
  const wall = new Wall().fault('door');
  assert.ok(wall.isHorn);
  assert.not(wall.press('silence').isHorn);
  assert.is(wall.lit('dialler'), 100, 'silence is not acknowledge');
  assert.ok(wall.fault('fire').isHorn, 'a new alarm sounds again');
  assert.not(wall.press('acknowledge').isHorn);
  assert.equal([wall.lit('dialler'), wall.lit('beacon')], [0, 100]);
  wall.contact('door', false).contact('fire', false).wait(5);
  assert.equal([wall.lit('beacon'), wall.lit('door-lamp')], [0, 0]);
});

test('the button of the first-out reset takes the mark and nothing else', () => {
  const wall = new Wall().fault('door').press('acknowledge');
  assert.is(wall.lit('door-lamp') < 100, true, 'slow flash of the first');
  assert.is(wall.press('first-out').lit('door-lamp'), 100);
});

test('the test button lights every lamp', () => {
  const wall = new Wall().contact('test', true);
  assert.ok(wall.lit('door-lamp') > 90);
  assert.is(wall.wait(5).lit('door-lamp'), 0);
});

test('a button held for a minute is stuck: it ordered once, a warning says so, and it works again when let go', () => {
  const wall = new Wall().fault('door').contact('silence', true).wait(59);
  assert.is(wall.alarm('silence/button.stuck'), undefined);
  assert.is(wall.wait(1).alarm('silence/button.stuck')?.severity, 'warning');
  assert.ok(wall.fault('fire').isHorn, 'what is held silences nothing new');
  wall.contact('silence', false).wait(5);
  assert.is(wall.alarm('silence/button.stuck')?.condition, 'clear');
  assert.not(wall.press('silence').isHorn);
});

test('a button that is stuck from the start orders nothing and is told', () => {
  const room = new Points(sections).contact('silence', true).wait(61);
  assert.ok(room.alarms.includes('silence/button.stuck'));
  assert.not(
    room.contact('silence', 'unknown').wait(5).alarm('silence/button.stuck')?.condition === 'active',
  );
});

const hourMs = 3_600_000;
const unsure = (active: boolean) =>
  ({
    kind: 'condition',
    key: { subject: 'linekeeper', type: 'clock.unsynchronised', qualifier: '' },
    active,
    detail: { zh: '', en: '' },
  }) as const;

test('quiet hours hold back the horn of what they name, and a critical alarm sounds', () => {
  const wall = new Wall();
  wall.tell({ kind: 'quiet', until: monoMs(wall.at + hourMs) }).fault('door');
  assert.not(wall.isHorn);
  assert.ok(wall.lit('door-lamp') > 0);
  assert.ok(wall.fault('fire').isHorn);
});

test('what waits at the end of the quiet hours sounds then', () => {
  const wall = new Wall();
  wall.tell({ kind: 'quiet', until: monoMs(wall.at + hourMs) }).fault('door');
  assert.ok(wall.tell({ kind: 'quiet' }).isHorn);
});

test('a clock that is not synchronised makes no hour quiet, until it is', () => {
  const wall = new Wall();
  wall.tell({ kind: 'quiet', until: monoMs(wall.at + hourMs) }).fault('door');
  assert.ok(wall.tell(unsure(true)).isHorn);
  wall.press('silence').contact('door', false).wait(5).press('acknowledge');
  wall.tell(unsure(false)).press('acknowledge').fault('door');
  assert.not(wall.isHorn);
});

test.run();
