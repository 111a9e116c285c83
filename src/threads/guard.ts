/**
 * The guard: main thread, composition root. Adopts what the relays report, then turns: drain, decide, drive, check, feed.
 * Starts and supervises the workers, but needs none of them: HTTP, MQTT, disks and databases live elsewhere.
 *
 * If it must end by itself (a broken invariant, an uncaught error), it says its last words and goes; it releases nothing.
 * systemd starts it again, and if that fails the cards take the lines over (docs/safety.md).
 */
import path from 'node:path';
import { nanoid } from 'nanoid';
import type { BusId, SourceId } from '../model/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { Effect, Notice } from '../model/effect.ts';
import type { Log } from '../shell/log.ts';
import type { MonoMs } from '../model/units.ts';
import type { Outputs } from '../model/effect.ts';
import type { MaintenanceWindow, Room } from '../model/room.ts';
import type { RoomEvent } from '../model/event.ts';
import type { RoomState } from '../core/room/state.ts';
import type { Text } from '../model/text.ts';
import { HealthGate } from '../shell/health-gate.ts';
import { JournalFeed } from './journal-feed.ts';
import { MaintenanceCalendar } from '../shell/maintenance-calendar.ts';
import { QuietCalendar } from '../shell/quiet-calendar.ts';
import { UpsTestHours } from '../shell/ups-test-hours.ts';
import { Mailbox } from '../shell/mailbox.ts';
import { TurnLoop } from '../shell/turn-loop.ts';
import { SelfWatch } from './self-watch.ts';
import { WorkerReports } from './worker-reports.ts';
import { Workers } from './workers.ts';
import type { WorkerHandlers } from './workers.ts';
import { workerStarts } from './worker-starts.ts';
import { callRecord } from './call-record.ts';
import { initial, saved } from '../core/room/state.ts';
import { elapsedMs } from '../model/units.ts';
import { noteOrderlyEnd, noteStart } from '../drivers/disk/start-count.ts';
import { machineParts } from './guard-parts.ts';
import { escalationNotice } from './escalation.ts';
import { roomFileList } from '../drivers/duty/room-file-list.ts';
import { openGuardFile } from '../drivers/disk/guard-file.ts';
import { recall } from './guard-memory.ts';
import type { GuardMemory } from './guard-memory.ts';
import { roomConfig } from '../core/room/config.ts';
import { roomView } from './view.ts';
import { supplyView, suspects } from '../core/room/views.ts';
import { text } from '../model/text.ts';
import { wallAt } from '../model/messages.ts';

/** A process that ended itself because it broke a rule of its own. */
const brokenExitCode = 70;
/** READY=1 waits for every card to be adopted, but not longer: one dead card must not make systemd give up. */
const adoptionLimitMs = 3000;
const viewEveryMs = 200;
/** Without news the view still goes out: its age is shown. */
const viewAtLeastMs = 1000;
const secondMs = 1000;
const workersCloseMs = 1000;
/** At the end of the batteries there is time for the recorder to seal what it has. */
const sealLimitMs = 20_000;

export interface GuardOptions {
  readonly room: Room;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** The demo room, and only it, answers reads from 127.0.0.1 without login. */
  readonly openReads: boolean;
  readonly demoCode?: string;
  /** For reads over HTTP from this machine. */
  readonly readToken: string;
  readonly httpPortIsFixed: boolean;
  /** How long an orderly stop waits for calls to end. */
  readonly stopLimitMs: number;
  /** Where the page is, as soon as it is known. */
  readonly onPage?: (url: string, portMoved: boolean) => void;
  /** What the start-up found and a person must know. */
  readonly found: readonly { readonly type: string; readonly qualifier: string; readonly detail: Text }[];
}

export interface Guard {
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  /** `stop`: lines go over as they go idle; `restart`: every position is kept. A second call ends at once. */
  end(how: 'stop' | 'restart'): void;
}

