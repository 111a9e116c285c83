/** Every word of the page, in both languages, and the choice between them. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { LineBypassState, RoomBypassState } from '../../model/bypass.ts';
import type { LineSignal } from '../../model/line.ts';
import type { CheckView, PowerCutPhase, StepState } from '../../model/power-cut.ts';
import type { RecordCounts } from '../../model/messages.ts';
import type { Severity } from '../../model/alarm.ts';
import type { Language, Text } from '../../model/text.ts';
import type { SubjectKind, Verdict } from '../../model/watch.ts';
import { text } from '../../model/text.ts';

export interface Saying {
  readonly language: Language;
  readonly say: (words: Text) => string;
}
export const sayingIn = (language: Language): Saying => ({ language, say: (words) => words[language] });
export const SayingContext = createContext<Saying>(sayingIn('zh'));
export const useSaying = (): Saying => useContext(SayingContext);

const rememberedAs = 'linekeeper.language';
export function firstLanguage(): Language {
  const remembered = localStorage.getItem(rememberedAs);
  if (remembered === 'zh' || remembered === 'en') return remembered;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
export const rememberLanguage = (language: Language): void => {
  localStorage.setItem(rememberedAs, language);
};

export const powerCutWords: Readonly<Record<PowerCutPhase, Text>> = {
  ready: text('待命', 'ready'),
  'on-battery': text('电池供电', 'on battery'),
  ended: text('已有序结束，等待断电或市电', 'ended, waiting for the mains'),
  returning: text('市电恢复，等待稳定', 'mains back, must stay'),
  restarting: text('逐组恢复负载', 'loads go back'),
  checking: text('检查后宣布解除', 'check before the all-clear'),
};
export const stepWords: Readonly<Record<StepState, Text>> = {
  pending: text('未到', 'not yet'),
  waiting: text('等待', 'waits'),
  asked: text('已请求', 'asked'),
  open: text('待人工', 'for you'),
  done: text('完成', 'done'),
  failed: text('失败', 'failed'),
  waived: text('免除', 'waived'),
  back: text('已恢复', 'back'),
  impossible: text('做不到', 'cannot be'),
};
export const checkWords: Readonly<Record<CheckView['state'], Text>> = {
  awaited: text('待查', 'to check'),
  seen: text('正常', 'seen up'),
  waived: text('免除', 'waived'),
};

interface Standing {
  readonly title: Text;
  readonly meaning: Text;
}
export const roomWords: Readonly<Record<RoomBypassState, Standing>> = {
  steady: {
    title: text('正常运行', 'Normal'),
    meaning: text('外线经交换机接入，旁路待命。', 'Trunks go through the PBX; the bypass stands by.'),
  },
  confirming: {
    title: text('正在确认交换机故障', 'Confirming a PBX fault'),
    meaning: text(
      '多处证据显示交换机故障，数秒内确认后切换旁路。',
      'Several sources say that the PBX is down; bypass follows within seconds if it stays so.',
    ),
  },
  tripped: {
    title: text('旁路运行', 'On bypass'),
    meaning: text(
      '交换机故障，外线直通座席电话。通话不经交换机，录音照常。',
      'The PBX is down. Trunks ring the seat phones directly; recording goes on.',
    ),
  },
  held: {
    title: text('旁路保持', 'Held on bypass'),
    meaning: text(
      '外线直通座席电话，等待人工下达恢复。',
      'Trunks ring the seat phones directly until a person orders them back.',
    ),
  },
  settling: {
    title: text('交换机已恢复，稳定观察中', 'PBX is back, settling'),
    meaning: text(
      '外线仍直通座席电话；稳定后逐线恢复。',
      'Trunks still ring the seat phones; they go back line by line once the PBX has held.',
    ),
  },
  restoring: {
    title: text('正在逐线恢复', 'Restoring line by line'),
    meaning: text(
      '各线路空闲时依次切回交换机，不中断通话。',
      'Each line goes back to the PBX when it is idle; no call is cut.',
    ),
  },
};

export const bypassWords: Readonly<Record<LineBypassState | 'none', Text>> = {
  none: text('无旁路', 'no bypass'),
  normal: text('接交换机', 'to PBX'),
  waiting: text('等通话结束后切换', 'waits for the call'),
  releasing: text('正在切到话机', 'going to phone'),
  bypass: text('直通话机', 'to phone'),
  operating: text('正在切回', 'going back'),
  proving: text('已切回，验证中', 'back, proving'),
  exercising: text('旁路试验中', 'exercise'),
  stuck: text('继电器卡住', 'relay stuck'),
  open: text('线路断开', 'line open'),
  locked: text('已锁定在旁路', 'locked on bypass'),
  unreachable: text('线路卡失联', 'card unreachable'),
};
export const signalWords: Readonly<Record<LineSignal, Text>> = {
  idle: text('空闲', 'idle'),
  ringing: text('振铃', 'ringing'),
  'off-hook': text('通话', 'in call'),
  dead: text('无馈电', 'dead'),
  unknown: text('未知', 'unknown'),
};
export const verdictWords: Readonly<Record<Verdict, Text>> = {
  up: text('正常', 'up'),
  degraded: text('降级', 'degraded'),
  down: text('故障', 'down'),
  unknown: text('未知', 'unknown'),
};
export const kindWords: Readonly<Record<SubjectKind, Text>> = {
  pbx: text('交换机', 'PBX'),
  server: text('服务器', 'server'),
  terminal: text('座席终端', 'terminal'),
  network: text('网络', 'network'),
  ups: text('不间断电源', 'UPS'),
  room: text('机房', 'room'),
  line: text('线路', 'line'),
  linekeeper: text('本机', 'linekeeper'),
};
export const readingWords = {
  ok: text('正常', 'ok'),
  warn: text('预警', 'warning'),
  critical: text('越限', 'critical'),
  unknown: text('未知', 'unknown'),
} as const;
/** How long ago, as one glances at it. */
export function secondsWords(ms: number): Text {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return text(`${seconds} 秒`, `${seconds} s`);
  return text(`${Math.floor(seconds / 60)} 分`, `${Math.floor(seconds / 60)} min`);
}
export const severityWords: Readonly<Record<Severity, Text>> = {
  critical: text('一级紧急', 'critical'),
  major: text('二级重要', 'major'),
  minor: text('三级一般', 'minor'),
  warning: text('四级提示', 'warning'),
};

