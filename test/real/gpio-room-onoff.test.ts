/** A small room on the Pi's pins through sysfs and the package onoff. */
import { testPinsRoom } from './gpio-room.ts';

testPinsRoom('onoff', import.meta.url);
