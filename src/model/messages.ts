/**
 * What crosses between threads: plain, versioned data over bounded ports. The guard restarts a worker; a worker never
 * restarts the guard. Audio crosses in shared memory (`signal/audio-ring.ts`), never here.
 */
import type { AlarmView, Suppression } from './alarm.ts';
import type { AlarmReport } from './alarm-report.ts';
import type { Actor, Command } from './event.ts';
import type { ControlView } from './control.ts';
import type { Call, LineSignal } from './line.ts';
import type { EscalationView } from './escalation.ts';
import type {
  BusId,
  CallId,
  EventId,
  HostId,
  LineId,
  OrderId,
  PointId,
  RecordingId,
  RoomId,
  SourceId,
  SubjectId,
} from './ids.ts';
import type { Host, HostOutcome, NutServerSettings } from './host.ts';
import type { LineBypassState, RoomBypassState } from './bypass.ts';
import type { ExerciseResult } from './exercise.ts';
import type { RelayTrendView } from './relay.ts';
import type { MonoMs, WallMs } from './units.ts';
import type { LineRead } from './pbx-record.ts';
import type {
  HeartbeatSettings,
  ManualFormsSettings,
  MqttSettings,
  RecorderSettings,
  SensorPoint,
  Source,
} from './room.ts';
import type { Notice } from './effect.ts';
import type { ReadingView } from './reading.ts';
import type { Maintenance, Says, SourceView, SubjectView } from './watch.ts';
import type { PowerCutView, StageView, StepView, Supply } from './power-cut.ts';
import type { Sentence, SpeechSettings, SpokenOutcome } from './speech.ts';
import type { Language, Text } from './text.ts';
import type { UpsTestKind } from './ups.ts';

/** Relation of the two clocks, sent with whatever must turn a monotonic moment into a label. */
export interface ClockMark {
  readonly mono: MonoMs;
  readonly wall: WallMs;
}
export const wallAt = (mark: ClockMark, at: MonoMs): WallMs =>
  Math.round(mark.wall + (at - mark.mono)) as WallMs;

export type ThreadName = 'guard' | 'recorder' | 'archive' | 'front' | 'probes';

/** Sent by every worker once a second; the guard alarms when it stays away. */
export interface WorkerBeat {
  readonly kind: 'beat';
  readonly memoryMB: number;
}
/** Something a worker found out that a person must know. */
export interface WorkerCondition {
  readonly kind: 'condition';
  /** Type of the alarm catalogue, e.g. `disk.full`. */
  readonly type: string;
  readonly qualifier: string;
  readonly active: boolean;
  readonly detail: Text;
}

// ---- recorder ---------------------------------------------------------------------------------------------------

export interface RecorderStart {
  readonly dataFolder: string;
  readonly room: RoomId;
  readonly settings: RecorderSettings;
  /** One ring a recorded line. */
  readonly rings: readonly { readonly line: LineId; readonly buffer: SharedArrayBuffer }[];
  readonly clock: ClockMark;
}
export type ToRecorder =
  | {
      readonly kind: 'start';
      readonly id: RecordingId;
      readonly line: LineId;
      readonly from: MonoMs;
      readonly call?: CallId;
      readonly why: string;
    }
  | {
      readonly kind: 'stop';
      readonly id: RecordingId;
      readonly line: LineId;
      readonly to: MonoMs;
      readonly call?: CallRecord;
    }
  | { readonly kind: 'clock'; readonly clock: ClockMark }
  /** Where sealed recordings are offered; a new port replaces the one before (the archive was started anew). */
  | { readonly kind: 'archive-port'; readonly port: PortEnd<ArchiveToRecorder, RecorderToArchive> }
  /** Seal everything, answer `closed`, end. */
  | { readonly kind: 'close' };
