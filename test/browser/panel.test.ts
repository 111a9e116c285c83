/**
 * The page in a real browser, against the real server with a room of the test's own. SCREENSHOTS=FOLDER keeps pictures.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { build } from 'vite';
import type {
  ArchiveAnswer,
  ArchiveQuestion,
  FoundRecording,
  FromFront,
  PowerCutRow,
  ReadingRow,
  RecordingRow,
  RoomView,
} from '../../src/model/messages.ts';
import type { ControlView } from '../../src/model/control.ts';
import type { Front } from '../../src/front/front.ts';
import { startFront } from '../../src/front/front.ts';
import { text } from '../../src/model/text.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';
import { aLine, aStart, aView, anAlarm } from '../front/a-room.ts';
import { needsPrograms, program, projectFolder } from '../rig.ts';

needsPrograms('chromium', 'ffmpeg');

const shots = process.env['SCREENSHOTS'];
const code = '428913';
const folder = mkdtempSync(path.join(tmpdir(), 'lk-page-'));
const panelFolder = path.join(folder, 'panel');
let browser: Browser;
let front: Front;
let url = '';
let recordings: FoundRecording[] = [];
const commands: Extract<FromFront, { kind: 'command' }>[] = [];
const recordingSeconds = 20;

const now = Date.now();
function rowOf(serial: number, minutesAgo: number): RecordingRow {
  const bytes = readFileSync(path.join(folder, 'audio/one.ogg'));
  const startedAt = wallMs(now - minutesAgo * 60_000);
  const line = `L0${(serial % 8) + 1}`;
  return {
    id: `rec${serial}`,
    serial,
    line,
    call: {
      id: `c${serial}`,
      line,
      trunk: '020-120-1',
      phone: '8001',
      direction: serial % 3 === 0 ? 'outgoing' : 'incoming',
      startedAt,
      rings: 2,
      digits: serial % 3 === 0 ? '02087654321' : '',
      caller: serial % 3 === 0 ? '' : `1390000${1000 + serial}`,
      bypass: false,
    },
    why: 'line-voltage',
    startedAt,
    endedAt: wallMs(startedAt + recordingSeconds * 1000),
    durationMs: recordingSeconds * 1000,
    path: 'audio/one.ogg',
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    codec: 'opus',
    lostSamples: 0,
    recovered: serial === 3,
    link: 'x',
  };
}

test.before(async () => {
  mkdirSync(path.join(folder, 'audio'));
  const tone = ['-f', 'lavfi', '-i', `sine=440:duration=${recordingSeconds}:sample_rate=8000`];
  execFileSync(program('ffmpeg') ?? '', [
    '-loglevel',
    'error',
    ...tone,
    '-c:a',
    'libopus',
    path.join(folder, 'audio/one.ogg'),
  ]);
  recordings = Array.from({ length: 9 }, (_, n) => rowOf(9 - n, 3 + n * 7));
  recordings = recordings.map((row, n) =>
    n === 0
      ? { ...row, pbx: { certainty: 'certain', extension: '4324', account: '4711' } }
      : n === 1
        ? { ...row, pbx: { certainty: 'ambiguous' } }
        : row,
  );
  await build({
    configFile: path.join(projectFolder, 'src/front/panel/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: panelFolder },
  });
  const { port1, port2 } = new MessageChannel();
  port2.on('message', (question: ArchiveQuestion) => {
    const { ask } = question;
    const answer: ArchiveAnswer =
      question.kind === 'recording'
        ? { ask, kind: 'recording', item: recordings.find(({ id }) => id === question.id) ?? null }
        : question.kind === 'recordings'
          ? {
              ask,
              kind: 'recordings',
              items: recordings.filter(({ line }) => question.line === undefined || line === question.line),
              next: null,
            }
          : question.kind === 'records'
            ? { ask, kind: 'records', counts: { certain: 7, ambiguous: 1, none: 2, waiting: 0, unread: 3 } }
            : { ask, kind: 'calls', items: [], next: null };
    port2.postMessage(answer);
  });
  port2.unref();
  front = await startFront(
    { ...aStart(folder, { demoCode: code }), archive: port1, panelFolder },
    {
      postMessage(message) {
        if (message.kind === 'ready') url = message.httpUrl;
        if (message.kind !== 'command') return;
        commands.push(message);
        const accepted = message.command.do !== 'restore';
        const words = accepted
          ? text('已受理', 'taken')
          : text('交换机仍在故障，不能恢复', 'the PBX is still down');
        const notice = { at: monoMs(1), kind: 'command', id: message.id, accepted, text: words } as const;
        front.receive({ kind: 'notice', id: `n-${message.id}`, at: wallMs(Date.now()), notice });
      },
    },
  );
  browser = await chromium.launch({
    executablePath: program('chromium') ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
});
test.after(async () => {
  await browser.close();
  await front.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The room of a bad moment: PBX down, most lines over, one call cut, one waiting. */
