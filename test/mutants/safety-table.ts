/**
 * Protections of the fault list (docs/safety.md) taken away, one at a time: the test of the row must fail. Those that need a build and
 * a whole program run by hand: `npm run test:mutants -- slow`.
 */
import type { Mutant } from './bypass.ts';

/** Files are below `src`, tests below `test`. */
const inProject = (
  file: string,
  proof: string,
  rows: readonly Pick<Mutant, 'name' | 'search' | 'replace' | 'caught'>[],
): readonly Mutant[] => rows.map((row) => ({ ...row, file, by: { project: proof } }));

export const mutants: readonly Mutant[] = [
  ...inProject('shell/health-gate.ts', 'shell/health-gate.test.ts', [
    {
      name: 'a card is fed before its positions are adopted',
      search: ' || !isAdopted(card)',
      replace: '',
      caught: 'a card is not fed before its positions are adopted',
    },
    {
      name: 'an unfit guard feeds',
      search: 'if (!this.#isFit) return [];',
      replace: '',
      caught: 'an unfit guard feeds no card',
    },
    {
      name: 'a card is fed on an old report',
      search: 'elapsedMs(reportedAt, at) > reportAgeMsMax',
      replace: 'elapsedMs(reportedAt, at) > 2 * reportAgeMsMax',
      caught: 'a card is fed when its newest report is 200 ms old',
    },
    {
      name: 'a lost card is fed on its last report',
      search: 'this.#reportedAt.delete(card);',
      replace: '',
      caught: 'a silent card withholds only its own feed',
    },
  ]),
  ...inProject('shell/turn-loop.ts', 'shell/turn-loop.test.ts', [
    {
      name: 'a broken invariant is told, and the turn goes on',
      search: 'this.#handlers.violated(violated, this.#state);\n      return;',
      replace: 'this.#handlers.violated(violated, this.#state);',
      caught: 'a broken invariant ends the turn',
    },
    {
      name: 'a slow turn is not told',
      search: 'if (turnMs > slowTurnMs) ',
      replace: 'if (turnMs > 10 * slowTurnMs) ',
      caught: 'a turn over the limit is told',
    },
    {
      name: 'a turn takes all that waits',
      search: 'this.#mailbox.take(turnEventsMax)',
      replace: 'this.#mailbox.take(Infinity)',
      caught: 'a turn takes a bounded number of events',
    },
  ]),
  ...inProject('shell/mailbox.ts', 'shell/turn-loop.test.ts', [
    {
      name: 'a flood drops whatever comes last',
      search: "(event.kind === 'loop' ? softLimitEvents : hardLimitEvents)",
      replace: 'hardLimitEvents',
      caught: 'a flood drops loop readings first',
    },
  ]),
  ...inProject('shell/lateness.ts', 'shell/lateness.test.ts', [
    {
      name: 'the worst of the last minute is the worst ever',
      search: 'if (this.#past.length > secondsKept) this.#past.shift();',
      replace: '',
      caught: 'the worst of a second is of that second',
    },
  ]),
  ...inProject('shell/worker-supervisor.ts', 'shell/worker-supervisor.test.ts', [
    {
      name: 'a worker that hangs is left hanging',
      search: '++this.#silentLooks < silentLooksMax',
      replace: 'silentLooksMax > 0',
      caught: 'a worker that beats no more is ended',
    },
  ]),
  ...inProject('drivers/disk/start-count.ts', 'drivers/disk/guard-file.test.ts', [
    {
      name: 'the third start of a crash loop is fit',
      search: 'return recent.length < unfitStart;',
      replace: 'return recent.length <= unfitStart;',
      caught: 'the third start within 60 s is unfit',
    },
    {
      name: 'starts of another boot count',
      search: 'content.boot !== boot || ',
      replace: '',
      caught: 'an orderly end and another boot begin to count anew',
    },
  ]),
  ...inProject('drivers/disk/guard-file.ts', 'drivers/disk/guard-file.test.ts', [
    {
      name: 'what the disk refused is given up',
      search: 'if (waiting === undefined) save(content);',
      replace: '',
      caught: 'what the disk refused is written as soon as it is taken',
    },
  ]),
  ...inProject('drivers/disk/guard-file.ts', 'threads/guard-memory.test.ts', [
    {
      name: 'a torn guard.json counts as none',
      search:
        "return { kind: 'unreadable', reason: reasonOf(error), setAside: setAsideGuardFile(file, disk) };",
      replace: "return { kind: 'missing' };",
      caught: 'guard.json cut off at any byte',
    },
  ]),
  ...inProject('threads/guard-memory.ts', 'threads/guard-memory.test.ts', [
    {
      name: "another room's guard.json is believed",
      search: "if (read.content.room !== room) return { kind: 'first-power-on' };",
      replace: '',
      caught: 'guard.json of another room is not used',
    },
  ]),
  ...inProject('threads/last-words.ts', 'threads/guard-memory.test.ts', [
    {
      name: 'last words are told by every start',
      search: 'renameSync(path.join(folder, name), path.join(folder, told));',
      replace: '',
      caught: 'last words are found by one start',
    },
  ]),
  ...inProject('threads/self-watch.ts', 'threads/self-watch.test.ts', [
    {
      name: 'slow turns keep the real-time priority',
      search: 'if (this.#slowTurns.length === slowTurnsMax) this.#port.giveUpRealTime();',
      replace: '',
      caught: 'three slow turns within a minute',
    },
    {
      name: 'a clock that was set is not told',
      search: 'if (Math.abs(stepMs) <= clockStepMs) return;',
      replace: 'return;',
      caught: 'a wall clock that was set is told once',
    },
    {
      name: 'a late loop is not told',
      search: 'const isLate = ms > slowTurnMs;',
      replace: 'const isLate = ms > 100 * slowTurnMs;',
      caught: 'a late loop is told while it is late',
    },
  ]),
  ...inProject('threads/pins.ts', 'threads/pins.test.ts', [
    {
      name: 'nobody looks whether another program drives our pins',
      search: 'if (looks >= changedLooks) told.push(pin);',
      replace: '',
      caught: 'another program drives the horn',
    },
    {
      name: 'a coil that another program released is energised against it',
      search: 'if (energised.has(pin)) continue;',
      replace: 'if (energised.has(pin)) levels.set(pin, true);',
      caught: 'another program energises a relay',
    },
    {
      name: 'the level of the pin proves the relay, in spite of its mirror contact',
      search: 'this.#gpio.read(mirror ?? pin)',
      replace: 'this.#gpio.read(pin)',
      caught: 'with a mirror contact the position is the relay',
    },
    {
      name: 'the charge pump gets a level instead of strokes',
      search: 'this.#pumpLevel = !this.#pumpLevel;',
      replace: 'this.#pumpLevel = true;',
      caught: 'the strokes of the charge pump',
    },
    {
      name: 'a lost chip goes on being stroked',
      search: 'if (!this.#isOpen || pump === undefined) return;',
      replace: 'if (pump === undefined) return;',
      caught: 'a chip that is pulled out',
    },
  ]),
  ...inProject('threads/cards.ts', 'threads/cards.test.ts', [
    {
      name: 'healthy outlives its host on the card',
      search: "role === 'healthy'",
      replace: 'false',
      caught: 'the healthy output falls with the host',
    },
    {
      name: 'an output that fell with the host stays down',
      search: 'this.#outputLevels.clear();\n          this.#tellTaps(at);',
      replace: 'this.#tellTaps(at);',
      caught: 'the healthy output falls with the host',
    },
  ]),
  ...inProject('threads/cards.ts', 'threads/supervised-inputs.test.ts', [
    {
      name: 'a cut wire of the key reads as not turned',
      search: "role === 'bypass-key' ? !closedAtRest : 'unknown'",
      replace: "role === 'bypass-key' ? closedAtRest : 'unknown'",
      caught: 'the key reads as turned when its wire is cut',
    },
  ]),
];

