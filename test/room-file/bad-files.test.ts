/**
 * Bad room files: each with one slip, the exact place (marked « in the text) and what is said. Nothing else may be said of
 * the file, so a slip never sets off others.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadRoom } from '../../src/room/load.ts';
import type { ProblemSeverity } from '../../src/room/problem.ts';
import { accepted } from './accepted.ts';
import { base, spoilt, upsModels } from './base.ts';

interface Bad {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Parts of the English message and hint. */
  readonly says: string;
  readonly hint?: string;
  /** A second place of the file that the slip needs. */
  readonly more?: readonly [from: string, to: string];
  readonly path: string;
  readonly severity?: ProblemSeverity;
}

const line5 = 'L05: { channel: card-b/1, bypass: card-b/relay1, trunk: "020-5", phone: "8005" }';

/** A room with two plain outputs, a plain input, perhaps a wire, and this control. */
function controlSlips(): readonly Bad[] {
  const from = base.slice(base.indexOf('points:'), base.indexOf('lines:'));
  const points =
    '  day: { output: card-a/out1 }\n  night: { output: card-a/out2 }\n  lit: { input: card-a/in2 }\n';
  const slip = (name: string, control: string, path: string, says: string, more: Partial<Bad> = {}): Bad => ({
    ...{ name: `a control ${name}`, from, to: `${from}${points}controls:\n  n: { ${control} }\n` },
    ...{ path: `controls.n${path}`, says },
    ...more,
  });
  const overWire = (...[name, control, path, says, more = {}]: Parameters<typeof slip>): Bad => {
    const one = slip(name, `serial: wire, ${control}`, path, says, more);
    return { ...one, to: `  wire: { serial: /dev/ttyUSB9 }\n${one.to}` };
  };
  return [
    slip('of an output that is not there', 'output: «nigth', '.output', 'there is no point nigth', {
      hint: 'Did you mean night?',
    }),
    slip('by the horn', 'output: «horn', '.output', 'horn is no output of role plain'),
    slip('by an input', 'output: «lit', '.output', 'lit is no output of role plain'),
    slip(
      'with the output of another',
      'output: night }\n  m: { output: «night',
      '',
      'night is already used by control n',
      {
        path: 'controls.m.output',
      },
    ),
    slip(
      'shown by what speaks for the PBX',
      'output: night, read-back: «pbx-alarm',
      '.read-back',
      'already speaks for a subject',
    ),
    slip(
      'interlocked with nobody',
      'output: night, interlock: [«day]',
      '.interlock[0]',
      'no control by relay named day',
    ),
    slip(
      'interlocked with itself',
      'output: night, interlock: [«n]',
      '.interlock[0]',
      'cannot be interlocked with itself',
    ),
    slip('that is held for a time', 'output: night, mode: hold, «for: 1s', '.for', 'hold has no end', {
      severity: 'warning',
    }),
    slip(
      'that is never ordered',
      'output: night, at-most: «"0 per 10m"',
      '.at-most',
      'the count is 1 to 60 and the time 10s to 1d',
    ),
    slip(
      'that is ordered all the time',
      'output: night, at-most: «"60 per 9s"',
      '.at-most',
      'the count is 1 to 60',
    ),
    slip('over a wire that is not there', 'serial: «wier, send: R', '.serial', 'there is no bus named wier'),
    slip('over the pins', 'serial: «pi, send: R', '.serial', 'here it takes a serial wire'),
    overWire('with a place without values', 'send: «"R {port}"', '.send', 'values does not hold port'),
    overWire(
      'with values without a place',
      'send: R, values: { port: «["1"] }',
      '.values.port',
      'send holds no {port}',
    ),
    overWire('of signs that no wire carries', 'send: «复位', '.send', 'only signs of Latin-1'),
    overWire(
      'with a carriage return that is none',
      "send: «'R\\r'",
      '.send',
      'the backslash is sent as it stands',
      {
        severity: 'warning',
      },
    ),
    overWire(
      'with a value that breaks the line',
      'send: "R {a}", values: { a: [«"1\\r"] }',
      '.values.a[0]',
      'printable signs',
    ),
  ];
}

/** The relay of a load, and the plan that goes by it. */
const withLoad = (load: string, plan: string, slip: string): Bad => ({
  name: slip,
  from: 'lines:\n',
  to: `  seats: { output: card-a/out1, ${load} }\npower-cut: [${plan}]\nlines:\n`,
  path: '',
  says: '',
});
const onBattery = '{ when: on battery, do: [announce] }';
/** From the wire of the UPS to the UPS, which stand far apart. */
const upsSpan = base.slice(base.indexOf('  rs485:'), base.indexOf('bypass: {'));
const withUps = (wire: string, ups: string): string =>
  upsSpan.replace(/^ {2}rs485:.*\n/, wire).replace(/^ {2}ups:.*\n/m, ups);

