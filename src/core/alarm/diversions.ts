/**
 * What only the exchange can mend: a trunk, or the one phone that a trunk reaches. The alarm then says to which number the
 * exchange is to be asked to divert, or that there is an alternate phone.
 */
import type { LineSettings } from '../../model/room.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';

const ofTrunk = ['line.dead', 'bypass.stuck', 'bypass.open'] as const;
const ofPhone = ['terminal.phone-no-current', 'terminal.phone-unanswered'] as const;
/** More trunks of one cable are not named: the exchange knows its cable. */
const namedMax = 8;

/** What to do besides, by `subject/type`. */
export function diversions(lines: readonly LineSettings[]): ReadonlyMap<string, Text> {
  const asks = new Map<string, Text>();
  const standby = lines.find(({ kind }) => kind === 'standby');
  const cables = new Map<string, { trunk: string; to: string }[]>();
  for (const { id, trunk, divertTo, alternatePhone, channel, kind } of lines) {
    const to = divertTo ?? (standby?.id === id || kind === 'standby' ? undefined : standby?.trunk);
    if (to !== undefined) {
      for (const type of [...ofTrunk, ...ofPhone]) asks.set(`${id}/${type}`, ask([{ trunk, to }]));
      cables.set(channel.bus, [...(cables.get(channel.bus) ?? []), { trunk, to }]);
    }
    if (alternatePhone !== undefined)
      for (const type of ofPhone)
        asks.set(
          `${id}/${type}`,
          text(
            `可对 ${id} 下达 alternate-phone 改接备用话机`,
            `order alternate-phone for ${id}: it has another phone`,
          ),
        );
  }
  for (const [card, trunks] of cables) asks.set(`${card}/line.dead`, ask(trunks.slice(0, namedMax)));
  return asks;
}

const ask = (trunks: readonly { readonly trunk: string; readonly to: string }[]): Text =>
  text(
    `请局方转移：${trunks.map(({ trunk, to }) => `${trunk} → ${to}`).join('，')}`,
    `ask the exchange to divert ${trunks.map(({ trunk, to }) => `${trunk} to ${to}`).join(', ')}`,
  );
