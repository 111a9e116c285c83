/**
 * `linekeeper ups probe ADDRESS`: which UPS is there, how to write it in the room file, and what it says, raw and decoded side by
 * side. Progress goes to stderr. Exit codes: 0 found, 1 nothing fits (with what to try), 2 wrong usage. Reads only.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { NutConnection, NutError } from '../drivers/nut/client.ts';
import { ModbusLine } from '../drivers/modbus/line.ts';
import { megatecProbe } from '../drivers/megatec/megatec-probe.ts';
import { openLink } from '../drivers/serial/open-link.ts';
import { UpsMibSession } from '../drivers/snmp/ups-session.ts';
import { upsModels } from '../drivers/ups/catalogue.ts';
import { loadUpsMap } from '../drivers/ups/map.ts';
import { answeringUnits, tryMap } from '../drivers/ups/search.ts';
import type { ModelMap, Trial } from '../drivers/ups/search.ts';
import { nutReading } from '../format/nut.ts';
import { upsMibReading } from '../format/ups-mib.ts';
import type { Link, SerialParity } from '../model/room.ts';
import { sifted, upsReadingOf } from '../model/ups.ts';
import type { UpsReading } from '../model/ups.ts';
import type { ByteLink } from '../ports/byte-link.ts';
import type { Registers } from '../ports/registers.ts';
import type { ProbeEvidence } from '../ports/probe.ts';
import { loadRoom } from '../room/load.ts';
import { parseHostPort } from '../room/short-forms.ts';

const usage = `usage: linekeeper ups probe ADDRESS [options]

ADDRESS  tcp://HOST[:502]   Modbus TCP           rtu:/dev/TTY     Modbus on a serial line
         nut://HOST[:3493]  NUT's upsd           megatec:/dev/TTY Megatec Q1
         snmp://HOST[:161]  UPS-MIB (RFC 1628)   BUS              a bus of the room file (needs --room)

  --units 1-20          Modbus units to ask (default: those of the maps, and 1 to 10)
  --model NAME          only this map of config/ups/
  --baud N --parity P   of a serial line (default: those of the maps)
  --community-file F    SNMP community (default: public)
  --room FILE           where BUS is described
  --json                for programs

Prints what fits, and every register raw and decoded. Exit codes: 0 found, 1 nothing fits, 2 wrong usage.
`;

const options = {
  units: { type: 'string' },
  model: { type: 'string' },
  baud: { type: 'string' },
  parity: { type: 'string' },
  'community-file': { type: 'string' },
  room: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
type Values = ReturnType<typeof parseArgs<{ options: typeof options; args: string[] }>>['values'];

class WrongUsage extends Error {}

/** One value as it came and as it reads. */
interface Row {
  readonly from: string;
  readonly raw: string;
  readonly decoded: string;
}
interface Found {
  /** As it stands in the room file. */
  readonly evidence: string;
  readonly bus?: string;
  readonly model?: string;
  readonly unit?: number;
  readonly rows: readonly Row[];
  readonly reading: UpsReading;
}
interface Outcome {
  readonly found: readonly Found[];
  readonly advice: readonly string[];
}

const modbusTimeoutMs = 800;
const usualUnits = 10;
const askMs = 4000;

const progress = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

export async function ups(args: readonly string[]): Promise<number> {
  if (args[0] === 'test') return (await import('./ups-test.ts')).upsTest(args.slice(1));
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (values.help) {
      process.stdout.write(usage);
      return 0;
    }
    const [what, address, ...more] = positionals;
    if (what !== 'probe' || address === undefined || more.length > 0)
      throw new WrongUsage('probe one ADDRESS');
    const outcome = await probe(address, values);
    process.stdout.write(
      values.json ? `${JSON.stringify({ address, ...outcome }, undefined, 2)}\n` : page(outcome),
    );
    return outcome.found.length > 0 ? 0 : 1;
  } catch (error) {
    const isUsage = error instanceof WrongUsage || (error instanceof TypeError && 'code' in error);
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`linekeeper ups: ${message}\n${isUsage ? `\n${usage}` : ''}`);
    return isUsage ? 2 : 1;
  }
}

