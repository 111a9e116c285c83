/**
 * The room as the program uses it: what `room/load.ts` makes of a valid room file. Ranges are expanded, short forms
 * are written out, every default is filled in, durations are milliseconds. Nothing here needs checking again.
 */
import type { AnnunciatorSettings } from './annunciator.ts';
import type { BusId, LineId, PointId, RoomId, SourceId, SubjectId } from './ids.ts';
import type { Control } from './control.ts';
import type { Domain, SubjectKind, Weight } from './watch.ts';
import type { Language, Text } from './text.ts';
import type { UpsTestKind } from './ups.ts';
import type { Host, NutServerSettings } from './host.ts';
import type { PowerCutSettings } from './power-cut.ts';
import type { SensorName } from './sensor.ts';
import type { Severity } from './alarm.ts';
import type { EscalationSettings } from './escalation.ts';
import type { SpeechSettings } from './speech.ts';

export type SerialParity = 'none' | 'even' | 'odd';

/** How bytes reach a device. */
export type Link =
  | { readonly kind: 'serial'; readonly path: string; readonly baud: number; readonly parity: SerialParity }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** How call records reach us: also as somebody who connects to us, or as a file that grows on this machine. */
export type RecordLink =
  | Link
  | {
      readonly kind: 'tcp-listen';
      /** Own address to listen on; absent: every one. */
      readonly host?: string;
      readonly port: number;
      /** Address of the only peer that is accepted. */
      readonly from: string;
    }
  | { readonly kind: 'file'; readonly path: string }
  /** A switch that gives its records to who logs in. */
  | {
      readonly kind: 'telnet';
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly passwordFile: string;
    };

export interface LineCardBus {
  readonly kind: 'line-card';
  readonly id: BusId;
  readonly link: Link;
  /** The card must answer HELLO with this serial number; absent: the first one seen is bound in guard.json. */
  readonly serialNumber?: string;
  /** File (mode 0600) with the shared key for session HMAC, for TCP links. */
  readonly keyFile?: string;
  /** Without a feed for this long the card takes its lines over by itself. */
  readonly hostLostMs: number;
}
export interface ModbusBus {
  readonly kind: 'modbus';
  readonly id: BusId;
  readonly framing: 'rtu' | 'tcp';
  readonly link: Link;
  readonly timeoutMs: number;
}
export interface SerialBus {
  readonly kind: 'serial';
  readonly id: BusId;
  readonly link: RecordLink;
}
export type GpioBackend = 'auto' | 'onoff' | 'chardev' | 'virtual';
export interface GpioBus {
  readonly kind: 'gpio';
  readonly id: BusId;
  readonly backend: GpioBackend;
  /** Label of the chip; `auto` finds a Raspberry Pi's header chip. */
  readonly chip?: string;
  /** The installer accepts bypass relays on this bus although the platform keeps a dead process's outputs. */
  readonly acceptOutputsKept: boolean;
  /** Charge pump that holds the enable of the coil supply; required for bypass relays on this bus. */
  readonly pump?: number;
}
export type Bus = LineCardBus | ModbusBus | SerialBus | GpioBus;

/** One terminal: `card-a/in1`, `card-a/out2`, `pi/23`, `rs485/12/30001`. */
export interface Terminal {
  readonly bus: BusId;
  readonly kind: 'input' | 'output' | 'relay' | 'channel' | 'gpio' | 'register';
  /** 1-based for a card's inputs, outputs, relays and channels; BCM number for GPIO; PDU address for a register. */
  readonly number: number;
  /** Modbus unit, for registers. */
  readonly unit?: number;
  /** For registers: read by function 4 (input) or 3 (holding). */
  readonly table?: 'input' | 'holding';
}

export type InputRole =
  | 'silence-button'
  | 'acknowledge-button'
  | 'reset-button'
  | 'first-out-button'
  | 'test-button'
  | 'bypass-key'
  | 'plain';
export type OutputRole = 'horn' | 'lamp' | 'new-alarm' | 'any-alarm' | 'healthy' | 'load' | 'plain';

