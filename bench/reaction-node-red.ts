/**
 * Node-RED as a target: its flow takes lines on TCP, matches FAULT and writes them to TCP (`node-red/flows.json`). Under load its only
 * thread also runs a tick of 32 channels of samples every 20 ms (`node-red/pcm.cjs`).
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { eventually, freePort } from '../test/room/program.ts';
import type { Load, Target } from './reaction.ts';
import { answerLimitMs } from './reaction.ts';
import { sleep } from './room.ts';

/** The stand-in for a Pi's core with an encoder that the targets of this benchmark were set against: about 16 ms of every 20. */
const pcmRepeats = '80';
const here = path.join(path.dirname(new URL(import.meta.url).pathname), 'node-red');

export async function nodeRedTarget(load: Load): Promise<Target> {
  const red = path.join(process.env['NR'] ?? '', 'node_modules/node-red/red.js');
  if (!existsSync(red))
    throw new Error('NR must name a folder in which node-red@4 is installed: npm i --prefix DIR node-red@4');
  const [inPort, outPort, uiPort] = [await freePort(), await freePort(), await freePort()];
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-node-red-'));
  cpSync(path.join(here, 'pcm.cjs'), path.join(folder, 'pcm.cjs'));
  writeFileSync(
    path.join(folder, 'flows.json'),
    readFileSync(path.join(here, 'flows.json'), 'utf8')
      .replace('IN_PORT', String(inPort))
      .replace('OUT_PORT', String(outPort))
      .replace('EVERY_S', load === 'idle' ? '' : '0.02')
      .replace('TICK', load === 'idle' ? '' : "global.get('pcm').tick();"),
  );
  writeFileSync(
    path.join(folder, 'settings.js'),
    `module.exports = { uiPort: ${uiPort}, uiHost: '127.0.0.1', flowFile: 'flows.json', userDir: __dirname, credentialSecret: 'bench',
functionGlobalContext: { pcm: require('./pcm.cjs') }, logging: { console: { level: 'warn' } }, telemetry: { enabled: false } };\n`,
  );

  const waiting = new Map<number, (at: number) => void>();
  let read = '';
  const sink = net.createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const at = performance.now();
      read += chunk.toString('latin1');
      const found = [...read.matchAll(/FAULT (\d+) /g)];
      const last = found.at(-1);
      if (last !== undefined) read = read.slice(last.index + last[0].length);
      for (const [, id] of found) waiting.get(Number(id))?.(at);
    });
  });
  await new Promise<void>((resolve) => sink.listen(outPort, '127.0.0.1', resolve));
  const child = spawn(process.execPath, [red, '-u', folder, '-s', path.join(folder, 'settings.js')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PCM_REP: process.env['PCM_REP'] ?? pcmRepeats },
  });
  const source = await eventually(
    'Node-RED to accept connections',
    () =>
      new Promise<net.Socket | undefined>((resolve) => {
        const socket = net.connect({ port: inPort, host: '127.0.0.1', noDelay: true });
        socket.once('connect', () => {
          resolve(socket);
        });
        socket.once('error', () => {
          resolve(undefined);
        });
      }),
    60_000,
  );
  source.on('error', () => undefined);

  let id = 0;
  const fire = (): Promise<number> => {
    const own = ++id;
    return new Promise((resolve) => {
      const limit = setTimeout(() => {
        waiting.delete(own);
        resolve(NaN);
      }, answerLimitMs);
      const begun = performance.now();
      waiting.set(own, (at) => {
        clearTimeout(limit);
        waiting.delete(own);
        resolve(at - begun);
      });
      source.write(`FAULT ${own} \n`);
    });
  };
  await eventually('the first answer', async () => (Number.isNaN(await fire()) ? undefined : true), 30_000);
  return {
    pid: child.pid ?? -1,
    async pair(pauseMs) {
      const first = await fire();
      await sleep(pauseMs());
      const second = await fire();
      await sleep(pauseMs());
      return [first, second];
    },
    close() {
      source.destroy();
      sink.close();
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGKILL');
      return ended;
    },
  };
}
