/**
 * Speech encoder of one channel. `encode` takes 160 samples (20 ms at 8 kHz, 16-bit linear) and returns one packet that
 * the caller may keep. `lookaheadSamples` at 8 kHz is the encoder's own delay (Ogg pre-skip).
 */
export interface AudioEncoder {
  readonly codec: 'opus';
  /** Which binary does the work, for the log: a silent fall-back to a slow one must show. */
  readonly implementation: string;
  readonly lookaheadSamples: number;
  encode(samples: Int16Array): Uint8Array;
  close(): void;
}

export interface AudioEncoderSettings {
  readonly bitRate: number;
  readonly complexity: number;
}

export type MakeAudioEncoder = (settings: AudioEncoderSettings) => AudioEncoder;