export type FromRecorder =
  | WorkerBeat
  | WorkerCondition
  | { readonly kind: 'ready'; readonly encoder: string; readonly recovered: number }
  | { readonly kind: 'started'; readonly id: RecordingId; readonly line: LineId }
  | {
      readonly kind: 'sealed';
      readonly id: RecordingId;
      readonly line: LineId;
      readonly path: string;
      readonly durationMs: number;
    }
  | { readonly kind: 'failed'; readonly id: RecordingId; readonly line: LineId; readonly reason: Text }
  | { readonly kind: 'speech'; readonly line: LineId; readonly at: MonoMs }
  | { readonly kind: 'closed' };

/** A call with wall times, as the archive keeps it. */
export interface CallRecord {
  readonly id: CallId;
  readonly line: LineId;
  readonly trunk: string;
  readonly phone: string;
  readonly direction: Call['direction'];
  readonly startedAt: WallMs;
  readonly answeredAt?: WallMs;
  readonly answeredBy?: 'pbx' | 'phone';
  readonly endedAt?: WallMs;
  readonly end?: Call['end'];
  readonly rings: number;
  readonly digits: string;
  readonly caller: string;
  readonly bypass: boolean;
}

// ---- recorder → archive (own port) --------------------------------------------------------------------------------

/** A sealed file, offered until the archive answers `stored`. Offering twice is harmless: the id is the key. */
export interface SealedRecording {
  readonly id: RecordingId;
  readonly line: LineId;
  readonly call?: CallRecord;
  readonly callId?: CallId;
  readonly why: string;
  readonly startedAt: WallMs;
  readonly endedAt: WallMs;
  readonly durationMs: number;
  /** Relative to the data folder, `/` separated. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly codec: 'opus';
  /** Samples that never arrived and were filled with silence. */
  readonly lostSamples: number;
  /** Rebuilt from the capture log after a crash. */
  readonly recovered: boolean;
}
export type RecorderToArchive = { readonly kind: 'sealed'; readonly recording: SealedRecording };
export type ArchiveToRecorder = { readonly kind: 'stored'; readonly id: RecordingId };

// ---- archive ----------------------------------------------------------------------------------------------------

export interface ArchiveStart {
  readonly dataFolder: string;
  readonly room: RoomId;
}
/** One line of a switch's call records, as it came and what it came to. */
export interface RecordLineMessage {
  readonly kind: 'record-line';
  readonly bus: BusId;
  /** Arrival. */
  readonly at: WallMs;
  readonly read: LineRead;
  /** The line of ours that the record names by its trunk. */
  readonly line?: LineId;
}
export type ToArchive =
  | RecordLineMessage
  | { readonly kind: 'call'; readonly call: CallRecord }
  | { readonly kind: 'alarm'; readonly change: string; readonly at: WallMs; readonly alarm: AlarmView }
  | { readonly kind: 'notice'; readonly id: EventId; readonly at: WallMs; readonly notice: Notice }
  /** Lines of the guard's journal: appended to `journal/<file>`; the oldest files go when the folder exceeds its limit. */
  | { readonly kind: 'journal'; readonly file: string; readonly text: string }
  /** A new port replaces the one before: the worker at its other end was started anew. */
  | { readonly kind: 'recorder-port'; readonly port: PortEnd<RecorderToArchive, ArchiveToRecorder> }
  | { readonly kind: 'front-port'; readonly port: PortEnd<ArchiveQuestion, ArchiveAnswer> }
  | { readonly kind: 'close' };
export type FromArchive =
  WorkerBeat | WorkerCondition | { readonly kind: 'ready' } | { readonly kind: 'closed' };

