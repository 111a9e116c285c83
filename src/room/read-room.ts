/**
 * A draft whose shape is right → the room: every section read, and all of them checked against each other. What is wrong is
 * reported at its place in the draft.
 */
import type { Room } from '../model/room.ts';
import { text } from '../model/text.ts';
import type { UpsTestKind } from '../model/ups.ts';
import { readAlarms } from './alarms.ts';
import { readAnnunciator } from './annunciator.ts';
import { readBuses } from './buses.ts';
import { readEscalation } from './escalation.ts';
import { readHosts, readManualForms, readNutServer } from './hosts.ts';
import { roomLimits } from './limits.ts';
import { readControls } from './controls.ts';
import { readLines } from './lines.ts';
import { tellNotYet } from './not-yet.ts';
import type { Page } from './page.ts';
import { readMaintenance } from './maintenance.ts';
import { readHeartbeats } from './network-evidence.ts';
import { readPoints } from './points.ts';
import { readPowerCut } from './power-cut.ts';
import type { Report } from './problem.ts';
import type { Reading } from './reading.ts';
import type { Draft } from './schema.ts';
import {
  readBypass,
  readIdentity,
  readPlaces,
  readRecorder,
  readRelayCare,
  readReport,
  readSelfTest,
} from './settings.ts';
import { readSpeech } from './speech.ts';
import type { Shape } from './shape.ts';
import { parseLineKey } from './short-forms.ts';
import { readSubjects } from './subjects.ts';
import { createTerminals } from './terminals.ts';

export interface LoadOptions {
  /** Names of `config/ups/*.yaml`; without them the model is not looked up. */
  readonly upsModels?: readonly string[];
  /** Battery tests that the map of a model can order; without it none. */
  readonly testsOfModel?: (model: string) => readonly UpsTestKind[];
  /** Names of `config/pbx/*.yaml`; without them the format of call records is not looked up. */
  readonly pbxFormats?: readonly string[];
}

/** The shape of a file of which nothing had to be taken out. */
export const soundShape = (draft: Draft): Shape => ({
  findings: [],
  draft,
  damaged: new Set(),
  indexInFile: (_, index) => index,
  pathInFile: (path) => path,
});

export function readRoom(page: Page, shape: Shape, report: Report, options: LoadOptions): Room {
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
    ...(options.testsOfModel === undefined ? {} : { testsOfModel: options.testsOfModel }),
    ...(options.pbxFormats === undefined ? {} : { pbxFormats: options.pbxFormats }),
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
  const controls = readControls(reading, { buses, points, terminals });
  const hosts = readHosts(reading);
  terminals.settle();
  tellNames(reading);
  tellNotYet(reading);
  const identity = readIdentity(reading);
  return {
    ...identity,
    buses: [...buses.values()],
    points: [...points.values()],
    lines: [...lines.values()],
    subjects: [...subjects.values()],
    controls,
    ...readSelfTest(reading),
    alarms: readAlarms(
      reading,
      new Set([
        'linekeeper',
        ...[buses, points, lines, subjects].flatMap((section) => [...section.keys()]),
        ...[...controls, ...hosts].map(({ id }) => id),
      ]),
    ),
    ...readEscalation(reading),
    maintenance: readMaintenance(reading, new Set([...subjects.keys(), ...lines.keys(), ...points.keys()])),
    ...readAnnunciator(
      reading,
      points,
      new Set([...subjects.keys(), ...lines.keys(), ...points.keys(), ...buses.keys(), 'room', 'linekeeper']),
    ),
    ...readSpeech(reading, identity.language),
    bypass: readBypass(reading),
    relayCare: readRelayCare(reading),
    powerCut: readPowerCut(reading, {
      points: [...points.values()],
      hosts: Object.values(reading.draft.hosts ?? {}),
      subjects: [...subjects.values()],
      lines: [...lines.values()],
    }),
    hosts,
    ...readNutServer(reading, hosts),
    ...readManualForms(reading),
    recorder: readRecorder(reading),
    ...readReport(reading),
    ...readHeartbeats(reading),
    ...readPlaces(reading),
  };
}

/** Alarms are named after buses, points, lines and subjects alike: one name for two of them would confuse people. */
function tellNames({ draft, report, lineOf }: Reading): void {
  const owners = new Map<string, string>();
  for (const section of ['buses', 'points', 'lines', 'subjects', 'controls'] as const) {
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
