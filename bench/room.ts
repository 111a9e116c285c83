/** A room for benchmarks: virtual cards in processes of their own over TCP, the program from `dist` by its public command. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Program } from '../test/room/program.ts';
import { control, linekeeper } from '../test/room/program.ts';

export interface BenchRoom {
  readonly folder: string;
  readonly dataFolder: string;
  readonly file: string;
  readonly cards: readonly { readonly program: Program; readonly control: number }[];
}

const perCard = 8;

/** Room file and cards for `lines` lines. `more` is put behind the room file; `buses` into its `buses:`. */
export async function benchRoom(
  lines: number,
  { buses = '', points = '', more = '' } = {},
): Promise<BenchRoom> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-bench-'));
  const dataFolder = path.join(folder, 'data');
  const cardCount = Math.ceil(lines / perCard);
  const cards: { program: Program; control: number; port: number }[] = [];
  for (let card = 0; card < cardCount; card++) {
    const program = linekeeper([
      'sim',
      'card',
      '--tcp',
      '0',
      '--control',
      '0',
      '--seed',
      String(card),
      '--serial-number',
      `BENCH-${card}`,
    ]);
    const [, port = '', controlPort = ''] = await program.says(
      /tcp:\/\/127\.0\.0\.1:(\d+) control 127\.0\.0\.1:(\d+)/,
    );
    cards.push({ program, port: Number(port), control: Number(controlPort) });
  }
  const name = (line: number): string => `L${String(line).padStart(2, '0')}`;
  const file = path.join(folder, 'room.yaml');
  writeFileSync(
    file,
    `room: { id: bench, name: { zh: 测量, en: Bench }, timezone: UTC, language: en }
buses:
${cards.map(({ port }, card) => `  card-${card}: { line-card: "tcp://127.0.0.1:${port}" }`).join('\n')}
${buses}
${points === '' ? '' : `points:\n${points}`}
lines:
${cards.map((_, card) => `  ${name(card * perCard + 1)}-${name(Math.min(lines, (card + 1) * perCard))}: { channel: card-${card}/1..${Math.min(perCard, lines - card * perCard)}, trunk: "{n}", phone: "80{nn}" }`).join('\n')}
data: ${dataFolder}
http: { port: 18800 }
${more}`,
  );
  return { folder, dataFolder, file, cards };
}

/** Puts a long call with speech on every line. */
export async function talkOnAll(room: BenchRoom, lines: number, seconds: number): Promise<void> {
  for (let line = 0; line < lines; line++) {
    const card = room.cards[Math.floor(line / perCard)];
    if (card !== undefined)
      await control(card.control, `call in ${(line % perCard) + 1} answer 1 talk ${seconds} patience 60`);
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
