/** What the core remembers of the recordings of one line: plain JSON. */
import type { Condition } from '../../model/alarm.ts';
import type { Call, LineSignal } from '../../model/line.ts';
import type { CallId, LineId, RecordingId } from '../../model/ids.ts';
import type { Effect } from '../../model/effect.ts';
import type { MonoMs } from '../../model/units.ts';
import type { RecorderSettings } from '../../model/room.ts';
import type { RoomEventOf } from '../../model/event.ts';
import { text } from '../../model/text.ts';

export interface TriggerConfig {
  readonly line: LineId;
  /** Drawn at every start: recording ids are unique over restarts. */
  readonly runId: string;
  readonly settings: Pick<RecorderSettings, 'start' | 'preRollMs' | 'hangOverMs'>;
}

/** `call` and `signal` are the line's effects as they stand. */
export type TriggerEvent = { readonly at: MonoMs } & (
  | { readonly kind: 'call'; readonly phase: 'opened' | 'answered' | 'ended'; readonly call: Call }
  | { readonly kind: 'signal'; readonly signal: LineSignal; readonly since: MonoMs }
  | { readonly kind: 'speech' }
  /** A person orders it or takes the order back. */
  | { readonly kind: 'record'; readonly on: boolean }
  /** Start mode `schedule`: the hours in which calls are recorded begin or end. */
  | { readonly kind: 'schedule'; readonly open: boolean }
  | Pick<RoomEventOf<'recording'>, 'kind' | 'id' | 'state'>
  | { readonly kind: 'turn' }
);

type StartRecording = Extract<Effect, { kind: 'start-recording' }>;
export type TriggerEffect = StartRecording | Extract<Effect, { kind: 'stop-recording' }>;
export type Why = StartRecording['why'];

/** The recording that runs. */
export interface Running {
  readonly id: RecordingId;
  readonly from: MonoMs;
  readonly why: Why;
  readonly callId: CallId | null;
  /** Newest that is known of its call. */
  readonly call: Call | null;
  /** Last moment wanted, once it is known; the stop is told when it has passed. */
  readonly stopAt: MonoMs | null;
  readonly askedAt: MonoMs;
  /** The recorder confirmed it. */
  readonly startedAt: MonoMs | null;
}

export interface TriggerState {
  readonly config: TriggerConfig;
  readonly running: Running | null;
  /** Recordings asked for so far in this run. */
  readonly made: number;
  /** Nothing is recorded twice: no recording begins before this. */
  readonly notBefore: MonoMs;
  readonly openCall: Call | null;
  /** Since when a person wants this line recorded. */
  readonly orderedAt: MonoMs | null;
  readonly isScheduleOpen: boolean;
  readonly speechAt: MonoMs | null;
  /** No audio comes while the signal is unknown. */
  readonly unknownSince: MonoMs | null;
  /** Failures in a row. */
  readonly failures: number;
  readonly retryAt: MonoMs | null;
  /** The recorder has not confirmed a start in time. */
  readonly isUnanswered: boolean;
}

export function initial(config: TriggerConfig, at: MonoMs): TriggerState {
  return {
    config,
    running: null,
    made: 0,
    notBefore: at,
    openCall: null,
    orderedAt: null,
    // Until somebody knows the hours, every hour is one: a call too many is better than a call not recorded.
    isScheduleOpen: true,
    speechAt: null,
    unknownSince: at,
    failures: 0,
    retryAt: null,
    isUnanswered: false,
  };
}

export const isRecording = (state: TriggerState): boolean => state.running !== null;

/** Standing conditions for the alarms: evidence is being lost on this line. */
export function conditions({ config: { line }, failures, isUnanswered }: TriggerState): readonly Condition[] {
  if (failures === 0 && !isUnanswered) return [];
  const detail =
    failures > 0
      ? text(
          `线路 ${line} 连续 ${failures} 次录音失败，正在重试`,
          `line ${line}: failed ${failures} times in a row, trying again`,
        )
      : text(
          `线路 ${line}：录音进程未确认开始录音`,
          `line ${line}: the recorder has not confirmed that it records`,
        );
  return [{ key: { subject: line, type: 'recorder.failed', qualifier: '' }, state: 'active', detail }];
}
