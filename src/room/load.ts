/**
 * Text of a room file → the room, or every problem at once, each with its line and column. Pure over its text: reading
 * files is the caller's matter. Never throws for what stands in the file. Warnings and notes do not stop a room; one
 * error does, because a room that half fits its wiring is worse than none.
 */
import type { Room } from '../model/room.ts';
import { roomLimits } from './limits.ts';
import { readPage } from './page.ts';
import { writtenPath } from './problem.ts';
import type { Finding, Problem } from './problem.ts';
import { readRoom } from './read-room.ts';
import type { LoadOptions } from './read-room.ts';
import { checkShape } from './shape.ts';

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
