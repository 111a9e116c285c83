/**
 * Numbers of the blank forms, in `forms.json`: written to the disk before a form is printed or shown, so that no number is ever used
 * twice. An order that comes again gets the numbers that it had.
 */
import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { Ajv } from 'ajv';

/** Batches that can be shown again; older ones only count. */
const batchesMax = 500;

const schema = Type.Object({
  next: Type.Integer({ minimum: 1 }),
  batches: Type.Array(
    Type.Object({
      order: Type.String(),
      from: Type.Integer({ minimum: 1 }),
      count: Type.Integer({ minimum: 1 }),
      day: Type.String({ pattern: '^\\d{8}$' }),
    }),
  ),
});
type Content = Static<typeof schema>;
export type FormBatch = Content['batches'][number];
const isContent = new Ajv().compile<Content>(schema);

export class FormNumbers {
  readonly #file: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#file = path.join(folder, 'forms.json');
  }

  /** `day`: YYYYMMDD. Throws when the file cannot be read or written: better no form than a number twice. */
  take(order: string, count: number, day: string): Promise<FormBatch> {
    const taken = this.#last.then(() => this.#take(order, count, day));
    this.#last = taken.catch(() => undefined);
    return taken;
  }

  async batches(): Promise<readonly FormBatch[]> {
    return (await this.#read()).batches;
  }

  async #take(order: string, count: number, day: string): Promise<FormBatch> {
    const { next, batches } = await this.#read();
    const before = batches.find((batch) => batch.order === order);
    if (before !== undefined) return before;
    const batch = { order, from: next, count, day };
    await this.#write({ next: next + count, batches: [...batches, batch].slice(-batchesMax) });
    return batch;
  }

  async #read(): Promise<Content> {
    let words: string;
    try {
      words = await readFile(this.#file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
        return { next: 1, batches: [] };
      throw error;
    }
    const content: unknown = JSON.parse(words);
    if (!isContent(content)) throw new Error(`${this.#file} is damaged`);
    return content;
  }

  async #write(content: Content): Promise<void> {
    const handle = await open(`${this.#file}.new`, 'w', 0o600);
    try {
      await handle.writeFile(JSON.stringify(content));
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(`${this.#file}.new`, this.#file);
  }
}