export async function startGuard(options: GuardOptions, parts = machineParts): Promise<Guard> {
  const { room, clock, log, version } = options;
  const boot = parts.bootId();
  const run = nanoid(10);
  const runtimeFolder = process.env['RUNTIME_DIRECTORY'] ?? path.join(room.dataFolder, 'run');
  const isFit = noteStart(runtimeFolder, boot, clock.mono());
  const notifier = await parts.openNotifier(process.env['NOTIFY_SOCKET']);
  const watchdogUsec = Number(process.env['WATCHDOG_USEC'] ?? '');
  const gate = new HealthGate(isFit, watchdogUsec > 0 ? watchdogUsec : undefined);

  const memoryFile = path.join(room.dataFolder, 'guard.json');
  const remembered = await recall(memoryFile, room.id, parts.disk);
  const memory = remembered.kind === 'remembered' ? remembered.memory : undefined;
  const boundCards: Record<BusId, string> = { ...memory?.cards };
  // Durations were saved as they stood: taken up again as of then, as far as the wall clock can tell how long ago that was.
  const awayMs = memory === undefined ? 0 : Math.max(0, clock.wall() - memory.wall);
  const startedAt = clock.mono();
  const state = initial(
    roomConfig(room, run),
    { saved: remembered.kind === 'remembered' ? remembered.memory.decisions : remembered.kind, awayMs },
    startedAt,
  );

  const mailbox = new Mailbox();
  const post = (event: RoomEvent, isUrgent: boolean): void => {
    mailbox.post(event);
    if (isUrgent) loop.wake();
  };
  const condition = (type: string, active: boolean, detail: Text, qualifier = ''): void => {
    post(
      {
        kind: 'condition',
        at: clock.mono(),
        key: { subject: 'linekeeper', type, qualifier },
        active,
        detail,
      },
      false,
    );
  };

  const reports = new WorkerReports(condition);
  const tellDisk = (failure: string | undefined): void => {
    condition('disk.not-writable', failure !== undefined, text(failure ?? '', failure ?? ''), 'guard.json');
  };
  const guardFile = openGuardFile(memoryFile, tellDisk, parts.disk);
  const save = (now: RoomState): void => {
    const content: GuardMemory = {
      version: 1,
      room: room.id,
      boot,
      wall: clock.wall(),
      decisions: saved(now),
      cards: boundCards,
    };
    guardFile.save(content);
  };

  const field = await parts.openField(room, boundCards, clock, {
    post,
    reported: (card, at) => {
      gate.reported(card, at);
    },
    lost: (card) => {
      gate.lost(card);
    },
    bound: (card, serialNumber) => {
      if (boundCards[card] === serialNumber) return;
      boundCards[card] = serialNumber;
      save(loop.state);
    },
    condition,
    recordLine: (message) => {
      workers.toArchive(message);
    },
    note: (what) => {
      log('info', what);
    },
  });

  const workerHandlers: WorkerHandlers = {
    fromRecorder: (message) => {
      if (message.kind === 'speech') post({ kind: 'speech', line: message.line, at: message.at }, false);
      if (message.kind === 'ready')
        log(
          'info',
          text(
            `录音线程就绪（${message.encoder}，恢复 ${message.recovered} 段录音）`,
            `recorder ready (${message.encoder}, ${message.recovered} recordings recovered)`,
          ),
        );
      if (message.kind === 'started' || message.kind === 'sealed' || message.kind === 'failed') {
        const { id, line, kind } = message;
        const reason = kind === 'failed' ? message.reason : text('', '');
        if (kind === 'failed') log('error', reason);
        post({ kind: 'recording', id, line, state: kind, reason, at: clock.mono() }, false);
      }
      if (message.kind === 'condition') reports.heard('recorder', message);
    },
    fromArchive: (message) => {
      if (message.kind === 'condition') reports.heard('archive', message);
    },
    fromFront: (message) => {
      if (message.kind === 'condition') reports.heard('front', message);
      if (message.kind === 'ready') options.onPage?.(message.httpUrl, message.portMoved);
      if (message.kind === 'manual-forms') post({ ...message, at: clock.mono() }, false);
      if (message.kind === 'command') {
        const { id, by, command } = message;
        post({ kind: 'command', id, by, command, at: clock.mono() }, true);
      }
    },
    fromProbes: (message) => {
      if (message.kind === 'condition') reports.heard('probes', message);
      if (message.kind === 'evidence' || message.kind === 'reading' || message.kind === 'ups-test-sent')
        post({ ...message, at: clock.mono() }, false);
      if (message.kind === 'host' || message.kind === 'spoken') post({ ...message, at: clock.mono() }, true);
    },
    changed: (thread, threadState, reason) => {
      log(
        threadState === 'running' ? 'info' : 'error',
        threadState === 'running' ? `${thread}: ${reason[room.language]}` : reason,
      );
      condition('thread.dead', threadState !== 'running', reason, thread);
      if (threadState === 'restarting') reports.forget(thread);
    },
  };
  const starts = workerStarts({ ...options, runtimeFolder }, field.rings, mark(clock));
  const workers = new Workers(starts, workerHandlers, parts.startWorker);

  const selfWatch = new SelfWatch(clock, {
    post: (event) => {
      post(event, false);
    },
    condition,
    giveUpRealTime: () => {
      void parts.giveUpRealTime().then((wasRealTime) => {
        if (wasRealTime)
          log('warning', text('判断多次过慢，已放弃实时优先级', 'slow turns: real-time priority given up'));
      });
    },
  });
  const journal = new JournalFeed(clock, version, run, (batch) => workers.toArchive(batch));
  let viewDirty = true;
  let viewedAt: MonoMs | undefined;
  let lagMs = 0;
  let isReady = false;
  let isEnding: 'stop' | 'restart' | undefined;
  let isPowerEnding = false;
  let exit: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => (exit = resolve));

  const giveUp = (what: string, now: RoomState): never => {
    log('error', `${what}; the process ends, no relay is released`);
    parts.writeLastWords(room.dataFolder, {
      what,
      run,
      wall: clock.wall(),
      state: now,
      journal: journal.unsent,
    });
    return parts.exit(brokenExitCode);
  };

  const loop: TurnLoop<RoomState> = new TurnLoop(parts.core, state, clock, mailbox, {
    journal: (event) => {
      journal.write(event, loop.state);
    },
    drive: (levels: Outputs) => {
      field.drive(levels, isFit);
    },
    carryOut: (effect) => {
      carryOut(effect);
    },
    completed: (now, at) => {
      // What has no line of ours has no positions to adopt.
      const isAdopted = (card: BusId): boolean => now.bypass.cards[card]?.adopted !== false;
      for (const card of gate.cardsToFeed(at, isAdopted)) field.feed(card);
      if (isFit) field.stroke(isAdopted);
      if (!isReady) becomeReady(now, at);
      else if (gate.systemdIsDue(at)) notifier.alive();
      showRoom(now, at);
    },
    stoodStill: (at) => {
      field.stoodStill(at);
    },
    slow: (turnMs) => {
      selfWatch.slowTurn(turnMs);
    },
    violated: (names, now) => {
      giveUp(`LK-GUARD-001 violated: ${names.join('; ')}`, now);
    },
  });

  const becomeReady = (now: RoomState, at: MonoMs): void => {
    const cards = Object.values(now.bypass.cards);
    if (!cards.every(({ adopted }) => adopted) && elapsedMs(startedAt, at) < adoptionLimitMs) return;
    isReady = true;
    notifier.ready();
    notifier.status(room.name[room.language]);
    const ms = Math.round(process.uptime() * 1000);
    log('notice', text(`守护线程已就位（启动 ${ms} 毫秒）`, `guard active ${ms} ms after process start`));
  };

  const carryOut = (effect: Effect): void => {
    switch (effect.kind) {
      case 'notice':
        publish(effect.notice);
        break;
      case 'coil-pulse':
        field.pulse(effect.line, effect.ms);
        break;
      case 'ups-test': {
        const { source, order, what } = effect;
        if (isOnBus(room, source)) field.upsTest({ source, order, what });
        else workers.upsTest({ kind: 'ups-test', source, order, what });
        break;
      }
      case 'control-send':
        field.send(effect);
        break;
      case 'start-recording': {
        const { id, line, from, call, why } = effect;
        workers.record({ kind: 'start', id, line, from, why, ...(call === undefined ? {} : { call }) });
        break;
      }
      case 'stop-recording': {
        const { id, line, to, call } = effect;
        workers.record({
          kind: 'stop',
          id,
          line,
          to,
          ...(call === undefined ? {} : { call: callRecord(room, mark(clock), call) }),
        });
        break;
      }
      case 'shut-host':
        workers.shutHost(effect.host, effect.order);
        break;
      case 'speak':
      case 'hush':
        workers.speak(effect);
        break;
      case 'manual-forms':
        workers.giveForms(effect.order);
        break;
      case 'escalate':
        publish(escalationNotice(effect, duty, wallAt(mark(clock), effect.at)));
        break;
      case 'save':
        save(loop.state);
        break;
      case 'power-end':
        isPowerEnding = true;
        post({ kind: 'ending', how: 'stop', at: clock.mono() }, true);
        break;
      case 'restart':
        isEnding ??= 'restart';
        void finish();
        break;
      case 'ended':
        if (isEnding !== undefined) void finish();
        else if (isPowerEnding) void seal();
        break;
      default:
        effect satisfies never;
    }
  };

  const publish = (notice: Notice): void => {
    viewDirty = true;
    const id = nanoid();
    const wall = wallAt(mark(clock), notice.at);
    workers.notice({ kind: 'notice', id, at: wall, notice });
    workers.toArchive({ kind: 'notice', id, at: wall, notice });
    if (notice.kind === 'call' && notice.phase === 'ended')
      workers.toArchive({ kind: 'call', call: callRecord(room, mark(clock), notice.call) });
    if (notice.kind === 'alarm')
      workers.toArchive({ kind: 'alarm', change: notice.change, at: wall, alarm: notice.alarm });
    logNotice(log, notice);
  };

  const showRoom = (now: RoomState, at: MonoMs): void => {
    const age = viewedAt === undefined ? Number.POSITIVE_INFINITY : elapsedMs(viewedAt, at);
    if (age < viewEveryMs || (!viewDirty && age < viewAtLeastMs)) return;
    viewedAt = at;
    viewDirty = false;
    const guard = { name: 'guard', state: 'running', restarts: 0, lagMs, memoryMB: memoryMB() } as const;
    workers.view({
      kind: 'view',
      view: roomView(now, mark(clock), [guard, ...workers.views], loop.lateness.lastMinute, isFit),
    });
  };

  const duty = roomFileList(room.escalation);
  const calendar = new MaintenanceCalendar(room.maintenance, room.timezone);
  const testHours = new UpsTestHours(room.subjects, room.timezone);
  const quiet = new QuietCalendar(room.annunciator?.quiet, room.timezone);
  const exercises = new MaintenanceCalendar(exerciseWindows(room), room.timezone);
  const announceHours = (): void => {
    const now = mark(clock);
    for (const event of calendar.announce(now)) post(event, false);
    for (const event of quiet.announce(now)) post(event, false);
    for (const event of testHours.announce(now)) post(event, false);
    for (const { at, until } of exercises.announce(now))
      post({ kind: 'exercise-hours', at, ...(until === undefined ? {} : { until }) }, false);
  };
  announceHours();
  const everySecond = setInterval(() => {
    journal.flush();
    lagMs = Math.round(loop.lateness.endSecond());
    const suspected = suspects(loop.state);
    field.suspect(suspected);
    workers.suspect(suspected);
    workers.supply(supplyView(loop.state));
    announceHours();
    selfWatch.look({ latenessMs: lagMs, dropped: mailbox.dropped });
    workers.toRecorder({ kind: 'clock', clock: mark(clock) });
  }, secondMs);

  /**
   * The batteries are at their end: nothing is written any more, but the process stays. It would be started anew at once if it
   * went, and a machine that was halted on a UPS that did not die stays dead.
   */
  const seal = async (): Promise<void> => {
    await workers.seal(sealLimitMs);
    save(loop.state);
    await guardFile.settled();
    const en = 'recordings and archive are closed; waiting for the supply to die or the mains to come back';
    log('notice', text('录音与档案已封存，等待断电或市电恢复', en));
  };

  let finishing: Promise<void> | undefined;
  const finish = (): Promise<void> => (finishing ??= finishNow());
  const finishNow = async (): Promise<void> => {
    notifier.stopping();
    clearInterval(everySecond);
    journal.flush();
    loop.stop();
    await workers.close(workersCloseMs);
    await field.close();
    save(loop.state);
    await guardFile.settled();
    noteOrderlyEnd(runtimeFolder, boot);
    notifier.close();
    exit(0);
  };

  parts.onBroken((what) => {
    giveUp(`LK-GUARD-002 ${what}`, loop.state);
  });

  if (!isFit) condition('guard.unfit', true, text('60 秒内第三次启动', 'third start within 60 s'));
  if (remembered.kind === 'unreadable')
    condition(
      'guard.json-corrupt',
      true,
      text(
        `${remembered.reason}；已另存为 ${remembered.setAside}`,
        `${remembered.reason}; set aside as ${remembered.setAside}`,
      ),
    );
  for (const file of parts.findLastWords(room.dataFolder)) selfWatch.brokeARule(file);
  for (const { type, qualifier, detail } of options.found) condition(type, true, detail, qualifier);
  field.start();
  loop.start();
  loop.wake();
  workers.start();
  if (memory === undefined) save(loop.state);

  return {
    ended,
    end(how) {
      if (isEnding !== undefined || isPowerEnding) {
        void finish();
        return;
      }
      isEnding = how;
      log(
        'notice',
        how === 'stop'
          ? text('正在停止：线路空闲后转为旁路', 'stopping: lines go to bypass as they go idle')
          : text('正在重启：继电器保持不动', 'restarting: every relay stays as it is'),
      );
      post({ kind: 'ending', how, at: clock.mono() }, true);
      setTimeout(() => void finish(), how === 'stop' ? options.stopLimitMs : 0).unref();
    },
  };
}

