/** The section `subjects` as it is written: what is watched, and what speaks for it. */
import { Type } from '@sinclair/typebox';
import { text } from '../model/text.ts';
import type { LimitName } from './limits.ts';
import { roomLimits } from './limits.ts';
import {
  about,
  duration,
  forms,
  matching,
  named,
  nameOf,
  one,
  optional,
  pathOfFile,
  strict,
  terminal,
} from './schema-words.ts';
import { networkEvidence } from './evidence-schema.ts';
import { ownFlappingSchema } from './flapping-schema.ts';
import { nutClientSchema } from './nut-client-schema.ts';
import { pointName, threshold } from './point-schema.ts';
import { seatPhoneEvidence } from './seat-phone-schema.ts';
import { snmpWrite, upsTestSchema } from './ups-test-schema.ts';
import * as short from './short-forms.ts';

const every = (name: LimitName) => optional(duration(name, about('周期', 'period')));
const host = (zh: string, en: string) =>
  matching(
    short.hostPattern,
    text('主机名或地址，如 10.0.0.1', 'a host or address such as 10.0.0.1'),
    about(zh, en),
  );

const evidence = forms(
  [
    strict(
      {
        point: nameOf(
          '输入测点（离开正常位置即故障），或测量值',
          'an input (leaving its normal position is a fault), or a measured value',
          'pbx-alarm',
        ),
        ok: optional(threshold('测量值在此范围内为正常', 'a measured value is all right within this')),
      },
      about(
        '接点（wire 域，实证）或测量值（旁证）',
        'a contact (domain wire, proof) or a measured value (hint)',
      ),
      'point',
    ),
    strict(
      {
        lines: Type.Union(
          [
            matching(
              short.lineKeyPattern,
              text('all、线名或区间', 'all, a line or a range'),
              about('线路', 'lines'),
            ),
            Type.Array(
              matching(short.lineKeyPattern, text('线名或区间', 'a line or a range'), about('线路', 'lines')),
              {
                minItems: 1,
                maxItems: roomLimits.lines,
              },
            ),
          ],
          {
            'x-expects': text('all、L01、L01-L08 或其列表', 'all, L01, L01-L08 or a list of them'),
            ...about(
              '振铃无人应答证明故障；应答或占线即否决',
              'rung unanswered proves it down; answered or seized is a veto',
            ),
          },
        ),
      },
      about('线路本身（lines 域，实证）', 'the lines themselves (domain lines, proof)'),
      'lines',
    ),
    strict(
      {
        'dial-tone': strict(
          {
            extension: terminal(
              '接备用分机（不是中继）的通道',
              'channel on a spare extension, never a trunk',
              'card-b/8',
            ),
            every: every('dial-tone.every'),
            suspect: optional(duration('dial-tone.suspect', about('有疑时的周期', 'period while in doubt'))),
            tone: optional(
              matching(
                short.tonePattern,
                text('如 "450" 或 "350+440"', 'such as "450" or "350+440"'),
                about(
                  '拨号音频率（Hz）；不写则 450、425、350+440 都算',
                  'frequency of the dial tone in Hz; without it 450, 425 and 350+440 all count',
                ),
              ),
            ),
          },
          about('分机拨号音', 'dial tone of an extension'),
        ),
      },
      about('分机拨号音（extension 域，实证）', 'dial tone of an extension (domain extension, proof)'),
      'dial-tone',
    ),
    strict(
      {
        'sip-options': matching(
          short.sipPattern,
          text(
            '"sip:主机:5060"，可加 ";transport=tcp"；TLS 写 "sips:主机"',
            '"sip:host:5060", also with ";transport=tcp"; "sips:host" for TLS',
          ),
          about('SIP OPTIONS 询问的对象', 'whom to ask with SIP OPTIONS'),
        ),
        every: every('sip-options.every'),
        suspect: optional(duration('sip-options.suspect', about('有疑时的周期', 'period while in doubt'))),
      },
      about('SIP OPTIONS（our-lan 域，旁证）', 'SIP OPTIONS (domain our-lan, hint)'),
      'sip-options',
    ),
    strict(
      {
        'call-records': nameOf('送话单的串口', 'serial bus that the records come from', 'smdr'),
        format: nameOf('config/pbx/ 中的话单格式', 'format of config/pbx/', 'avaya-ip-office'),
        'mask-digits': optional(
          Type.Integer({
            minimum: 1,
            maximum: 8,
            ...about(
              '不保存电话号码的末几位（法律要求时）；原文也一样',
              'the last digits of telephone numbers that are not kept, where the law wants it; raw lines too',
            ),
          }),
        ),
      },
      about(
        '话单（serial 域，旁证）：线路见到而话单没有的呼叫',
        'call records (domain serial, hint): calls that our lines saw and that left none',
      ),
      'call-records',
    ),
    strict(
      {
        ping: host(
          'ping 的主机；gateway 指本机默认网关',
          'host to ping; gateway stands for the default gateway',
        ),
        every: every('ping.every'),
      },
      about('ping（our-lan 域，旁证）', 'ping (domain our-lan, hint)'),
      'ping',
    ),
    strict(
      {
        tcp: matching(
          short.hostPortPattern,
          text('"主机:端口"', '"host:port"'),
          about('能建立 TCP 连接', 'a TCP connection can be made'),
        ),
        every: every('tcp.every'),
        timeout: optional(
          duration('tcp.timeout', about('等待连接的最长时间', 'longest wait for the connection')),
        ),
      },
      about('TCP 连接（our-lan 域，旁证）', 'TCP connect (domain our-lan, hint)'),
      'tcp',
    ),
    strict(
      {
        ups: matching(
          '^[A-Za-z][A-Za-z0-9-]*(/\\d{1,3})?$',
          text('总线/单元，如 rs485/1', 'bus/unit such as rs485/1'),
          about('UPS 所在的 Modbus 总线和单元号', 'Modbus bus and unit of the UPS'),
        ),
        model: nameOf('config/ups/ 中的型号', 'model of config/ups/', 'huawei-ups2000'),
        every: every('ups.every'),
      },
      about('UPS 读数（所在总线的域，实证）', 'readings of a UPS (domain of its bus, proof)'),
      'ups',
    ),
    strict(
      {
        nut: matching(
          short.nutPattern,
          text('"名称@主机[:3493]"', '"name@host[:3493]"'),
          about('upsd 中的 UPS', 'UPS of an upsd'),
        ),
        username: optional(
          Type.String({
            minLength: 1,
            maxLength: 64,
            ...about('upsd.users 中的用户（upsmon secondary）', 'user of upsd.users (upsmon secondary)'),
          }),
        ),
        'password-file': optional(pathOfFile('口令文件（权限 0600）', 'file with the password (mode 0600)')),
        tls: optional(
          Type.Boolean({
            default: false,
            ...about('加密；upsd 无证书则不连接', 'encrypted; an upsd without a certificate is refused'),
          }),
        ),
        'ca-file': optional(
          pathOfFile('upsd 的证书或其根证书', 'certificate of upsd, or of its own authority'),
        ),
        every: every('ups.every'),
      },
      about(
        'NUT 的 UPS（our-lan 域，本机为自己的域；实证）',
        'a UPS by NUT (our-lan, on this machine a domain of its own; proof)',
      ),
      'nut',
    ),
    strict(
      {
        megatec: nameOf('UPS 所在的串口总线（baud: 2400）', 'serial bus of the UPS (baud: 2400)', 'ups-wire'),
        every: every('ups.every'),
      },
      about(
        'Megatec Q1 的 UPS（所在总线的域，实证）',
        'a UPS that speaks Megatec Q1 (domain of its bus, proof)',
      ),
      'megatec',
    ),
    strict(
      {
        'ups-snmp': matching(
          short.hostMaybePortPattern,
          text('"主机[:161]"', '"host[:161]"'),
          about('UPS 的网卡', 'network card of the UPS'),
        ),
        version: optional(one(['v1', 'v2c', 'v3'], about('SNMP 版本', 'version of SNMP'), 'v2c')),
        'community-file': optional(
          pathOfFile(
            '团体名文件（权限 0600）；不写则为 public',
            'file with the community (mode 0600); public without it',
          ),
        ),
        ...snmpWrite,
        user: optional(Type.String({ minLength: 1, maxLength: 64, ...about('v3 用户', 'user of v3') })),
        auth: optional(
          one(['md5', 'sha', 'sha256', 'sha512'], about('v3 认证算法', 'authentication of v3'), 'sha'),
        ),
        'auth-file': optional(
          pathOfFile('v3 认证口令文件（权限 0600）', 'file with the password of authentication (mode 0600)'),
        ),
        'privacy-file': optional(
          pathOfFile(
            'v3 加密口令文件（AES，权限 0600）',
            'file with the password of encryption (AES, mode 0600)',
          ),
        ),
        every: every('ups.every'),
      },
      about('UPS-MIB（RFC 1628；our-lan 域，实证）', 'the UPS-MIB (RFC 1628; domain our-lan, proof)'),
      'ups-snmp',
    ),
    seatPhoneEvidence,
    nutClientSchema,
    ...networkEvidence,
  ],
  about('一条判据', 'one source of evidence'),
);

const subject = strict(
  {
    kind: one(['pbx', 'server', 'terminal', 'network', 'ups', 'room'], about('种类', 'kind')),
    name: pointName,
    evidence: Type.Array(evidence, {
      minItems: 1,
      maxItems: roomLimits.evidencePerSubject,
      ...about('判据', 'what speaks for it'),
    }),
    'down-when': optional(
      Type.Integer({
        minimum: 1,
        maximum: roomLimits.evidencePerSubject,
        ...about(
          '几条判据故障才算故障；默认 2（只有一条时为 1），交换机只能更多',
          'how many sources must be down; 2 by default (1 where there is one), for a PBX only more',
        ),
      }),
    ),
    test: optional(upsTestSchema),
    'depends-on': optional(
      Type.Array(nameOf('监视对象', 'a subject', 'lan'), {
        maxItems: 16,
        uniqueItems: true,
        ...about('它们故障时，本对象的判据不可知', 'while these are down, nothing can be known of this one'),
      }),
    ),
    flapping: optional(ownFlappingSchema),
  },
  about('一个监视对象', 'one watched thing'),
);

export const subjectsSchema = named(
  subject,
  roomLimits.subjects,
  about('监视对象及其判据', 'what is watched, and what speaks for it'),
);