const table: readonly Bad[] = [
  // ---- power cut
  {
    ...withLoad(
      'role: load, group: seats',
      '{ when: runtime < 60m, do: [shut: «seat] }',
      'a group that is not there',
    ),
    path: 'power-cut[0].do[0].shut',
    says: 'no load and no host is in the group seat',
    hint: 'Did you mean seats?',
  },
  {
    ...withLoad(
      'role: load, group: seats',
      `{ when: runtime < 60m, do: [shut: seats] }, { when: «runtime < 60m, do: [announce] }`,
      'stages that do not fall',
    ),
    path: 'power-cut[1].when',
    says: 'stages go from much runtime to little: the one before has 1h',
  },
  {
    ...withLoad(
      'role: load, group: seats',
      `{ when: runtime < 60m, do: [shut: seats] }, { when: «on battery, do: [announce] }`,
      '"on battery" behind a runtime',
    ),
    path: 'power-cut[1].when',
    says: 'a stage "on battery" comes before those by runtime',
  },
  {
    ...withLoad(
      'role: load, group: seats',
      `{ when: runtime < 60m, do: [shut: seats] }, { when: runtime < 5m, do: [start: «seats] }`,
      'a group shut and started',
    ),
    path: 'power-cut[1].do[0].start',
    says: 'seats is named by an earlier shut already',
  },
  {
    ...withLoad('role: «load', onBattery, 'a load without a group'),
    path: 'points.seats.role',
    says: 'a load needs a group',
    hint: 'group: non-essential',
  },
  {
    ...withLoad('role: plain, «group: seats', onBattery, 'a group of what is no load'),
    path: 'points.seats.group',
    says: 'only an output with role: load',
  },
  {
    ...withLoad('role: load, group: «seats', onBattery, 'a load that no stage names'),
    path: 'points.seats.group',
    says: 'no stage of power-cut names seats',
    severity: 'warning',
  },
  {
    name: 'a plan without loads names a group: a file of before goes on working',
    from: 'recorder: {',
    to: 'power-cut: [{ when: runtime < 60m, do: [shut: «non-essential] }]\nrecorder: {',
    path: 'power-cut[0].do[0].shut',
    says: 'no load and no host is in the group non-essential',
    hint: 'Give an output role: load and group: non-essential.',
    severity: 'warning',
  },
  {
    name: 'an end on a full battery',
    from: 'recorder: {',
    to: 'power-cut: [{ when: on battery, do: [bypass-when-idle, «end] }]\nrecorder: {',
    path: 'power-cut[0].do[1]',
    says: 'does not end while the battery is full',
    hint: 'runtime < 3m',
  },
  {
    name: 'two ends',
    from: 'recorder: {',
    to: 'power-cut: [{ when: runtime < 3m, do: [bypass-when-idle, end, «end] }]\nrecorder: {',
    path: 'power-cut[0].do[2]',
    says: 'end can stand in one stage only',
  },
  {
    name: 'an end without bypass-when-idle',
    from: 'recorder: {',
    to: '«power-cut: [{ when: runtime < 3m, do: [end] }]\nrecorder: {',
    path: 'power-cut',
    says: 'only at the end',
    severity: 'note',
  },
  {
    name: 'a plan, and no UPS that can be read',
    from: upsSpan,
    to: withUps('', `  ups: { kind: ups, evidence: [{ ping: 10.0.0.5 }] }\n«power-cut: [${onBattery}]\n`),
    path: 'power-cut',
    says: 'no UPS can be read: the plan will never begin',
    hint: 'ups-snmp',
    severity: 'warning',
  },
  {
    name: 'stages by runtime on a UPS that tells none',
    from: upsSpan,
    to: withUps(
      '  wire: { serial: /dev/ttyUSB3, baud: 2400 }\n',
      '  ups: { kind: ups, evidence: [{ megatec: wire }] }\npower-cut: [{ when: «runtime < 9m, do: [announce] }]\n',
    ),
    path: 'power-cut[0].when',
    says: 'Megatec tells no runtime',
    severity: 'note',
  },
  {
    name: 'a return without a plan',
    from: 'recorder: {',
    to: '«power-return: { stable: 5m }\nrecorder: {',
    path: 'power-return',
    says: 'without power-cut this section has no effect',
    severity: 'warning',
  },
  // ---- annunciator
  {
    name: 'a lamp of what is not there',
    from: 'role: lamp }',
    to: 'role: lamp, subject: «crn }',
    path: 'points.beacon.subject',
    says: 'there is no subject, line, point or bus crn',
    hint: 'Did you mean crm?',
  },
  {
    name: 'a lamp of a group that is not there',
    from: 'role: lamp }',
    to: 'role: lamp, group: «pwoer }',
    path: 'points.beacon.group',
    says: 'there is no first-out group pwoer',
    hint: 'Did you mean power?',
  },
  {
    name: 'a horn of one severity',
    from: 'role: horn }',
    to: 'role: horn, «severity: critical }',
    path: 'points.horn.severity',
    says: 'only an output with role: lamp has severity',
  },
  {
    name: 'quiet hours for critical alarms',
    from: 'recorder: {',
    to: 'annunciator: { quiet: { severities: [minor, «critical] } }\nrecorder: {',
    path: 'annunciator.quiet.severities[1]',
    says: 'a critical alarm sounds at every hour: it cannot be quiet',
    hint: 'Leave critical out.',
  },
  {
    name: 'quiet hours for most of the day',
    from: 'recorder: {',
    to: 'annunciator: { «quiet: { from: "08:00", to: "07:00" } }\nrecorder: {',
    path: 'annunciator.quiet',
    says: 'quiet hours last at most 14 h, and not nothing',
  },
  {
    name: 'one subject in two first-out groups',
    from: 'recorder: {',
    to: 'annunciator: { first-out: { a: [crm], b: [«crm] } }\nrecorder: {',
    path: 'annunciator.first-out.b[0]',
    says: 'crm is in the group a already: an alarm can be the first of one group only',
  },
  {
    name: 'ringback of what does not stay',
    from: 'recorder: {',
    to: 'annunciator: { ringback: [«server.down] }\nrecorder: {',
    path: 'annunciator.ringback[0]',
    says: 'server.down is gone when it is over: there is nothing to ring back for',
    hint: 'Write alarms: { server.down: { latch: true } } as well.',
  },
  {
    name: 'ringback of an unknown type',
    from: 'recorder: {',
    to: 'annunciator: { ringback: [«bypass.triped] }\nrecorder: {',
    path: 'annunciator.ringback[0]',
    says: 'there is no type of alarm bypass.triped',
    hint: 'Did you mean bypass.tripped?',
  },
  // ---- maintenance
  {
    name: 'maintenance of what is not there',
    from: 'recorder: {',
    to: 'maintenance: [{ of: [«cmr], on: Sun, at: "02:00", for: 2h, reason: x }]\nrecorder: {',
    path: 'maintenance[0].of[0]',
    says: 'there is no subject, line or point cmr',
    hint: 'Did you mean crm?',
  },
  {
    name: 'maintenance of linekeeper itself',
    from: 'recorder: {',
    to: 'maintenance: [{ of: [«linekeeper], on: Sun, at: "02:00", for: 2h, reason: x }]\nrecorder: {',
    path: 'maintenance[0].of[0]',
    says: 'there is no subject, line or point linekeeper',
  },
  {
    name: 'maintenance on a day that does not exist',
    from: 'recorder: {',
    to: 'maintenance: [{ of: [crm], on: «2027-02-29, at: "02:00", for: 2h, reason: x }]\nrecorder: {',
    path: 'maintenance[0].on',
    says: 'there is no day 2027-02-29',
  },
  {
    name: 'maintenance without an end',
    from: 'recorder: {',
    to: 'maintenance:\n  - «{ of: [crm], on: Sun, at: "02:00", reason: x }\nrecorder: {',
    path: 'maintenance[0]',
    says: 'for is missing',
  },
  // ---- alarms
  {
    name: 'an alarm type that there is not',
    from: 'recorder: {',
    to: 'alarms:\n  «server.dwon: { severity: minor }\nrecorder: {',
    path: 'alarms.server.dwon',
    says: 'there is no alarm type server.dwon',
    hint: 'Did you mean server.down? Of its kind: server.down',
  },
  {
    name: 'an alarm type far from any: all are listed',
    from: 'recorder: {',
    to: 'alarms:\n  «xyzzy.frobnicated-wholly: { severity: minor }\nrecorder: {',
    path: 'alarms.xyzzy.frobnicated-wholly',
    says: 'there is no alarm type',
    hint: 'pbx.down',
  },
  {
    name: 'an alarm of a subject that there is not',
    from: 'recorder: {',
    to: 'alarms:\n  «cmr/server.down: { severity: minor }\nrecorder: {',
    path: 'alarms.cmr/server.down',
    says: 'there is no cmr in this room',
    hint: 'Did you mean crm?',
  },
  {
    name: 'an alarm that counts and waits',
    from: 'recorder: {',
    to: 'alarms: { server.down: { count: 3, «on-delay: 3s } }\nrecorder: {',
    path: 'alarms.server.down.on-delay',
    says: 'count stands in place of on-delay',
  },
  {
    name: 'a window without a count',
    from: 'recorder: {',
    to: 'alarms: { server.down: { «within: 10m } }\nrecorder: {',
    path: 'alarms.server.down.within',
    says: 'within goes with count',
  },
  {
    name: 'a stuck relay made quieter',
    from: 'recorder: {',
    to: 'alarms: { bypass.stuck: { severity: «minor } }\nrecorder: {',
    path: 'alarms.bypass.stuck.severity',
    says: 'never quieter or slower: not below critical',
  },
  {
    name: 'a stuck relay of one line made slower',
    from: 'recorder: {',
    to: 'alarms: { L01/bypass.stuck: { on-delay: «10s } }\nrecorder: {',
    path: 'alarms.L01/bypass.stuck.on-delay',
    says: 'never quieter or slower: at most',
  },
  {
    name: 'a stuck relay that is counted first',
    from: 'recorder: {',
    to: 'alarms: { bypass.stuck: { count: «2 } }\nrecorder: {',
    path: 'alarms.bypass.stuck.count',
    says: 'never quieter or slower: it is never counted first',
  },
  {
    name: 'a stuck relay without its latch',
    from: 'recorder: {',
    to: 'alarms: { bypass.stuck: { latch: «false } }\nrecorder: {',
    path: 'alarms.bypass.stuck.latch',
    says: 'never quieter or slower: a person must reset it',
  },
  {
    name: 'a dead PBX as a mere warning',
    from: 'recorder: {',
    to: 'alarms: { pbx.down: { severity: «warning } }\nrecorder: {',
    path: 'alarms.pbx.down.severity',
    says: 'it is critical in the catalogue',
    severity: 'warning',
  },
  // ---- escalation
  {
    name: 'an escalation to somebody who is not there',
    from: 'recorder: {',
    to: 'escalation:\n  people: { desk: { tell: ["8001"] } }\n  levels: [{ repeat: 5m, who: [«dsek] }]\nrecorder: {',
    path: 'escalation.levels[0].who[0]',
    says: 'there is no dsek among people',
    hint: 'Did you mean desk?',
  },
  {
    name: 'a level that does not come later',
    from: 'recorder: {',
    to: 'escalation:\n  people: { desk: { tell: ["8001"] } }\n  levels:\n    - { after: 5m, who: [desk] }\n    - «{ after: 5m, repeat: 5m, who: [desk] }\nrecorder: {',
    path: 'escalation.levels[1]',
    says: 'each level comes later than the one before (5m)',
  },
  {
    name: 'a last level that is told once',
    from: 'recorder: {',
    to: 'escalation:\n  people: { desk: { tell: ["8001"] } }\n  levels:\n    - «{ after: 5m, who: [desk] }\nrecorder: {',
    path: 'escalation.levels[0]',
    says: 'the last level is told once',
    severity: 'note',
  },
  // ---- supervised inputs
  {
    name: 'a pin of the Pi cannot be supervised',
    from: 'pbx-alarm: { input: pi/26, contact: normally-closed }',
    to: 'pbx-alarm: { input: pi/26, contact: normally-closed, «supervised: {} }',
    path: 'points.pbx-alarm.supervised',
    says: 'a pin of the Pi knows high and low only',
    hint: 'Wire it to an input of a line card',
  },
  {
    name: 'two resistances that are nearly the same',
    from: '{ input: card-a/in1 }',
    to: '{ input: card-a/in1, supervised: «{ normal: 4k7, alarm: 5k6 } }',
    path: 'points.arrester.supervised',
    says: '4700 and 5600 ohms are too close',
    hint: '1.5 times',
  },
  {
    name: 'a resistance that looks like a cut wire',
    from: '{ input: card-a/in1 }',
    to: '{ input: card-a/in1, supervised: «{ normal: 47k, alarm: 4k7 } }',
    path: 'points.arrester.supervised',
    says: '47000 ohms is not between 500 and 22000',
  },
  {
    name: 'no resistance at all',
    from: '{ input: card-a/in1 }',
    to: '{ input: card-a/in1, supervised: { normal: «none } }',
    path: 'points.arrester.supervised.normal',
    says: 'a resistance such as 4k7',
  },
  // ---- controls
  ...controlSlips(),
  // ---- heartbeats over the broker
  {
    name: 'a heartbeat over a broker that there is not',
    from: 'report: { mqtt: { broker: "mqtts://centre.example:8883" } }\n',
    to: '',
    more: ['{ ping: 10.0.0.11 }]', '{ ping: 10.0.0.11 }, { heartbeat: job, topic: «jobs/backup }]'],
    path: 'subjects.crm.evidence[2].topic',
    says: 'there is no report.mqtt: nothing arrives on a topic',
    hint: 'Write report:',
  },
  {
    name: 'a heartbeat on a topic of our own',
    from: '{ ping: 10.0.0.11 }]',
    to: '{ ping: 10.0.0.11 }, { heartbeat: job, topic: «linekeeper/gz-120/presence }]',
    path: 'subjects.crm.evidence[2].topic',
    says: 'linekeeper/gz-120/ holds the topics of this room itself',
  },
  {
    name: 'a heartbeat on many topics',
    from: '{ ping: 10.0.0.11 }]',
    to: '{ ping: 10.0.0.11 }, { heartbeat: job, from: 10.0.0.5, topic: «jobs/# }]',
    more: ['recorder: {', 'heartbeats: { udp: 8126 }\nrecorder: {'],
    path: 'subjects.crm.evidence[2].topic',
    says: 'an MQTT topic such as jobs/backup',
  },
  {
    name: 'a heartbeat over the broker from an address',
    from: '{ ping: 10.0.0.11 }]',
    to: '{ ping: 10.0.0.11 }, { heartbeat: job, topic: jobs/backup, from: «10.0.0.5 }]',
    path: 'subjects.crm.evidence[2].from',
    says: 'no address is seen through the broker',
  },
  // ---- sensors, counters, and values as evidence
  {
    name: 'a sensor that is none',
    from: 'lines:\n',
    to: '  rack: { sensor: «hwmon0/temp1 }\nlines:\n',
    path: 'points.rack.sensor',
    says: 'linekeeper sensors',
  },
  {
    name: 'a measured value as evidence that does not say what is all right',
    from: '{ lines: all }',
    to: '{ lines: all }\n      - { point: «temp }',
    more: ['lines:\n', '  temp: { register: rs485/2/30001 }\nlines:\n'],
    path: 'subjects.pbx.evidence[2].point',
    says: 'temp is a measured value: it needs ok',
    hint: 'For example { point: temp, ok: "< 38" }',
  },
  {
    name: 'a contact as evidence with limits',
    from: '{ point: pbx-alarm }',
    to: '{ point: pbx-alarm, ok: «"< 38" }',
    path: 'subjects.pbx.evidence[0].ok',
    says: 'a contact has no ok',
  },
  {
    name: 'a counter as evidence',
    from: '{ lines: all }',
    to: '{ lines: all }\n      - { point: «surges, ok: "< 38" }',
    more: ['lines:\n', '  surges: { register: rs485/2/30001, type: u16, counter: true }\nlines:\n'],
    path: 'subjects.pbx.evidence[2].point',
    says: 'surges is a counter and no evidence',
  },
  {
    name: 'a counter with a sign',
    from: 'lines:\n',
    to: '  surges: { register: rs485/2/30001, type: «s16, counter: true }\nlines:\n',
    path: 'points.surges.type',
    says: 'a counter has type: u16 or u32',
  },
  {
    name: 'a counter with a limit',
    from: 'lines:\n',
    to: '  surges: { register: rs485/2/30001, type: u16, counter: true, «warn: "> 3" }\nlines:\n',
    path: 'points.surges.warn',
    says: 'a counter has no warn',
  },
  {
    name: 'a button that counts',
    from: 'role: silence-button }',
    to: 'role: silence-button, counter: «true }',
    path: 'points.silence.counter',
    says: 'only an input with role: plain counts',
  },
  // ---- keys and values
  {
    name: 'a misspelt section',
    from: 'recorder: {',
    to: '«recoder: {',
    path: 'recoder',
    says: 'there is no key recoder',
    hint: 'Did you mean recorder?',
  },
  {
    name: 'a misspelt key',
    from: 'role: horn',
    to: '«roll: horn',
    path: 'points.horn.roll',
    says: 'there is no key roll',
    hint: 'Did you mean role?',
  },
  {
    name: 'a key in camel case',
    from: 'key-file',
    to: '«keyFile',
    path: 'buses.card-b.keyFile',
    says: 'there is no key keyFile',
    hint: 'Did you mean key-file?',
  },
  {
    name: 'a misspelt opening key',
    from: '{ line-card: "serial',
    to: '{ «line-crad: "serial',
    path: 'buses.card-a.line-crad',
    says: 'there is no key line-crad',
    hint: 'Did you mean line-card?',
  },
  {
    name: 'a bus without a way',
    from: 'pi: { gpio: auto }',
    to: 'pi: «{ }',
    path: 'buses.pi',
    says: 'one of these is needed: line-card, modbus, serial, gpio',
  },
  {
    name: 'a bus of two kinds',
    from: 'gpio: auto }',
    to: 'gpio: auto, «serial: /dev/ttyS0 }',
    path: 'buses.pi.serial',
    says: 'cannot stand together',
  },
  {
    name: 'an input that is an output',
    from: '{ input: pi/20, role',
    to: '{ input: pi/20, «output: pi/21, role',
    path: 'points.silence.output',
    says: 'input and output cannot stand together',
  },
  {
    name: 'a misspelt value',
    from: 'role: lamp',
    to: 'role: «lmap',
    path: 'points.beacon.role',
    says: 'lmap is none of plain, horn, lamp, new-alarm',
    hint: 'Did you mean lamp?',
  },
  {
    name: 'a misspelt kind',
    from: 'kind: server',
    to: 'kind: «sever',
    path: 'subjects.crm.kind',
    says: 'sever is none of',
    hint: 'Did you mean server?',
  },
  {
    name: 'a baud rate that no wire has',
    from: '"rtu:/dev/ttyUSB1" }',
    to: '"rtu:/dev/ttyUSB1", baud: «9601 }',
    path: 'buses.rs485.baud',
    says: '9601 is none of',
    hint: 'Did you mean 9600?',
  },
  { name: 'a missing key', from: ', trunk: "020-5"', to: '', path: 'lines.L05', says: 'trunk is missing' },
  { name: 'no room id', from: '  id: gz-120\n', to: '', path: 'room', says: 'id is missing' },
  {
    name: 'a room id that no topic takes',
    from: 'id: gz-120',
    to: 'id: «GZ/120',
    path: 'room.id',
    says: 'a-z, 0-9 and -',
  },
  {
    name: 'a name with a blank',
    from: '  arrester:',
    to: '  «"arrester 1":',
    path: 'points.arrester 1',
    says: 'arrester 1 cannot be a name',
    hint: 'begins with a letter',
  },
  {
    name: 'a reserved name',
    from: '  arrester:',
    to: '  «constructor:',
    path: 'points.constructor',
    says: 'the name constructor is reserved',
  },
  {
    name: 'a phone number that YAML takes for a number',
    from: 'phone: "8005"',
    to: 'phone: «0805',
    path: 'lines.L05.phone',
    says: '0805 is not a text',
    hint: 'Put it in quotes: "0805".',
  },
  {
    name: 'an empty section',
    from: 'bypass: { confirm: 3s }',
    to: '«bypass:',
    path: 'bypass',
    says: 'nothing stands here',
  },
  {
    name: 'a list where keys belong',
    from: 'bypass: { confirm: 3s }',
    to: 'bypass: «[confirm]',
    path: 'bypass',
    says: 'it takes a section of keys',
  },
  {
    name: 'an empty serial number',
    from: 'b.key }',
    to: 'b.key, serial-number: «"" }',
    path: 'buses.card-b.serial-number',
    says: 'must not be empty',
  },
  {
    name: 'no evidence',
    from: 'evidence: [{ ping: 10.0.0.1 }]',
    to: 'evidence: «[]',
    path: 'subjects.lan.evidence',
    says: 'must not be empty',
  },
  {
    name: 'evidence of an unknown kind',
    from: '[{ ping: 10.0.0.1 }]',
    to: '[{ «pign: 10.0.0.1 }]',
    path: 'subjects.lan.evidence[0].pign',
    says: 'there is no key pign',
    hint: 'Did you mean ping?',
  },
  {
    name: 'the second evidence of a list',
    from: '{ ping: 10.0.0.11 }',
    to: '{ ping: 10.0.0.11, «evry: 5s }',
    path: 'subjects.crm.evidence[1].evry',
    says: 'there is no key evry',
    hint: 'Did you mean every?',
  },
  {
    name: 'a limit of trips',
    from: 'confirm: 3s',
    to: '«trips-per-hour: 4',
    path: 'bypass.trips-per-hour',
    says: 'there is no key',
    hint: 'A trip is never refused',
  },
  {
    name: 'a password in the file',
    from: ':8883" }',
    to: ':8883", «password: secret }',
    path: 'report.mqtt.password',
    says: 'there is no key password',
    hint: 'password-file',
  },

  // ---- limits and forms
  {
    name: 'a duration without a unit',
    from: 'confirm: 3s',
    to: 'confirm: «3',
    path: 'bypass.confirm',
    says: '3 is not a text',
  },
  {
    name: 'a duration with an unknown unit',
    from: 'confirm: 3s',
    to: 'confirm: «3sec',
    path: 'bypass.confirm',
    says: 'a duration such as',
  },
  {
    name: 'a confirm that is too long',
    from: 'confirm: 3s',
    to: 'confirm: «61s',
    path: 'bypass.confirm',
    says: '61s is outside 1s–1m',
    hint: 'The default is 3s.',
  },
  {
    name: 'a busy-cap beyond the call-cap',
    from: 'confirm: 3s',
    to: 'busy-cap: «2m, call-cap: 1m',
    path: 'bypass.busy-cap',
    says: 'busy-cap (2m) must not be longer than call-cap (1m)',
  },
  {
    name: 'a ring-limit beyond the probation',
    from: 'confirm: 3s',
    to: 'ring-limit: «30s, prove: 20s',
    path: 'bypass.ring-limit',
    says: 'must not be longer than prove',
  },
  {
    name: 'no restores at all',
    from: 'confirm: 3s',
    to: 'restores-per-hour: «0',
    path: 'bypass.restores-per-hour',
    says: '0 is outside 1–12',
  },
  {
    name: 'recordings that are thrown away',
    from: 'keep: 400d',
    to: 'keep: «29d',
    path: 'recorder.keep',
    says: '29d is outside 30d–3650d',
  },
  {
    name: 'recordings kept less than a year',
    from: 'keep: 400d',
    to: 'keep: «364d',
    path: 'recorder.keep',
    says: 'less than a year',
    severity: 'warning',
  },
  {
    name: 'recording by a timetable that does not exist',
    from: 'keep: 400d',
    to: 'start: «schedule',
    path: 'recorder.start',
    says: 'nothing would be recorded',
  },
  {
    name: 'a card on a serial wire that waits too long',
    from: '"serial:/dev/ttyUSB0" }',
    to: '"serial:/dev/ttyUSB0", host-lost: «11s }',
    path: 'buses.card-a.host-lost',
    says: 'a card on a serial link takes 5s–10s',
  },
  {
    name: 'a card on TCP that waits too long',
    from: 'key-file: b.key',
    to: 'key-file: b.key, host-lost: «31s',
    path: 'buses.card-b.host-lost',
    says: '31s is outside 5s–30s',
  },
  {
    name: 'a card that gives a restart no time',
    from: 'key-file: b.key',
    to: 'key-file: b.key, host-lost: «4s',
    path: 'buses.card-b.host-lost',
    says: '4s is outside 5s–30s',
  },
  {
    name: 'a link of no known form',
    from: '"tcp://10.0.0.21:7100"',
    to: '«10.0.0.21:7100',
    path: 'buses.card-b.line-card',
    says: '"serial:/dev/…" or "tcp://host:port"',
  },
  {
    name: 'a port that does not exist',
    from: '10.0.0.21:7100',
    to: '10.0.0.21:70000',
    path: 'buses.card-b.line-card',
    says: 'the port (1 to 65535) is wrong',
  },
  {
    name: 'an address that does not exist',
    from: '"10.0.0.11:5432"',
    to: '«"10.0.0.256:5432"',
    path: 'subjects.crm.evidence[0].tcp',
    says: 'the address or the port',
  },
  {
    name: 'a host that would be an option of ping',
    from: 'ping: 10.0.0.1 }',
    to: 'ping: «-f }',
    path: 'subjects.lan.evidence[0].ping',
    says: 'a host or address',
  },
  {
    name: 'a doubt slower than the calm',
    from: '5060" }',
    to: '5060", every: 5s, suspect: «6s }',
    path: 'subjects.pbx.evidence[2].suspect',
    says: 'suspect must not be longer than every',
  },
  {
    name: 'a time-out longer than the period',
    from: '5432" }',
    to: '5432", every: 2s, timeout: «3s }',
    path: 'subjects.crm.evidence[0].timeout',
    says: 'timeout must not be longer than every',
  },
  {
    name: 'a zone that does not exist',
    from: '  id: gz-120\n',
    to: '  id: gz-120\n  timezone: «Asia/Beijing\n',
    path: 'room.timezone',
    says: 'there is no time zone Asia/Beijing',
    hint: 'Asia/Shanghai',
  },
  {
    name: 'a misspelt zone',
    from: '  id: gz-120\n',
    to: '  id: gz-120\n  timezone: «Asia/Shangai\n',
    path: 'room.timezone',
    says: 'there is no time zone',
    hint: 'Did you mean Asia/Shanghai?',
  },

  // ---- terminals
  {
    name: 'one pin used twice',
    from: 'output: pi/24',
    to: 'output: «pi/23',
    path: 'points.beacon.output',
    says: 'pi/23 is already used by points.horn (line 10)',
    hint: 'Free pins that are safe for relays: 16, 17, 21, 24, 27.',
  },
  {
    name: 'a pin that is an input too',
    from: 'input: pi/20',
    to: 'input: «pi/25',
    path: 'points.silence.input',
    says: 'pi/25 is already used by points.healthy (line 12)',
  },
  {
    name: 'a pin that is pulled up at power-on',
    from: 'output: pi/23',
    to: 'output: «pi/5',
    path: 'points.horn.output',
    says: 'BCM 5 is not safe for a relay',
    hint: '16, 17, 21, 23, 27',
  },
  {
    name: 'an input on the UART',
    from: 'input: pi/20',
    to: 'input: «pi/15',
    path: 'points.silence.input',
    says: 'BCM 15 is shared',
    severity: 'warning',
  },
  {
    name: 'a pin that the header does not have',
    from: 'output: pi/23',
    to: 'output: «pi/28',
    path: 'points.horn.output',
    says: 'pi/0 to pi/27',
  },
  {
    name: 'a bus that does not exist',
    from: 'channel: card-b/1',
    to: 'channel: «card-c/1',
    path: 'lines.L05.channel',
    says: 'there is no line card named card-c',
    hint: 'Did you mean card-a?',
  },
  {
    name: 'a line on the pins',
    from: 'channel: card-b/1',
    to: 'channel: «pi/16',
    path: 'lines.L05.channel',
    says: "pi is the Pi's pins; here it takes a line card",
  },
  {
    name: 'a ninth channel',
    from: 'channel: card-b/1',
    to: 'channel: «card-b/9',
    path: 'lines.L05.channel',
    says: 'a line card has 1 to 8 only',
  },
  {
    name: 'a relay where a channel belongs',
    from: 'channel: card-b/1',
    to: 'channel: «card-b/relay2',
    path: 'lines.L05.channel',
    says: 'a channel of a line card is written card-b/1 to card-b/8',
  },
  {
    name: 'one channel for two lines',
    from: 'channel: card-b/1',
    to: 'channel: «card-a/4',
    path: 'lines.L05.channel',
    says: 'card-a/4 is already used by lines.L01-L04 (line 18)',
    hint: 'Free on card-a: card-a/5, card-a/6, card-a/7, card-a/8.',
  },
  {
    name: 'one relay for two lines',
    from: 'bypass: card-b/relay1',
    to: 'bypass: «card-a/relay1',
    path: 'lines.L05.bypass',
    says: 'card-a/relay1 is already used by lines.L01-L04 (line 18)',
    hint: 'Free on card-a: card-a/relay5',
  },
  {
    name: 'a range that does not match',
    from: 'channel: card-a/1..4',
    to: 'channel: «card-a/1..3',
    path: 'lines.L01-L04.channel',
    says: 'L01-L04 is 4 lines, card-a/1..3 is 3',
    hint: 'card-a/1..4',
  },
  {
    name: 'relays that do not match',
    from: 'bypass: card-a/relay1..4',
    to: 'bypass: «card-a/relay1',
    path: 'lines.L01-L04.bypass',
    says: 'L01-L04 is 4 lines, card-a/relay1 is 1',
    hint: 'card-a/relay1..4',
  },
  {
    name: 'a range that runs down',
    from: 'channel: card-a/1..4',
    to: 'channel: «card-a/4..1',
    path: 'lines.L01-L04.channel',
    says: 'the range 4..1 runs down',
    hint: 'Write 1..4.',
  },
  {
    name: 'a relay on the Pi without a pump',
    from: 'bypass: card-b/relay1',
    to: 'bypass: «pi/16',
    path: 'lines.L05.bypass',
    says: 'pi has no charge pump',
    hint: 'buses.pi (line 8)',
  },
  {
    name: 'a mirror contact of a relay that a card proves',
    from: 'bypass: card-b/relay1',
    to: 'bypass: card-b/relay1, read-back: «pi/5',
    path: 'lines.L05.read-back',
    says: 'belongs to a bypass relay on the same pins',
    hint: 'leave read-back out',
  },
  {
    name: 'a mirror contact on a line card',
    from: 'bypass: card-b/relay1',
    to: 'bypass: card-b/relay1, read-back: «card-b/in1',
    path: 'lines.L05.read-back',
    says: "card-b is a line card; here it takes the Pi's pins",
  },
  {
    name: 'two buses on one wire',
    from: '"rtu:/dev/ttyUSB1"',
    to: '«"rtu:/dev/ttyUSB0"',
    path: 'buses.rs485.modbus',
    says: '/dev/ttyUSB0 is the same wire as buses.card-a (line 5)',
  },
  {
    name: 'a speed for TCP',
    from: 'key-file: b.key',
    to: 'key-file: b.key, «baud: 9600',
    path: 'buses.card-b.baud',
    says: 'neither speed nor parity',
    severity: 'warning',
  },
  {
    name: 'a card on TCP without a key',
    from: '"tcp://10.0.0.21:7100", key-file: b.key',
    to: '«"tcp://10.0.0.21:7100"',
    path: 'buses.card-b.line-card',
    says: 'anybody on that network can command its relays',
    hint: 'private link',
    severity: 'warning',
  },
  {
    name: 'a bus that nothing uses',
    from: '  pi: { gpio: auto }',
    to: '  pi: { gpio: auto }\n  «spare: { serial: /dev/ttyS0 }',
    path: 'buses.spare',
    says: 'no point, line, evidence or control uses it',
    severity: 'note',
  },

  // ---- lines
  {
    name: 'a range with unequal digits',
    from: '  L05: {',
    to: '  «L5-L05: {',
    path: 'lines.L5-L05',
    says: 'unequal digits',
    hint: 'Did you mean L05-L05?',
  },
  {
    name: 'a range without its second name',
    from: '  L05: {',
    to: '  «L05-05: {',
    path: 'lines.L05-05',
    says: 'its ends have different names',
    hint: 'Did you mean L05-L05?',
  },
  {
    name: 'a line that is in a range already',
    from: '  L05: {',
    to: '  «L04: {',
    path: 'lines.L04',
    says: 'L04 stands already in lines.L01-L04 (line 18)',
  },
  {
    name: 'a template that is none',
    from: 'phone: "80{nn}"',
    to: 'phone: «"80{x}"',
    path: 'lines.L01-L04.phone',
    says: 'braces hold {n}, {nn} or {nnn} only',
  },
  {
    name: 'one phone for two lines',
    from: 'phone: "8005"',
    to: 'phone: «"8004"',
    path: 'lines.L05.phone',
    says: 'phone 8004 stands also at lines.L01-L04 (line 18)',
    severity: 'warning',
  },
  {
    name: 'one phone for a whole range',
    from: 'phone: "80{nn}"',
    to: 'phone: «"8000"',
    path: 'lines.L01-L04.phone',
    says: 'every line of the range has the phone 8000',
    severity: 'warning',
  },
  {
    name: 'a key written twice',
    from: line5,
    to: `${line5}\n  «${line5}`,
    path: '',
    says: 'the same key stands here twice',
  },

  // ---- points
  {
    name: 'a bypass key that a cut wire hides',
    from: 'role: bypass-key',
    to: 'role: bypass-key, contact: «normally-open',
    path: 'points.key.contact',
    says: 'must be normally closed',
  },
  {
    name: 'a severity of a button',
    from: 'role: silence-button',
    to: 'role: silence-button, «severity: minor',
    path: 'points.silence.severity',
    says: 'a button raises no alarm',
    severity: 'warning',
  },
  {
    name: 'no horn',
    from: 'role: horn',
    to: 'role: lamp',
    path: 'points',
    says: 'no output with role: horn',
    severity: 'warning',
  },
  {
    name: 'no healthy output',
    from: 'role: healthy',
    to: 'role: lamp',
    path: 'points',
    says: 'no output with role: healthy',
    severity: 'warning',
  },

  // ---- subjects
  {
    name: 'a point that does not exist',
    from: 'point: pbx-alarm',
    to: 'point: «pbx-alram',
    path: 'subjects.pbx.evidence[0].point',
    says: 'there is no point named pbx-alram',
    hint: 'Did you mean pbx-alarm?',
  },
  {
    name: 'a button as evidence',
    from: 'point: pbx-alarm',
    to: 'point: «silence',
    path: 'subjects.pbx.evidence[0].point',
    says: 'silence is a silence-button',
  },
  {
    name: 'an output as evidence',
    from: 'point: pbx-alarm',
    to: 'point: «horn',
    path: 'subjects.pbx.evidence[0].point',
    says: 'horn is a horn',
  },
  {
    name: 'a contact that a cut wire hides',
    from: 'contact: normally-closed',
    to: 'contact: normally-open',
    path: 'subjects.pbx.evidence[0].point',
    says: 'with its wire cut no fault is ever seen',
    severity: 'warning',
  },
  {
    name: 'a line that does not exist',
    from: 'lines: all',
    to: 'lines: [L01, «L06]',
    path: 'subjects.pbx.evidence[1].lines[1]',
    says: 'there is no line L06',
    hint: 'Did you mean L01?',
  },
  {
    name: 'a subject that does not exist',
    from: 'depends-on: [lan]',
    to: 'depends-on: [«lna]',
    path: 'subjects.crm.depends-on[0]',
    says: 'there is no subject named lna',
    hint: 'Did you mean lan?',
  },
  {
    name: 'subjects that depend on each other',
    from: 'kind: network, ',
    to: 'kind: network, depends-on: [crm], ',
    path: 'subjects.crm.depends-on',
    says: 'it depends on itself: crm → lan → crm',
  },
  {
    name: 'a model that there is no map for',
    from: 'model: huawei-ups2000',
    to: 'model: «huawei-ups200',
    path: 'subjects.ups.evidence[0].model',
    says: 'there is no model huawei-ups200',
    hint: 'Did you mean huawei-ups2000?',
  },
  {
    name: 'a UPS on a card',
    from: 'ups: rs485/1',
    to: 'ups: «card-a/1',
    path: 'subjects.ups.evidence[0].ups',
    says: 'card-a is a line card; here it takes a Modbus line',
  },
  {
    name: 'a unit that Modbus does not have',
    from: 'ups: rs485/1',
    to: 'ups: «rs485/248',
    path: 'subjects.ups.evidence[0].ups',
    says: 'a unit is 1 to 247, not 248',
  },
  {
    name: 'a PBX down by one source',
    from: 'kind: pbx',
    to: 'kind: pbx\n    down-when: «1',
    path: 'subjects.pbx.down-when',
    says: 'two domains at least',
  },
  {
    name: 'more sources than there are',
    from: 'depends-on: [lan]',
    to: 'down-when: «3',
    path: 'subjects.crm.down-when',
    says: 'only 2 of its sources can speak',
  },
  {
    name: 'a second PBX',
    from: 'kind: server',
    to: 'kind: «pbx',
    path: 'subjects.crm.kind',
    says: 'a room has one PBX; pbx is it already',
  },
  {
    name: 'evidence from one domain',
    from: '      - { lines: all }\n      - { sip-options: "sip:10.0.0.2:5060" }\n',
    to: '',
    path: 'subjects.pbx.evidence',
    says: 'automatic trip not possible: evidence of two domains is needed, there is only wire',
    hint: 'lines: all',
    severity: 'warning',
  },
  {
    name: 'no PBX at all',
    from: 'kind: pbx',
    to: 'kind: server',
    path: 'subjects',
    says: 'automatic trip not possible: no subject with kind: pbx',
    severity: 'warning',
  },

  // ---- settings
  {
    name: 'reports in the clear',
    from: '"mqtts://',
    to: '"mqtt://',
    path: 'report.mqtt.broker',
    says: 'not encrypted',
    severity: 'warning',
  },
  {
    name: 'bypass commands without a way',
    from: 'report: { mqtt: { broker: "mqtts://centre.example:8883" } }',
    to: 'report: { «allow-bypass: true }',
    path: 'report.allow-bypass',
    says: 'without mqtt',
    severity: 'warning',
  },
  {
    name: 'a panel for the whole network',
    from: 'recorder: {',
    to: 'http: { host: «0.0.0.0 }\nrecorder: {',
    path: 'http.host',
    says: 'listens on this machine only',
  },
  {
    name: 'a port that is none',
    from: 'recorder: {',
    to: 'http: { port: «65536 }\nrecorder: {',
    path: 'http.port',
    says: '65536 is outside 1–65535',
  },

  // ---- call records
  {
    name: 'listening for records from anybody',
    from: '  pi: { gpio: auto }',
    to: '  pi: { gpio: auto }\n  smdr: { serial: «"tcp-listen://:7001" }',
    path: 'buses.smdr.serial',
    says: 'tcp-listen needs from, the address of the switch',
    hint: 'from: 10.0.0.2',
  },
  {
    name: 'a peer that is no address',
    from: '  pi: { gpio: auto }',
    to: '  pi: { gpio: auto }\n  smdr: { serial: "tcp-listen://:7001", from: «10.0.0.300 }',
    path: 'buses.smdr.from',
    says: '10.0.0.300',
  },
  {
    name: 'a port to listen on that does not exist',
    from: '  pi: { gpio: auto }',
    to: '  pi: { gpio: auto }\n  smdr: { serial: «"tcp-listen://:70010", from: 10.0.0.2 }',
    path: 'buses.smdr.serial',
    says: 'the address or the port (1 to 65535) is wrong',
  },
  {
    name: 'four lines of one name in the records',
    from: 'trunk: "020-{n}", phone',
    to: 'trunk: "020-{n}", record-trunk: «"LINE 1", phone',
    path: 'lines.L01-L04.record-trunk',
    says: 'L02 and L01 have one name in the call records: LINE 1',
    hint: '{n}',
  },

  // ---- what YAML itself refuses
  { name: 'a tab', from: '  card-a: {', to: '«\tcard-a: {', path: '', says: 'a tab is used to indent' },
  {
    name: 'an alias without its anchor',
    from: 'confirm: 3s',
    to: 'confirm: «*none',
    path: '',
    says: 'an alias (*) without its anchor',
  },
];

