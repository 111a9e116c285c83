/**
 * Ogg Opus files (RFC 3533, RFC 7845), mono, 20 ms packets: written page by page, only ever appended, one page a second at
 * most, so that a cut file plays up to the cut. The last packet lies in the page that ends the stream, whose granule
 * position tells the exact number of samples. The reader stops at the first page that is not whole and never throws.
 */

/** Granule positions count at 48 kHz whatever the input rate is. */
const granulesPerSample = 6;
const granulesPerPacket = 960;
const inputRateHz = 8000;
const packetsPerPage = 50;
const segmentsPerPage = 255;
/** Opus packets of one 20 ms frame are never longer. */
export const packetBytesMax = 1275;
/** All comments together: they must fit into one page. */
export const commentBytesMax = 60_000;
const flagContinued = 1;
const flagBegin = 2;
const flagEnd = 4;
const pageHeaderBytes = 27;
const crcOffset = 22;
const vendor = 'linekeeper';

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit++) value = (value << 1) ^ (value < 0 ? 0x04c11db7 : 0);
  return value >>> 0;
});

/** The page check of RFC 3533: not reflected, begins with 0; the check field itself counts as 0. */
function pageCrc(bytes: Uint8Array, begin: number, end: number): number {
  let crc = 0;
  for (let index = begin; index < end; index++) {
    const inField = index >= begin + crcOffset && index < begin + crcOffset + 4;
    const byte = inField ? 0 : (bytes[index] ?? 0);
    crc = ((crc << 8) ^ (crcTable[(crc >>> 24) ^ byte] ?? 0)) >>> 0;
  }
  return crc;
}

export interface OggOpusSettings {
  /** Identifies the stream; any number. */
  readonly serial: number;
  /** The encoder's own delay, in samples at 8 kHz: a player skips it. */
  readonly preSkipSamples: number;
  /** Shown by players, and what an archive is rebuilt from. */
  readonly comments: readonly Comment[];
}
export type Comment = readonly [key: string, value: string];

export class OggOpusWriter {
  readonly #settings: OggOpusSettings;
  #sequence = 0;
  #packets: Uint8Array[] = [];
  #segments = 0;
  #granule = 0;

  constructor(settings: OggOpusSettings) {
    this.#settings = settings;
  }

  /** The two pages that every stream begins with. */
  header(): Uint8Array {
    const head = this.#page([opusHead(this.#settings.preSkipSamples)], flagBegin, 0);
    const tags = this.#page([opusTags(this.#settings.comments)], 0, 0);
    return concat([head, tags]);
  }

  /** Takes the next packet; returns the page before it when that is complete. */
  packet(bytes: Uint8Array): Uint8Array | undefined {
    if (bytes.length === 0 || bytes.length > packetBytesMax)
      throw new RangeError(`opus packet of ${bytes.length} bytes; expected 1 to ${packetBytesMax}`);
    const segments = segmentsOf(bytes);
    const isFull = this.#packets.length === packetsPerPage || this.#segments + segments > segmentsPerPage;
    const page = isFull ? this.#flush(0, this.#granule) : undefined;
    this.#packets.push(bytes);
    this.#segments += segments;
    this.#granule += granulesPerPacket;
    return page;
  }

  /** The last page. `samples`: how many a player shall give, at 8 kHz, the encoder's delay not counted. */
  end(samples: number): Uint8Array {
    const wanted = (samples + this.#settings.preSkipSamples) * granulesPerSample;
    return this.#flush(flagEnd, Math.min(wanted, this.#granule));
  }

  #flush(flags: number, granule: number): Uint8Array {
    const page = this.#page(this.#packets, flags, granule);
    this.#packets = [];
    this.#segments = 0;
    return page;
  }

