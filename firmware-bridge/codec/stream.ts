/**
 * LINE and AUDIO: fifty of each a second and card. Both are read in place into arrays that the reader owns and reuses, and
 * written into a buffer that the caller owns; nothing is allocated for a frame.
 */
import { aLawSilence, compress, expand } from './a-law.ts';
import { readCounter, writeCounter } from './layout.ts';
import { audioFormat, lineFlag } from './protocol.ts';
import type { Frame } from './frame.ts';

export const channelsMax = 8;
export const frameSamples = 160;

const lineHeadBytes = 12;
const lineChannelBytes = 16;
const audioHeadBytes = 16;

/** Payload of LINE with `channels` channels. */
export const lineBytes = (channels: number): number => lineHeadBytes + channels * lineChannelBytes;
/** Payload of AUDIO with `channels` channels. */
export const audioBytes = (format: number, channels: number): number =>
  audioHeadBytes + channels * frameSamples * (format === audioFormat.linear ? 2 : 1);

/** One channel of LINE in volts, milliamperes and hertz. */
export interface LineChannel {
  readonly volts: [number, number, number, number];
  milliamps: number;
  ringVolts: number;
  ringHz: number;
  flags: number;
}

export interface LineFrame {
  /** Sample counter at the first sample of these 20 ms. */
  counter: number;
  channels: number;
  readonly channel: readonly LineChannel[];
}

export const lineFrame = (): LineFrame => ({
  counter: 0,
  channels: 0,
  channel: Array.from({ length: channelsMax }, () => ({
    volts: [0, 0, 0, 0],
    milliamps: 0,
    ringVolts: 0,
    ringHz: 0,
    flags: 0,
  })),
});

/** False: the payload does not hold what its head says. */
export function readLine(frame: Frame, into: LineFrame): boolean {
  const { bytes, start, end } = frame;
  if (end - start < lineHeadBytes) return false;
  const channels = bytes.readUInt8(start + 8);
  if (channels === 0 || channels > channelsMax || end - start < lineBytes(channels)) return false;
  into.counter = readCounter(bytes, start);
  into.channels = channels;
  for (let i = 0; i < channels; i++) {
    const channel = into.channel[i];
    if (channel === undefined) return false;
    const at = start + lineHeadBytes + i * lineChannelBytes;
    channel.volts[0] = bytes.readInt16LE(at) / 100;
    channel.volts[1] = bytes.readInt16LE(at + 2) / 100;
    channel.volts[2] = bytes.readInt16LE(at + 4) / 100;
    channel.volts[3] = bytes.readInt16LE(at + 6) / 100;
    channel.milliamps = bytes.readInt16LE(at + 8) / 100;
    channel.ringVolts = bytes.readUInt16LE(at + 10) / 100;
    channel.ringHz = bytes.readUInt16LE(at + 12) / 10;
    channel.flags = bytes.readUInt16LE(at + 14);
  }
  return true;
}

const clamp16 = (value: number): number => Math.max(-32768, Math.min(32767, Math.round(value)));
const clampU16 = (value: number): number => Math.max(0, Math.min(0xffff, Math.round(value)));

/** Writes the payload into `into`, which holds at least `lineBytes(line.channels)`. */
export function writeLine(line: LineFrame, into: Buffer): void {
  writeCounter(line.counter, into, 0);
  into.writeUInt8(line.channels, 8);
  into.fill(0, 9, lineHeadBytes);
  for (let i = 0; i < line.channels; i++) {
    const channel = line.channel[i];
    if (channel === undefined) continue;
    const at = lineHeadBytes + i * lineChannelBytes;
    channel.volts.forEach((volts, slot) => into.writeInt16LE(clamp16(volts * 100), at + slot * 2));
    into.writeInt16LE(clamp16(channel.milliamps * 100), at + 8);
    into.writeUInt16LE(clampU16(channel.ringVolts * 100), at + 10);
    into.writeUInt16LE(clampU16(channel.ringHz * 10), at + 12);
    const mean = channel.volts[0] + channel.volts[1] + channel.volts[2] + channel.volts[3];
    into.writeUInt16LE(
      mean < 0 ? channel.flags | lineFlag.reversed : channel.flags & ~lineFlag.reversed,
      at + 14,
    );
  }
}

export interface AudioFrame {
  /** Sample counter at the first sample. */
  counter: number;
  /** Samples of one channel. */
  samples: number;
  /** Bit 0 = channel 1; a channel that is not in the frame reads as silence. */
  mask: number;
  /** `channelsMax` × `frameSamples`, channel after channel. */
  readonly linear: Int16Array;
}

export const audioFrame = (): AudioFrame => ({
  counter: 0,
  samples: frameSamples,
  mask: 0,
  linear: new Int16Array(channelsMax * frameSamples),
});

/** False: the payload does not hold what its head says. */
export function readAudio(frame: Frame, into: AudioFrame): boolean {
  const { bytes, start, end } = frame;
  if (end - start < audioHeadBytes) return false;
  const format = bytes.readUInt8(start + 8);
  const mask = bytes.readUInt16LE(start + 12);
  if (bytes.readUInt16LE(start + 10) !== frameSamples || mask === 0 || mask > 0xff) return false;
  if (format !== audioFormat.aLaw && format !== audioFormat.linear) return false;
  let channels = 0;
  for (let bit = 0; bit < channelsMax; bit++) channels += (mask >> bit) & 1;
  if (end - start < audioBytes(format, channels)) return false;
  into.counter = readCounter(bytes, start);
  into.mask = mask;
  const { linear } = into;
  let from = start + audioHeadBytes;
  let to = 0;
  for (let channel = 0; channel < channelsMax; channel++) {
    if (((mask >> channel) & 1) === 0) {
      linear.fill(0, to, to + frameSamples);
      to += frameSamples;
    } else if (format === audioFormat.aLaw) {
      for (let i = 0; i < frameSamples; i++) linear[to++] = expand(bytes[from++] ?? aLawSilence);
    } else {
      for (let i = 0; i < frameSamples; i++, from += 2)
        linear[to++] = (((bytes[from] ?? 0) | ((bytes[from + 1] ?? 0) << 8)) << 16) >> 16;
    }
  }
  return true;
}

/** Writes the payload into `into`; returns its length. Channels that are not in `audio.mask` are left out. */
export function writeAudio(audio: AudioFrame, format: number, into: Buffer): number {
  writeCounter(audio.counter, into, 0);
  into.writeUInt8(format, 8);
  into.writeUInt8(0, 9);
  into.writeUInt16LE(frameSamples, 10);
  into.writeUInt16LE(audio.mask, 12);
  into.writeUInt16LE(0, 14);
  let to = audioHeadBytes;
  for (let channel = 0; channel < channelsMax; channel++) {
    if (((audio.mask >> channel) & 1) === 0) continue;
    const from = channel * frameSamples;
    for (let i = 0; i < frameSamples; i++) {
      const sample = audio.linear[from + i] ?? 0;
      if (format === audioFormat.aLaw) into[to++] = compress(sample);
      else {
        into[to++] = sample & 0xff;
        into[to++] = (sample >> 8) & 0xff;
      }
    }
  }
  return to;
}
