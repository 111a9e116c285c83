/** What a card reports of its relays and inputs, from wire fields to our words. Unknown codes read as `unknown`, never as fine. */
import type { KeyPosition, RelayReport } from '../../model/bypass.ts';
import * as messages from '../../../firmware-bridge/codec/messages.ts';
import type { RelayState } from '../../../firmware-bridge/codec/messages.ts';
import type { Frame } from '../../../firmware-bridge/codec/frame.ts';
import { cardFlag, inputStates, notMoved, positions } from '../../../firmware-bridge/codec/protocol.ts';

export interface RelayReports {
  readonly counter: number;
  readonly relays: readonly RelayReport[];
  readonly coilSupply: boolean;
  readonly bypassKey: KeyPosition;
  readonly hostLost: boolean;
}

export function relayReports({ bytes, start, end }: Frame): RelayReports | undefined {
  const head = messages.relayReport.read(bytes, start, end);
  if (head === undefined) return undefined;
  const states = messages.readParts(
    messages.relayState,
    head.relays,
    bytes,
    start + messages.relayReport.bytes,
    end,
  );
  if (states === undefined) return undefined;
  const has = (flag: number): boolean => (head.flags & flag) !== 0;
  return {
    counter: head.counter,
    relays: states.map(relayReport),
    coilSupply: has(cardFlag.coilSupply),
    bypassKey: has(cardFlag.keyUnknown) ? 'unknown' : has(cardFlag.keyTurned) ? 'turned' : 'normal',
    hostLost: has(cardFlag.hostLost),
  };
}

const relayReport = (state: RelayState): RelayReport => ({
  coil: (state.coil & 1) !== 0 ? 'energise' : 'release',
  position: positions[state.position] ?? 'unknown',
  ...(state.move === notMoved ? {} : { moveMs: state.move / 10 }),
  sinceWriteMs: state.sinceWrite,
  phoneMilliamps: state.phoneCurrent / 100,
});

export interface ClosedInputs {
  readonly counter: number;
  /** A cut or short-circuited loop is not a closed contact. */
  readonly closed: readonly boolean[];
}

export function closedInputs({ bytes, start, end }: Frame): ClosedInputs | undefined {
  const head = messages.input.read(bytes, start, end);
  if (head === undefined) return undefined;
  const states = messages.readParts(
    messages.inputState,
    head.inputs,
    bytes,
    start + messages.input.bytes,
    end,
  );
  if (states === undefined) return undefined;
  return {
    counter: head.counter,
    closed: states.map(({ state }) => inputStates[state] === 'closed'),
  };
}
