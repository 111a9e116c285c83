/** A small room on the Pi's pins through the character device. */
import { testPinsRoom } from './gpio-room.ts';

testPinsRoom('chardev', import.meta.url);
