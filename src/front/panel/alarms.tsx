/** Alarms: severity by shape, word and colour together; what is wrong, what it does to the calls, what to do now. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AlarmRow, RoomView } from '../../model/messages.ts';
import type { Severity } from '../../model/alarm.ts';
import type { Command } from '../../model/event.ts';
import { shortMoment } from './moment.ts';
import { severityWords, useSaying, words } from './words.ts';

const shapes: Readonly<Record<Severity, string>> = {
  critical: 'M7.8 1h8.4L23 7.8v8.4L16.2 23H7.8L1 16.2V7.8z',
  major: 'M12 1.5L23.2 22H.8z',
  minor: 'M12 .8L23.2 12 12 23.2.8 12z',
  warning: 'M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22z',
};
const rank: Readonly<Record<Severity, number>> = { critical: 0, major: 1, minor: 2, warning: 3 };

function SeverityMark({ severity }: { readonly severity: Severity }) {
  return (
    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
      <path d={shapes[severity]} />
    </svg>
  );
}

/** Speaks a new alarm once, for those who do not look. */
export function NewAlarm({ alarms }: { readonly alarms: readonly AlarmRow[] }) {
  const { say } = useSaying();
  const known = useRef<ReadonlySet<string> | undefined>(undefined);
  const [spoken, speak] = useState<AlarmRow | undefined>();
  useEffect(() => {
    const before = known.current;
    const fresh = before === undefined ? undefined : alarms.find((alarm) => !before.has(alarm.id));
    known.current = new Set(alarms.map((alarm) => alarm.id));
    if (fresh !== undefined) speak(fresh);
  }, [alarms]);
  return (
    <p class="spoken" role="alert">
      {spoken === undefined ? '' : `${say(severityWords[spoken.severity])}: ${say(spoken.what)}`}
    </p>
  );
}

interface AlarmsProps {
  readonly view: RoomView;
  readonly now: number;
  readonly timezone: string;
  readonly order: ((asked: Command) => void) | undefined;
}

function suppressedWord({ suppressions }: AlarmRow) {
  if (suppressions.some(({ kind }) => kind === 'out-of-service')) return words.outOfService;
  return suppressions.some(({ kind }) => kind === 'shelved') ? words.shelved : words.expected;
}

function Alarm({ alarm, now, timezone, order }: { readonly alarm: AlarmRow } & Omit<AlarmsProps, 'view'>) {
  const { say, language } = useSaying();
  const { severity, condition, ack } = alarm;
  const isShelved = alarm.suppressions.length > 0;
  const isPermitted = alarm.suppressions.some((one) => one.kind === 'out-of-service' && one.by !== undefined);
  const suppressed = isPermitted ? words.permitted : suppressedWord(alarm);
  const state = isShelved ? suppressed : ack === 'acked' ? words.acknowledged : words.unacknowledged;
  return (
    <li
      class={`alarm severity-${severity} ack-${ack} ${isShelved ? 'is-shelved' : ''}`}
      data-alarm={alarm.id}
    >
      <SeverityMark severity={severity} />
      <div class="alarm-body">
        <p class="alarm-state">
          <span class="severity-word">{say(severityWords[severity])}</span>
          <span>{say(state)}</span>
          {alarm.firstOut === true && <b class="first-out">{say(words.firstOut)}</b>}
          {alarm.escalation !== undefined && (
            <b class="escalated">
              {say(words.escalated)} {alarm.escalation.level}
            </b>
          )}
          {condition === 'clear' && <span>{say(words.cleared)}</span>}
          {alarm.count > 1 && <span>×{alarm.count}</span>}
          <time dateTime={new Date(alarm.raisedAt).toISOString()}>
            {shortMoment(alarm.raisedAt, now, timezone, language)}
          </time>
        </p>
        <h3>{say(alarm.what)}</h3>
        <dl>
          <dt>{say(words.effect)}</dt>
          <dd>{say(alarm.effect)}</dd>
          <dt>{say(words.action)}</dt>
          <dd class="alarm-action">{say(alarm.action)}</dd>
          {alarm.root !== undefined && (
            <>
              <dt>{say(words.rootAlarm)}</dt>
              <dd class="alarm-root">{alarm.root}</dd>
            </>
          )}
          {alarm.consequences !== undefined && (
            <>
              <dt>{say(words.consequences)}</dt>
              <dd class="alarm-consequences">
                {alarm.consequences.subjects.join(', ')}
                {alarm.consequences.count > alarm.consequences.subjects.length &&
                  ` … (${alarm.consequences.count})`}
              </dd>
            </>
          )}
        </dl>
        {isPermitted && order !== undefined && (
          <button
            type="button"
            onClick={() => {
              order({ do: 'return-to-service', alarm: alarm.id });
            }}
          >
            {say(words.returnToService)}
          </button>
        )}
        {ack === 'unacked' && order !== undefined && (
          <button
            type="button"
            onClick={() => {
              order({ do: 'acknowledge', alarm: alarm.id });
            }}
          >
            {say(words.acknowledge)}
          </button>
        )}
      </div>
    </li>
  );
}

export function Alarms({ view, now, timezone, order }: AlarmsProps) {
  const { say } = useSaying();
  const sorted = view.alarms.toSorted(
    (a, b) =>
      Number(b.ack === 'unacked') - Number(a.ack === 'unacked') ||
      rank[a.severity] - rank[b.severity] ||
      b.raisedAt - a.raisedAt,
  );
  return (
    <section class="part part-alarms" aria-labelledby="alarms">
      <h2 id="alarms">
        {say(words.alarms)} <small>{view.alarms.length}</small>
        {view.horn && (
          <span class="horn">
            <i aria-hidden="true" />
            {say(words.horn)}
          </span>
        )}
        {view.horn && order !== undefined && (
          <button
            type="button"
            onClick={() => {
              order({ do: 'silence' });
            }}
          >
            {say(words.silence)}
          </button>
        )}
      </h2>
      {sorted.length === 0 ? (
        <p class="empty">{say(words.noAlarms)}</p>
      ) : (
        <ul class="alarms">
          {sorted.map((alarm) => (
            <Alarm key={alarm.id} alarm={alarm} now={now} timezone={timezone} order={order} />
          ))}
        </ul>
      )}
    </section>
  );
}