/** Questions of the front to the archive, each answered once with the same `ask`. */
export type ArchiveQuestion = { readonly ask: number } & (
  | {
      readonly kind: 'recordings' | 'calls';
      readonly line?: LineId;
      /** Fragment of caller, called or trunk number; at least 3 characters. */
      readonly number?: string;
      readonly from?: WallMs;
      readonly to?: WallMs;
      readonly limit: number;
      /** `next` of the page before. */
      readonly after?: string;
    }
  | { readonly kind: 'recording'; readonly id: RecordingId }
  /** What became of the call records that arrived since then. */
  | { readonly kind: 'records'; readonly from: WallMs }
  | { readonly kind: 'alarm-report'; readonly from: WallMs; readonly to: WallMs }
);
/** Call records by what they came to, and lines that were no record that could be read. */
export interface RecordCounts {
  readonly certain: number;
  readonly ambiguous: number;
  /** Of no call that our lines saw. */
  readonly none: number;
  readonly waiting: number;
  readonly unread: number;
}
/**
 * What the PBX says of a call, where one of its records is certainly of this call; `ambiguous`: a record fits, but another call
 * or record as well, so it says nothing. Never part of what is sealed.
 */
export interface PbxSays {
  readonly certainty: 'certain' | 'ambiguous';
  readonly extension?: string;
  readonly number?: string;
  readonly account?: string;
}
export type CallRow = CallRecord & { readonly pbx?: PbxSays };
export type FoundRecording = RecordingRow & { readonly pbx?: PbxSays };
export type ArchiveAnswer = { readonly ask: number } & (
  | { readonly kind: 'recordings'; readonly items: readonly FoundRecording[]; readonly next: string | null }
  | { readonly kind: 'calls'; readonly items: readonly CallRow[]; readonly next: string | null }
  | { readonly kind: 'recording'; readonly item: FoundRecording | null }
  | { readonly kind: 'records'; readonly counts: RecordCounts }
  | { readonly kind: 'alarm-report'; readonly report: AlarmReport }
  | { readonly kind: 'error'; readonly reason: Text }
);
/** One row of the archive. `serial` counts without gaps from 1. */
export interface RecordingRow extends SealedRecording {
  readonly serial: number;
  /** Chain link: see docs/archive.md. */
  readonly link: string;
}

// ---- probes -----------------------------------------------------------------------------------------------------

export interface ProbesStart {
  /** Its file system is watched. */
  readonly dataFolder: string;
  /** Every source of the room, with the subject that it speaks for; the worker asks those that the network leads to. */
  readonly sources: readonly { readonly subject: SubjectId; readonly source: Source }[];
  readonly heartbeats?: HeartbeatSettings;
  readonly room: RoomId;
  readonly version: string;
  readonly hosts: readonly Host[];
  readonly nutServer?: NutServerSettings;
  readonly speech?: SpeechSettings;
  /** What the kernel measures: read here, because a read of 1-Wire takes most of a second. */
  readonly sensors: readonly SensorPoint[];
}
export type ToProbes =
  /** Sources of these subjects ask more often from now on; all others at their own pace. */
  | { readonly kind: 'suspect'; readonly subjects: readonly SubjectId[] }
  /** The same order again is answered with what came of it. */
  | { readonly kind: 'shut-host'; readonly host: HostId; readonly order: OrderId }
  /** Once a second where the room has a NUT server. */
  | { readonly kind: 'supply'; readonly supply: Supply }
  | UpsTestOrder
  | { readonly kind: 'speak'; readonly id: string; readonly sentence: Sentence }
  | { readonly kind: 'hush' }
  | BrokerPath
  | HeartbeatMessage
  | { readonly kind: 'close' };
export interface UpsTestOrder {
  readonly kind: 'ups-test';
  readonly source: SourceId;
  readonly order: string;
  readonly what: UpsTestKind | 'stop';
}
/** Whether what others publish can reach us. */
export interface BrokerPath {
  readonly kind: 'broker-path';
  readonly up: boolean;
  readonly reason: Text;
}
/** Published just now on a topic that a heartbeat is expected on. */
export interface HeartbeatMessage {
  readonly kind: 'heartbeat';
  readonly topic: string;
  readonly payload: string;
}
export type FromProbes =
  | WorkerBeat
  | {
      readonly kind: 'ups-test-sent';
      readonly order: string;
      readonly accepted: boolean;
      readonly reason: Text;
    }
  | WorkerCondition
  | { readonly kind: 'ready' }
  | { readonly kind: 'spoken'; readonly id: string; readonly outcome: SpokenOutcome }
  | {
      readonly kind: 'evidence';
      readonly source: SourceId;
      readonly says: Says;
      readonly reason: Text;
      readonly values?: Readonly<Record<string, number | string | boolean>>;
    }
  | {
      readonly kind: 'reading';
      readonly point: PointId;
      readonly value: number | 'unknown';
      readonly reason?: Text;
    }
  | {
      readonly kind: 'host';
      readonly host: HostId;
      readonly order: OrderId;
      readonly outcome: HostOutcome;
      readonly reason: Text;
    }
  | { readonly kind: 'closed' };

