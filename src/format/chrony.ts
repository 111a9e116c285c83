/**
 * What `chronyc -c tracking` and `chronyc -c sources` print (chrony 4; one line of comma separated fields, one line a source).
 * chronyd says "Normal" with no source at all where `local` is configured, so both are needed to know whether time is held.
 */
export interface ChronyState {
  readonly stratum: number;
  /** System clock against true time in seconds; positive is ahead. */
  readonly offsetS: number;
  /** Error of the crystal that chronyd makes good, in parts per million. */
  readonly driftPpm: number;
  readonly leap: string;
  /** Name of the source that is followed; absent: none is. */
  readonly source?: string;
  readonly sources: number;
}

const sourcesMax = 64;

/** `undefined` for anything else. */
export function parseChrony(tracking: string, sources: string): ChronyState | undefined {
  const fields = tracking.trim().split(',');
  const [, , stratum, , offset, , , drift] = fields;
  const leap = fields[13];
  const numbers = [stratum, offset, drift].map((field) =>
    field === undefined || field === '' ? NaN : Number(field),
  );
  const [stratumIs = NaN, offsetS = NaN, driftPpm = NaN] = numbers;
  if (leap === undefined || !numbers.every(Number.isFinite)) return undefined;
  const rows = sources
    .trim()
    .split('\n')
    .slice(0, sourcesMax)
    .map((line) => line.split(','))
    .filter((row) => row.length >= 3);
  const followed = rows.find(([, state]) => state === '*')?.[2];
  return {
    stratum: stratumIs,
    offsetS,
    driftPpm,
    leap,
    sources: rows.length,
    ...(followed === undefined ? {} : { source: followed }),
  };
}
