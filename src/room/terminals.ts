/**
 * Terminals of the room: which exist, which are safe for what, and that none is used twice. Double use is judged when all
 * are known, in the order of the file, so that the message names the first one and what is really still free.
 */
import type { Bus, GpioBus, Terminal } from '../model/room.ts';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { cardTerminals, lastHeaderPin, pinsSafeForRelays, pinsShared } from './limits.ts';
import { didYouMean } from './nearest.ts';
import type { Finding, Path } from './problem.ts';
import { writtenPath } from './problem.ts';
import type { Reading } from './reading.ts';
import type { TerminalWords } from './short-forms.ts';
import { parseTerminal } from './short-forms.ts';

export type Use = 'input' | 'output' | 'relay' | 'channel' | 'extension' | 'pump' | 'mirror';
type CardKind = keyof typeof cardTerminals;

interface Claim {
  readonly terminal: Terminal;
  readonly use: Use;
  readonly path: Path;
}

export interface Terminals {
  /** The terminals that the words name, claimed for this use; none where the words are wrong (reported). */
  take(words: string, use: Exclude<Use, 'pump'>, path: Path): readonly Terminal[];
  takePump(bus: string, pin: number, path: Path): void;
  /** Bus and unit of a Modbus register or device; `undefined` where the words are wrong (reported). */
  register(words: string, path: Path): Terminal | undefined;
  /** Says once that a bus is missing or of another kind. */
  bus(id: string, kind: Bus['kind'], path: Path): boolean;
  /** Reports what is used twice or unsafe; to be called when all is taken. */
  settle(): void;
}

function cardKind(use: Use): CardKind {
  if (use === 'extension' || use === 'pump') return 'channel';
  return use === 'mirror' ? 'input' : use;
}

const cardWord: Readonly<Record<CardKind, string>> = {
  channel: '',
  relay: 'relay',
  input: 'in',
  output: 'out',
};
const maxHeaderless = 1023;

/** The Pi's header, whose pins we know; another chip's are the installer's matter. */
const isHeader = ({ chip }: GpioBus): boolean => chip === undefined || chip.startsWith('pinctrl-');

/** As it is written in the file: `card-a/relay1`, `pi/23`. */
export const writtenTerminal = ({ bus, kind, number }: Terminal): string =>
  `${bus}/${kind === 'gpio' || kind === 'register' ? '' : cardWord[kind]}${number}`;

const kindNames: Readonly<Record<Bus['kind'], Text>> = {
  'line-card': text('线路卡', 'a line card'),
  modbus: text('Modbus 总线', 'a Modbus line'),
  serial: text('串口', 'a serial wire'),
  gpio: text('树莓派引脚', "the Pi's pins"),
};

const useNames: Readonly<Record<Use, { readonly what: Text; readonly form: string }>> = {
  input: { what: text('输入', 'an input'), form: 'card-a/in1, pi/20' },
  output: { what: text('输出', 'an output'), form: 'card-a/out1, pi/23' },
  relay: { what: text('旁路继电器', 'a bypass relay'), form: 'card-a/relay1, pi/23' },
  channel: { what: text('通道', 'a channel'), form: 'card-a/1' },
  extension: { what: text('分机通道', 'a channel on an extension'), form: 'card-a/8' },
  mirror: { what: text('镜像触点', 'a mirror contact'), form: 'pi/5' },
  pump: { what: text('电荷泵', 'the charge pump'), form: '22' },
};