async function probe(address: string, values: Values): Promise<Outcome> {
  const [, scheme, rest = ''] = /^(tcp|nut|snmp):\/\/(.+)$/.exec(address) ?? [];
  const peer = (port: number): { host: string; port: number } => {
    const read = parseHostPort(rest, port);
    if (read === undefined) throw new WrongUsage(`${address}: the address or the port is wrong`);
    return read;
  };
  if (scheme === 'tcp') return modbus({ kind: 'tcp', ...peer(502) }, values);
  if (scheme === 'nut') return nut(peer(3493));
  if (scheme === 'snmp') return snmp(peer(161), values['community-file']);
  const [, kind, device] = /^(rtu|megatec):(\/.+)$/.exec(address) ?? [];
  if (device !== undefined) {
    const link = { kind: 'serial', path: device } as const;
    return kind === 'rtu' ? modbusOnWire(link.path, values) : megatec(device, baudOf(values) ?? 2400);
  }
  return bus(address, values);
}

/** A bus of the room file, with its own speed and parity. */
async function bus(name: string, values: Values): Promise<Outcome> {
  if (values.room === undefined)
    throw new WrongUsage(`${name} is no address; for a bus of the room file give --room FILE`);
  const { room } = loadRoom(readFileSync(values.room, 'utf8'), values.room, { upsModels: upsModels() });
  if (room === undefined) throw new WrongUsage(`${values.room} has errors; linekeeper check tells them`);
  const found = room.buses.find(({ id }) => id === name);
  if (found?.kind === 'modbus') return modbus(found.link, values, name);
  if (found?.kind === 'serial' && found.link.kind === 'serial')
    return megatec(found.link.path, found.link.baud, name);
  const usable = room.buses.filter(({ kind }) => kind === 'modbus' || kind === 'serial').map(({ id }) => id);
  throw new WrongUsage(`${name} is no Modbus or serial bus of ${values.room}; it has ${usable.join(', ')}`);
}

function baudOf({ baud }: Values): number | undefined {
  if (baud === undefined) return undefined;
  const value = Number(baud);
  if (!Number.isInteger(value) || value < 300 || value > 1_000_000)
    throw new WrongUsage(`--baud is a number of bits a second, not ${baud}`);
  return value;
}

function parityOf({ parity }: Values): SerialParity | undefined {
  if (parity === undefined || parity === 'none' || parity === 'even' || parity === 'odd') return parity;
  throw new WrongUsage(`--parity is none, even or odd, not ${parity}`);
}

// ---- Modbus ----

const mapsOf = ({ model }: Values): readonly ModelMap[] =>
  (model === undefined ? upsModels() : [model]).map((name) => ({ model: name, map: loadUpsMap(name) }));

function unitsOf({ units }: Values, maps: readonly ModelMap[]): readonly number[] {
  if (units !== undefined) {
    const [, first = '', last = first] = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(units) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === '' || from < 1 || to > 247 || from > to)
      throw new WrongUsage(`--units is such as 5 or 1-20, within 1 to 247, not ${units}`);
    return Array.from({ length: to - from + 1 }, (_, n) => from + n);
  }
  const usual = Array.from({ length: usualUnits }, (_, n) => n + 1);
  return [...new Set([...maps.map(({ map }) => map.unit), ...usual])];
}