export interface InputPoint {
  readonly kind: 'input';
  readonly id: PointId;
  readonly name: Text;
  readonly terminal: Terminal;
  readonly role: InputRole;
  /** The position in which nothing is wrong; a normally-closed contact opens on fault or cut wire. */
  readonly contact: 'normally-open' | 'normally-closed';
  /** Contact bounce shorter than this is ignored. */
  readonly debounceMs: number;
  /** Resistances of the loop; absent: the wire is not supervised. */
  readonly supervised?: { readonly normalOhms: number; readonly alarmOhms: number };
  /** A plain input raises `point.active` when it leaves its normal position, unless a subject uses it as evidence. */
  readonly severity: Severity;
  /** Its pulses are counted; it raises no `point.active`. */
  readonly counter?: true;
}
export interface OutputPoint {
  readonly kind: 'output';
  readonly id: PointId;
  readonly name: Text;
  readonly terminal: Terminal;
  readonly role: OutputRole;
  /** Of a load: what the power-cut plan calls it together with others. Of a lamp: its first-out group. */
  readonly group?: string;
  /** Of a lamp: it shows these alarms alone. */
  readonly severity?: Severity;
  readonly subject?: string;
  readonly activeLow: boolean;
}
interface MeasuredBase {
  readonly id: PointId;
  readonly name: Text;
  readonly scale: number;
  readonly unit: string;
  readonly warn?: Threshold;
  readonly critical?: Threshold;
  readonly deadband: number;
  readonly everyMs: number;
}
export interface RegisterPoint extends MeasuredBase {
  readonly kind: 'register';
  readonly terminal: Terminal;
  readonly type: 's16' | 'u16' | 's32' | 'u32' | 'f32';
}
/** A register that counts by itself. */
export interface CounterRegister extends RegisterPoint {
  readonly type: 'u16' | 'u32';
  readonly counter: true;
}
/** What the kernel of this machine measures. */
export interface SensorPoint extends MeasuredBase {
  readonly kind: 'sensor';
  readonly sensor: SensorName;
  /** Added after the scale. */
  readonly offset: number;
}
export interface Threshold {
  readonly when: '>' | '<';
  readonly value: number;
}
/** A value that is polled and judged against limits. */
export type MeasuredPoint = RegisterPoint | CounterRegister | SensorPoint;
export type CounterPoint = CounterRegister | InputPoint;
export type Point = InputPoint | OutputPoint | MeasuredPoint;
export const isMeasured = (point: Point): point is MeasuredPoint =>
  point.kind === 'register' || point.kind === 'sensor';
export const isCounterRegister = (point: Point): point is CounterRegister =>
  point.kind === 'register' && 'counter' in point;
export const isCounter = (point: Point): point is CounterPoint => 'counter' in point;
/** As people read it: two places at most, and the unit. */
export const writtenValue = ({ unit }: Pick<MeasuredPoint, 'unit'>, value: number): string =>
  `${Number(value.toFixed(2))}${unit === '' ? '' : ` ${unit}`}`;

export interface LineSettings {
  readonly id: LineId;
  /** Channel of a line card (tap on the trunk side). */
  readonly channel: Terminal;
  /** Changeover relay; absent: recorded and watched, no bypass. */
  readonly relay?: Terminal;
  /** Of a relay on the Pi's pins: the contact of the same relay that is closed while the line is with its phone. */
  readonly readBack?: Terminal;
  readonly trunk: string;
  /** How the call records of the PBX name this trunk. */
  readonly recordTrunk?: string;
  readonly phone: string;
  /** Relay to another phone: released the usual one. */
  readonly alternatePhone?: Terminal;
  /** Taken also by itself, when the usual phone is found faulty. */
  readonly alternateOnFault?: true;
  /** Number to which the exchange is asked to divert. */
  readonly divertTo?: string;
  readonly kind: 'trunk' | 'direct' | 'dispatch' | 'standby';
  /** `pbx`: the switch answers by itself, so one unanswered line proves it down. `people`: two are needed. */
  readonly answers: 'pbx' | 'people';
  /** Tip against ring while idle; absent: learned. */
  readonly polarity?: -1 | 1;
  /** The phone off hook in bypass without speech for this long has been left off. */
  readonly phoneOffHookMs: number;
}

/** Level of the field that holds the relay of a line's alternate phone; no point can have this name. */
export const alternateLevel = (line: LineId): PointId => `${line}/alternate-phone`;