export function createTerminals(reading: Reading, buses: ReadonlyMap<string, Bus>): Terminals {
  const { report } = reading;
  const claims: Claim[] = [];
  const used = new Set<string>();
  const unsafe: Claim[] = [];
  const error = (path: Path, message: Text, hint?: Text): void =>
    report({ severity: 'error', path, message, ...(hint === undefined ? {} : { hint }) });

  function busOf(id: string, kinds: readonly Bus['kind'][], path: Path): Bus | undefined {
    used.add(id);
    const bus = buses.get(id);
    if (bus !== undefined && kinds.includes(bus.kind)) return bus;
    if (bus !== undefined) {
      const wanted = kinds.map((kind) => kindNames[kind]);
      error(
        path,
        text(
          `${id} 是${kindNames[bus.kind].zh}，这里需要${wanted.map(({ zh }) => zh).join('或')}`,
          `${id} is ${kindNames[bus.kind].en}; here it takes ${wanted.map(({ en }) => en).join(' or ')}`,
        ),
      );
      return undefined;
    }
    const names = reading.names('buses');
    if (!names.includes(id)) {
      const fitting = names.filter((name) => kinds.includes(buses.get(name)?.kind ?? kinds[0] ?? 'gpio'));
      const kind =
        kinds.length === 1 && kinds[0] === 'line-card' ? text('线路卡', 'line card') : text('连接', 'bus');
      error(
        path,
        text(`没有名为 ${id} 的${kind.zh}`, `there is no ${kind.en} named ${id}`),
        didYouMean(id, fitting),
      );
    }
    return undefined;
  }

  function numbersOf(words: TerminalWords, use: Use, path: Path): readonly number[] {
    const { first, last } = words;
    if (last < first) {
      error(
        path,
        text(`区间 ${first}..${last} 倒置`, `the range ${first}..${last} runs down`),
        text(`写 ${last}..${first}。`, `Write ${last}..${first}.`),
      );
      return [];
    }
    if (last > first && use !== 'relay' && use !== 'channel' && use !== 'mirror') {
      error(
        path,
        text(`${useNames[use].what.zh}不能写区间`, `${useNames[use].what.en} is one terminal, not a range`),
      );
      return [];
    }
    // Bounded by the check of the terminal's number: the least that is too high says it all.
    const most = Math.min(last, first + maxHeaderless);
    return Array.from({ length: most - first + 1 }, (_, index) => first + index);
  }

  function takeOnCard(
    bus: Bus,
    words: TerminalWords,
    use: Exclude<Use, 'pump'>,
    path: Path,
  ): Terminal[] | undefined {
    const kind: CardKind = cardKind(use);
    const most = cardTerminals[kind];
    const form = cardWord[kind];
    if (words.word !== form || words.unit !== undefined) {
      error(
        path,
        text(
          `线路卡上的${useNames[use].what.zh}写作 ${bus.id}/${form}1 至 ${bus.id}/${form}${most}`,
          `${useNames[use].what.en} of a line card is written ${bus.id}/${form}1 to ${bus.id}/${form}${most}`,
        ),
      );
      return undefined;
    }
    if (words.first < 1 || words.last > most) {
      error(
        path,
        text(`线路卡只有 ${form}1 至 ${form}${most}`, `a line card has ${form}1 to ${form}${most} only`),
      );
      return undefined;
    }
    return numbersOf(words, use, path).map((number) => ({ bus: bus.id, kind, number }));
  }

  function takeOnGpio(bus: GpioBus, words: TerminalWords, use: Use, path: Path): Terminal[] | undefined {
    const most = isHeader(bus) ? lastHeaderPin : maxHeaderless;
    if (words.word !== '' || words.unit !== undefined || words.last > most) {
      error(
        path,
        text(
          `引脚写作 ${bus.id}/0 至 ${bus.id}/${most}（BCM 号）`,
          `a pin is written ${bus.id}/0 to ${bus.id}/${most} (BCM number)`,
        ),
      );
      return undefined;
    }
    return numbersOf(words, use, path).map((number) => ({ bus: bus.id, kind: 'gpio', number }));
  }

  function claim(terminal: Terminal, use: Use, path: Path): void {
    const entry: Claim = { terminal, use, path };
    claims.push(entry);
    const bus = buses.get(terminal.bus);
    if (bus?.kind !== 'gpio' || !isHeader(bus)) return;
    if (use === 'input' || use === 'mirror') {
      if (!pinsShared.includes(terminal.number)) return;
      report({
        severity: 'warning',
        path,
        message: text(
          `BCM ${terminal.number} 与 HAT EEPROM、I²C 或串口共用`,
          `BCM ${terminal.number} is shared with the HAT's EEPROM, I²C or the UART`,
        ),
      });
    } else if (!pinsSafeForRelays.includes(terminal.number)) {
      unsafe.push(entry);
    }
  }

  function freeHint({ terminal, use }: Claim): Text | undefined {
    const bus = buses.get(terminal.bus);
    const taken = new Set(claims.map((other) => writtenTerminal(other.terminal)));
    const free = (numbers: readonly number[]): string[] =>
      numbers
        .map((number) => ({ ...terminal, number }))
        .filter((other) => !taken.has(writtenTerminal(other)))
        .map((other) => (terminal.kind === 'gpio' ? String(other.number) : writtenTerminal(other)));
    if (bus?.kind === 'gpio') {
      if (!isHeader(bus)) return undefined;
      if (use === 'input' || use === 'mirror') {
        const pins = Array.from({ length: lastHeaderPin + 1 }, (_, pin) => pin).filter(
          (pin) => !pinsShared.includes(pin),
        );
        return list(free(pins), text('空闲引脚', 'Free pins'));
      }
      return list(
        free(pinsSafeForRelays),
        text('可安全接继电器的空闲引脚', 'Free pins that are safe for relays'),
      );
    }
    const kind: CardKind = cardKind(use);
    const numbers = Array.from({ length: cardTerminals[kind] }, (_, index) => index + 1);
    return list(free(numbers), text(`${terminal.bus} 上空闲`, `Free on ${terminal.bus}`));
  }

  const inOrder = (): Claim[] =>
    [...claims].sort((a, b) => reading.orderOf(a.path) - reading.orderOf(b.path));

  function settleDoubles(): void {
    const first = new Map<string, Claim>();
    const doubles = new Map<
      string,
      { readonly later: Claim; readonly earlier: Claim; readonly names: string[] }
    >();
    for (const claimed of inOrder()) {
      const name = writtenTerminal(claimed.terminal);
      const other = first.get(name);
      if (other === undefined) {
        first.set(name, claimed);
        continue;
      }
      // An extension that is a line's trunk is wrong where the extension is named, wherever that stands.
      const [earlier, later] = other.use === 'extension' ? [claimed, other] : [other, claimed];
      const key = `${writtenPath(later.path)} ${writtenPath(earlier.path)}`;
      const known = doubles.get(key);
      if (known === undefined) doubles.set(key, { later, earlier, names: [name] });
      else known.names.push(name);
    }
    for (const { later, earlier, names } of doubles.values()) {
      const owner = writtenPath(earlier.path.slice(0, -1));
      const line = reading.lineOf(earlier.path);
      const what = names.join(', ');
      const hint = freeHint(later);
      const message =
        later.use === 'extension' && earlier.use === 'channel'
          ? text(
              `${what} 是中继（${owner}，第 ${line} 行）；拨号音只能取自备用分机，不可占用中继`,
              `${what} is a trunk (${owner}, line ${line}); dial tone is asked of a spare extension, never of a trunk`,
            )
          : text(
              `${what} 已被 ${owner} 使用（第 ${line} 行）`,
              `${what} ${names.length === 1 ? 'is' : 'are'} already used by ${owner} (line ${line})`,
            );
      error(later.path, message, hint);
    }
  }

  return {
    take(words, use, path) {
      const parsed = parseTerminal(words);
      if (parsed === undefined) {
        const { what, form } = useNames[use];
        error(
          path,
          text(
            `${words} 不是${what.zh}的写法，如 ${form}`,
            `${words} is not ${what.en}; it is written ${form}`,
          ),
        );
        return [];
      }
      const needsCard = use === 'channel' || use === 'extension';
      const kinds: Bus['kind'][] = needsCard
        ? ['line-card']
        : use === 'mirror'
          ? ['gpio']
          : ['line-card', 'gpio'];
      const bus = busOf(parsed.bus, kinds, path);
      if (bus === undefined) return [];
      const taken =
        bus.kind === 'gpio' ? takeOnGpio(bus, parsed, use, path) : takeOnCard(bus, parsed, use, path);
      for (const terminal of taken ?? []) claim(terminal, use, path);
      return taken ?? [];
    },
    takePump(id, pin, path) {
      const bus = buses.get(id);
      if (bus?.kind !== 'gpio') return;
      const words: TerminalWords = { bus: id, word: '', first: pin, last: pin };
      if (pin < 0) {
        error(path, text('引脚号不能为负', 'the number of a pin is not negative'));
        return;
      }
      for (const terminal of takeOnGpio(bus, words, 'pump', path) ?? []) claim(terminal, 'pump', path);
    },
    register(words, path) {
      const parsed = parseTerminal(words);
      if (parsed?.unit === undefined || parsed.word !== '' || parsed.last !== parsed.first) {
        error(
          path,
          text(
            `寄存器写作 总线/单元/编号，如 rs485/12/30001`,
            `a register is written bus/unit/number, such as rs485/12/30001`,
          ),
        );
        return undefined;
      }
      const { unit } = parsed;
      if (busOf(parsed.bus, ['modbus'], path) === undefined) return undefined;
      if (unit < 1 || unit > 247) {
        error(path, text(`单元号须为 1–247，不是 ${unit}`, `a unit is 1 to 247, not ${unit}`));
        return undefined;
      }
      const place = registerPlace(parsed.first);
      if (place === undefined) {
        error(
          path,
          text(
            `寄存器 ${parsed.first} 应为 30001–39999（输入）或 40001–49999（保持），或六位写法 300001、400001 起`,
            `register ${parsed.first}: input registers are 30001–39999, holding registers 40001–49999, or six digits from 300001 and 400001`,
          ),
        );
        return undefined;
      }
      return { bus: parsed.bus, kind: 'register', unit, ...place };
    },
    bus: (id, kind, path) => busOf(id, [kind], path) !== undefined,
    settle() {
      settleDoubles();
      for (const claimed of unsafe) {
        const { number } = claimed.terminal;
        error(
          claimed.path,
          text(
            `BCM ${number} 不宜接继电器：上电时被上拉，或与其他功能共用`,
            `BCM ${number} is not safe for a relay: it is pulled up at power-on or shared with something else`,
          ),
          freeHint(claimed),
        );
      }
      for (const id of buses.keys()) {
        if (used.has(id) || claims.some(({ terminal }) => terminal.bus === id)) continue;
        if (reading.hasError()) continue;
        const finding: Finding = {
          severity: 'note',
          path: ['buses', id],
          at: 'key',
          message: text(
            '没有任何测点、线路、判据或控制使用它',
            'no point, line, evidence or control uses it',
          ),
        };
        report(finding);
      }
    },
  };
}

const list = (names: readonly string[], label: Text): Text =>
  names.length === 0
    ? text(`${label.zh}：无。`, `${label.en}: none.`)
    : text(`${label.zh}：${names.join(', ')}。`, `${label.en}: ${names.join(', ')}.`);

/** Modicon numbers: 30001 is input register 0, 40001 holding register 0; six digits reach all 65536. */
function registerPlace(number: number): Pick<Terminal, 'number' | 'table'> | undefined {
  const ranges = [
    [30_001, 39_999, 'input'],
    [40_001, 49_999, 'holding'],
    [300_001, 365_536, 'input'],
    [400_001, 465_536, 'holding'],
  ] as const;
  const range = ranges.find(([from, to]) => number >= from && number <= to);
  return range && { number: number - range[0], table: range[2] };
}
