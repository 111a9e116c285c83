/**
 * Breadth-first search of everything that can happen in a plant, with the shortest trace to each violation.
 */
import { keyOf } from './key.ts';
import type { Move, Plant } from './plant.ts';
import type { World } from './world.ts';

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** How often each mark was met. */
  readonly marks: ReadonlyMap<string, number>;
  readonly violation: { readonly names: readonly string[]; readonly trace: readonly string[] } | undefined;
}

const sayMove = (move: Move): string => {
  const { do: what, ...rest } = move;
  const more = Object.values(rest).map((value) =>
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  );
  return [what, ...more].join(' ');
};

const sayPlant = (world: World, plant: Plant): string => {
  const room =
    plant.guard === 'dead'
      ? 'guard dead'
      : `${plant.guard === 'stalled' ? 'stalled, ' : ''}room ${plant.state.room.phase.kind}`;
  const lines = world.layout.lineIds.map((id) => {
    const step =
      plant.guard === 'dead' ? '' : ` ${plant.state.lines.find((line) => line.id === id)?.step.kind ?? ''}`;
    const relay = plant.relays[id];
    return `${id}${step} (${plant.trunks[id]?.signal ?? ''}, ${relay?.coil ?? ''}d, reads ${relay?.armature ?? ''})`;
  });
  return `t=${plant.at} ${room}; ${lines.join('; ')}`;
};

/** How a state was reached first: by a move from another state; `isCrash`: and the guard died before guard.json was written. */
interface Way {
  readonly from: number;
  readonly move: Move;
  readonly isCrash: boolean;
}

export function explore(
  world: World,
  start: Plant,
  moves: (plant: Plant) => readonly Move[],
  options: {
    /** Every move that saves guard.json may also end with a crash just before it is written. */
    readonly isCrashing?: boolean;
    /** From every state the room can be brought back to normal. */
    readonly isRecovering?: boolean;
    /** I9: this line stays on the PBX whatever happens in the family. */
    readonly alwaysNormal?: string;
  } = {},
  limit = 1_000_000,
): Exploration {
  const seen = new Set<string>([keyOf(world.layout, start)]);
  const ways: (Way | undefined)[] = [undefined];
  const marks = new Map<string, number>();
  let transitions = 0;
  let broken: Exploration['violation'];
  let frontier: { readonly plant: Plant; readonly index: number }[] = [{ plant: start, index: 0 }];

  while (frontier.length > 0) {
    const next: typeof frontier = [];
    const add = (plant: Plant, way: Way): void => {
      const key = keyOf(world.layout, plant);
      if (seen.has(key)) return;
      seen.add(key);
      ways.push(way);
      const names = [
        ...world.judgeState(plant),
        ...(options.isRecovering === true ? world.judgeRecovery(plant) : []),
        ...(options.alwaysNormal !== undefined && plant.relays[options.alwaysNormal]?.armature !== 'normal'
          ? [`I9 ${options.alwaysNormal} left the PBX`]
          : []),
      ];
      if (names.length > 0) broken ??= { names, trace: traceOf(world, start, ways, way) };
      next.push({ plant, index: ways.length - 1 });
    };
    for (const { plant, index } of frontier) {
      for (const move of moves(plant)) {
        transitions += 1;
        const happened = world.make(plant, move);
        for (const mark of happened.marks) marks.set(mark, (marks.get(mark) ?? 0) + 1);
        const way = { from: index, move, isCrash: false };
        if (happened.violations.length > 0)
          broken ??= { names: happened.violations, trace: traceOf(world, start, ways, way) };
        add(happened.plant, way);
        if (options.isCrashing === true && happened.saved && happened.plant.guard === 'alive')
          add(world.crashedBeforeSave(plant, happened.plant), { ...way, isCrash: true });
        if (broken !== undefined) return { states: seen.size, transitions, marks, violation: broken };
      }
    }
    if (seen.size > limit) throw new Error(`more than ${limit} states`);
    frontier = next;
  }
  return { states: seen.size, transitions, marks, violation: undefined };
}

/** Walks the shortest way again, saying how the room stands after each move. */
function traceOf(world: World, start: Plant, ways: readonly (Way | undefined)[], last: Way): string[] {
  const path = [last];
  for (let way = ways[last.from]; way !== undefined; way = ways[way.from]) path.unshift(way);
  const said = [`start: ${sayPlant(world, start)}`];
  let plant = start;
  for (const { move, isCrash } of path) {
    const after = world.make(plant, move).plant;
    plant = isCrash ? world.crashedBeforeSave(plant, after) : after;
    said.push(`${sayMove(move)}${isCrash ? ', crash before guard.json' : ''} → ${sayPlant(world, plant)}`);
  }
  return said;
}
