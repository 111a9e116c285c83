/** Bugs that somebody could write into the doors through which orders come: each caught by name. */
import type { Mutant } from './bypass.ts';

export const mutants: readonly Mutant[] = [
  {
    name: 'the token for reads lets orders in',
    file: 'front/http/gate.ts',
    search: "=> method === 'GET' || method === 'HEAD';",
    replace: "=> method !== 'PUT';",
    by: { project: 'front/read-token.test.ts' },
    caught: 'the token for reads orders nothing',
  },
  {
    name: 'a trip over the local socket is done at the first step',
    file: 'front/http/order-routes.ts',
    search: 'commands.some(isOfBypassOrPlan)',
    replace: 'commands.every((one) => !isOfBypassOrPlan(one))',
    by: { project: 'front/local.test.ts' },
    caught: 'what moves relays is asked twice',
  },
  {
    name: 'the code for one order carries out another',
    file: 'front/http/confirmations.ts',
    search: 'first.order === JSON.stringify(order) && ',
    replace: '',
    by: { project: 'front/local.test.ts' },
    caught: 'what moves relays is asked twice',
  },
  {
    name: 'a code serves for ever',
    file: 'front/http/confirmations.ts',
    search: ' && this.#mono() < first.until',
    replace: '',
    by: { project: 'front/local.test.ts' },
    caught: 'what moves relays is asked twice',
  },
  {
    name: 'everybody may write to the local socket',
    file: 'front/local/door.ts',
    search: 'gid === undefined ? 0o600 : 0o660',
    replace: '0o666',
    by: { project: 'front/local.test.ts' },
    caught: 'the socket is for its own user alone',
  },
  {
    name: 'the socket of a living program is taken away',
    file: 'front/local/door.ts',
    search: 'if (there !== undefined && (await isAnswered(file)))',
    replace: 'if (there === undefined && (await isAnswered(file)))',
    by: { project: 'front/local.test.ts' },
    caught: 'the socket of a dead program is replaced',
  },
  {
    name: 'another room is ordered than the one that was named',
    file: 'cli/room-way.ts',
    search: 'data === undefined || path.resolve(data) === body.dataFolder',
    replace: "data === undefined || body.dataFolder !== ''",
    by: { project: 'front/local.test.ts' },
    caught: 'the room of another data folder',
  },
];
