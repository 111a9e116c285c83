/** The forms of evidence that is asked over the network or a serial wire: what each key takes, and what it is for. */
import { Type } from '@sinclair/typebox';
import { text } from '../model/text.ts';
import type { LimitName } from './limits.ts';
import { about, days, duration, matching, one, optional, strict } from './schema-words.ts';
import * as short from './short-forms.ts';

const every = (name: LimitName) => optional(duration(name, about('周期', 'period')));
const timeout = (name: LimitName) =>
  optional(duration(name, about('等待应答的最长时间', 'longest wait for the answer')));
const host = (zh: string, en: string) =>
  matching(
    short.hostPattern,
    text('主机名或地址，如 10.0.0.1', 'a host or address such as 10.0.0.1'),
    about(zh, en),
  );
const words = (most: number, zh: string, en: string) =>
  Type.String({ minLength: 1, maxLength: most, ...about(zh, en) });
const file = (zh: string, en: string) =>
  optional(Type.String({ minLength: 1, maxLength: 300, ...about(zh, en) }));
const threshold = (zh: string, en: string) =>
  optional(
    matching(short.thresholdPattern, text('如 "> 30" 或 "< 5"', 'such as "> 30" or "< 5"'), about(zh, en)),
  );
const warnDays = optional(
  days('certificate.warn', about('证书到期前这么久提示', 'the certificate warns this long before it ends')),
);

const tls = strict(
  {
    tls: matching(
      short.hostPortPattern,
      text('"主机:端口"', '"host:port"'),
      about('能完成 TLS 握手', 'a TLS handshake can be made'),
    ),
    name: optional(host('证书的主机名（SNI）', 'host name to ask for (SNI)')),
    warn: warnDays,
    every: every('tls.every'),
    timeout: timeout('tls.timeout'),
  },
  about(
    'TLS 握手和证书有效期（our-lan 域，旁证）',
    'TLS handshake and end of the certificate (domain our-lan, hint)',
  ),
  'tls',
);

const http = strict(
  {
    http: matching(
      short.urlPattern,
      text('"http://主机/路径" 或 https', '"http://host/path" or https'),
      about('要取的网址', 'page to ask for'),
    ),
    status: optional(
      Type.Integer({
        minimum: 100,
        maximum: 599,
        ...about(
          '应有的状态码；不写则 400 以下都算正常',
          'status that is right; without it every one below 400',
        ),
      }),
    ),
    contains: optional(words(200, '内容须含有这段文字', 'words that the page must contain')),
    warn: warnDays,
    every: every('http.every'),
    timeout: timeout('http.timeout'),
  },
  about('HTTP(S) 应答（our-lan 域，旁证）', 'an HTTP(S) answer (domain our-lan, hint)'),
  'http',
);

const dns = strict(
  {
    dns: words(253, '要解析的名称', 'name to look up'),
    server: optional(
      matching(
        `${short.hostPattern}|${short.hostPortPattern}`,
        text('地址，可带端口', 'an address, with a port if need be'),
        about('问哪台 DNS 服务器；不写则用系统的', 'DNS server to ask; without it those of the system'),
      ),
    ),
    record: optional(
      one(['A', 'AAAA', 'CNAME', 'MX', 'SRV', 'TXT'], about('记录类型', 'type of record'), 'A'),
    ),
    answer: optional(words(253, '答案中须有此项', 'what must be among the answers')),
    every: every('dns.every'),
    timeout: timeout('dns.timeout'),
  },
  about('DNS 解析（our-lan 域，旁证）', 'a DNS look-up (domain our-lan, hint)'),
  'dns',
);

