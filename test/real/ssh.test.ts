/** OpenSSH's own client and server: the pinned host key, the named key, the command, a session that the host ends. */
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HostOrders } from '../../src/drivers/host-orders.ts';
import { sshWay } from '../../src/drivers/ssh/host-way.ts';
import { needsPrograms } from '../rig.ts';
import { eventually } from '../room/program.ts';
import { Computer } from './ssh-computer.ts';

needsPrograms('ssh', 'sshd', 'ssh-keygen');
const limitMs = 60_000;

const { signal } = new AbortController();

test('the command runs with its words as they were written, and the host is off when its port has closed', async () => {
  const computer = await new Computer().start();
  try {
    const word = `it's "down"; $(touch ${computer.file('never')})`;
    const way = sshWay(computer.way(['sh', '-c', 'printf %s "$1" > "$2"', 'sh', word, computer.down]));
    const orders = new HostOrders({ host: 'crm', way, withinMs: limitMs, settleMs: 0 });
    const told: string[] = [];
    orders.shut('cut/1.1', (outcome) => told.push(outcome));
    await eventually('asked', () => (told.includes('asked') ? true : undefined), limitMs);
    assert.is(readFileSync(computer.down, 'utf8'), word);
    assert.not.ok(existsSync(computer.file('never')));
    computer.kill();
    await eventually('confirmed', () => (told.includes('confirmed') ? true : undefined), limitMs);
    assert.equal(told, ['asked', 'confirmed']);
    await orders.close();
  } finally {
    computer.stop();
  }
});

test('a host that ends the session under the command has taken it', async () => {
  const computer = await new Computer().start();
  try {
    const answer = await sshWay(computer.way(['sh', '-c', 'kill -9 "$PPID"; sleep 1'])).ask(signal);
    assert.is(answer.kind, 'asked', answer.reason.en);
  } finally {
    computer.stop();
  }
});

test('a host key that is not pinned or is another one, a key that is not taken, a command that fails: nothing goes through', async () => {
  const computer = await new Computer().start();
  try {
    const touch = ['touch', computer.down];
    for (const more of [
      { knownHostsFile: computer.file('known-none') },
      { knownHostsFile: computer.file('known-other-host') },
      { keyFile: computer.file('other-key') },
      { user: 'nobody' },
    ]) {
      const answer = await sshWay(computer.way(touch, more)).ask(signal);
      assert.is(answer.kind, 'refused', JSON.stringify({ more, answer }));
    }
    assert.not.ok(existsSync(computer.down));
    const failed = await sshWay(computer.way(['sh', '-c', 'echo no rights >&2; exit 3'])).ask(signal);
    assert.is(failed.kind, 'refused');
    assert.match(failed.reason.en, /ended with 3: no rights/);
    computer.kill();
    await eventually('closed', async () =>
      (await sshWay(computer.way(touch)).look(signal)).kind === 'closed' ? true : undefined,
    );
    assert.is((await sshWay(computer.way(touch)).ask(signal)).kind, 'unreached');
  } finally {
    computer.stop();
  }
});

test('a dry run without a command of its own runs nothing, not even a forced command that shuts down whatever it is asked', async () => {
  const computer = new Computer();
  try {
    await computer.start(`touch ${computer.down}`);
    const answer = await sshWay(computer.way(['shutdown'])).test(signal);
    assert.ok(answer.works, answer.reason.en);
    assert.not.ok(existsSync(computer.down));
    const ran = await sshWay(computer.way(['shutdown'], { testCommand: ['true'] })).test(signal);
    assert.ok(ran.works, ran.reason.en);
    assert.ok(existsSync(computer.down), 'the forced command ran: that is what docs/hosts.md warns of');
    chmodSync(computer.file('key'), 0o644);
    assert.match((await sshWay(computer.way(['shutdown'])).test(signal)).reason.en, /chmod 600/);
  } finally {
    computer.stop();
  }
});

test.run();
