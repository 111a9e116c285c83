/** What the annunciator needs of the room. */
import { floodKey } from '../alarm/flood.ts';
import type { AnnunciatorConfig } from '../annunciator/step.ts';
import type { defaultFirstOut } from '../../model/annunciator.ts';
import type { Room } from '../../model/room.ts';
import type { RoomConfig } from './config.ts';

export function annunciatorConfig({ room, outputs }: RoomConfig): AnnunciatorConfig {
  const { ringback = [], firstOut = firstOutOf(room), autoSilenceMs, quiet } = room.annunciator ?? {};
  return {
    ringback: new Set(ringback),
    floodType: floodKey.type,
    groupOf: new Map(
      Object.entries(firstOut).flatMap(([group, members]) => members.map((member) => [member, group])),
    ),
    lamps: outputs.flatMap(({ id, role, severity, group, subject }) =>
      role === 'lamp'
        ? [
            {
              point: id,
              scope: {
                ...(severity === undefined ? {} : { severity }),
                ...(group === undefined ? {} : { group }),
                ...(subject === undefined ? {} : { subject }),
              },
            },
          ]
        : [],
    ),
    ...(autoSilenceMs === undefined ? {} : { autoSilenceMs }),
    quietSeverities: quiet?.severities ?? [],
  };
}

/** Faults that pull each other: of the power, of the PBX and its lines, of the network and what hangs on it. */
function firstOutOf(room: Room): Record<keyof typeof defaultFirstOut, readonly string[]> {
  const ofKind = (kind: Room['subjects'][number]['kind']): readonly string[] =>
    room.subjects.flatMap((one) => (one.kind === kind ? [one.id] : []));
  const networks = ofKind('network');
  const hanging = room.subjects.filter(
    ({ kind, dependsOn }) =>
      kind !== 'ups' && kind !== 'pbx' && dependsOn.some((other) => networks.includes(other)),
  );
  return {
    power: ofKind('ups'),
    pbx: [
      ...ofKind('pbx'),
      'room',
      ...room.lines.map(({ id }) => id),
      ...room.buses.flatMap(({ kind, id }) => (kind === 'line-card' ? [id] : [])),
    ],
    network: [...new Set([...networks, ...hanging.map(({ id }) => id)])],
  };
}
