/** Reports of a virtual card: its flags, of each relay coil, position, taps and times, and of each input state and ohms. */
import type { InputState, RelayState } from '../../firmware-bridge/codec/messages.ts';
import { cardFlag, inputStates, notMoved, positions } from '../../firmware-bridge/codec/protocol.ts';
import type { InputWire, Plant } from './plant.ts';
import type { RelayDriver } from './relay-driver.ts';

const tapTrunk = 1;
const tapPbx = 2;
const tapPhone = 4;
/** The spare pole of the virtual relay tells the position even on a dead trunk. */
const spareNormal = 8;
const spareBypass = 16;

export function reportFlags(plant: Plant, isHostLost: boolean): number {
  const isPending = isHostLost && plant.lines.some((_, i) => plant.coil(i));
  return (
    (plant.coilSupply ? cardFlag.coilSupply : 0) |
    (plant.keyIsTurned ? cardFlag.keyTurned : 0) |
    (isHostLost ? cardFlag.hostLost : 0) |
    (isPending ? cardFlag.takeOverPending : 0)
  );
}

export const reportStates = (plant: Plant, driver: RelayDriver): RelayState[] =>
  plant.lines.map((line, i) => {
    const { now } = plant;
    const contact = line.relay.contact(now);
    const tap = Math.round(line.volts * 100);
    const isLive = Math.abs(line.volts) >= 3;
    const moveMs = contact === (plant.coil(i) ? 'normal' : 'bypass') ? line.relay.moveMs(now) : undefined;
    return {
      coil: plant.coil(i) ? 1 : 0,
      position: positions.indexOf(contact),
      taps:
        (isLive ? tapTrunk : 0) |
        (isLive && contact === 'normal' ? tapPbx : 0) |
        (isLive && contact === 'bypass' ? tapPhone : 0) |
        (contact === 'normal' ? spareNormal : 0) |
        (contact === 'bypass' ? spareBypass : 0),
      reserved: 0,
      sinceWrite: Math.max(0, Math.round(now - driver.writtenAt(i))),
      move: moveMs === undefined ? notMoved : Math.round(moveMs * 10),
      phoneCurrent: Math.round(line.phoneMilliamps(now) * 100),
      trunkTap: tap,
      pbxTap: contact === 'normal' ? tap : 0,
      phoneTap: contact === 'bypass' ? tap : 0,
      reserved2: 0,
    };
  });

/** 4.7 kΩ at the far end, and as much that the closed contact puts beside it. */
export function inputState(closed: boolean, wire: InputWire = 'sound'): InputState {
  const state = wire === 'sound' ? (closed ? 'closed' : 'open') : wire;
  const ohms = { closed: 2350, open: 4700, cut: 65_535, short: 15 }[state];
  return { state: inputStates.indexOf(state), reserved: 0, ohms };
}
