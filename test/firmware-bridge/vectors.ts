/** Reads the golden vectors and builds the frames that they name with the codec, for the tests. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as messages from '../../firmware-bridge/codec/messages.ts';
import type { Layout } from '../../firmware-bridge/codec/layout.ts';
import {
  audioBytes,
  audioFrame,
  lineBytes,
  lineFrame,
  writeAudio,
  writeLine,
} from '../../firmware-bridge/codec/stream.ts';
import { cardType, hostType } from '../../firmware-bridge/codec/protocol.ts';
import { projectFolder } from '../rig.ts';

type Values = Readonly<Record<string, number | string>>;

export interface FrameVector {
  readonly name: string;
  readonly from: 'host' | 'card';
  readonly message: string;
  readonly sequence: number;
  readonly sealed: boolean;
  readonly fields: Values;
  readonly parts?: readonly Values[];
  /** LINE: one entry a channel. */
  readonly channels?: readonly {
    readonly volts: [number, number, number, number];
    readonly milliamps: number;
    readonly ringVolts: number;
    readonly ringHz: number;
    readonly flags: number;
  }[];
  /** AUDIO: `sample(channel, i)` = ((channel × 1000 + i × 37) mod 8001 − 4000), before A-law. */
  readonly audio?: { readonly format: number; readonly mask: number };
  readonly raw: string;
  readonly wire: string;
}

export interface Vectors {
  readonly seal: {
    readonly key: string;
    readonly session: string;
    readonly hostNonce: string;
    readonly cardNonce: string;
    readonly serialNumber: string;
    readonly hostKey: string;
    readonly cardKey: string;
  };
  readonly frames: readonly FrameVector[];
  readonly bad: readonly { readonly name: string; readonly wire: string }[];
  readonly cobs: readonly { readonly name: string; readonly raw: string; readonly stuffed: string }[];
}

export const vectors = JSON.parse(
  readFileSync(path.join(projectFolder, 'firmware-bridge/vectors/vectors.json'), 'utf8'),
) as Vectors;

interface MessageKind {
  readonly type: number;
  readonly head?: Layout<Values>;
  readonly part?: Layout<Values>;
}
const kind = (type: number, head?: unknown, part?: unknown): MessageKind => ({
  type,
  ...(head === undefined ? {} : { head: head as Layout<Values> }),
  ...(part === undefined ? {} : { part: part as Layout<Values> }),
});

/** Names of PROTOCOL.md. */
export const messageKinds: Readonly<Record<string, MessageKind>> = {
  HELLO: kind(hostType.hello, messages.hello),
  CONFIG: kind(hostType.config, messages.config, messages.configChannel),
  TIME: kind(hostType.time, messages.time),
  RELAY: kind(hostType.relay, messages.relay),
  PULSE: kind(hostType.pulse, messages.pulse),
  WATCHDOG: kind(hostType.watchdog, messages.watchdog),
  HOOK: kind(hostType.hook, messages.hook),
  PLAY: kind(hostType.play, messages.play),
  OUTPUT: kind(hostType.output, messages.output),
  SELFTEST: kind(hostType.selfTest, messages.selfTest),
  HELLO_ANSWER: kind(cardType.hello, messages.helloAnswer),
  CONFIG_ANSWER: kind(cardType.config, messages.configAnswer),
  TIME_ANSWER: kind(cardType.time, messages.timeAnswer),
  RELAY_REPORT: kind(cardType.relay, messages.relayReport, messages.relayState),
  LINE: kind(cardType.line),
  AUDIO: kind(cardType.audio),
  INPUT: kind(cardType.input, messages.input, messages.inputState),
  SELFTEST_RESULT: kind(cardType.selfTest, messages.selfTestResult),
  STATUS: kind(cardType.status, messages.status),
  BOOT: kind(cardType.boot, messages.boot),
  ERROR: kind(cardType.error, messages.error),
};

export function kindOf(name: string): MessageKind {
  const found = messageKinds[name];
  if (found === undefined) throw new Error(`no message ${name}`);
  return found;
}

export const patternSample = (channel: number, i: number): number =>
  ((channel * 1000 + i * 37) % 8001) - 4000;

/** The payload that a vector's fields describe. */
export function payloadOf(vector: Omit<FrameVector, 'raw' | 'wire'>): Buffer {
  const { head, part } = kindOf(vector.message);
  if (vector.channels !== undefined) {
    const line = lineFrame();
    line.counter = Number(vector.fields['counter']);
    line.channels = vector.channels.length;
    vector.channels.forEach((values, i) => Object.assign(line.channel[i] ?? {}, values));
    const into = Buffer.alloc(lineBytes(line.channels));
    writeLine(line, into);
    return into;
  }
  if (vector.audio !== undefined) {
    const { format, mask } = vector.audio;
    const audio = audioFrame();
    audio.counter = Number(vector.fields['counter']);
    audio.mask = mask;
    for (let channel = 0; channel < 8; channel++)
      for (let i = 0; i < 160; i++) audio.linear[channel * 160 + i] = patternSample(channel, i);
    const into = Buffer.alloc(audioBytes(format, 8));
    return into.subarray(0, writeAudio(audio, format, into));
  }
  if (head === undefined) throw new Error(`${vector.name} has no fields`);
  return part === undefined
    ? head.pack(vector.fields)
    : messages.packParts(head, vector.fields, part, vector.parts ?? []);
}
