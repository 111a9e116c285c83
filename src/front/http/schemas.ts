/** The API's vocabulary as JSON Schema: requests are checked against it, answers are documented (and tested) by it. */
import { Type } from '@sinclair/typebox';
import type { TSchema } from '@sinclair/typebox';
import { commandSchema } from '../command-schema.ts';

const words = (...values: readonly string[]) => Type.Unsafe<string>({ type: 'string', enum: values });
const wall = (description: string) => Type.Integer({ description: `${description} (UTC ms)` });
const nullable = (schema: TSchema) => Type.Union([schema, Type.Null()]);

const text = Type.Object({ zh: Type.String(), en: Type.String() });
const bypassOfRoom = words('steady', 'confirming', 'tripped', 'held', 'settling', 'restoring');
const bypassOfLine = words(
  'none',
  'normal',
  'waiting',
  'releasing',
  'bypass',
  'operating',
  'proving',
  'exercising',
  'stuck',
  'open',
  'locked',
  'unreachable',
);
const direction = words('incoming', 'outgoing', 'found');

const exercise = Type.Optional(
  Type.Object({ at: wall('When it was over'), passed: Type.Boolean(), why: text }),
);
const times = Type.Object({
  moves: Type.Integer({ description: 'Moves that were timed' }),
  firstMs: Type.Optional(Type.Number({ description: 'Median of the first moves' })),
  nowMs: Type.Optional(Type.Number({ description: 'Median of the newest moves' })),
});

