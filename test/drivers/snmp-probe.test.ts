import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import snmp from 'net-snmp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { snmpProbe } from '../../src/drivers/snmp/get-probe.ts';
import type { SnmpProbeOptions } from '../../src/drivers/snmp/get-probe.ts';
import { Reports, probeContract } from '../contract/probe.ts';
import { freePort } from '../room/program.ts';

const oid = '1.3.6.1.4.1.99999.1.0';

/** What is used of the agent side, which the package's types leave open. */
interface OwnAgent {
  registerProvider(provider: object): void;
  getMib(): { setScalarValue(name: string, value: number): void };
  close(): void;
}

/** An agent with one value, by the package's own agent side. */
class Agent {
  readonly port: number;
  #agent: OwnAgent | undefined;
  value = 21;

  constructor(port: number) {
    this.port = port;
  }
  start(): this {
    const agent = snmp.createAgent(
      { port: this.port, address: '127.0.0.1', disableAuthorization: true },
      () => undefined,
    ) as OwnAgent;
    agent.registerProvider({
      name: 'room',
      type: snmp.MibProviderType.Scalar,
      oid: oid.replace(/\.0$/, ''),
      scalarType: snmp.ObjectType.Integer,
      maxAccess: snmp.MaxAccess['read-only'],
    });
    agent.getMib().setScalarValue('room', this.value);
    this.#agent = agent;
    return this;
  }
  stop(): void {
    this.#agent?.close();
    this.#agent = undefined;
  }
}

const probeOf = (port: number, more: Partial<SnmpProbeOptions> = {}): ReturnType<typeof snmpProbe> =>
  snmpProbe({
    source: 'room.1',
    host: '127.0.0.1',
    port,
    oid,
    access: { version: 'v2c' },
    scale: 1,
    unit: '',
    everyMs: 300,
    timeoutMs: 300,
    ...more,
  });

probeContract('SNMP', {
  open: async () => {
    const agent = new Agent(await freePort()).start();
    return {
      probe: probeOf(agent.port),
      everyMs: 300,
      waitMs: 300,
      silence: 'down',
      setAlive: (alive) => {
        if (alive) agent.start();
        else agent.stop();
      },
      close: () => {
        agent.stop();
        return Promise.resolve();
      },
    };
  },
  openBroken: () => probeOf(161, { access: { version: 'v2c', communityFile: '/nonexistent/community' } }),
});

async function firstOf(
  value: number,
  more: Partial<SnmpProbeOptions> = {},
): Promise<Awaited<ReturnType<Reports['next']>>> {
  const agent = new Agent(await freePort());
  agent.value = value;
  agent.start();
  const probe = probeOf(agent.port, { everyMs: 5000, timeoutMs: 5000, ...more });
  const reports = new Reports();
  probe.start(reports.report);
  const evidence = await reports.next(20_000);
  await probe.stop();
  agent.stop();
  return evidence;
}

test('a value is scaled and told with its unit', async () => {
  const { says, reason, values } = await firstOf(215, { scale: 0.1, unit: '°C' });
  assert.is(says, 'up');
  assert.is(reason.en, 'reads 22 °C');
  assert.is(values?.['reading'], 21.5);
});

test('beyond the warning it is up and warns, beyond the fault it is down, at the limit neither', async () => {
  const limits = { warn: { when: '>', value: 30 }, fault: { when: '>', value: 40 } } as const;
  const at = async (value: number): Promise<unknown[]> => {
    const { says, values } = await firstOf(value, limits);
    return [says, values?.['beyondWarn']];
  };
  assert.equal(await at(30), ['up', false]);
  assert.equal(await at(31), ['up', true]);
  assert.equal(await at(40), ['up', true]);
  assert.equal(await at(41), ['down', undefined]);
});

test('another value than the right one is down', async () => {
  assert.is((await firstOf(1, { equals: '1' })).says, 'up');
  const { says, reason } = await firstOf(2, { equals: '1' });
  assert.is(says, 'down');
  assert.match(reason.en, 'reads 2, not 1');
});

test('an object that the agent does not have is our mistake: unknown', async () => {
  const { says, reason } = await firstOf(1, { oid: '1.3.6.1.4.1.99999.7.0' });
  assert.is(says, 'unknown');
  assert.match(reason.en, 'no object 1.3.6.1.4.1.99999.7.0');
});

test('a community file that others can read is refused, and its content is not told', async () => {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'lk-snmp-')), 'community');
  writeFileSync(file, 'geheim\n', { mode: 0o644 });
  const { says, reason } = await firstOf(1, { access: { version: 'v2c', communityFile: file } });
  assert.is(says, 'unknown');
  assert.match(reason.en, 'chmod 600');
  assert.not.match(reason.en, 'geheim');
});

test.run();
