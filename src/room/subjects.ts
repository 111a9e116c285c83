/** The subjects of a room file: what is watched, which evidence speaks for it, in which domain and with which weight. */
import type { Bus, LineSettings, Point, Source, Subject } from '../model/room.ts';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { roomLimits } from './limits.ts';
import { readFlapping } from './flapping.ts';
import { didYouMean } from './nearest.ts';
import { readNetworkEvidence } from './network-evidence.ts';
import { readNutClient } from './nut-client.ts';
import { readPointEvidence } from './point-evidence.ts';
import type { Path } from './problem.ts';
import { durationOr, nameText } from './reading.ts';
import type { Reading } from './reading.ts';
import { readSeatPhone, tellSeats } from './seat-phone.ts';
import type { Draft } from './schema.ts';
import { domainOf } from './domains.ts';
import { isHost, parseHostPort, parseLineKey, parseSip } from './short-forms.ts';
import type { Terminals } from './terminals.ts';
import { tripOutlook } from './trip.ts';
import { readUpsEvidence } from './ups-evidence.ts';
import { readUpsTest } from './ups-test.ts';

type WrittenSubject = NonNullable<Draft['subjects']>[string];
type WrittenEvidence = WrittenSubject['evidence'][number];

/** Misses in a row that make a source down. */
const missesUsual = 3;
/** A dial-tone test is slow and a proof: two misses are enough, and a tone that was heard proves service for a minute. */
const dialTonePatience = { waitMs: 6_000, missLimit: 2, vetoMs: 60_000 } as const;
/** China, Europe, North America. */
const standardDialTones = [[450], [425], [350, 440]] as const;
/** Longest wait for an answer where the room file cannot set it. */
const sipWaitMs = 4_000;
const pingWaitMs = 3_000;
/** What is asked over our own network. */
const lanHint = { domain: 'our-lan', weight: 'hint', missLimit: missesUsual } as const;

const both = (words: string): Text => text(words, words);

export interface Parts {
  readonly buses: ReadonlyMap<string, Bus>;
  readonly points: ReadonlyMap<string, Point>;
  readonly lines: ReadonlyMap<string, LineSettings>;
  readonly terminals: Terminals;
}

export function readSubjects(reading: Reading, parts: Parts): Map<string, Subject> {
  const subjects = new Map<string, Subject>();
  for (const [id, written] of Object.entries(reading.draft.subjects ?? {})) {
    const sources: Source[] = [];
    for (const [index, evidence] of written.evidence.entries()) {
      const place = reading.indexInFile(written.evidence, index);
      const source = readEvidence(id, place, written.kind, evidence, reading, parts);
      if (source !== undefined) sources.push(source);
    }
    const dependsOn = written['depends-on'] ?? [];
    tellUnknownSubjects(reading, id, dependsOn);
    subjects.set(id, {
      id,
      kind: written.kind,
      name: nameText(written.name, id),
      sources,
      downWhen: readDownWhen(reading, id, written, sources),
      dependsOn,
      ...readFlapping(reading, id, sources),
      ...readUpsTest(reading, id, written, sources),
    });
  }
  tellCycles(reading, subjects);
  tellPbx(reading, subjects, parts);
  tellSeats(reading, subjects.values());
  return subjects;
}

