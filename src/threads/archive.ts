/**
 * Worker entry of the archive. `workerData` is an `ArchiveStart`. The ports to the recorder and to the front come as messages
 * (`recorder-port`, `front-port`), because either end may be started anew. Ends by itself after `closed`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type {
  ArchiveAnswer,
  ArchiveQuestion,
  ArchiveStart,
  ArchiveToRecorder,
  FromArchive,
  PortEnd,
  RecorderToArchive,
  ToArchive,
} from '../model/messages.ts';
import { alarmReport } from '../core/alarm-report/report.ts';
import { matchRecords } from '../core/records/match.ts';
import { DatabaseWatch } from '../archive/database-watch.ts';
import { JournalFiles } from '../archive/journal-files.ts';
import { LateArchive } from '../archive/late-archive.ts';
import { systemClock } from '../drivers/clock/system.ts';
import { text } from '../model/text.ts';

const beatMs = 1000;
/** A record is given to its call within a minute or two: there is no hurry. */
const matchEveryBeats = 10;
const lookEveryBeats = 60;

if (parentPort === null) throw new Error('the archive runs as a worker thread');
const port = parentPort;
const start = workerData as ArchiveStart;
const send = (message: FromArchive): void => {
  port.postMessage(message);
};
const log = (message: string): void => {
  console.error(`archive: ${message}`);
};
const archive = new LateArchive({
  start,
  clock: systemClock,
  send,
  log,
  match: matchRecords,
  reportOf: alarmReport,
});
const journal = new JournalFiles(start.dataFolder);
const watch = new DatabaseWatch({
  dataFolder: start.dataFolder,
  send,
  mono: () => performance.now(),
});
let journalFailure: string | undefined;

let recorder: PortEnd<RecorderToArchive, ArchiveToRecorder> | undefined;
let front: PortEnd<ArchiveQuestion, ArchiveAnswer> | undefined;

let beats = 0;
const beat = setInterval(() => {
  archive.keepWaiting();
  if (++beats % matchEveryBeats === 0) archive.matchRecords();
  if (beats % lookEveryBeats === 0) watch.look();
  send({ kind: 'beat', memoryMB: Math.round(process.memoryUsage().heapUsed / 1_048_576) });
}, beatMs);

port.on('message', (message: ToArchive) => {
  switch (message.kind) {
    case 'call':
    case 'alarm':
    case 'notice':
    case 'record-line':
      archive.keep(message);
      return;
    case 'journal':
      tellJournal(journal.append(message.file, message.text));
      return;
    case 'recorder-port':
      recorder?.close();
      recorder = message.port;
      recorder.on('message', ({ recording }) => {
        if (archive.store(recording)) recorder?.postMessage({ kind: 'stored', id: recording.id });
      });
      return;
    case 'front-port':
      front?.close();
      front = message.port;
      front.on('message', (question) => {
        front?.postMessage(archive.answer(question));
      });
      return;
    case 'close':
      clearInterval(beat);
      recorder?.close();
      front?.close();
      archive.close();
      send({ kind: 'closed' });
      port.close();
      return;
    default:
      message satisfies never;
  }
});

function tellJournal(failure: string | undefined): void {
  if (failure === journalFailure) return;
  journalFailure = failure;
  const detail = text(
    `决策日志无法写入：${failure ?? ''}`,
    `the journal cannot be written: ${failure ?? ''}`,
  );
  send({
    kind: 'condition',
    type: 'disk.not-writable',
    qualifier: 'journal',
    active: failure !== undefined,
    detail,
  });
}

send({ kind: 'ready' });
