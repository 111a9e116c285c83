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

/** An armature has had its time. */
const armatureMs = 20;

/** The taps are looked at only where a released relay does not show the trunk at its phone: they tell which wire is wrong. */
function tapsOf({ coil, position, sinceWrite, taps }: RelayState): Pick<RelayReport, 'taps'> {
  const isReleased = (coil & 1) === 0 && sinceWrite >= armatureMs;
  if (!isReleased || positions[position] === 'bypass') return {};
  return { taps: { trunk: (taps & 1) !== 0, pbx: (taps & 2) !== 0, phone: (taps & 4) !== 0 } };
}

const relayReport = (state: RelayState): RelayReport => ({
  coil: (state.coil & 1) !== 0 ? 'energise' : 'release',
  position: positions[state.position] ?? 'unknown',
  ...tapsOf(state),
  ...(state.move === notMoved ? {} : { moveMs: state.move / 10 }),
  sinceWriteMs: state.sinceWrite,
  phoneMilliamps: state.phoneCurrent / 100,
});

export interface InputReports {
  readonly counter: number;
  readonly inputs: readonly InputReport[];
}
export interface InputReport {
  /** A cut or short-circuited loop is not a closed contact. */
  readonly closed: boolean;
  readonly ohms: number;
}

/** Ohms that moved by less are the same. */
const sameOhmsShare = 0.05;
export const isSameInput = (a: InputReport | undefined, b: InputReport): boolean =>
  a?.closed === b.closed && Math.abs(a.ohms - b.ohms) <= sameOhmsShare * a.ohms;

export function inputReports({ bytes, start, end }: Frame): InputReports | undefined {
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
    inputs: states.map(({ state, ohms }) => ({ closed: inputStates[state] === 'closed', ohms })),
  };
}