function readEvidence(
  subject: string,
  index: number,
  kind: WrittenSubject['kind'],
  written: WrittenEvidence,
  reading: Reading,
  parts: Parts,
): Source | undefined {
  const path = (...words: string[]): Path => ['subjects', subject, 'evidence', index, ...words];
  const wrong = (where: Path, message: Text): Source | undefined => {
    reading.report({ severity: 'error', path: where, message });
    return undefined;
  };
  const id = `${subject}.${index + 1}`;
  const wrongHost = (where: Path, words: string): Source | undefined =>
    wrong(
      where,
      text(`${words} 的地址或端口（1–65535）不对`, `${words}: the address or the port (1 to 65535) is wrong`),
    );

  if ('point' in written) {
    return readPointEvidence(written, { id, kind, path, reading, ...parts });
  }
  if ('lines' in written) {
    const lines = readLineList(written.lines, path('lines'), reading, parts);
    return lines && { id, kind: 'lines', domain: 'lines', weight: 'proof', lines };
  }
  if ('seat-phone' in written)
    return readSeatPhone(written['seat-phone'], { id, kind, path, reading, lines: parts.lines });
  if ('dial-tone' in written) {
    const { extension, every, suspect, tone } = written['dial-tone'];
    const [terminal] = parts.terminals.take(extension, 'extension', path('dial-tone', 'extension'));
    return (
      terminal && {
        id,
        kind: 'dial-tone',
        domain: 'extension',
        weight: 'proof',
        bus: terminal.bus,
        extension: terminal,
        label: text(
          `分机拨号音 ${terminal.bus}/${terminal.number}`,
          `dial tone on ${terminal.bus}/${terminal.number}`,
        ),
        everyMs: durationOr(every, 'dial-tone.every'),
        suspectMs: durationOr(suspect, 'dial-tone.suspect'),
        tones: tone === undefined ? standardDialTones : [tone.split('+').map(Number)],
        ...dialTonePatience,
      }
    );
  }
  if ('sip-options' in written) {
    const words = written['sip-options'];
    const peer = parseSip(words);
    if (peer === undefined) return wrongHost(path('sip-options'), words);
    const everyMs = durationOr(written.every, 'sip-options.every');
    const suspectMs = durationOr(written.suspect, 'sip-options.suspect');
    if (suspectMs > everyMs) {
      return wrong(
        path(written.suspect === undefined ? 'every' : 'suspect'),
        text('suspect 不得长于 every', 'suspect must not be longer than every'),
      );
    }
    const over = peer.transport === 'udp' ? '' : ` ${peer.transport.toUpperCase()}`;
    const label = both(`SIP${over} ${peer.host}:${peer.port}`);
    return { id, kind: 'sip-options', ...lanHint, ...peer, label, everyMs, suspectMs, waitMs: sipWaitMs };
  }
  if ('call-records' in written) {
    const bus = written['call-records'];
    if (!parts.terminals.bus(bus, 'serial', path('call-records'))) return undefined;
    const { format } = written;
    const { pbxFormats } = reading;
    if (pbxFormats !== undefined && !pbxFormats.includes(format)) {
      const hint = didYouMean(format, pbxFormats);
      reading.report({
        severity: 'error',
        path: path('format'),
        message: text(
          `config/pbx/ 中没有话单格式 ${format}`,
          `there is no record format ${format} in config/pbx/`,
        ),
        ...(hint === undefined ? {} : { hint }),
      });
      return undefined;
    }
    const domain = domainOf(parts.buses.get(bus));
    const maskDigits = written['mask-digits'];
    return {
      ...{ id, kind: 'call-records', domain, weight: 'hint', bus, format },
      ...(maskDigits === undefined ? {} : { maskDigits }),
    };
  }
  if ('ping' in written) {
    if (!isHost(written.ping)) return wrongHost(path('ping'), written.ping);
    const host = written.ping;
    const everyMs = durationOr(written.every, 'ping.every');
    return { id, kind: 'ping', ...lanHint, host, label: both(`ping ${host}`), everyMs, waitMs: pingWaitMs };
  }
  if ('tcp' in written) {
    const peer = parseHostPort(written.tcp);
    if (peer === undefined) return wrongHost(path('tcp'), written.tcp);
    const everyMs = durationOr(written.every, 'tcp.every');
    const waitMs = durationOr(written.timeout, 'tcp.timeout');
    if (waitMs > everyMs) {
      return wrong(
        path(written.timeout === undefined ? 'every' : 'timeout'),
        text('timeout 不得长于 every', 'timeout must not be longer than every'),
      );
    }
    const label = both(`TCP ${peer.host}:${peer.port}`);
    return { id, kind: 'tcp', ...lanHint, ...peer, label, everyMs, waitMs };
  }
  if ('nut-client' in written) return readNutClient(written, { id, path, reading });
  if ('ups' in written || 'nut' in written || 'megatec' in written || 'ups-snmp' in written)
    return readUpsEvidence({ id, kind, written, path, reading, parts });
  return readNetworkEvidence(written, { id, path, reading, ...parts });
}

function readLineList(
  written: string | readonly string[],
  path: Path,
  reading: Reading,
  { lines }: Parts,
): 'all' | readonly string[] | undefined {
  const list = typeof written === 'string' ? [written] : written;
  const ids: string[] = [];
  let isFine = true;
  for (const [index, word] of list.entries()) {
    if (word === 'all') {
      if (list.length > 1) {
        isFine = false;
        const message = text('all 已含全部线路', 'all stands for every line already');
        reading.report({ severity: 'error', path: [...path, index], message });
      }
      continue;
    }
    const range = parseLineKey(word, roomLimits.lines);
    const named = range.ok ? range.ids : [word];
    const missing = named.filter((id) => !lines.has(id));
    ids.push(...named.filter((id) => !ids.includes(id)));
    if (missing.length === 0) continue;
    isFine = false;
    if (!reading.isWhole('lines') || !reading.isWhole('buses')) continue;
    const hint = didYouMean(missing[0] ?? '', lines.keys());
    reading.report({
      severity: 'error',
      path: typeof written === 'string' ? path : [...path, index],
      message: text(`没有线路 ${missing.join(', ')}`, `there is no line ${missing.join(', ')}`),
      ...(hint === undefined ? {} : { hint }),
    });
  }
  if (!isFine) return undefined;
  return ids.length === 0 ? 'all' : ids;
}

