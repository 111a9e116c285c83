import { createSocket } from 'node:dgram';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sipOptionsProbe } from '../../src/drivers/sip/options-probe.ts';
import { VirtualPbx } from '../../src/sim/pbx.ts';
import { Reports, probeContract } from '../contract/probe.ts';

const suspectMs = 250;
const probeOf = (port: number, host = '127.0.0.1', everyMs = 400): ReturnType<typeof sipOptionsProbe> =>
  sipOptionsProbe({ source: 'pbx.1', host, port, transport: 'udp', everyMs, suspectMs });

probeContract('SIP OPTIONS', {
  open: async () => {
    const pbx = new VirtualPbx({ port: 0 });
    const port = await pbx.start();
    return {
      probe: probeOf(port),
      everyMs: 400,
      waitMs: 500,
      silence: 'down',
      setAlive: (alive) => pbx.setAlive(alive),
      close: () => pbx.stop(),
    };
  },
  openBroken: () => probeOf(5060, 'no-such-host.invalid'),
});

for (const [code, phrase] of [
  [200, 'OK'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [488, 'Not Acceptable Here'],
  [503, 'Service Unavailable'],
] as const)
  test(`a PBX that answers ${code} is alive`, async () => {
    const pbx = new VirtualPbx({ port: 0 });
    const probe = probeOf(await pbx.start());
    pbx.setStatus(code, phrase);
    const reports = new Reports();
    probe.start(reports.report);
    const { says, reason } = await reports.next(3000);
    await probe.stop();
    await pbx.stop();
    assert.is(says, 'up');
    assert.match(reason.en, String(code));
  });

test('the first request is lost: the second of the same branch is answered', async () => {
  const server = createSocket('udp4');
  const branches: string[] = [];
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
  server.on('message', (datagram, from) => {
    const request = datagram.toString();
    branches.push(/branch=([^;\r]+)/.exec(request)?.[1] ?? '');
    if (branches.length === 1) return;
    const head = request.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
    server.send(['SIP/2.0 200 OK', ...head, '', ''].join('\r\n'), from.port, from.address);
  });
  const probe = sipOptionsProbe({
    source: 'pbx.1',
    host: '127.0.0.1',
    port: server.address().port,
    transport: 'udp',
    everyMs: 4000,
    suspectMs: 4000,
  });
  const reports = new Reports();
  probe.start(reports.report);
  const { says } = await reports.next(5000);
  await probe.stop();
  server.close();
  assert.is(says, 'up');
  assert.is(branches.length, 2);
  assert.is(branches[0], branches[1]);
});

test('provisional answers, foreign branches and noise are no proof of life', async () => {
  const server = createSocket('udp4');
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
  let heard = 0;
  server.on('message', (datagram, from) => {
    heard++;
    const head = datagram
      .toString()
      .split('\r\n')
      .filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
    const send = (lines: readonly string[]): void =>
      server.send([...lines, '', ''].join('\r\n'), from.port, from.address);
    send(['SIP/2.0 100 Trying', ...head]);
    send(['SIP/2.0 200 OK', ...head.map((line) => line.replace('z9hG4bK', 'z9hG4bKno'))]);
    send(['SIP/2.0 200 OK', ...head.map((line) => line.replace(/^Call-ID: ./, 'Call-ID: Z'))]);
    send(['OPTIONS sip:us SIP/2.0', ...head]);
    server.send(Buffer.alloc(300, 0xa5), from.port, from.address);
  });
  const probe = probeOf(server.address().port, '127.0.0.1', 250);
  const reports = new Reports();
  probe.start(reports.report);
  await reports.until('down', 5000);
  await probe.stop();
  server.close();
  assert.ok(heard > 0);
  assert.not(reports.all.some(({ evidence }) => evidence.says === 'up'));
});

test('under suspicion it asks at the quick period', async () => {
  const pbx = new VirtualPbx({ port: 0 });
  const port = await pbx.start();
  const probe = probeOf(port, '127.0.0.1', 60_000);
  const reports = new Reports();
  probe.start(reports.report);
  await reports.next(3000);
  probe.suspect(true);
  for (let n = 0; n < 3; n++) await reports.next(2000);
  await probe.stop();
  await pbx.stop();
  assert.ok(pbx.answered >= 4);
});

test.run();
