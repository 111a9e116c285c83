/** Makes the probe of a source that is asked over the network; the rest speaks through the field. */
import type { HeartbeatSettings, Source } from '../model/room.ts';
import type { Probe } from '../ports/probe.ts';
import { dnsProbe } from '../drivers/dns/lookup-probe.ts';
import { BrokerHeartbeats } from '../drivers/heartbeat/broker-heartbeats.ts';
import { HeartbeatListener } from '../drivers/heartbeat/listener.ts';
import { heartbeatProbe } from '../drivers/heartbeat/heartbeat-probe.ts';
import { httpProbe } from '../drivers/http/get-probe.ts';
import { PingRounds } from '../drivers/ping/fping.ts';
import { sipOptionsProbe } from '../drivers/sip/options-probe.ts';
import { nutClientProbe } from '../drivers/nut/client-probe.ts';
import { nutProbe } from '../drivers/nut/nut-probe.ts';
import { snmpProbe } from '../drivers/snmp/get-probe.ts';
import { tcpProbe } from '../drivers/tcp/connect-probe.ts';
import { tlsProbe } from '../drivers/tls/handshake-probe.ts';
import { upsSnmpProbe } from '../drivers/snmp/ups-snmp-probe.ts';

/** One set of these a thread: what probes of a kind share. */
export class NetworkProbes {
  readonly #pings = new PingRounds();
  readonly #heartbeats: HeartbeatListener;
  readonly broker = new BrokerHeartbeats();

  constructor(heartbeats: HeartbeatSettings | undefined) {
    this.#heartbeats = new HeartbeatListener(heartbeats ?? { host: '127.0.0.1' });
    this.#heartbeats.start();
  }

  make(source: Source): Probe | undefined {
    if (!('waitMs' in source)) return undefined;
    const named = { source: source.id, timeoutMs: source.waitMs };
    switch (source.kind) {
      case 'sip-options':
        return sipOptionsProbe({ ...source, ...named });
      case 'tcp':
        return tcpProbe({ ...source, ...named });
      case 'ping':
        return this.#pings.probe({ ...source, ...named });
      case 'tls':
        return tlsProbe({ ...source, ...named });
      case 'http':
        return httpProbe({ ...source, ...named });
      case 'dns':
        return dnsProbe({ ...source, ...named });
      case 'snmp':
        return snmpProbe({ ...source, ...named });
      case 'heartbeat':
        return this.#heartbeat(source);
      case 'nut':
        return nutProbe({ ...source, ...named });
      case 'nut-client':
        return nutClientProbe({ ...source, ...named });
      case 'ups-snmp':
        return upsSnmpProbe({ ...source, ...named });
      default:
        return undefined;
    }
  }

  #heartbeat(source: Extract<Source, { kind: 'heartbeat' }>): Probe {
    const { id, topic, waitMs: graceMs } = source;
    const own = { ...source, source: id, graceMs };
    return topic === undefined
      ? heartbeatProbe({ ...own, listener: this.#heartbeats })
      : heartbeatProbe({
          ...own,
          name: topic,
          listener: this.broker,
          // The path to the broker tells all that there is to know of our network.
          isCutOff: () => Promise.resolve(false),
        });
  }

  close(): Promise<void> {
    return this.#heartbeats.close();
  }
}
