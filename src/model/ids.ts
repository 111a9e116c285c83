/** Names given in the room file, and identifiers made at run time (nanoid). Plain strings; the alias says which. */
export type RoomId = string;
/** A key under `buses:`; for a line card also the card's name. */
export type BusId = string;
export type PointId = string;
export type LineId = string;
export type SubjectId = string;
/** A key under `controls:`. */
export type ControlId = string;
/** One source of evidence: `<subject>.<n>`, n counting from 1 in the order of the room file. */
export type SourceId = string;
/** `<run>-<n>`: unique over restarts, because every start draws a new run id. */
export type CallId = string;
export type RecordingId = string;
/** Identifies one event for its whole life, through journal, outbox and broker. */
export type EventId = string;
/** A key under `hosts:`: a computer that the power-cut plan may ask to shut down. */
export type HostId = string;
/** One order of the power-cut plan, `<cut>/<step>`: the same one when it is given again after a restart. */
export type OrderId = string;
