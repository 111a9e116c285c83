/**
 * The numbers of the line card's wire protocol, as `firmware-bridge/PROTOCOL.md` fixes them: message types, limits, codes
 * and timings. A number here never changes its meaning; new ones are added.
 */

export const protocolVersion = 1;

/** version, type, flags, reserved, length, sequence. */
export const headerBytes = 8;
export const crcBytes = 4;
/** Counter (8) and tag (16) of an authenticated frame. */
export const sealBytes = 24;
export const payloadBytesMax = 4096;
export const frameBytesMax = headerBytes + payloadBytesMax + sealBytes + crcBytes;

/** Bit 0 of the header's flags: counter and tag follow the payload. */
export const flagSealed = 1;

/** Host → card below 0x80, card → host above. */
export const hostType = {
  hello: 0x01,
  config: 0x02,
  time: 0x03,
  relay: 0x10,
  pulse: 0x11,
  watchdog: 0x12,
  hook: 0x20,
  play: 0x21,
  output: 0x22,
  selfTest: 0x30,
} as const;
export const cardType = {
  hello: 0x81,
  config: 0x82,
  time: 0x83,
  relay: 0x90,
  line: 0xa0,
  audio: 0xa1,
  input: 0xa2,
  selfTest: 0xb0,
  status: 0xb1,
  boot: 0xbe,
  error: 0xbf,
} as const;

/** What a card says it can do, in HELLO. */
export const capability = {
  linearAudio: 1,
  sealed: 2,
  hook: 4,
  play: 8,
  supervisedInputs: 16,
  update: 32,
} as const;

export const resetCauses = [
  'unknown',
  'power-on',
  'brown-out',
  'watchdog',
  'software',
  'pin',
  'update',
] as const;

export const audioFormat = { none: 0, aLaw: 1, linear: 2 } as const;

/** Codes of ERROR. */
export const errorCode = {
  version: 1,
  session: 2,
  authentication: 3,
  replay: 4,
  length: 5,
  type: 6,
  range: 7,
  hostLost: 8,
  busy: 9,
  unsupported: 10,
} as const;

/** Bits of the relay report's flags. */
export const cardFlag = {
  coilSupply: 1,
  keyTurned: 2,
  keyUnknown: 4,
  hostLost: 8,
  takeOverPending: 16,
} as const;
/** Bits of one channel's flags in LINE. */
export const lineFlag = { reversed: 1, ringing: 2, overload: 4, fault: 8 } as const;

/** Values of `position` in the relay report. */
export const positions = ['unknown', 'normal', 'bypass', 'between'] as const;
/** `move` of a relay that has not reached the side it was told to. */
export const notMoved = 0xffff;

/** Values of `state` in INPUT. `cut` and `short` are told by inputs with an end-of-line resistor. */
export const inputStates = ['open', 'closed', 'cut', 'short'] as const;

export const hookActions = ['release', 'seize', 'flash', 'pulse-dial', 'tone-dial'] as const;
export const playKinds = ['stop', 'samples', 'tone'] as const;

/** Longest pulse that a card gives an open relay. */
export const pulseMsMax = 100;

/** Limits and defaults of CONFIG; a card clamps to the limits and answers what it took. */
export const configLimits = {
  hostLostMs: { min: 1000, max: 30_000, default: 5000 },
  loopOpenMs: { min: 500, max: 5000, default: 1500 },
  callCapMs: { min: 10_000, max: 600_000, default: 300_000 },
  offHookBelow: { min: 500, max: 3000, default: 1800 },
  onHookAbove: { min: 800, max: 5000, default: 2800 },
} as const;

/** Periods, in milliseconds. */
export const period = {
  /** LINE and AUDIO. */
  frame: 20,
  /** RELAY report, at the latest. */
  relayReport: 100,
  /** RELAY command, repeated. */
  relayCommand: 1000,
  /** Shortest time between two feeds. */
  watchdog: 200,
  time: 1000,
  status: 1000,
  input: 1000,
  boot: 1000,
  /** HELLO and CONFIG are sent again after this long without an answer. */
  retry: 500,
  /** No valid frame for this long: the session is lost. */
  silence: 1000,
} as const;
