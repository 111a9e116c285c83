/**
 * Events on their way to the centre. Each is on disk before it is offered to the broker, keeps its id and its sequence
 * number for ever, and stays for a while after the broker has taken it, so that the centre can ask again for what it
 * missed. Inserts and acknowledgements of about 10 ms share one fdatasync.
 *
 * Bounded: at the limit the oldest unsent events go, counted, with `mqtt.outbox-full` standing. Nothing here throws out.
 */
import type { EventId } from '../../model/ids.ts';
import type { Text } from '../../model/text.ts';
import type { ReportCondition } from '../report.ts';
import type { OutboxDatabase } from './outbox-file.ts';
import { text } from '../../model/text.ts';
import { openOutboxFile } from './outbox-file.ts';

export interface OutboxLimits {
  readonly pendingRowsMax: number;
  readonly pendingBytesMax: number;
  readonly keptRowsMax: number;
  readonly keptMs: number;
  /** Events that wait in memory for the next commit. */
  readonly uncommittedMax: number;
}
export const outboxLimits: OutboxLimits = {
  pendingRowsMax: 100_000,
  pendingBytesMax: 64 * 1024 * 1024,
  keptRowsMax: 100_000,
  keptMs: 24 * 3_600_000,
  uncommittedMax: 10_000,
};

export interface OutboxSettings {
  readonly folder: string;
  readonly limits: OutboxLimits;
  readonly now: () => number;
  readonly report: ReportCondition;
  /** These are on disk now. */
  readonly kept: (ids: readonly EventId[]) => void;
  /** Where it is kept; absent: a file in `folder`. */
  readonly open?: typeof openOutboxFile;
}

/** `body` is the JSON object of the event without its `seq` and `series`. */
export interface OutboxEvent {
  readonly id: EventId;
  readonly kind: string;
  readonly body: string;
}
export interface OutboxRow extends OutboxEvent {
  readonly seq: number;
  readonly replayed: number;
}
export interface OutboxSpan {
  readonly series: string;
  readonly oldest: number;
  readonly newest: number;
  readonly pending: number;
  readonly dropped: number;
}

const commitMs = 10;
/** An acknowledgement that is not yet on disk costs a double at worst. */
const ackCommitMs = 200;
const retryMs = 1000;
const batchRows = 256;
/** Acknowledged rows are thinned out after this many commits. */
const thinEvery = 500;

export interface Outbox {
  readonly series: string;
  offer(event: OutboxEvent): void;
  /** Unsent rows behind `seq`, lowest first. */
  pendingAfter(seq: number, limit: number): readonly OutboxRow[];
  acked(seq: number): void;
  /** Makes kept rows of this span unsent again; tells how many, and where to go on when there were more. */
  again(from: number, to: number, limit: number): { readonly count: number; readonly next: number | null };
  /** Makes these rows unsent again: the broker may have lost them after it acknowledged. */
  doubt(seqs: readonly number[]): void;
  span(): OutboxSpan;
  /** When the oldest event happened that the centre has not taken. */
  oldestPendingAt(): number | undefined;
  /** Retained topics that we have filled, so that a later run can empty them. */
  retainedTopics(): readonly string[];
  rememberRetained(topic: string): void;
  forgetRetained(topic: string): void;
  /** Commits what waits. */
  flush(): void;
  close(): void;
}

export function openOutbox(settings: OutboxSettings): Outbox {
  return new DiskOutbox(settings);
}