// ---- front ------------------------------------------------------------------------------------------------------

export interface FrontStart {
  readonly dataFolder: string;
  readonly room: RoomId;
  readonly name: Text;
  readonly language: Language;
  readonly timezone: string;
  readonly http: { readonly host: string; readonly port: number; readonly portIsFixed: boolean };
  readonly mqtt?: MqttSettings;
  /** Topics that heartbeats of others come on. */
  readonly heartbeatTopics: readonly string[];
  /** The demo room, and only it, answers reads from 127.0.0.1 without login. */
  readonly openReads: boolean;
  /** Whoever can read its file on this machine (mode 0600) may read over HTTP from this machine. */
  readonly readToken?: string;
  /** Where the local socket is made, and which group may use it beside the own user. Absent: none is made. */
  readonly localSocket?: { readonly folder: string; readonly group?: string };
  /** Code that the demo prints: whoever knows it may give commands on the page. Absent: no commands over HTTP. */
  readonly demoCode?: string;
  readonly version: string;
  readonly manualForms: ManualFormsSettings;
}
/** One end of a port between two threads, as far as a message needs to name it. */
export interface PortEnd<In, Out> {
  postMessage(message: Out): void;
  on(event: 'message', listener: (message: In) => void): unknown;
  close(): void;
}
export type ArchivePort = PortEnd<ArchiveAnswer, ArchiveQuestion>;

export type ToFront =
  | { readonly kind: 'view'; readonly view: RoomView }
  | { readonly kind: 'notice'; readonly id: EventId; readonly at: WallMs; readonly notice: Notice }
  /** The archive was started anew: questions go to this port from now on. */
  | { readonly kind: 'archive-port'; readonly port: ArchivePort }
  /** Print blank forms, or show them; the same order again is answered with what came of it. */
  | { readonly kind: 'manual-forms'; readonly order: OrderId }
  | { readonly kind: 'close' };
export type FromFront =
  | WorkerBeat
  | BrokerPath
  | HeartbeatMessage
  | WorkerCondition
  | { readonly kind: 'ready'; readonly httpUrl: string; readonly portMoved: boolean }
  /** These notices are on disk; what was sent and is not named here may be sent again with the same id. */
  | { readonly kind: 'kept'; readonly ids: readonly EventId[] }
  | { readonly kind: 'command'; readonly id: string; readonly by: Actor; readonly command: Command }
  | {
      readonly kind: 'manual-forms';
      readonly order: OrderId;
      readonly outcome: 'printed' | 'shown' | 'failed';
      readonly reason: Text;
    }
  | { readonly kind: 'closed' };

