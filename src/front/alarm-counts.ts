/** How many alarms a person may count: `standing` is whatever has not cleared. One rule for MQTT, HTTP and page. */
import type { AlarmRow } from '../model/messages.ts';

interface AlarmCounts {
  readonly standing: number;
  readonly unacknowledged: number;
}

export const alarmCounts = (alarms: readonly AlarmRow[]): AlarmCounts => ({
  standing: alarms.filter((alarm) => alarm.condition !== 'clear').length,
  unacknowledged: alarms.filter((alarm) => alarm.ack === 'unacked').length,
});