const explained = Type.Optional(
  Type.Object(
    { why: text, next: text, nextAt: Type.Optional(wall('When time alone brings it')) },
    { description: 'Why the bypass stands so, and what moves it next.' },
  ),
);
const line = Type.Object({
  id: Type.String(),
  trunk: Type.String(),
  phone: Type.String(),
  signal: words('idle', 'ringing', 'off-hook', 'dead', 'unknown'),
  bypass: bypassOfLine,
  explained,
  recording: Type.Boolean(),
  volts: Type.Number(),
  call: Type.Optional(
    Type.Object({
      id: Type.String(),
      direction,
      startedAt: wall('First sign of the call'),
      answeredAt: Type.Optional(wall('Answered')),
    }),
  ),
  liftPhone: Type.Optional(Type.String({ description: 'A call was cut over: lift this phone.' })),
  exercise: Type.Optional(
    Type.Object(
      { relay: exercise, phone: exercise },
      { description: 'The newest exercise of the relay alone, and with somebody at the phone.' },
    ),
  ),
  relay: Type.Optional(
    Type.Object(
      { operate: times, release: times, isSlow: Type.Boolean() },
      { description: 'How long the changeover relay takes to move, as its card times it.' },
    ),
  ),
});
const subject = Type.Object({
  id: Type.String(),
  kind: words('pbx', 'server', 'terminal', 'network', 'ups', 'room', 'line', 'linekeeper'),
  verdict: words('up', 'degraded', 'down', 'unknown'),
  why: text,
  change: text,
  since: wall('Since when'),
  hiddenBy: Type.Optional(Type.String({ description: 'Unreachable: the subject that hides it.' })),
  flapping: Type.Optional(Type.Literal(true)),
  maintenance: Type.Optional(Type.Object({ until: wall('Its end'), by: Type.String(), reason: text })),
  sources: Type.Array(
    Type.Object({
      id: Type.String(),
      name: text,
      domain: Type.String(),
      weight: words('proof', 'hint'),
      says: words('up', 'down', 'unknown'),
      at: Type.Optional(wall('Newest news')),
      vetoes: Type.Optional(Type.Literal(true)),
      reason: text,
    }),
  ),
});
const threshold = Type.Object({ when: words('>', '<'), value: Type.Number() });
const reading = Type.Object({
  id: Type.String(),
  name: text,
  subject: Type.Optional(Type.String({ description: 'The UPS that it is of.' })),
  value: Type.Optional(Type.Number({ description: 'Absent: not known.' })),
  unit: Type.String(),
  state: words('ok', 'warn', 'critical', 'unknown'),
  at: Type.Optional(wall('Newest news')),
  warn: Type.Optional(threshold),
  critical: Type.Optional(threshold),
  step: Type.Number({ description: 'Less than this is no change worth a message.' }),
  counted: Type.Optional(Type.Integer({ description: 'Of a counter: since a person reset it.' })),
  reason: Type.Optional(text),
});
const control = Type.Object({
  id: Type.String(),
  name: text,
  kind: words('pulse', 'hold', 'serial'),
  on: Type.Boolean({ description: 'Energised now.' }),
  busy: Type.Boolean({ description: 'An order is under way.' }),
  readBack: words('none', 'agrees', 'differs', 'unknown'),
  values: Type.Record(Type.String(), Type.Array(Type.String())),
});
const thread = Type.Object({
  name: words('guard', 'recorder', 'archive', 'front', 'probes'),
  state: words('starting', 'running', 'restarting', 'failed'),
  restarts: Type.Integer(),
  lagMs: Type.Number(),
  memoryMB: Type.Number(),
});
const loop = Type.Object(
  {
    worstMs: Type.Integer(),
    upToMs: Type.Array(Type.Integer(), { description: 'Upper ends of the classes.' }),
    counts: Type.Array(Type.Integer(), { description: 'Ticks of each class; one more than the ends.' }),
  },
  { description: 'How late the ticks of the guard came in the last minute.' },
);
const powerCut = Type.Object(
  {
    phase: words('ready', 'on-battery', 'ended', 'returning', 'restarting', 'checking'),
    cutAt: Type.Optional(wall('Beginning of the cut')),
    phaseAt: Type.Optional(wall('Beginning of the phase')),
    runtimeS: Type.Optional(Type.Integer({ description: 'Least of all UPSes on battery.' })),
    isLow: Type.Boolean(),
    stages: Type.Array(
      Type.Object({
        number: Type.Integer(),
        when: text,
        dueAt: Type.Optional(wall('Its condition was met')),
        steps: Type.Array(
          Type.Object({
            id: Type.String(),
            what: text,
            state: words(
              'pending',
              'waiting',
              'asked',
              'open',
              'done',
              'failed',
              'waived',
              'back',
              'impossible',
            ),
            isForPeople: Type.Boolean(),
            at: Type.Optional(wall('Last change')),
            by: Type.Optional(Type.String()),
            reason: Type.Optional(text),
          }),
        ),
      }),
    ),
    groups: Type.Array(Type.String()),
    checks: Type.Array(
      Type.Object({
        subject: Type.String(),
        name: text,
        state: words('awaited', 'seen', 'waived'),
        by: Type.Optional(Type.String()),
        reason: Type.Optional(Type.String()),
      }),
    ),
    mayClear: Type.Boolean(),
    formsOwed: Type.Boolean(),
  },
  { description: 'The power-cut plan; absent where the room file has none.' },
);
export const status = Type.Object({
  at: wall('When the guard told this'),
  version: Type.String(),
  timezone: Type.String(),
  language: words('zh', 'en'),
  room: Type.Object({ id: Type.String(), name: text, bypass: bypassOfRoom, explained }),
  lines: Type.Array(line),
  subjects: Type.Array(subject),
  readings: Type.Array(reading),
  alarms: Type.Object({ standing: Type.Integer(), unacknowledged: Type.Integer() }),
  controls: Type.Array(control),
  threads: Type.Array(thread),
  loop,
  cards: Type.Array(
    Type.Object({
      id: Type.String(),
      link: Type.String(),
      serialNumber: Type.String(),
      coilSupply: Type.Boolean(),
      bypassKey: Type.String(),
    }),
  ),
  bypassCalls: Type.Object(
    { total: Type.Integer(), latest: Type.Integer() },
    { description: 'Calls held over a seat phone: in all, and since the room went to bypass last.' },
  ),
  horn: Type.Boolean(),
  healthy: Type.Boolean(),
  powerCut: Type.Optional(powerCut),
});
export const health = Type.Object({
  alive: Type.Literal(true),
  /** Age of the newest word of the guard. */
  ageMs: nullable(Type.Integer()),
  loop: nullable(loop),
});

