import type { Text } from '../model/text.ts';

/**
 * Access to Modbus registers of one bus.
 *
 * Contract (`test/contract/registers.ts`): a value is returned only when the frame that carried it answers exactly this
 * request (unit, function, length, CRC or transaction). Everything else is `{ ok: false }` with a kind and a reason.
 * One request at a time on the wire, over all units. Never throws out, never leaves a promise open longer than the time-out
 * of the bus (plus the wait for its turn). A write goes out once and is never repeated: without an answer nobody knows whether
 * it was done.
 */
export interface Registers {
  read(request: RegisterRequest): Promise<RegisterAnswer>;
  close(): Promise<void>;
}

export interface WritableRegisters extends Registers {
  /** `ok` when the device has confirmed this very write; its values are empty. */
  write(request: RegisterWrite): Promise<RegisterAnswer>;
}

export interface RegisterWrite {
  readonly unit: number;
  /** 5 one coil (0 or 1), 6 one register, 16 one register as a list of one. */
  readonly function: 5 | 6 | 16;
  /** 0-based PDU address. */
  readonly address: number;
  readonly value: number;
}

export type ModbusReadFunction = 1 | 2 | 3 | 4;

export interface RegisterRequest {
  readonly unit: number;
  /** 1 coils and 2 discrete inputs are single bits, each a value of 0 or 1; 3 holding and 4 input registers are words. */
  readonly function: ModbusReadFunction;
  /** 0-based PDU address. */
  readonly address: number;
  readonly count: number;
}

export type RegisterAnswer =
  | { readonly ok: true; readonly values: readonly number[] }
  | {
      readonly ok: false;
      readonly kind: 'timeout' | 'offline' | 'exception' | 'bad-answer';
      /** Exception code of the device, as it came. */
      readonly exception?: number;
      readonly reason: Text;
    };
