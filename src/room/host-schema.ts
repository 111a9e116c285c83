/** Hosts that a power cut shuts down, the NUT server that some of them ask, and the forms on paper: what each key takes. */
import { Type } from '@sinclair/typebox';
import { text } from '../model/text.ts';
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
  strict,
  whole,
  words,
} from './schema-words.ts';
import * as short from './short-forms.ts';

const file = (zh: string, en: string) => Type.String({ minLength: 1, maxLength: 300, ...about(zh, en) });
/** ssh splits this path at blanks and puts things in for %. */
const plainFile = (zh: string, en: string) =>
  matching(
    '^[^\\s%"\'~$\\\\]{1,300}$',
    text('路径，不含空格和 %', 'a path without blanks and %'),
    about(zh, en),
  );
const argv = (zh: string, en: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f]*$' }), {
    minItems: 1,
    maxItems: 32,
    ...about(zh, en),
  });
const url = (zh: string, en: string) =>
  matching(
    short.urlPattern,
    text('"http://主机/路径" 或 https', '"http://host/path" or https'),
    about(zh, en),
  );
const status = optional(
  Type.Integer({
    minimum: 100,
    maximum: 599,
    ...about('应有的状态码；不写则 200–299 都算', 'status that is right; without it 200 to 299'),
  }),
);
const contains = optional(
  Type.String({
    minLength: 1,
    maxLength: 200,
    ...about('内容须含有的文字', 'words that the answer must hold'),
  }),
);

const everyHost = {
  name: optional(words(about('给人看的名称；不写则用键名', 'name for people; without it the key is used'))),
  group: nameOf('停电预案中的组', 'its group in the power-cut plan', 'non-essential'),
  subject: optional(
    nameOf(
      '监视它的对象：判据全部为故障也表示已关机',
      'the subject that watches it: when all its evidence says down, it is off',
      'crm',
    ),
  ),
  within: optional(duration('hosts.within', about('须在这么久内关机', 'it must be off within this'))),
  settle: optional(
    duration(
      'hosts.settle',
      about('服务停止后再过这么久才算已关机', 'so long after its services have ended it counts as off'),
    ),
  ),
};

const ssh = strict(
  {
    ssh: matching(
      short.sshPattern,
      text('"用户@主机[:22]"', '"user@host[:22]"'),
      about('登录何处', 'where to log in'),
    ),
    'key-file': plainFile('私钥文件（权限 0600，无口令）', 'private key (mode 0600, no passphrase)'),
    'known-hosts': plainFile(
      '含其主机密钥的文件；不在其中则拒绝连接',
      'file with its host key; a host that is not in it is refused',
    ),
    command: argv('关机命令及其参数', 'the command that shuts it down, word by word'),
    'test-command': optional(
      argv(
        'linekeeper hosts test 执行的命令；不写则只登录',
        'what linekeeper hosts test runs; without it it only logs in',
      ),
    ),
    ...everyHost,
  },
  about('用 SSH 关机', 'shut down over SSH'),
  'ssh',
);

const http = strict(
  {
    http: url('发往何处', 'where the request goes'),
    method: optional(one(['POST', 'PUT', 'PATCH', 'GET'], about('方法', 'method'), 'POST')),
    header: optional(
      matching(
        '^[A-Za-z][A-Za-z0-9-]{0,63}$',
        text('如 Authorization', 'such as Authorization'),
        about('带口令的请求头', 'header that carries the secret'),
        'Authorization',
      ),
    ),
    'secret-file': optional(
      file(
        '请求头的全部内容，如 "Bearer …"（权限 0600）',
        'the whole value of the header, such as "Bearer …" (mode 0600)',
      ),
    ),
    body: optional(Type.String({ maxLength: 4096, ...about('请求内容', 'body of the request') })),
    status,
    contains,
    'ca-file': optional(file('自有根证书', 'certificate of your own authority')),
    confirm: optional(
      strict(
        { url: url('问何处', 'where to ask'), status, contains },
        about(
          '应答符合即已关机；不写则看 http 的端口',
          'off when it answers like this; without it the port of http is looked at',
        ),
      ),
    ),
    'test-url': optional(
      url(
        'linekeeper hosts test 取的网址；不写则对 http 发 HEAD',
        'what linekeeper hosts test gets; without it HEAD of http',
      ),
    ),
    ...everyHost,
  },
  about('用 HTTP 请求关机', 'shut down by an HTTP request'),
  'http',
);

const nut = strict(
  {
    nut: nameOf(
      '它的 upsmon 监视的 UPS 名称，各主机不同',
      'name of the UPS that its upsmon monitors, each host its own',
      'crm',
    ),
    username: optional(
      matching(
        '^[A-Za-z0-9._-]{1,64}$',
        text('字母、数字', 'letters and digits'),
        about('upsmon 的用户；不写则用 nut 的名称', 'user of upsmon; without it the name in nut'),
      ),
    ),
    'password-file': file('口令文件（权限 0600）', 'file with the password (mode 0600)'),
    ...everyHost,
  },
  about('它的 upsmon 连到本机', 'its upsmon asks us'),
  'nut',
);

export const hostsSchema = named(
  forms([ssh, http, nut], about('一台主机', 'one host')),
  roomLimits.hosts,
  about('停电时要关闭的主机', 'computers that a power cut shuts down'),
);

export const nutServerSchema = strict(
  {
    host: optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        default: '127.0.0.1',
        ...about('监听地址', 'address to listen on'),
      }),
    ),
    port: optional(whole('nut-server.port', about('端口', 'port'))),
    'certificate-file': optional(file('证书（PEM），供 STARTTLS', 'certificate (PEM), for STARTTLS')),
    'key-file': optional(file('证书的私钥（权限 0600）', 'its private key (mode 0600)')),
  },
  about('供 upsmon 连接的 NUT 服务', 'NUT server that upsmon of the hosts asks'),
);

export const manualFormsSchema = strict(
  {
    printer: optional(
      matching(
        '^[A-Za-z0-9][A-Za-z0-9._-]{0,126}$',
        text('CUPS 打印机名（lpstat -p）', 'a CUPS printer (lpstat -p)'),
        about('打印机；不写则只在面板上显示', 'printer; without it the forms are shown on the page only'),
      ),
    ),
    count: optional(whole('manual-forms.count', about('每次几份', 'how many at a time'))),
  },
  about('空白登记表', 'blank forms for calls'),
);