  #page(packets: readonly Uint8Array[], flags: number, granule: number): Uint8Array {
    const lacing = packets.flatMap((packet) => lacingOf(packet.length));
    const header = new Uint8Array(pageHeaderBytes + lacing.length);
    const view = new DataView(header.buffer);
    header.set([0x4f, 0x67, 0x67, 0x53, 0, flags]);
    view.setBigUint64(6, BigInt(granule), true);
    view.setUint32(14, this.#settings.serial >>> 0, true);
    view.setUint32(18, this.#sequence++, true);
    header[26] = lacing.length;
    header.set(lacing, pageHeaderBytes);
    const page = concat([header, ...packets]);
    new DataView(page.buffer).setUint32(crcOffset, pageCrc(page, 0, page.length), true);
    return page;
  }
}

const segmentsOf = (packet: Uint8Array): number => Math.floor(packet.length / 255) + 1;
const lacingOf = (length: number): number[] => [
  ...Array.from({ length: Math.floor(length / 255) }, () => 255),
  length % 255,
];

function opusHead(preSkipSamples: number): Uint8Array {
  const head = new Uint8Array(19);
  const view = new DataView(head.buffer);
  head.set(encoder.encode('OpusHead'));
  head[8] = 1;
  head[9] = 1;
  view.setUint16(10, preSkipSamples * granulesPerSample, true);
  view.setUint32(12, inputRateHz, true);
  return head;
}

function opusTags(comments: readonly Comment[]): Uint8Array {
  const texts = [vendor, ...comments.map(([key, value]) => `${key}=${value}`)].map((entry) =>
    encoder.encode(entry),
  );
  const size = texts.reduce((sum, entry) => sum + entry.length, 0);
  if (size > commentBytesMax) throw new RangeError(`${size} bytes of comments; at most ${commentBytesMax}`);
  const [vendorText, ...entries] = texts.map((entry) => concat([uint32(entry.length), entry]));
  return concat([
    encoder.encode('OpusTags'),
    vendorText ?? new Uint8Array(),
    uint32(entries.length),
    ...entries,
  ]);
}

export interface OggOpus {
  readonly preSkipSamples: number;
  readonly comments: readonly Comment[];
  readonly packets: readonly Uint8Array[];
  /** Samples that a player gives, at 8 kHz. */
  readonly samples: number;
  /** The page that ends the stream is there. */
  readonly isEnded: boolean;
  /** Bytes of whole pages. */
  readonly validBytes: number;
}

interface Page {
  readonly flags: number;
  readonly granule: number;
  readonly packets: readonly Uint8Array[];
  readonly bytes: number;
}

/** Reads what is whole of a file of ours; `undefined` when not even its two header pages are. */
export function readOggOpus(bytes: Uint8Array): OggOpus | undefined {
  const head = readPage(bytes, 0);
  const tags = head === undefined ? undefined : readPage(bytes, head.bytes);
  const headPacket = head?.packets[0];
  const tagsPacket = tags?.packets[0];
  if (head === undefined || tags === undefined || headPacket === undefined || tagsPacket === undefined)
    return undefined;
  if (headPacket.length < 19 || !beginsWith(headPacket, 'OpusHead') || !beginsWith(tagsPacket, 'OpusTags'))
    return undefined;
  const preSkip = new DataView(headPacket.buffer, headPacket.byteOffset).getUint16(10, true);
  const packets: Uint8Array[] = [];
  let granule = 0;
  let isEnded = false;
  let offset = head.bytes + tags.bytes;
  while (!isEnded) {
    const page = readPage(bytes, offset);
    if (page === undefined) break;
    packets.push(...page.packets);
    granule = page.granule;
    isEnded = (page.flags & flagEnd) !== 0;
    offset += page.bytes;
  }
  return {
    preSkipSamples: preSkip / granulesPerSample,
    comments: readComments(tagsPacket),
    packets,
    samples: Math.max(0, (granule - preSkip) / granulesPerSample),
    isEnded,
    validBytes: offset,
  };
}

function readPage(bytes: Uint8Array, begin: number): Page | undefined {
  if (bytes.length < begin + pageHeaderBytes || !beginsWith(bytes.subarray(begin), 'OggS\0'))
    return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + begin);
  const segments = view.getUint8(26);
  const lacing = bytes.subarray(begin + pageHeaderBytes, begin + pageHeaderBytes + segments);
  const bodyBytes = lacing.reduce((sum, length) => sum + length, 0);
  const size = pageHeaderBytes + segments + bodyBytes;
  if (lacing.length < segments || bytes.length < begin + size) return undefined;
  const flags = view.getUint8(5);
  if (pageCrc(bytes, begin, begin + size) !== view.getUint32(crcOffset, true)) return undefined;
  if ((flags & flagContinued) !== 0) return undefined;
  const packets: Uint8Array[] = [];
  let offset = begin + pageHeaderBytes + segments;
  let length = 0;
  for (const part of lacing) {
    length += part;
    if (part === 255) continue;
    packets.push(bytes.subarray(offset, offset + length));
    offset += length;
    length = 0;
  }
  return { flags, granule: Number(view.getBigUint64(6, true)), packets, bytes: size };
}

function readComments(packet: Uint8Array): Comment[] {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const comments: Comment[] = [];
  let offset = 8;
  const next = (): number | undefined => {
    if (offset + 4 > packet.length) return undefined;
    offset += 4;
    return view.getUint32(offset - 4, true);
  };
  const vendorBytes = next() ?? 0;
  offset += vendorBytes;
  const count = next() ?? 0;
  for (let index = 0; index < count; index++) {
    const length = next();
    if (length === undefined || offset + length > packet.length) break;
    const entry = decoder.decode(packet.subarray(offset, offset + length));
    const equals = entry.indexOf('=');
    if (equals > 0) comments.push([entry.slice(0, equals), entry.slice(equals + 1)]);
    offset += length;
  }
  return comments;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function beginsWith(bytes: Uint8Array, word: string): boolean {
  const wanted = encoder.encode(word);
  return bytes.length >= wanted.length && wanted.every((letter, index) => bytes[index] === letter);
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
