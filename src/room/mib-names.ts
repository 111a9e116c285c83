/**
 * Names of SNMP objects that a room file may use instead of numbers, `ifOperStatus.1`: those of the standard MIBs that tell
 * something about a room (RFC 1213, 2790, 1628). `equals` is the value that is right when the file names none.
 */
const names: Readonly<Record<string, { readonly oid: string; readonly equals?: string }>> = {
  sysUpTime: { oid: '1.3.6.1.2.1.1.3' },
  ifOperStatus: { oid: '1.3.6.1.2.1.2.2.1.8', equals: '1' },
  ifInErrors: { oid: '1.3.6.1.2.1.2.2.1.14' },
  ifOutErrors: { oid: '1.3.6.1.2.1.2.2.1.20' },
  hrSystemUptime: { oid: '1.3.6.1.2.1.25.1.1' },
  hrProcessorLoad: { oid: '1.3.6.1.2.1.25.3.3.1.2' },
  hrPrinterStatus: { oid: '1.3.6.1.2.1.25.3.5.1.1' },
  upsSecondsOnBattery: { oid: '1.3.6.1.2.1.33.1.2.2' },
  upsEstimatedMinutesRemaining: { oid: '1.3.6.1.2.1.33.1.2.3' },
  upsEstimatedChargeRemaining: { oid: '1.3.6.1.2.1.33.1.2.4' },
  upsAlarmsPresent: { oid: '1.3.6.1.2.1.33.1.6.1' },
};

export const mibNames: readonly string[] = Object.keys(names);

export interface SnmpObject {
  readonly oid: string;
  readonly equals?: string;
}

/** `1.3.6.1.2.1.1.3.0`, `.1.3.…`, `ifOperStatus.1`; `undefined` for a name that is not known. */
export function snmpObject(words: string): SnmpObject | undefined {
  if (/^\.?\d/.test(words)) return { oid: words.replace(/^\./, '') };
  const [name = '', ...index] = words.split('.');
  const known = Object.hasOwn(names, name) ? names[name] : undefined;
  return known && { ...known, oid: [known.oid, ...(index.length === 0 ? ['0'] : index)].join('.') };
}
