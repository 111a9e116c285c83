/**
 * The quick way from a room file to its room, for a start that must not keep the lines waiting: the check of the shape was compiled
 * by the build. It says nothing about a file that it does not accept; load.ts tells what is wrong with it.
 */
import type { Room } from '../model/room.ts';
import type { Text } from '../model/text.ts';
import { keepsLimit } from './limits.ts';
import { readPage } from './page.ts';
import { readRoom, soundShape } from './read-room.ts';
import type { LoadOptions } from './read-room.ts';
import type { Draft } from './schema.ts';

/** What the compiled check asks back while it runs. */
export interface ShapeContext {
  readonly keepsLimit: typeof keepsLimit;
}
export type CompiledRoomCheck = (this: ShapeContext, value: unknown) => boolean;

/** The room, or `undefined` where anything at all stands against it. */
export function acceptRoom(
  content: string,
  options: LoadOptions,
  check: CompiledRoomCheck,
): Room | undefined {
  const page = readPage(content);
  const { value } = page;
  if (page.isBroken || page.problems.some(({ severity }) => severity === 'error')) return undefined;
  const isRoomFile = (written: unknown): written is Draft => check.call({ keepsLimit }, written);
  if (!isRoomFile(value)) return undefined;
  const errors: Text[] = [];
  const room = readRoom(
    page,
    soundShape(value),
    ({ severity, message }) => {
      if (severity === 'error') errors.push(message);
    },
    options,
  );
  return errors.length === 0 ? room : undefined;
}
