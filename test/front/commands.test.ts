import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Actor, Command } from '../../src/model/event.ts';
import type { CommandDesk } from '../../src/front/command-desk.ts';
import type { Reply } from '../../src/front/mqtt/commands.ts';
import { commandDesk, waitingMax } from '../../src/front/command-desk.ts';
import { centreCommands, commandBytesMax, rememberedMax, validMsMax } from '../../src/front/mqtt/commands.ts';
import { monoMs } from '../../src/model/units.ts';
import { text } from '../../src/model/text.ts';

const now = 5_000_000;
const yes = text('已执行', 'done');

interface Given {
  readonly id: string;
  readonly by: Actor;
  readonly command: Command;
}
function centre(limitMs = 20) {
  const given: Given[] = [];
  const replies: { name: string; reply: Reply }[] = [];
  let heard: (() => void) | undefined;
  const desk: CommandDesk = commandDesk((id, by, command) => void given.push({ id, by, command }), limitMs);
  const commands = centreCommands({
    desk,
    now: () => now,
    reply: (name, reply) => {
      replies.push({ name, reply });
      heard?.();
    },
    replay: (from, to, limit) => ({ from, to, limit }),
    get: () => ({ series: 's' }),
  });
  return {
    given,
    replies,
    desk,
    send: (name: string, body: unknown, isRetained = false) => {
      commands.received(
        name,
        Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
        isRetained,
      );
    },
    answered: (count: number) =>
      new Promise<void>((resolve) => {
        heard = () => {
          if (replies.length >= count) resolve();
        };
        heard();
      }),
    errorOf: (at: number): unknown => {
      const error = replies[at]?.reply['error'];
      return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    },
  };
}
const decide = (desk: CommandDesk, given: Given | undefined, accepted: boolean): void => {
  desk.heard({ at: monoMs(1), kind: 'command', id: given?.id ?? '', accepted, text: yes });
};
const soon = now + 10_000;

test('a command goes to the guard with the name of who asks, and the reply tells what the guard decided', async () => {
  const one = centre(1000);
  one.send('acknowledge', { transaction: 't1', expires: soon, by: 'Li Ming', alarm: 'pbx/pbx.down' });
  assert.equal(one.given[0]?.command, { do: 'acknowledge', alarm: 'pbx/pbx.down' });
  assert.equal(one.given[0]?.by, { via: 'centre', name: 'Li Ming' });
  decide(one.desk, one.given[0], true);
  await one.answered(1);
  assert.is(one.replies[0]?.reply.status, 'ok');
  one.send('bypass', { transaction: 't2', expires: soon, mode: 'now' });
  decide(one.desk, one.given[1], false);
  await one.answered(2);
  assert.is(one.replies[1]?.reply.status, 'refused');
  assert.is(one.replies[1]?.reply.transaction, 't2');
});

test('no word of the guard in time is unknown, never ok', async () => {
  const one = centre(5);
  one.send('silence', { transaction: 't', expires: soon });
  await one.answered(1);
  assert.is(one.replies[0]?.reply.status, 'unknown');
  assert.is(one.errorOf(0), 'LK-MQTT-006');
});

test('a command is valid up to its expiry, for 60 s at most', async () => {
  for (const [expires, isValid] of [
    [now, false],
    [now + 1, true],
    [now + validMsMax, true],
    [now + validMsMax + 1, false],
  ] as const) {
    const one = centre();
    one.send('silence', { transaction: 't', expires });
    assert.is(one.given.length, isValid ? 1 : 0, `expires ${expires - now}`);
    if (isValid) continue;
    await one.answered(1);
    assert.is(one.errorOf(0), 'LK-MQTT-002');
  }
});

test('a command that the broker delivers twice is done once and answered again', async () => {
  const one = centre(1000);
  one.send('silence', { transaction: 't', expires: soon });
  one.send('silence', { transaction: 't', expires: soon });
  assert.is(one.given.length, 1);
  decide(one.desk, one.given[0], true);
  await one.answered(1);
  one.send('silence', { transaction: 't', expires: soon });
  assert.is(one.given.length, 1);
  assert.is(one.replies.length, 2);
});

test('a retained command is never carried out', () => {
  const one = centre();
  one.send('silence', { transaction: 't', expires: soon }, true);
  assert.is(one.given.length, 0);
  assert.is(one.errorOf(0), 'LK-MQTT-004');
});

test('what is malformed, unknown or too large gets a reply that says so', () => {
  const one = centre();
  one.send('bypass', { transaction: 'a', expires: soon, mode: 'sometimes' });
  one.send('bypass', { transaction: 'a', expires: soon, mode: 'now', extra: 1 });
  one.send('silence', '{');
  one.send('silence', { expires: soon });
  one.send('open-door', { transaction: 'b', expires: soon });
  one.send('constructor', { transaction: 'b', expires: soon });
  const fill = JSON.stringify({ transaction: 'c', expires: soon, by: '' });
  one.send('silence', fill + ' '.repeat(commandBytesMax + 1 - fill.length));
  one.send('replay', { transaction: 'd', from: 0, to: 3 });
  assert.is(one.given.length, 0);
  assert.equal(
    one.replies.map((_, at) => one.errorOf(at)),
    [
      'LK-MQTT-001',
      'LK-MQTT-001',
      'LK-MQTT-001',
      'LK-MQTT-001',
      'LK-MQTT-003',
      'LK-MQTT-003',
      'LK-MQTT-007',
      'LK-MQTT-001',
    ],
  );
  assert.is(one.replies[0]?.reply.transaction, 'a');
});

test('a command of exactly the size limit is taken', () => {
  const one = centre();
  const body = JSON.stringify({ transaction: 't', expires: soon });
  one.send('silence', body + ' '.repeat(commandBytesMax - body.length));
  assert.is(one.given.length, 1);
});

test('get and replay answer at once', () => {
  const one = centre();
  one.send('get', { transaction: 'g' });
  one.send('replay', { transaction: 'r', from: 3, to: 9 });
  assert.equal(one.replies[0]?.reply['data'], { series: 's' });
  assert.equal(one.replies[1]?.reply['data'], { from: 3, to: 9, limit: 1000 });
});

test('commands that wait are bounded: one more is refused', async () => {
  const one = centre(60_000);
  for (let n = 0; n < waitingMax; n++) one.send('silence', { transaction: `t${n}`, expires: soon });
  assert.is(one.given.length, waitingMax);
  assert.is(one.replies.length, 0);
  one.send('silence', { transaction: 'more', expires: soon });
  await one.answered(1);
  assert.is(one.errorOf(0), 'LK-MQTT-005');
  one.desk.close();
});

test('remembered transactions are bounded', async () => {
  const one = centre(60_000);
  for (let n = 0; n <= rememberedMax; n++) {
    one.send('silence', { transaction: `t${n}`, expires: soon });
    decide(one.desk, one.given[n], true);
  }
  await one.answered(rememberedMax + 1);
  one.send('silence', { transaction: `t${rememberedMax}`, expires: soon });
  assert.is(one.given.length, rememberedMax + 1, 'the newest is remembered');
  one.send('silence', { transaction: 't0', expires: soon });
  assert.is(one.given.length, rememberedMax + 2, 'the oldest is forgotten');
  one.desk.close();
});

test.run();
