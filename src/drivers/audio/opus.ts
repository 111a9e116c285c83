/**
 * Opus encoder for one line: 8 kHz mono, 20 ms, variable bit rate, tuned for speech (RFC 6716), by @evan/opus. That package
 * falls back silently to a WebAssembly build at 1.6 times the cost when its native one does not load: `implementation`
 * tells which one works. The package is loaded as an unknown thing and its shape is checked here, once.
 *
 * Its native library is written in Rust and must never be unloaded: when the only thread that uses it ends, Node closes it
 * and the thread's own destructors then run in unmapped memory (rust-lang/rust#91979), which kills the whole process. So
 * it is pinned before it is used, and a recorder that dies takes nobody with it.
 */
import { constants } from 'node:os';
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
/** RTLD_NODELETE of dlfcn.h on Linux; Node does not name it. */
const neverUnload = 0x1000;

let isPinned = false;
function pinNativeLibrary(): void {
  if (isPinned || process.platform !== 'linux') return;
  isPinned = true;
  try {
    const file = load.resolve(`@evan/opus/node/${process.arch}-${process.platform}.node`);
    process.dlopen({ exports: {} }, file, constants.dlopen.RTLD_NOW | neverUnload);
  } catch {
    // No native build for this machine, or it does not load: the package falls back by itself.
  }
}

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
  pinNativeLibrary();
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
