/**
 * Heartbeats that come as MQTT messages, each on a topic of its own, over the connection to the broker that the front has. While
 * that path is down nothing can arrive, so nobody is dead; and after it is back each sender has its whole time again.
 */
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import type { Expected, HeartbeatWay } from './heartbeat-way.ts';
import { isSameSecret } from './same-secret.ts';

export class BrokerHeartbeats implements HeartbeatWay {
  readonly #expected = new Map<string, Set<Expected>>();
  #fault: Text | undefined = text('尚未连上消息服务器', 'the broker is not connected yet');
  #openSince: number | undefined;

  get fault(): Text | undefined {
    return this.#fault;
  }

  get openForMs(): number {
    return this.#openSince === undefined ? 0 : performance.now() - this.#openSince;
  }

  expect(topic: string, expected: Expected): () => void {
    const all = this.#expected.get(topic) ?? new Set();
    this.#expected.set(topic, all.add(expected));
    return () => void all.delete(expected);
  }

  path(isUp: boolean, reason: Text): void {
    if (isUp) this.#openSince ??= performance.now();
    else this.#openSince = undefined;
    this.#fault = isUp ? undefined : reason;
  }

  /** A message came on the topic, now: a retained one is none. */
  came(topic: string, payload: string): void {
    for (const expected of this.#expected.get(topic) ?? [])
      if (expected.token === undefined || isSameSecret(expected.token, payload.trim())) expected.came();
      else expected.refused(text('一次的口令不对', 'one had a wrong token'));
  }
}