interface SourceBase {
  readonly id: SourceId;
  readonly domain: Domain;
  readonly weight: Weight;
}
/** What the watch must know of a source that asks by itself (or is told at intervals), whatever it asks. */
interface PolledBase extends SourceBase {
  readonly everyMs: number;
  /** Longest wait for an answer. News older than two periods and this wait is no news. */
  readonly waitMs: number;
  /** Misses in a row that make it `down`. */
  readonly missLimit: number;
  /** An answer proves service of the PBX for this long; absent: it never vetoes. */
  readonly vetoMs?: number;
  /** What people call it. */
  readonly label: Text;
  /** Alarms that a value of its answers raises while it is true, besides what the source says of the subject. */
  readonly raises?: readonly { readonly value: string; readonly alarm: string }[];
}
/** Battery tests that can be ordered this way; absent: none. */
type UpsTests = readonly UpsTestKind[];
export type SnmpAccess =
  | { readonly version: 'v1' | 'v2c'; /** Absent: `public`. */ readonly communityFile?: string }
  | {
      readonly version: 'v3';
      readonly user: string;
      readonly authentication?: {
        readonly protocol: 'md5' | 'sha' | 'sha256' | 'sha512';
        readonly file: string;
      };
      readonly privacy?: { readonly protocol: 'des' | 'aes' | 'aes256'; readonly file: string };
    };
/** One source of evidence of a subject. */
export type Source =
  | (SourceBase & { readonly kind: 'point'; readonly point: PointId })
  /** A measured value; `everyMs` and `waitMs` are those of its point. */
  | (PolledBase & { readonly kind: 'reading'; readonly point: PointId; readonly ok: Threshold })
  | (SourceBase & { readonly kind: 'lines'; readonly lines: 'all' | readonly LineId[] })
  /** The telephone that this line reaches in bypass: evidence of its seat. */
  | (SourceBase & { readonly kind: 'seat-phone'; readonly line: LineId; readonly phone: string })
  | (PolledBase & {
      readonly kind: 'dial-tone';
      readonly bus: BusId;
      readonly extension: Terminal;
      /** Shortest time from one test to the next, while any source of the subject is down or missing. */
      readonly suspectMs: number;
      /** Frequencies of the tones that count, each one or two. */
      readonly tones: readonly (readonly number[])[];
    })
  | (PolledBase & {
      readonly kind: 'sip-options';
      readonly host: string;
      readonly port: number;
      readonly transport: 'udp' | 'tcp' | 'tls';
      /** Period as soon as any source of the subject is down. */
      readonly suspectMs: number;
    })
  | (SourceBase & {
      readonly kind: 'call-records';
      readonly bus: BusId;
      readonly format: string;
      /** Last digits of telephone numbers that are not kept. */
      readonly maskDigits?: number;
    })
  | (PolledBase & { readonly kind: 'ping'; readonly host: string })
  | (PolledBase & { readonly kind: 'tcp'; readonly host: string; readonly port: number })
  | (PolledBase & {
      readonly kind: 'tls';
      readonly host: string;
      readonly port: number;
      /** Name to ask for; absent: the host. */
      readonly serverName?: string;
      readonly expiryWarnMs: number;
    })
  | (PolledBase & {
      readonly kind: 'http';
      readonly url: string;
      readonly host: string;
      /** Absent: every status below 400 is right. */
      readonly status?: number;
      readonly contains?: string;
      readonly expiryWarnMs: number;
    })
  | (PolledBase & {
      readonly kind: 'dns';
      readonly name: string;
      readonly record: 'A' | 'AAAA' | 'CNAME' | 'MX' | 'SRV' | 'TXT';
      /** `address:port`, and the address alone; absent: the servers of the system. */
      readonly server?: string;
      readonly host?: string;
      readonly answer?: string;
    })
  | (PolledBase & {
      readonly kind: 'snmp';
      readonly host: string;
      readonly port: number;
      readonly oid: string;
      readonly access: SnmpAccess;
      readonly scale: number;
      readonly unit: string;
      readonly warn?: Threshold;
      /** Beyond it, or with another value than `equals`, the source says down. */
      readonly fault?: Threshold;
      readonly equals?: string;
    })
  /** A dead-man's switch: comes every `everyMs`, may be `waitMs` late. */
  | (PolledBase & {
      readonly kind: 'heartbeat';
      readonly name: string;
      /** It comes over the broker of `report.mqtt`. */
      readonly topic?: string;
      readonly from?: string;
      readonly tokenFile?: string;
    })
  | (PolledBase & {
      readonly kind: 'serial';
      readonly bus: BusId;
      readonly link: Link;
      /** Absent: it only listens. */
      readonly send?: string;
      /** Words that one line of what comes must hold; `*` stands for anything between them. */
      readonly expect: string;
    })
  | (PolledBase & {
      readonly kind: 'ups';
      readonly tests?: UpsTests;
      readonly bus: BusId;
      readonly unit: number;
      /** File name in `config/ups/` without `.yaml`. */
      readonly model: string;
    })
  | (PolledBase & {
      readonly kind: 'nut';
      readonly tests?: UpsTests;
      /** Name of the UPS in upsd. */
      readonly ups: string;
      readonly host: string;
      readonly port: number;
      readonly username?: string;
      readonly passwordFile?: string;
      readonly tls: boolean;
      readonly caFile?: string;
    })
  /** The upsmon of a server is logged into the upsd of a UPS. */
  | (PolledBase & {
      readonly kind: 'nut-client';
      readonly ups: string;
      readonly host: string;
      readonly port: number;
      /** Address of the server. */
      readonly from: string;
      readonly tls: boolean;
      readonly caFile?: string;
    })
  | (PolledBase & { readonly kind: 'megatec'; readonly tests?: UpsTests; readonly bus: BusId })
  | (PolledBase & {
      readonly kind: 'ups-snmp';
      readonly tests?: UpsTests;
      readonly host: string;
      readonly port: number;
      readonly access: SnmpAccessFiles;
    });