/** Where the mark stands; without one, the nearest thing in the file that the path names (found by hand below). */
function marked(
  words: string,
): { readonly words: string; readonly line: number; readonly column: number } | undefined {
  const offset = words.indexOf('«');
  if (offset < 0) return undefined;
  const before = words.slice(0, offset);
  return {
    words: words.replace('«', ''),
    line: before.split('\n').length,
    column: offset - before.lastIndexOf('\n'),
  };
}

/** Places of those slips that consist in something missing or standing elsewhere. */
const placeOf: Readonly<Record<string, string>> = {
  'a missing key': '19:8',
  'no room id': '2:3',
  'a port that does not exist': '6:24',
  'no horn': '9:1',
  'no healthy output': '9:1',
  'a contact that a cut wire hides': '24:18',
  'subjects that depend on each other': '27:96',
  'evidence from one domain': '24:7',
  'no PBX at all': '20:1',
  'reports in the clear': '32:27',
};

test('the sound room has no problem', () => {
  assert.equal(loadRoom(base, 'room.yaml', { upsModels }).problems, []);
});

for (const bad of table) {
  test(`${bad.name}: told at its place, and nothing else`, () => {
    const slipped = spoilt(bad.from, bad.to);
    const whole = bad.more === undefined ? slipped : slipped.replace(bad.more[0], bad.more[1]);
    const mark = marked(whole);
    const words = mark?.words ?? whole;
    const place = mark === undefined ? placeOf[bad.name] : `${mark.line}:${mark.column}`;
    const { room, problems } = loadRoom(words, 'room.yaml', { upsModels });
    const severity = bad.severity ?? 'error';
    const told = problems.map((p) => `${p.severity} ${p.line}:${p.column} ${p.path}: ${p.message.en}`);
    assert.is(problems.length, 1, told.join('\n'));
    const [problem] = problems;
    assert.ok(problem !== undefined);
    assert.is(problem.severity, severity);
    assert.is(`${problem.line}:${problem.column}`, place, told[0]);
    assert.is(problem.path, bad.path);
    assert.is(problem.file, 'room.yaml');
    assert.ok(problem.message.en.includes(bad.says), problem.message.en);
    assert.ok(problem.message.zh.length > 0 && problem.message.zh !== problem.message.en);
    if (bad.hint !== undefined) assert.ok(problem.hint?.en.includes(bad.hint), problem.hint?.en ?? 'no hint');
    assert.is(room === undefined, severity === 'error');
    assert.equal(accepted(words, upsModels), room, 'a start takes in exactly what check lets pass');
  });
}