const mark = (clock: Clock): { mono: MonoMs; wall: ReturnType<Clock['wall']> } => ({
  mono: clock.mono(),
  wall: clock.wall(),
});
const memoryMB = (): number => Math.round(process.memoryUsage.rss() / 1_048_576);

const exerciseHoursMs = 3 * 3_600_000;
const exerciseWindows = ({ relayCare: { exercise } }: Room): MaintenanceWindow[] =>
  exercise === undefined
    ? []
    : [
        {
          ...{ id: 'exercise', subjects: [], reason: text('旁路演练', 'exercise of the relays') },
          ...{ on: { days: exercise.days }, atMinute: exercise.atMinute, forMs: exerciseHoursMs },
        },
      ];

/** Asked by the field; all else over the network. */
const isOnBus = (room: Room, source: SourceId): boolean =>
  room.subjects.some(({ sources }) => sources.some(({ id, kind }) => id === source && kind === 'megatec'));

/** What a person who reads the log wants to see; calls and signals are in the archive and the journal. */
function logNotice(log: Log, notice: Notice): void {
  switch (notice.kind) {
    case 'alarm':
      if (notice.change === 'raised' || notice.change === 'cleared')
        log(
          notice.change === 'raised' ? 'warning' : 'notice',
          text(
            `告警${notice.change === 'raised' ? '产生' : '消除'} ${notice.alarm.id}：${notice.alarm.what.zh}`,
            `alarm ${notice.change} ${notice.alarm.id}: ${notice.alarm.what.en}`,
          ),
        );
      return;
    case 'verdict':
      log('notice', text(`${notice.subject}：${notice.why.zh}`, `${notice.subject}: ${notice.why.en}`));
      return;
    case 'bypass-room':
      log(
        'warning',
        text(`旁路 ${notice.state}：${notice.text.zh}`, `bypass ${notice.state}: ${notice.text.en}`),
      );
      return;
    case 'bypass-line':
      log(
        'notice',
        text(
          `${notice.line} ${notice.state}：${notice.text.zh}`,
          `${notice.line} ${notice.state}: ${notice.text.en}`,
        ),
      );
      return;
    case 'power-cut':
      log(
        'warning',
        text(`停电预案：${notice.text.zh}（${notice.by}）`, `power cut: ${notice.text.en} (${notice.by})`),
      );
      return;
    case 'flood':
    case 'escalation':
      log('warning', notice.text);
      return;
    case 'control':
      // An order that was answered is in the log by its answer.
      if (notice.outcome === 'not-confirmed') log('warning', notice.text);
      return;
    case 'command':
    case 'note':
      log('notice', notice.text);
      return;
    case 'signal':
    case 'call':
      return;
    default:
      notice satisfies never;
  }
}