/** Who asks an SNMP agent; secrets stand in files of mode 0600. Without a file the community is `public`. */
export type SnmpAccessFiles =
  | {
      readonly version: 'v1' | 'v2c';
      readonly communityFile?: string;
      /** Absent: nothing is set. */
      readonly writeCommunityFile?: string;
    }
  | {
      readonly version: 'v3';
      readonly user: string;
      /** The user may set; absent: nothing is set. */
      readonly mayWrite?: true;
      readonly auth: 'md5' | 'sha' | 'sha256' | 'sha512';
      readonly authFile?: string;
      readonly privacyFile?: string;
    };

export type ReadingSource = Extract<Source, { readonly kind: 'reading' }>;
export type PolledSource = Extract<Source, { readonly missLimit: number }>;
export const offersTest = (source: Source, what: UpsTestKind): boolean =>
  'tests' in source && source.tests.includes(what);
export const isPolled = (source: Source): source is PolledSource => 'missLimit' in source;

export interface Subject {
  readonly id: SubjectId;
  readonly kind: SubjectKind;
  readonly name: Text;
  readonly sources: readonly Source[];
  /** Sources that must be down. The PBX's own rule (2 domains, 1 proof, no veto) stands below this. */
  readonly downWhen: number;
  readonly dependsOn: readonly SubjectId[];
  /** Absent: the usual one. */
  readonly flapping?: FlapThreshold;
  /** Of a UPS: its battery is tested by schedule. */
  readonly test?: UpsTestSchedule;
}

/** So many changes of the verdict in so long are unrest. */
export interface FlapThreshold {
  readonly changes: number;
  readonly inMs: number;
}

export interface UpsTestSchedule {
  readonly everyMs: number;
  /** Minutes after midnight, in the zone of the room. */
  readonly atMinute: number;
  readonly what: UpsTestKind;
}

/** Work that is planned in the room file: each week on some days, or once. Times are those of the room's zone. */
export interface MaintenanceWindow {
  readonly id: string;
  /** Subjects, lines or points. */
  readonly subjects: readonly string[];
  /** 0 is Sunday; or one date, `YYYY-MM-DD`. */
  readonly on: { readonly days: readonly number[] } | { readonly date: string };
  /** Minutes after midnight. */
  readonly atMinute: number;
  readonly forMs: number;
  readonly reason: Text;
}

