/**
 * The room file as it is written: every key, its form, its default and what it is for. One schema for all: `load.ts`
 * validates with it, `write-schema.ts` makes the editor's schema and the tables of docs/room-file.md from it. What a
 * key *means together with others* is not said here but in the files that read the sections.
 */
import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { text } from '../model/text.ts';
import {
  about,
  days,
  duration,
  matching,
  one,
  optional,
  pathOfFile,
  strict,
  whole,
  words,
} from './schema-words.ts';
import { alarmsSchema } from './alarm-schema.ts';
import { annunciatorSchema } from './annunciator-schema.ts';
import { busesSchema } from './bus-schema.ts';
import { bypassSchema } from './bypass-schema.ts';
import { controlsSchema } from './control-schema.ts';
import { escalationSchema } from './escalation-schema.ts';
import { heartbeatsSchema } from './evidence-schema.ts';
import { flappingSchema } from './flapping-schema.ts';
import { hostsSchema, manualFormsSchema, nutServerSchema } from './host-schema.ts';
import { linesSchema } from './line-schema.ts';
import { maintenanceSchema } from './maintenance-schema.ts';
import { pointsSchema } from './point-schema.ts';
import { powerCutSchema, powerReturnSchema } from './power-cut-schema.ts';
import { recorderSchema } from './recorder-schema.ts';
import { socketSchema } from './socket-schema.ts';
import { speechSchema } from './speech-schema.ts';
import { subjectsSchema } from './subject-schema.ts';
import * as short from './short-forms.ts';

const selfTest = strict(
  {
    every: optional(
      days(
        'self-test.every',
        about(
          '多久由人试一次灯和喇叭；超期即告警',
          'how often a person tries lamp and horn; overdue is an alarm',
        ),
      ),
    ),
  },
  about('自检提醒', 'reminder of the self-test'),
);

const report = strict(
  {
    mqtt: optional(
      strict(
        {
          broker: matching(
            '^mqtts?://[^\\s/]{1,253}(/\\S*)?$',
            text('"mqtts://主机:8883"', '"mqtts://host:8883"'),
            about('中心的 MQTT 服务器', 'MQTT broker of the centre'),
          ),
          username: optional(Type.String({ minLength: 1, maxLength: 128, ...about('用户名', 'user name') })),
          'password-file': optional(
            pathOfFile('口令文件（权限 0600）', 'file with the password (mode 0600)'),
          ),
          'ca-file': optional(pathOfFile('自有根证书', 'certificate of your own authority')),
        },
        about('MQTT 上报', 'reporting over MQTT'),
      ),
    ),
    'allow-bypass': optional(
      Type.Boolean({
        default: false,
        ...about('允许中心下发旁路命令', 'commands bypass.* of the centre are obeyed'),
      }),
    ),
  },
  about('向中心上报', 'reporting to the centre'),
);

const accounts = (zh: string, en: string) =>
  optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 100, ...about(zh, en) }));

const sections = {
  room: strict(
    {
      id: matching(
        short.roomIdPattern,
        text('小写字母、数字和 -，如 gz-120', 'a-z, 0-9 and -, such as gz-120'),
        about('机房标识，用于 MQTT 主题', 'names the room in MQTT topics'),
      ),
      name: optional(words(about('机房名称；不写则用标识', 'name of the room; without it the id is used'))),
      timezone: optional(
        Type.String({
          minLength: 1,
          maxLength: 64,
          default: 'Asia/Shanghai',
          ...about('时区，仅用于显示', 'zone of the times shown'),
        }),
      ),
      language: optional(one(['zh', 'en'], about('语言', 'language'), 'zh')),
      autonomy: optional(
        duration(
          'room.autonomy',
          about(
            'UPS 满电时应能带现有负载这么久，不足即告警',
            'a full UPS battery should carry the present load this long; less raises an alarm',
          ),
        ),
      ),
    },
    about('机房', 'the room'),
  ),
  buses: optional(busesSchema),
  points: optional(pointsSchema),
  lines: optional(linesSchema),
  subjects: optional(subjectsSchema),
  controls: optional(controlsSchema),
  annunciator: optional(annunciatorSchema),
  speech: optional(speechSchema),
  bypass: optional(bypassSchema),
  recorder: optional(recorderSchema),
  'power-cut': optional(powerCutSchema),
  'power-return': optional(powerReturnSchema),
  hosts: optional(hostsSchema),
  'nut-server': optional(nutServerSchema),
  'manual-forms': optional(manualFormsSchema),
  maintenance: optional(maintenanceSchema),
  alarms: optional(alarmsSchema),
  escalation: optional(escalationSchema),
  report: optional(report),
  'self-test': optional(selfTest),
  flapping: optional(flappingSchema),
  heartbeats: optional(heartbeatsSchema),
  people: optional(
    strict(
      {
        roles: optional(
          strict(
            {
              duty: accounts('值班员', 'on duty'),
              supervisor: accounts('班长', 'supervisors'),
              technician: accounts('技术员', 'technicians'),
              administrator: accounts('管理员', 'administrators'),
            },
            about('角色及其账号', 'roles and their accounts'),
          ),
        ),
      },
      about('人员', 'people'),
    ),
  ),
  http: optional(
    strict(
      {
        host: optional(
          Type.String({
            minLength: 1,
            maxLength: 64,
            default: '127.0.0.1',
            ...about(
              '监听地址；有账号之前只能是本机',
              'address of the panel; only this machine until there are accounts',
            ),
          }),
        ),
        port: optional(whole('http.port', about('监听端口', 'port of the panel'))),
      },
      about('面板', 'the panel'),
    ),
  ),
  socket: optional(socketSchema),
  data: optional(
    Type.String({
      minLength: 1,
      maxLength: 300,
      default: '/var/lib/linekeeper',
      ...about('数据目录', 'folder of recordings, archive and journal'),
    }),
  ),
};

export const roomFileSchema = strict(sections, about('linekeeper 机房文件', 'room file of linekeeper'));
/** The same with no section required: what is left of a file when everything wrong has been taken out. */
export const draftSchema = Type.Partial(roomFileSchema, { additionalProperties: false });
export type Draft = Static<typeof draftSchema>;
