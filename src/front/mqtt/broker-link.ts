/**
 * One connection to the broker at a time, opened again with full jitter after a loss. Every attempt is a fresh mqtt.js
 * client with a clean session: what was not acknowledged is the outbox's to send again, in its own order, so the
 * library's memory queue is never used and can lose nothing.
 *
 * MQTT 5 first; a broker that does not speak it (RabbitMQ below 3.13, aedes) is spoken to in 3.1.1.
 */
import { readFileSync, statSync } from 'node:fs';
import type { IClientOptions, MqttClient } from 'mqtt';
import { connect } from 'mqtt';
import type { MqttSettings } from '../../model/room.ts';
import type { ReportCondition } from '../report.ts';
import type { RoomId } from '../../model/ids.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import { rootOf, rowOf, topicOf, topics } from './topics.ts';

/** `unheard`: the broker has it, but nobody subscribes (MQTT 5 only). `lost`: connection gone before an answer. */
export type PublishResult = 'taken' | 'unheard' | 'refused' | 'lost';

export interface BrokerLinkSettings {
  readonly room: RoomId;
  readonly mqtt: MqttSettings;
  readonly report: ReportCondition;
  readonly handlers: BrokerHandlers;
  readonly heartbeatTopics: readonly string[];
  readonly random: () => number;
}
export interface BrokerHandlers {
  up(): void;
  down(): void;
  command(topic: string, payload: Uint8Array, isRetained: boolean): void;
  /** Something was published on a topic of `heartbeatTopics`, or whether that can be is known anew. */
  heartbeat(topic: string, payload: Uint8Array): void;
  heartbeatPath(isUp: boolean, reason: Text): void;
}
export interface BrokerLink {
  start(): void;
  readonly isUp: boolean;
  /** The row of the topic table gives quality of service and retention. `done` is called exactly once. */
  publish(topic: string, payload: string, done: (result: PublishResult) => void): void;
  close(): Promise<void>;
}

export const firstDelayMs = 500;
export const delayMsMax = 20_000;
const delayMsMin = 50;
const connectMsMax = 10_000;
const keepAliveSeconds = 20;
/** The broker has not acknowledged for this long: the connection is dead though it looks open. */
const silenceMsMax = 20_000;
/** A connection that held this long ends the back-off. */
const calmMs = 10_000;
const closeMsMax = 800;
const awayMs = 60_000;
const contradictMs = 1000;

const connackUnsupported = [1, 132];
const pubackNoSubscribers = 16;
const refusedCode = 128;

/** Full jitter: anywhere between nothing and the doubled limit, so that a thousand rooms do not come back in step. */
export const reconnectDelayMs = (attempt: number, random: () => number): number =>
  Math.max(delayMsMin, random() * Math.min(delayMsMax, firstDelayMs * 2 ** Math.min(attempt, 16)));

export function brokerLink(settings: BrokerLinkSettings): BrokerLink {
  return new MqttLink(settings);
}

class MqttLink implements BrokerLink {
  readonly #settings: BrokerLinkSettings;
  readonly #waiting = new Map<
    number,
    { readonly since: number; readonly done: (r: PublishResult) => void }
  >();
  /** Packet ids that the broker acknowledged with "no matching subscribers"; the library does not hand that on. */
  readonly #unheard = new Set<number>();
  #client: MqttClient | undefined;
  #isUp = false;
  #isClosing = false;
  #protocol: 4 | 5 = 5;
  #attempt = 0;
  #published = 0;
  #again: NodeJS.Timeout | undefined;
  #calm: NodeJS.Timeout | undefined;
  #away: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #lastReason = '';
  #contradictedAt = -Infinity;

