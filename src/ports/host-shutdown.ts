/**
 * Asks one computer to shut itself down, and sees to it that it did. Contract: an order that was given before is answered with
 * what came of it, never carried out twice; another order ends the one before. Every order ends in `confirmed`, `refused` or
 * `failed` within the time of the host; `asked` comes before `confirmed` where the host said yes. `confirmed` means seen off: a host
 * that we cannot ask is not off. It never throws out, and leaves nothing running after `close`.
 */
import type { HostId, OrderId } from '../model/ids.ts';
import type { HostOutcome } from '../model/host.ts';
import type { Text } from '../model/text.ts';

export type HostReport = (outcome: HostOutcome, reason: Text) => void;

/** What a dry run found. */
export interface HostTest {
  readonly works: boolean;
  readonly reason: Text;
}

export interface HostShutdown {
  readonly host: HostId;
  shut(order: OrderId, report: HostReport): void;
  /** Whether connection, key and rights are such that it could be asked; shuts nothing down. */
  test(): Promise<HostTest>;
  close(): Promise<void>;
}
