/**
 * linekeeper as a target: a contact of a card on TCP opens, which is a critical alarm, and the horn is told to sound; the silence button
 * is pressed, and the horn is told to stop. Both carry the whole decision: watch, bypass, alarms, annunciator, journal, check.
 */
import type { Load, Target } from './reaction.ts';
import { answerLimitMs } from './reaction.ts';
import { ContactCard, contactsPerCard } from './contact-card.ts';
import { Program, linekeeper } from '../test/room/program.ts';
import { benchRoom, sleep, talkOnAll } from './room.ts';

const recordedLines = 32;
const idleLines = 8;
const cardCount = 8;
/** An alarm is over when its contact was closed for 1 s (`point.active`), and only then begins to sound anew. */
const restMs = 1200;
const pressMs = 2;

export async function linekeeperTarget(load: Load, flags: readonly string[]): Promise<Target> {
  let heard: ((level: boolean, at: number) => void) | undefined;
  const silence = 1;
  const acknowledge = 2;
  const cards = Array.from(
    { length: cardCount },
    (_, card) =>
      new ContactCard(
        `BENCH-IO-${card}`,
        // The first card has the buttons, which rest open.
        Array.from({ length: contactsPerCard }, (_, index) => card > 0 || index >= acknowledge),
        (level, at) => heard?.(level, at),
      ),
  );
  const ports = await Promise.all(cards.map((card) => card.listen()));
  const contacts = cards.flatMap((card, c) =>
    Array.from({ length: contactsPerCard }, (_, index) => ({ card, c, contact: index + 1, closedAt: 0 })),
  );
  const faults = contacts.filter(({ c, contact }) => c > 0 || contact > acknowledge);
  const isRecording = load !== 'idle';
  const room = await benchRoom(isRecording ? recordedLines : idleLines, {
    buses: ports.map((port, card) => `  io-${card}: { line-card: "tcp://127.0.0.1:${port}" }`).join('\n'),
    points: [
      '  horn: { output: io-0/out1, role: horn }',
      `  silence: { input: io-0/in${silence}, role: silence-button, contact: normally-open, debounce: 0ms }`,
      `  ack: { input: io-0/in${acknowledge}, role: acknowledge-button, contact: normally-open, debounce: 0ms }`,
      ...faults.map(
        ({ c, contact }) =>
          `  fault-${c}-${contact}: { input: io-${c}/in${contact}, contact: normally-closed, severity: critical, debounce: 0ms }`,
      ),
      '',
    ].join('\n'),
  });
  const program = linekeeper(['run', '--room', room.file], {}, flags);
  await program.says(/guard active/);
  if (isRecording) await talkOnAll(room, recordedLines, 3600);
  // The port moves on where it is taken.
  const [, page = ''] = await program.says(/page: (http:\/\/[\d.:]+)/);
  const [buttons] = cards;
  if (buttons === undefined) throw new Error('no card');

  const until = (level: boolean, act: () => number): Promise<number> =>
    new Promise((resolve) => {
      const limit = setTimeout(() => {
        heard = undefined;
        resolve(NaN);
      }, answerLimitMs);
      let begun = 0;
      heard = (told, at) => {
        if (told !== level) return;
        clearTimeout(limit);
        heard = undefined;
        resolve(at - begun);
      };
      begun = act();
    });
  const press = async (button: number): Promise<void> => {
    buttons.move(button, true);
    await sleep(pressMs);
    buttons.move(button, false);
  };

  let next = 0;
  return {
    pid: program.pid,
    archive: { dataFolder: room.dataFolder, page },
    async pair(pauseMs) {
      const fault = faults[next++ % faults.length];
      if (fault === undefined) throw new Error('no contact');
      const waitMs = fault.closedAt + restMs - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      const on = await until(true, () => fault.card.move(fault.contact, false));
      await sleep(pauseMs());
      const off = await until(false, () => buttons.move(silence, true));
      await sleep(pauseMs());
      buttons.move(silence, false);
      fault.card.move(fault.contact, true);
      fault.closedAt = performance.now();
      await press(acknowledge);
      await sleep(pauseMs());
      return [on, off];
    },
    async close() {
      program.kill('SIGUSR2');
      await program.ended;
      await Program.endAll();
      for (const card of cards) card.close();
    },
  };
}