function badView(): RoomView {
  const at = (secondsAgo: number) => wallMs(Date.now() - secondsAgo * 1000);
  return aView({
    room: { ...aView().room, bypass: 'tripped' },
    horn: true,
    lines: [
      aLine(1, { bypass: 'bypass' }),
      aLine(2, {
        bypass: 'bypass',
        signal: 'ringing',
        call: { id: 'c2', direction: 'incoming', startedAt: at(6) },
      }),
      aLine(3, { bypass: 'bypass', liftPhone: '8003' }),
      aLine(4, {
        bypass: 'waiting',
        signal: 'off-hook',
        recording: true,
        call: { id: 'c4', direction: 'incoming', startedAt: at(84), answeredAt: at(79) },
      }),
      aLine(5, {
        bypass: 'bypass',
        signal: 'off-hook',
        recording: true,
        call: { id: 'c5', direction: 'outgoing', startedAt: at(21) },
      }),
      aLine(6, { bypass: 'stuck' }),
      aLine(7, { bypass: 'bypass', signal: 'dead' }),
      aLine(8, { bypass: 'bypass' }),
    ],
    subjects: [
      {
        id: 'pbx',
        kind: 'pbx',
        verdict: 'down',
        why: text(
          '告警触点断开；分机两次没有拨号音',
          'alarm contact open; no dial tone on the extension, twice',
        ),
        change: text('', ''),
        since: at(60),
        sources: [],
      },
      {
        id: 'crm-1',
        kind: 'server',
        verdict: 'unknown',
        why: text('局域网不通，无法判断', 'our own network is down, so nothing is known'),
        change: text('', ''),
        since: at(60),
        sources: [],
      },
      {
        id: 'lan',
        kind: 'network',
        verdict: 'degraded',
        why: text('10.0.0.1 应答，丢包 30%', '10.0.0.1 answers, 30 % lost'),
        change: text('', ''),
        since: at(300),
        sources: [],
      },
      {
        id: 'ups-1',
        kind: 'ups',
        verdict: 'up',
        why: text('市电正常，电池 100%，可供电 4 小时', 'on mains, battery 100 %, 4 h left'),
        change: text('', ''),
        since: at(90000),
        sources: [],
      },
    ],
    alarms: [
      anAlarm({ raisedAt: at(57), changedAt: at(57) }),
      anAlarm({
        id: 'L06/relay.stuck',
        severity: 'critical',
        ack: 'acked',
        what: text('线路 L06 的旁路继电器卡住', 'Bypass relay of line L06 is stuck'),
        effect: text('L06 仍接在交换机上，打不进也打不出', 'L06 is still on the PBX: no calls in or out'),
        action: text(
          '断开该继电器的线圈供电，必要时手工跳线到话机 8006',
          'Cut the coil supply of this relay; patch the pair to phone 8006 if needed',
        ),
        raisedAt: at(50),
      }),
      anAlarm({
        id: 'lan/network.degraded',
        severity: 'minor',
        what: text('网络质量下降', 'The network is degraded'),
        effect: text(
          '页面和上报可能变慢，通话不受影响',
          'Page and reports may be slow; calls are not touched',
        ),
        action: text('检查交换机端口与网线', 'Check switch port and cable'),
        raisedAt: at(300),
      }),
    ],
  });
}