/** Values of state-machines.md, all settable within stated limits (`room/limits.ts`). */
export interface BypassSettings {
  readonly confirmMs: number;
  readonly busyCapMs: number;
  readonly callCapMs: number;
  readonly idleForMs: number;
  readonly loopOpenMs: number;
  readonly restoreAfterMs: number;
  readonly spacingMs: number;
  readonly proveMs: number;
  readonly ringLimitMs: number;
  readonly restoresPerHour: number;
  readonly restore: 'when-idle' | 'by-key' | 'by-command';
}

/** How the changeover relays are looked after. */
export interface RelayCareSettings {
  /** A relay that takes this long to operate or to release is worn. */
  readonly slowMs: number;
  /** Absent: nothing is exercised by itself. */
  readonly exercise?: ExerciseSettings;
}
export interface ExerciseSettings {
  readonly everyMs: number;
  /** 0 is Sunday. */
  readonly days: readonly number[];
  /** Minutes after midnight. */
  readonly atMinute: number;
}

export interface RecorderSettings {
  readonly start: 'line-voltage' | 'voice' | 'continuous' | 'command' | 'schedule';
  readonly preRollMs: number;
  readonly hangOverMs: number;
  readonly keepDays: number;
  readonly promptAtPercent: number;
  /** Opus bit rate in bits a second and encoder complexity 0–10. */
  readonly bitRate: number;
  readonly complexity: number;
}

export interface MqttSettings {
  readonly url: string;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly caFile?: string;
}

/** Where heartbeats of others are taken; an absent port is not opened. */
export interface HeartbeatSettings {
  readonly host: string;
  readonly http?: number;
  readonly udp?: number;
}

export interface ManualFormsSettings {
  /** Name of a CUPS printer; absent: the forms are shown on the page. */
  readonly printer?: string;
  readonly count: number;
}

/** What the room file says of an alarm type, or of the type on one subject, over the catalogue. */
export interface AlarmSetting {
  readonly type: string;
  /** Absent: wherever the type occurs. */
  readonly subject?: string;
  readonly severity?: Severity;
  readonly onDelayMs?: number;
  readonly offDelayMs?: number;
  /** So many beginnings within this time are an alarm; in place of the on-delay. */
  readonly inWindow?: { readonly times: number; readonly withinMs: number };
  /** Acknowledged and still standing after this long, it asks again. */
  readonly reAlarmMs?: number;
  readonly latch?: boolean;
}

export interface Room {
  readonly id: RoomId;
  readonly name: Text;
  readonly timezone: string;
  readonly language: Language;
  /** A full battery of the UPS should carry the present load this long. */
  readonly autonomyMs: number;
  readonly buses: readonly Bus[];
  readonly points: readonly Point[];
  readonly lines: readonly LineSettings[];
  readonly subjects: readonly Subject[];
  readonly controls: readonly Control[];
  readonly maintenance: readonly MaintenanceWindow[];
  readonly alarms: readonly AlarmSetting[];
  /** Absent: nobody is told beside horn, page and centre. */
  readonly escalation?: EscalationSettings;
  /** Lamp and horn are tried by a person so often; absent: nobody is reminded. */
  readonly selfTestEveryMs?: number;
  /** Absent: sequences A and M, the groups of `core/room/annunciator-config.ts`, no quiet hours. */
  readonly annunciator?: AnnunciatorSettings;
  /** Absent: nothing is spoken. */
  readonly speech?: SpeechSettings;
  readonly bypass: BypassSettings;
  readonly relayCare: RelayCareSettings;
  readonly recorder: RecorderSettings;
  readonly mqtt?: MqttSettings;
  readonly heartbeats?: HeartbeatSettings;
  /** Commands `bypass.*` from the centre are accepted. */
  readonly allowBypassFromCentre: boolean;
  readonly powerCut: PowerCutSettings;
  readonly hosts: readonly Host[];
  /** Absent: no port is opened. */
  readonly nutServer?: NutServerSettings;
  readonly manualForms: ManualFormsSettings;
  readonly http: { readonly host: string; readonly port: number };
  /** Group that may use the local socket, by name or number; absent: only the own user and root. */
  readonly socketGroup?: string;
  readonly dataFolder: string;
}
