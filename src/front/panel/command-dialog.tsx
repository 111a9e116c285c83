/**
 * Gives one command: who asks and with which code; a command that moves relays comes back once with what it will do, and
 * is only carried out when confirmed. Shows the guard's own answer.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Command } from '../../model/event.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import { useSaying, words } from './words.ts';

interface CommandDialogProps {
  readonly asked: Command | 'choose';
  /** What may stand in each place of a string that is sent, by control. */
  readonly valuesOf: (control: string) => Readonly<Record<string, readonly string[]>>;
  readonly close: () => void;
}
type Stage =
  | { readonly kind: 'ask' }
  | { readonly kind: 'confirm'; readonly token: string; readonly text: Text }
  | { readonly kind: 'answered'; readonly isDone: boolean; readonly text: Text };

const choices: readonly { readonly title: Text; readonly command: Command }[] = [
  { title: words.acknowledgeAll, command: { do: 'acknowledge', alarm: 'all' } },
  { title: words.silence, command: { do: 'silence' } },
  { title: words.resetAll, command: { do: 'reset-alarm', alarm: 'all' } },
  { title: words.resetFirstOut, command: { do: 'reset-first-out' } },
  { title: words.lampTest, command: { do: 'lamp-test' } },
  { title: words.bypassPlanned, command: { do: 'bypass', mode: 'planned' } },
  { title: words.bypassNow, command: { do: 'bypass', mode: 'now' } },
  { title: words.restore, command: { do: 'restore' } },
  { title: words.resetBypass, command: { do: 'reset-bypass' } },
];
const maintenanceHours = [1, 2, 4, 8, 24] as const;

const titleOf = (command: Command): Text =>
  command.do === 'acknowledge'
    ? words.acknowledge
    : command.do === 'maintenance'
      ? text(`${words.maintenance.zh}：${command.subject}`, `${words.maintenance.en}: ${command.subject}`)
      : command.do === 'control'
        ? text(`${words.controls.zh}：${command.control}`, `${words.controls.en}: ${command.control}`)
        : command.do === 'return-to-service'
          ? text(
              `${words.returnToService.zh}：${command.alarm}`,
              `${words.returnToService.en}: ${command.alarm}`,
            )
          : command.do === 'end-maintenance'
            ? words.endMaintenance
            : command.do === 'power-cut-done'
              ? text(`${words.tickOff.zh}：${command.step}`, `${words.tickOff.en}: ${command.step}`)
              : command.do === 'waive'
                ? text(`${words.waive.zh}：${command.what}`, `${words.waive.en}: ${command.what}`)
                : command.do === 'all-clear'
                  ? words.allClear
                  : (choices.find((choice) => JSON.stringify(choice.command) === JSON.stringify(command))
                      ?.title ?? words.commands);

/** Done in somebody's name: nobody may be nobody. */
const isByName = ({ do: what }: Command): boolean =>
  what === 'power-cut-done' || what === 'waive' || what === 'all-clear';

interface Answer {
  readonly accepted?: boolean;
  readonly text?: Text;
  readonly confirm?: { readonly token: string; readonly text: Text };
  readonly error?: { readonly message: Text; readonly action: Text };
}

