/** The room file as a start takes it in, by the check that the build has compiled. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Room } from '../../src/model/room.ts';
import { acceptRoom } from '../../src/room/accept.ts';
import type { CompiledRoomCheck } from '../../src/room/accept.ts';
import { absent, projectFolder } from '../rig.ts';

const file = path.join(projectFolder, 'dist/checks/room-file.cjs');
if (!existsSync(file)) absent('the build (npm run build)');
const check = createRequire(import.meta.url)(file) as CompiledRoomCheck;

export const accepted = (words: string, upsModels: readonly string[]): Room | undefined =>
  acceptRoom(words, { upsModels }, check);
