/** The section `socket` as it is written: who of this machine may give orders to the room, beside its own user and root. */
import { Type } from '@sinclair/typebox';
import { text } from '../model/text.ts';
import { about, matching, strict } from './schema-words.ts';

export const socketSchema = strict(
  {
    group: Type.Optional(
      matching(
        '^([a-z_][a-z0-9_-]{0,31}|[0-9]{1,9})$',
        text('用户组名或组号，如 linekeeper', 'name or number of a group, such as linekeeper'),
        about(
          '其成员可用命令行下达命令；不写则只有本程序的用户和 root',
          'its members may order from the command line; without it only the own user and root',
        ),
      ),
    ),
  },
  about('本机命令的套接字', 'the local socket for commands'),
);
