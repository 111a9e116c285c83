/** The lines of a room file: ranges written out, each with its channel, its bypass relay and its numbers. */
import type { Bus, LineSettings, Terminal } from '../model/room.ts';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { roomLimits } from './limits.ts';
import type { Path } from './problem.ts';
import { durationOr } from './reading.ts';
import type { Reading } from './reading.ts';
import { fillTemplate, parseLineKey } from './short-forms.ts';
import type { LineKey } from './short-forms.ts';
import type { Terminals } from './terminals.ts';

export function readLines(
  reading: Reading,
  terminals: Terminals,
  buses: ReadonlyMap<string, Bus>,
): Map<string, LineSettings> {
  const { report } = reading;
  const lines = new Map<string, LineSettings>();
  const firstKey = new Map<string, string>();
  const phones = new Map<string, Path>();
  for (const [key, written] of Object.entries(reading.draft.lines ?? {})) {
    const path = (word: string): Path => ['lines', key, word];
    const range = parseLineKey(key, roomLimits.lines);
    if (!range.ok) {
      report({ severity: 'error', path: ['lines', key], at: 'key', ...rangeProblem(key, range) });
      continue;
    }
    const { ids } = range;
    const twice = ids.filter((id) => firstKey.has(id));
    if (twice.length > 0) {
      const owner = firstKey.get(twice[0] ?? '') ?? '';
      report({
        severity: 'error',
        path: ['lines', key],
        at: 'key',
        message: text(
          `${twice.join(', ')} 已写在 lines.${owner}（第 ${reading.lineOf(['lines', owner])} 行）`,
          `${twice.join(', ')} ${twice.length === 1 ? 'stands' : 'stand'} already in lines.${owner} (line ${reading.lineOf(['lines', owner])})`,
        ),
      });
    }
    for (const id of ids) if (!firstKey.has(id)) firstKey.set(id, key);

    const spread = (
      words: string,
      use: 'channel' | 'relay' | 'mirror',
      word: string,
    ): readonly Terminal[] => {
      const taken = terminals.take(words, use, path(word));
      if (taken.length === 0 || taken.length === ids.length) return taken;
      report({
        severity: 'error',
        path: path(word),
        message: text(
          `${key} 是 ${ids.length} 条线，${words} 是 ${taken.length} 个`,
          `${key} is ${lineCount(ids.length)}, ${words} is ${taken.length}`,
        ),
        ...(ids.length === 1 ? {} : { hint: rangeHint(words, ids.length) }),
      });
      return [];
    };
    const channels = spread(written.channel, 'channel', 'channel');
    const relays = written.bypass === undefined ? [] : spread(written.bypass, 'relay', 'bypass');
    const mirrors =
      written['read-back'] === undefined ? [] : spread(written['read-back'], 'mirror', 'read-back');
    if (mirrors[0] !== undefined && mirrors[0].bus !== relays[0]?.bus)
      report({ severity: 'error', path: path('read-back'), ...mirrorProblem });
    tellAlternate(reading, key);
    const alternates =
      written['alternate-phone'] === undefined
        ? []
        : spread(written['alternate-phone'], 'relay', 'alternate-phone');
    tellPiRelays(reading, buses, path('bypass'), relays[0], mirrors.length > 0);

    let phoneTold = false;
    for (const [index, id] of ids.entries()) {
      const channel = channels[index];
      const trunk = fillTemplate(written.trunk, id);
      const phone = fillTemplate(written.phone, id);
      const recordTrunk =
        written['record-trunk'] === undefined ? undefined : fillTemplate(written['record-trunk'], id);
      if (index === 0) {
        if (trunk === undefined) report(templateProblem(path('trunk')));
        if (phone === undefined) report(templateProblem(path('phone')));
        if (written['record-trunk'] !== undefined && recordTrunk === undefined)
          report(templateProblem(path('record-trunk')));
      }
      if (channel === undefined || trunk === undefined || phone === undefined) continue;
      const relay = relays[index];
      const readBack = mirrors[index];
      const alternatePhone = alternates[index];
      if (relay !== undefined && !phoneTold) {
        phoneTold = tellSharedPhone(reading, phones, phone, path('phone'));
        phones.set(phone, path('phone'));
      }
      lines.set(id, {
        id,
        channel,
        ...(relay === undefined ? {} : { relay }),
        ...(readBack === undefined ? {} : { readBack }),
        trunk,
        ...(recordTrunk === undefined ? {} : { recordTrunk }),
        phone,
        ...(alternatePhone === undefined ? {} : { alternatePhone }),
        ...(alternatePhone !== undefined && written['alternate-when'] === 'fault'
          ? { alternateOnFault: true as const }
          : {}),
        ...(written['divert-to'] === undefined ? {} : { divertTo: written['divert-to'] }),
        kind: written.kind ?? 'trunk',
        answers: written.answers ?? 'people',
        ...polarityOf(written.polarity),
        phoneOffHookMs: durationOr(written['phone-off-hook'], 'phone-off-hook'),
      });
    }
  }
  tellCount(reading, firstKey.size);
  tellSharedRecordTrunks(reading, lines);
  return lines;
}

