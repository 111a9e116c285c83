/**
 * ICMP echo by the program fping: one process at a time asks all hosts whose turn it is. Node has no ICMP socket. fping
 * has the right to send echoes as a file capability, or under systemd from the unit (NoNewPrivileges voids the file's). A broken or
 * missing fping is `unknown`, never "host down". Hosts are arguments of the process; no shell sees them.
 */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import type { Probe } from '../../ports/probe.ts';
import { ProbeRounds, isOwnFault } from '../probe-rounds.ts';
import { defaultGateway } from './gateway.ts';
import type { RoundAnswer } from '../probe-rounds.ts';

/** Hosts of one process; more wait for the next one. */
export const hostsPerRunMax = 64;
const echoesPerHost = 3;
const echoPeriodMs = 250;
const answerWaitMs = 1000;
/** Those that come due within this time share a process. */
const gatherMs = 150;
const runLimitMs = echoesPerHost * echoPeriodMs + answerWaitMs + 2000;
const outputBytesMax = 64 * 1024;

export interface PingProbeOptions {
  readonly source: string;
  readonly host: string;
  readonly everyMs: number;
}

interface Waiting {
  readonly host: string;
  answer(answer: RoundAnswer): void;
}

/** All ping probes of the process. `program` is given by tests. */
export class PingRounds {
  readonly #program: string;
  readonly #waiting: Waiting[] = [];
  #isRunning = false;

  constructor({ program = 'fping' }: { readonly program?: string } = {}) {
    this.#program = program;
  }

  probe({ source, host, everyMs }: PingProbeOptions): Probe {
    return new ProbeRounds({
      source,
      host,
      everyMs,
      silence: 'down',
      ask: (end) => (host === 'gateway' ? this.#askGateway(end) : this.#ask(host, end)),
    });
  }

  async #askGateway(end: AbortSignal): Promise<RoundAnswer> {
    const host = await defaultGateway();
    return host === undefined ? cannot('没有默认网关', 'there is no default gateway') : this.#ask(host, end);
  }

  #ask(host: string, end: AbortSignal): Promise<RoundAnswer> {
    // What begins with a dash would be read as an option.
    if (!/^[0-9A-Za-z][0-9A-Za-z.:%_-]*$/.test(host))
      return Promise.resolve(cannot(`不是主机地址：${host}`, `not a host: ${host}`));
    return new Promise((resolve) => {
      const entry: Waiting = {
        host,
        answer: (answer) => {
          end.removeEventListener('abort', stopped);
          resolve(answer);
        },
      };
      const stopped = (): void => {
        const place = this.#waiting.indexOf(entry);
        if (place >= 0) this.#waiting.splice(place, 1);
        entry.answer(cannot('已停止', 'stopped'));
      };
      end.addEventListener('abort', stopped);
      this.#waiting.push(entry);
      if (this.#isRunning) return;
      this.#isRunning = true;
      setTimeout(() => void this.#runAll(), gatherMs);
    });
  }

  async #runAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const round = this.#waiting.splice(0, hostsPerRunMax);
      const answers = await run(this.#program, [...new Set(round.map(({ host }) => host))]);
      await Promise.all(round.map(async (entry) => entry.answer(await judge(entry.host, answers))));
    }
    this.#isRunning = false;
  }
}

type RunResult =
  | { readonly kind: 'ran'; readonly lines: ReadonlyMap<string, string> }
  | { readonly kind: 'broken'; readonly reason: Text };

/** Exit 0: all answered, 1: some lost, 2: some name unknown; 3 and 4: it could not work. */
function run(program: string, hosts: readonly string[]): Promise<RunResult> {
  const options = ['-C', echoesPerHost, '-q', '-p', echoPeriodMs, '-t', answerWaitMs, '-r', 0].map(String);
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(program, [...options, '--', ...hosts], { stdio: ['ignore', 'ignore', 'pipe'] });
    const overdue = setTimeout(() => child.kill('SIGKILL'), runLimitMs);
    child.stderr.on('data', (chunk: Buffer) => {
      if (output.length < outputBytesMax) output += chunk.toString();
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(overdue);
      const isAbsent = error.code === 'ENOENT';
      resolve({
        kind: 'broken',
        reason: isAbsent
          ? text(
              `未安装 ${program}，无法探测（apt install fping）`,
              `${program} is not installed (apt install fping)`,
            )
          : text(`无法运行 ${program}：${error.code ?? ''}`, `cannot run ${program}: ${error.message}`),
      });
    });
    child.on('close', (code) => {
      clearTimeout(overdue);
      if (code !== null && code <= 2) {
        resolve({ kind: 'ran', lines: byHost(output) });
        return;
      }
      const end = code === null ? '超时 / overdue' : `rc ${code}`;
      const detail = output.trim().split('\n')[0]?.slice(0, 120) ?? '';
      resolve({
        kind: 'broken',
        reason: text(
          `${program} 无法工作（${end}）：${detail}`,
          `${program} cannot work (${end}): ${detail}`,
        ),
      });
    });
  });
}

/** `10.0.0.1 : 0.29 - 0.31`; a name that is not known: `nosuch: Name or service not known`. */
function byHost(output: string): ReadonlyMap<string, string> {
  const lines = new Map<string, string>();
  for (const line of output.split('\n')) {
    const match = /^(\S+?)\s*: (.*)$/.exec(line);
    if (match !== null) lines.set(match[1] ?? '', match[2] ?? '');
  }
  return lines;
}

async function judge(host: string, result: RunResult): Promise<RoundAnswer> {
  if (result.kind === 'broken') return { kind: 'cannot', reason: result.reason };
  const line = result.lines.get(host);
  if (line === undefined) return cannot(`没有 ${host} 的结果`, `no result for ${host}`);
  if (!/^[\d.\s-]+$/.test(line)) return cannot(`${host}：${line}`, `${host}: ${line}`);
  const times = line.trim().split(/\s+/);
  const milliseconds = times.filter((time) => time !== '-').map(Number);
  if (milliseconds.length > 0) {
    const lost = times.length - milliseconds.length;
    const bestMs = Math.min(...milliseconds);
    return {
      kind: 'alive',
      reason: text(
        `${host} 应答 ${bestMs} ms，丢 ${lost}/${times.length}`,
        `${host} answers in ${bestMs} ms, ${lost} of ${times.length} lost`,
      ),
      values: { roundTripMs: bestMs, lostEchoes: lost },
    };
  }
  // fping does not tell "no route" from "no answer".
  const fault = await routeFault(host);
  if (fault !== undefined) return cannot(`到 ${host} 没有路由（${fault}）`, `no route to ${host} (${fault})`);
  return { kind: 'miss', reason: text(`${host} 无应答`, `${host} does not answer`) };
}

/** Connecting a datagram socket looks up the route and sends nothing. */
function routeFault(host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
    const finish = (error?: NodeJS.ErrnoException): void => {
      socket.close();
      resolve(isOwnFault(error?.code) ? error?.code : undefined);
    };
    socket.on('error', finish);
    socket.connect(9, host, finish);
  });
}

const cannot = (zh: string, en: string): RoundAnswer => ({ kind: 'cannot', reason: text(zh, en) });