interface Opened {
  readonly page: Page;
  readonly faults: string[];
}
async function opened(options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({
    locale: 'zh-CN',
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) faults.push(`request off host: ${request.url()}`);
  });
  page.setDefaultTimeout(10_000);
  await page.goto(url);
  return { page, faults };
}
async function picture(page: Page, name: string): Promise<void> {
  if (shots === undefined) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}
const see = (page: Page, words: string): Promise<void> => page.getByText(words).first().waitFor();

test('a quiet room: Chinese first, every line, nothing loaded from elsewhere, no complaint in the console', async () => {
  front.receive({ kind: 'view', view: aView() });
  const { page, faults } = await opened();
  await see(page, '正常运行');
  assert.is(await page.title(), '广州120机房');
  assert.is(await page.locator('[data-line]').count(), 8);
  await see(page, '当前没有告警');
  await see(page, '13900001008');
  assert.is(await page.locator('html').getAttribute('lang'), 'zh-CN');
  const html = await fetch(url);
  assert.is(html.headers.get('content-type'), 'text/html; charset=utf-8');
  await picture(page, 'quiet-zh');
  assert.equal(faults, []);
  await page.context().close();
});

test('an alarm, a trip and a cut call show live, without a reload, and are spoken', async () => {
  front.receive({ kind: 'view', view: aView() });
  const { page, faults } = await opened();
  await see(page, '正常运行');
  front.receive({ kind: 'view', view: badView() });
  await page.locator('[data-alarm="pbx/pbx.down"]').waitFor();
  await see(page, '旁路运行');
  await see(page, '请提起话机 8003');
  assert.match(await page.locator('[data-line="L04"]').innerText(), /通话[\s\S]*1:1\d|1:2\d/);
  assert.is(await page.locator('p.spoken[role="alert"]').innerText(), '一级紧急: 程控交换机故障');
  assert.match(await page.title(), /^\(2\)/);
  await picture(page, 'trip-zh');
  front.receive({ kind: 'view', view: aView() });
  await see(page, '当前没有告警');
  assert.equal(faults, []);
  await page.context().close();
});

test('measured values stand in a table, what is beyond a limit first, and change live', async () => {
  const at = wallMs(Date.now());
  const charge: ReadingRow = {
    id: 'ups-1.batteryPercent',
    subject: 'ups-1',
    name: text('UPS 电量', 'UPS battery'),
    unit: '%',
    step: 1,
    value: 97,
    state: 'ok',
    at,
  };
  const temperature: ReadingRow = {
    id: 'room-temp',
    name: text('机房温度', 'Room'),
    unit: '°C',
    step: 1,
    warn: { when: '>', value: 30 },
    value: 21.5,
    state: 'ok',
    at,
  };
  front.receive({ kind: 'view', view: aView({ readings: [charge, temperature] }) });
  const { page, faults } = await opened();
  const rows = page.locator('.part-readings tbody tr');
  await rows.nth(1).waitFor();
  assert.match((await rows.allInnerTexts()).join(' '), /97 %.*21\.5 °C/s);
  const hot: ReadingRow = { ...temperature, value: 31, state: 'warn' };
  front.receive({ kind: 'view', view: aView({ readings: [charge, hot] }) });
  await page.locator('.part-readings tbody tr.reading-warn').waitFor();
  assert.match(await rows.first().innerText(), /31 °C/);
  await picture(page, 'readings-zh');
  front.receive({ kind: 'view', view: aView() });
  assert.equal(faults, []);
  await page.context().close();
});

test('the language follows the browser, can be changed, and is remembered', async () => {
  front.receive({ kind: 'view', view: badView() });
  const { page, faults } = await opened({ locale: 'en-GB' });
  await see(page, 'On bypass');
  await picture(page, 'trip-en');
  await page.getByRole('button', { name: '中文' }).click();
  await see(page, '旁路运行');
  await page.reload();
  await see(page, '旁路运行');
  assert.equal(faults, []);
  await page.context().close();
});

