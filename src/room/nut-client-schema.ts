/** Evidence `nut-client` as it is written. */
import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { text } from '../model/text.ts';
import { about, duration, matching, strict } from './schema-words.ts';
import * as short from './short-forms.ts';

export const nutClientSchema = strict(
  {
    'nut-client': matching(
      short.nutPattern,
      text('"名称@主机[:3493]"', '"name@host[:3493]"'),
      about('upsd 中的 UPS', 'UPS of an upsd'),
    ),
    from: matching(
      short.addressPattern,
      text('地址，如 10.0.0.11', 'an address such as 10.0.0.11'),
      about('服务器的地址（upsd 所见）', 'address of the server, as upsd sees it'),
    ),
    tls: Type.Optional(
      Type.Boolean({
        default: false,
        ...about('加密；upsd 无证书则不连接', 'encrypted; an upsd without a certificate is refused'),
      }),
    ),
    'ca-file': Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 300,
        ...about('upsd 的证书或其根证书', 'certificate of upsd, or of its own authority'),
      }),
    ),
    every: Type.Optional(duration('nut-client.every', about('周期', 'period'))),
  },
  about(
    '服务器的 upsmon 已登录 UPS 的 upsd（our-lan 域，旁证）',
    'the upsmon of a server is logged into the upsd of its UPS (domain our-lan, hint)',
  ),
  'nut-client',
);

export type WrittenNutClient = Static<typeof nutClientSchema>;
