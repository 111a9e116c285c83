/** The table of alarm types in docs/alarms.md, made from the catalogue. */
import { catalogue } from '../core/alarm/catalogue.ts';
import { written } from './limits.ts';

function alarmTypeTable(): string {
  const rows = [...catalogue]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, { severity, latch, onDelayMs, offDelayMs, what }]) => [
      `\`${type}\``,
      severity,
      written(onDelayMs, 'ms'),
      written(offDelayMs, 'ms'),
      latch ? 'yes' : '',
      what.zh,
      what.en,
    ]);
  return [
    ['type', 'severity', 'on-delay', 'off-delay', 'latch', '说明', 'what is wrong'],
    Array<string>(7).fill('---'),
    ...rows,
  ]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

export const withAlarmTypes = (manual: string): string =>
  manual.replace(/(<!-- types -->\n)[\s\S]*?(<!-- end -->)/, `$1${alarmTypeTable()}\n$2`);
