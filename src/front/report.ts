/** How the parts of the front tell the guard of a standing condition: a level for each type and qualifier, sent when it changes. */
import type { Text } from '../model/text.ts';
import type { WorkerCondition } from '../model/messages.ts';

/** Types of the alarm catalogue that the front reports. */
export type FrontCondition =
  /** No broker for `awayAfterMs`. */
  | 'mqtt.away'
  /** The broker is there and refuses what we publish. */
  | 'mqtt.refused'
  /** Events were dropped, or are about to be: the outbox is at its limit. */
  | 'mqtt.outbox-full'
  /** The oldest event has waited for long. */
  | 'mqtt.backlog'
  /** The outbox file was damaged or cannot be written. */
  | 'mqtt.outbox-broken'
  /** The password file can be read by others, or not by us. */
  | 'mqtt.password-file'
  /** The fixed port of the page is taken. */
  | 'http.port-taken'
  /** The local socket cannot be opened, or not for the group that the room file names. */
  | 'socket.closed';

export type ReportCondition = (type: FrontCondition, active: boolean, detail: Text) => void;

export function conditionReporter(send: (condition: WorkerCondition) => void): ReportCondition {
  const standing = new Map<FrontCondition, string>();
  return (type, active, detail) => {
    const now = active ? detail.en : undefined;
    if (standing.get(type) === now) return;
    if (now === undefined) standing.delete(type);
    else standing.set(type, now);
    send({ kind: 'condition', type, qualifier: '', active, detail });
  };
}
