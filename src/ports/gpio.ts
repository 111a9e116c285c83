import type { Text } from '../model/text.ts';

/**
 * The Pi's own pins. Polarity is ours: `true` = the pin is high.
 *
 * Contract (held by `test/contract/gpio.ts` on every back end):
 * - `open` claims all lines at once or rejects naming the line and the cause; nothing is claimed when it rejects.
 * - An output is requested as it is, read, then driven to what was read: claiming never moves a relay. A line that was
 *   an input (never driven before) starts at `idle`.
 * - `write` is synchronous and takes effect at once; it throws `GpioLost` when the chip is gone.
 * - `read` returns the level of the pin itself, for outputs too (read-back).
 * - `changedByOther` names the outputs that do not stand as they were last written: another program, or a short.
 * - `onEdge` is called for each debounced change of an input, at once (never from a polling timer).
 * - `close` releases without driving: what the pin does then is the platform's matter, told by `keepsOutputs`.
 */
export interface Gpio {
  readonly backend: 'onoff' | 'chardev' | 'virtual';
  /** True when the platform keeps the level of an output after this process dies; decided at start by a look at the platform. */
  readonly keepsOutputs: boolean;
  /** True when no other process can drive our lines while we hold them. */
  readonly isExclusive: boolean;
  open(request: GpioRequest): Promise<void>;
  read(pin: number): boolean;
  write(levels: ReadonlyMap<number, boolean>): void;
  changedByOther(): readonly number[];
  close(): Promise<void>;
}

export interface GpioRequest {
  readonly inputs: readonly {
    readonly pin: number;
    readonly debounceMs: number;
    readonly pull: 'up' | 'down' | 'none';
  }[];
  readonly outputs: readonly { readonly pin: number; readonly idle: boolean }[];
  readonly onEdge: (pin: number, level: boolean) => void;
  /** The chip or line was lost while running. */
  readonly onLost: (reason: Text) => void;
}

export class GpioLost extends Error {
  override readonly name = 'GpioLost';
}

/** `open` could not claim the lines. The reason names the line and the cause, for a person. */
export class GpioRefused extends Error {
  override readonly name = 'GpioRefused';
  readonly reason: Text;
  constructor(reason: Text) {
    super(reason.en);
    this.reason = reason;
  }
}
