/**
 * The Megatec protocol of small UPSes: ASCII at 2400 baud, each line ends with CR (as nutdrv_qx of networkupstools/nut reads
 * it). `Q1` asks for the state, `F` for the ratings. Field lengths vary by firmware, so lines are split at spaces; `---.-` is
 * "no value". Bit 3 means bypass, boost or buck alike: the volts tell which.
 */
import type { UpsReading } from '../model/ups.ts';

/** `(226.0 195.0 226.0 014 49.0 27.5 30.0 00001000`; `undefined`: not the answer to Q1. */
export function megatecState(line: string): UpsReading | undefined {
  if (!line.startsWith('(')) return undefined;
  const fields = line.slice(1).trim().split(/\s+/);
  const [input, , output, load, hz, battery, temperature, bits = ''] = fields;
  if (!/^[01]{8}$/.test(bits)) return undefined;
  const isOne = (number: number): boolean => bits[number - 1] === '1';
  const inputVolts = valueOf(input);
  const outputVolts = valueOf(output);
  const reading: UpsReading = {
    onBattery: isOne(1),
    onLine: !isOne(1),
    lowBattery: isOne(2) || isOne(7),
    bypass: isOne(3) && isSameVolts(inputVolts, outputVolts),
    alarm: isOne(4),
    test: isOne(6),
  };
  const values = {
    inputVolts,
    outputVolts,
    loadPercent: valueOf(load),
    inputHz: valueOf(hz),
    batteryVolts: valueOf(battery),
    temperatureC: valueOf(temperature),
  };
  for (const name of Object.keys(values) as (keyof typeof values)[]) {
    const value = values[name];
    if (value !== undefined) reading[name] = value;
  }
  return reading;
}

/** `#220.0 000 024.0 50.0` → nominal volts of the battery; `undefined`: not the answer to F. */
export function megatecNominalVolts(line: string): number | undefined {
  if (!line.startsWith('#')) return undefined;
  return valueOf(line.slice(1).trim().split(/\s+/)[2]);
}

function valueOf(words: string | undefined): number | undefined {
  return words !== undefined && /^-?\d+(\.\d+)?$/.test(words) ? Number(words) : undefined;
}

/** Below 0.95 it bucks, from 1.05 on it boosts. Without both values a bit that may mean bypass is taken for it. */
function isSameVolts(input: number | undefined, output: number | undefined): boolean {
  if (input === undefined || output === undefined || input === 0) return true;
  const ratio = output / input;
  return ratio >= 0.95 && ratio < 1.05;
}