const inProgram = (
  file: string,
  rows: readonly Pick<Mutant, 'name' | 'search' | 'replace' | 'caught'>[],
): readonly Mutant[] => rows.map((row) => ({ ...row, file, by: { program: 'room/faults.test.ts' } }));

/** Each takes a build and a run of the whole program: a few minutes. */
export const slowMutants: readonly Mutant[] = [
  ...inProgram('drivers/machine/one-instance.ts', [
    {
      name: 'slow: two instances on one data folder',
      search: "resolve(!('code' in error && error.code === 'EADDRINUSE'));",
      replace: "resolve('code' in error);",
      caught: 'a second instance on the same data folder',
    },
  ]),
  ...inProgram('threads/guard.ts', [
    {
      name: 'slow: an exception that nobody caught is passed over',
      search: 'giveUp(`LK-GUARD-002 ${what}`, loop.state);',
      replace: "log('error', what);",
      caught: 'something throws in the guard',
    },
    {
      name: 'slow: an unfit guard feeds its cards',
      search: 'new HealthGate(isFit,',
      replace: 'new HealthGate(true,',
      caught: 'a crash loop',
    },
  ]),
  ...inProgram('threads/field.ts', [
    {
      name: 'slow: healthy stays energised while the guard is unfit',
      search: 'healthy.map((id) => [id, isFit])',
      replace: 'healthy.map((id) => [id, isFit || healthy.length > 0])',
      caught: 'a crash loop',
    },
  ]),
  ...inProgram('threads/workers.ts', [
    {
      name: 'slow: workers have no memory limit of their own',
      search: 'resourceLimits: { maxOldGenerationSizeMb: heapMB[name], maxYoungGenerationSizeMb: youngMB },',
      replace:
        'resourceLimits: { maxOldGenerationSizeMb: 100 * heapMB[name], maxYoungGenerationSizeMb: youngMB },',
      caught: 'the recorder thread runs out of memory',
    },
  ]),
];
