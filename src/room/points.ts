/** The points of a room file: buttons, contacts, horn, lamps, the `healthy` output, polled values and sensors. */
import type {
  InputPoint,
  OutputPoint,
  Point,
  RegisterPoint,
  SensorPoint,
  Terminal,
  Threshold,
} from '../model/room.ts';
import { parseSensor, quantityOf } from '../model/sensor.ts';
import { text } from '../model/text.ts';
import type { Draft } from './schema.ts';
import { durationOr, nameText } from './reading.ts';
import type { Reading } from './reading.ts';
import { parseResistance, parseThreshold } from './short-forms.ts';
import { ohmsMax, ohmsMin, ohmsRatioMin } from './limits.ts';
import type { Terminals } from './terminals.ts';

type WrittenPoint = NonNullable<Draft['points']>[string];
type Written<K extends string> = Extract<WrittenPoint, Record<K, unknown>>;

export function readPoints(reading: Reading, terminals: Terminals): Map<string, Point> {
  const points = new Map<string, Point>();
  for (const [id, written] of Object.entries(reading.draft.points ?? {})) {
    const point =
      'input' in written
        ? readInput(id, written, reading, terminals)
        : 'output' in written
          ? readOutput(id, written, reading, terminals)
          : 'register' in written
            ? readRegister(id, written, reading, terminals)
            : readSensor(id, written, reading);
    if (point !== undefined) points.set(id, point);
  }
  tellMissingOutputs(reading, points);
  return points;
}

function readInput(
  id: string,
  written: Written<'input'>,
  { report }: Reading,
  terminals: Terminals,
): InputPoint | undefined {
  const { role = 'plain' } = written;
  const isButton = role.endsWith('-button');
  const isPulse = written.counter === true;
  const contact = written.contact ?? (isButton || isPulse ? 'normally-open' : 'normally-closed');
  if (role === 'bypass-key' && contact === 'normally-open') {
    report({
      severity: 'error',
      path: ['points', id, 'contact'],
      message: text(
        '旁路钥匙的触点必须常闭：断线须读作“已转动”',
        'the contact of the bypass key must be normally closed: a cut wire has to read as "turned"',
      ),
      hint: text('改用 normally-closed 的触点。', 'Wire a normally-closed contact.'),
    });
  }
  if (role !== 'plain' && isPulse) {
    report({
      severity: 'error',
      path: ['points', id, 'counter'],
      message: text('只有 role: plain 的输入能计数', 'only an input with role: plain counts'),
    });
  }
  if (isButton && written.severity !== undefined) {
    report({
      severity: 'warning',
      path: ['points', id, 'severity'],
      at: 'key',
      message: text('按钮不产生告警，severity 无作用', 'a button raises no alarm: severity has no effect'),
    });
  }
  const [terminal] = terminals.take(written.input, 'input', ['points', id, 'input']);
  return (
    terminal && {
      kind: 'input',
      id,
      name: nameText(written.name, id),
      terminal,
      role,
      contact,
      debounceMs: durationOr(written.debounce, 'point.debounce'),
      severity: written.severity ?? 'major',
      ...readSupervision(id, written, contact, terminal, report),
      ...(isPulse ? { counter: true } : {}),
    }
  );
}

/** 4.7 kΩ at the far end, and as much that the contact puts beside it: the values of `firmware-bridge/PROTOCOL.md`. */
const closedOhms = 2_350;
const openOhms = 4_700;

function readSupervision(
  id: string,
  { supervised }: Written<'input'>,
  contact: InputPoint['contact'],
  terminal: Terminal,
  report: Reading['report'],
): Pick<InputPoint, 'supervised'> {
  if (supervised === undefined) return {};
  const path = ['points', id, 'supervised'];
  if (terminal.kind === 'gpio') {
    report({
      severity: 'error',
      path,
      at: 'key',
      message: text(
        '树莓派引脚只有高低两个电平，不能监视线路',
        'a pin of the Pi knows high and low only: its wire cannot be supervised',
      ),
      hint: text(
        '接到线路卡的输入，或去掉 supervised。',
        'Wire it to an input of a line card, or leave supervised out.',
      ),
    });
    return {};
  }
  const isClosed = contact === 'normally-closed';
  const { normal, alarm } = supervised;
  const normalOhms = normal === undefined ? (isClosed ? closedOhms : openOhms) : parseResistance(normal);
  const alarmOhms = alarm === undefined ? (isClosed ? openOhms : closedOhms) : parseResistance(alarm);
  const outside = [normalOhms, alarmOhms].find((ohms) => ohms < ohmsMin || ohms > ohmsMax);
  const low = Math.min(normalOhms, alarmOhms);
  if (outside !== undefined)
    report({
      severity: 'error',
      path,
      message: text(
        `${outside} Ω 不在 ${ohmsMin} 至 ${ohmsMax} Ω 之间`,
        `${outside} ohms is not between ${ohmsMin} and ${ohmsMax}`,
      ),
      hint: text(
        '更小与短路、更大与断线分不清。',
        'Less cannot be told from a short, more not from a cut wire.',
      ),
    });
  else if (Math.max(normalOhms, alarmOhms) < ohmsRatioMin * low)
    report({
      severity: 'error',
      path,
      message: text(
        `${normalOhms} Ω 与 ${alarmOhms} Ω 太接近，分不清正常和动作`,
        `${normalOhms} and ${alarmOhms} ohms are too close: normal could not be told from alarm`,
      ),
      hint: text(`至少相差 ${ohmsRatioMin} 倍。`, `They must differ by ${ohmsRatioMin} times at least.`),
    });
  return { supervised: { normalOhms, alarmOhms } };
}

