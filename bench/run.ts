/**
 * `npm run bench -- NAME [option=value …]`: one file a benchmark. Prints what it measured as JSON and as a table row; docs/benchmarks.md
 * keeps the figures with machine, date and command. Nothing here judges: a benchmark is read, not passed.
 */
import { cpus, totalmem } from 'node:os';
import { Program } from '../test/room/program.ts';

export type Options = Readonly<Record<string, string>>;
type Bench = (options: Options) => Promise<object>;

const benches: Record<string, () => Promise<Bench>> = {
  start: async () => (await import('./start.ts')).start,
  record: async () => (await import('./record.ts')).record,
  outbox: async () => (await import('./outbox.ts')).outbox,
  year: async () => (await import('./year.ts')).year,
  reaction: async () => (await import('./reaction.ts')).reaction,
  gpio: async () => (await import('./reaction-gpio.ts')).gpio,
  'dial-tone': async () => (await import('./dial-tone.ts')).dialTone,
  alarms: async () => (await import('./alarms.ts')).alarms,
  judge: async () => (await import('./judge.ts')).judge,
  watch: async () => (await import('./watch.ts')).watch,
};

const [name = '', ...words] = process.argv.slice(2);
const load = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (load === undefined) {
  console.error(`usage: npm run bench -- ${Object.keys(benches).join('|')} [option=value …]`);
  process.exit(2);
}
const options: Options = Object.fromEntries(
  words.map((word): [string, string] => {
    const [key = '', ...value] = word.split('=');
    return [key, value.join('=')];
  }),
);
const machine = `${cpus()[0]?.model ?? 'unknown'} × ${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
const measured = await (await load())(options).finally(() => Program.endAll());
console.log(
  JSON.stringify({ bench: name, date: new Date().toISOString(), machine, options, ...measured }, null, 2),
);
process.exit(0);