const statementsOf = (database: OutboxDatabase) => ({
  // Not `INSERT OR IGNORE`: what it ignores takes a number all the same, and the centre would miss an event that never was.
  insert: database.prepare<[{ id: string; kind: string; body: string; bytes: number }]>(
    'INSERT INTO events (id, kind, body, bytes) SELECT @id, @kind, @body, @bytes WHERE NOT EXISTS (SELECT 1 FROM events WHERE id = @id)',
  ),
  ack: database.prepare<[number, number], { bytes: number }>(
    'UPDATE events SET acked_at = ? WHERE seq = ? AND acked_at IS NULL RETURNING bytes',
  ),
  pending: database.prepare<[number, number], OutboxRow>(
    'SELECT seq, id, kind, body, replayed FROM events WHERE acked_at IS NULL AND seq > ? ORDER BY seq LIMIT ?',
  ),
  load: database.prepare<[], { count: number; bytes: number }>(
    'SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM events WHERE acked_at IS NULL',
  ),
  oldestPending: database.prepare<[], { seq: number; bytes: number }>(
    'SELECT seq, bytes FROM events WHERE acked_at IS NULL ORDER BY seq LIMIT 1',
  ),
  oldestPendingAt: database
    .prepare<[], number | null>(
      "SELECT json_extract(body, '$.at') FROM events WHERE acked_at IS NULL ORDER BY seq LIMIT 1",
    )
    .pluck(),
  remove: database.prepare<[number]>('DELETE FROM events WHERE seq = ?'),
  thinOld: database.prepare<[number]>('DELETE FROM events WHERE acked_at < ?'),
  thinMany: database.prepare<[number]>(
    'DELETE FROM events WHERE acked_at IS NOT NULL AND seq <= (SELECT seq FROM events WHERE acked_at IS NOT NULL ORDER BY seq DESC LIMIT 1 OFFSET ?)',
  ),
  again: database.prepare<[number, number, number], { seq: number; bytes: number }>(
    'UPDATE events SET acked_at = NULL, replayed = 1 WHERE seq IN (SELECT seq FROM events WHERE seq BETWEEN ? AND ? AND acked_at IS NOT NULL ORDER BY seq LIMIT ?) RETURNING seq, bytes',
  ),
  oldest: database.prepare<[], number | null>('SELECT min(seq) FROM events').pluck(),
  newest: database
    .prepare<[], number>("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0)")
    .pluck(),
  fact: database.prepare<[string], string>('SELECT value FROM facts WHERE name = ?').pluck(),
  setFact: database.prepare<[string, string]>('INSERT OR REPLACE INTO facts VALUES (?, ?)'),
  topics: database.prepare<[], string>('SELECT topic FROM retained ORDER BY topic').pluck(),
  addTopic: database.prepare<[string]>('INSERT OR IGNORE INTO retained VALUES (?)'),
  removeTopic: database.prepare<[string]>('DELETE FROM retained WHERE topic = ?'),
});

class DiskOutbox implements Outbox {
  readonly #settings: OutboxSettings;
  readonly #open: typeof openOutboxFile;
  #database: OutboxDatabase;
  #sql: ReturnType<typeof statementsOf>;
  #series: string;
  #trouble: Text | undefined;
  #events: OutboxEvent[] = [];
  #acks: number[] = [];
  #topics = new Map<string, boolean>();
  #pendingRows = 0;
  #pendingBytes = 0;
  #dropped = 0;
  #commits = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerMs = 0;
  #isFull = false;
  #isClosed = false;

  constructor(settings: OutboxSettings) {
    this.#settings = settings;
    this.#open = settings.open ?? openOutboxFile;
    const opened = this.#open(settings.folder, settings.now());
    this.#database = opened.database;
    this.#series = opened.series;
    this.#sql = statementsOf(opened.database);
    this.#trouble = opened.trouble;
    this.#measure();
    this.#tellBroken();
  }

  get series(): string {
    return this.#series;
  }