/** Each speed that a map names, until something answers. */
async function modbusOnWire(device: string, values: Values): Promise<Outcome> {
  const [baud, parity] = [baudOf(values), parityOf(values)];
  const named = mapsOf(values).map(({ map }) => map.serial ?? { baud: 9600, parity: 'none' as const });
  const wires = named
    .map((wire) => ({ baud: baud ?? wire.baud, parity: parity ?? wire.parity }))
    .filter(
      (wire, n, all) => all.findIndex((one) => one.baud === wire.baud && one.parity === wire.parity) === n,
    );
  let outcome: Outcome = { found: [], advice: [] };
  for (const wire of wires) {
    progress(`${device} at ${wire.baud} baud, parity ${wire.parity}`);
    outcome = await modbus({ kind: 'serial', path: device, ...wire }, values);
    if (outcome.found.length > 0) break;
  }
  return outcome;
}

async function modbus(link: Link, values: Values, busName = 'ups-bus'): Promise<Outcome> {
  const maps = mapsOf(values);
  const units = unitsOf(values, maps);
  let whyDown = 'no connection';
  let isUp = false;
  let changed = (): void => undefined;
  const line = new ModbusLine({
    framing: link.kind === 'tcp' ? 'tcp' : 'rtu',
    link: openLink(link, busName),
    timeoutMs: modbusTimeoutMs,
    worstAnswerMs: 2 * modbusTimeoutMs,
    ...(link.kind === 'serial' ? { baud: link.baud } : {}),
    onLink: (connected, reason) => {
      isUp = connected;
      whyDown = reason.en;
      changed();
    },
  }).start();
  const untilUp = (): Promise<boolean> =>
    isUp ? Promise.resolve(true) : inTime(new Promise((resolve) => (changed = () => isUp && resolve())));
  // A unit that is silent costs a TCP connection (drivers/modbus/line.ts): the next one waits for the new connection.
  const registers: Registers = {
    async read(request) {
      const answer = await line.read(request);
      const isOffline = !answer.ok && answer.kind === 'offline';
      return isOffline && (await untilUp()) ? line.read(request) : answer;
    },
    close: () => line.close(),
  };
  try {
    if (!(await untilUp())) return { found: [], advice: [`not connected: ${whyDown}`] };
    const answering = await answeringUnits(registers, units, (unit, answer) => {
      progress(`unit ${unit}: ${answer.ok ? 'answers' : answer.reason.en}`);
    });
    const trials: Trial[] = [];
    for (const unit of answering)
      for (const one of maps) {
        const trial = await tryMap(registers, unit, one);
        progress(
          `unit ${unit}, ${one.model}: ${trial.answered} of ${one.map.items.length} items answered${trial.fits ? ', fits' : ''}`,
        );
        trials.push(trial);
      }
    const fitting = trials.filter(({ fits }) => fits).sort((a, b) => b.score - a.score);
    return {
      found: fitting.map((trial) => modbusFound(trial, link, busName)),
      advice: fitting.length > 0 ? [] : adviceOf(units, answering, trials, link),
    };
  } finally {
    await line.close();
  }
}

function modbusFound({ model, unit, items, reading }: Trial, link: Link, busName: string): Found {
  const where =
    link.kind === 'tcp'
      ? `"tcp://${link.host}:${link.port}"`
      : `"rtu:${link.path}", baud: ${link.baud}, parity: ${link.parity}`;
  return {
    model,
    unit,
    bus: `${busName}: { modbus: ${where} }`,
    evidence: `{ ups: ${busName}/${unit}, model: ${model} }`,
    rows: items.map(({ register, fc, raw, decoded }) => ({
      from: `register ${register} (function ${fc})`,
      raw: raw.length === 0 ? 'refused' : raw.join(' '),
      decoded: written(decoded),
    })),
    reading,
  };
}