function polarityOf(
  written: 'learned' | 'positive' | 'negative' | undefined,
): Pick<LineSettings, 'polarity'> {
  if (written === undefined || written === 'learned') return {};
  return { polarity: written === 'positive' ? 1 : -1 };
}

function tellAlternate({ draft, report }: Reading, key: string): void {
  const written = draft.lines?.[key];
  if (written === undefined) return;
  if (written['alternate-when'] !== undefined && written['alternate-phone'] === undefined)
    report({
      severity: 'error',
      path: ['lines', key, 'alternate-when'],
      at: 'key',
      message: text(
        '没有 alternate-phone：没有继电器就无从改接',
        'without alternate-phone there is no relay that could do it',
      ),
    });
  if (written['alternate-phone'] !== undefined && written.bypass === undefined)
    report({
      severity: 'error',
      path: ['lines', key, 'alternate-phone'],
      message: text(
        '没有 bypass：外线到不了任何话机',
        'without bypass the trunk reaches no phone, neither the usual nor another',
      ),
    });
}

/** A record that names such a trunk could be of either line, and would be of none. */
function tellSharedRecordTrunks({ draft, report }: Reading, lines: ReadonlyMap<string, LineSettings>): void {
  const owners = new Map<string, string>();
  for (const { id, recordTrunk } of lines.values()) {
    if (recordTrunk === undefined) continue;
    const owner = owners.get(recordTrunk);
    if (owner === undefined) {
      owners.set(recordTrunk, id);
      continue;
    }
    const key = Object.keys(draft.lines ?? {}).find((name) => {
      const range = parseLineKey(name, roomLimits.lines);
      return range.ok && range.ids.includes(id);
    });
    if (key === undefined) continue;
    report({
      severity: 'error',
      path: ['lines', key, 'record-trunk'],
      message: text(
        `${id} 与 ${owner} 在话单中同名：${recordTrunk}`,
        `${id} and ${owner} have one name in the call records: ${recordTrunk}`,
      ),
      hint: text(
        '区间请用 {n} 代入线号，如 "LINE 1.{n}"。',
        'In a range let {n} stand for the line, such as "LINE 1.{n}".',
      ),
    });
    return;
  }
}

const mirrorProblem = {
  message: text(
    '镜像触点必须与引脚上的旁路继电器在同一总线',
    'a mirror contact belongs to a bypass relay on the same pins',
  ),
  hint: text(
    '线路卡自行证明继电器位置，不写 read-back。',
    'A line card proves the position of its relays by itself: leave read-back out.',
  ),
} as const;

const lineCount = (count: number): string => (count === 1 ? 'one line' : `${count} lines`);

function rangeProblem(key: string, range: Extract<LineKey, { ok: false }>): { message: Text; hint?: Text } {
  const hint =
    range.try === undefined ? {} : { hint: text(`是否指 ${range.try}？`, `Did you mean ${range.try}?`) };
  switch (range.why) {
    case 'unequal digits':
      return { message: text(`${key} 两端位数不同`, `the ends of ${key} have unequal digits`), ...hint };
    case 'runs down':
      return { message: text(`${key} 倒置`, `${key} runs down`), ...hint };
    case 'unlike ends':
      return {
        message: text(
          `${key} 像区间，但两端的名称不同`,
          `${key} looks like a range, but its ends have different names`,
        ),
        ...hint,
      };
    case 'too many':
      return {
        message: text(
          `${key} 超过 ${roomLimits.lines} 条线`,
          `${key} is more than ${roomLimits.lines} lines`,
        ),
      };
  }
}

