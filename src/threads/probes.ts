/**
 * Worker entry of the probes: everything that is asked over the network. `workerData` is a `ProbesStart`. It has a thread of
 * its own because TLS, HTTP, DNS and starting processes cost milliseconds that the guard does not have, and because the
 * front, which talks to strangers, must not take the evidence with it when it dies. Ends by itself after `closed`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { FromProbes, ProbesStart, ToProbes } from '../model/messages.ts';
import { HostDesk } from './hosts.ts';
import { NetworkProbes } from './network-probes.ts';
import { OwnHealth } from './own-health.ts';
import { ProbeSet } from './probe-set.ts';
import { SensorPolls } from '../drivers/sensor/sensor-poll.ts';
import { SpeechDesk } from './speech.ts';
import { startReadings } from './readings.ts';

const beatMs = 1000;

if (parentPort === null) throw new Error('the probes run as a worker thread');
const port = parentPort;
const start = workerData as ProbesStart;
const send = (message: FromProbes): void => {
  port.postMessage(message);
};

const hosts = new HostDesk(start, send);
hosts.start();

const network = new NetworkProbes(start.heartbeats);
const probes = new ProbeSet(
  start.sources.flatMap(({ subject, source }) => {
    const probe = network.make(source);
    return probe === undefined ? [] : [{ subject, probe }];
  }),
);
probes.start((source, evidence) => {
  hosts.heard(source, evidence.says);
  send({ kind: 'evidence', source, ...evidence });
});

const sensors = new SensorPolls();
const readings = startReadings(
  start.sensors.map((point) => sensors.poll(point)),
  (point, value, reason) => {
    send({ kind: 'reading', point, value, ...(value === 'unknown' ? { reason } : {}) });
  },
);

const speech = start.speech === undefined ? undefined : new SpeechDesk(start.speech, send);
speech?.start();

const health = new OwnHealth(start.dataFolder, send);
health.start();

const beat = setInterval(() => {
  send({ kind: 'beat', memoryMB: Math.round(process.memoryUsage().heapUsed / 1_048_576) });
}, beatMs);

port.on('message', (message: ToProbes) => {
  switch (message.kind) {
    case 'suspect':
      probes.suspect(new Set(message.subjects));
      return;
    case 'ups-test': {
      const { source, order, what } = message;
      void probes.test(source, what).then((answer) => {
        send({ kind: 'ups-test-sent', order, ...answer });
      });
      return;
    }
    case 'broker-path':
      network.broker.path(message.up, message.reason);
      return;
    case 'heartbeat':
      network.broker.came(message.topic, message.payload);
      return;
    case 'shut-host':
      hosts.shut(message.host, message.order);
      return;
    case 'speak':
      speech?.say(message.id, message.sentence);
      return;
    case 'hush':
      speech?.hush();
      return;
    case 'supply':
      hosts.supply(message.supply);
      return;
    case 'close':
      clearInterval(beat);
      void Promise.all([
        hosts.close(),
        probes.close(),
        network.close(),
        readings.close(),
        health.close(),
        speech?.close(),
      ]).then(() => {
        send({ kind: 'closed' });
        port.close();
      });
      return;
    default:
      message satisfies never;
  }
});

send({ kind: 'ready' });