const snmp = strict(
  {
    snmp: host('SNMP 主机', 'host to ask by SNMP'),
    oid: matching(
      '^(\\.?[0-2](\\.\\d{1,10}){1,63}|[a-z][A-Za-z]{1,40}(\\.\\d{1,10}){0,8})$',
      text('如 1.3.6.1.2.1.1.3.0 或 ifOperStatus.1', 'such as 1.3.6.1.2.1.1.3.0 or ifOperStatus.1'),
      about('对象', 'object'),
    ),
    port: optional(Type.Integer({ minimum: 1, maximum: 65_535, default: 161, ...about('端口', 'port') })),
    version: optional(one(['v1', 'v2c', 'v3'], about('SNMP 版本', 'version of SNMP'), 'v2c')),
    'community-file': file(
      '团体名文件（权限 0600）；不写则为 public',
      'file with the community (mode 0600); without it "public"',
    ),
    user: optional(words(32, 'v3 用户', 'user of v3')),
    auth: optional(
      one(['md5', 'sha', 'sha256', 'sha512'], about('v3 认证算法', 'authentication of v3'), 'sha'),
    ),
    'auth-file': file('v3 认证口令文件（权限 0600）', 'file with the authentication password (mode 0600)'),
    privacy: optional(one(['des', 'aes', 'aes256'], about('v3 加密算法', 'encryption of v3'), 'aes')),
    'privacy-file': file('v3 加密口令文件（权限 0600）', 'file with the encryption password (mode 0600)'),
    scale: optional(
      Type.Number({ default: 1, ...about('读数乘以此数', 'the reading is multiplied by this') }),
    ),
    unit: optional(Type.String({ maxLength: 12, default: '', ...about('单位', 'unit') })),
    warn: threshold('提示门限', 'threshold of the warning'),
    fault: threshold('故障门限：超过即故障', 'beyond this it is down'),
    equals: optional(words(120, '须等于此值，否则为故障', 'it is down when the value is another one')),
    every: every('snmp.every'),
    timeout: timeout('snmp.timeout'),
  },
  about('SNMP 读数（our-lan 域，旁证）', 'an SNMP value (domain our-lan, hint)'),
  'snmp',
);

const heartbeat = strict(
  {
    heartbeat: matching(
      short.namePattern,
      text('名称，如 backup-job', 'a name such as backup-job'),
      about('心跳的名称，由发送方给出', 'name of the heartbeat, as its sender gives it'),
    ),
    every: optional(duration('heartbeat.every', about('应多久来一次', 'how often it comes'))),
    grace: optional(duration('heartbeat.grace', about('可迟到这么久', 'how late it may be'))),
    topic: optional(
      matching(
        '^[^\\s#+$/][^\\s#+]{0,199}$',
        text('MQTT 主题，如 jobs/backup', 'an MQTT topic such as jobs/backup'),
        about(
          '经 report.mqtt 的服务器，在此主题上',
          'it comes on this topic, over the broker of report.mqtt',
        ),
      ),
    ),
    from: optional(host('只接受来自此地址的', 'taken only from this address')),
    'token-file': file('口令文件（权限 0600）', 'file with the word that the sender must know (mode 0600)'),
  },
  about('别人定时发来的心跳（our-lan 域，旁证）', 'a heartbeat that others send (domain our-lan, hint)'),
  'heartbeat',
);

const serialPoll = strict(
  {
    serial: matching(
      short.namePattern,
      text('名称，如 console', 'a name such as console'),
      about('串口总线', 'serial bus'),
    ),
    send: optional(
      words(
        120,
        '发送的内容，如 "STATUS\\r"；不写则只等',
        'what to send, such as "STATUS\\r"; without it it only listens',
      ),
    ),
    expect: words(
      120,
      '应答的某一行须含有的文字，* 代表任意内容，如 "OK * V"',
      'words that one line of what comes must hold, * stands for anything: "OK * V"',
    ),
    every: every('serial.every'),
    timeout: timeout('serial.timeout'),
  },
  about(
    '串口问答或心跳（所在总线的域，旁证）',
    'asking or a heartbeat over a serial wire (domain of its bus, hint)',
  ),
  'serial',
);

export const networkEvidence = [tls, http, dns, snmp, heartbeat, serialPoll] as const;

/** Where heartbeats of others are taken. */
export const heartbeatsSchema = strict(
  {
    host: optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        default: '0.0.0.0',
        ...about('监听地址', 'address to listen on'),
      }),
    ),
    http: optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        ...about('HTTP 端口：POST /heartbeat/名称', 'HTTP port: POST /heartbeat/NAME'),
      }),
    ),
    udp: optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        ...about('UDP 端口：一个数据报 "名称 口令"', 'UDP port: one datagram "NAME TOKEN"'),
      }),
    ),
  },
  about('接收心跳', 'where heartbeats are taken'),
);