function rangeHint(words: string, count: number): Text {
  const match = /^(.*?)(\d+)(\.\.\d+)?$/.exec(words);
  const right = `${match?.[1] ?? ''}${match?.[2] ?? ''}..${Number(match?.[2] ?? 1) + count - 1}`;
  return text(
    `一块线路卡有 8 条；区间写法如 ${right}。`,
    `A card has eight; a range is written like ${right}.`,
  );
}

const templateProblem = (path: Path) =>
  ({
    severity: 'error',
    path,
    message: text(
      '花括号里只能是 {n}、{nn}、{nnn}：线名末尾的数字',
      'braces hold {n}, {nn} or {nnn} only: the number at the end of the name of the line',
    ),
  }) as const;

/** A relay straight on the Pi is released by nothing but the pump, and dropped by every crash of the program. */
function tellPiRelays(
  { report, lineOf }: Reading,
  buses: ReadonlyMap<string, Bus>,
  path: Path,
  relay: Terminal | undefined,
  hasReadBack: boolean,
): void {
  const bus = relay && buses.get(relay.bus);
  if (bus?.kind !== 'gpio') return;
  if (bus.pump === undefined) {
    const busPath: Path = ['buses', bus.id];
    report({
      severity: 'error',
      path,
      message: text(
        `${bus.id} 没有电荷泵：程序死机时继电器不会释放`,
        `${bus.id} has no charge pump: nothing would release the relay when the program hangs`,
      ),
      hint: text(
        `在 buses.${bus.id}（第 ${lineOf(busPath)} 行）写 pump: 引脚，或把继电器接到线路卡。`,
        `Give buses.${bus.id} (line ${lineOf(busPath)}) a pump: pin, or wire the relay to a line card.`,
      ),
    });
    return;
  }
  report({
    severity: 'warning',
    path,
    message: text(
      '继电器直接接在树莓派上：程序每次崩溃都会切断通话',
      'a relay straight on the Pi: every crash of the program cuts the call on it',
    ),
    hint: text(
      '仅用于小机房；线路卡在重启期间保持位置。',
      'For small rooms only; a line card keeps its position over a restart.',
    ),
  });
  if (hasReadBack) return;
  report({
    severity: 'warning',
    path,
    message: text(
      '没有镜像触点：只能读回引脚电平，继电器卡住时无法发现',
      'no mirror contact: only the level of the pin is read back, and a relay that sticks is not seen',
    ),
    hint: text(
      '把继电器的另一组触点接到引脚，写 read-back: pi/5。',
      'Wire another pole of the relay to a pin and write read-back: pi/5.',
    ),
  });
}

function tellSharedPhone(
  reading: Reading,
  phones: ReadonlyMap<string, Path>,
  phone: string,
  path: Path,
): boolean {
  const other = phones.get(phone);
  if (other === undefined) return false;
  const owner = String(other[1]);
  const isOwn = other[1] === path[1];
  reading.report({
    severity: 'warning',
    path,
    message: isOwn
      ? text(`一段内各线都是电话 ${phone}`, `every line of the range has the phone ${phone}`)
      : text(
          `电话 ${phone} 也在 lines.${owner}（第 ${reading.lineOf(other)} 行）`,
          `phone ${phone} stands also at lines.${owner} (line ${reading.lineOf(other)})`,
        ),
    hint: text('旁路时一部电话只能接一条中继。', 'In bypass one phone carries one trunk.'),
  });
  return true;
}

function tellCount({ report, isWhole, draft }: Reading, count: number): void {
  if (count > roomLimits.lines) {
    report({
      severity: 'error',
      path: ['lines'],
      at: 'key',
      message: text(
        `共 ${count} 条线；最多 ${roomLimits.lines}`,
        `${count} lines in all; the most is ${roomLimits.lines}`,
      ),
    });
  }
  if (count === 0 && isWhole('lines')) {
    report({
      severity: 'warning',
      path: draft.lines === undefined ? [] : ['lines'],
      at: 'key',
      message: text(
        '没有线路：无可保护，也无可录音',
        'no lines: nothing to keep alive and nothing to record',
      ),
    });
  }
}