test('a narrow screen shows everything without sideways scrolling, alarms before lines', async () => {
  front.receive({ kind: 'view', view: badView() });
  for (const [name, options] of [
    ['phone-zh', { locale: 'zh-CN' }],
    ['phone-en-dark', { locale: 'en-GB', colorScheme: 'dark' }],
  ] as const) {
    const { page, faults } = await opened({ ...options, viewport: { width: 390, height: 844 } });
    await page.locator('[data-alarm="pbx/pbx.down"]').waitFor();
    await picture(page, name);
    const beyond = await page
      .locator('body *')
      .evaluateAll((all: readonly HTMLElement[]) =>
        all
          .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
          .map((one) => `${one.tagName}.${one.className}`),
      );
    assert.equal(beyond, [], `${name}: reaches beyond the screen`);
    const top = async (selector: string): Promise<number> =>
      (await page.locator(selector).first().boundingBox())?.y ?? 0;
    assert.ok((await top('[data-alarm]')) < (await top('[data-line]')));
    assert.equal(faults, []);
    await page.context().close();
  }
});

test('on a wall screen and in the dark the room is readable at once', async () => {
  front.receive({ kind: 'view', view: badView() });
  const { page, faults } = await opened({ viewport: { width: 1920, height: 1080 }, colorScheme: 'dark' });
  await see(page, '旁路运行');
  await picture(page, 'wall-zh-dark');
  assert.equal(faults, []);
  await page.context().close();
});

test('acknowledging asks for the code and tells what the guard answered', async () => {
  front.receive({ kind: 'view', view: badView() });
  const { page, faults } = await opened();
  commands.length = 0;
  await page.locator('[data-alarm="pbx/pbx.down"]').getByRole('button', { name: '确认' }).click();
  await page.getByLabel('操作码').fill(code);
  await page.getByLabel('姓名').fill('李明');
  await picture(page, 'dialog-zh');
  await page.keyboard.press('Enter');
  await see(page, '已受理');
  assert.equal(commands[0]?.command, { do: 'acknowledge', alarm: 'pbx/pbx.down' });
  assert.equal(commands[0]?.by, { via: 'panel', name: '李明' });
  assert.equal(faults, []);
  await page.context().close();
});

test('what moves relays is asked twice, and a refusal of the guard is shown as one', async () => {
  const { page } = await opened();
  commands.length = 0;
  await page.getByRole('button', { name: '操作…' }).click();
  await page.getByRole('button', { name: '恢复到交换机' }).click();
  await page.getByLabel('操作码').fill('000000');
  await page.keyboard.press('Enter');
  await see(page, '操作码不正确');
  await page.getByLabel('操作码').fill(code);
  await page.keyboard.press('Enter');
  await see(page, '逐条线路在空闲时切回');
  assert.is(commands.length, 0);
  await page.getByRole('button', { name: '确定执行' }).click();
  await see(page, '交换机仍在故障，不能恢复');
  assert.is(commands.length, 1);
  await page.context().close();
});

test('what the switch says of a call stands beside it, what it leaves open is marked, and the records are counted', async () => {
  front.receive({ kind: 'view', view: aView() });
  const { page, faults } = await opened();
  await see(page, '分机 4324 · 账号 4711');
  await see(page, '话单含糊');
  await see(page, '24 小时话单：对上 7，含糊 1，无对应 2，待定 0，读不懂 3 行');
  assert.equal(faults, []);
  await page.context().close();
});

test('a control is ordered from the page, its value chosen from the list, and asked twice', async () => {
  const night: ControlView = {
    ...{ id: 'night', name: text('夜间服务', 'night service'), on: true, busy: false },
    ...{ values: {} },
    kind: 'hold',
    readBack: 'differs',
  };
  const reset: ControlView = {
    ...{ id: 'reset', name: text('复位端口', 'reset a port'), on: false, busy: false },
    ...{ values: { port: ['1', '2'] } },
    kind: 'serial',
    readBack: 'none',
  };
  front.receive({ kind: 'view', view: aView({ controls: [night, reset] }) });
  const { page, faults } = await opened();
  await see(page, '回读不一致');
  await picture(page, 'controls-zh');
  await page.locator('li', { hasText: '复位端口' }).getByRole('button').click();
  await page.getByLabel('操作码').fill(code);
  await page.locator('select[name=port]').selectOption('2');
  await page.getByRole('dialog').getByRole('button', { name: '执行', exact: true }).click();
  await see(page, '对交换机执行控制 reset');
  await page.getByRole('button', { name: '确定执行' }).click();
  await see(page, '已受理');
  assert.equal(commands.at(-1)?.command, { do: 'control', control: 'reset', values: { port: '2' } });
  assert.equal(faults, []);
  front.receive({ kind: 'view', view: aView({ controls: [] }) });
  await page.context().close();
});

