/**
 * Reads the UPS-MIB of one agent by SNMP v1, v2c or v3. Asks only (GET, GETNEXT); what is set is in `order-test.ts`. An agent that lacks
 * objects is asked for what it has; v1 refuses a whole question for one missing object, so there each is asked alone.
 */
import * as snmp from 'net-snmp';
import { upsAlarmTable, upsAlarmsPresent, upsObjects } from '../../format/ups-mib.ts';

/** Objects in one question: small agents answer "too big" to more. */
const objectsAtOnce = 6;
const alarmsMax = 64;
/** What an agent lacked is asked for again after so many readings: firmware grows. */
const readingsKnown = 100;

export type SnmpAccess =
  | { readonly version: 'v1' | 'v2c'; readonly community: string }
  | {
      readonly version: 'v3';
      readonly user: string;
      readonly auth?: { readonly by: 'md5' | 'sha' | 'sha256' | 'sha512'; readonly key: string };
      readonly privacy?: { readonly by: 'aes'; readonly key: string };
    };

export interface SnmpAgent {
  readonly host: string;
  readonly port: number;
  readonly access: SnmpAccess;
  readonly timeoutMs: number;
}

export interface UpsMibValues {
  readonly values: ReadonlyMap<string, number>;
  readonly alarms: readonly string[];
}

export class UpsMibSession {
  readonly #session: snmp.Session;
  readonly #isVersion1: boolean;
  /** What the agent has, once it was asked. */
  #known: readonly string[] = upsObjects;
  #readings = 0;
  #failure: Error | undefined;

  constructor(agent: SnmpAgent) {
    this.#isVersion1 = agent.access.version === 'v1';
    this.#session = openSession(agent);
    // Without a listener an error of the socket would end the process.
    this.#session.on('error', (error: Error) => (this.#failure = error));
  }

  /** Throws what net-snmp gives: RequestTimedOutError where nobody answers. */
  async read(): Promise<UpsMibValues> {
    if (this.#failure !== undefined) throw this.#failure;
    const values = new Map<string, number>();
    for (const oids of groupsOf(this.#known, this.#isVersion1 ? 1 : objectsAtOnce))
      for (const [oid, value] of await this.#get(oids)) values.set(oid, value);
    this.#readings++;
    const asksAll = values.size === 0 || this.#readings % readingsKnown === 0;
    this.#known = asksAll ? upsObjects : upsObjects.filter((oid) => values.has(oid));
    const alarms = (values.get(upsAlarmsPresent) ?? 0) > 0 ? await this.#alarms() : [];
    return { values, alarms };
  }

  close(): void {
    this.#session.close();
  }

  #get(oids: readonly string[]): Promise<readonly (readonly [string, number])[]> {
    return new Promise((resolve, reject) => {
      this.#session.get([...oids], (error, varbinds = []) => {
        if (error !== null && isMissing(error)) resolve([]);
        else if (error !== null) reject(error);
        else
          resolve(
            varbinds.flatMap((varbind) =>
              snmp.isVarbindError(varbind) || typeof varbind.value !== 'number'
                ? []
                : [[varbind.oid, varbind.value] as const],
            ),
          );
      });
    });
  }

  #alarms(): Promise<readonly string[]> {
    const alarms: string[] = [];
    return new Promise((resolve, reject) => {
      this.#session.subtree(
        upsAlarmTable,
        objectsAtOnce,
        (varbinds) => {
          for (const { value } of varbinds)
            if (alarms.length < alarmsMax && (typeof value === 'string' || Buffer.isBuffer(value)))
              alarms.push(value.toString());
        },
        (error) => {
          if (error !== null) reject(error);
          else resolve(alarms);
        },
      );
    });
  }
}

const groupsOf = (oids: readonly string[], size: number): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(oids.length / size) }, (_, n) => oids.slice(n * size, (n + 1) * size));

/** v1: the agent lacks the one object that was asked for. */
const isMissing = (error: Error): boolean =>
  'status' in error && error.status === snmp.ErrorStatus.NoSuchName;

export function openSession({ host, port, access, timeoutMs }: SnmpAgent): snmp.Session {
  const common = {
    port,
    timeout: Math.ceil(timeoutMs / 2),
    retries: 1,
    backoff: 1,
    transport: host.includes(':') ? 'udp6' : 'udp4',
  } as const;
  if (access.version !== 'v3')
    return snmp.createSession(host, access.community, {
      ...common,
      version: access.version === 'v1' ? snmp.Version1 : snmp.Version2c,
    });
  const { user, auth, privacy } = access;
  const level = snmp.SecurityLevel;
  return snmp.createV3Session(
    host,
    {
      name: user,
      level:
        auth === undefined ? level.noAuthNoPriv : privacy === undefined ? level.authNoPriv : level.authPriv,
      ...(auth === undefined ? {} : { authProtocol: snmp.AuthProtocols[auth.by], authKey: auth.key }),
      ...(privacy === undefined
        ? {}
        : { privProtocol: snmp.PrivProtocols[privacy.by], privKey: privacy.key }),
    },
    { ...common, version: snmp.Version3 },
  );
}
