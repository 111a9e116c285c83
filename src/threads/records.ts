/**
 * The call records of a room: one reader for each bus that brings them. A record becomes an event for the watch and a row of
 * the archive; a lost link makes its sources unknown. A format that cannot be used leaves its source unknown, with the reason.
 */
import type { BusId } from '../model/ids.ts';
import type { ByteLink } from '../ports/byte-link.ts';
import type { Clock } from '../ports/clock.ts';
import type { Room, SerialBus, Source } from '../model/room.ts';
import type { RoomEvent } from '../model/event.ts';
import type { RecordLineMessage } from '../model/messages.ts';
import type { Text } from '../model/text.ts';
import type { PbxFormat } from '../format/smdr/pbx-format.ts';
import type { PbxFormatCheck } from '../drivers/smdr/format-schema.ts';
import { compiledCheck } from '../shell/compiled-check.ts';
import { PbxFormatError, loadPbxFormat } from '../drivers/smdr/format-file.ts';
import { RecordReader } from '../drivers/smdr/record-reader.ts';
import { lineOfRecord, trunkOfRecord } from '../core/records/trunk.ts';
import { offsetsOf } from '../format/smdr/civil-time.ts';
import { text } from '../model/text.ts';

export interface RecordHandlers {
  post(event: RoomEvent, isUrgent: boolean): void;
  condition(type: string, active: boolean, detail: Text, qualifier: string): void;
  /** For the archive: every line that came, whatever it came to. */
  recordLine(message: RecordLineMessage): void;
}

export interface Records {
  close(): Promise<void>;
}

type RecordSource = Extract<Source, { kind: 'call-records' }>;

export async function openRecords(
  room: Room,
  linkOf: (bus: BusId) => ByteLink | undefined,
  clock: Clock,
  handlers: RecordHandlers,
): Promise<Records> {
  const check = (compiledCheck('pbx-format') as PbxFormatCheck | undefined) ?? (await compiledNow());
  const sources = room.subjects
    .flatMap((subject) => subject.sources)
    .filter((source): source is RecordSource => source.kind === 'call-records');
  const readers: RecordReader[] = [];
  for (const bus of room.buses) {
    const mine = sources.filter((source) => source.bus === bus.id);
    const [first] = mine;
    if (bus.kind !== 'serial' || first === undefined) continue;
    const reader = openReader(room, bus, mine, loadFormat(first.format, check), linkOf, clock, handlers);
    if (reader !== undefined) readers.push(reader);
  }
  return {
    async close() {
      await Promise.all(readers.map((reader) => reader.close()));
    },
  };
}

function openReader(
  room: Room,
  bus: SerialBus,
  sources: readonly RecordSource[],
  format: PbxFormat | Text,
  linkOf: (bus: BusId) => ByteLink | undefined,
  clock: Clock,
  handlers: RecordHandlers,
): RecordReader | undefined {
  const unknown = (reason: Text): void => {
    for (const { id } of sources)
      handlers.post({ kind: 'evidence', source: id, says: 'unknown', reason, at: clock.mono() }, false);
  };
  if (!('id' in format)) {
    unknown(format);
    handlers.condition('records.unreadable', true, format, bus.id);
    return undefined;
  }
  const link = linkOf(bus.id);
  if (link === undefined) return undefined;
  // Who reads one source with whole numbers has read them all: the strictest one counts.
  const maskDigits = Math.max(0, ...sources.map((source) => source.maskDigits ?? 0));
  const reader = new RecordReader({
    link,
    ...(maskDigits === 0 ? {} : { maskDigits }),
    format,
    offsetAt: offsetsOf(room.timezone),
    clock,
  });
  reader.start({
    link(isUp, reason) {
      const at = clock.mono();
      handlers.post(
        { kind: 'card', card: bus.id, link: isUp ? 'up' : 'lost', serialNumber: '', reason, at },
        false,
      );
      if (!isUp) unknown(reason);
      handlers.condition('bus.lost', !isUp, reason, bus.id);
    },
    read(read, arrivedAt) {
      const record = read.kind === 'record' ? read.record : undefined;
      if (record !== undefined)
        for (const { id } of sources)
          handlers.post(
            { kind: 'call-record', source: id, trunk: trunkOfRecord(room.lines, record), at: clock.mono() },
            false,
          );
      const line = record === undefined ? undefined : lineOfRecord(room.lines, record);
      handlers.recordLine({
        kind: 'record-line',
        bus: bus.id,
        at: arrivedAt,
        read,
        ...(line === undefined ? {} : { line: line.id }),
      });
    },
    drift(isDrifting, detail) {
      handlers.condition('records.unreadable', isDrifting, detail, bus.id);
    },
  });
  return reader;
}

/** The format, or why it cannot be used. */
function loadFormat(id: string, check: PbxFormatCheck): PbxFormat | Text {
  try {
    return loadPbxFormat(id, check);
  } catch (error) {
    if (!(error instanceof PbxFormatError)) throw error;
    return text(error.message, error.message);
  }
}

const compiledNow = async (): Promise<PbxFormatCheck> =>
  (await import('../drivers/smdr/format-schema.ts')).compilePbxFormatCheck();
