/** The room's link to the centre: presence, retained state, events and commands over one broker connection. */
import type { CommandDesk } from '../command-desk.ts';
import type { BrokerPath, FrontStart, HeartbeatMessage, RoomView } from '../../model/messages.ts';
import type { MqttSettings } from '../../model/room.ts';
import type { Outbox, OutboxRow } from '../outbox/outbox.ts';
import type { ReportCondition } from '../report.ts';
import { text } from '../../model/text.ts';
import { brokerLink } from './broker-link.ts';
import { centreCommands } from './commands.ts';
import { EventPump } from './event-pump.ts';
import { heartbeatInbox } from './heartbeat-inbox.ts';
import { StateMirror } from './state-mirror.ts';
import { rootOf, topicOf } from './topics.ts';

export interface Centre {
  view(view: RoomView): void;
  /** New events are on disk. */
  wake(): void;
  close(): Promise<void>;
}

export interface CentreSettings {
  readonly start: FrontStart;
  readonly mqtt: MqttSettings;
  readonly outbox: Outbox;
  readonly desk: CommandDesk;
  readonly report: ReportCondition;
  readonly now: () => number;
  readonly heard: (message: BrokerPath | HeartbeatMessage) => void;
}

/** The event as it is published: its place in the sequence in front of its body. */
function eventPayload({ seq, replayed, body }: OutboxRow, series: string): string {
  const place = { seq, series, ...(replayed === 0 ? {} : { again: true }) };
  return `${JSON.stringify(place).slice(0, -1)},${body.slice(1)}`;
}

export function startCentre(settings: CentreSettings): Centre {
  const { start, mqtt, outbox, desk, report, now, heard } = settings;
  const beats = heartbeatInbox(heard, () => performance.now());
  const { room } = start;
  const link = brokerLink({
    room,
    mqtt,
    report,
    random: Math.random,
    heartbeatTopics: start.heartbeatTopics,
    handlers: {
      heartbeat: beats,
      heartbeatPath(up, reason) {
        heard({ kind: 'broker-path', up, reason });
      },
      up() {
        mirror.up();
        pump.up();
      },
      down() {
        mirror.down();
        pump.down();
      },
      command(topic, payload, isRetained) {
        commands.received(topic.slice(`${rootOf(room)}/cmd/`.length), payload, isRetained);
      },
    },
  });
  const mirror = new StateMirror({
    room,
    outbox,
    publish: (topic, payload, done) => {
      link.publish(topic, payload, done);
    },
    info: () => {
      const { name, version, timezone, language } = start;
      return { room, name, version, timezone, language, ...outbox.span(), at: now() };
    },
  });
  const pump = new EventPump({
    outbox,
    mono: () => performance.now(),
    publish: (row, done) => {
      link.publish(topicOf(room, 'event', row.kind), eventPayload(row, outbox.series), done);
    },
    refused: (isRefused) => {
      report(
        'mqtt.refused',
        isRefused,
        text(
          '中心的消息服务器拒绝接收事件，请检查其权限与配额',
          'the broker refuses our events: check its rights and quotas',
        ),
      );
    },
  });
  const commands = centreCommands({
    desk,
    now,
    reply: (name, reply) => {
      if (link.isUp)
        link.publish(topicOf(room, 'reply', name.slice(0, 64)), JSON.stringify(reply), () => undefined);
    },
    replay: (from, to, limit) => ({ ...pump.replay(from, to, limit), ...outbox.span() }),
    get: () => {
      mirror.again();
      return outbox.span();
    },
  });
  link.start();
  return {
    view: (view) => {
      mirror.view(view);
    },
    wake: () => {
      pump.wake();
    },
    async close() {
      pump.close();
      await link.close();
      mirror.down();
    },
  };
}
