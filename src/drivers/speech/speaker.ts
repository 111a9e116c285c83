/**
 * Says sentences through ALSA: recorded phrases by `aplay`, the rest by `espeak-ng` piped into it. Arguments go as arrays and text at the
 * standard input, no shell sees either. One sentence at a time; what hangs is ended.
 *
 * Mandarin is read by the voice `cmn-latn-pinyin`: `cmn` of espeak-ng 1.50 and 1.51 (Debian 12) says the number of each tone in
 * English after the syllable (espeak-ng #1028); both read Chinese characters.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Sentence, SpeechSettings, SpokenOutcome, SpokenPart } from '../../model/speech.ts';
import type { Language, Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';

const pieceMsMax = 30_000;
const saidMax = 4096;
/** espeak-ng: 100 is its own loudness, 200 the most. */
const amplitudePerPercent = 2;

/** Spoken in one breath: a file, or words that stand side by side. */
type Piece =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'words'; readonly words: string; readonly language: Language };

export interface SpeakerPrograms {
  readonly espeak: string;
  readonly aplay: string;
}
const standardPrograms: SpeakerPrograms = { espeak: 'espeak-ng', aplay: 'aplay' };

export class Speaker {
  readonly #settings: Omit<SpeechSettings, 'repeatMs' | 'severities'>;
  readonly #programs: SpeakerPrograms;
  readonly #children = new Set<ChildProcess>();
  #hushed = 0;

  constructor(
    settings: Omit<SpeechSettings, 'repeatMs' | 'severities'>,
    programs: SpeakerPrograms = standardPrograms,
  ) {
    this.#settings = settings;
    this.#programs = programs;
  }