  offer(event: OutboxEvent): void {
    if (this.#events.length >= this.#settings.limits.uncommittedMax) {
      this.#events.shift();
      this.#dropped++;
      this.#tellFull();
    }
    this.#events.push(event);
    if (this.#events.length >= batchRows) this.flush();
    else this.#flushWithin(commitMs);
  }

  pendingAfter(seq: number, limit: number): readonly OutboxRow[] {
    return this.#read(() => this.#sql.pending.all(seq, limit), []);
  }

  acked(seq: number): void {
    this.#acks.push(seq);
    this.#flushWithin(ackCommitMs);
  }

  again(from: number, to: number, limit: number): { readonly count: number; readonly next: number | null } {
    this.flush();
    const rows = this.#read(() => this.#sql.again.all(from, to, limit), []);
    this.#unsent(rows);
    const last = rows.reduce((seq, row) => Math.max(seq, row.seq), 0);
    return { count: rows.length, next: rows.length === limit && last < to ? last + 1 : null };
  }

  doubt(seqs: readonly number[]): void {
    this.flush();
    this.#read(
      () =>
        this.#database.transaction(() => {
          for (const seq of seqs) this.#unsent(this.#sql.again.all(seq, seq, 1));
        })(),
      undefined,
    );
  }

  span(): OutboxSpan {
    return this.#read(
      () => ({
        series: this.#series,
        oldest: this.#sql.oldest.get() ?? 0,
        newest: this.#sql.newest.get() ?? 0,
        pending: this.#pendingRows + this.#events.length,
        dropped: this.#dropped,
      }),
      { series: this.#series, oldest: 0, newest: 0, pending: this.#events.length, dropped: this.#dropped },
    );
  }

  oldestPendingAt(): number | undefined {
    const at = this.#read(() => this.#sql.oldestPendingAt.get(), undefined);
    return typeof at === 'number' ? at : undefined;
  }

  retainedTopics(): readonly string[] {
    this.flush();
    return this.#read(() => this.#sql.topics.all(), []);
  }
  rememberRetained(topic: string): void {
    this.#topics.set(topic, true);
    this.#flushWithin(ackCommitMs);
  }
  forgetRetained(topic: string): void {
    this.#topics.set(topic, false);
    this.#flushWithin(ackCommitMs);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isClosed) return;
    const [events, acks, topics] = [this.#events, this.#acks, this.#topics];
    if (events.length === 0 && acks.length === 0 && topics.size === 0) return;
    try {
      this.#commit(events, acks, topics);
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.#events = [];
    this.#acks = [];
    this.#topics = new Map();
    this.#tellBroken();
    this.#tellFull();
    if (events.length > 0) this.#settings.kept(events.map((event) => event.id));
  }

  close(): void {
    this.flush();
    clearTimeout(this.#timer);
    this.#isClosed = true;
    this.#database.close();
  }

  #commit(
    events: readonly OutboxEvent[],
    acks: readonly number[],
    topics: ReadonlyMap<string, boolean>,
  ): void {
    const { limits, now } = this.#settings;
    const sql = this.#sql;
    let [rows, bytes, dropped] = [this.#pendingRows, this.#pendingBytes, this.#dropped];
    this.#database.transaction(() => {
      for (const { id, kind, body } of events) {
        const size = Buffer.byteLength(body);
        if (sql.insert.run({ id, kind, body, bytes: size }).changes === 0) continue;
        rows++;
        bytes += size;
      }
      const at = now();
      for (const seq of acks) {
        const row = sql.ack.get(at, seq);
        if (row === undefined) continue;
        rows--;
        bytes -= row.bytes;
      }
      for (const [topic, isFilled] of topics) (isFilled ? sql.addTopic : sql.removeTopic).run(topic);
      while (rows > limits.pendingRowsMax || bytes > limits.pendingBytesMax) {
        const oldest = sql.oldestPending.get();
        if (oldest === undefined) break;
        sql.remove.run(oldest.seq);
        rows--;
        bytes -= oldest.bytes;
        dropped++;
      }
      if (dropped !== this.#dropped) sql.setFact.run('dropped', String(dropped));
      if (this.#commits++ % thinEvery === 0) {
        sql.thinOld.run(at - limits.keptMs);
        sql.thinMany.run(limits.keptRowsMax);
      }
    })();
    if (dropped !== this.#dropped) this.#isFull = true;
    [this.#pendingRows, this.#pendingBytes, this.#dropped] = [rows, bytes, dropped];
  }

  /** The disk is full or failing: what waits stays in memory and is tried again; a damaged file is replaced. */
  #failed(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reason = error instanceof Error ? error.message : String(error);
    this.#settings.report(
      'mqtt.outbox-broken',
      true,
      text(`待发事件无法写入磁盘：${reason}`, `events cannot be written to the disk: ${reason}`),
    );
    if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
      this.#database.close();
      const opened = this.#open(this.#settings.folder, this.#settings.now());
      this.#database = opened.database;
      this.#series = opened.series;
      this.#trouble = opened.trouble;
      this.#sql = statementsOf(opened.database);
      this.#acks = [];
      this.#measure();
    }
    this.#flushWithin(retryMs);
  }

  #unsent(rows: readonly { readonly bytes: number }[]): void {
    this.#pendingRows += rows.length;
    for (const row of rows) this.#pendingBytes += row.bytes;
  }

  #measure(): void {
    const load = this.#sql.load.get();
    this.#pendingRows = load?.count ?? 0;
    this.#pendingBytes = load?.bytes ?? 0;
    this.#dropped = Number(this.#sql.fact.get('dropped') ?? 0);
  }

  #tellBroken(): void {
    const whole = text('待发事件库正常', 'the event store is sound');
    this.#settings.report('mqtt.outbox-broken', this.#trouble !== undefined, this.#trouble ?? whole);
  }

  #tellFull(): void {
    const { pendingRowsMax, pendingBytesMax, uncommittedMax } = this.#settings.limits;
    const filled = Math.max(
      this.#pendingRows / pendingRowsMax,
      this.#pendingBytes / pendingBytesMax,
      this.#events.length / uncommittedMax,
    );
    if (filled >= 1) this.#isFull = true;
    else if (filled < 0.9) this.#isFull = false;
    this.#settings.report(
      'mqtt.outbox-full',
      this.#isFull,
      text(
        '待发事件已满，最早的事件正在被舍弃',
        'no more events can be held for the centre; the oldest are being dropped',
      ),
    );
  }

  #read<T>(work: () => T, otherwise: T): T {
    if (this.#isClosed) return otherwise;
    try {
      return work();
    } catch (error) {
      this.#failed(error);
      return otherwise;
    }
  }

  #flushWithin(ms: number): void {
    if (this.#isClosed || (this.#timer !== undefined && this.#timerMs <= ms)) return;
    clearTimeout(this.#timer);
    this.#timerMs = ms;
    this.#timer = setTimeout(() => {
      this.flush();
    }, ms);
  }
}
