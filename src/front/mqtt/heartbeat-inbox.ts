/** Heartbeats of others on their way to the probes: small ones only, and of each topic no more a second than a sender could mean. */
import type { HeartbeatMessage } from '../../model/messages.ts';

const payloadBytesMax = 512;
const perSecondMax = 20;

export function heartbeatInbox(
  heard: (message: HeartbeatMessage) => void,
  mono: () => number,
): (topic: string, payload: Uint8Array) => void {
  const second = new Map<string, { number: number; count: number }>();
  return (topic, payload) => {
    if (payload.byteLength > payloadBytesMax) return;
    const number = Math.floor(mono() / 1000);
    const last = second.get(topic);
    const count = last?.number === number ? last.count + 1 : 1;
    second.set(topic, { number, count });
    if (count <= perSecondMax)
      heard({ kind: 'heartbeat', topic, payload: Buffer.from(payload).toString('utf8') });
  };
}
