/**
 * One-shot things that a decision wants done. What has a level (relays, lamps, horn) is never an effect but an output,
 * compared with the read-back every turn. Each effect may be carried out twice without harm: it has an identity.
 */
import type { Actor } from './event.ts';
import type { AlarmView } from './alarm.ts';
import type { BypassReason, CoilCommand, LineBypassState, RoomBypassState } from './bypass.ts';
import type { Call, LineSignal } from './line.ts';
import type {
  BusId,
  CallId,
  ControlId,
  HostId,
  LineId,
  OrderId,
  PointId,
  RecordingId,
  SourceId,
  SubjectId,
} from './ids.ts';
import type { ControlDid, ControlOutcome } from './control.ts';
import type { DutyPerson, EscalatedAlarm } from './escalation.ts';
import type { MonoMs } from './units.ts';
import type { PowerCutPhase, StepAction, StepId, StepState } from './power-cut.ts';
import type { Sentence } from './speech.ts';
import type { Text } from './text.ts';
import type { UpsTestKind } from './ups.ts';
import type { Verdict } from './watch.ts';

/** What happened, for people and for the centre. Becomes an event of the MQTT outbox and of the panel's stream. */
export type Notice = { readonly at: MonoMs } & (
  | { readonly kind: 'signal'; readonly line: LineId; readonly signal: LineSignal }
  | { readonly kind: 'call'; readonly phase: 'opened' | 'answered' | 'ended'; readonly call: Call }
  | { readonly kind: 'verdict'; readonly subject: SubjectId; readonly verdict: Verdict; readonly why: Text }
  | {
      readonly kind: 'alarm';
      readonly change:
        | 'raised'
        | 'cleared'
        | 'acknowledged'
        /** Acknowledged long ago and still standing: it asks again. */
        | 're-alarmed'
        | 'shelved'
        | 'unshelved'
        | 'reset'
        | 'changed';
      readonly alarm: AlarmView;
    }
  | {
      readonly kind: 'bypass-room';
      readonly state: RoomBypassState;
      readonly reason: BypassReason;
      readonly text: Text;
    }
  | {
      readonly kind: 'bypass-line';
      readonly line: LineId;
      readonly state: LineBypassState;
      readonly text: Text;
      /** A call was cut by the switch-over; for an incoming one the caller may still be there. */
      readonly cutCall?: {
        readonly call?: CallId;
        readonly direction: Call['direction'];
        readonly liftPhone?: string;
      };
      readonly moveMs?: number;
    }
  | {
      readonly kind: 'power-cut';
      /** Name of the cut: the same from the failure of the mains to the all-clear. */
      readonly cut: string;
      readonly what: 'phase' | 'stage' | 'step' | 'group-back' | 'check' | 'forms';
      readonly phase: PowerCutPhase;
      readonly stage?: number;
      readonly step?: StepId;
      readonly action?: StepAction['kind'];
      readonly state?: StepState;
      readonly group?: string;
      /** `linekeeper`, or the name of a person. */
      readonly by: string;
      readonly text: Text;
    }
  | {
      readonly kind: 'escalation';
      readonly level: number;
      readonly times: number;
      readonly count: number;
      readonly alarms: readonly EscalatedAlarm[];
      /** Empty: nobody is on duty. */
      readonly who: readonly DutyPerson[];
      readonly text: Text;
    }
  | {
      /** More alarms than a person can act on; see docs/alarms.md. */
      readonly kind: 'flood';
      readonly what: 'began' | 'ended';
      readonly lastedMs: number;
      /** Alarms since it began, and most in ten minutes. */
      readonly count: number;
      readonly peak: number;
      readonly top: readonly { readonly type: string; readonly count: number }[];
      /** Id of the alarm of oldest evidence. */
      readonly first: string;
      readonly text: Text;
    }
  | { readonly kind: 'command'; readonly id: string; readonly accepted: boolean; readonly text: Text }
  | { readonly kind: 'note'; readonly text: Text }
  /** The audit of a control: who ordered what, when, and what came of it. */
  | {
      readonly kind: 'control';
      readonly control: ControlId;
      readonly order: string;
      readonly by: Actor;
      readonly did: ControlDid;
      readonly outcome: ControlOutcome;
      readonly text: Text;
    }
);

export type Effect =
  | { readonly kind: 'notice'; readonly notice: Notice }
  /** The one 50 ms pulse that may free an `open` relay. */
  | { readonly kind: 'coil-pulse'; readonly line: LineId; readonly ms: number }
  | {
      readonly kind: 'start-recording';
      readonly id: RecordingId;
      readonly line: LineId;
      /** First moment wanted: pre-roll included. */
      readonly from: MonoMs;
      readonly call?: CallId;
      readonly why: 'line-voltage' | 'voice' | 'continuous' | 'command' | 'schedule';
    }
  | {
      readonly kind: 'stop-recording';
      readonly id: RecordingId;
      readonly line: LineId;
      readonly to: MonoMs;
      readonly call?: Call;
    }
  /** Power-cut plan: ask a computer to shut itself down. An order that is out already is not given twice. */
  | { readonly kind: 'shut-host'; readonly host: HostId; readonly order: OrderId; readonly at: MonoMs }
  /** Power-cut plan: blank numbered forms for calls, printed or shown while there is still power. */
  | { readonly kind: 'manual-forms'; readonly order: OrderId; readonly at: MonoMs }
  /** Power-cut plan: lines to bypass, recordings sealed; the process then stays until the supply dies. */
  | { readonly kind: 'power-end'; readonly at: MonoMs }
  /** The mains came back after `power-end`: the process ends, to be started anew. */
  | { readonly kind: 'restart'; readonly at: MonoMs }
  /** Orders a battery test, or the end of one; `ups-test-sent` with the same order tells whether the UPS took it. */
  | {
      readonly kind: 'ups-test';
      readonly subject: SubjectId;
      readonly source: SourceId;
      readonly order: string;
      readonly what: UpsTestKind | 'stop';
    }
  /** Sends a string to the switch; `control-sent` with the same order tells what came of it. */
  | {
      readonly kind: 'control-send';
      readonly control: ControlId;
      readonly order: string;
      readonly bus: BusId;
      /** Latin-1. */
      readonly send: string;
      readonly expect?: string;
      readonly withinMs: number;
    }
  /** Alarms that nobody acknowledged reached a level: those on duty there are to be told. */
  | {
      readonly kind: 'escalate';
      readonly at: MonoMs;
      readonly level: number;
      readonly times: number;
      /** How many; the first of them in `alarms`. */
      readonly count: number;
      readonly alarms: readonly EscalatedAlarm[];
    }
  /** Says a sentence aloud; `spoken` with the same id tells when it is over. */
  | { readonly kind: 'speak'; readonly id: string; readonly sentence: Sentence }
  /** Breaks off what is being said. */
  | { readonly kind: 'hush' }
  /** Something that guard.json keeps has changed. */
  | { readonly kind: 'save' }
  /** Orderly stop is complete: every line stands as it should, the process may end. */
  | { readonly kind: 'ended' };

/** Levels. Compared with what the field reports every turn. */
export interface Outputs {
  readonly coils: Readonly<Record<LineId, CoilCommand>>;
  /** True = energised. */
  readonly points: Readonly<Record<PointId, boolean>>;
}