export const words = {
  lines: text('线路', 'Lines'),
  subjects: text('监视对象', 'Watched'),
  alarms: text('告警', 'Alarms'),
  readings: text('测量值', 'Readings'),
  readingOf: text('测量', 'of'),
  value: text('读数', 'value'),
  limits: text('门限', 'limits'),
  state: text('状态', 'state'),
  age: text('多久前', 'ago'),
  recordings: text('录音', 'Recordings'),
  machine: text('本机状况', 'This controller'),
  extension: text('分机', 'ext.'),
  account: text('账号', 'account'),
  recordAmbiguous: text('话单含糊', 'record ambiguous'),
  controls: text('对交换机的控制', 'Controls of the switch'),
  switchOn: text('接通', 'Switch on'),
  switchOff: text('断开', 'Switch off'),
  switchedOn: text('接通', 'on'),
  switchedOff: text('断开', 'off'),
  noAlarms: text('当前没有告警', 'No alarms'),
  unacknowledged: text('未确认', 'unacknowledged'),
  acknowledged: text('已确认', 'acknowledged'),
  cleared: text('已恢复', 'cleared'),
  shelved: text('已搁置', 'shelved'),
  outOfService: text('维护中', 'in maintenance'),
  maintenance: text('维护', 'Maintenance'),
  endMaintenance: text('结束维护', 'End the maintenance'),
  until: text('至', 'until'),
  unreachable: text('不可达', 'unreachable'),
  flapping: text('抖动', 'flapping'),
  firstOut: text('首出', 'came first'),
  escalated: text('已升级，级', 'escalated to level'),
  permitted: text('已停用', 'out of service'),
  returnToService: text('恢复启用', 'Return to service'),
  expected: text('由他处引起，不响', 'follows from something else, silent'),
  rootAlarm: text('先处理', 'act on'),
  consequences: text('其后果', 'hides'),
  reason: text('原因', 'Reason'),
  acknowledge: text('确认', 'Acknowledge'),
  silence: text('消音', 'Silence'),
  horn: text('声响告警中', 'Horn is sounding'),
  effect: text('影响', 'Effect'),
  action: text('处置', 'Do'),
  commands: text('操作', 'Commands'),
  recording: text('录音中', 'recording'),
  phone: text('话机', 'Phone'),
  incoming: text('呼入', 'incoming'),
  outgoing: text('呼出', 'outgoing'),
  found: text('通话', 'call'),
  liftHint: text('通话被切换打断，对方可能仍在线上。', 'A call was cut over; the caller may still be there.'),
  time: text('时间', 'Time'),
  line: text('线路', 'Line'),
  number: text('号码', 'Number'),
  duration: text('时长', 'Length'),
  play: text('播放', 'Play'),
  playing: text('播放中', 'Playing'),
  download: text('下载', 'Download'),
  allLines: text('全部线路', 'All lines'),
  searchNumber: text('号码片段（至少 3 位）', 'Part of a number (3 or more)'),
  more: text('更早的录音', 'Earlier'),
  noRecordings: text('没有录音', 'No recordings'),
  recovered: text('断电后恢复', 'recovered after a crash'),
  archiveAway: text(
    '录音档案暂时没有应答，正在重试。',
    'The archive does not answer at present; trying again.',
  ),
  cannotPlay: text(
    '此浏览器不能播放 Ogg Opus 录音，请下载后用 VLC 等播放器收听，或换用 Chrome、Edge、Firefox。',
    'This browser cannot play Ogg Opus. Download the file and play it with VLC, or use Chrome, Edge or Firefox.',
  ),
  playFailed: text('这条录音无法播放。', 'This recording cannot be played.'),
  connecting: text('正在连接…', 'Connecting…'),
  live: text('实时', 'Live'),
  notLive: text('非实时', 'Not live'),
  refused: text('此机房不允许未登录查看。', 'This room is not shown without signing in.'),
  lost: text(
    '与控制器的连接中断，正在重连。下面是中断前的画面。',
    'The connection to the controller is lost; reconnecting. Below is the picture before that.',
  ),
  restarts: text('重启', 'restarts'),
  coilSupply: text('线圈供电', 'coil supply'),
  on: text('有', 'on'),
  off: text('断', 'off'),
  key: text('旁路钥匙', 'bypass key'),
  relayTimes: text('继电器释放 / 吸合用时', 'relay: time to release / to operate'),
  powerCut: text('停电预案', 'Power-cut plan'),
  timeLeft: text('剩余', 'left:'),
  loadsOut: text('已切换的负载组：', 'Loads switched by the plan:'),
  mainsStay: text('市电已稳定，立即恢复', 'The mains will stay: restart now'),
  blankForms: text('空白登记表', 'Blank forms'),
  tickOff: text('已办', 'Tick off'),
  waive: text('免除', 'Waive'),
  allClear: text('宣布解除', 'All clear'),
  formsEntered: text('手工登记已补录', 'Forms are entered again'),
  healthy: text('本机健康，看门狗正常', 'Healthy; the watchdog is fed'),
  unhealthy: text('本机不健康，看门狗未喂', 'Unfit; the watchdog is not fed'),
  code: text('操作码', 'Code'),
  codeHint: text('程序启动时在终端打印', 'printed by the program at start'),
  name: text('姓名', 'Your name'),
  cancel: text('取消', 'Cancel'),
  close: text('关闭', 'Close'),
  send: text('执行', 'Carry out'),
  confirm: text('确定执行', 'Yes, do it'),
  done: text('已执行', 'Done'),
  notDone: text('未执行', 'Not done'),
  unreachableNow: text('控制器没有应答。', 'The controller does not answer.'),
  resetFirstOut: text('复位首发标记', 'Reset the first-out marks'),
  resetAll: text('复位全部已恢复的告警', 'Reset all that is over'),
  lampTest: text('灯光声响试验', 'Lamp and horn test'),
  bypassPlanned: text('全部切到话机（等通话结束）', 'All lines to phones (calls may end)'),
  bypassNow: text('全部切到话机（立即）', 'All lines to phones (at once)'),
  restore: text('恢复到交换机', 'Back to the PBX'),
  resetBypass: text('解除保持', 'Lift the hold'),
  acknowledgeAll: text('确认全部告警', 'Acknowledge all alarms'),
} as const;

