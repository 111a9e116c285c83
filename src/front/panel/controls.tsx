/** What may be done to the switch, and how it stands. Nothing is shown where the room file holds no controls. */
import type { Command } from '../../model/event.ts';
import type { RoomView } from '../../model/messages.ts';
import { controlKindWords, readBackWords, useSaying, words } from './words.ts';

interface ControlsProps {
  readonly controls: RoomView['controls'];
  /** Absent where this page takes no commands. */
  readonly order: ((command: Command) => void) | undefined;
}

export function Controls({ controls, order }: ControlsProps) {
  const { say } = useSaying();
  if (controls.length === 0) return null;
  return (
    <section class="part" aria-labelledby="controls">
      <h2 id="controls">{say(words.controls)}</h2>
      <ul class="rows machine">
        {controls.map(({ id, name, kind, on, busy, readBack, values }) => (
          <li key={id} class={readBack === 'differs' ? 'thread is-unfit' : 'thread'}>
            <b>{say(name)}</b>
            <span>
              {kind === 'serial'
                ? say(controlKindWords[kind])
                : say(on ? words.switchedOn : words.switchedOff)}
              {busy ? ' …' : ''}
            </span>
            <span class="quiet">
              {say(controlKindWords[kind])}
              {readBack === 'none' ? '' : ` · ${say(readBackWords[readBack])}`}
            </span>
            {order !== undefined && (
              <button
                type="button"
                disabled={busy}
                onClick={() => {
                  const first = Object.entries(values).map(([key, [value = '']]) => [key, value] as const);
                  order({
                    ...{ do: 'control', control: id },
                    ...(kind === 'hold' ? { on: !on } : {}),
                    ...(first.length === 0 ? {} : { values: Object.fromEntries(first) }),
                  });
                }}
              >
                {say(kind === 'hold' && on ? words.switchOff : kind === 'hold' ? words.switchOn : words.send)}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
