/** The section `hosts` of a room file: what it becomes, and what is told that would not work in a power cut. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadRoom } from '../../src/room/load.ts';
import { explainRoom } from '../../src/room/explain.ts';
import { accepted } from './accepted.ts';
import { spoilt, upsModels } from './base.ts';

const plan = 'power-cut: [{ when: on battery, do: [shut: seats] }]\n';
const ssh =
  'ssh: linekeeper@10.0.0.11, key-file: /etc/lk/key, known-hosts: /etc/lk/known, command: [sudo, -n, poweroff], group: seats';
const http = 'http: "https://10.0.0.40/off", group: seats';
const nut = 'nut: pc, password-file: /etc/lk/pc, group: seats';

const withHosts = (hosts: string, more = plan): string =>
  spoilt('recorder: {', `${more}hosts:\n${hosts}recorder: {`);
const problemsOf = (words: string) => loadRoom(words, 'room.yaml', { upsModels }).problems;
const told = (words: string): readonly string[] =>
  problemsOf(words).map(({ severity, path }) => `${severity} ${path}`);

test('each way, value by value, and as a start takes it in', () => {
  const words = withHosts(
    `  crm: { ${ssh}, name: { zh: 客户系统, en: CRM }, subject: crm, within: 1m, settle: 10s }
  vm: { ${http}, secret-file: /etc/lk/token, body: "{}", status: 202, confirm: { url: "https://10.0.0.40/state", contains: "off" } }
  pc: { ${nut} }
`,
    `${plan}nut-server: { host: 10.0.0.5, certificate-file: c.pem, key-file: k.pem }\n`,
  );
  const { room, problems } = loadRoom(words, 'room.yaml', { upsModels });
  assert.equal(problems, []);
  assert.equal(accepted(words, upsModels), room);
  assert.equal(room?.hosts, [
    {
      id: 'crm',
      name: { zh: '客户系统', en: 'CRM' },
      group: 'seats',
      subject: 'crm',
      way: {
        kind: 'ssh',
        user: 'linekeeper',
        host: '10.0.0.11',
        port: 22,
        keyFile: '/etc/lk/key',
        knownHostsFile: '/etc/lk/known',
        command: ['sudo', '-n', 'poweroff'],
      },
      withinMs: 60_000,
      settleMs: 10_000,
    },
    {
      id: 'vm',
      name: { zh: 'vm', en: 'vm' },
      group: 'seats',
      way: {
        kind: 'http',
        url: 'https://10.0.0.40/off',
        method: 'POST',
        secret: { header: 'Authorization', file: '/etc/lk/token' },
        body: '{}',
        expect: { status: 202 },
        confirm: { url: 'https://10.0.0.40/state', contains: 'off' },
      },
      withinMs: 150_000,
      settleMs: 30_000,
    },
    {
      id: 'pc',
      name: { zh: 'pc', en: 'pc' },
      group: 'seats',
      way: { kind: 'nut', ups: 'pc', user: 'pc', passwordFile: '/etc/lk/pc' },
      withinMs: 150_000,
      settleMs: 30_000,
    },
  ]);
  assert.equal(room?.nutServer, {
    host: '10.0.0.5',
    port: 3493,
    tls: { certificateFile: 'c.pem', keyFile: 'k.pem' },
  });
  assert.ok(room);
  const explained = explainRoom(room, 'en');
  assert.match(explained, /crm +seats +ssh linekeeper@10\.0\.0\.11:22 sudo -n poweroff +off 10s after/);
  assert.match(explained, /vm +seats +POST https:\/\/10\.0\.0\.40\/off +off is told by 10\.0\.0\.40/);
});

test('what would not work in a power cut is told before it', () => {
  assert.equal(told(withHosts(`  crm: { ${ssh} }\n`, '')), ['warning hosts.crm.group'], 'no stage shuts it');
  assert.equal(told(withHosts(`  crm: { ${ssh}, subject: crn }\n`)), ['error hosts.crm.subject']);
  assert.equal(told(withHosts(`  crm: { ${ssh.replace('10.0.0.11', '10.0.0.311')} }\n`)), [
    'error hosts.crm.ssh',
  ]);
  assert.equal(told(withHosts(`  pc: { ${nut} }\n`)), ['warning hosts'], 'nobody else reaches 127.0.0.1');
  assert.equal(
    told(withHosts(`  pc: { ${nut} }\n  qc: { ${nut} }\n`)).filter((one) => one.startsWith('error')),
    ['error hosts.pc.nut', 'error hosts.qc.nut'],
  );
  assert.equal(
    told(withHosts(`  vm: { ${http} }\n`)),
    ['note hosts.vm.http'],
    'a board stays when its host is off',
  );
  assert.equal(told(withHosts(`  vm: { ${http}, subject: crm, header: X-Token }\n`)), [
    'error hosts.vm.header',
  ]);
  assert.equal(
    told(withHosts(`  vm: { ${http.replace('https', 'http')}, subject: crm, secret-file: s }\n`)),
    ['warning hosts.vm.http'],
  );
  assert.equal(told(withHosts(`  vm: { ${http}, confirm: { url: "https://10.0.0.40/state" } }\n`)), [
    'error hosts.vm.confirm',
  ]);
});

test('a test that would shut the host down is refused', () => {
  assert.equal(told(withHosts(`  crm: { ${ssh}, test-command: [sudo, -n, poweroff] }\n`)), [
    'error hosts.crm.test-command',
  ]);
});

test('nothing of the file becomes an option or a setting of ssh', () => {
  for (const [from, to] of [
    ['linekeeper@10.0.0.11', '-oProxyCommand=x@10.0.0.11'],
    ['linekeeper@10.0.0.11', 'linekeeper@-oProxyCommand=x'],
    ['known-hosts: /etc/lk/known', 'known-hosts: "/etc/lk/known /tmp/other"'],
    ['known-hosts: /etc/lk/known', 'known-hosts: "%h"'],
    ['known-hosts: /etc/lk/known', 'known-hosts: "~/known"'],
    ['[sudo, -n, poweroff]', '["sudo\\n", poweroff]'],
  ] as const)
    assert.ok(
      problemsOf(withHosts(`  crm: { ${ssh.replace(from, to)} }\n`)).some(
        ({ severity }) => severity === 'error',
      ),
      to,
    );
});

test.run();