function readOutput(
  id: string,
  written: Written<'output'>,
  { report }: Reading,
  terminals: Terminals,
): OutputPoint | undefined {
  const { group, severity, subject } = written;
  if (written.role === 'load' && group === undefined)
    report({
      severity: 'error',
      path: ['points', id, 'role'],
      message: text('负载须写明 group', 'a load needs a group'),
      hint: text(
        '如 group: non-essential，停电预案按组切换。',
        'Write group: non-essential; the power-cut plan goes by groups.',
      ),
    });
  if (written.role !== 'load' && written.role !== 'lamp' && group !== undefined)
    report({
      severity: 'error',
      path: ['points', id, 'group'],
      at: 'key',
      message: text(
        '只有 role: load 或 lamp 的输出有 group',
        'only an output with role: load or lamp has a group',
      ),
    });
  for (const key of ['severity', 'subject'] as const)
    if (written.role !== 'lamp' && written[key] !== undefined)
      report({
        severity: 'error',
        path: ['points', id, key],
        at: 'key',
        message: text(`只有 role: lamp 的输出有 ${key}`, `only an output with role: lamp has ${key}`),
      });
  const [terminal] = terminals.take(written.output, 'output', ['points', id, 'output']);
  return (
    terminal && {
      kind: 'output',
      id,
      name: nameText(written.name, id),
      terminal,
      role: written.role ?? 'plain',
      ...(group === undefined ? {} : { group }),
      ...(severity === undefined ? {} : { severity }),
      ...(subject === undefined ? {} : { subject }),
      activeLow: written['active-low'] ?? false,
    }
  );
}

function readRegister(
  id: string,
  written: Written<'register'>,
  reading: Reading,
  terminals: Terminals,
): RegisterPoint | undefined {
  const terminal = terminals.register(written.register, ['points', id, 'register']);
  if (written.counter === true) tellCounter(id, written, reading);
  return (
    terminal && {
      kind: 'register',
      id,
      name: nameText(written.name, id),
      terminal,
      type: written.type ?? 's16',
      scale: written.scale ?? 1,
      unit: written.unit ?? '',
      ...readLimits(id, written, reading),
      everyMs: durationOr(written.every, 'register.every'),
      ...(written.counter === true ? { counter: true } : {}),
    }
  );
}

/** A count has no limits and no scale, and a sign would make its wrap-around a leap. */
function tellCounter(id: string, written: Written<'register'>, { report }: Reading): void {
  if (written.type !== 'u16' && written.type !== 'u32')
    report({
      severity: 'error',
      path: ['points', id, written.type === undefined ? 'counter' : 'type'],
      message: text('计数器须写 type: u16 或 u32', 'a counter has type: u16 or u32'),
    });
  for (const key of ['scale', 'warn', 'critical', 'deadband'] as const)
    if (written[key] !== undefined)
      report({
        severity: 'error',
        path: ['points', id, key],
        at: 'key',
        message: text(`计数器不用 ${key}`, `a counter has no ${key}`),
      });
}

function readSensor(id: string, written: Written<'sensor'>, reading: Reading): SensorPoint | undefined {
  const sensor = parseSensor(written.sensor);
  return (
    sensor && {
      kind: 'sensor',
      id,
      name: nameText(written.name, id),
      sensor,
      scale: written.scale ?? 1,
      offset: written.offset ?? 0,
      unit: written.unit ?? quantityOf(sensor).unit,
      ...readLimits(id, written, reading),
      everyMs: durationOr(written.every, 'sensor.every'),
    }
  );
}

function readLimits(
  id: string,
  written: Written<'register'> | Written<'sensor'>,
  { report }: Reading,
): { readonly warn?: Threshold; readonly critical?: Threshold; readonly deadband: number } {
  const warn = written.warn === undefined ? undefined : parseThreshold(written.warn);
  const critical = written.critical === undefined ? undefined : parseThreshold(written.critical);
  if (warn !== undefined && critical !== undefined) {
    const isReached = warn.when === '>' ? critical.value > warn.value : critical.value < warn.value;
    if (warn.when !== critical.when || !isReached) {
      report({
        severity: 'error',
        path: ['points', id, 'critical'],
        message: text(
          `critical（${written.critical ?? ''}）须比 warn（${written.warn ?? ''}）更远`,
          `critical (${written.critical ?? ''}) must lie beyond warn (${written.warn ?? ''})`,
        ),
      });
    }
  }
  return {
    ...(warn === undefined ? {} : { warn }),
    ...(critical === undefined ? {} : { critical }),
    deadband: written.deadband ?? 0,
  };
}

/** A room without a horn is silent, and one without `healthy` is silent when linekeeper itself is dead. */
function tellMissingOutputs({ report, isWhole, draft }: Reading, points: ReadonlyMap<string, Point>): void {
  if (!isWhole('points') || points.size < Object.keys(draft.points ?? {}).length) return;
  const has = (role: OutputPoint['role']): boolean =>
    [...points.values()].some((point) => point.kind === 'output' && point.role === role);
  const path = draft.points === undefined ? [] : ['points'];
  if (!has('horn')) {
    report({
      severity: 'warning',
      path,
      at: 'key',
      message: text(
        '没有 role: horn 的输出：告警不会响',
        'no output with role: horn: alarms make no sound in the room',
      ),
    });
  }
  if (!has('healthy')) {
    report({
      severity: 'warning',
      path,
      at: 'key',
      message: text(
        '没有 role: healthy 的输出：linekeeper 自身停了无人知晓',
        'no output with role: healthy: nothing sounds when linekeeper itself is dead',
      ),
      hint: text(
        '接一个继电器，释放时由独立供电的蜂鸣器报警。',
        'Wire a relay whose release sounds a separately fed buzzer.',
      ),
    });
  }
}