const alarm = Type.Object({
  id: Type.String(),
  severity: words('critical', 'major', 'minor', 'warning'),
  condition: words('clear', 'rising', 'active', 'falling', 'unknown'),
  ack: words('none', 'unacked', 'acked'),
  latched: Type.Boolean(),
  sounds: Type.Boolean(),
  what: text,
  effect: text,
  action: text,
  since: wall('First sign of it'),
  firstOut: Type.Optional(Type.Literal(true)),
  suppressions: Type.Array(
    Type.Object({
      kind: words('shelved', 'by-design', 'out-of-service'),
      until: Type.Optional(wall('Its end')),
      by: Type.Optional(Type.String()),
      reason: Type.Optional(Type.String()),
      permit: Type.Optional(Type.String()),
      cause: Type.Optional(Type.String()),
      root: Type.Optional(Type.String()),
    }),
  ),
  escalation: Type.Optional(
    Type.Object(
      { level: Type.Integer(), times: Type.Integer() },
      { description: 'Nobody acknowledged it: the level that was told, and how often.' },
    ),
  ),
  root: Type.Optional(Type.String({ description: 'Id of the alarm that explains this one.' })),
  consequences: Type.Optional(
    Type.Object({
      count: Type.Integer({ description: 'Subjects that it hides.' }),
      subjects: Type.Array(Type.String(), { description: 'The first of them.' }),
    }),
  ),
  raisedAt: wall('Raised'),
  changedAt: wall('Last change'),
  clearedAt: Type.Optional(wall('Cleared')),
  ackedBy: Type.Optional(Type.String()),
  count: Type.Integer(),
});
const pbxSays = Type.Optional(
  Type.Object(
    {
      certainty: words('certain', 'ambiguous'),
      extension: Type.Optional(Type.String()),
      number: Type.Optional(Type.String()),
      account: Type.Optional(Type.String()),
    },
    {
      description:
        'What the call record of the PBX says, where one is certainly of this call; ambiguous: it fits several, and says nothing.',
    },
  ),
);
const call = Type.Object({
  id: Type.String(),
  line: Type.String(),
  trunk: Type.String(),
  phone: Type.String(),
  direction,
  startedAt: wall('First sign of the call'),
  answeredAt: Type.Optional(wall('Answered')),
  answeredBy: Type.Optional(words('pbx', 'phone')),
  endedAt: Type.Optional(wall('Ended')),
  end: Type.Optional(words('released', 'abandoned', 'line-lost', 'link-lost', 'cut-over')),
  rings: Type.Integer(),
  digits: Type.String(),
  caller: Type.String(),
  bypass: Type.Boolean(),
});
export const recording = Type.Object({
  id: Type.String(),
  serial: Type.Integer({ description: 'Counts without gaps from 1.' }),
  line: Type.String(),
  call: Type.Optional(call),
  why: Type.String(),
  startedAt: wall('First sample'),
  endedAt: wall('Last sample'),
  durationMs: Type.Number(),
  bytes: Type.Integer(),
  sha256: Type.String(),
  codec: Type.Literal('opus'),
  lostSamples: Type.Integer(),
  recovered: Type.Boolean(),
  link: Type.String({ description: 'Link of the hash chain.' }),
  pbx: pbxSays,
  audio: Type.String({ description: 'Where the audio is.' }),
});
const page = (item: TSchema) =>
  Type.Object({
    items: Type.Array(item),
    next: nullable(Type.String({ description: 'Give this as `after` for the next page.' })),
  });
export const alarms = page(alarm);
export const calls = page(Type.Composite([call, Type.Object({ pbx: pbxSays })]));
export const recordings = page(recording);

