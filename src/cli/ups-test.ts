/** `linekeeper ups test`: orders a battery test of a UPS from the running room, or ends it. */
import { askRoom, readAsked } from './ask-room.ts';
import { orderRoom, socketToOrder } from './order-room.ts';

const usage = `usage: linekeeper ups test SUBJECT [deep|stop] [--by NAME] [--json] [--data FOLDER] [--language zh|en]

Begins a quick battery test of a UPS of the running room, or a deep one (half an hour, or half the charge), or ends it. It is refused in a power cut and a day after, with a battery
that is not full, and while lines are in bypass; what came of it is an event, and a failed test an alarm. The order goes over the local socket of the room (docs/cli.md).
Exit codes: 0 begun, 1 refused, 2 wrong usage, 3 no room answers.
`;

export async function upsTest(args: readonly string[]): Promise<number> {
  const asked = readAsked('ups test', usage, args, true);
  if (typeof asked === 'number') return asked;
  const [subject, word, ...more] = asked.words;
  if (
    subject === undefined ||
    (word !== undefined && word !== 'stop' && word !== 'deep') ||
    more.length > 0
  ) {
    process.stderr.write(
      `linekeeper ups test: ${subject === undefined ? 'which UPS?' : 'what is that?'}\n${usage}`,
    );
    return 2;
  }
  if (asked.url !== undefined) {
    process.stderr.write(`linekeeper ups test: orders go over the local socket, not to --url\n${usage}`);
    return 2;
  }
  const socket = await socketToOrder('ups test', asked);
  if (typeof socket === 'number') return socket;
  const room = await askRoom('ups test', asked, socket);
  if (typeof room === 'number') return room;
  return orderRoom('ups test', socket, { ...asked, language: asked.language ?? room.language }, [
    { do: 'ups-test', subject, ...(word === undefined ? {} : { [word]: true }) },
  ]);
}
