/**
 * The standing conditions of the bypass, as levels for the alarm machine. Says what is wrong now; severity, texts and
 * the life of the alarm are the catalogue's and the alarm machine's.
 */
import type { Condition } from '../../model/alarm.ts';
import { elapsedMs } from '../../model/units.ts';
import type { MonoMs } from '../../model/units.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import { lineIntent, roomIntent } from './intent.ts';
import { lockTexts, reasonTexts } from './notices.ts';
import { isOpen } from './read-back.ts';
import type { BypassState, CardPart, LinePart } from './state.ts';

const none = text('', '');

const active = (subject: string, type: string, detail: Text = none): Condition => ({
  key: { subject, type, qualifier: '' },
  state: 'active',
  detail,
});

export function conditions(state: BypassState, at: MonoMs): Condition[] {
  return [
    ...roomConditions(state, at),
    ...Object.entries(state.cards).flatMap(([id, card]) => cardConditions(state, id, card, at)),
    ...state.lines.flatMap((line) => lineConditions(state, line, at)),
  ];
}

function roomConditions(state: BypassState, at: MonoMs): Condition[] {
  const found: Condition[] = [];
  const { phase, reason } = state.room;
  const { values } = state.config;
  if (phase.kind === 'tripped') found.push(active('room', 'bypass.tripped'));
  if ((phase.kind === 'settling' || phase.kind === 'restoring') && reason === 'verdict')
    found.push({
      ...active(
        'room',
        'bypass.tripped',
        text('交换机已恢复，线路等待恢复', 'PBX is back, lines are waiting to return'),
      ),
      severity: 'major',
    });
  if (phase.kind === 'held') found.push(active('room', 'bypass.held', reasonTexts[reason]));
  if (state.key.turned) found.push(active('room', 'bypass.key'));
  else if (!state.key.known)
    found.push({
      ...active('room', 'bypass.key', text('读不到钥匙开关', 'the key cannot be read')),
      state: 'unknown',
    });
  if (phase.kind === 'settling' && elapsedMs(phase.since, at) >= values.askAfterMs)
    found.push(
      active(
        'room',
        'bypass.restore-overdue',
        text('交换机未持续正常，不能自动恢复', 'the PBX has not stayed up: no automatic restore'),
      ),
    );
  return found;
}

function cardConditions(state: BypassState, id: string, card: CardPart, at: MonoMs): Condition[] {
  const found: Condition[] = [];
  const isSilent = card.link === 'awaited' && elapsedMs(state.startedAt, at) >= state.config.hostLostMs;
  if (card.link === 'lost' || card.link === 'refused' || isSilent)
    found.push(
      active(
        id,
        'bypass.unreachable',
        card.link === 'refused' ? text('序列号或版本不符', 'wrong serial number or version') : none,
      ),
    );
  if (card.adopted && !card.coilSupply) found.push(active(id, 'bypass.coil-supply'));
  if (card.key === 'turned') found.push(active(id, 'bypass.key'));
  return found;
}

function lineConditions(state: BypassState, line: LinePart, at: MonoMs): Condition[] {
  const found: Condition[] = [];
  const { values } = state.config;
  if (line.step.kind === 'stuck') found.push(active(line.id, 'bypass.stuck'));
  if (isOpen(line, at, values)) found.push(active(line.id, 'bypass.open'));
  if (line.step.kind === 'locked') found.push(active(line.id, 'bypass.locked', lockTexts[line.step.why]));
  if (line.cut !== undefined && elapsedMs(line.cut.at, at) < values.callCutMs)
    found.push(active(line.id, 'bypass.call-cut', cutText(line.cut.liftPhone)));
  if (line.intent?.reason === 'port-alone-failed') found.push(active(line.id, 'bypass.port-failed'));
  if (isOverdue(state, line, at)) found.push(active(line.id, 'bypass.restore-overdue'));
  return found;
}

const cutText = (phone: string | undefined): Text =>
  phone === undefined
    ? text('通话在切换时中断', 'the call was cut by the switch-over')
    : text(`请立即摘起电话 ${phone}，对方可能仍在线上`, `lift phone ${phone}: the caller may still be there`);

/** Nothing asks for bypass, and yet the line has not gone back for a long time: a handset left off, no verdict, no proof. */
function isOverdue(state: BypassState, line: LinePart, at: MonoMs): boolean {
  const { phase } = state.room;
  const card = state.cards[line.card];
  if (line.step.kind !== 'bypass' || (phase.kind !== 'steady' && phase.kind !== 'restoring')) return false;
  if (card === undefined || lineIntent(roomIntent(state), line, card) !== undefined) return false;
  const from = Math.max(line.step.since, phase.since, line.orderedAt ?? line.step.since);
  return at - from >= state.config.values.overdueMs;
}