export const ageWords = (seconds: number): Text =>
  text(`数据已有 ${seconds} 秒没有更新`, `The picture is ${seconds} s old`);
export const liftWords = (phone: string, line: string): Text =>
  text(`请提起话机 ${phone}（${line}）`, `Lift phone ${phone} (${line})`);
export const countWords = (standing: number, unacknowledged: number): Text =>
  standing === 0
    ? words.noAlarms
    : text(
        `${standing} 条告警，${unacknowledged} 条未确认`,
        `${standing} alarm${standing === 1 ? '' : 's'}, ${unacknowledged} unacknowledged`,
      );
export const recordCountWords = (counts: RecordCounts): Text =>
  text(
    `24 小时话单：对上 ${counts.certain}，含糊 ${counts.ambiguous}，无对应 ${counts.none}，待定 ${counts.waiting}，读不懂 ${counts.unread} 行`,
    `Call records of 24 h: ${counts.certain} matched, ${counts.ambiguous} ambiguous, ${counts.none} of no call, ${counts.waiting} waiting, ${counts.unread} lines unread`,
  );
export const controlKindWords = {
  pulse: text('点动', 'pulse'),
  hold: text('保持', 'held'),
  serial: text('串口', 'over the wire'),
} as const satisfies Readonly<Record<string, Text>>;
export const readBackWords = {
  agrees: text('回读一致', 'read-back agrees'),
  differs: text('回读不一致', 'read-back differs'),
  unknown: text('回读未知', 'read-back unknown'),
} as const satisfies Readonly<Record<string, Text>>;
export const stateWords: Readonly<Record<string, Text>> = {
  starting: text('启动中', 'starting'),
  running: text('运行', 'running'),
  restarting: text('重启中', 'restarting'),
  failed: text('失败', 'failed'),
  up: text('已连接', 'up'),
  lost: text('失联', 'lost'),
  refused: text('已拒绝', 'refused'),
  normal: text('正常位', 'normal'),
  turned: text('已转动', 'turned'),
  unknown: text('未知', 'unknown'),
  guard: text('值守', 'guard'),
  recorder: text('录音', 'recorder'),
  archive: text('档案', 'archive'),
  front: text('前端', 'front'),
  probes: text('探测', 'probes'),
};
