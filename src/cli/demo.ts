/**
 * `linekeeper demo`: a whole room on one machine, nothing else needed. The surroundings are virtual and live in a process of
 * their own; linekeeper itself runs as it does in a real room. `linekeeper demo FAULT` lets something happen in the room
 * that is running.
 */
import { randomInt } from 'node:crypto';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { demoFaults, demoPorts, placesOf } from '../sim/demo-places.ts';
import type { DemoPlaces } from '../sim/demo-places.ts';
import { loadRoom } from '../room/load.ts';
import { runRoom } from './run.ts';
import { pbxFormats } from '../drivers/smdr/catalogue.ts';
import { upsModels } from '../drivers/ups/catalogue.ts';
import { testsOfModel } from '../drivers/ups/read-map.ts';

const happenings = Object.entries(demoFaults).flat();
const usage = `usage: linekeeper demo             run the demo room; stops on Ctrl-C
       linekeeper demo HAPPENING   in the demo room that is running:

  ${Object.entries(demoFaults)
    .map(([fault, end]) => `${fault.padEnd(14)} ${end}`)
    .join('\n  ')}
  call in 3 …    and every other order of \`linekeeper sim card --help\`

Data goes to ./var, or to LINEKEEPER_DATA.
`;
/** Ctrl-C must end the demo within 2 s: calls are not waited for. */
const stopLimitMs = 500;
const startLimitMs = 15_000;

export async function demo(args: readonly string[]): Promise<number> {
  const [first] = args;
  if (first === '--help' || first === '-h') {
    process.stdout.write(usage);
    return 0;
  }
  if (first !== undefined) return happen(args.join(' '));
  const surroundings = fork(fileURLToPath(new URL('../sim/demo-room.js', import.meta.url)), [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const places = await new Promise<DemoPlaces | string>((resolve) => {
    const limit = setTimeout(() => {
      resolve(`the virtual room did not start within ${startLimitMs / 1000} s`);
    }, startLimitMs);
    surroundings.on('message', (message) => {
      const told = placesOf(message);
      if (told === undefined) return;
      clearTimeout(limit);
      resolve(told);
    });
    surroundings.on('exit', (code) => {
      clearTimeout(limit);
      resolve(`the virtual room ended (${code ?? 'signal'})`);
    });
  });
  if (typeof places === 'string') {
    process.stderr.write(`linekeeper demo: ${places}\n`);
    if (surroundings.connected) surroundings.disconnect();
    surroundings.kill('SIGKILL');
    return 1;
  }
  try {
    return await runDemo(places);
  } finally {
    if (surroundings.connected) surroundings.disconnect();
  }
}

async function runDemo(places: DemoPlaces): Promise<number> {
  const file = fileURLToPath(new URL('../../../config/rooms/demo.yaml', import.meta.url));
  let content = readFileSync(file, 'utf8');
  for (const [name, port] of Object.entries(demoPorts))
    content = content.replace(`:${port}"`, `:${places[name as keyof DemoPlaces]}"`);
  const { room, problems } = loadRoom(content, file, {
    upsModels: upsModels(),
    testsOfModel,
    pbxFormats: pbxFormats(),
  });
  if (room === undefined) {
    process.stderr.write(`linekeeper demo: ${problems.map(({ message }) => message.en).join('\n')}\n`);
    return 1;
  }
  const folder = dataFolder();
  mkdirSync(folder, { recursive: true });
  writeFileSync(controlFile(), JSON.stringify({ control: places.control, pid: process.pid }), {
    mode: 0o600,
  });
  const moved = Object.entries(demoPorts).filter(([name, port]) => places[name as keyof DemoPlaces] !== port);
  for (const [name, port] of moved)
    process.stdout.write(
      `port ${port} (virtual ${name}) is taken; moved to ${places[name as keyof DemoPlaces]}\n`,
    );
  process.stdout.write(
    'linekeeper demo room: 8 lines, a virtual PBX, UPS, server, network and broker. Calls come by themselves.\n' +
      'Let something happen from another terminal: npx linekeeper demo pbx-fault   (then: demo pbx-return)\n' +
      'This room, and only this one, answers reads from 127.0.0.1 without login.\n',
  );
  return runRoom(
    // The demo speaks the language of whoever started it.
    {
      ...room,
      dataFolder: folder,
      language: (process.env['LC_ALL'] ?? process.env['LANG'] ?? '').startsWith('zh') ? 'zh' : 'en',
    },
    { openReads: true, demoCode: String(randomInt(100_000, 1_000_000)), stopLimitMs, found: [] },
  );
}

const dataFolder = (): string => path.resolve(process.env['LINEKEEPER_DATA'] ?? 'var');
const controlFile = (): string => path.join(dataFolder(), 'demo.json');

/** Gives an order to the virtual room that is running. */
async function happen(order: string): Promise<number> {
  let control: number;
  try {
    control = (JSON.parse(readFileSync(controlFile(), 'utf8')) as { control: number }).control;
  } catch {
    process.stderr.write(
      `linekeeper demo: no demo room runs with its data in ${dataFolder()}; start one with: linekeeper demo\n`,
    );
    return 1;
  }
  const answer = await new Promise<string>((resolve) => {
    const socket = net.connect(control, '127.0.0.1');
    let heard = '';
    socket.setTimeout(5000, () => socket.destroy(new Error('no answer')));
    socket.on('connect', () => socket.write(`${order}\n`));
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      if (heard.includes('\n')) socket.end();
    });
    socket.on('error', (error) => {
      resolve(`error the demo room does not answer (${error.message}); is it still running?`);
    });
    socket.on('close', () => {
      resolve(heard.trim());
    });
  });
  if (!answer.startsWith('ok')) {
    process.stderr.write(
      `linekeeper demo: ${answer.replace(/^error /, '')}\n${happenings.includes(order) ? '' : usage}`,
    );
    return answer.includes('does not answer') ? 1 : 2;
  }
  const [, end, seconds] = answer.split(' ');
  const isFault = Object.hasOwn(demoFaults, order);
  if (isFault && seconds !== undefined)
    process.stdout.write(`${order}: ends by itself in ${seconds} s, or with: linekeeper demo ${end}\n`);
  else if (isFault) process.stdout.write(`${order}: ends with: linekeeper demo ${end}\n`);
  else process.stdout.write(`${answer.slice(3) || order}\n`);
  return 0;
}
