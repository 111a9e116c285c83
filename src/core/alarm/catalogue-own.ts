/** Alarms of linekeeper itself: recorder, archive, guard, its threads, buses and links. */
import { kind } from './catalogue-entry.ts';

export const ownAlarms = {
  'recorder.failed': kind('major', {
    what: ['录音失败', 'Recording failed'],
    effect: ['通话正常，但没有录音', 'Calls go on but are not recorded'],
    action: [
      '检查磁盘空间和录音进程；重要内容请手工记录',
      'Check disk and recorder; note important calls by hand',
    ],
  }),
  'recorder.gap': kind(
    'minor',
    {
      what: ['录音有空缺', 'A recording has a gap'],
      effect: ['缺失的部分已标记，无法补回', 'What is missing is marked and cannot be brought back'],
      action: ['查看线路卡链路和系统负荷', 'Look at the link of the line card and the load of the system'],
    },
    { offDelayMs: 60_000 },
  ),
  'disk.full': kind('major', {
    what: ['录音磁盘已满', 'The disk for recordings is full'],
    effect: [
      '通话正常；录音暂存内存约一分钟，之后丢失',
      'Calls go on; recordings wait in memory for about a minute, then they are lost',
    ],
    action: [
      '备份并更换磁盘，或缩短保存期限',
      'Back up and change the disk, or shorten the time that recordings are kept',
    ],
  }),
  'disk.not-writable': kind('major', {
    what: ['数据目录不可写', 'The data folder cannot be written'],
    effect: [
      '通话和旁路正常，但录音和记录无法保存',
      'Calls and bypass go on; recordings and records cannot be kept',
    ],
    action: [
      '检查磁盘是否损坏、只读或权限错误',
      'See whether the disk is broken, read-only or has the wrong rights',
    ],
  }),
  'disk.read-only': kind('major', {
    what: ['数据所在的文件系统变为只读', 'The file system of the data folder went read-only'],
    effect: [
      '通话和旁路正常，但录音和记录无法保存',
      'Calls and bypass go on; recordings and records cannot be kept',
    ],
    action: [
      '存储卡多半已坏：备份后更换，再重启',
      'The card is most likely broken: save what can be read, change it and restart',
    ],
  }),
  'disk.worn': kind('warning', {
    what: ['存储芯片接近寿命终点', 'The flash memory is nearly worn out'],
    effect: ['目前正常；不久可能变为只读', 'All works for now; it may soon go read-only'],
    action: ['安排更换', 'Plan its replacement'],
  }),
  'alarm.flood': kind('major', {
    what: ['告警潮：告警多到无法逐条处理', 'Alarm flood: more alarms than a person can act on'],
    effect: [
      '一级紧急告警照常单独发声；其余照常列出，但消音后不再重新响起',
      'Critical alarms sound by themselves as ever; others are listed, but do not start the silenced horn again',
    ],
    action: [
      '先处理一级紧急和最先出现的一条，其余多半是它的后果；可一次确认全部',
      'Act on the critical ones and on the one that came first: the others mostly follow from it. All may be acknowledged at once',
    ],
  }),
  'machine.hot': kind(
    'minor',
    {
      what: ['本机温度过高', 'This machine is too hot'],
      effect: ['处理器会降速，旁路动作可能变慢', 'The processor slows down and a bypass may come late'],
      action: ['检查机柜通风、散热片和风扇', 'Check the air in the rack, the heat sink and the fan'],
    },
    { onDelayMs: 30_000, offDelayMs: 30_000 },
  ),
  'machine.power': kind(
    'major',
    {
      what: ['本机供电电压不足', 'The supply of this machine is too weak'],
      effect: ['可能随时重启或损坏存储卡', 'It may restart at any time, or damage its card'],
      action: ['更换合格的电源和电源线', 'Change the power supply and its cable for sound ones'],
    },
    { offDelayMs: 60_000 },
  ),
  'machine.throttled': kind(
    'minor',
    {
      what: ['本机处理器已降速', 'The processor of this machine is slowed down'],
      effect: ['录音或上报可能滞后', 'Recording or reporting may lag'],
      action: ['检查温度和电源', 'Check its temperature and its power supply'],
    },
    { onDelayMs: 30_000, offDelayMs: 60_000 },
  ),
  'speech.unavailable': kind('warning', {
    what: ['不能语音播报', 'Announcements cannot be spoken'],
    effect: ['灯和喇叭照常；只是没有人声', 'Lamps and horn work as ever; only the voice is missing'],
    action: [
      '按详情安装程序或检查声音设备；用 linekeeper speech test 试听',
      'Install the program or see to the sound device; try it with linekeeper speech test',
    ],
  }),
  'self-test.overdue': kind('warning', {
    what: ['灯和喇叭很久没有试过', 'Lamp and horn have not been tried for long'],
    effect: [
      '坏了也不知道，告警时可能听不到',
      'If they are broken nobody knows, and an alarm may not be heard',
    ],
    action: [
      '按试灯按钮（或网页上的试灯），看灯、听喇叭',
      'Press the test button, or the lamp test of the page: look and listen',
    ],
  }),
  'disk.slow': kind('minor', {
    what: ['写盘很慢', 'The disk is slow to write'],
    effect: [
      '通话和旁路正常；断电时可能多丢几秒录音',
      'Calls and bypass go on; a power cut may cost more of a recording',
    ],
    action: [
      '存储卡可能将坏：备份并安排更换',
      'The card may be failing: back it up and plan its replacement',
    ],
  }),
  'archive.damaged': kind('major', {
    what: ['录音数据库检查出损坏', 'The archive database was found damaged'],
    effect: [
      '录音文件仍在；查询和统计可能出错',
      'The files of the recordings are there; searches and figures may be wrong',
    ],
    action: [
      '重启程序：损坏的库会另存并由文件重建；并检查磁盘',
      'Restart the program: it sets the database aside and makes it anew from the files; then check the disk',
    ],
  }),
  'archive.log-large': kind('minor', {
    what: ['录音数据库的日志过大', 'The write-ahead log of the archive does not shrink'],
    effect: ['占用磁盘空间，启动会变慢', 'It takes disk space, and a start takes longer'],
    action: [
      '结束长时间打开该库的程序（如备份、sqlite3），或重启本程序',
      'End what keeps the database open (a backup, sqlite3), or restart the program',
    ],
  }),
  'archive.corrupt': kind('major', {
    what: ['录音档案与校验不符', 'The archive does not agree with its seals'],
    effect: ['部分录音可能被改动或损坏', 'Some recordings may be altered or damaged'],
    action: [
      '保护现场，不要删除文件；运行 linekeeper verify 查明范围',
      'Delete nothing; run `linekeeper verify` to see how far it goes',
    ],
  }),
  'archive.set-aside': kind(
    'major',
    {
      what: ['录音数据库损坏，已另存并新建', 'The archive database was damaged: set aside, a new one begun'],
      effect: [
        '新录音正常；旧录音暂时查不到，文件仍在',
        'New recordings are kept; old ones cannot be searched, their files are still there',
      ],
      action: ['保留另存的文件，联系技术人员恢复', 'Keep the file that was set aside and call a technician'],
    },
    { latch: true },
  ),
  'guard.json-corrupt': kind(
    'major',
    {
      what: ['保存的状态文件损坏，已另存', 'The saved state was damaged and set aside'],
      effect: [
        '告警确认和旁路原因丢失；继电器保持原位',
        'Acknowledgements and bypass reasons are lost; the relays stay as they are',
      ],
      action: [
        '核对每路外线的位置，必要时人工恢复',
        'Check the position of every line and restore by hand where needed',
      ],
    },
    { latch: true },
  ),
  'guard.unfit': kind('critical', {
    what: ['主控反复重启，已退出保护', 'The guard keeps restarting and has given up control'],
    effect: [
      '线路卡将自行把外线切到旁路话机',
      'The line cards take the lines over to the bypass phones by themselves',
    ],
    action: [
      '在旁路话机上接听；联系技术人员，保留日志',
      'Answer on the bypass phones; call a technician and keep the journal',
    ],
  }),
  'guard.slow-turn': kind(
    'minor',
    {
      what: ['主控响应变慢', 'The guard reacts slowly'],
      effect: ['旁路动作可能延迟', 'A bypass may come late'],
      action: ['检查系统负荷、温度和存储卡', 'Check load, temperature and storage card of the computer'],
    },
    { offDelayMs: 60_000 },
  ),
  'guard.invariant': kind(
    'critical',
    {
      what: ['主控发现自身错误并已重启', 'The guard found itself wrong and restarted'],
      effect: ['外线位置未变；该错误需要分析', 'No line was moved; the error must be looked into'],
      action: ['保存日志交给开发人员', 'Keep the journal and hand it to the developers'],
    },
    { latch: true },
  ),
  'guard.alarms-full': kind('major', {
    what: ['告警数量达到上限', 'There are more alarms than can be kept'],
    effect: ['新的非紧急告警暂不显示', 'New alarms below critical are not shown'],
    action: [
      '先查大面积故障的共同原因，再确认旧告警',
      'Look for the common cause first, then acknowledge the old ones',
    ],
  }),
  'thread.dead': kind('major', {
    what: ['后台进程停止', 'A worker has stopped'],
    effect: [
      '通话和旁路正常；录音、档案或上报中断',
      'Calls and bypass go on; recording, archive or reporting has stopped',
    ],
    action: [
      '程序会自动重启它；持续出现请联系技术人员',
      'It is restarted by itself; if this stays, call a technician',
    ],
  }),
  'thread.slow': kind(
    'minor',
    {
      what: ['后台进程响应慢', 'A worker answers slowly'],
      effect: ['录音或上报可能滞后', 'Recording or reporting may lag'],
      action: ['检查系统负荷和磁盘', 'Check the load and the disk'],
    },
    { onDelayMs: 5_000, offDelayMs: 30_000 },
  ),
  'gpio.lost': kind('critical', {
    what: ['GPIO 不可用', 'The GPIO is not available'],
    effect: ['声光告警、按钮和现场触点失效', 'Horn, lamp, buttons and wired contacts do not work'],
    action: [
      '看面板代替声光；检查系统日志和接线板',
      'Watch the panel instead of the lamp; check the system log and the board',
    ],
  }),
  'gpio.driven-by-other': kind('major', {
    what: ['引脚不是按本程序的输出动作', 'A pin does not stand as this program drives it'],
    effect: [
      '声光告警或旁路继电器可能被其他程序控制，或引脚短路',
      'Another program may control horn, lamp or bypass relays, or the pin is short-circuited',
    ],
    action: [
      '停止使用 /sys/class/gpio 的其他程序；查引脚接线；改用 gpio: chardev',
      'Stop what else uses /sys/class/gpio; look at the wiring of the pin; change to gpio: chardev',
    ],
  }),
  'gpio.outputs-kept': kind('major', {
    what: ['本平台在程序退出后保持输出', 'This platform keeps its outputs when the program dies'],
    effect: [
      '程序崩溃时直连的旁路继电器和 healthy 不会释放',
      'Bypass relays and `healthy` wired to it would not release when the program dies',
    ],
    action: ['改接线路卡，或加装电荷泵', 'Move them to a line card, or fit the charge pump'],
  }),
  'http.port-taken': kind('minor', {
    what: ['网页端口被占用', 'The port of the page is taken by another program'],
    effect: ['通话和告警正常，但网页打不开', 'Calls and alarms go on; the page cannot be opened'],
    action: ['停止占用端口的程序，或改 http.port', 'Stop the program that has the port, or change http.port'],
  }),
  'socket.closed': kind('minor', {
    what: ['本机命令的套接字未按设置打开', 'The local socket for commands is not open as the room file says'],
    effect: [
      '通话和告警正常，但命令行不能确认告警或下达旁路命令',
      'Calls and alarms go on; the command line cannot acknowledge alarms or order the bypass',
    ],
    action: [
      '按告警中的原因处理：停止另一个程序，或改正数据目录的权限、socket 的用户组',
      'Do as its reason says: stop the other program, or mend the rights of the data folder or the group of socket',
    ],
  }),
  'room.file': kind('major', {
    what: [
      '机房文件有错误，正使用上一份正确的副本',
      'The room file has errors: the last good copy is in use',
    ],
    effect: [
      '机房按旧的设置运行，新的改动没有生效',
      'The room runs on its old settings; the changes are not in force',
    ],
    action: [
      '运行 linekeeper check 查看并改正全部问题，再重启',
      'Run `linekeeper check`, correct every problem, then restart',
    ],
  }),
  'card.key-file': kind('major', {
    what: ['线路卡的密钥文件不可用', 'The key file of a line card cannot be used'],
    effect: [
      '该线路卡拒绝会话；失联后它自行把线路接到座席电话',
      'The card refuses the session; after hostLost it joins its lines to their phones by itself',
    ],
    action: ['检查密钥文件的内容和权限（0600）', 'Check the content of the key file and its mode (0600)'],
  }),
  'bus.lost': kind(
    'major',
    {
      what: ['现场总线中断', 'A field bus is lost'],
      effect: ['该总线上的设备状态未知', 'The state of everything on it is unknown'],
      action: [
        '检查转换器、接线和电源；插好后会自动恢复',
        'Check adapter, wiring and power; it comes back by itself',
      ],
    },
    { onDelayMs: 2_000, offDelayMs: 5_000 },
  ),
  'records.unreadable': kind(
    'minor',
    {
      what: ['话单读不懂', 'The call records cannot be read'],
      effect: [
        '通话和旁路正常；话单原文保留，但不能作为判据，也不能对应到录音',
        'Calls and bypass go on; the lines are kept, but are no evidence and give recordings no extension',
      ],
      action: [
        '核对串口速率和话单格式；用 linekeeper smdr try 检查捕获的文件',
        'Check the speed of the wire and the format; look at a capture with `linekeeper smdr try`',
      ],
    },
    { onDelayMs: 10_000, offDelayMs: 60_000 },
  ),
  'mqtt.away': kind(
    'minor',
    {
      what: ['与中心的连接中断', 'The link to the centre is down'],
      effect: ['本地一切正常；事件暂存，恢复后补报', 'All works here; events are kept and sent later'],
      action: [
        '检查外网和中心服务器；请电话告知中心',
        'Check the uplink and the centre; tell the centre by telephone',
      ],
    },
    { onDelayMs: 30_000, offDelayMs: 10_000 },
  ),
  'mqtt.backlog': kind('minor', {
    what: ['有事件久未送达中心', 'Events have waited long for the centre'],
    effect: ['本地一切正常；中心所见已过时', 'All works here; what the centre sees is behind'],
    action: [
      '连接正常时，检查中心的服务器是否接收该主题、有无订阅者',
      'If the link is up, see whether the broker takes the topic and somebody subscribes to it',
    ],
  }),
  'mqtt.outbox-full': kind('major', {
    what: ['待上报事件已满', 'The outbox to the centre is full'],
    effect: [
      '最旧的事件将不再上报；本地记录仍在',
      'The oldest events will not reach the centre; the local record stays',
    ],
    action: ['尽快恢复与中心的连接', 'Bring the link to the centre back'],
  }),
  'mqtt.outbox-broken': kind(
    'major',
    {
      what: ['待上报事件库损坏，已另存', 'The outbox to the centre was damaged and set aside'],
      effect: [
        '尚未上报的事件中心收不到；本地记录仍在',
        'Events not yet sent will not reach the centre; the local record stays',
      ],
      action: [
        '检查磁盘；把另存的文件交给技术人员',
        'Check the disk; hand the file that was set aside to a technician',
      ],
    },
    { latch: true },
  ),
  'mqtt.password-file': kind('minor', {
    what: ['读不到上报密码文件', 'The password file of the link to the centre cannot be read'],
    effect: ['无法向中心上报；本地一切正常', 'Nothing is reported to the centre; all works here'],
    action: ['检查机房文件中的路径和文件权限', 'Check its path in the room file and the rights of the file'],
  }),
  'mqtt.refused': kind('minor', {
    what: ['中心拒绝连接', 'The centre refuses the connection'],
    effect: ['无法向中心上报；事件暂存', 'Nothing is reported to the centre; events are kept'],
    action: [
      '核对用户名、密码和证书，联系中心管理员',
      'Check user name, password and certificate and ask the centre',
    ],
  }),
  'clock.unsynchronised': kind(
    'minor',
    {
      what: ['系统时钟未对时', 'The system clock follows no time source'],
      effect: [
        '旁路不受影响；录音和记录的时间会逐渐不准',
        'The bypass is not affected; times of recordings and records slowly go wrong',
      ],
      action: [
        '检查对时服务和到时间服务器的网络',
        'Check the time service and the network to the time server',
      ],
    },
    { onDelayMs: 30_000, offDelayMs: 30_000 },
  ),
  'clock.offset': kind(
    'minor',
    {
      what: ['系统时钟偏差过大', 'The system clock is wrong'],
      effect: ['录音和记录的时间不准', 'Times of recordings and records are off'],
      action: [
        '对照标准时间；检查时间服务器是否正确',
        'Compare it with a known time; see whether the time server is right',
      ],
    },
    { onDelayMs: 60_000, offDelayMs: 60_000 },
  ),
  'clock.drift': kind(
    'warning',
    {
      what: ['系统时钟走时不稳', 'The system clock runs too fast or too slow'],
      effect: ['网络中断后时间会很快不准', 'Without the network the time soon goes wrong'],
      action: [
        '检查设备温度；必要时更换主板',
        'Check the temperature of the machine; replace the board if it stays',
      ],
    },
    { onDelayMs: 60_000, offDelayMs: 60_000 },
  ),
  'clock.step': kind(
    'minor',
    {
      what: ['系统时钟发生跳变', 'The system clock jumped'],
      effect: [
        '旁路不受影响；录音时间标记可能不准',
        'The bypass is not affected; times of recordings may be off',
      ],
      action: ['检查时钟同步，核对当前时间', 'Check the time source and compare the time'],
    },
    { latch: true },
  ),
} as const;
