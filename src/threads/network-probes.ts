/** Makes the probe of a source that is asked over the network; `undefined` for what speaks through the field. */
import type { Probe } from '../ports/probe.ts';
import type { Source } from '../model/room.ts';
import { PingRounds } from '../drivers/ping/fping.ts';
import { sipOptionsProbe } from '../drivers/sip/options-probe.ts';
import { nutProbe } from '../drivers/nut/nut-probe.ts';
import { tcpProbe } from '../drivers/tcp/connect-probe.ts';
import { upsSnmpProbe } from '../drivers/snmp/ups-snmp-probe.ts';

/** One set of these a thread: what probes of a kind share. */
export class NetworkProbes {
  readonly #pings = new PingRounds();

  make(source: Source): Probe | undefined {
    switch (source.kind) {
      case 'sip-options':
        return sipOptionsProbe({ ...source, source: source.id });
      case 'tcp':
        return tcpProbe({ ...source, source: source.id, timeoutMs: source.waitMs });
      case 'ping':
        return this.#pings.probe({ ...source, source: source.id });
      case 'nut':
        return nutProbe({ ...source, source: source.id });
      case 'ups-snmp':
        return upsSnmpProbe({ ...source, source: source.id });
      default:
        return undefined;
    }
  }
}