  /** Resolves when the loudspeaker is free again. */
  async say(sentence: Sentence): Promise<SpokenOutcome> {
    const begun = this.#hushed;
    for (const language of this.#settings.languages)
      for (const piece of await this.#pieces(sentence[language], language)) {
        if (this.#hushed !== begun) return { kind: 'hushed' };
        const reason = await this.#play(piece);
        if (this.#hushed !== begun) return { kind: 'hushed' };
        if (reason !== undefined) return { kind: 'failed', reason };
      }
    return { kind: 'said' };
  }

  /** Breaks off what is being said. */
  hush(): void {
    this.#hushed++;
    for (const child of this.#children) end(child);
  }

  /** Whether the output can be opened and the voices are there, without a sound. */
  async check(): Promise<Text | undefined> {
    const quiet = await this.#run([[this.#programs.aplay, this.#output()]], silence());
    if (quiet !== undefined) return quiet;
    if (this.#settings.phrasesFolder !== undefined && !(await isThere(this.#settings.phrasesFolder)))
      return text(
        `没有录音文件夹 ${this.#settings.phrasesFolder}`,
        `there is no folder ${this.#settings.phrasesFolder}`,
      );
    for (const language of this.#settings.languages) {
      const voice = await this.#run([[this.#programs.espeak, [...this.#voice(language), '-q']]], 'x');
      if (voice !== undefined) return voice;
    }
    return undefined;
  }

  async #pieces(parts: readonly SpokenPart[], language: Language): Promise<readonly Piece[]> {
    const pieces: Piece[] = [];
    for (const { phrase, words } of parts) {
      const file = await this.#recording(phrase, language);
      const last = pieces.at(-1);
      if (file !== undefined) pieces.push({ kind: 'file', file });
      else if (last?.kind === 'words')
        pieces[pieces.length - 1] = { ...last, words: `${last.words} ${words}` };
      else pieces.push({ kind: 'words', words, language });
    }
    return pieces;
  }

  async #recording(phrase: string | undefined, language: Language): Promise<string | undefined> {
    const folder = this.#settings.phrasesFolder;
    if (folder === undefined || phrase === undefined || !/^[a-z0-9.-]{1,64}$/.test(phrase)) return undefined;
    const file = path.join(folder, language, `${phrase}.wav`);
    return (await isThere(file)) ? file : undefined;
  }

  #play(piece: Piece): Promise<Text | undefined> {
    const { espeak, aplay } = this.#programs;
    return piece.kind === 'file'
      ? this.#run([[aplay, [...this.#output(), '--', piece.file]]], '')
      : this.#run(
          [
            [espeak, [...this.#voice(piece.language), '--stdout']],
            [aplay, this.#output()],
          ],
          piece.words,
        );
  }

  #output(): readonly string[] {
    return ['-q', '-D', this.#settings.device];
  }

  #voice(language: Language): readonly string[] {
    const { voices, volumePercent } = this.#settings;
    const amplitude = Math.round(volumePercent * amplitudePerPercent);
    // Text in UTF-8 whatever the locale is.
    return ['-b', '1', '-v', voices[language], '-a', String(amplitude), '--stdin'];
  }

  /**
   * Programs side by side, each fed by the one before; the first by `input`. What the one that failed first says: the others
   * are ended with it.
   */
  async #run(
    commands: readonly (readonly [program: string, args: readonly string[]])[],
    input: string | Buffer,
  ): Promise<Text | undefined> {
    const children: ChildProcess[] = [];
    let reason: Text | undefined;
    const ends = commands.map(async ([program, args]) => {
      const child = spawn(program, [...args], {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', LC_ALL: 'C' },
      });
      // A program that ends before it has read everything tells so by its exit code.
      child.stdin.on('error', () => undefined);
      const before = children.at(-1);
      if (before === undefined) child.stdin.end(input);
      else before.stdout?.on('error', () => undefined).pipe(child.stdin);
      children.push(child);
      this.#children.add(child);
      const failure = await this.#ended(child, program);
      this.#children.delete(child);
      if (failure === undefined) return;
      reason ??= failure;
      for (const other of children) end(other);
    });
    children.at(-1)?.stdout?.resume();
    await Promise.all(ends);
    return reason;
  }

  #ended(child: ChildProcess, program: string): Promise<Text | undefined> {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      if (said.length < saidMax) said += chunk.toString();
    });
    return new Promise((resolve) => {
      const overdue = setTimeout(() => {
        end(child);
      }, pieceMsMax);
      child.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(overdue);
        resolve(notStarted(program, error));
      });
      child.on('close', (code) => {
        clearTimeout(overdue);
        resolve(code === 0 ? undefined : failed(program, said, this.#settings.device));
      });
    });
  }
}

/** Its pipes go with it: a program that it started may hold them open, and `close` would never come. */
function end(child: ChildProcess): void {
  child.kill('SIGKILL');
  for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe?.destroy();
}

function notStarted(program: string, error: NodeJS.ErrnoException): Text {
  const name = path.basename(program);
  const debian = name === 'aplay' ? 'alsa-utils' : 'espeak-ng';
  return error.code === 'ENOENT'
    ? text(`未安装 ${name}（apt install ${debian}）`, `${name} is not installed (apt install ${debian})`)
    : text(`无法运行 ${name}：${error.message}`, `cannot run ${name}: ${error.message}`);
}

function failed(program: string, said: string, device: string): Text {
  const name = path.basename(program);
  // ALSA's own library writes lines of its insides before the sentence of the program.
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const line = (lines.find((one) => one.includes(`${name}: `)) ?? lines.at(-1) ?? '').trim().slice(0, 160);
  return name === 'aplay'
    ? text(`声音设备 ${device} 不能播放：${line}`, `the sound device ${device} does not play: ${line}`)
    : text(`${name} 失败：${line}`, `${name} fails: ${line}`);
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** A tenth of a second of nothing, as WAV: 22,050 samples a second, 16 bits, one channel. */
function silence(): Buffer {
  const rate = 22_050;
  const bytes = Math.round(rate / 10) * 2;
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + bytes, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(bytes, 40);
  return Buffer.concat([head, Buffer.alloc(bytes)]);
}
