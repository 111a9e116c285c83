/** Tells when events have waited too long for the centre, whatever the reason: it may be connected and take none. */
import type { ReportCondition } from '../report.ts';
import { text } from '../../model/text.ts';

const hourMs = 3_600_000;
/** A cut of the uplink is mended within the hour as a rule, and has an alarm of its own. */
const backlogMs = hourMs;

export function tellBacklog(report: ReportCondition, oldestAt: number | undefined, now: number): void {
  const ageMs = oldestAt === undefined ? 0 : now - oldestAt;
  const hours = Math.floor(ageMs / hourMs);
  report(
    'mqtt.backlog',
    ageMs >= backlogMs,
    text(`最早的事件已等待 ${hours} 小时`, `the oldest event has waited for ${hours} h`),
  );
}
