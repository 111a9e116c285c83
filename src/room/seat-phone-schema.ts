/** The telephone of a seat as evidence: what its one key takes. */
import { text } from '../model/text.ts';
import { about, matching, strict } from './schema-words.ts';
import * as short from './short-forms.ts';

export const seatPhoneEvidence = strict(
  {
    'seat-phone': matching(
      short.namePattern,
      text('线路名，如 L03', 'a line such as L03'),
      about('旁路时这条线路接到的座席话机', 'the phone that this line reaches in bypass'),
    ),
  },
  about(
    '座席话机（lines 域，实证）：只在旁路时看得到',
    'a seat phone (domain lines, proof): seen only in bypass',
  ),
  'seat-phone',
);
