/** Which line of ours a record of the PBX is about: by what the room file says that its trunk is called there. */
import type { LineSettings } from '../../model/room.ts';
import type { PbxRecord } from '../../model/pbx-record.ts';

export type RecordLine = Pick<LineSettings, 'id' | 'trunk' | 'recordTrunk'>;

const plain = (name: string): string => name.toLowerCase().replaceAll(/\s+/g, ' ').trim();

/** `undefined`: the record names no trunk, one that is not ours, or one that two lines claim. */
export function lineOfRecord(lines: readonly RecordLine[], record: PbxRecord): RecordLine | undefined {
  if (record.trunk === undefined) return undefined;
  const name = plain(record.trunk);
  const named = lines.filter(({ trunk, recordTrunk }) => plain(recordTrunk ?? trunk) === name);
  return named.length === 1 ? named[0] : undefined;
}

/**
 * The trunk of `call-record` events: our line's, `''` where the record may be of any line of ours, and the switch's own
 * name where it is of none of them (an internal call, another trunk): that shows a living switch and excuses no call.
 */
export function trunkOfRecord(lines: readonly RecordLine[], record: PbxRecord): string {
  const line = lineOfRecord(lines, record);
  if (line !== undefined) return line.trunk;
  if (record.direction === 'internal') return 'internal';
  const isNamed = lines.some(({ recordTrunk }) => recordTrunk !== undefined);
  return isNamed && record.trunk !== undefined ? `pbx:${record.trunk}` : '';
}
