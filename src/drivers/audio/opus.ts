/**
 * Opus encoder for one line: 8 kHz mono, 20 ms, variable bit rate, tuned for speech (RFC 6716), by @evan/opus. That package
 * falls back silently to a WebAssembly build at 1.6 times the cost when its native one does not load: `implementation`
 * tells which one works. The package is loaded as an unknown thing and its shape is checked here, once.
 */
import { createRequire } from 'node:module';
import type { AudioEncoder, AudioEncoderSettings } from '../../ports/audio-encoder.ts';

const frameSamples = 160;
/** OPUS_GET_LOOKAHEAD of opus_defines.h. */
const getLookahead = 4027;

interface OpusEncoder {
  bitrate: number;
  complexity: number;
  vbr: boolean;
  signal: string;
  ctl(request: number): number;
  encode(samples: Int16Array): Uint8Array;
}
type OpusEncoderClass = new (options: {
  readonly channels: 1;
  readonly sample_rate: 8000;
  readonly application: 'voip';
}) => OpusEncoder;

const load = createRequire(import.meta.url);

function encoderClassOf(loaded: unknown): OpusEncoderClass {
  if (hasEncoder(loaded)) return loaded.Encoder;
  throw new TypeError('@evan/opus has no Encoder');
}
const hasEncoder = (loaded: unknown): loaded is { readonly Encoder: OpusEncoderClass } =>
  typeof loaded === 'object' &&
  loaded !== null &&
  'Encoder' in loaded &&
  typeof loaded.Encoder === 'function';

/** The native class stands behind the package's own when it could be loaded. */
function implementationOf(encoderClass: OpusEncoderClass): string {
  try {
    const native = encoderClassOf(load('@evan/opus/node/index.js'));
    if (Object.getPrototypeOf(encoderClass) === native)
      return `@evan/opus native ${process.platform}-${process.arch}`;
  } catch {
    // No native build for this machine: the WebAssembly one works.
  }
  return '@evan/opus WebAssembly';
}

export function makeOpusEncoder(settings: AudioEncoderSettings): AudioEncoder {
  const encoderClass = encoderClassOf(load('@evan/opus'));
  const opus = new encoderClass({ channels: 1, sample_rate: 8000, application: 'voip' });
  opus.bitrate = settings.bitRate;
  opus.complexity = settings.complexity;
  opus.vbr = true;
  opus.signal = 'voice';
  let isOpen = true;
  return {
    codec: 'opus',
    implementation: implementationOf(encoderClass),
    lookaheadSamples: opus.ctl(getLookahead),
    encode(samples) {
      if (!isOpen || samples.length !== frameSamples)
        throw new RangeError(
          `${samples.length} samples for an ${isOpen ? 'open' : 'closed'} encoder; expected ${frameSamples}`,
        );
      return opus.encode(samples);
    },
    close() {
      isOpen = false;
    },
  };
}
