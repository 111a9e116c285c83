/** The path of the product through the pure core alone: a call, a dead PBX, the trip, the return, without any I/O. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deserialize, serialize } from 'node:v8';
import { check, outputs, step } from '../../../src/core/room/step.ts';
import { initial, saved } from '../../../src/core/room/state.ts';
import type { RoomState } from '../../../src/core/room/state.ts';
import { alarmViews, bypassView, subjectViews } from '../../../src/core/room/views.ts';
import { JournalWriter, readJournal } from '../../../src/format/journal.ts';
import { roomConfig } from '../../../src/core/room/config.ts';
import type { Effect } from '../../../src/model/effect.ts';
import type { RelayReport } from '../../../src/model/bypass.ts';
import type { RoomEvent } from '../../../src/model/event.ts';
import type { Room } from '../../../src/model/room.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';
import { openCallOf, signalOf } from '../../../src/core/line/state.ts';

const name = (en: string) => text(en, en);
const room: Room = {
  id: 'test',
  name: name('test'),
  timezone: 'Asia/Shanghai',
  autonomyMs: 14_400_000,
  language: 'en',
  buses: [
    { kind: 'line-card', id: 'card-a', link: { kind: 'tcp', host: '127.0.0.1', port: 1 }, hostLostMs: 5000 },
  ],
  points: [
    {
      ...{
        kind: 'input',
        id: 'pbx-alarm',
        name: name('PBX alarm'),
        role: 'plain',
        contact: 'normally-closed',
      },
      ...{ terminal: { bus: 'card-a', kind: 'input', number: 1 }, debounceMs: 0, severity: 'critical' },
    },
    {
      ...{ kind: 'output', id: 'horn', name: name('horn'), role: 'horn', activeLow: false },
      terminal: { bus: 'card-a', kind: 'output', number: 1 },
    },
  ],
  lines: [1, 2].map((n) => ({
    id: `L0${n}`,
    channel: { bus: 'card-a', kind: 'channel', number: n },
    relay: { bus: 'card-a', kind: 'relay', number: n },
    trunk: `020-120-${n}`,
    phone: `800${n}`,
    kind: 'trunk',
    answers: 'people',
    phoneOffHookMs: 300_000,
  })),
  subjects: [
    {
      id: 'pbx',
      kind: 'pbx',
      name: name('PBX'),
      sources: [
        { id: 'pbx.1', kind: 'point', point: 'pbx-alarm', domain: 'wire', weight: 'proof' },
        {
          ...{
            id: 'pbx.2',
            kind: 'sip-options',
            host: '127.0.0.1',
            port: 5060,
            transport: 'udp',
            everyMs: 10_000,
            suspectMs: 1000,
            waitMs: 4000,
            missLimit: 3,
            label: text('SIP', 'SIP'),
          },
          ...{ domain: 'our-lan', weight: 'hint' },
        },
        { id: 'pbx.3', kind: 'lines', lines: 'all', domain: 'lines', weight: 'proof' },
      ],
      downWhen: 2,
      dependsOn: [],
    },
  ],
  controls: [],
  maintenance: [],
  alarms: [],
  hosts: [],
  manualForms: { count: 20 },
  powerCut: {
    stages: [],
    back: { stableMs: 300_000, batteryPercent: 20, spacingMs: 30_000, remindMs: 600_000 },
  },
  bypass: {
    ...{ confirmMs: 3000, busyCapMs: 30_000, callCapMs: 300_000, idleForMs: 6000, loopOpenMs: 1500 },
    ...{ restoreAfterMs: 120_000, spacingMs: 1000, proveMs: 60_000, ringLimitMs: 20_000, restoresPerHour: 4 },
    restore: 'when-idle',
  },
  relayCare: { slowMs: 20 },
  recorder: {
    ...{ start: 'line-voltage', preRollMs: 2000, hangOverMs: 3000, keepDays: 400, promptAtPercent: 85 },
    ...{ bitRate: 16_000, complexity: 5 },
  },
  allowBypassFromCentre: false,
  http: { host: '127.0.0.1', port: 0 },
  dataFolder: '/nowhere',
};

/** The core with an obedient card: relays follow their coils within a report. */
class Rig {
  state: RoomState;
  at = 1000;
  readonly effects: Effect[] = [];
  readonly events: RoomEvent[] = [];
  readonly begun: Buffer;
  coils: Record<string, 'energise' | 'release'> = { L01: 'energise', L02: 'energise' };
  #movedAt: Record<string, number> = { L01: -1e6, L02: -1e6 };

