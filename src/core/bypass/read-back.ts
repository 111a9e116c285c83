/**
 * Where a relay stands against where its coil asks it to stand. Judges reports of the card, which times the armature by
 * its own clock; never trusts a command because it was sent.
 *
 * Rule (state-machines.md, "readBack 20 ms look, 100 ms fault, twice"): a report contradicts the coil when it shows the
 * wrong side, or neither, 100 ms after the coil was written. A second such report, 20 ms later, makes a fault of a relay
 * that was told to move; a relay that stood well is judged after 100 ms. `unknown` contradicts nothing.
 */
import type { CoilCommand, RelayReport } from '../../model/bypass.ts';
import { elapsedMs } from '../../model/units.ts';
import type { MonoMs } from '../../model/units.ts';
import type { LinePart, LineStep } from './state.ts';
import type { BypassValues } from './values.ts';

/** The coil of a line in this step; `undefined` where nobody may command it. */
export function coilOf(step: LineStep): CoilCommand | undefined {
  switch (step.kind) {
    case 'normal':
    case 'waiting':
    case 'operating':
    case 'proving':
      return 'energise';
    case 'releasing':
    case 'bypass':
    case 'exercising':
    case 'stuck':
    case 'open':
    case 'locked':
      return 'release';
    case 'unreachable':
      return undefined;
  }
}

function contradicts(line: LinePart, report: RelayReport, at: MonoMs, values: BypassValues): boolean {
  const coil = coilOf(line.step);
  if (coil === undefined || report.position === 'unknown') return false;
  if (report.position === (coil === 'energise' ? 'normal' : 'bypass')) return false;
  return report.coil === coil
    ? report.sinceWriteMs >= values.readBackFaultMs
    : elapsedMs(line.commandedAt, at) >= values.acknowledgeMs;
}

/** The line with the newest report of its relay. */
export const withReport = (
  line: LinePart,
  report: RelayReport,
  at: MonoMs,
  values: BypassValues,
): LinePart => ({
  ...line,
  report,
  reportAt: at,
  betweenSince: report.position === 'between' ? (line.betweenSince ?? at) : undefined,
  contradictedSince: contradicts(line, report, at, values) ? (line.contradictedSince ?? at) : undefined,
});

/** Time for which an unbroken series of reports contradicts the coil; -1 when the last one does not. */
function contradictedMs(line: LinePart): number {
  return line.contradictedSince === undefined || line.reportAt === undefined
    ? -1
    : elapsedMs(line.contradictedSince, line.reportAt);
}

/** A relay that was told to move is not where it should be, seen twice. */
export const isWrongTwice = (line: LinePart, values: BypassValues): boolean =>
  contradictedMs(line) >= values.readBackLookMs;

/** A relay that stood well has left its place. */
export const hasLeftItsPlace = (line: LinePart, values: BypassValues): boolean =>
  contradictedMs(line) >= values.readBackFaultMs;

/** The position reported after the coil was last commanded; `unknown` while there is no such report. */
export function positionNow(line: LinePart): RelayReport['position'] {
  return line.report === undefined || line.reportAt === undefined || line.reportAt <= line.commandedAt
    ? 'unknown'
    : line.report.position;
}

/** No report has confirmed the last command for so long that the last known position must do. */
export const isUnacknowledged = (line: LinePart, at: MonoMs, values: BypassValues): boolean =>
  elapsedMs(line.commandedAt, at) >= values.acknowledgeMs;

/** Released, and proved to be released. Only such a relay may be energised again. */
export const isSoundlyReleased = (line: LinePart): boolean =>
  coilOf(line.step) === 'release' && line.report?.coil === 'release' && positionNow(line) === 'bypass';

/** Neither contact is closed, for longer than an armature needs: the trunk reaches nobody. */
export const isOpen = (line: LinePart, at: MonoMs, values: BypassValues): boolean =>
  line.step.kind === 'open' ||
  (line.betweenSince !== undefined && elapsedMs(line.betweenSince, at) >= values.readBackFaultMs);