test('keys that mean nothing for such a link of the records are told, and do not stop the room', () => {
  for (const [bus, path, says] of [
    ['cdr: { serial: "file:/var/log/cdr.csv", baud: 9600 }', 'buses.cdr.baud', 'neither speed nor parity'],
    ['smdr: { serial: /dev/ttyUSB2, from: 10.0.0.2 }', 'buses.smdr.from', 'from is only for tcp-listen'],
  ] as const) {
    const { room, problems } = loadRoom(
      spoilt('  pi: { gpio: auto }', `  pi: { gpio: auto }\n  ${bus}`),
      'room.yaml',
      {
        upsModels,
      },
    );
    assert.ok(room !== undefined);
    const [warning, ...more] = problems.filter(({ severity }) => severity === 'warning');
    assert.is(warning?.path, path);
    assert.ok(warning?.message.en.includes(says) === true);
    assert.is(more.length, 0);
  }
});

test('a record format that is none is told with the nearest one', () => {
  const words = spoilt(
    '  pi: { gpio: auto }',
    '  pi: { gpio: auto }\n  smdr: { serial: /dev/ttyUSB2 }',
  ).replace(
    '      - { lines: all }\n',
    '      - { lines: all }\n      - { call-records: smdr, format: avaya-ipoffice }\n',
  );
  const pbxFormats = ['avaya-ip-office', 'mitel-3300'];
  const { room, problems } = loadRoom(words, 'room.yaml', { upsModels, pbxFormats });
  assert.is(room, undefined);
  assert.equal(
    problems.map(({ path, message, hint }) => [path, message.en, hint?.en]),
    [
      [
        'subjects.pbx.evidence[2].format',
        'there is no record format avaya-ipoffice in config/pbx/',
        'Did you mean avaya-ip-office?',
      ],
    ],
  );
});

test('the table is as long as it must be', () => {
  assert.ok(table.length >= 40);
  assert.is(new Set(table.map(({ name }) => name)).size, table.length);
});

test.run();
