/**
 * Disk trouble as people hear of it: full, or not writable. Several writers report each outcome; the condition stands while
 * any of them fails and goes when all of them succeed again. Each kind is also told once at the start: a recorder
 * before this one may have told something else.
 */
import type { Text } from '../model/text.ts';
import type { WorkerCondition } from '../model/messages.ts';
import { text } from '../model/text.ts';

type Kind = 'disk.full' | 'disk.not-writable';
const kinds = ['disk.full', 'disk.not-writable'] as const satisfies readonly Kind[];
const fullCodes = ['ENOSPC', 'EDQUOT'];

export class DiskTrouble {
  readonly #send: (condition: WorkerCondition) => void;
  readonly #failing = new Map<string, { readonly kind: Kind; readonly reason: string }>();
  readonly #told = new Map<Kind, boolean>();

  constructor(send: (condition: WorkerCondition) => void) {
    this.#send = send;
  }

  /** `error` undefined: this writer's last attempt succeeded. */
  outcome(writer: string, error: unknown): void {
    if (error === undefined) this.#failing.delete(writer);
    else this.#failing.set(writer, { kind: kindOf(error), reason: reasonOf(error) });
    for (const kind of kinds) this.#tell(kind);
  }

  get isFailing(): boolean {
    return this.#failing.size > 0;
  }

  begin(): void {
    for (const kind of kinds) this.#tell(kind);
  }

  #tell(kind: Kind): void {
    const reason = [...this.#failing.values()].find((failing) => failing.kind === kind)?.reason;
    const active = reason !== undefined;
    if (active === this.#told.get(kind)) return;
    this.#told.set(kind, active);
    this.#send({ kind: 'condition', type: kind, qualifier: '', active, detail: detailOf(kind, reason) });
  }
}

function detailOf(kind: Kind, reason: string | undefined): Text {
  if (reason === undefined) return text('录音数据已恢复写入', 'recordings are written again');
  return kind === 'disk.full'
    ? text(
        `磁盘已满，录音暂存于内存，最多约一分钟（${reason}）`,
        `the disk is full; audio is kept in memory for about a minute (${reason})`,
      )
    : text(
        `无法写入录音数据，录音暂存于内存，最多约一分钟（${reason}）`,
        `recordings cannot be written; audio is kept in memory for about a minute (${reason})`,
      );
}

function kindOf(error: unknown): Kind {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return fullCodes.includes(code) ? 'disk.full' : 'disk.not-writable';
}
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
