/**
 * Structures of the Linux GPIO character device, user API version 2 (include/uapi/linux/gpio.h): bytes ⇄ values. The
 * layout is the same on 32 and 64 bit by design; numbers are little-endian, as on every platform linekeeper runs on.
 */

/** ioctl request numbers; the size of the structure is part of each. */
export const gpioIoctl = {
  chipInfo: 0x8044b401,
  lineInfo: 0xc100b405,
  requestLines: 0xc250b407,
  setConfig: 0xc110b40d,
  getValues: 0xc010b40e,
  setValues: 0xc010b40f,
} as const;

/** Bits of `flags`. */
export const lineFlag = {
  used: 1n << 0n,
  input: 1n << 2n,
  output: 1n << 3n,
  edgeRising: 1n << 4n,
  edgeFalling: 1n << 5n,
  pullUp: 1n << 8n,
  pullDown: 1n << 9n,
  pullNone: 1n << 10n,
} as const;

export const linesPerRequestMax = 64;
const attributesMax = 10;
const nameBytes = 32;
export const structBytes = {
  chipInfo: 68,
  lineInfo: 256,
  lineConfig: 272,
  lineRequest: 592,
  lineValues: 16,
  lineEvent: 48,
} as const;
const attributeId = { flags: 1, outputValues: 2, debounceUs: 3 } as const;

/** One setting that differs from the default for the lines of `mask` (bit n = n-th line of the request). */
export type LineAttribute =
  | { readonly kind: 'flags'; readonly flags: bigint; readonly mask: bigint }
  | { readonly kind: 'outputValues'; readonly values: bigint; readonly mask: bigint }
  | { readonly kind: 'debounceUs'; readonly debounceUs: number; readonly mask: bigint };

export interface LineConfig {
  readonly flags: bigint;
  readonly attributes: readonly LineAttribute[];
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function textAt(bytes: Uint8Array, at: number): string {
  const field = bytes.subarray(at, at + nameBytes);
  const end = field.indexOf(0);
  return String.fromCharCode(...field.subarray(0, end < 0 ? nameBytes : end));
}

export const readChipInfo = (bytes: Uint8Array): { readonly label: string; readonly lines: number } => ({
  label: textAt(bytes, nameBytes),
  lines: viewOf(bytes).getUint32(64, true),
});

export function lineInfoRequest(offset: number): Uint8Array {
  const bytes = new Uint8Array(structBytes.lineInfo);
  viewOf(bytes).setUint32(64, offset, true);
  return bytes;
}

/** `consumer` is whoever holds the line; empty when nobody does. */
export const readLineInfo = (bytes: Uint8Array): { readonly consumer: string; readonly flags: bigint } => ({
  consumer: textAt(bytes, nameBytes),
  flags: viewOf(bytes).getBigUint64(72, true),
});

export function lineConfig({ flags, attributes }: LineConfig): Uint8Array {
  if (attributes.length > attributesMax) throw new RangeError(`more than ${attributesMax} attributes`);
  const bytes = new Uint8Array(structBytes.lineConfig);
  const view = viewOf(bytes);
  view.setBigUint64(0, flags, true);
  view.setUint32(8, attributes.length, true);
  attributes.forEach((attribute, n) => {
    const at = 32 + 24 * n;
    view.setUint32(at, attributeId[attribute.kind], true);
    if (attribute.kind === 'flags') view.setBigUint64(at + 8, attribute.flags, true);
    else if (attribute.kind === 'outputValues') view.setBigUint64(at + 8, attribute.values, true);
    else view.setUint32(at + 8, attribute.debounceUs, true);
    view.setBigUint64(at + 16, attribute.mask, true);
  });
  return bytes;
}

export function lineRequest(
  offsets: readonly number[],
  consumer: string,
  config: LineConfig,
  eventBufferSize: number,
): Uint8Array {
  if (offsets.length < 1 || offsets.length > linesPerRequestMax)
    throw new RangeError(`${offsets.length} lines; 1 to ${linesPerRequestMax} fit one request`);
  const bytes = new Uint8Array(structBytes.lineRequest);
  const view = viewOf(bytes);
  offsets.forEach((offset, n) => view.setUint32(4 * n, offset, true));
  for (let n = 0; n < Math.min(consumer.length, nameBytes - 1); n++)
    bytes[256 + n] = consumer.charCodeAt(n) & 0x7f;
  bytes.set(lineConfig(config), 288);
  view.setUint32(560, offsets.length, true);
  view.setUint32(564, eventBufferSize, true);
  return bytes;
}

/** File descriptor that the kernel put into a line request. */
export const requestedFd = (bytes: Uint8Array): number => viewOf(bytes).getInt32(588, true);

export function lineValues(values: bigint, mask: bigint): Uint8Array {
  const bytes = new Uint8Array(structBytes.lineValues);
  viewOf(bytes).setBigUint64(0, values, true);
  viewOf(bytes).setBigUint64(8, mask, true);
  return bytes;
}

export const readLineValues = (bytes: Uint8Array): bigint => viewOf(bytes).getBigUint64(0, true);

export interface LineEvent {
  readonly offset: number;
  readonly rising: boolean;
}

/** The whole events in `bytes`; a torn rest is left out. */
export function readLineEvents(bytes: Uint8Array): readonly LineEvent[] {
  const view = viewOf(bytes);
  const events: LineEvent[] = [];
  for (let at = 0; at + structBytes.lineEvent <= bytes.length; at += structBytes.lineEvent)
    events.push({ offset: view.getUint32(at + 12, true), rising: view.getUint32(at + 8, true) === 1 });
  return events;
}