  constructor() {
    this.state = initial(roomConfig(room, 'run'), { saved: 'missing', awayMs: 0 }, monoMs(this.at));
    this.begun = serialize(this.state);
    this.tell({ kind: 'card', card: 'card-a', link: 'up', serialNumber: 'LK8-1', reason: name('') });
    this.tell({ kind: 'frames', card: 'card-a', flowing: true });
    for (const line of ['L01', 'L02']) this.loop(line, 48);
    this.contact(true);
    this.sip('up');
    this.run(3000);
  }

  tell(body: object): void {
    const event = { ...body, at: monoMs(this.at) } as RoomEvent;
    this.events.push(event);
    const { state, effects } = step(this.state, event);
    this.state = state;
    this.effects.push(...effects);
  }
  loop(line: string, volts: number, ringVolts = 0): void {
    this.tell({
      kind: 'loop',
      line,
      volts,
      dcVolts: volts,
      ringVolts,
      ringHz: ringVolts > 0 ? 25 : 0,
      milliamps: volts < 20 ? 25 : 0,
    });
  }
  contact(closed: boolean): void {
    this.tell({ kind: 'contact', point: 'pbx-alarm', closed });
  }
  /** One answer, or as many lost ones as make the source down. */
  sip(says: 'up' | 'down'): void {
    for (let n = 0; n < (says === 'up' ? 1 : 3); n++)
      this.tell({ kind: 'evidence', source: 'pbx.2', says, reason: name(says) });
  }
  /** Runs on in 20 ms turns, with a relay report each 100 ms. */
  run(ms: number, each?: (at: number) => void): void {
    for (const end = this.at + ms; this.at < end;) {
      this.at += 20;
      each?.(this.at);
      if (this.at % 100 === 0) this.#report();
      this.tell({ kind: 'turn' });
      assert.equal(check(this.state, monoMs(this.at)), []);
      for (const [line, coil] of Object.entries(outputs(this.state).coils))
        if (this.coils[line] !== coil) {
          this.coils[line] = coil;
          this.#movedAt[line] = this.at;
        }
    }
  }
  #report(): void {
    const relays = ['L01', 'L02'].map((line): RelayReport => {
      const sinceWriteMs = Math.min(1000, this.at - (this.#movedAt[line] ?? 0));
      const coil = this.coils[line] ?? 'release';
      return {
        ...{ coil, position: coil === 'energise' ? 'normal' : 'bypass', sinceWriteMs, phoneMilliamps: 0 },
        ...(sinceWriteMs < 1000 ? { moveMs: 4 } : {}),
      };
    });
    this.tell({
      kind: 'relays',
      card: 'card-a',
      relays,
      coilSupply: true,
      bypassKey: 'normal',
      hostLost: false,
    });
  }
  lineStates(): string[] {
    return bypassView(this.state).lines.map(({ state }) => state);
  }
}

test('a ring and an answer are one incoming call with a recording from before the ring', () => {
  const rig = new Rig();
  assert.equal(rig.lineStates(), ['normal', 'normal']);
  rig.loop('L01', 48, 90);
  rig.run(1000);
  rig.loop('L01', 48);
  rig.run(1000);
  rig.loop('L01', 8);
  rig.run(10_000);
  rig.loop('L01', 48);
  rig.run(6000);
  const calls = rig.effects.flatMap((effect) =>
    effect.kind === 'notice' && effect.notice.kind === 'call' ? [effect.notice] : [],
  );
  assert.equal(
    calls.map(({ phase }) => phase),
    ['opened', 'answered', 'ended'],
  );
  assert.is(calls[2]?.call.answeredBy, 'pbx');
  const started = rig.effects.filter(({ kind }) => kind === 'start-recording');
  const stopped = rig.effects.filter(({ kind }) => kind === 'stop-recording');
  assert.is(started.length, 1);
  assert.is(stopped.length, 1);
  const [start] = started;
  if (start?.kind === 'start-recording') assert.ok(start.from <= (calls[0]?.call.startedAt ?? 0) - 1900);
});

test('a dead PBX: the idle line goes over at once, the busy one when its call ends, and both come back by themselves', () => {
  const rig = new Rig();
  rig.loop('L02', 8);
  rig.run(2000);
  assert.is(signalOf(rig.state.lines['L02'] as never), 'off-hook');
  rig.contact(false);
  rig.run(1000);
  rig.sip('down');
  rig.run(500);
  assert.is(subjectViews(rig.state)[0]?.verdict, 'down');
  assert.equal(rig.lineStates(), ['normal', 'normal'], 'not yet confirmed');
  rig.run(3000);
  assert.is(bypassView(rig.state).room, 'tripped');
  assert.equal(rig.lineStates(), ['bypass', 'waiting']);
  assert.is(openCallOf(rig.state.lines['L02'] as never)?.end, undefined);
  const tripped = alarmViews(rig.state).find(({ key }) => key.type === 'bypass.tripped');
  assert.is(tripped?.severity, 'critical');
  assert.ok(tripped?.sounds);
  let horn = 0;
  rig.run(2000, () => (horn += outputs(rig.state).points['horn'] === true ? 1 : 0));
  assert.ok(horn > 0, 'the horn sounds');
  rig.tell({
    kind: 'command',
    id: 'c1',
    by: { via: 'panel', name: 'duty' },
    command: { do: 'acknowledge', alarm: 'all' },
  });
  rig.run(100);
  assert.not.ok(alarmViews(rig.state).some(({ sounds }) => sounds));
  rig.loop('L02', 48);
  rig.run(4000);
  assert.equal(rig.lineStates(), ['bypass', 'bypass']);

  rig.contact(true);
  rig.sip('up');
  const kept = saved(rig.state);
  assert.is(kept.bypass.room.state, 'tripped');
  rig.run(300_000, (at) => {
    if (at % 10_000 === 0) rig.sip('up');
  });
  assert.equal(rig.lineStates(), ['normal', 'normal']);
  assert.is(bypassView(rig.state).room, 'steady');
});

test('a PBX in maintenance trips all the same: its own alarm is silent, that of the bypass is not', () => {
  const rig = new Rig();
  rig.tell({
    kind: 'command',
    id: 'm1',
    by: { via: 'panel', name: 'Li' },
    command: { do: 'maintenance', subject: 'pbx', forMs: 3_600_000, reason: 'new firmware' },
  });
  rig.contact(false);
  rig.sip('down');
  rig.run(4500);
  assert.is(bypassView(rig.state).room, 'tripped');
  assert.equal(rig.lineStates(), ['bypass', 'bypass']);
  const sounds = (type: string) => alarmViews(rig.state).find(({ key }) => key.type === type)?.sounds;
  assert.is(sounds('pbx.down'), false);
  assert.is(sounds('bypass.tripped'), true);
  assert.is(subjectViews(rig.state)[0]?.maintenance?.by, 'Li');
  assert.is(saved(rig.state).maintenance?.length, 1);
  rig.run(3_600_000);
  assert.is(sounds('pbx.down'), true);
});

test('the journal decides the same again', () => {
  const rig = new Rig();
  rig.contact(false);
  rig.sip('down');
  rig.run(6000);
  const writer = new JournalWriter();
  const file =
    writer.begin({ program: 'x', run: 'r', wall: 0, mono: 0, state: rig.begun.toString('base64') }) +
    rig.events.map((event) => writer.line(event)).join('');
  const journal = readJournal(file);
  assert.ok(journal !== undefined);
  let state = deserialize(Buffer.from(journal.header.state, 'base64')) as RoomState;
  const effects: Effect[] = [];
  for (const record of journal.records)
    if (record.kind === 'event') {
      const next = step(state, record.event);
      state = next.state;
      effects.push(...next.effects);
    }
  assert.ok(effects.length > 0);
  assert.equal(effects, rig.effects);
  assert.equal(state, rig.state);
});

test.run();
