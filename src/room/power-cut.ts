/**
 * The power-cut plan of a room file: its stages in the order of what is left, groups that have loads, and what it can never do
 * with the UPSes, relays and people that this room has.
 */
import type { LineSettings, OutputPoint, Point, Subject } from '../model/room.ts';
import type { PlanAction, PlanStage, PowerCutSettings } from '../model/power-cut.ts';
import { text } from '../model/text.ts';
import { limits, written } from './limits.ts';
import { didYouMean } from './nearest.ts';
import type { Path } from './problem.ts';
import { durationOr } from './reading.ts';
import type { Reading } from './reading.ts';
import type { Draft } from './schema.ts';
import { parseDuration } from './short-forms.ts';

export interface RoomParts {
  readonly points: readonly Point[];
  readonly hosts: readonly { readonly group: string }[];
  readonly subjects: readonly Subject[];
  readonly lines: readonly LineSettings[];
}

type WrittenStage = NonNullable<Draft['power-cut']>[number];

export function readPowerCut(reading: Reading, parts: RoomParts): PowerCutSettings {
  const { draft } = reading;
  const writtenStages = draft['power-cut'] ?? [];
  const stages = writtenStages.map((stage) => readStage(stage));
  const pathOf = (index: number): Path => ['power-cut', reading.indexInFile(writtenStages, index)];
  const actionPath = (stage: number, action: number): Path => {
    const actions = writtenStages[stage]?.do ?? [];
    return [...pathOf(stage), 'do', reading.indexInFile(actions, action)];
  };
  tellOrder(reading, stages, pathOf);
  tellGroups(reading, stages, parts, actionPath);
  tellActions(reading, stages, parts, actionPath);
  if (stages.length > 0) tellUps(reading, stages, parts.subjects, pathOf);
  const back = draft['power-return'] ?? {};
  if (stages.length === 0 && draft['power-return'] !== undefined)
    reading.report({
      severity: 'warning',
      path: ['power-return'],
      at: 'key',
      message: text('没有 power-cut，此段无作用', 'without power-cut this section has no effect'),
    });
  return {
    stages,
    back: {
      stableMs: durationOr(back.stable, 'power-return.stable'),
      batteryPercent:
        back.battery === undefined
          ? limits['power-return.battery'].default
          : Number(/^\d+/.exec(back.battery)?.[0] ?? limits['power-return.battery'].default),
      spacingMs: durationOr(back.spacing, 'power-return.spacing'),
      remindMs: durationOr(back.remind, 'power-return.remind'),
    },
  };
}

function readStage({ when, after, do: actions }: WrittenStage): PlanStage {
  const below = /^runtime < (.*)$/.exec(when)?.[1];
  const belowMs = below === undefined ? undefined : parseDuration(below);
  return {
    when: belowMs === undefined ? { kind: 'on-battery' } : { kind: 'runtime', belowMs },
    afterMs: durationOr(after, 'power-cut.after'),
    actions: actions.map((action): PlanAction => {
      if (typeof action === 'string') return { kind: action };
      if ('shut' in action) return { kind: 'shut', group: action.shut };
      if ('start' in action) return { kind: 'start', group: action.start };
      return { kind: 'tell', ...action.tell };
    }),
  };
}

/** What comes later in a cut stands later in the file: "on battery" first, then less and less runtime. */
function tellOrder({ report }: Reading, stages: readonly PlanStage[], pathOf: (index: number) => Path): void {
  let least: number | undefined;
  for (const [index, { when }] of stages.entries()) {
    if (when.kind === 'on-battery') {
      if (least !== undefined)
        report({
          severity: 'error',
          path: [...pathOf(index), 'when'],
          message: text('on battery 的阶段须在最前', 'a stage "on battery" comes before those by runtime'),
        });
      continue;
    }
    if (least !== undefined && when.belowMs >= least)
      report({
        severity: 'error',
        path: [...pathOf(index), 'when'],
        message: text(
          `阶段须按剩余时间从多到少：前一阶段为 ${written(least, 'ms')}`,
          `stages go from much runtime to little: the one before has ${written(least, 'ms')}`,
        ),
      });
    least = when.belowMs;
  }
}

type ActionPath = (stage: number, action: number) => Path;