  constructor(settings: BrokerLinkSettings) {
    this.#settings = settings;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  start(): void {
    this.#watchAway();
    this.#watch = setInterval(() => {
      const oldest = this.#waiting.values().next().value;
      if (oldest !== undefined && performance.now() - oldest.since > silenceMsMax)
        this.#lost('no acknowledgement');
    }, 1000);
    this.#open();
  }

  publish(topic: string, payload: string, done: (result: PublishResult) => void): void {
    const row = rowOf(this.#settings.room, topic);
    if (row?.way !== 'out') throw new Error(`not a topic that we publish: ${topic}`);
    const client = this.#client;
    if (client === undefined || !this.#isUp) {
      done('lost');
      return;
    }
    const mine = ++this.#published;
    this.#waiting.set(mine, { since: performance.now(), done });
    client.publish(topic, payload, { qos: row.qos, retain: row.retained }, (error, packet) => {
      if (!this.#waiting.delete(mine)) return;
      if (error) {
        const isRefusal = 'code' in error && typeof error.code === 'number' && error.code >= 128;
        done(isRefusal ? 'refused' : 'lost');
        return;
      }
      const number = packet !== undefined && 'messageId' in packet ? packet.messageId : undefined;
      done(number !== undefined && this.#unheard.delete(number) ? 'unheard' : 'taken');
    });
  }

  /** Says `offline` itself: an orderly disconnect makes the broker forget the last will. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const timer of [this.#again, this.#calm, this.#away, this.#watch]) clearTimeout(timer);
    const client = this.#client;
    if (client === undefined) return;
    if (this.#isUp) {
      await new Promise<void>((resolve) => {
        const limit = setTimeout(resolve, closeMsMax);
        this.publish(topicOf(this.#settings.room, 'presence'), 'offline', () => {
          clearTimeout(limit);
          resolve();
        });
      });
      await new Promise<void>((resolve) => {
        const limit = setTimeout(resolve, closeMsMax);
        client.end(false, {}, () => {
          clearTimeout(limit);
          resolve();
        });
      });
    }
    this.#lost('closed');
  }

  #open(): void {
    const { mqtt, room, handlers } = this.#settings;
    const protocol = this.#protocol;
    let client: MqttClient;
    try {
      client = connect(mqtt.url, this.#options(protocol));
    } catch (error) {
      this.#lost(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#client = client;
    let failure: unknown;
    let isConnected = false;
    client.on('error', (error) => {
      failure ??= error;
      if (this.#client === client) client.end(true);
    });
    client.on('connect', () => {
      if (this.#client !== client) return;
      isConnected = true;
      const wanted = [`${rootOf(room)}/${topics.command.pattern}`, topicOf(room, 'presence')];
      client.subscribe(wanted, { qos: 1, rh: 2 });
      this.#subscribeHeartbeats(client);
      this.#connected();
    });
    client.on('packetreceive', (packet) => {
      if (packet.cmd !== 'puback' || packet.reasonCode !== pubackNoSubscribers) return;
      if (this.#client === client && packet.messageId !== undefined) this.#unheard.add(packet.messageId);
    });
    client.on('message', (topic, payload, packet) => {
      if (this.#client !== client) return;
      if (topic === topicOf(room, 'presence')) this.#contradicted(payload.toString());
      else if (!this.#settings.heartbeatTopics.includes(topic))
        handlers.command(topic, payload, packet.retain);
      // A retained message tells that somebody lived when it was published.
      else if (!packet.retain) handlers.heartbeat(topic, payload);
    });
    client.on('close', () => {
      if (this.#client !== client) return;
      if (!isConnected && speaksAnotherVersion(failure)) {
        this.#protocol = protocol === 5 ? 4 : 5;
        if (protocol === 5) this.#attempt = 0;
      }
      const reason = failure instanceof Error && failure.message !== '' ? failure.message : codeOf(failure);
      this.#lost(reason);
    });
  }

  #subscribeHeartbeats(client: MqttClient): void {
    const { heartbeatTopics, handlers } = this.#settings;
    if (heartbeatTopics.length === 0) return;
    client.subscribe([...heartbeatTopics], { qos: 1, rh: 2 }, (error, granted = []) => {
      if (this.#client !== client) return;
      const isRefused = error !== null || granted.some(({ qos }) => qos >= refusedCode);
      handlers.heartbeatPath(
        !isRefused,
        isRefused
          ? text('消息服务器拒绝订阅心跳主题', 'the broker refuses to tell us of the topics of heartbeats')
          : text('已订阅心跳主题', 'the topics of heartbeats are subscribed'),
      );
    });
  }

  #options(protocolVersion: 4 | 5): IClientOptions {
    const { room, mqtt } = this.#settings;
    const password = this.#password();
    return {
      protocolVersion,
      clientId: `linekeeper-${room}`,
      clean: true,
      keepalive: keepAliveSeconds,
      reconnectPeriod: 0,
      connectTimeout: connectMsMax,
      queueQoSZero: false,
      resubscribe: false,
      rejectUnauthorized: true,
      will: { topic: topicOf(room, 'presence'), payload: Buffer.from('offline'), qos: 1, retain: true },
      ...(mqtt.username === undefined ? {} : { username: mqtt.username }),
      ...(password === undefined ? {} : { password }),
      ...(mqtt.caFile === undefined ? {} : { ca: readFileSync(mqtt.caFile) }),
    };
  }

  /** Read at every attempt, so that a changed password needs no restart; never logged. */
  #password(): string | undefined {
    const file = this.#settings.mqtt.passwordFile;
    if (file === undefined) return undefined;
    const { report } = this.#settings;
    try {
      const isOpenToOthers = (statSync(file).mode & 0o077) !== 0;
      const password = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
      report(
        'mqtt.password-file',
        isOpenToOthers,
        text(
          `口令文件 ${file} 可被其他用户读取，请执行 chmod 600`,
          `the password file ${file} can be read by others: chmod 600 it`,
        ),
      );
      return password;
    } catch (error) {
      const reason = codeOf(error);
      report(
        'mqtt.password-file',
        true,
        text(
          `口令文件 ${file} 无法读取（${reason}）`,
          `the password file ${file} cannot be read (${reason})`,
        ),
      );
      throw new Error(`password file: ${reason}`, { cause: error });
    }
  }

  #connected(): void {
    this.#isUp = true;
    clearTimeout(this.#away);
    this.#away = undefined;
    this.#settings.report('mqtt.away', false, text('已连接中心', 'the centre is connected'));
    this.#calm = setTimeout(() => (this.#attempt = 0), calmMs);
    this.#settings.handlers.up();
  }

  /** The will of a connection before this one came late: say again that we are here. */
  #contradicted(presence: string): void {
    if (this.#isClosing || presence !== 'offline' || performance.now() - this.#contradictedAt < contradictMs)
      return;
    this.#contradictedAt = performance.now();
    this.publish(topicOf(this.#settings.room, 'presence'), 'online', () => undefined);
  }

  #lost(reason: string): void {
    const client = this.#client;
    this.#client = undefined;
    this.#lastReason = reason === '' ? 'connection closed' : reason;
    clearTimeout(this.#calm);
    const wasUp = this.#isUp;
    this.#isUp = false;
    client?.end(true);
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#unheard.clear();
    for (const { done } of waiting) done('lost');
    if (wasUp) {
      this.#settings.handlers.down();
      this.#settings.handlers.heartbeatPath(false, text('与消息服务器的连接中断', 'the broker is away'));
    }
    if (this.#isClosing) return;
    this.#watchAway();
    clearTimeout(this.#again);
    this.#again = setTimeout(
      () => {
        this.#open();
      },
      reconnectDelayMs(this.#attempt++, this.#settings.random),
    );
  }

  #watchAway(): void {
    this.#away ??= setTimeout(() => {
      const reason = this.#lastReason === '' ? 'no answer' : this.#lastReason;
      this.#settings.report(
        'mqtt.away',
        true,
        text(
          `与中心的连接中断超过 60 秒（${reason}），事件保存在本机`,
          `no connection to the centre for 60 s (${reason}); events are kept here`,
        ),
      );
    }, awayMs);
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error
    ? String(error.code)
    : error instanceof Error
      ? error.message
      : '';

/** Closed without a word, an answer that cannot be parsed, or a plain "version not supported". */
function speaksAnotherVersion(failure: unknown): boolean {
  if (failure === undefined) return true;
  if (!(failure instanceof Error)) return false;
  if (!('code' in failure) || failure.code === undefined) return !/timeout/i.test(failure.message);
  return typeof failure.code === 'number' && connackUnsupported.includes(failure.code);
}