/** A cut in its second stage: one step for a person, one that failed, one to come. */
const cutRow = (change: Partial<PowerCutRow> = {}): PowerCutRow => {
  const at = wallMs(Date.now() - 120_000);
  return {
    ...{ phase: 'on-battery', cutAt: at, phaseAt: at, runtimeS: 3_300, isLow: false },
    ...{ groups: ['seats'], checks: [], mayClear: false, formsOwed: false },
    stages: [
      {
        ...{ number: 1, when: text('电池供电', 'on battery'), dueAt: at },
        steps: [
          {
            id: '1.1',
            what: text('宣布', 'announce'),
            state: 'done',
            isForPeople: false,
            at,
            by: 'linekeeper',
          },
          { id: '1.2', what: text('通知 王工', 'tell Wang'), state: 'open', isForPeople: true, at },
        ],
      },
      {
        ...{ number: 2, when: text('剩余不足 60 分钟', 'less than 60 min left'), dueAt: at },
        steps: [
          {
            ...{
              id: '2.1',
              what: text('关闭主机 crm', 'shut down crm'),
              state: 'failed',
              isForPeople: true,
              at,
            },
            reason: text('端口仍然应答', 'its port still answers'),
          },
        ],
      },
      {
        ...{ number: 3, when: text('剩余不足 3 分钟', 'less than 3 min left') },
        steps: [{ id: '3.1', what: text('结束', 'end'), state: 'pending', isForPeople: false }],
      },
    ],
    ...change,
  };
};
/** Fills the dialog that is open and sees its order through. */
async function orders(page: Page, fill: Readonly<Record<string, string>>): Promise<unknown> {
  const before = commands.length;
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('操作码').fill(code);
  for (const [label, words] of Object.entries(fill)) await dialog.getByLabel(label).fill(words);
  await page.keyboard.press('Enter');
  const sure = dialog.getByRole('button', { name: '确定执行' });
  await sure.or(dialog.getByText('已受理')).first().waitFor();
  if (await sure.isVisible()) await sure.click();
  await see(page, '已受理');
  await dialog.getByRole('button', { name: '关闭' }).click();
  assert.is(commands.length, before + 1);
  return commands.at(-1);
}

test('a power cut: its stages and what is left, a step ticked off by name, one waived with a reason, the all-clear', async () => {
  front.receive({ kind: 'view', view: aView({ powerCut: cutRow() }) });
  const { page, faults } = await opened();
  const part = page.locator('.part-power-cut');
  await part.getByText('剩余 55 min').waitFor();
  assert.equal(await part.locator('.stage').count(), 3);
  assert.equal(await part.locator('.stage.is-due').count(), 2);
  assert.match(await part.locator('[data-step="2.1"]').innerText(), /端口仍然应答/);
  assert.is(await part.locator('[data-step="1.1"]').getByRole('button').count(), 0);
  assert.is(await part.getByRole('button', { name: '宣布解除' }).count(), 0, 'not while it is dark');
  await picture(page, 'power-cut-zh');

  await part.locator('[data-step="1.2"]').getByRole('button', { name: '已办' }).click();
  const told = (await orders(page, { 姓名: '李明' })) as (typeof commands)[number];
  assert.equal(told.command, { do: 'power-cut-done', step: '1.2' });
  assert.equal(told.by, { via: 'panel', name: '李明' });

  await part.locator('[data-step="2.1"]').getByRole('button', { name: '免除' }).click();
  await page.getByRole('dialog').getByLabel('操作码').fill(code);
  await page.getByRole('dialog').getByLabel('姓名').fill('李明');
  await page.keyboard.press('Enter');
  assert.is(await page.locator('[name=reason]:invalid').count(), 1, 'not without a reason');
  const waived = (await orders(page, { 姓名: '李明', 原因: '值班仍需要' })) as (typeof commands)[number];
  assert.equal(waived.command, { do: 'waive', what: '2.1', reason: '值班仍需要' });

  const check = (state: 'awaited' | 'seen'): PowerCutRow['checks'] => [
    { subject: 'crm-1', name: text('调度服务器', 'CRM'), state },
  ];
  const checking = { phase: 'checking', groups: [] } as const;
  front.receive({
    kind: 'view',
    view: aView({ powerCut: cutRow({ ...checking, checks: check('awaited') }) }),
  });
  await part.locator('[data-check="crm-1"].check-awaited').waitFor();
  assert.is(await part.getByRole('button', { name: '宣布解除' }).count(), 0, 'not while one is awaited');
  front.receive({
    kind: 'view',
    view: aView({ powerCut: cutRow({ ...checking, checks: check('seen'), mayClear: true }) }),
  });
  await part.getByRole('button', { name: '宣布解除' }).click();
  const cleared = (await orders(page, { 姓名: '李明' })) as (typeof commands)[number];
  assert.equal(cleared.command, { do: 'all-clear' });
  front.receive({ kind: 'view', view: aView() });
  assert.equal(faults, []);
  await page.context().close();
});

