/** One night of the room from its seed: the story, then everything is mended, people do what is theirs, and the room must be well again. */
import { createHash } from 'node:crypto';
import { chance } from '../../../src/sim/chance.ts';
import type { Command } from '../../../src/model/event.ts';
import { Machine } from './machine.ts';
import { bypassSettings, places, roomOf } from './room.ts';
import { nightMs, repairs, storyOf, tell } from './story.ts';
import type { Happening } from './story.ts';
import { VirtualTime } from './time.ts';
import { Truths } from './truths.ts';
import { Violation } from './violation.ts';
import { World } from './world.ts';

export interface Night {
  readonly seed: number;
  /** What is broken; absent: all holds. */
  readonly violation?: string;
  readonly counts: Readonly<Record<string, number>>;
  /** Of every line that was told. */
  readonly hash: string;
  readonly told: readonly string[];
  readonly virtualMs: number;
}

export interface NightOptions {
  /** Instead of the seed's own: some of its happenings. */
  readonly story?: readonly Happening[];
  /** Hears each line at once. */
  readonly hear?: (line: string) => void;
}

/** A stream of its own for each thing that chance decides: to leave out a happening changes no other. */
const stream = (seed: number, n: number) => chance(Math.imul(seed, 0x9e3779b1) + n * 0x85ebca6b);

export const storyOfSeed = (seed: number): readonly Happening[] => storyOf(stream(seed, 1));

export async function runNight(seed: number, { story, hear }: NightOptions = {}): Promise<Night> {
  const time = new VirtualTime();
  const told: string[] = [];
  const begun = time.now;
  const say = (what: string): void => {
    const line = `${((time.now - begun) / 1000).toFixed(3).padStart(8)} ${what}`;
    told.push(line);
    hear?.(line);
  };
  const random = stream(seed, 2);
  const settings = bypassSettings(random);
  const world = new World(time, stream(seed, 3));
  const truths = new Truths(time, world, settings, say);
  const onRejection = (error: unknown): void => {
    truths.violation ??= `rejected: ${error instanceof Error ? (error.stack ?? '') : String(error)}`;
  };
  process.on('unhandledRejection', onRejection);
  time.install();
  try {
    const machine = new Machine({
      ...{ room: roomOf(settings), time, random: stream(seed, 4), wires: world.wires, asked: world.asked },
      onlookers: truths,
      bootMs: Math.round(300 + random() * 900),
      lateMs: [0, 80, 80, 80, 180, 180, 180, 180, 180, 180][Math.floor(random() * 10)] ?? 0,
    });
    world.start(machine);
    await new Evening(time, world, machine, truths, say).run(story ?? storyOfSeed(seed), begun);
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    truths.violation ??= error.message;
  } finally {
    time.uninstall();
    process.off('unhandledRejection', onRejection);
  }
  const { violation } = truths;
  if (violation !== undefined) say(`VIOLATED ${violation}`);
  return {
    ...{ seed, counts: truths.counts, told, virtualMs: time.now - begun },
    hash: createHash('sha256').update(told.join('\n')).digest('hex').slice(0, 16),
    ...(violation === undefined ? {} : { violation }),
  };
}

class Evening {
  readonly #time: VirtualTime;
  readonly #world: World;
  readonly #machine: Machine;
  readonly #truths: Truths;
  readonly #say: (what: string) => void;

  constructor(
    time: VirtualTime,
    world: World,
    machine: Machine,
    truths: Truths,
    say: (what: string) => void,
  ) {
    this.#time = time;
    this.#world = world;
    this.#machine = machine;
    this.#truths = truths;
    this.#say = say;
  }

  async run(story: readonly Happening[], begun: number): Promise<void> {
    for (const happening of story) {
      await this.#pass(begun + happening.at - this.#time.now);
      this.#happen(happening);
    }
    await this.#pass(begun + nightMs - this.#time.now);
    await this.#mend();
    await this.#recover();
    this.#truths.judgeEnd();
  }

  #happen(given: Happening): void {
    const happening = given.do === 'alarm' ? this.#ofAlarm(given) : given;
    if (happening === undefined) return;
    this.#say(`* ${tell(happening)}`);
    if (happening.do === 'guard.json') this.#truths.memoryLost();
    if (happening.do === 'reset card') this.#truths.cardReset(happening.card);
    if (happening.do === 'power') this.#truths.powerTurned();
    const isDone = this.#world.obey(happening);
    this.#time.promised();
    if (!isDone) {
      this.#say('  (cannot happen now)');
      return;
    }
    this.#truths.count(happening.do);
    if (happening.do === 'worker' && happening.how === 'dies')
      this.#truths.expect(`the dead ${happening.name}`, [`linekeeper/thread.dead/${happening.name}`], 2500);
    if (happening.do === 'clock' && this.#machine.isAwake && Math.abs(happening.stepMs) > 600)
      this.#truths.expect('the clock that was set', ['linekeeper/clock.step'], 4000);
  }

  #ofAlarm({ at, what, share }: Extract<Happening, { do: 'alarm' }>): Happening | undefined {
    const alarm = this.#truths.alarmAt(share);
    if (alarm === undefined) return undefined;
    const command: Command =
      what === 'shelve' ? { do: 'shelve', alarm, forMs: 60_000, reason: 'known' } : { do: what, alarm };
    return { at, do: 'order', via: 'panel', command };
  }

  async #mend(): Promise<void> {
    this.#say('* everything is mended');
    for (const what of repairs) this.#world.obey({ at: 0, ...what });
    for (const { line } of places)
      for (const side of ['far', 'near'] as const) this.#world.obey({ at: 0, do: 'hang up', line, side });
    this.#time.promised();
    await this.#pass(12_000);
    for (let n = 0; n < 80 && !this.#machine.isAwake; n++) await this.#pass(1000);
    // Who starts too often stays away from the lines until a person has looked and starts it anew.
    if (this.#truths.state?.found['linekeeper/guard.unfit'] === undefined) return;
    this.#say('* a person restarts the unfit guard');
    this.#machine.end('restart');
    await this.#pass(6000);
  }

  async #recover(): Promise<void> {
    this.#say('* a person resets and restores');
    const order = (command: Command): void => {
      this.#machine.order('panel', command);
    };
    for (let n = 0; n < 30; n++) {
      const own = this.#truths.state?.bypass;
      const isBack =
        own?.room.phase.kind === 'steady' && own.lines.every(({ step }) => step.kind === 'normal');
      if (isBack) break;
      if (n % 12 === 0) {
        for (const { line } of places) order({ do: 'reset-bypass', line });
        await this.#pass(300);
        order({ do: 'restore' });
        await this.#pass(300);
        for (const line of own?.lines ?? [])
          if (line.intent !== undefined) order({ do: 'restore', line: line.id });
      }
      await this.#pass(5000);
    }
    order({ do: 'acknowledge', alarm: 'all' });
    await this.#pass(300);
    order({ do: 'reset-alarm', alarm: 'all' });
    await this.#pass(4000);
  }

  async #pass(ms: number): Promise<void> {
    await this.#time.passUntil(this.#time.now + ms);
    if (this.#truths.violation !== undefined) throw new Violation(this.#truths.violation);
  }
}
