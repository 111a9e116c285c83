/** The keys of a line that say what is done when its seat, its trunk or its relay fails. */
import { Type } from '@sinclair/typebox';
import { text } from '../model/text.ts';
import { about, matching, one } from './schema-words.ts';
import * as short from './short-forms.ts';

export const standbyKeys = {
  'alternate-phone': Type.Optional(
    matching(
      short.terminalPattern,
      text('接线端，如 card-b/relay2', 'a terminal such as card-b/relay2'),
      about(
        '备用话机的继电器：吸合时外线改接备用话机，释放为原话机',
        'relay to another phone, for a desk that fails: energised the trunk reaches that phone in bypass, released the usual one',
      ),
    ),
  ),
  'alternate-when': Type.Optional(
    one(
      ['order', 'fault'],
      about(
        '何时改接备用话机：order 由人下达；fault 本话机无环路电流或久响无人接时也自动改接，由人接回',
        'when the alternate phone is taken: order by a person; fault also by itself when the usual phone draws no current or rings in vain; a person takes it back',
      ),
      'order',
    ),
  ),
  'divert-to': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 32,
      ...about(
        '外线或话机失效而无备用继电器时，请局方转移到此号码；不写则取 kind: standby 的线',
        'where trunk or phone fails and no relay helps: the number to which the exchange is asked to divert; without it the line of kind standby',
      ),
    }),
  ),
};
