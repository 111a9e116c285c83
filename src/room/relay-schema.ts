/** The keys of `bypass` that look after the changeover relays. */
import { Type } from '@sinclair/typebox';
import { about, duration } from './schema-words.ts';

export const relayCareKeys = {
  'relay-slow': Type.Optional(
    duration(
      'bypass.relay-slow',
      about(
        '继电器吸合或释放用时达到此值即提示更换；比最初慢一半也提示',
        'a relay that takes this long to operate or to release is told as worn; so is one half as slow again as at first',
      ),
    ),
  ),
};
