/** A power cut: what is left, what the plan has done and what it wants of people, and what stands against the all-clear. */
import type { Command } from '../../model/event.ts';
import type { PowerCutRow, RoomView } from '../../model/messages.ts';
import { shortMoment } from './moment.ts';
import { checkWords, powerCutWords, stepWords, useSaying, words } from './words.ts';

interface PowerCutProps {
  readonly view: RoomView;
  readonly now: number;
  readonly timezone: string;
  readonly order: ((asked: Command) => void) | undefined;
}
type Step = PowerCutRow['stages'][number]['steps'][number];

/** Where the forms that this step has given out can be printed. */
const formsOf = ({ reason }: Step): string | undefined =>
  /\/forms\?from=\d+&count=\d+/.exec(reason?.en ?? '')?.[0];

function StepRow({ step, now, timezone, order }: { readonly step: Step } & Omit<PowerCutProps, 'view'>) {
  const { say, language } = useSaying();
  const forms = formsOf(step);
  return (
    <li class={`step step-${step.state}`} data-step={step.id}>
      <span class="verdict">{say(stepWords[step.state])}</span>
      <span>
        <b>{step.id}</b> {say(step.what)}
      </span>
      {step.at !== undefined && (
        <time class="quiet" dateTime={new Date(step.at).toISOString()}>
          {shortMoment(step.at, now, timezone, language)}
          {step.by === 'linekeeper' ? '' : ` ${step.by ?? ''}`}
        </time>
      )}
      {step.reason !== undefined && (step.state === 'failed' || step.state === 'waived') && (
        <p>{say(step.reason)}</p>
      )}
      {forms !== undefined && (
        <a href={forms} target="_blank" rel="noreferrer">
          {say(words.blankForms)}
        </a>
      )}
      {step.isForPeople && order !== undefined && (
        <>
          {step.state !== 'waiting' && (
            <button
              type="button"
              onClick={() => {
                order({ do: 'power-cut-done', step: step.id });
              }}
            >
              {say(words.tickOff)}
            </button>
          )}
          <button
            type="button"
            onClick={() => {
              order({ do: 'waive', what: step.id, reason: '' });
            }}
          >
            {say(words.waive)}
          </button>
        </>
      )}
    </li>
  );
}

export function PowerCut({ view, now, timezone, order }: PowerCutProps) {
  const { say } = useSaying();
  const { powerCut } = view;
  if (powerCut === undefined || (powerCut.phase === 'ready' && !powerCut.formsOwed)) return null;
  const { phase, runtimeS, isLow, stages, checks, groups, mayClear, formsOwed } = powerCut;
  const button = (title: string, command: Command, isMain = false) =>
    order !== undefined && (
      <button
        type="button"
        class={isMain ? 'main' : undefined}
        onClick={() => {
          order(command);
        }}
      >
        {title}
      </button>
    );
  return (
    <section class="part part-power-cut" aria-labelledby="power-cut">
      <h2 id="power-cut">
        {say(words.powerCut)} <small>{say(powerCutWords[phase])}</small>
        {runtimeS !== undefined && (
          <span class={isLow ? 'runtime is-low' : 'runtime'}>
            {say(words.timeLeft)} {Math.floor(runtimeS / 60)} min
          </span>
        )}
      </h2>
      {phase !== 'ready' &&
        stages.map((stage) => (
          <div key={stage.number} class={stage.dueAt === undefined ? 'stage' : 'stage is-due'}>
            <h3>
              {stage.number} {say(stage.when)}
            </h3>
            <ul class="rows">
              {stage.steps.map((step) => (
                <StepRow key={step.id} step={step} now={now} timezone={timezone} order={order} />
              ))}
            </ul>
          </div>
        ))}
      {groups.length > 0 && (
        <p class="quiet">
          {say(words.loadsOut)} {groups.join(', ')}
        </p>
      )}
      {phase === 'returning' && button(say(words.mainsStay), { do: 'power-cut-done', step: 'return' })}
      {checks.length > 0 && (
        <ul class="rows checks">
          {checks.map((check) => (
            <li key={check.subject} class={`step check-${check.state}`} data-check={check.subject}>
              <span class="verdict">{say(checkWords[check.state])}</span>
              <span>
                <b>{check.subject}</b> <span class="quiet">{say(check.name)}</span>
              </span>
              {check.by !== undefined && (
                <p>
                  {check.by}: {check.reason}
                </p>
              )}
              {check.state === 'awaited' &&
                button(say(words.waive), { do: 'waive', what: check.subject, reason: '' })}
            </li>
          ))}
        </ul>
      )}
      {formsOwed &&
        phase !== 'on-battery' &&
        button(say(words.formsEntered), { do: 'power-cut-done', step: 'forms' })}
      {phase === 'checking' && mayClear && button(say(words.allClear), { do: 'all-clear' }, true)}
    </section>
  );
}