export const recordCounts = Type.Object({
  certain: Type.Integer({ description: 'Certainly of one call.' }),
  ambiguous: Type.Integer({ description: 'Fits several calls: given to none.' }),
  none: Type.Integer({ description: 'Of no call that the lines saw.' }),
  waiting: Type.Integer({ description: 'Not judged yet.' }),
  unread: Type.Integer({ description: 'Lines that could not be read.' }),
});
const countedAlarm = Type.Object({ id: Type.String(), count: Type.Integer(), share: Type.Number() });
export const alarmReport = Type.Object({
  from: wall('Inclusive'),
  to: wall('Exclusive'),
  kpis: Type.Array(
    Type.Object({
      id: Type.String(),
      name: text,
      value: Type.Number(),
      unit: words('', '%', 'min'),
      target: text,
      met: Type.Optional(Type.Boolean({ description: 'Absent: nothing to judge.' })),
    }),
  ),
  floods: Type.Array(
    Type.Object({
      from: wall('Began'),
      to: wall('Ended'),
      count: Type.Integer(),
      peak: Type.Integer({ description: 'Most in ten minutes.' }),
    }),
  ),
  topTen: Type.Array(countedAlarm),
  bySeverity: Type.Object({
    critical: Type.Integer(),
    major: Type.Integer(),
    minor: Type.Integer(),
    warning: Type.Integer(),
  }),
  perDay: Type.Array(Type.Integer()),
  chattering: Type.Array(Type.String()),
  fleeting: Type.Array(countedAlarm),
  stale: Type.Array(Type.String()),
  people: Type.Array(
    Type.Object({
      name: Type.String(),
      acknowledged: Type.Integer(),
      shelved: Type.Integer(),
      medianMinutes: Type.Optional(Type.Number()),
    }),
  ),
});
export const reportQuery = Type.Object(
  {
    week: Type.Optional(Type.String({ maxLength: 8, description: '2026-W47, in the zone of the room.' })),
    from: Type.Optional(Type.String({ maxLength: 40, description: 'UTC ms or ISO 8601, inclusive.' })),
    to: Type.Optional(Type.String({ maxLength: 40, description: 'UTC ms or ISO 8601, exclusive.' })),
  },
  { additionalProperties: false },
);

const momentMax = 8_640_000_000_000_000;
export const since = Type.Object(
  { from: Type.Integer({ minimum: 0, maximum: momentMax, description: 'UTC ms, inclusive.' }) },
  { additionalProperties: false },
);

const pageLimitMax = 200;
export const archiveQuery = Type.Object(
  {
    line: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    number: Type.Optional(
      Type.String({ minLength: 3, maxLength: 32, description: 'Part of caller, called or trunk number.' }),
    ),
    from: Type.Optional(Type.String({ maxLength: 40, description: 'UTC ms or ISO 8601, inclusive.' })),
    to: Type.Optional(Type.String({ maxLength: 40, description: 'UTC ms or ISO 8601, exclusive.' })),
    limit: Type.Integer({ minimum: 1, maximum: pageLimitMax, default: 50 }),
    after: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  { additionalProperties: false },
);
export const byId = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }) });

export const problem = Type.Object({
  error: Type.Object({
    code: Type.String(),
    message: text,
    action: text,
    detail: Type.Optional(Type.String()),
  }),
});

export const commandRequest = Type.Object(
  {
    command: commandSchema,
    code: Type.Optional(
      Type.String({ maxLength: 64, description: 'The code that the program printed at start.' }),
    ),
    by: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'Who asks.' })),
    confirm: Type.Optional(Type.String({ maxLength: 64, description: 'Token of the first step.' })),
  },
  { additionalProperties: false },
);
export const commandDecided = Type.Object({ id: Type.String(), accepted: Type.Boolean(), text });
export const commandToConfirm = Type.Object({
  confirm: Type.Object({ token: Type.String(), text, expiresAt: wall('Valid until') }),
});