function adviceOf(
  units: readonly number[],
  answering: readonly number[],
  trials: readonly Trial[],
  link: Link,
): readonly string[] {
  if (answering.length === 0)
    return [
      `no unit answers; asked were ${units.join(', ')}`,
      'unit id: read it on the panel of the UPS, or ask more with --units 1-247',
      link.kind === 'serial'
        ? 'wire: speed and parity as on the panel (--baud, --parity), A and B not swapped, Modbus and not another protocol selected'
        : 'network: Modbus TCP switched on in the menu of the UPS or its card; some allow only named addresses',
    ];
  const advised = trials.flatMap(({ model, unit, advice, strange }) => {
    if (advice === 'word-order')
      return [
        `word order: unit ${unit} fits ${model} with the words turned round (${strange.join(', ')}): copy the map, and write order: low-first (or leave it out where it stands)`,
      ];
    if (advice === 'function')
      return [
        `function: unit ${unit} fits ${model} by the other function: copy the map, and change fc: 3 to fc: 4, or 4 to 3`,
      ];
    return [];
  });
  const nearest = [...trials].sort((a, b) => b.answered - a.answered || b.score - a.score)[0];
  return [
    `units that answer: ${answering.join(', ')}; none of the maps fits`,
    ...advised,
    ...(nearest === undefined || nearest.answered === 0
      ? []
      : [
          `nearest: ${nearest.model} at unit ${nearest.unit}, ${nearest.answered} of ${nearest.items.length} items answered${nearest.strange.length === 0 ? '' : `; cannot be true: ${nearest.strange.join(', ')}`}`,
        ]),
    'map: for a model that is not there yet, copy the nearest file of config/ups/ (its README says how), then --model NAME',
  ];
}

// ---- NUT ----

async function nut({ host, port }: { host: string; port: number }): Promise<Outcome> {
  let connection: NutConnection;
  try {
    connection = await NutConnection.open({ host, port, tls: false, timeoutMs: askMs });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      found: [],
      advice: [`${host}:${port}: ${why}`, 'upsd must run there, and LISTEN on that address (upsd.conf)'],
    };
  }
  try {
    const found: Found[] = [];
    const advice: string[] = [];
    for (const name of await connection.names()) {
      try {
        const variables = await connection.variables(name);
        progress(`${name}: ${variables.size} variables`);
        const { reading } = sifted(nutReading(variables));
        const at = port === 3493 ? host : `${host}:${port}`;
        if (reading.onBattery === undefined) advice.push(`${name}: its status says nothing of the supply`);
        else
          found.push({
            evidence: `{ nut: "${name}@${at}" }`,
            rows: [...variables].map(([variable, value]) => ({
              from: variable,
              raw: value,
              decoded: written(decodedBy(variables, variable)),
            })),
            reading,
          });
      } catch (error) {
        if (!(error instanceof NutError)) throw error;
        advice.push(`${name}: ${error.code}; look at the NUT driver of ${name}`);
      }
    }
    if (found.length === 0 && advice.length === 0) advice.push('this upsd has no UPS (ups.conf)');
    return { found, advice };
  } finally {
    connection.close();
  }
}

/** What one variable alone brings. */
const decodedBy = (variables: ReadonlyMap<string, string>, name: string): UpsReading =>
  nutReading(new Map([[name, variables.get(name) ?? '']]));

// ---- SNMP ----

async function snmp(
  { host, port }: { host: string; port: number },
  communityFile?: string,
): Promise<Outcome> {
  const community =
    communityFile === undefined ? 'public' : readFileSync(communityFile, 'utf8').replace(/\r?\n$/, '');
  for (const version of ['v2c', 'v1'] as const) {
    progress(`SNMP ${version}`);
    const session = new UpsMibSession({ host, port, access: { version, community }, timeoutMs: askMs / 2 });
    try {
      const { values, alarms } = await session.read();
      const { reading } = sifted(upsMibReading(values, alarms));
      if (reading.onBattery === undefined)
        return { found: [], advice: [`${host} speaks SNMP ${version}, but has no UPS-MIB (RFC 1628)`] };
      const at = port === 161 ? host : `"${host}:${port}"`;
      return {
        found: [
          {
            evidence: `{ ups-snmp: ${at}${version === 'v2c' ? '' : `, version: ${version}`}${communityFile === undefined ? '' : `, community-file: ${communityFile}`} }`,
            rows: [...values].map(([oid, value]) => ({
              from: oid,
              raw: String(value),
              decoded: written(upsMibReading(new Map([[oid, value]]))),
            })),
            reading,
          },
        ],
        advice: [],
      };
    } catch (error) {
      progress(error instanceof Error ? error.message : String(error));
    } finally {
      session.close();
    }
  }
  return {
    found: [],
    advice: [
      `${host}:${port} does not answer by SNMP v2c or v1`,
      'community: --community-file; a wrong one is silence. SNMP must be on in the card of the UPS, and this address allowed',
      'v3 is not tried here: write it in the room file (version: v3, user, auth-file), and the page shows what it says',
    ],
  };
}

