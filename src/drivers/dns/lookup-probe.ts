/**
 * Looks a name up at a DNS server. A server that answers "no such name" lives, but what people need is not there: that is a
 * miss too, with its own reason. A name that has no server to ask is `unknown`.
 */
import { Resolver } from 'node:dns/promises';
import { text } from '../../model/text.ts';
import type { Probe } from '../../ports/probe.ts';
import { oneAnswer } from '../one-answer.ts';
import { ProbeRounds, Slots } from '../probe-rounds.ts';
import type { RoundAnswer } from '../probe-rounds.ts';

const slots = new Slots(8);
const answersNamed = 4;

export interface DnsProbeOptions {
  readonly source: string;
  readonly name: string;
  readonly record: 'A' | 'AAAA' | 'CNAME' | 'MX' | 'SRV' | 'TXT';
  /** `address:port`; absent: the servers of the system. */
  readonly server?: string;
  readonly host?: string;
  readonly answer?: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
}

export function dnsProbe(options: DnsProbeOptions): Probe {
  const { source, host, everyMs } = options;
  return new ProbeRounds({
    source,
    ...(host === undefined ? {} : { host }),
    everyMs,
    silence: 'down',
    ask: (end) => slots.run(() => lookUp(options, end)),
  });
}

function lookUp(options: DnsProbeOptions, end: AbortSignal): Promise<RoundAnswer> {
  const { name, server, answer, timeoutMs } = options;
  const who = server ?? 'DNS';
  const overdue = text(`${who} 未应答`, `no answer from ${who}`);
  return oneAnswer({ waitMs: timeoutMs, overdue, end }, (finish) => {
    // Two tries within the wait: one datagram may be lost.
    const resolver = new Resolver({ timeout: Math.max(50, Math.floor(timeoutMs / 3)), tries: 2 });
    if (server !== undefined) resolver.setServers([server]);
    resolve(resolver, options).then(
      (answers) => {
        const named = answers.slice(0, answersNamed).join(', ');
        if (answer !== undefined && !answers.includes(answer))
          finish({
            kind: 'miss',
            reason: text(`${name} 解析为 ${named}，不含 ${answer}`, `${name} is ${named}, without ${answer}`),
          });
        else finish({ kind: 'alive', reason: text(`${name} 解析为 ${named}`, `${name} is ${named}`) });
      },
      (error: unknown) => {
        const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
        finish(failedLookUp(name, who, code));
      },
    );
    return () => resolver.cancel();
  });
}

function failedLookUp(name: string, who: string, code: string): RoundAnswer {
  switch (code) {
    case 'ENOTFOUND':
    case 'ENODATA':
      return { kind: 'miss', reason: text(`${who} 查不到 ${name}`, `${who} does not know ${name}`) };
    case 'ENETUNREACH':
    case 'EBADNAME':
    case 'ENOTINITIALIZED':
    case 'ENOMEM':
      return { kind: 'cannot', reason: text(`无法查询 ${who}：${code}`, `cannot ask ${who}: ${code}`) };
    default:
      return { kind: 'miss', reason: text(`${who} 未应答（${code}）`, `no answer from ${who} (${code})`) };
  }
}

/** The answers as text, in the form that `answer` of the room file takes. */
async function resolve(resolver: Resolver, { name, record }: DnsProbeOptions): Promise<readonly string[]> {
  switch (record) {
    case 'A':
      return resolver.resolve4(name);
    case 'AAAA':
      return resolver.resolve6(name);
    case 'CNAME':
      return resolver.resolveCname(name);
    case 'MX':
      return (await resolver.resolveMx(name)).map(({ exchange }) => exchange);
    case 'SRV':
      return (await resolver.resolveSrv(name)).map(({ name: target, port }) => `${target}:${port}`);
    case 'TXT':
      return (await resolver.resolveTxt(name)).map((parts) => parts.join(''));
  }
}
