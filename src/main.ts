#!/usr/bin/env node
/**
 * The command `linekeeper`. Each command is one file of `cli/`, loaded only when it is asked for, so that `run` reaches the
 * guard without reading anything else. Exit codes: 0 fine, 1 a finding, 2 wrong usage, 3 no room answers, 4 an order
 * that waits for its confirmation.
 */
import { createRequire } from 'node:module';

type Command = (args: readonly string[]) => Promise<number>;

const commands: Record<string, { readonly summary: string; readonly load: () => Promise<Command> }> = {
  run: { summary: 'run --room FILE       run a room', load: async () => (await import('./cli/run.ts')).run },
  check: {
    summary: 'check FILE            tell every problem of a room file',
    load: async () => (await import('./cli/check.ts')).check,
  },
  demo: {
    summary: 'demo [FAULT]          run the demo room, or let something happen in the running one',
    load: async () => (await import('./cli/demo.ts')).demo,
  },
  subjects: {
    summary: 'subjects              what the running room watches, each with its verdict',
    load: async () => (await import('./cli/subjects.ts')).subjects,
  },
  why: {
    summary: 'why SUBJECT           explain the verdict of one subject',
    load: async () => (await import('./cli/why.ts')).why,
  },
  alarms: {
    summary: 'alarms                list the alarms of the running room; --watch follows them',
    load: async () => (await import('./cli/alarms.ts')).alarms,
  },
  ack: {
    summary: 'ack ALARM|all         acknowledge alarms',
    load: async () => (await import('./cli/alarm-orders.ts')).ack,
  },
  silence: {
    summary: 'silence               silence the horn',
    load: async () => (await import('./cli/alarm-orders.ts')).silence,
  },
  shelve: {
    summary: 'shelve ALARM          keep an alarm quiet for a time: --for 30m --reason TEXT',
    load: async () => (await import('./cli/alarm-orders.ts')).shelve,
  },
  unshelve: {
    summary: 'unshelve ALARM        let it sound again',
    load: async () => (await import('./cli/alarm-orders.ts')).unshelve,
  },
  reset: {
    summary: 'reset ALARM|all       reset alarms that latch',
    load: async () => (await import('./cli/alarm-orders.ts')).reset,
  },
  bypass: {
    summary:
      'bypass status         where each line stands and why; bypass trip, restore, reset: in two steps',
    load: async () => (await import('./cli/bypass.ts')).bypass,
  },
  control: {
    summary: 'control [NAME …]      what may be done to the switch, and doing it',
    load: async () => (await import('./cli/control.ts')).control,
  },
  verify: {
    summary: 'verify                compare recordings, database and chain (reads LINEKEEPER_DATA)',
    load: async () => (await import('./cli/verify.ts')).verify,
  },
  replay: {
    summary: 'replay FILE           decide a journal again and show what was decided and why',
    load: async () => (await import('./cli/replay.ts')).replay,
  },
  hosts: {
    summary:
      'hosts [test HOST]     hosts that a power cut shuts down; test: try one without shutting it down',
    load: async () => (await import('./cli/hosts.ts')).hosts,
  },
  smdr: {
    summary: 'smdr try FILE         show how captured call records read, and which format fits',
    load: async () => (await import('./cli/smdr.ts')).smdr,
  },
  ups: {
    summary:
      'ups probe ADDRESS     find a UPS: its unit, its map, what it says; ups test SUBJECT: test its battery',
    load: async () => (await import('./cli/ups.ts')).ups,
  },
  sensors: {
    summary: 'sensors               list what the kernel of this machine measures, as a room file names it',
    load: async () => (await import('./cli/sensors.ts')).sensors,
  },
  speech: {
    summary: 'speech test           say a sentence through the sound device of the room file',
    load: async () => (await import('./cli/speech.ts')).speech,
  },
  sim: {
    summary: 'sim card              a virtual line card',
    load: async () => (await import('./cli/sim.ts')).sim,
  },
};

const usage = `usage: linekeeper COMMAND …

${Object.values(commands)
  .map(({ summary }) => `  ${summary}`)
  .join('\n')}
  version               print the version

linekeeper COMMAND --help tells more. Exit codes: 0 fine, 1 a finding, 2 wrong usage, 3 no room answers,
4 nothing was done yet: the order waits for its confirmation.
`;

/** Versions that the native modules were tested on; another one may crash the process (docs/development.md). */
function nodeIsSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (
    (major === 20 && minor >= 19) ||
    (major === 22 && minor >= 12) ||
    process.env['LINEKEEPER_ANY_NODE'] === '1'
  );
}

async function unknownCommand(name: string): Promise<string> {
  const { nearest } = await import('./room/nearest.ts');
  const near = nearest(name, Object.keys(commands));
  return `no command "${name}"${near === undefined ? '' : `. Did you mean ${near}?`}`;
}

async function main(): Promise<number> {
  const [name = '', ...args] = process.argv.slice(2);
  if (name === 'version' || name === '--version') {
    const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
    process.stdout.write(`${version}\n`);
    return 0;
  }
  if (name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(usage);
    return 0;
  }
  if (!nodeIsSupported(process.versions.node)) {
    process.stderr.write(
      `linekeeper: Node ${process.versions.node} is not supported; install Node 20.19 or later of 20, or 22.12 or later of 22 (LK-NODE-001)\n` +
        `linekeeper：不支持 Node ${process.versions.node}，请安装 20.19+ 或 22.12+（LK-NODE-001）\n`,
    );
    return 2;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    process.stderr.write(name === '' ? usage : `linekeeper: ${await unknownCommand(name)}\n\n${usage}`);
    return 2;
  }
  return (await command.load())(args);
}

process.exitCode = await main();
