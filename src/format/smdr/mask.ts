/**
 * Telephone numbers with their last digits hidden, where the law does not let a room keep whole ones. Numbers of seven digits and
 * more: shorter ones are extensions and services. Applied before anything is kept or sent on, to the fields and to the raw
 * lines alike; what is hidden is not kept anywhere, in no form that could be turned back.
 */
import type { LineRead, PbxRecord } from '../../model/pbx-record.ts';

const subscriberDigitsMin = 7;
/** Never part of a number of a switch. */
const maskSign = 'x';

/** `02088881234`, 4 → `0208888xxxx`. */
export function maskedNumber(number: string, count: number): string {
  if (number.replaceAll(/\D/g, '').length < subscriberDigitsMin) return number;
  let left = count;
  return Array.from(number)
    .reverse()
    .map((sign) => (left > 0 && /\d/.test(sign) ? (left--, maskSign) : sign))
    .reverse()
    .join('');
}

/** Every run of seven digits and more; times and dates have separators, a call's number in the switch may be hidden with them. */
const maskedLine = (line: string, count: number, number: string | undefined): string =>
  (number === undefined ? line : line.split(number).join(maskedNumber(number, count))).replaceAll(
    /\d{7,}/g,
    (run) => maskedNumber(run, count),
  );

export function maskedRead(read: LineRead, count: number): LineRead {
  if (read.kind !== 'record') return { ...read, raw: maskedLine(read.raw, count, undefined) };
  const { record } = read;
  const { number } = record;
  const masked: PbxRecord = {
    ...record,
    ...(number === undefined ? {} : { number: maskedNumber(number, count) }),
    raw: record.raw.map((line) => maskedLine(line, count, number)),
  };
  return { kind: 'record', raw: maskedLine(read.raw, count, number), record: masked };
}