function readDownWhen(
  { report, isWhole }: Reading,
  id: string,
  written: WrittenSubject,
  sources: readonly Source[],
): number {
  const speaking = sources.length;
  const preset = written.kind === 'pbx' ? 2 : Math.max(1, Math.min(2, speaking));
  const asked = written['down-when'];
  if (asked === undefined) return preset;
  const path: Path = ['subjects', id, 'down-when'];
  if (written.kind === 'pbx' && asked < 2) {
    report({
      severity: 'error',
      path,
      message: text(
        '交换机至少需要两个域的判据；down-when 只能更多',
        'a PBX is down on evidence from two domains at least; down-when can only ask for more',
      ),
      hint: text('去掉 down-when。', 'Leave down-when out.'),
    });
  } else if (asked > Math.max(1, speaking) && isWhole('subjects')) {
    report({
      severity: 'error',
      path,
      message: text(
        `起作用的判据只有 ${speaking} 条，故障永远不会成立`,
        `only ${speaking} of its sources can speak: it would never be down`,
      ),
    });
  }
  return asked;
}

function tellUnknownSubjects({ report, names }: Reading, id: string, dependsOn: readonly string[]): void {
  const known = names('subjects');
  for (const [index, other] of dependsOn.entries()) {
    if (known.includes(other)) continue;
    const hint = didYouMean(
      other,
      known.filter((name) => name !== id),
    );
    report({
      severity: 'error',
      path: ['subjects', id, 'depends-on', index],
      message: text(`没有名为 ${other} 的监视对象`, `there is no subject named ${other}`),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** What depends on itself can never be known. Each circle is told once, where it stands first. */
function tellCycles({ report }: Reading, subjects: ReadonlyMap<string, Subject>): void {
  const done = new Set<string>();
  const walk = (id: string, way: readonly string[]): void => {
    const from = way.indexOf(id);
    if (from >= 0) {
      const circle = [...way.slice(from), id].join(' → ');
      const [first = id] = way.slice(from);
      report({
        severity: 'error',
        path: ['subjects', first, 'depends-on'],
        message: text(`循环依赖：${circle}`, `it depends on itself: ${circle}`),
      });
      return;
    }
    if (done.has(id)) return;
    for (const other of subjects.get(id)?.dependsOn ?? []) walk(other, [...way, id]);
    done.add(id);
  };
  for (const id of subjects.keys()) walk(id, []);
}

function tellPbx(reading: Reading, subjects: ReadonlyMap<string, Subject>, { lines }: Parts): void {
  const { report, isWhole, draft } = reading;
  const switches = [...subjects.values()].filter(({ kind }) => kind === 'pbx');
  for (const { id } of switches.slice(1)) {
    report({
      severity: 'error',
      path: ['subjects', id, 'kind'],
      message: text(
        `只能有一个 kind: pbx；已有 ${switches[0]?.id ?? ''}`,
        `a room has one PBX; ${switches[0]?.id ?? ''} is it already`,
      ),
    });
  }
  // What was refused above may be just what is missing here: then nothing is said of it.
  const written = draft.subjects?.[switches[0]?.id ?? '']?.evidence ?? [];
  const isRefused = written.length > (switches[0]?.sources.length ?? 0);
  if (!isWhole('subjects') || !isWhole('lines') || isRefused || lines.size === 0) return;
  const outlook = tripOutlook(subjects.values(), lines.values());
  const impossible = text('不能自动切换到旁路', 'automatic trip not possible');
  const pbx = switches[0]?.id ?? '';
  const domains = outlook.domains.join(', ');
  switch (outlook.why) {
    case 'yes':
      return;
    case 'no pbx':
      report({
        severity: 'warning',
        path: draft.subjects === undefined ? [] : ['subjects'],
        at: 'key',
        message: text(
          `${impossible.zh}：没有 kind: pbx 的监视对象`,
          `${impossible.en}: no subject with kind: pbx`,
        ),
      });
      return;
    case 'no relay':
      if (Object.values(draft.lines ?? {}).some(({ bypass }) => bypass !== undefined)) return;
      report({
        severity: 'warning',
        path: ['lines'],
        at: 'key',
        message: text(
          `${impossible.zh}：没有线路写了 bypass`,
          `${impossible.en}: no line has a bypass relay`,
        ),
      });
      return;
    case 'one domain':
      report({
        severity: 'warning',
        path: ['subjects', pbx, 'evidence'],
        message: text(
          `${impossible.zh}：判据须来自两个域，现只有 ${domains === '' ? '零个' : domains}`,
          `${impossible.en}: evidence of two domains is needed, there is ${domains === '' ? 'none' : `only ${domains}`}`,
        ),
        hint: text(
          '加一条别的域的判据：point（wire）、lines: all（lines）、sip-options（our-lan）。',
          'Add evidence of another domain: point (wire), lines: all (lines), sip-options (our-lan).',
        ),
      });
      return;
    case 'no proof':
      report({
        severity: 'warning',
        path: ['subjects', pbx, 'evidence'],
        message: text(
          `${impossible.zh}：${domains} 都只是旁证`,
          `${impossible.en}: ${domains} are hints only, and one proof is needed`,
        ),
        hint: text('加 lines: all 或告警接点（point）。', 'Add lines: all, or an alarm contact (point).'),
      });
      return;
  }
}