// ---- Megatec ----

async function megatec(device: string, baud: number, busName = 'ups-wire'): Promise<Outcome> {
  const link = openLink({ kind: 'serial', path: device, baud, parity: 'none' }, busName);
  let raw = '';
  const heard: ByteLink = {
    name: link.name,
    start: (handlers) => {
      link.start({
        up: () => {
          handlers.up();
        },
        down: (reason) => {
          handlers.down(reason);
        },
        data: (chunk) => {
          raw += Buffer.from(chunk).toString('latin1');
          handlers.data(chunk);
        },
      });
    },
    write: (bytes) => link.write(bytes),
    drop: (reason) => {
      link.drop(reason);
    },
    close: () => link.close(),
  };
  progress(`${device} at ${baud} baud: Q1, F`);
  const one = megatecProbe({ source: 'probe', link: heard, everyMs: 60_000 });
  const evidence = await new Promise<ProbeEvidence>((resolve) => {
    one.start(resolve);
  });
  await one.stop();
  const lines = raw.split('\r').filter((line) => line !== '');
  if (evidence.says !== 'up' || evidence.values === undefined)
    return {
      found: [],
      advice: [
        evidence.reason.en,
        ...(lines.length === 0 ? [] : [`received: ${JSON.stringify(raw.slice(0, 120))}`]),
        'cable: many UPSes need their own, not a null modem; speed: try --baud 1200, 4800, 9600',
      ],
    };
  const reading = upsReadingOf(evidence.values);
  return {
    found: [
      {
        bus: `${busName}: { serial: ${device}, baud: ${baud} }`,
        evidence: `{ megatec: ${busName} }`,
        rows: [{ from: 'Q1, F', raw: lines.join(' '), decoded: written(reading) }],
        reading,
      },
    ],
    advice: [],
  };
}

// ---- output ----

const written = (reading: UpsReading): string =>
  Object.entries(reading)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');

function page({ found, advice }: Outcome): string {
  const [best, ...others] = found;
  const lines: string[] = [];
  if (best === undefined) lines.push('nothing fits:');
  else {
    lines.push('for the room file:');
    if (best.bus !== undefined) lines.push('buses:', `  ${best.bus}`);
    lines.push('subjects:', `  ups-1: { kind: ups, evidence: [${best.evidence}] }`, '');
    if (best.model !== undefined) lines.push(`map: config/ups/${best.model}.yaml`, '');
    lines.push(...table(best.rows));
    if (others.length > 0) lines.push('', `fits too: ${others.map(({ evidence }) => evidence).join('; ')}`);
  }
  lines.push(...advice.map((line) => `- ${line}`));
  return `${lines.join('\n')}\n`;
}

function table(rows: readonly Row[]): readonly string[] {
  const width = (of: (row: Row) => string): number => Math.max(...rows.map((row) => of(row).length));
  const [from, raw] = [width((row) => row.from), width((row) => row.raw)];
  return rows.map((row) => `${row.from.padEnd(from)}  ${row.raw.padEnd(raw)}  ${row.decoded}`.trimEnd());
}

async function inTime(event: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), askMs);
  });
  return Promise.race([event.then(() => true), overdue]).finally(() => clearTimeout(timer));
}
