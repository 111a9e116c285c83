/**
 * Every message of the protocol except LINE and AUDIO, which come fifty times a second and are read in place
 * (`stream.ts`). Names and order are those of PROTOCOL.md; a test holds the page against these layouts.
 */
import { layout } from './layout.ts';
import type { Fields, Layout } from './layout.ts';

// ---- host → card ------------------------------------------------------------------------------------------------

export const hello = layout({
  session: 'hex8',
  hostNonce: 'hex16',
  versionMin: 'u8',
  versionMax: 'u8',
  reserved: 'u16',
});
export const config = layout({
  session: 'hex8',
  audioFormat: 'u8',
  channels: 'u8',
  audioMask: 'u16',
  hostLostMs: 'u16',
  loopOpenMs: 'u16',
  callCapMs: 'u32',
});
/** Follows CONFIG `channels` times. */
export const configChannel = layout({ offHookBelow: 'u16', onHookAbove: 'u16' });
export const time = layout({ session: 'hex8', hostMicros: 'u64' });
export const relay = layout({ session: 'hex8', command: 'u32', mask: 'u16', energise: 'u16' });
export const pulse = layout({ session: 'hex8', command: 'u32', relay: 'u8', reserved: 'u8', ms: 'u16' });
export const watchdog = layout({ session: 'hex8', turn: 'u32' });
export const hook = layout({
  session: 'hex8',
  command: 'u32',
  channel: 'u8',
  action: 'u8',
  ms: 'u16',
  digits: 'text32',
});
export const play = layout({
  session: 'hex8',
  command: 'u32',
  channel: 'u8',
  kind: 'u8',
  format: 'u8',
  reserved: 'u8',
  hz: 'u16',
  level: 'i16',
  ms: 'u16',
  samples: 'u16',
});
export const output = layout({
  session: 'hex8',
  command: 'u32',
  mask: 'u16',
  energise: 'u16',
  falls: 'u16',
  reserved: 'u16',
});
export const selfTest = layout({ session: 'hex8', command: 'u32', test: 'u8', item: 'u8', ms: 'u16' });

// ---- card → host ------------------------------------------------------------------------------------------------

export const helloAnswer = layout({
  session: 'hex8',
  cardNonce: 'hex16',
  version: 'u8',
  versionMin: 'u8',
  versionMax: 'u8',
  resetCause: 'u8',
  capabilities: 'u32',
  channels: 'u8',
  relays: 'u8',
  inputs: 'u8',
  outputs: 'u8',
  counter: 'u64',
  serialNumber: 'text16',
  firmware: 'text16',
});
export const configAnswer = layout({
  session: 'hex8',
  audioFormat: 'u8',
  reserved: 'u8',
  audioMask: 'u16',
  hostLostMs: 'u16',
  loopOpenMs: 'u16',
  callCapMs: 'u32',
});
export const timeAnswer = layout({ session: 'hex8', hostMicros: 'u64', received: 'u64', sent: 'u64' });
export const relayReport = layout({
  counter: 'u64',
  command: 'u32',
  flags: 'u16',
  relays: 'u8',
  reserved: 'u8',
});
/** Follows the relay report `relays` times. */
export const relayState = layout({
  coil: 'u8',
  position: 'u8',
  taps: 'u8',
  reserved: 'u8',
  sinceWrite: 'u32',
  move: 'u16',
  phoneCurrent: 'i16',
  trunkTap: 'i16',
  pbxTap: 'i16',
  phoneTap: 'i16',
  reserved2: 'u16',
});
export const input = layout({ counter: 'u64', inputs: 'u8', reserved: 'u8', changed: 'u16' });
/** Follows INPUT `inputs` times. */
export const inputState = layout({ state: 'u8', reserved: 'u8', ohms: 'u16' });
export const status = layout({
  counter: 'u64',
  uptimeSeconds: 'u32',
  supply: 'u16',
  coilSupply: 'u16',
  temperature: 'i16',
  load: 'u16',
  badFrames: 'u32',
  lostFrames: 'u32',
  audioOverruns: 'u32',
});
export const selfTestResult = layout({
  command: 'u32',
  test: 'u8',
  item: 'u8',
  result: 'u8',
  reserved: 'u8',
  value: 'i16',
  value2: 'i16',
});
export const boot = layout({
  serialNumber: 'text16',
  firmware: 'text16',
  resetCause: 'u8',
  versionMin: 'u8',
  versionMax: 'u8',
  reserved: 'u8',
});
export const error = layout({
  code: 'u16',
  type: 'u8',
  reserved: 'u8',
  sequence: 'u16',
  reserved2: 'u16',
  detail: 'text32',
});

export type Hello = Fields<typeof hello>;
export type Config = Fields<typeof config>;
export type HelloAnswer = Fields<typeof helloAnswer>;
export type RelayReportFrame = Fields<typeof relayReport>;
export type RelayState = Fields<typeof relayState>;
export type InputState = Fields<typeof inputState>;

/** Reads `count` equal parts behind `offset`; `undefined` when the payload holds fewer. */
export function readParts<F>(
  part: Layout<F>,
  count: number,
  from: Buffer,
  offset: number,
  end: number,
): F[] | undefined {
  if (offset + count * part.bytes > end) return undefined;
  const parts: F[] = [];
  for (let i = 0; i < count; i++) {
    const one = part.read(from, offset + i * part.bytes, end);
    if (one !== undefined) parts.push(one);
  }
  return parts;
}

/** A head and its parts in one fresh buffer. */
export function packParts<H, P>(head: Layout<H>, values: H, part: Layout<P>, parts: readonly P[]): Buffer {
  const into = Buffer.alloc(head.bytes + parts.length * part.bytes);
  head.write(values, into);
  parts.forEach((one, i) => {
    part.write(one, into, head.bytes + i * part.bytes);
  });
  return into;
}
