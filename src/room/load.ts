/**
 * Text of a room file → the room, or every problem at once, each with its line and column. Pure over its text: reading
 * files is the caller's matter. Never throws for what stands in the file. Warnings and notes do not stop a room; one
 * error does, because a room that half fits its wiring is worse than none.
 */
import type { Room } from '../model/room.ts';
import { text } from '../model/text.ts';
import { readBuses } from './buses.ts';
import { roomLimits } from './limits.ts';
import { readLines } from './lines.ts';
import { tellNotYet } from './not-yet.ts';
import { readPage } from './page.ts';
import type { Page } from './page.ts';
import { readPoints } from './points.ts';
import { writtenPath } from './problem.ts';
import type { Finding, Problem } from './problem.ts';
import type { Reading } from './reading.ts';
import { readBypass, readIdentity, readPlaces, readRecorder, readReport } from './settings.ts';
import { checkShape } from './shape.ts';
import type { Shape } from './shape.ts';
import { parseLineKey } from './short-forms.ts';
import { readSubjects } from './subjects.ts';
import { createTerminals } from './terminals.ts';

export interface LoadOptions {
  /** Names of `config/ups/*.yaml`; without them the model is not looked up. */
  readonly upsModels?: readonly string[];
}

export interface Loaded {
  /** Present when there is no error. */
  readonly room?: Room;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
}

export function loadRoom(content: string, fileName: string, options: LoadOptions = {}): Loaded {
  const page = readPage(content);
  const findings: Finding[] = [];
  let room: Room | undefined;
  if (!page.isBroken) {
    const shape = checkShape(page.value, page.source);
    findings.push(...shape.findings);
    room = readRoom(
      page,
      shape,
      (finding) => findings.push({ ...finding, path: shape.pathInFile(finding.path) }),
      options,
    );
  }
  const problems = [
    ...page.problems.map((problem): Problem => ({ file: fileName, path: '', ...problem })),
    ...findings.map(({ path, at = 'value', ...finding }): Problem => {
      const { line, column } = page.locate(path, at);
      return { ...finding, file: fileName, line, column, path: writtenPath(path) };
    }),
  ].sort((a, b) => a.line - b.line || a.column - b.column);
  const hasError = problems.some(({ severity }) => severity === 'error');
  return { ...(room === undefined || hasError ? {} : { room }), problems: bounded(problems) };
}

/** Errors first when there are more than anybody reads. */
function bounded(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= roomLimits.problems) return problems;
  const errors = problems.filter(({ severity }) => severity === 'error');
  return (errors.length > 0 ? errors : problems).slice(0, roomLimits.problems);
}

function readRoom(page: Page, shape: Shape, report: Reading['report'], options: LoadOptions): Room {
  const namesIn = (section: string): readonly string[] => {
    const { value } = page;
    const entries: unknown =
      typeof value === 'object' && value !== null
        ? Object.entries(value).find(([key]) => key === section)?.[1]
        : {};
    return typeof entries === 'object' && entries !== null ? Object.keys(entries) : [];
  };
  let hasError = shape.findings.length > 0;
  const reading: Reading = {
    draft: shape.draft,
    report: (finding) => {
      hasError ||= finding.severity === 'error';
      report(finding);
    },
    names: namesIn,
    hasError: () => hasError,
    isWhole: (section) => !shape.damaged.has(section),
    indexInFile: shape.indexInFile,
    lineOf: (path) => page.locate(shape.pathInFile(path), 'value').line,
    orderOf: (path) => {
      const { line, column } = page.locate(shape.pathInFile(path), 'value');
      return line * (roomLimits.fileBytes + 1) + column;
    },
    ...(options.upsModels === undefined ? {} : { upsModels: options.upsModels }),
  };
  const buses = readBuses(reading);
  const terminals = createTerminals(reading, buses);
  for (const bus of buses.values()) {
    if (bus.kind === 'gpio' && bus.pump !== undefined)
      terminals.takePump(bus.id, bus.pump, ['buses', bus.id, 'pump']);
  }
  const points = readPoints(reading, terminals);
  const lines = readLines(reading, terminals, buses);
  const subjects = readSubjects(reading, { buses, points, lines, terminals });
  terminals.settle();
  tellNames(reading);
  tellNotYet(reading);
  return {
    ...readIdentity(reading),
    buses: [...buses.values()],
    points: [...points.values()],
    lines: [...lines.values()],
    subjects: [...subjects.values()],
    bypass: readBypass(reading),
    recorder: readRecorder(reading),
    ...readReport(reading),
    ...readPlaces(reading),
  };
}

/** Alarms are named after buses, points, lines and subjects alike: one name for two of them would confuse people. */
function tellNames({ draft, report, lineOf }: Reading): void {
  const owners = new Map<string, string>();
  for (const section of ['buses', 'points', 'lines', 'subjects'] as const) {
    for (const key of Object.keys(draft[section] ?? {})) {
      const range = section === 'lines' ? parseLineKey(key, roomLimits.lines) : undefined;
      for (const name of range?.ok === true ? range.ids : [key]) {
        if (name === 'linekeeper' || name === 'all' || name in Object.prototype) {
          report({
            severity: 'error',
            path: [section, key],
            at: 'key',
            message: text(`${name} 是保留的名称`, `the name ${name} is reserved`),
          });
        }
        const owner = owners.get(name);
        if (owner === undefined) {
          owners.set(name, section);
        } else if (owner !== section) {
          report({
            severity: 'warning',
            path: [section, key],
            at: 'key',
            message: text(
              `${name} 也在 ${owner}（第 ${lineOf([owner, name])} 行）：告警里分不清`,
              `${name} stands also in ${owner} (line ${lineOf([owner, name])}): alarms would name both alike`,
            ),
          });
        }
      }
    }
  }
}