/** The whole room at one moment, for views. Sent on change, at most five times a second. */
export interface RoomView {
  readonly at: WallMs;
  readonly room: {
    readonly id: RoomId;
    readonly name: Text;
    readonly bypass: RoomBypassState;
    readonly explained?: BypassExplained;
  };
  readonly lines: readonly LineView[];
  readonly subjects: readonly SubjectRow[];
  readonly readings: readonly ReadingRow[];
  readonly alarms: readonly AlarmRow[];
  readonly controls: readonly ControlView[];
  readonly threads: readonly ThreadView[];
  readonly loop: LoopLateness;
  readonly cards: readonly {
    readonly id: string;
    readonly link: string;
    readonly serialNumber: string;
    readonly coilSupply: boolean;
    readonly bypassKey: string;
  }[];
  /** Calls held over a seat phone: in all, and since the room went to bypass last. */
  readonly bypassCalls: { readonly total: number; readonly latest: number };
  readonly horn: boolean;
  readonly healthy: boolean;
  /** Absent where the room file has no plan. */
  readonly powerCut?: PowerCutRow;
}
type WithWallTimes<T> = T extends { readonly at?: MonoMs } ? Omit<T, 'at'> & { readonly at?: WallMs } : T;
/** The power-cut plan with wall times. */
export type PowerCutRow = Omit<PowerCutView, 'cutAt' | 'phaseAt' | 'stages'> & {
  readonly cutAt?: WallMs;
  readonly phaseAt?: WallMs;
  readonly stages: readonly (Omit<StageView, 'dueAt' | 'steps'> & {
    readonly dueAt?: WallMs;
    readonly steps: readonly WithWallTimes<StepView>[];
  })[];
};
/** Why the room or a line stands where it does, and what moves it next. */
export interface BypassExplained {
  readonly why: Text;
  readonly next: Text;
  /** When time alone brings it, if nothing else happens. */
  readonly nextAt?: WallMs;
}
export interface LineView {
  readonly id: LineId;
  readonly trunk: string;
  readonly phone: string;
  readonly signal: LineSignal;
  readonly bypass: LineBypassState | 'none';
  /** Absent in normal, and without a relay. */
  readonly explained?: BypassExplained;
  readonly recording: boolean;
  readonly volts: number;
  readonly call?: {
    readonly id: CallId;
    readonly direction: Call['direction'];
    readonly startedAt: WallMs;
    readonly answeredAt?: WallMs;
  };
  /** Set for three minutes after a call was cut over: lift this phone, the caller may still be there. */
  readonly liftPhone?: string;
  /** Absent while no move of its relay was timed. */
  readonly relay?: RelayTrendView;
  /** The newest exercise of the relay alone, and with somebody at the phone. */
  readonly exercise?: { readonly relay?: ExerciseRow; readonly phone?: ExerciseRow };
}
export type ExerciseRow = Omit<ExerciseResult, 'at'> & { readonly at: WallMs };
/** A measured value with wall time. */
export type ReadingRow = Omit<ReadingView, 'at'> & { readonly at?: WallMs };
/** A subject with wall times. */
export type SubjectRow = Omit<SubjectView, 'since' | 'maintenance' | 'sources'> & {
  readonly since: WallMs;
  readonly maintenance?: Omit<Maintenance, 'until'> & { readonly until: WallMs };
  readonly sources: readonly (Omit<SourceView, 'at'> & { readonly at?: WallMs })[];
};
type WithWallEnd<S> = S extends { readonly until: MonoMs }
  ? Omit<S, 'until'> & { readonly until: WallMs }
  : S;
/** An alarm with wall times. */
export type AlarmRow = Omit<AlarmView, 'since' | 'raisedAt' | 'changedAt' | 'clearedAt' | 'suppressions'> & {
  readonly suppressions: readonly WithWallEnd<Suppression>[];
  /** Nobody acknowledged it: how far it was told to others. */
  readonly escalation?: EscalationView;
  readonly since: WallMs;
  readonly raisedAt: WallMs;
  readonly changedAt: WallMs;
  readonly clearedAt?: WallMs;
};
/** How late the 20 ms ticks of the guard's loop came in the last minute. */
export interface LoopLateness {
  readonly worstMs: number;
  /** Upper ends of the classes; `counts` has one more, for what came later still. */
  readonly upToMs: readonly number[];
  readonly counts: readonly number[];
}

export interface ThreadView {
  readonly name: ThreadName;
  readonly state: 'starting' | 'running' | 'restarting' | 'failed';
  readonly restarts: number;
  readonly lagMs: number;
  readonly memoryMB: number;
}
