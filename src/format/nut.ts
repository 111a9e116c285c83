/**
 * The network protocol of NUT's upsd (docs/net-protocol.txt of networkupstools/nut, RFC 9271): lines of words, values in quotes
 * with `\"` and `\\`. Words ↔ variables ↔ reading. Unknown status words are part of the protocol and change nothing.
 */
import type { UpsReading } from '../model/ups.ts';

/** Words of one line; `undefined` where a quote is left open. */
export function nutWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (line[at] === ' ' || line[at] === '\t') {
      at++;
      continue;
    }
    let word = '';
    if (line[at] === '"') {
      for (at++; line[at] !== '"'; at++) {
        if (line[at] === '\\') at++;
        const sign = line[at];
        if (sign === undefined) return undefined;
        word += sign;
      }
      at++;
    } else {
      for (; at < line.length && line[at] !== ' ' && line[at] !== '\t'; at++) word += line[at] ?? '';
    }
    words.push(word);
  }
  return words;
}

/** A word of ours inside quotes. */
export const nutQuoted = (word: string): string => `"${word.replaceAll(/["\\]/g, (sign) => `\\${sign}`)}"`;

/** upsd has no data of this UPS yet: neither stale nor a fault. */
export const isWaiting = (variables: ReadonlyMap<string, string>): boolean => statusOf(variables).has('WAIT');
/** The primary has ordered the shutdown: the supply ends soon. */
export const isForcedDown = (variables: ReadonlyMap<string, string>): boolean =>
  statusOf(variables).has('FSD');

const statusOf = (variables: ReadonlyMap<string, string>): ReadonlySet<string> =>
  new Set((variables.get('ups.status') ?? '').split(/\s+/).filter((word) => word !== ''));

export function nutReading(variables: ReadonlyMap<string, string>): UpsReading {
  const status = statusOf(variables);
  const onBattery = status.has('OB');
  // `OL DISCHRG`, an empty status and words of newer versions occur: what says nothing of the supply leaves it absent.
  const isKnown = ['OL', 'OB', 'BYPASS', 'OFF'].some((word) => status.has(word));
  const result = variables.get('ups.test.result');
  const reading: UpsReading = {
    ...(isKnown ? { onBattery, onLine: status.has('OL') && !onBattery } : {}),
    ...(isKnown
      ? {
          lowBattery: status.has('LB') || status.has('FSD'),
          replaceBattery: status.has('RB'),
          charging: status.has('CHRG'),
          discharging: status.has('DISCHRG'),
          bypass: status.has('BYPASS'),
          off: status.has('OFF'),
          overload: status.has('OVER'),
          alarm: status.has('ALARM'),
          test: status.has('TEST') || status.has('CAL'),
          eco: status.has('ECO'),
        }
      : {}),
    ...(result === undefined || result === ''
      ? {}
      : {
          testPassed: /\bpass/i.test(result),
          testFailed: /\b(fail|error|bad|warning)/i.test(result),
        }),
  };
  for (const [quantity, names] of quantities) {
    const value = names.map((name) => numberOf(variables.get(name))).find((found) => found !== undefined);
    if (value !== undefined) reading[quantity] = value;
  }
  return reading;
}

const quantities = [
  ['inputVolts', ['input.voltage']],
  ['inputHz', ['input.frequency']],
  ['bypassVolts', ['input.bypass.voltage']],
  ['outputVolts', ['output.voltage']],
  ['outputHz', ['output.frequency']],
  ['outputAmps', ['output.current']],
  ['loadPercent', ['ups.load']],
  ['batteryPercent', ['battery.charge']],
  ['batteryVolts', ['battery.voltage']],
  ['batteryNominalVolts', ['battery.voltage.nominal']],
  ['runtimeS', ['battery.runtime']],
  ['temperatureC', ['ups.temperature', 'battery.temperature']],
] as const;

/** Drivers write "no value" as text or as a negative number. */
function numberOf(words: string | undefined): number | undefined {
  if (words === undefined || !/^-?\d+(\.\d+)?$/.test(words.trim())) return undefined;
  const value = Number(words);
  return value === -1 ? undefined : value;
}