test('a subject is put in maintenance with a time and a reason, shown as such, and taken out again', async () => {
  const view = badView();
  front.receive({ kind: 'view', view });
  const { page, faults } = await opened();
  const row = page.locator('li', { hasText: 'crm-1' }).filter({ hasText: '维护' });
  await row.getByRole('button', { name: '维护', exact: true }).click();
  await page.getByRole('dialog').locator('select[name=for]').selectOption('14400000');
  await picture(page, 'maintenance-zh');
  const begun = (await orders(page, { 姓名: '李明', 原因: '换硬盘' })) as (typeof commands)[number];
  assert.equal(begun.command, { do: 'maintenance', subject: 'crm-1', forMs: 14_400_000, reason: '换硬盘' });
  const reason = text('换硬盘', 'new disk');
  const maintenance = { until: wallMs(Date.now() + 14_400_000), by: '李明', reason };
  front.receive({
    kind: 'view',
    view: {
      ...view,
      subjects: view.subjects.map((one) => (one.id === 'crm-1' ? { ...one, maintenance } : one)),
    },
  });
  await page.locator('.maintenance', { hasText: '换硬盘' }).waitFor();
  await row.getByRole('button', { name: '结束维护' }).click();
  const ended = (await orders(page, {})) as (typeof commands)[number];
  assert.equal(ended.command, { do: 'end-maintenance', subject: 'crm-1' });
  front.receive({ kind: 'view', view: aView() });
  assert.equal(faults, []);
  await page.context().close();
});

test('a recording plays and seeks', async () => {
  front.receive({ kind: 'view', view: aView() });
  const { page, faults } = await opened();
  await page.getByRole('button', { name: '播放' }).first().click();
  const audio = page.locator('audio');
  await page.waitForFunction(() => (document.querySelector('audio')?.currentTime ?? 0) > 0.2);
  assert.ok(
    Math.abs((await audio.evaluate((one: HTMLAudioElement) => one.duration)) - recordingSeconds) < 0.2,
  );
  await audio.evaluate((one: HTMLAudioElement) => (one.currentTime = 15));
  await page.waitForFunction(() => (document.querySelector('audio')?.currentTime ?? 0) > 15.2);
  await picture(page, 'player-zh');
  assert.equal(faults, []);
  await page.context().close();
});

test('a guard that falls silent is told on the page within seconds, and so is its return', async () => {
  front.receive({ kind: 'view', view: aView() });
  const { page } = await opened();
  await see(page, '正常运行');
  await page.getByText(/数据已有 \d+ 秒没有更新/).waitFor({ timeout: 15_000 });
  await picture(page, 'stale-zh');
  front.receive({ kind: 'view', view: aView({ horn: true }) });
  await page.getByText(/数据已有/).waitFor({ state: 'detached' });
  await page.context().close();
});

test.run();
