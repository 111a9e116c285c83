/** Alarms of the lines, their bypass relays and the line cards. */
import { kind } from './catalogue-entry.ts';

export const lineAlarms = {
  'bypass.tripped': kind(
    'critical',
    {
      what: ['外线已自动切换到旁路', 'The lines went over to bypass by themselves'],
      effect: [
        '来电直接在旁路话机上振铃；不能转接，不经交换机排队',
        'Calls ring on the bypass phones; no transfer, no queue of the PBX',
      ],
      action: [
        '安排人员守在旁路话机前；处理交换机故障，恢复后确认外线已回到正常位',
        'Put people at the bypass phones; have the PBX repaired and see that the lines return to normal',
      ],
    },
    { latch: true },
  ),
  'bypass.held': kind('major', {
    what: ['外线保持在旁路，等待人工恢复', 'The lines stay in bypass until a person restores them'],
    effect: ['来电在旁路话机上接听', 'Calls are answered on the bypass phones'],
    action: [
      '确认交换机正常后，在面板上下达恢复命令',
      'When the PBX is proved to work, order the restore on the panel',
    ],
  }),
  'bypass.key': kind('major', {
    what: ['旁路钥匙已转动（或钥匙触点断线）', 'The bypass key is turned, or the wire of its contact is cut'],
    effect: [
      '继电器线圈断电，外线接到旁路话机；软件不能恢复',
      'The relay coils have no supply and the lines are on the bypass phones; software cannot bring them back',
    ],
    action: [
      '不是有意转动的，请转回；钥匙在正常位时检查其接线',
      'If nobody meant it, turn the key back; if it stands in normal, check its wire',
    ],
  }),
  'bypass.coil-supply': kind('critical', {
    what: ['旁路继电器线圈电源中断', 'The coil supply of the bypass relays is off'],
    effect: ['相关外线已全部落到旁路话机', 'All lines of the card have dropped to the bypass phones'],
    action: [
      '检查线圈电源、熔断器和钥匙开关；恢复前在旁路话机上接听',
      'Check the coil supply, its fuse and the key switch; answer on the bypass phones until then',
    ],
  }),
  'bypass.stuck': kind(
    'critical',
    {
      what: ['旁路继电器卡在正常位', 'A bypass relay is stuck in normal'],
      effect: [
        '该外线不能切到旁路：交换机故障时这一路打不通',
        'This line cannot go over: with the PBX down, its callers are lost',
      ],
      action: [
        '请运营商把该号码转移到其他外线；更换继电器',
        'Have the exchange divert this number to another line; replace the relay',
      ],
    },
    { latch: true },
  ),
  'bypass.open': kind(
    'critical',
    {
      what: ['旁路继电器两边都不通', 'A bypass relay is joined to neither side'],
      effect: ['该外线完全不通', 'This line is dead: it reaches neither PBX nor phone'],
      action: [
        '在配线架上把外线直接跳接到话机；更换继电器',
        'Patch the trunk straight to its phone at the frame; replace the relay',
      ],
    },
    { latch: true },
  ),
  'bypass.locked': kind(
    'major',
    {
      what: ['该外线已锁定在旁路', 'A line is locked in bypass'],
      effect: [
        '来电只能在旁路话机上接听，不会自动恢复',
        'Its calls are answered on the bypass phone only; it will not return by itself',
      ],
      action: [
        '检查或更换继电器，核对位置无误后在面板上复位',
        'Check or replace the relay; when its position is right, reset it on the panel',
      ],
    },
    { latch: true },
  ),
  'bypass.unreachable': kind('major', {
    what: ['控制不到旁路继电器', 'Bypass relays cannot be reached'],
    effect: [
      '线路卡将自行把外线切到旁路：空闲的立即切，通话中的等挂机',
      'The line card takes its lines over by itself: idle ones at once, busy ones when the call ends',
    ],
    action: [
      '检查线路卡的连线和电源；留意旁路话机的来电',
      'Check the cable and power of the line card; listen for the bypass phones',
    ],
  }),
  'bypass.call-cut': kind('major', {
    what: [
      '切换时通话中断，对方可能还在线',
      'A call was cut by the switch-over; the caller may still be there',
    ],
    effect: ['来电者正在等待', 'A caller is waiting'],
    action: [
      '立即拿起所指的旁路话机，三分钟内通常能接回',
      'Lift the named bypass phone at once: for about three minutes the call can usually be taken back',
    ],
  }),
  'bypass.port-failed': kind('major', {
    what: ['交换机的一个外线端口失效', 'One trunk port of the PBX has failed'],
    effect: [
      '该线已单独切到座席话机：来电在话机上接听，其他线路照常',
      'This line alone is on its seat phone: answer its calls there; the other lines are as ever',
    ],
    action: [
      '检修该端口或其到继电器的线对；修好后在面板上恢复该线',
      'Have the port, or the pair to it, repaired; then restore this line on the panel',
    ],
  }),
  'bypass.restore-overdue': kind('major', {
    what: ['外线迟迟不能恢复正常', 'The lines should have returned to normal by now'],
    effect: ['来电仍在旁路话机上', 'Calls are still on the bypass phones'],
    action: [
      '检查交换机状态；确认正常后人工下达恢复',
      'Look at the PBX; when it works, order the restore by hand',
    ],
  }),
  'bypass.alternate-phone': kind('minor', {
    what: ['外线改接了备用话机', 'A trunk has taken its alternate phone'],
    effect: [
      '旁路时该外线在备用话机上振铃，原话机不响',
      'In bypass this trunk rings at its alternate phone, and not at the usual one',
    ],
    action: [
      '安排人员守在备用话机前；原话机修好后下达 alternate-phone 接回',
      'Put somebody at the alternate phone; when the usual one is mended, take it back (alternate-phone, off)',
    ],
  }),
  'bypass.exercise-failed': kind('major', {
    what: ['旁路演练未通过', 'A bypass exercise failed'],
    effect: ['交换机故障时，这一路可能到不了座席话机', 'With the PBX down this line may not reach its phone'],
    action: [
      '按详情检查继电器、线对或话机，然后对该线再做一次演练',
      'Check relay, pair or telephone as the details say, then exercise this line again',
    ],
  }),
  'bypass.exercise-overdue': kind('warning', {
    what: ['有线路久未演练', 'Lines have not been exercised for a long time'],
    effect: ['继电器或话机的毛病可能无人知道', 'A fault of relay or phone may stand there unseen'],
    action: [
      '在空闲时对这些线路下达演练；一直占线的查明原因',
      'Order an exercise of these lines in a quiet hour; find out why a line is never idle',
    ],
  }),
  'relay.slow': kind('warning', {
    what: ['旁路继电器动作变慢', 'A bypass relay has grown slow'],
    effect: [
      '目前切换正常；继电器磨损，日后可能卡住',
      'It still switches; a relay wears like this before it sticks',
    ],
    action: [
      '安排更换该继电器；换好后在面板或命令中登记 new-relay，动作时间重新计',
      'Plan to replace this relay; then order `new-relay` for the line, and its times begin anew',
    ],
  }),
  'line.dead': kind(
    'major',
    {
      what: ['外线无馈电', 'A trunk has no voltage'],
      effect: ['该号码打不进也打不出', 'No call can come in or go out on it'],
      action: [
        '多路同时出现是局方线路中断；单路则检查配线架。向运营商报障并申请呼叫转移',
        'If many went together, the cable from the exchange is cut; if one, check the frame. Report it to the operator and ask for diversion',
      ],
    },
    { offDelayMs: 2_000 },
  ),
  'line.reversed': kind('minor', {
    what: ['外线极性反接', 'A trunk is fed in reversed polarity'],
    effect: [
      '通话照常，但来电显示、应答反极计费或个别中继板可能失灵',
      'Calls go on, but caller ID, answer supervision or a trunk board of the PBX may fail',
    ],
    action: [
      '在配线架上把该外线的两根线对调；若局方确已改动，在机房文件写明 polarity',
      'Swap the two wires of this trunk at the frame; if the exchange has changed it for good, write polarity in the room file',
    ],
  }),
  'terminal.phone-no-current': kind('major', {
    what: [
      '旁路通话中座席话机没有环路电流',
      'A seat phone draws no current though its line is in use in bypass',
    ],
    effect: [
      '座席听不到来电者：话机线断开，或别的设备占用了外线',
      'The seat does not hear its caller: the pair to the phone is open, or something else holds the trunk',
    ],
    action: [
      '换一部话机或检查到该座席的线对；同时用别的旁路话机接听',
      'Try another telephone, check the pair to this seat, and answer on another bypass phone meanwhile',
    ],
  }),
  'terminal.phone-off-hook': kind('major', {
    what: ['座席话机未挂好', 'A seat phone was left off hook'],
    effect: ['该外线被占用，来电听到忙音', 'Its trunk is blocked: callers hear busy'],
    action: ['到该座席把听筒挂好', 'Go to the seat and hang up its handset'],
  }),
  'terminal.phone-unanswered': kind('major', {
    what: ['旁路话机久响无人接', 'A bypass phone rings and nobody answers'],
    effect: ['旁路期间该外线的来电者得不到接听', 'While in bypass the callers of this trunk reach nobody'],
    action: [
      '派人到该座席；有人而话机不响，则到该座席的线对断开或话机损坏',
      'Send somebody to the seat; if it does not ring there, the pair to it is open or the telephone is broken',
    ],
  }),
  'line.off-hook-long': kind('minor', {
    what: ['外线长时间摘机', 'A line has been off hook for a long time'],
    effect: ['该外线被占用，来电听到忙音', 'The line is blocked: its callers hear busy'],
    action: ['检查话机是否未挂好', 'See whether a handset was left off'],
  }),
  'extension.off-hook': kind('minor', {
    what: ['拨号音测试后备用分机未能挂机', 'The spare extension did not go on hook after its dial-tone test'],
    effect: [
      '该分机被占用；拨号音测试暂停，不影响外线',
      'The extension is blocked and its test stands still; the lines are not concerned',
    ],
    action: [
      '检查是否有话机并在同一线对上；没有则更换线路卡的该通道',
      'See whether a telephone hangs on the same pair; if not, the loop switch of this channel is stuck: replace the card',
    ],
  }),
  'card.lost': kind('critical', {
    what: ['线路卡失联', 'A line card does not answer'],
    effect: [
      '其八路外线无法监视和录音；线路卡将自行把外线切到旁路',
      'Its eight lines are neither watched nor recorded; the card takes them over to bypass by itself',
    ],
    action: [
      '检查线路卡电源和连线；留意旁路话机的来电',
      'Check power and cable of the card; listen for the bypass phones',
    ],
  }),
  'card.refused': kind('major', {
    what: ['线路卡不是登记的那一块，已拒绝', 'A line card is not the one bound to this place: refused'],
    effect: ['不会驱动其继电器，也不录音', 'Its relays are left alone and its lines are not recorded'],
    action: [
      '插错了请换回；确已更换则在机房文件中改序列号',
      'If it was swapped by mistake, swap it back; if it was replaced, change the serial number in the room file',
    ],
  }),
  'card.bad-frames': kind(
    'minor',
    {
      what: ['线路卡链路误码', 'Bad frames on the link of a line card'],
      effect: ['录音可能有短暂空缺', 'Recordings may have short gaps'],
      action: ['检查线缆、接头和干扰', 'Check cable, plugs and interference'],
    },
    { onDelayMs: 5_000, offDelayMs: 60_000 },
  ),
} as const;
