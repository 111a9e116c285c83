/** Which way to be wrong a bus shares with others. */
import type { Bus } from '../model/room.ts';
import type { Domain } from '../model/watch.ts';

/** A serial wire is a domain of its own; what comes over TCP shares the fate of our LAN. */
export const domainOf = (bus: Bus | undefined): Domain =>
  bus !== undefined && bus.kind !== 'gpio' && bus.link.kind === 'serial' ? `serial:${bus.id}` : 'our-lan';
