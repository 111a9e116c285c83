/**
 * A dead-man's switch: a heartbeat that somebody else sends must come every so often, and may be a little late. Its absence is
 * `down` only while it could have arrived: a port of ours that is not open, a broker that is away, or a network of ours without
 * carrier, is `unknown`, and when the way is open again the sender has its whole time once more.
 */
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import type { Probe, ProbeEvidence } from '../../ports/probe.ts';
import { withoutCarrier } from '../probe-rounds.ts';
import { readSecret } from '../secret-file.ts';
import type { HeartbeatWay } from './heartbeat-way.ts';

/** While the port cannot be opened, or the token cannot be read, this is told at least so often. */
const faultMsMax = 10_000;
/** So much later than the probe a port may open at a start without giving everybody a second chance. */
const openSlackMs = 1000;

export interface HeartbeatProbeOptions {
  readonly source: string;
  /** Its name, or its topic. */
  readonly name: string;
  readonly from?: string;
  readonly tokenFile?: string;
  readonly everyMs: number;
  readonly graceMs: number;
  readonly listener: HeartbeatWay;
  /** For tests: whether all our networks are without carrier. */
  readonly isCutOff?: () => Promise<boolean>;
}

export function heartbeatProbe(options: HeartbeatProbeOptions): Probe {
  return new HeartbeatProbe(options);
}

class HeartbeatProbe implements Probe {
  readonly source: string;
  readonly #options: HeartbeatProbeOptions;
  #report: ((evidence: ProbeEvidence) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #forget: (() => void) | undefined;
  #refusal: Text | undefined;
  #isStopped = false;

  constructor(options: HeartbeatProbeOptions) {
    this.source = options.source;
    this.#options = options;
  }

  start(report: (evidence: ProbeEvidence) => void): void {
    this.#report = report;
    void this.#listen();
  }

  suspect(): void {
    // Who is told cannot ask faster.
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#forget?.();
    return Promise.resolve();
  }

  async #listen(): Promise<void> {
    const { name, from, tokenFile, listener, everyMs, graceMs } = this.#options;
    const token = tokenFile === undefined ? undefined : await readSecret(tokenFile);
    if (this.#isStopped) return;
    if (token?.ok === false) {
      this.#report?.({ says: 'unknown', reason: token.reason });
      this.#after(Math.min(everyMs, faultMsMax), () => void this.#listen());
      return;
    }
    this.#forget = listener.expect(name, {
      ...(from === undefined ? {} : { from }),
      ...(token === undefined ? {} : { token: token.secret }),
      came: () => {
        this.#refusal = undefined;
        this.#report?.({ says: 'up', reason: text('心跳已到', 'the heartbeat came') });
        this.#after(everyMs + graceMs, () => void this.#overdue());
      },
      refused: (why) => (this.#refusal = why),
    });
    const fault = listener.fault;
    if (fault !== undefined) this.#report?.({ says: 'unknown', reason: fault });
    this.#after(everyMs + graceMs, () => void this.#overdue());
  }

  async #overdue(): Promise<void> {
    const { listener, everyMs, graceMs, isCutOff = withoutCarrier } = this.#options;
    const fault =
      listener.fault ?? ((await isCutOff()) ? text('本机网络未连接', 'our own network is down') : undefined);
    if (this.#isStopped) return;
    const chanceMs = everyMs + graceMs - listener.openForMs;
    if (fault === undefined && chanceMs > openSlackMs) {
      const reason = text('通道刚恢复，心跳尚未到期', 'the way is just open again, and it is not due yet');
      this.#report?.({ says: 'unknown', reason });
      this.#after(Math.min(chanceMs, everyMs), () => void this.#overdue());
      return;
    }
    const { zh, en } = this.#refusal ?? text('', '');
    this.#report?.(
      fault === undefined
        ? {
            says: 'down',
            reason: text(
              `心跳未按时到${zh === '' ? '' : `（${zh}）`}`,
              `the heartbeat is overdue${en === '' ? '' : ` (${en})`}`,
            ),
          }
        : { says: 'unknown', reason: fault },
    );
    this.#after(fault === undefined ? everyMs : Math.min(everyMs, faultMsMax), () => void this.#overdue());
  }

  #after(ms: number, run: () => void): void {
    clearTimeout(this.#timer);
    if (!this.#isStopped) this.#timer = setTimeout(run, ms);
  }
}
