/**
 * A power cut in the demo room, in the whole program: stages, a person who ticks off, loads that come back, the all-clear. The
 * virtual battery loses a minute each second.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Demo } from './demo-program.ts';
import { Program, eventually, linekeeper } from './program.ts';

const limitMs = 120_000;
const data = mkdtempSync(path.join(os.tmpdir(), 'lk-cut-'));
const env = { LINEKEEPER_DATA: data };
const demo = new Demo(env);
let url = '';

interface Status {
  readonly room: { readonly bypass: string };
  readonly powerCut: {
    readonly phase: string;
    readonly mayClear: boolean;
    readonly groups: readonly string[];
    readonly stages: readonly {
      readonly steps: readonly { readonly id: string; readonly state: string }[];
    }[];
  };
}
const get = async <T>(what: string): Promise<T> => (await (await fetch(`${url}/api/v1/${what}`)).json()) as T;
const plan = async (): Promise<Status['powerCut']> => (await get<Status>('status')).powerCut;
const alarms = async (): Promise<readonly string[]> =>
  (await get<{ readonly items: readonly { readonly id: string }[] }>('alarms')).items.map(({ id }) => id);
const becomes = (what: string, look: () => Promise<boolean>): Promise<boolean> =>
  eventually(what, async () => (await look()) || undefined, limitMs);

async function happens(what: string): Promise<void> {
  const program = linekeeper(['demo', what], env);
  assert.is(await program.ended, 0, program.output);
}

/** Gives a command as the page does, and confirms it where that is asked. */
async function orders(command: object, by = 'Li'): Promise<boolean> {
  const code = /code for commands on the page: (\d+)/.exec(demo.output)?.[1];
  const give = async (confirm?: string): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}/api/v1/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ command, code, by, confirm }),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const first = await give();
  const asked = first['confirm'] as { readonly token: string } | undefined;
  const { accepted } = asked === undefined ? first : await give(asked.token);
  return accepted === true;
}

test.after(async () => {
  await Program.endAll();
  if (demo.child.exitCode === null && demo.child.signalCode === null) demo.signalGroup('SIGKILL');
  rmSync(data, { recursive: true, force: true });
});

test('the plan goes by its stages, loads come back when the mains have stayed, and a person says all clear', async () => {
  url = await demo.page();
  await becomes('the plan', async () => (await plan()).phase === 'ready');
  await becomes('the UPS', async () => (await alarms()).every((id) => !id.startsWith('ups-1')));
  await happens('power-cut');
  await becomes('the emergency light', async () => (await plan()).groups.includes('emergency-light'));
  assert.ok(await orders({ do: 'power-cut-done', step: '1.4' }));
  await becomes('seats shed', async () => (await plan()).groups.includes('seats'));
  await becomes('bypass', async () => (await get<Status>('status')).room.bypass === 'held');
  assert.ok((await alarms()).some((id) => id.endsWith('power-cut.stage/3')));
  assert.not(await orders({ do: 'all-clear' }), 'not while it is dark');
  await happens('power-return');
  await becomes('the check', async () => (await plan()).phase === 'checking');
  assert.equal((await plan()).groups, []);
  await becomes('all seen', async () => (await plan()).mayClear);
  assert.not(await orders({ do: 'all-clear' }, 'panel'), 'nobody said it');
  assert.ok(await orders({ do: 'all-clear' }));
  await becomes('the plan at rest', async () => (await plan()).phase === 'ready');
  assert.is.not((await get<Status>('status')).room.bypass, 'held', 'the bypass goes by its own rules again');
});

test.run();
