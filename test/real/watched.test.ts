/** Evidence from real peers: servers with certificates made by openssl, Debian's snmpd. Certificates and agents are not ours. */
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { httpProbe } from '../../src/drivers/http/get-probe.ts';
import { sipOptionsProbe } from '../../src/drivers/sip/options-probe.ts';
import { snmpProbe } from '../../src/drivers/snmp/get-probe.ts';
import { tlsProbe } from '../../src/drivers/tls/handshake-probe.ts';
import type { SnmpAccess } from '../../src/model/room.ts';
import type { Probe, ProbeEvidence } from '../../src/ports/probe.ts';
import { Reports } from '../contract/probe.ts';
import { needsPrograms, program } from '../rig.ts';
import { eventually, freePort } from '../room/program.ts';
import { selfSigned } from './certificate.ts';

needsPrograms('openssl', 'snmpd');
const dayMs = 86_400_000;

async function first(probe: Probe): Promise<ProbeEvidence> {
  const reports = new Reports();
  probe.start(reports.report);
  const evidence = await reports.next(30_000);
  await probe.stop();
  return evidence;
}
const listen = (server: tls.Server): Promise<number> =>
  new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    }),
  );

for (const [days, expiring] of [
  [20, true],
  [40, false],
] as const)
  test(`a certificate that holds ${days} more days: ${expiring ? 'a warning' : 'no warning'}, and the server is up`, async () => {
    const server = https.createServer(selfSigned({ days }), (_, response) => response.end('ok'));
    const port = await listen(server);
    const rhythm = { everyMs: 10_000, timeoutMs: 10_000, expiryWarnMs: 30 * dayMs };
    const evidence = [
      await first(tlsProbe({ source: 'crm.1', host: '127.0.0.1', port, ...rhythm })),
      await first(
        httpProbe({ source: 'crm.2', host: '127.0.0.1', url: `https://127.0.0.1:${port}/`, ...rhythm }),
      ),
    ];
    server.close();
    server.closeAllConnections();
    for (const { says, reason, values } of evidence) {
      assert.is(says, 'up', reason.en);
      assert.is(values?.['certificateExpiring'], expiring);
      assert.is(values?.['certificateExpired'], false);
      assert.match(reason.en, /certificate until \d{4}-\d\d-\d\d/);
      const left = Number(values?.['certificateDaysLeft']);
      assert.ok(left === days || left === days - 1, String(left));
    }
  });

test('something that accepts connections and speaks no TLS is a miss', async () => {
  const { createServer } = await import('node:net');
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('220 mail ready\r\n');
  });
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    }),
  );
  const probe = tlsProbe({
    ...{ source: 'crm.1', host: '127.0.0.1', port, everyMs: 10_000, timeoutMs: 10_000, expiryWarnMs: 0 },
  });
  assert.is((await first(probe)).says, 'down');
  server.close();
});

test('a PBX answers OPTIONS over TLS with a certificate of its own', async () => {
  const server = tls.createServer(selfSigned({ days: 5 }), (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const head = chunk
        .toString()
        .split('\r\n')
        .filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
      assert.match(head.join('\n'), 'SIP/2.0/TLS');
      socket.write(['SIP/2.0 405 Method Not Allowed', ...head, 'Content-Length: 0', '', ''].join('\r\n'));
    });
  });
  const port = await listen(server);
  const { says, reason } = await first(
    sipOptionsProbe({
      ...{ source: 'pbx.1', host: '127.0.0.1', port, transport: 'tls', everyMs: 10_000, suspectMs: 10_000 },
    }),
  );
  server.close();
  assert.is(says, 'up');
  assert.match(reason.en, '405');
});

const sysUpTime = '1.3.6.1.2.1.1.3.0';

test('snmpd answers v1, v2c and v3 with authentication and encryption; a wrong password is our mistake', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-snmpd-'));
  const secret = (name: string, words: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, `${words}\n`, { mode: 0o600 });
    return file;
  };
  const port = await freePort();
  writeFileSync(
    path.join(folder, 'snmpd.conf'),
    `rocommunity kontrolle 127.0.0.1\ncreateUser lk SHA authenticate-me AES encrypt-me-please\nrouser lk authpriv\n`,
  );
  const agent = spawn(
    program('snmpd') ?? 'snmpd',
    [
      '-f',
      '-Lo',
      '-C',
      '-c',
      path.join(folder, 'snmpd.conf'),
      '-p',
      path.join(folder, 'pid'),
      `udp:127.0.0.1:${port}`,
    ],
    { stdio: 'ignore', env: { ...process.env, SNMP_PERSISTENT_DIR: folder } },
  );
  const ask = (access: SnmpAccess, oid = sysUpTime): Promise<ProbeEvidence> =>
    first(
      snmpProbe({
        ...{ source: 'x.1', host: '127.0.0.1', port, oid, access, scale: 0.01, unit: 's' },
        ...{ everyMs: 5000, timeoutMs: 5000 },
      }),
    );
  const community = secret('community', 'kontrolle');
  const v3 = (word: string): SnmpAccess => ({
    version: 'v3',
    user: 'lk',
    authentication: { protocol: 'sha', file: secret(`auth-${word}`, word) },
    privacy: { protocol: 'aes', file: secret('priv', 'encrypt-me-please') },
  });
  try {
    await eventually(
      'snmpd',
      async () =>
        (await ask({ version: 'v2c', communityFile: community })).says === 'up' ? true : undefined,
      60_000,
    );
    for (const access of [
      { version: 'v1', communityFile: community },
      { version: 'v2c', communityFile: community },
      v3('authenticate-me'),
    ] as const) {
      const { says, reason, values } = await ask(access);
      assert.is(says, 'up', `${access.version}: ${reason.en}`);
      assert.type(values?.['reading'], 'number');
    }
    assert.is((await ask({ version: 'v2c' })).says, 'down');
    assert.is((await ask(v3('another-password'))).says, 'unknown');
    assert.is((await ask({ version: 'v1', communityFile: community }, '1.3.6.1.2.1.99.1.0')).says, 'unknown');
  } finally {
    agent.kill('SIGKILL');
  }
});

test.run();
