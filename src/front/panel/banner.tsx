/** The one sentence that matters, across the page: where the trunks go now. */
import type { Command } from '../../model/event.ts';
import type { RoomView } from '../../model/messages.ts';
import { alarmCounts } from '../alarm-counts.ts';
import { countWords, roomWords, useSaying, words } from './words.ts';

interface BannerProps {
  readonly view: RoomView;
  readonly order: ((asked: Command | 'choose') => void) | undefined;
}

/** Trunk on the left; PBX above, phone below on the right; the arm lies where the calls go. */
function Changeover({ isBypass, isMoving }: { readonly isBypass: boolean; readonly isMoving: boolean }) {
  return (
    <svg class="changeover" viewBox="0 0 96 64" aria-hidden="true">
      <path class="wire" d="M2 32h28M66 14h28M66 50h28" />
      <path class={isMoving ? 'arm arm-moving' : 'arm'} d={isBypass ? 'M30 32L62 49' : 'M30 32L62 15'} />
      <circle class="joint" cx="30" cy="32" r="5" />
      <circle class={isBypass ? 'end' : 'end end-live'} cx="66" cy="14" r="5" />
      <circle class={isBypass ? 'end end-live' : 'end'} cx="66" cy="50" r="5" />
    </svg>
  );
}

export function RoomBanner({ view, order }: BannerProps) {
  const { say } = useSaying();
  const { bypass } = view.room;
  const { title, meaning } = roomWords[bypass];
  const { standing, unacknowledged } = alarmCounts(view.alarms);
  return (
    <section class={`banner banner-${bypass}`} aria-live="polite">
      <Changeover
        isBypass={bypass === 'tripped' || bypass === 'held' || bypass === 'settling'}
        isMoving={bypass === 'confirming' || bypass === 'restoring'}
      />
      <div class="banner-words">
        <h2>{say(title)}</h2>
        <p>{say(meaning)}</p>
      </div>
      <div class="banner-side">
        <span class={unacknowledged > 0 ? 'count count-open' : 'count'}>
          {say(countWords(standing, unacknowledged))}
        </span>
        {order !== undefined && (
          <button
            type="button"
            onClick={() => {
              order('choose');
            }}
          >
            {say(words.commands)}…
          </button>
        )}
      </div>
    </section>
  );
}
