/**
 * What happens by itself in the virtual room: a list of orders with their times, read from YAML or JSON, and calls that come
 * and go by chance from a seed.
 *
 *   - { at: 2s, do: call in 1 answer 4 talk 20 }
 *   - { at: 60s, do: pbx-dead }
 */
import { parse } from 'yaml';
import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import { between, chance } from './chance.ts';

const stepsMax = 10_000;

const scriptSchema = Type.Object(
  {
    steps: Type.Array(
      Type.Object(
        { at: Type.String({ pattern: '^\\d+(\\.\\d+)?(ms|s|m)$' }), do: Type.String({ minLength: 1 }) },
        { additionalProperties: false },
      ),
      { maxItems: stepsMax },
    ),
    /** Starts again after this long. */
    repeat: Type.Optional(Type.String({ pattern: '^\\d+(\\.\\d+)?(ms|s|m)$' })),
  },
  { additionalProperties: false },
);

export interface Script {
  readonly steps: readonly { readonly atMs: number; readonly order: string }[];
  readonly repeatMs: number | undefined;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
function milliseconds(duration: string): number {
  const [, number = '0', unit = 's'] = /^([\d.]+)([a-z]+)$/.exec(duration) ?? [];
  return Number(number) * (unitMs[unit] ?? 1000);
}

/** Throws with a sentence for people. */
export function readScript(content: string): Script {
  const value: unknown = parse(content);
  const given: unknown = Array.isArray(value) ? { steps: value } : value;
  const ajv = new Ajv({ allErrors: true });
  const isScript = ajv.compile<Static<typeof scriptSchema>>(scriptSchema);
  if (!isScript(given)) throw new Error(`the script is not right: ${ajv.errorsText(isScript.errors)}`);
  return {
    steps: given.steps
      .map(({ at, do: order }) => ({ atMs: milliseconds(at), order }))
      .sort((a, b) => a.atMs - b.atMs),
    repeatMs: given.repeat === undefined ? undefined : milliseconds(given.repeat),
  };
}

export interface TrafficOptions {
  readonly seed: number;
  readonly lines: number;
  /** Mean pause between the beginnings of two calls in the whole room. */
  readonly everyMs: number;
}

/** Endless orders for calls in and out, each with the pause before it. */
export function* traffic({
  seed,
  lines,
  everyMs,
}: TrafficOptions): Generator<{ readonly afterMs: number; readonly order: string }, never, undefined> {
  const random = chance(seed);
  for (;;) {
    const afterMs = Math.max(500, -Math.log(1 - random()) * everyMs);
    const line = 1 + Math.floor(random() * lines);
    const talk = Math.round(between(random, 8, 40));
    const answer = Math.round(between(random, 2, 9));
    const isIncoming = random() < 0.75;
    const order = isIncoming
      ? `call in ${line} answer ${random() < 0.1 ? 'never' : answer} talk ${talk} patience 25`
      : `call out ${line} digits ${1000 + Math.floor(random() * 9000)} answer ${answer} talk ${talk}`;
    yield { afterMs: Math.round(afterMs), order };
  }
}