function tellGroups(
  reading: Reading,
  stages: readonly PlanStage[],
  parts: RoomParts,
  pathOf: ActionPath,
): void {
  const { report, isWhole } = reading;
  const loads = parts.points.filter(
    (point): point is OutputPoint => point.kind === 'output' && point.role === 'load',
  );
  const groups = new Set([...loads, ...parts.hosts].flatMap(({ group }) => group ?? []));
  const used = new Map<string, 'shut' | 'start'>();
  let isEveryNameKnown = true;
  for (const [n, { actions }] of stages.entries())
    for (const [m, action] of actions.entries()) {
      if (action.kind !== 'shut' && action.kind !== 'start') continue;
      const { kind, group } = action;
      const path = [...pathOf(n, m), kind];
      const before = used.get(group);
      if (before !== undefined)
        report({
          severity: 'error',
          path,
          message: text(`${group} 已在前面 ${before}`, `${group} is named by an earlier ${before} already`),
        });
      used.set(group, kind);
      const hasLoad = loads.some((load) => load.group === group);
      if (!isWhole('points') || (groups.has(group) && (kind === 'shut' || hasLoad))) continue;
      const hint = didYouMean(group, groups);
      isEveryNameKnown = false;
      // A file of before there were loads must go on working: the lines come first.
      report({
        severity: groups.size === 0 ? 'warning' : 'error',
        path,
        message:
          kind === 'start' && groups.has(group)
            ? text(
                `${group} 没有 role: load 的输出，无法接通`,
                `${group} has no output with role: load to switch on`,
              )
            : text(`没有负载或主机属于 ${group}`, `no load and no host is in the group ${group}`),
        hint:
          hint ??
          text(`给输出写 role: load 和 group: ${group}。`, `Give an output role: load and group: ${group}.`),
      });
    }
  for (const { id, group } of loads)
    if (group !== undefined && !used.has(group) && isEveryNameKnown)
      report({
        severity: 'warning',
        path: ['points', id, 'group'],
        message: text(
          `停电预案没有用到 ${group}`,
          `no stage of power-cut names ${group}: it is never switched`,
        ),
      });
}

function tellActions(
  { report }: Reading,
  stages: readonly PlanStage[],
  parts: RoomParts,
  pathOf: ActionPath,
): void {
  const seen = new Set<string>();
  for (const [n, { actions, when }] of stages.entries())
    for (const [m, { kind }] of actions.entries()) {
      const path = pathOf(n, m);
      if (kind === 'bypass-when-idle' && parts.lines.every(({ relay }) => relay === undefined))
        report({
          severity: 'warning',
          path,
          message: text('没有旁路继电器，无法切换', 'no line has a bypass relay: nothing goes over'),
        });
      const isOnce = kind === 'bypass-when-idle' || kind === 'end' || kind === 'manual-forms';
      if (isOnce && seen.has(kind))
        report({
          severity: 'error',
          path,
          message: text(`${kind} 只能写一次`, `${kind} can stand in one stage only`),
        });
      seen.add(kind);
      if (kind === 'end' && when.kind === 'on-battery')
        report({
          severity: 'error',
          path,
          message: text('电池还足时不能结束', 'linekeeper does not end while the battery is full'),
          hint: text('放在 runtime < 3m 之类的阶段。', 'Put it into a stage such as runtime < 3m.'),
        });
    }
  if (seen.has('end') && !seen.has('bypass-when-idle'))
    report({
      severity: 'note',
      path: ['power-cut'],
      at: 'key',
      message: text(
        '没有 bypass-when-idle：线路到 end 时才转至坐席电话',
        'without bypass-when-idle the lines go to their phones only at the end',
      ),
    });
}

/** Kinds of source that give a UPS reading at all. */
const upsKinds: readonly string[] = ['ups', 'nut', 'megatec', 'ups-snmp'];

function tellUps(
  { report, isWhole }: Reading,
  stages: readonly PlanStage[],
  subjects: readonly Subject[],
  pathOf: (index: number) => Path,
): void {
  if (!isWhole('subjects')) return;
  const sources = subjects
    .filter(({ kind }) => kind === 'ups')
    .flatMap((subject) => subject.sources.filter(({ kind }) => upsKinds.includes(kind)));
  if (sources.length === 0) {
    report({
      severity: 'warning',
      path: ['power-cut'],
      at: 'key',
      message: text('没有可读的 UPS：预案永远不会启动', 'no UPS can be read: the plan will never begin'),
      hint: text(
        '给 kind: ups 的对象写 ups、nut、megatec 或 ups-snmp 判据。',
        'Give a subject of kind: ups the evidence ups, nut, megatec or ups-snmp.',
      ),
    });
    return;
  }
  const first = stages.findIndex(({ when }) => when.kind === 'runtime');
  if (first < 0 || sources.some(({ kind }) => kind !== 'megatec')) return;
  report({
    severity: 'note',
    path: [...pathOf(first), 'when'],
    message: text(
      'Megatec 不报剩余时间：放电学到之前，只有“电池低”能启动这些阶段',
      'Megatec tells no runtime: until a discharge has taught it, only "battery low" begins these stages',
    ),
  });
}