async function give(body: object): Promise<Stage | { readonly kind: 'wrong'; readonly text: Text }> {
  try {
    const response = await fetch('/api/v1/commands', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as Answer;
    if (answer.confirm !== undefined) return { kind: 'confirm', ...answer.confirm };
    if (answer.text !== undefined)
      return { kind: 'answered', isDone: answer.accepted === true, text: answer.text };
    const said = answer.error?.message ?? words.unreachableNow;
    return response.status === 403 || response.status === 429
      ? { kind: 'wrong', text: said }
      : { kind: 'answered', isDone: false, text: said };
  } catch {
    return { kind: 'answered', isDone: false, text: words.unreachableNow };
  }
}

/** Kept while the page is open, never stored. */
let typedBefore = { code: '', by: '' };

export function CommandDialog({ asked, valuesOf, close }: CommandDialogProps) {
  const { say } = useSaying();
  const dialog = useRef<HTMLDialogElement>(null);
  const [command, setCommand] = useState<Command | undefined>(asked === 'choose' ? undefined : asked);
  const [code, setCode] = useState(typedBefore.code);
  const [by, setBy] = useState(typedBefore.by);
  const [stage, setStage] = useState<Stage>({ kind: 'ask' });
  const [wrong, setWrong] = useState<Text | undefined>();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  const send = (token?: string): void => {
    const body = {
      command,
      code,
      ...(by === '' ? {} : { by }),
      ...(token === undefined ? {} : { confirm: token }),
    };
    void give(body).then((next) => {
      if (next.kind === 'wrong') {
        setWrong(next.text);
        setCode('');
        return;
      }
      typedBefore = { code, by };
      setWrong(undefined);
      setStage(next);
    });
  };

  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="command-title">
      <h2 id="command-title">{say(command === undefined ? words.commands : titleOf(command))}</h2>
      {command === undefined && (
        <ul class="choices">
          {choices.map((choice) => (
            <li key={choice.title.en}>
              <button
                type="button"
                onClick={() => {
                  setCommand(choice.command);
                }}
              >
                {say(choice.title)}
              </button>
            </li>
          ))}
        </ul>
      )}
      {command !== undefined && stage.kind === 'ask' && (
        <form
          id="command-form"
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <label>
            {say(words.code)} <small>{say(words.codeHint)}</small>
            <input
              name="code"
              autocomplete="off"
              inputMode="numeric"
              autofocus
              required
              maxLength={64}
              value={code}
              onInput={(event) => {
                setCode(event.currentTarget.value);
              }}
            />
          </label>
          <label>
            {say(words.name)}
            <input
              name="by"
              required={isByName(command)}
              autocomplete="name"
              maxLength={64}
              value={by}
              onInput={(event) => {
                setBy(event.currentTarget.value);
              }}
            />
          </label>
          {command.do === 'control' &&
            Object.entries(valuesOf(command.control)).map(([key, allowed]) => (
              <label key={key}>
                {key}
                <select
                  name={key}
                  value={command.values?.[key]}
                  onChange={(event) => {
                    setCommand({
                      ...command,
                      values: { ...command.values, [key]: event.currentTarget.value },
                    });
                  }}
                >
                  {allowed.map((value) => (
                    <option key={value} value={value}>
                      {value}
                    </option>
                  ))}
                </select>
              </label>
            ))}
          {command.do === 'maintenance' && (
            <>
              <label>
                {say(words.duration)}
                <select
                  name="for"
                  value={command.forMs}
                  onChange={(event) => {
                    setCommand({ ...command, forMs: Number(event.currentTarget.value) });
                  }}
                >
                  {maintenanceHours.map((hours) => (
                    <option key={hours} value={hours * 3_600_000}>
                      {hours} h
                    </option>
                  ))}
                </select>
              </label>
              <ReasonField
                value={command.reason}
                change={(reason) => {
                  setCommand({ ...command, reason });
                }}
              />
            </>
          )}
          {command.do === 'waive' && (
            <ReasonField
              value={command.reason}
              change={(reason) => {
                setCommand({ ...command, reason });
              }}
            />
          )}
          {wrong !== undefined && (
            <p class="problem" role="alert">
              {say(wrong)}
            </p>
          )}
        </form>
      )}
      {stage.kind === 'confirm' && <p class="consequence">{say(stage.text)}</p>}
      {stage.kind === 'answered' && (
        <p class={stage.isDone ? 'answer' : 'answer problem'} role="status">
          <b>{say(stage.isDone ? words.done : words.notDone)}</b> {say(stage.text)}
        </p>
      )}
      <div class="dialog-foot">
        <button
          type="button"
          onClick={() => {
            dialog.current?.close();
          }}
        >
          {say(stage.kind === 'answered' ? words.close : words.cancel)}
        </button>
        {command !== undefined && stage.kind === 'ask' && (
          <button type="submit" form="command-form" class="main">
            {say(words.send)}
          </button>
        )}
        {stage.kind === 'confirm' && (
          <button
            type="button"
            class="main danger"
            onClick={() => {
              send(stage.token);
            }}
          >
            {say(words.confirm)}
          </button>
        )}
      </div>
    </dialog>
  );
}

/** Why: what is put off or left out is put off for a reason that others can read. */
function ReasonField({
  value,
  change,
}: {
  readonly value: string;
  readonly change: (reason: string) => void;
}) {
  const { say } = useSaying();
  return (
    <label>
      {say(words.reason)}
      <input
        name="reason"
        required
        maxLength={200}
        value={value}
        onInput={(event) => {
          change(event.currentTarget.value);
        }}
      />
    </label>
  );
}
