/** Alarms of what the room is watched for: PBX, servers, terminals, network, UPS, wired points and readings. */
import { kind } from './catalogue-entry.ts';

export const roomAlarms = {
  'pbx.down': kind(
    'critical',
    {
      what: ['交换机故障', 'The PBX is down'],
      effect: [
        '来电无法到达坐席；外线正在转接到旁路话机',
        'Callers do not reach the seats through the PBX; the lines go over to their bypass phones',
      ],
      action: [
        '让每个坐席到旁路话机前接听；检查交换机电源和告警灯，联系交换机维护单位',
        'Have the seats answer on the bypass phones; look at the power and alarm lamps of the PBX and call its maintainer',
      ],
    },
    { offDelayMs: 5_000 },
  ),
  'pbx.degraded': kind(
    'major',
    {
      what: ['交换机有故障迹象', 'Some evidence says that the PBX is failing'],
      effect: [
        '通话可能仍正常；证据不足，不会自动切换旁路',
        'Calls may still work; the evidence is too thin for an automatic bypass',
      ],
      action: [
        '拨打一个本单位号码试通；不通就手动切换旁路，通则检查报故障的那一路信号',
        'Call one of your own numbers: if it fails, order the bypass by hand; if it works, check the source that reports the fault',
      ],
    },
    { onDelayMs: 5_000, offDelayMs: 10_000 },
  ),
  'pbx.unknown': kind(
    'major',
    {
      what: ['看不到交换机的状态', 'The state of the PBX cannot be seen'],
      effect: [
        '交换机若此时故障，不会自动切换旁路',
        'If the PBX fails now, the lines will not go over by themselves',
      ],
      action: [
        '检查交换机告警触点的接线、网络和串口；恢复之前请人值守并定时试拨',
        'Check the wire of the PBX alarm contact, the network and the serial link; until then keep someone on watch and make test calls',
      ],
    },
    { onDelayMs: 60_000, offDelayMs: 5_000 },
  ),
  'pbx.refusing': kind(
    'warning',
    {
      what: ['交换机在线但拒绝服务（SIP 503）', 'The PBX answers but refuses service (SIP 503)'],
      effect: ['部分呼叫可能打不通', 'Some calls may fail'],
      action: [
        '查看交换机负荷与许可，联系交换机维护单位',
        'Look at the load and licences of the PBX and ask its maintainer',
      ],
    },
    { onDelayMs: 30_000, offDelayMs: 30_000 },
  ),
  'server.down': kind(
    'major',
    {
      what: ['服务器无应答', 'A server does not answer'],
      effect: [
        '电话不受影响；坐席的业务系统可能不可用',
        'Telephony goes on; the business system of the seats may be unavailable',
      ],
      action: [
        '改用手工登记；检查服务器电源和网线，联系系统管理员',
        'Change to paper forms; check power and network cable of the server and call its administrator',
      ],
    },
    { onDelayMs: 2_000, offDelayMs: 10_000 },
  ),
  'terminal.down': kind(
    'minor',
    {
      what: ['坐席终端无应答', 'A seat terminal does not answer'],
      effect: ['该坐席无法使用业务系统', 'This seat cannot use the business system'],
      action: [
        '五分钟内恢复该席位：重启终端或换到备用席位',
        'Bring the seat back within five minutes: restart the terminal or move to a spare seat',
      ],
    },
    { onDelayMs: 5_000, offDelayMs: 10_000 },
  ),
  'network.down': kind(
    'major',
    {
      what: ['网络中断', 'The network is down'],
      effect: [
        '模拟外线不受影响；业务系统、IP 话机和对中心的上报中断',
        'Analogue lines go on; business system, IP phones and reports to the centre stop',
      ],
      action: [
        '检查网络交换机电源和上联光纤/网线，联系网络管理员',
        'Check the power of the network switch and its uplink and call the network administrator',
      ],
    },
    { onDelayMs: 2_000, offDelayMs: 10_000 },
  ),
  'subject.down': kind(
    'major',
    {
      what: ['被监视的设备故障', 'A watched device is down'],
      effect: ['取决于该设备', 'Depends on the device'],
      action: ['按设备名称查找并检查', 'Find the device by its name and check it'],
    },
    { onDelayMs: 2_000, offDelayMs: 10_000 },
  ),
  'subject.degraded': kind(
    'warning',
    {
      what: ['部分监测信号报故障', 'Some sources report a fault'],
      effect: ['设备可能仍在工作，余量减小', 'The device may still work, with less margin'],
      action: ['检查报故障的那一路监测信号', 'Check the source that reports the fault'],
    },
    { onDelayMs: 30_000, offDelayMs: 30_000 },
  ),
  'subject.unknown': kind(
    'minor',
    {
      what: ['看不到设备状态', 'The state of a device cannot be seen'],
      effect: ['该设备故障时不会告警', 'If it fails now, no alarm will tell'],
      action: [
        '检查监测用的接线、网络和探测程序',
        'Check the wiring, the network and the probe that watch it',
      ],
    },
    { onDelayMs: 60_000, offDelayMs: 5_000 },
  ),
  'subject.flapping': kind('major', {
    what: ['设备反复中断又恢复', 'A device fails and comes back again and again'],
    effect: [
      '时断时续；抖动期间只报这一条，停止后再报当时的状态',
      'It works on and off; while this lasts it is the only alarm of it, and what is true at its end is told then',
    ],
    action: [
      '检查该设备的电源、网线、接头和负荷；看是否有人正在反复重启它',
      'Check its power, cable, plugs and load, and whether somebody keeps restarting it',
    ],
  }),
  'certificate.expiring': kind('warning', {
    what: ['服务器证书即将到期', 'The certificate of a server ends soon'],
    effect: [
      '目前一切正常；到期后客户端将拒绝连接',
      'All works for now; when it ends, clients will refuse to connect',
    ],
    action: ['申请并安装新证书', 'Get a new certificate and install it'],
  }),
  'certificate.expired': kind('minor', {
    what: ['服务器证书已过期', 'The certificate of a server has ended'],
    effect: [
      '客户端拒绝连接该服务，业务系统可能不可用',
      'Clients refuse it: the business system may be unavailable',
    ],
    action: [
      '立即换新证书；若证书未到期，检查本机时钟',
      'Install a new certificate now; if it has not ended, check the clock of this machine',
    ],
  }),
  'ups.on-battery': kind(
    'major',
    {
      what: ['市电中断，UPS 由电池供电', 'Mains failed: the UPS runs on battery'],
      effect: [
        '目前通话正常；电池耗尽后外线转到旁路话机',
        'Calls go on for now; when the battery ends the lines go over to the bypass phones',
      ],
      action: [
        '确认停电范围，询问供电单位恢复时间；关闭不必要的负载，准备手工登记表',
        'Find out how far the power cut reaches and how long it lasts; switch off what is not needed and get the paper forms ready',
      ],
    },
    { onDelayMs: 2_000, offDelayMs: 10_000 },
  ),
  'ups.low-battery': kind(
    'critical',
    {
      what: ['UPS 电池即将耗尽', 'The battery of the UPS is nearly empty'],
      effect: [
        '几分钟内设备将断电，只剩旁路话机可用',
        'The equipment loses power within minutes; only the bypass phones will work',
      ],
      action: [
        '通知坐席改用旁路话机；启动发电机或准备有序关机',
        'Tell the seats to use the bypass phones; start the generator or prepare an orderly shutdown',
      ],
    },
    { offDelayMs: 30_000 },
  ),
  'ups.comms-lost': kind(
    'major',
    {
      what: ['与 UPS 的通信中断', 'The UPS does not answer'],
      effect: ['停电时不知道还能供电多久', 'In a power cut nobody would know how long the battery lasts'],
      action: [
        '到 UPS 面板查看状态；检查通信线、站号和波特率',
        'Read the state on the panel of the UPS; check its cable, unit number and baud rate',
      ],
    },
    { onDelayMs: 30_000, offDelayMs: 10_000 },
  ),
  'ups.lost-on-battery': kind(
    'critical',
    {
      what: ['UPS 在电池供电时失去通信', 'The UPS fell silent while it ran on battery'],
      effect: [
        '设备可能随时断电，剩余时间只能按最后读数推算',
        'The equipment may lose power at any moment; what is left can only be reckoned from the last reading',
      ],
      action: [
        '到 UPS 面板查看剩余时间；准备改用旁路话机和手工登记',
        'Read the time left on its panel; get ready for the bypass phones and paper forms',
      ],
    },
    { onDelayMs: 5_000, offDelayMs: 10_000 },
  ),
  'ups.autonomy-short': kind(
    'major',
    {
      what: ['UPS 满电也撑不到要求的时间', 'A full battery would not last as long as the room asks'],
      effect: ['停电时电话会比预定更早中断', 'In a power cut the telephones would end earlier than planned'],
      action: ['减少 UPS 上的负载，或更换、增加电池', 'Take load off the UPS, or replace or add batteries'],
    },
    { onDelayMs: 10_000, offDelayMs: 60_000 },
  ),
  'ups.test-failed': kind(
    'major',
    {
      what: ['UPS 电池测试未通过', 'The battery test of the UPS failed'],
      effect: ['停电时电池可能供不上电', 'In a power cut the battery may not carry the equipment'],
      action: [
        '联系 UPS 维护单位检查并更换电池，然后重新测试',
        'Have the maintainer of the UPS check and replace the battery, then test again',
      ],
    },
    { onDelayMs: 10_000, offDelayMs: 10_000 },
  ),
  'ups.test-overdue': kind('warning', {
    what: ['UPS 电池很久没有测试', 'The battery of the UPS has not been tested for long'],
    effect: [
      '坏了也不知道，停电时电池可能供不上电',
      'If it is bad nobody knows, and in a power cut it may not carry the equipment',
    ],
    action: [
      '查看日志中测试未进行的原因，然后执行 linekeeper ups test',
      'See in the log why no test was begun, then give linekeeper ups test',
    ],
  }),
  'ups.replace-battery': kind(
    'minor',
    {
      what: ['UPS 电池需要更换', 'The battery of the UPS must be replaced'],
      effect: ['停电时供电时间可能很短', 'In a power cut it may last only a short time'],
      action: ['联系 UPS 维护单位更换电池', 'Order new batteries from the maintainer of the UPS'],
    },
    { onDelayMs: 10_000, offDelayMs: 60_000 },
  ),
  'ups.overload': kind(
    'major',
    {
      what: ['UPS 过载', 'The UPS is overloaded'],
      effect: ['UPS 可能关断输出，全部设备断电', 'It may switch off and take all equipment with it'],
      action: ['立即拔除不必要的负载', 'Unplug what is not needed, now'],
    },
    { onDelayMs: 2_000, offDelayMs: 10_000 },
  ),
  'ups.on-bypass': kind(
    'major',
    {
      what: ['UPS 处于旁路，电池不起保护作用', 'The UPS is on its own bypass: the battery does not protect'],
      effect: ['市电一断，全部设备立即断电', 'If mains fails now, all equipment loses power at once'],
      action: [
        '查看 UPS 面板上的故障码，联系 UPS 维护单位',
        'Read the fault code on the UPS and call its maintainer',
      ],
    },
    { onDelayMs: 5_000, offDelayMs: 10_000 },
  ),
  'ups.battery-absent': kind(
    'major',
    {
      what: ['UPS 未接电池', 'The UPS has no battery'],
      effect: ['市电一断，全部设备立即断电', 'If mains fails now, all equipment loses power at once'],
      action: [
        '检查电池开关和接线，联系 UPS 维护单位',
        'Check the battery switch and cables and call the maintainer of the UPS',
      ],
    },
    { onDelayMs: 10_000, offDelayMs: 30_000 },
  ),
  'ups.off': kind(
    'critical',
    {
      what: ['UPS 输出已关断', 'The UPS has switched its output off'],
      effect: ['由它供电的设备已断电', 'What it feeds has no power'],
      action: ['查看 UPS 面板，查明原因后重新开机', 'Read its panel, find the cause and switch it on again'],
    },
    { onDelayMs: 2_000, offDelayMs: 10_000 },
  ),
  'ups.over-temperature': kind(
    'major',
    {
      what: ['UPS 温度过高', 'The UPS is too hot'],
      effect: ['UPS 可能自行关断，全部设备断电', 'It may switch off and take all equipment with it'],
      action: ['检查 UPS 风扇、滤网和机房空调', 'Check its fans and filters and the cooling of the room'],
    },
    { onDelayMs: 5_000, offDelayMs: 60_000 },
  ),
  'ups.fault': kind(
    'major',
    {
      what: ['UPS 报告故障', 'The UPS reports a fault'],
      effect: ['停电时可能供不上电', 'It may not carry the equipment through a power cut'],
      action: [
        '查看 UPS 面板上的故障码，联系 UPS 维护单位',
        'Read the fault code on its panel and call its maintainer',
      ],
    },
    { onDelayMs: 5_000, offDelayMs: 10_000 },
  ),
  'point.active': kind(
    'major',
    {
      what: ['现场触点动作', 'A wired contact has left its normal position'],
      effect: ['取决于该触点所接的设备', 'Depends on what the contact is wired to'],
      action: [
        '按接线表查找该触点，检查所接设备；常闭触点也可能是断线',
        'Find the contact on the wiring sheet and check its device; on a normally-closed contact the wire may be cut',
      ],
    },
    { offDelayMs: 1_000 },
  ),
  'button.stuck': kind('warning', {
    what: ['按钮按下后没有弹起', 'A button stays pressed'],
    effect: [
      '这个按钮暂时不起作用：再按也没有新的动作',
      'This button does nothing for now: pressing it again orders nothing new',
    ],
    action: [
      '查看按钮是否卡住、接线是否短路；其间在面板上操作',
      'See whether the button is jammed or its wires touch; use the panel meanwhile',
    ],
  }),
  'point.cut': kind(
    'major',
    {
      what: ['监视触点的线路断开', 'The wire of a supervised contact is cut'],
      effect: [
        '该触点所报的事看不到了；作为判据时为未知，不算故障',
        'What the contact would tell is not seen; as evidence it is unknown, never a fault',
      ],
      action: [
        '检查触点线路是否被剪断、松脱，末端电阻是否脱落',
        'Look for a cut or loose wire, and for its resistor at the far end',
      ],
    },
    { onDelayMs: 500, offDelayMs: 2_000 },
  ),
  'point.short': kind(
    'major',
    {
      what: ['监视触点的线路短路', 'The wires of a supervised contact touch each other'],
      effect: [
        '该触点所报的事看不到了；作为判据时为未知，不算故障',
        'What the contact would tell is not seen; as evidence it is unknown, never a fault',
      ],
      action: [
        '检查线路是否被压破、进水或被人短接',
        'Look for a crushed or wet cable, or for a bridge that somebody put in',
      ],
    },
    { onDelayMs: 500, offDelayMs: 2_000 },
  ),
  'point.not-supervised': kind('minor', {
    what: ['线路卡不能监视该触点的线路', 'The line card cannot supervise the wire of this contact'],
    effect: [
      '机房文件写明的末端电阻无法测量，该触点为未知',
      'The resistors that the room file tells of cannot be measured: the contact is unknown',
    ],
    action: [
      '换用能测量输入电阻的线路卡，或去掉 supervised 并按普通触点接线',
      'Use a card that measures its inputs, or leave `supervised` out and wire the contact without resistors',
    ],
  }),
  'control.no-read-back': kind('major', {
    what: ['对交换机的控制没有证实', 'A control of the switch was not confirmed'],
    effect: [
      '交换机可能没有照办，例如没有转入夜间服务',
      'The switch may not have done it, such as gone to night service',
    ],
    action: [
      '到交换机上查看实际状态；检查继电器、回读触点或串口',
      'See at the switch how it stands; check the relay, its read-back contact or the serial wire',
    ],
  }),
  'counter.counted': kind(
    'minor',
    {
      what: ['计数器有新的计数', 'A counter has counted'],
      effect: [
        '暂不影响通话；避雷器每动作一次都会损耗',
        'Calls are not affected; an arrester wears with each surge',
      ],
      action: [
        '到现场查看避雷器状态窗和接地，记录后复位此告警',
        'Look at the arrester and its earth on the spot, note it, then reset this alarm',
      ],
    },
    { latch: true },
  ),
  'reading.unknown': kind(
    'minor',
    {
      what: ['测量值读不到', 'A reading cannot be had'],
      effect: ['超限时不会告警', 'If it passes its limits, no alarm will tell'],
      action: [
        '检查传感器、其电源和通信线、站号',
        'Check the sensor, its power, its cable and its unit number',
      ],
    },
    { onDelayMs: 30_000, offDelayMs: 5_000 },
  ),
  'reading.warn': kind(
    'minor',
    {
      what: ['测量值超过预警限', 'A reading is beyond its warning limit'],
      effect: ['暂不影响通话', 'Calls are not affected yet'],
      action: ['查明原因，如空调、通风或供电', 'Find the cause, such as cooling, ventilation or supply'],
    },
    { onDelayMs: 5_000, offDelayMs: 30_000 },
  ),
  'reading.critical': kind(
    'critical',
    {
      what: ['测量值超过危险限', 'A reading is beyond its critical limit'],
      effect: ['设备可能损坏或自行关机', 'Equipment may be damaged or switch itself off'],
      action: [
        '立即到现场处理；温度过高时打开门窗、关闭不必要的设备',
        'Go there at once; if it is heat, open the doors and switch off what is not needed',
      ],
    },
    { onDelayMs: 2_000, offDelayMs: 30_000 },
  ),
} as const;
