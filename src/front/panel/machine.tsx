/** Whether the controller itself is well: its threads, its line cards, its watchdog. */
import type { RoomView } from '../../model/messages.ts';
import { stateWords, useSaying, words } from './words.ts';

export function Machine({ view, version }: { readonly view: RoomView; readonly version: string }) {
  const { say } = useSaying();
  const word = (name: string): string => {
    const known = stateWords[name];
    return known === undefined ? name : say(known);
  };
  return (
    <section class="part part-machine" aria-labelledby="machine">
      <h2 id="machine">{say(words.machine)}</h2>
      <p class={view.healthy ? 'fit' : 'fit is-unfit'}>
        {say(view.healthy ? words.healthy : words.unhealthy)}
      </p>
      <ul class="rows machine">
        {view.threads.map(({ name, state, restarts, memoryMB }) => (
          <li key={name} class={state === 'running' ? 'thread' : 'thread is-unfit'}>
            <b>{word(name)}</b>
            <span>{word(state)}</span>
            <span class="quiet">
              {restarts > 0 ? `${say(words.restarts)} ${restarts} · ` : ''}
              {Math.round(memoryMB)} MB
            </span>
          </li>
        ))}
        {view.cards.map(({ id, link, serialNumber, coilSupply, bypassKey }) => (
          <li key={id} class={link === 'up' && coilSupply ? 'thread' : 'thread is-unfit'}>
            <b>{id}</b>
            <span>{word(link)}</span>
            <span class="quiet">
              {serialNumber} · {say(words.coilSupply)} {say(coilSupply ? words.on : words.off)} ·{' '}
              {say(words.key)} {word(bypassKey)}
            </span>
          </li>
        ))}
      </ul>
      <p class="quiet version">linekeeper {version}</p>
    </section>
  );
}
