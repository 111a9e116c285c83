/**
 * From a contact on TCP to an output on TCP, by the harness's own clock: it is the line card of a room and speaks the wire protocol.
 * A contact opens: lamp on. The acknowledge button is pressed, the contact closes: lamp off. Each of the two changes is one event,
 * with the whole decision (alarm, annunciator, journal, check) in between.
 *
 *   npm run bench -- reaction n=20000 lines=32 rt=10    lines: recorded meanwhile; rt: real-time priority (needs root), 0: none
 *
 * `target=nodered` measures Node-RED with the same ends (FAULT lines on TCP); NR names the folder of its node_modules.
 */
import { spawn } from 'node:child_process';
import type { Options } from './run.ts';
import { Program, linekeeper } from '../test/room/program.ts';
import { benchRoom, sleep, talkOnAll } from './room.ts';
import { cpuSeconds, quantile, residentMB } from './process.ts';
import { ContactCard } from './contact-card.ts';

const warmUp = 200;

export async function reaction(options: Options): Promise<object> {
  const events = Number(options['n'] ?? '20000');
  const lines = Number(options['lines'] ?? '0');
  const gapMs = Number(options['gap'] ?? '4');
  const priority = Number(options['rt'] ?? '0');
  const card = new ContactCard();
  const port = await card.listen();
  // A room needs lines; without recording eight of them stay idle.
  const room = await benchRoom(Math.max(8, lines), {
    buses: `  contacts: { line-card: "tcp://127.0.0.1:${port}" }`,
    points: `  beacon: { output: contacts/out1, role: lamp }
  fault:  { input: contacts/in1, contact: normally-closed, debounce: 0ms }
  ack:    { input: contacts/in2, contact: normally-open, role: acknowledge-button, debounce: 0ms }
`,
  });
  const program = linekeeper(['run', '--room', room.file]);
  await program.says(/guard active/);
  if (priority > 0) {
    const chrt = spawn('chrt', ['-f', '-p', String(priority), String(program.pid)], { stdio: 'inherit' });
    const code = await new Promise((resolve) => chrt.on('close', resolve));
    if (code !== 0) throw new Error('chrt failed: real-time priority needs root or CAP_SYS_NICE');
  }
  if (lines > 0) await talkOnAll(room, lines, 3600);
  await sleep(5000);
  const latencyMs: number[] = [];
  const before = { cpu: cpuSeconds(program.pid), at: performance.now() };
  for (let n = -warmUp; n < events; n += 2) {
    const on = await card.change(1, false, true);
    await sleep(gapMs * (0.5 + Math.random()));
    await card.press(2);
    const off = await card.change(1, true, false);
    await sleep(gapMs * (0.5 + Math.random()));
    if (n >= 0) latencyMs.push(on, off);
  }
  const cpu = (cpuSeconds(program.pid) - before.cpu) / ((performance.now() - before.at) / 1000);
  const rssMB = residentMB(program.pid);
  await Program.endAll();
  card.close();
  latencyMs.sort((a, b) => a - b);
  const ms = (share: number): number => Math.round(quantile(latencyMs, share) * 1000) / 1000;
  return {
    target: 'linekeeper',
    events: latencyMs.length,
    missing: card.missing,
    lines,
    realTimePriority: priority,
    p50: ms(0.5),
    p99: ms(0.99),
    p999: ms(0.999),
    max: ms(1),
    percentOfOneCore: Math.round(cpu * 1000) / 10,
    rssMB,
  };
}
