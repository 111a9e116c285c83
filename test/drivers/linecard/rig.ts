/** Driver and virtual card joined in memory, with a clock that the test drives, and everything that the driver told. */
import { makeLineCard } from '../../../src/drivers/linecard/line-card.ts';
import { VirtualCard } from '../../../src/sim/card.ts';
import type { VirtualCardOptions } from '../../../src/sim/card.ts';
import { DrivenTime } from '../../../src/sim/driven-time.ts';
import { memoryLinkPair } from '../../../src/sim/memory-link.ts';
import type { CoilCommand, KeyPosition, RelayReport } from '../../../src/model/bypass.ts';
import type { LineCard, LineCardHandlers } from '../../../src/ports/line-card.ts';

interface Told {
  readonly links: { state: string; serialNumber: string; reason: string; at: number }[];
  readonly lines: { at: number; heardAt: number; volts: number[]; ringVolts: number[]; ringHz: number[] }[];
  readonly audio: { at: number; firstSample: bigint }[];
  readonly gaps: { at: number; samples: number }[];
  readonly inputs: { index: number; closed: boolean }[];
  readonly ohms: { closed: boolean; ohms: number }[];
  /** 20 ms of channel 1, one after the other. */
  readonly channel1: number[];
  relays: readonly RelayReport[];
  relaysAt: number;
  relayReports: number;
  coilSupply: boolean;
  key: KeyPosition;
  hostLost: boolean;
  hooksRefused: number;
}

export const told = (): Told => ({
  links: [],
  lines: [],
  audio: [],
  gaps: [],
  inputs: [],
  ohms: [],
  channel1: [],
  relays: [],
  relaysAt: 0,
  relayReports: 0,
  coilSupply: false,
  key: 'unknown',
  hostLost: false,
  hooksRefused: 0,
});

export function listen(into: Told, now: () => number): LineCardHandlers {
  return {
    link: (state, serialNumber, reason) =>
      into.links.push({ state, serialNumber, reason: reason.en, at: now() }),
    lines: (at, lines) =>
      into.lines.push({
        at,
        heardAt: now(),
        volts: lines.map(({ volts }) => volts[3]),
        ringVolts: lines.map(({ ringVolts }) => ringVolts),
        ringHz: lines.map(({ ringHz }) => ringHz),
      }),
    audio: (at, firstSample, samples) => {
      into.audio.push({ at, firstSample });
      into.channel1.push(...samples.subarray(0, 160));
    },
    relays: (at, relays, coilSupply, bypassKey, hostLost) => {
      into.relays = relays;
      into.relaysAt = at;
      into.relayReports++;
      into.coilSupply = coilSupply;
      into.key = bypassKey;
      into.hostLost = hostLost;
    },
    input: (_at, index, closed, ohms) => {
      into.inputs.push({ index, closed });
      into.ohms.push({ closed, ohms });
    },
    hookRefused: () => into.hooksRefused++,
    gap: (at, samples) => into.gaps.push({ at, samples }),
  };
}

export interface RigOptions {
  readonly card?: Partial<VirtualCardOptions>;
  readonly expect?: string;
  readonly bound?: string;
  readonly key?: Uint8Array;
  readonly hostLostMs?: number;
  readonly takeOver?: { readonly loopOpenMs: number; readonly callCapMs: number };
}

export class CardRig {
  readonly time = new DrivenTime();
  readonly wire = memoryLinkPair((run) => {
    this.time.after(0, run);
  });
  readonly told = told();
  readonly card: VirtualCard;
  readonly driver: LineCard;

  constructor({ card = {}, expect, bound, key, hostLostMs = 5000, takeOver }: RigOptions = {}) {
    this.card = new VirtualCard({
      link: this.wire.card,
      clock: this.time.clock,
      after: this.time.after,
      serialNumber: 'LK8-0001',
      ...card,
    });
    this.driver = makeLineCard({
      bus: {
        kind: 'line-card',
        id: 'card-a',
        link: { kind: 'tcp', host: '127.0.0.1', port: 1 },
        hostLostMs,
        ...(expect === undefined ? {} : { serialNumber: expect }),
      },
      link: this.wire.host,
      clock: this.time.clock,
      after: this.time.after,
      ...(takeOver === undefined ? {} : { takeOver }),
      ...(bound === undefined ? {} : { boundSerialNumber: bound }),
      ...(key === undefined ? {} : { key }),
    });
    this.card.start();
    this.driver.start(listen(this.told, () => this.time.clock.mono()));
  }

  /** Lets `ms` pass as a guard that turns every 20 ms; `coils` absent: it commands nothing. */
  run(ms: number, coils?: readonly CoilCommand[], feeds = true): void {
    for (let passed = 0; passed < ms; passed += 20) {
      if (coils !== undefined) this.driver.drive(coils);
      if (feeds) this.driver.feed();
      this.time.advance(Math.min(20, ms - passed));
    }
  }

  get link(): string {
    return this.told.links.at(-1)?.state ?? 'none';
  }
}

export const all = (coil: CoilCommand): CoilCommand[] => Array.from({ length: 8 }, () => coil);
