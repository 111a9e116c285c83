/**
 * Keeps the retained topics of the broker equal to the room: each topic's newest value, published when it differs from
 * what this connection was told, all of it again on every connect and every ten minutes (a restarted or clustered
 * broker may have forgotten). What is gone from the room is emptied, also when it went while we were away or down: the
 * topics that we ever filled are remembered on disk.
 */
import type { RoomId } from '../../model/ids.ts';
import type { RoomView } from '../../model/messages.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { PublishResult } from './broker-link.ts';
import { alarmCounts } from '../alarm-counts.ts';
import { ReadingPace } from './reading-pace.ts';
import { topicOf } from './topics.ts';

export const stateInFlightMax = 16;
const refreshMs = 600_000;
const retryMs = 10_000;

export interface StateMirrorSettings {
  readonly room: RoomId;
  readonly outbox: Pick<Outbox, 'retainedTopics' | 'rememberRetained' | 'forgetRetained'>;
  readonly publish: (topic: string, payload: string, done: (result: PublishResult) => void) => void;
  /** The payload of `info`, made anew at every connect. */
  readonly info: () => object;
}

export class StateMirror {
  readonly #settings: StateMirrorSettings;
  readonly #pace = new ReadingPace();
  readonly #wanted = new Map<string, string>();
  readonly #told = new Map<string, string>();
  readonly #inFlight = new Set<string>();
  #connection = 0;
  #isUp = false;
  #hasView = false;
  #refresh: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(settings: StateMirrorSettings) {
    this.#settings = settings;
  }

  view(view: RoomView): void {
    const readings = this.#pace.paced(view.readings, view.at);
    const next = stateTopics(this.#settings.room, { ...view, readings });
    if (!this.#hasView)
      for (const topic of this.#settings.outbox.retainedTopics()) this.#wanted.set(topic, '');
    this.#hasView = true;
    for (const topic of this.#wanted.keys()) if (!next.has(topic)) this.#wanted.set(topic, '');
    for (const [topic, payload] of next) this.#wanted.set(topic, payload);
    this.#publish();
  }

  up(): void {
    this.#isUp = true;
    this.#connection++;
    this.#inFlight.clear();
    this.#all();
    this.#refresh = setInterval(() => {
      this.#all();
    }, refreshMs);
  }

  down(): void {
    this.#isUp = false;
    clearInterval(this.#refresh);
    clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  /** Publishes everything again. */
  #all(): void {
    this.#told.clear();
    const { room, info, publish } = this.#settings;
    publish(topicOf(room, 'presence'), 'online', () => undefined);
    publish(topicOf(room, 'info'), JSON.stringify(info()), () => undefined);
    this.#publish();
  }
  again(): void {
    if (this.#isUp) this.#all();
  }

  #publish(): void {
    if (!this.#isUp || !this.#hasView || this.#retry !== undefined) return;
    for (const [topic, payload] of this.#wanted) {
      if (this.#inFlight.size >= stateInFlightMax) return;
      if (this.#inFlight.has(topic) || this.#told.get(topic) === payload) continue;
      this.#one(topic, payload);
    }
  }

  #one(topic: string, payload: string): void {
    const { outbox, publish } = this.#settings;
    const connection = this.#connection;
    this.#inFlight.add(topic);
    if (payload !== '') outbox.rememberRetained(topic);
    publish(topic, payload, (result) => {
      if (connection !== this.#connection || !this.#isUp) return;
      this.#inFlight.delete(topic);
      if (result === 'lost') return;
      if (result === 'refused') {
        this.#retry ??= setTimeout(() => {
          this.#retry = undefined;
          this.#publish();
        }, retryMs);
        return;
      }
      this.#told.set(topic, payload);
      if (payload === '' && this.#wanted.get(topic) === '') {
        this.#wanted.delete(topic);
        this.#told.delete(topic);
        outbox.forgetRetained(topic);
      }
      this.#publish();
    });
  }
}

/** Every state topic of a room with its payload. Loop voltage stays out: it moves all the time and decides nothing far away. */
function stateTopics(room: RoomId, view: RoomView): ReadonlyMap<string, string> {
  const { alarms, controls, threads, cards, bypassCalls, horn, healthy } = view;
  const topics = new Map<string, string>();
  const whole = {
    bypass: view.room.bypass,
    bypassCalls,
    alarms: alarmCounts(alarms),
    horn,
    healthy,
    controls: controls.map(({ id, on, readBack }) => ({ id, on, readBack })),
    threads: threads.map(({ name, state, restarts }) => ({ name, state, restarts })),
    cards,
  };
  topics.set(topicOf(room, 'room'), JSON.stringify(whole));
  if (view.powerCut !== undefined) topics.set(topicOf(room, 'power-cut'), JSON.stringify(view.powerCut));
  for (const line of view.lines)
    topics.set(
      topicOf(room, 'line', line.id),
      JSON.stringify({ ...line, volts: undefined, explained: undefined }),
    );
  for (const subject of view.subjects)
    topics.set(
      topicOf(room, 'subject', subject.id),
      JSON.stringify({ ...subject, sources: undefined, change: undefined }),
    );
  for (const { step: _, ...reading } of view.readings)
    topics.set(topicOf(room, 'reading', reading.id), JSON.stringify(reading));
  for (const alarm of alarms) topics.set(topicOf(room, 'alarm', alarm.id), JSON.stringify(alarm));
  return topics;
}
