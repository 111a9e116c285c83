/** Standing conditions that the workers reported, by worker: those of a dead one stand no longer, and its successor tells only what it finds itself. */
import type { Text } from '../model/text.ts';
import type { ThreadName, WorkerCondition } from '../model/messages.ts';

type Tell = (type: string, active: boolean, detail: Text, qualifier: string) => void;

export class WorkerReports {
  readonly #tell: Tell;
  readonly #standing = new Map<ThreadName, Map<string, WorkerCondition>>();

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  heard(thread: ThreadName, found: WorkerCondition): void {
    const ofThread = this.#standing.get(thread) ?? new Map<string, WorkerCondition>();
    this.#standing.set(thread, ofThread);
    const key = `${found.type}/${found.qualifier}`;
    if (found.active) ofThread.set(key, found);
    else ofThread.delete(key);
    this.#tell(found.type, found.active, found.detail, found.qualifier);
  }

  forget(thread: ThreadName): void {
    for (const { type, detail, qualifier } of this.#standing.get(thread)?.values() ?? [])
      this.#tell(type, false, detail, qualifier);
    this.#standing.delete(thread);
  }
}
