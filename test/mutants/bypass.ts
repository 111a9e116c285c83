/**
 * Bugs that somebody could write into the bypass core, as patches: each must be caught by the invariant or the test that
 * is named. Some put a rule back as the tables first had it (docs/safety.md, "Where the tables were mended").
 */
export interface Mutant {
  readonly name: string;
  /** File below `src/core/bypass`; with `by.copied`, below `src/core`; with `project` and `program` below `src`. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly search: string;
  readonly replace: string;
  /**
   * A family of the exploration, or a test file below `test/core/bypass`; `copied`: a test file below `test/core`, run from a copy
   * beside the copied source; `project`: a test file below `test`, beside a copy of the whole source; `program`: the same, built.
   */
  readonly by:
    | { readonly family: string }
    | { readonly test: string }
    | { readonly copied: string }
    | { readonly project: string }
    | { readonly program: string }
    /** So many nights of the simulated room, run from a copy of the whole source. */
    | { readonly nights: number };
  /** The invariant or the test's name, as the failure prints it. */
  readonly caught: string;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'the limiter refuses trips instead of restores',
    file: 'room.ts',
    search: "return isDownConfirmed(state, at) ? tripped(room, state, at) : room;\n    case 'tripped':",
    replace:
      "return isDownConfirmed(state, at) && tripsCounted(state, at) < settings.restoresPerHour ? tripped(room, state, at) : room;\n    case 'tripped':",
    by: { family: 'room' },
    caught: 'I5',
  },
  {
    name: 'unknown counts as down',
    file: 'room.ts',
    search:
      "if (verdict !== 'down') return withPhase(room, 'steady', at);\n      return isDownConfirmed(state, at)",
    replace:
      "if (verdict === 'up') return withPhase(room, 'steady', at);\n      return elapsedMs(state.verdictSince, at) >= settings.confirmMs",
    by: { family: 'room' },
    caught: 'I4 tripped without a confirmed down',
  },
  {
    name: 'a trip ends when the PBX is merely not down',
    file: 'room.ts',
    search: "if (verdict !== 'up') return room;",
    replace: "if (verdict === 'down') return room;",
    by: { family: 'room' },
    caught: 'I4 a trip was withdrawn without up',
  },
  {
    name: 'speech stretches a call for ever',
    file: 'line.ts',
    search: 'waitedMs >= settings.callCapMs || ',
    replace: '',
    by: { family: 'room' },
    caught: 'I2 L1 stays on a PBX that is down for longer than callCap',
  },
  {
    name: 'a planned bypass waits on a dead PBX (the table as first written)',
    file: 'room.ts',
    search: "if (phase.urgency === 'planned' && isDownConfirmed(state, at))",
    replace: "if (phase.urgency === 'planned' && isDownConfirmed(state, at) && at < 0)",
    by: { family: 'room' },
    caught: 'I2 L1 stays on a PBX that is down',
  },
  {
    name: 'a ringing line waits as if it were in a call',
    file: 'intent.ts',
    search: "line.signal === 'off-hook' || (",
    replace: "line.signal === 'off-hook' || line.signal === 'ringing' || (",
    by: { family: 'room' },
    caught: 'I2 L1 has no call and stays on a PBX that is down',
  },
  {
    name: 'idle for a moment is idle enough: a line goes back in the silence between rings',
    file: 'intent.ts',
    search:
      "(line.signal === 'idle' || line.signal === 'dead') && elapsedMs(line.signalSince, at) >= idleForMs",
    replace:
      "line.signal === 'idle' || line.signal === 'dead' || (line.signal === 'ringing' && !line.inBurst && idleForMs + at > 0)",
    by: { family: 'room' },
    caught: 'I3 L1 restored within idleFor of a ring',
  },
  {
    name: 'a dead trunk may be switched at once (the table as first written)',
    file: 'intent.ts',
    search:
      "(line.signal === 'idle' || line.signal === 'dead') && elapsedMs(line.signalSince, at) >= idleForMs",
    replace:
      "line.signal === 'dead' || (line.signal === 'idle' && elapsedMs(line.signalSince, at) >= idleForMs)",
    by: { test: 'line.test.ts' },
    caught: 'idle 6 s: goes back',
  },
  {
    name: 'restore does not look whether somebody talks',
    file: 'restore.ts',
    search: 'isIdleFor(line, at, state.config.settings.idleForMs) &&',
    replace: 'isIdleFor({ ...line, signal: "idle" }, at, 0) &&',
    by: { family: 'orders' },
    caught: 'I3 L1 restored with a call',
  },
  {
    name: 'an order restores although the PBX went down after it',
    file: 'restore.ts',
    search: "state.verdict !== 'down' &&\n    (",
    replace: '(',
    by: { family: 'room' },
    caught: 'I3 L1 restored',
  },
  {
    name: 'unknown restores, and nobody ordered it',
    file: 'restore.ts',
    search: "(state.verdict === 'up' || isOrdered(state, line, at)) &&",
    replace: '',
    by: { family: 'room' },
    caught: 'I3 L1 restored without up, and nobody ordered it',
  },
  {
    name: 'an exercised line returns to a PBX that went down meanwhile (the table as first written)',
    file: 'line.ts',
    search: "if (verdict === 'down' || !mayEnergise(card)) return released(line, at);",
    replace: "if (verdict === 'down' && !mayEnergise(card)) return released(line, at);",
    by: { family: 'exercise' },
    caught: 'I3 L1 restored with verdict down',
  },
  {
    name: 'a locked line takes its turn like any other',
    file: 'restore.ts',
    search: "if (line.step.kind !== 'bypass' || card === undefined) return false;",
    replace:
      "if ((line.step.kind !== 'bypass' && line.step.kind !== 'locked') || card === undefined) return false;",
    by: { family: 'relays' },
    caught: 'I6 L1 becomes energised',
  },
  {
    name: 'a lost link forgets that the relay is faulty (the table as first written)',
    file: 'start.ts',
    search: 'wasFaulty: isFaulty(line),',
    replace: 'wasFaulty: false,',
    by: { family: 'links with faults' },
    caught: 'I6 L1 becomes energised though faulty and not reset',
  },
  {
    name: 'adoption looks at the armature only: a stuck relay is energised',
    file: 'start.ts',
    search: "if (report.coil === 'energise' && isAtNormal)",
    replace: 'if (isAtNormal)',
    by: { family: 'crash with faults' },
    caught: 'I6 L1 becomes energised',
  },
  {
    name: 'a card that cannot be reached is told to release',
    file: 'read-back.ts',
    search: "case 'unreachable':\n      return undefined;",
    replace: "case 'unreachable':\n      return 'release';",
    by: { family: 'links' },
    caught: 'I6 L1 is commanded over a lost link',
  },
  {
    name: 'a line that proves itself does not hear of a trip',
    file: 'line.ts',
    search: 'return leftNormal(line, turn) ?? toBypass(line, turn) ?? prove(line, line.step.since, turn);',
    replace: 'return leftNormal(line, turn) ?? prove(line, line.step.since, turn);',
    by: { family: 'room' },
    caught: 'I8 L1 does not obey an order to bypass',
  },
  {
    name: 'an exercised line does not hear of a trip',
    file: 'line.ts',
    search: 'if (intent !== undefined) return released(line, at);',
    replace: '',
    by: { family: 'exercise' },
    caught: 'I6 L1 becomes energised in a tripped room',
  },
  {
    name: 'open contacts are told only until the line is locked',
    file: 'read-back.ts',
    search: "line.step.kind === 'open' ||\n  (",
    replace: "line.step.kind === 'open' ||\n  (line.step.kind !== 'locked' && ",
    by: { family: 'relays' },
    caught: 'I7 L1 is open and nobody is told',
  },
  {
    name: 'one card’s key holds the whole room',
    file: 'intent.ts',
    search: "cards.every((card) => card.key === 'turned')",
    replace: "cards.some((card) => card.key === 'turned')",
    by: { family: 'faults of one card' },
    caught: 'I9 L2',
  },
  {
    name: 'a lost card trips the room',
    file: 'room.ts',
    search: 'const keyTurned = isRoomKeyTurned(state);',
    replace:
      "const keyTurned = isRoomKeyTurned(state) || Object.values(state.cards).some((card) => card.link === 'lost');",
    by: { family: 'faults of one card' },
    caught: 'I9 L2',
  },
  {
    name: 'a deadline is forgotten',
    file: 'deadlines.ts',
    search: 'moments.push(later(step.since, settings.proveMs));',
    replace: '',
    by: { family: 'exercise' },
    caught: 'deadline: time alone changed a decision',
  },
  {
    name: 'an open relay is pulsed again and again',
    file: 'line.ts',
    search: "pulsed ? { kind: 'locked', why: 'open' } : { kind: 'open' }",
    replace: "{ kind: 'open' }",
    by: { test: 'line.test.ts' },
    caught: 'neither contact, and the pulse does not help: locked, no second pulse',
  },
  {
    name: 'a restart with a call waiting cuts it before anybody has seen the line',
    file: 'intent.ts',
    search: "line.signal === 'off-hook' || (line.signal === 'unknown' && line.mayHaveCall)",
    replace: "line.signal === 'off-hook'",
    by: { test: 'start.test.ts' },
    caught: 'relay normal, bypass intended: the intent stands',
  },
  {
    name: 'guard.json does not bring a trip back',
    file: 'start.ts',
    search: "state === 'tripped'\n        ? { kind: 'tripped', since: at }\n        : ",
    replace: '',
    by: { test: 'start.test.ts' },
    caught: 'relays in bypass, tripped or held: the same again',
  },
  {
    name: 'confirm is one millisecond short',
    file: 'intent.ts',
    search: 'elapsedMs(state.verdictSince, at) >= state.config.settings.confirmMs',
    replace: 'elapsedMs(state.verdictSince, at) >= state.config.settings.confirmMs - 1',
    by: { test: 'room.test.ts' },
    caught: 'PBX goes down: the room confirms for 3 s',
  },
  {
    name: 'the lines do not wait for the canary',
    file: 'restore.ts',
    search: "if (phase.kind === 'restoring' && typeof phase.canary !== 'string') return state;",
    replace: '',
    by: { test: 'room.test.ts' },
    caught: 'canary first',
  },
  {
    name: 'a second line that rings unanswered does not hold the room',
    file: 'room.ts',
    search: 'counted + failed.length >= 2',
    replace: 'counted + failed.length >= 3',
    by: { test: 'room.test.ts' },
    caught: 'unanswered ring after the restore',
  },
  {
    name: 'nobody is told which phone to lift',
    file: 'line.ts',
    search: "...(direction === 'incoming' ? { liftPhone: line.phone } : {}),",
    replace: '',
    by: { test: 'line.test.ts' },
    caught: 'an incoming call that is cut names the phone to lift',
  },
  {
    name: 'a report older than the command proves the new position',
    file: 'read-back.ts',
    search: 'line.reportAt <= line.commandedAt',
    replace: 'line.reportAt < line.commandedAt',
    by: { test: 'line.test.ts' },
    caught: 'bypass is asked for while the relay operates',
  },
  {
    name: 'the centre may order what the room file forbids',
    file: 'commands.ts',
    search: "if (via === 'centre' && !state.config.allowFromCentre) return refuse(state, refusals.centre);",
    replace: "if (via === 'centre' && state.lines.length === 0) return refuse(state, refusals.centre);",
    by: { test: 'commands.test.ts' },
    caught: 'centre: refused unless the room file allows it',
  },
];
