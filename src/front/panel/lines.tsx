/** The lines: where each trunk goes, what happens on it, and which phone to lift when a call was cut over. */
import type { LineView } from '../../model/messages.ts';
import { lengthOf } from './moment.ts';
import { bypassWords, liftWords, signalWords, useSaying, words } from './words.ts';

type Path = 'pbx' | 'phone' | 'moving' | 'broken';
const pathOf = ({ bypass }: LineView): Path => {
  switch (bypass) {
    case 'none':
    case 'normal':
    case 'proving':
      return 'pbx';
    case 'bypass':
    case 'locked':
      return 'phone';
    case 'waiting':
    case 'releasing':
    case 'operating':
    case 'exercising':
      return 'moving';
    case 'stuck':
    case 'open':
    case 'unreachable':
      return 'broken';
  }
};

function PathGlyph({ path }: { readonly path: Path }) {
  const up = 'M14 14L32 6';
  const down = 'M14 14L32 22';
  return (
    <svg class="path-glyph" viewBox="0 0 44 28" aria-hidden="true">
      <path class="wire" d="M1 14h13M36 6h7M36 22h7" />
      <path class="arm" d={path === 'phone' ? down : path === 'broken' ? 'M14 14L28 14' : up} />
      {path === 'moving' && <path class="arm arm-next" d={down} />}
      <circle class="joint" cx="14" cy="14" r="2.6" />
      <circle class={path === 'pbx' ? 'end end-live' : 'end'} cx="35" cy="6" r="2.6" />
      <circle class={path === 'phone' ? 'end end-live' : 'end'} cx="35" cy="22" r="2.6" />
    </svg>
  );
}

/** Newest times of the relay, release and operate, once there are enough of them. */
function RelayTimes({ relay }: { readonly relay: LineView['relay'] }) {
  const { say } = useSaying();
  const { nowMs: releaseMs } = relay?.release ?? {};
  const { nowMs: operateMs } = relay?.operate ?? {};
  if (relay === undefined || (releaseMs === undefined && operateMs === undefined)) return null;
  const times = [releaseMs, operateMs].map((ms) => (ms === undefined ? '–' : String(ms)));
  return (
    <small class={relay.isSlow ? 'relay-times relay-slow' : 'relay-times'} title={say(words.relayTimes)}>
      {times.join(' / ')} ms
    </small>
  );
}

function Line({ line, now }: { readonly line: LineView; readonly now: number }) {
  const { say } = useSaying();
  const { call, signal, bypass, recording } = line;
  const path = pathOf(line);
  return (
    <li class={`line line-${signal} path-${path}`} data-line={line.id}>
      <div class="line-top">
        <b class="line-id">{line.id}</b>
        {recording && (
          <span class="rec">
            <i aria-hidden="true" />
            {say(words.recording)}
          </span>
        )}
      </div>
      <span class="signal-word">{say(signalWords[signal])}</span>
      <span class="line-call">
        {call !== undefined && (
          <>
            {say(words[call.direction])} <b>{lengthOf(now - (call.answeredAt ?? call.startedAt))}</b>
          </>
        )}
      </span>
      <div class="line-path">
        <PathGlyph path={path} />
        <span>{say(bypassWords[bypass])}</span>
        <RelayTimes relay={line.relay} />
      </div>
      <div class="line-ends">
        <span>{line.trunk}</span>
        <span aria-hidden="true">→</span>
        <span>
          {say(words.phone)} {line.phone}
        </span>
      </div>
    </li>
  );
}

export function Lines({ lines, now }: { readonly lines: readonly LineView[]; readonly now: number }) {
  const { say } = useSaying();
  const lifts = lines.filter((line) => line.liftPhone !== undefined);
  return (
    <section class="part part-lines" aria-labelledby="lines">
      <h2 id="lines">
        {say(words.lines)} <small>{lines.length}</small>
      </h2>
      {lifts.map((line) => (
        <p class="lift" role="alert" key={line.id}>
          <b>{say(liftWords(line.liftPhone ?? '', line.id))}</b> <span>{say(words.liftHint)}</span>
        </p>
      ))}
      <ul class="lines">
        {lines.map((line) => (
          <Line key={line.id} line={line} now={now} />
        ))}
      </ul>
    </section>
  );
}
