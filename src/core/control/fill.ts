/** The string that is sent: that of the room file, each place filled with one value of its list. */
import type { SerialControl } from '../../model/control.ts';
import type { Text } from '../../model/text.ts';
import { reasons } from './words.ts';

/** The string, or why the values do not fit. */
export function filled(
  { send, values }: Pick<SerialControl, 'send' | 'values'>,
  given: Readonly<Record<string, string>>,
): string | Text {
  const strange = Object.keys(given).find((name) => !Object.hasOwn(values, name));
  if (strange !== undefined) return reasons.unknownValue(strange.slice(0, 32));
  let words = send;
  for (const [name, allowed] of Object.entries(values)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || !allowed.includes(value)) return reasons.wrongValue(name, allowed);
    words = words.split(`{${name}}`).join(value);
  }
  return words;
}
