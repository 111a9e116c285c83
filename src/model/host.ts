/** Computers that the power-cut plan may ask to shut down, and the ways in which they are asked. */
import type { PlanHost } from './power-cut.ts';
import type { SubjectId } from './ids.ts';

/** An answer that is right: its status (absent: every one from 200 to 299) and words in it. */
export interface ExpectedAnswer {
  readonly status?: number;
  readonly contains?: string;
}

export interface SshWay {
  readonly kind: 'ssh';
  readonly user: string;
  readonly host: string;
  readonly port: number;
  /** Private key, mode 0600. */
  readonly keyFile: string;
  /** Its host key must stand here: no other machine is spoken to. */
  readonly knownHostsFile: string;
  readonly command: readonly string[];
  /** What `linekeeper hosts test` runs; absent: it logs in and runs nothing. */
  readonly testCommand?: readonly string[];
}
export interface HttpWay {
  readonly kind: 'http';
  readonly url: string;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'GET';
  /** The file (mode 0600) holds the whole value of the header. */
  readonly secret?: { readonly header: string; readonly file: string };
  readonly body?: string;
  readonly expect: ExpectedAnswer;
  readonly caFile?: string;
  /** Says that it is off; absent: it is off when the port of `url` answers no more. */
  readonly confirm?: ExpectedAnswer & { readonly url: string };
  readonly testUrl?: string;
}
export interface NutWay {
  readonly kind: 'nut';
  /** Name of the UPS that its upsmon monitors, each host its own. */
  readonly ups: string;
  readonly user: string;
  readonly passwordFile: string;
}
export type HostWay = SshWay | HttpWay | NutWay;

/** Of an order: `confirmed` only when the host is seen off. */
export type HostOutcome = 'asked' | 'confirmed' | 'refused' | 'failed';

export interface Host extends PlanHost {
  /** Its evidence shows too that the host is off. */
  readonly subject?: SubjectId;
  readonly way: HostWay;
  /** Until it must be seen off. */
  readonly withinMs: number;
  /** From the last sign of its services to its being off: disks are written in between. */
  readonly settleMs: number;
}

/** Where upsmon of the hosts asks us. */
export interface NutServerSettings {
  readonly host: string;
  readonly port: number;
  /** Both or none: then STARTTLS is refused. */
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
}
