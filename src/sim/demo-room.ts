/**
 * The virtual surroundings of the demo room, a process of its own: line card, PBX, UPS, server, network and broker, each behind
 * the same bytes as a real one. Prefers the ports of `config/rooms/demo.yaml`, takes free ones where they are in use, and
 * tells its parent which.
 *
 * Orders on the control port: those of the card (`call in 3`, `relay 2 stuck` …), and the demo's own faults. A fault that
 * nobody ends returns by itself after a minute.
 */
import { monoMs, wallMs } from '../model/units.ts';
import type { Clock } from '../ports/clock.ts';
import { VirtualBroker, VirtualService } from './broker.ts';
import { VirtualCard } from './card.ts';
import { controlPort } from './control-port.ts';
import { demoFaults, demoPorts, returnAfterMs, stays } from './demo-places.ts';
import type { DemoPlaces } from './demo-places.ts';
import { listenLink } from './listen-link.ts';
import { obey } from './orders.ts';
import { VirtualPbx } from './pbx.ts';
import { traffic } from './script.ts';
import { VirtualUps } from './ups.ts';

const callsEveryMs = 7000;
const firstCallMs = 1500;
const cardLines = 8;

const clock: Clock = {
  mono: () => monoMs(performance.now()),
  wall: () => wallMs(Date.now()),
};

async function run(): Promise<void> {
  const places: DemoPlaces = { ...demoPorts };
  const link = await listenSomewhere(demoPorts.card);
  places.card = link.port;
  const card = new VirtualCard({
    link: link.link,
    clock,
    serialNumber: 'LK8-DEMO',
    lines: cardLines,
    pbxContact: 1,
  });
  card.start();
  const { pbx, port: sip } = await pbxSomewhere(demoPorts.sip);
  places.sip = sip;
  const { ups, port: upsPort } = await upsSomewhere(demoPorts.ups);
  places.ups = upsPort;
  const server = new VirtualService();
  const network = new VirtualService();
  const broker = new VirtualBroker();
  places.server = await somewhere(demoPorts.server, (port) => server.start(port));
  places.network = await somewhere(demoPorts.network, (port) => network.start(port));
  places.broker = await somewhere(demoPorts.broker, (port) => broker.start(port));

  const later = (ms: number, act: () => void): void => {
    setTimeout(act, ms);
  };
  const faults: Record<string, () => void> = {
    'pbx-fault': () => {
      obey('pbx-dead', card, later);
      pbx.setAlive(false);
    },
    'pbx-return': () => {
      obey('pbx-return', card, later);
      pbx.setAlive(true);
    },
    'power-cut': () => {
      ups.set({ mains: false });
    },
    'power-return': () => {
      ups.set({ mains: true });
    },
    'server-fault': () => void server.stop(),
    'server-return': () => void server.start(places.server),
    'network-fault': () => void network.stop(),
    'network-return': () => void network.start(places.network),
    'broker-away': () => void broker.stop(),
    'broker-return': () => void broker.start(places.broker),
    'card-cut': () => {
      card.cut(true);
    },
    'card-return': () => {
      card.cut(false);
    },
  };
  const control = await somewhere(demoPorts.control, async (port) => {
    const opened = await controlPort(port, (order) => {
      const fault = faults[order.trim()];
      if (fault === undefined) return obey(order, card, later);
      fault();
      const end = (demoFaults as Record<string, string>)[order.trim()];
      if (end === undefined) return 'ok';
      if (stays.includes(order.trim())) return `ok ${end}`;
      later(returnAfterMs, () => faults[end]?.());
      return `ok ${end} ${returnAfterMs / 1000}`;
    });
    return opened.port;
  });
  places.control = control;

  const calls = traffic({ seed: 120, lines: cardLines, everyMs: callsEveryMs });
  const nextCall = (): void => {
    const { value } = calls.next();
    later(value.afterMs, () => {
      obey(value.order, card, later);
      nextCall();
    });
  };
  later(firstCallMs, () => {
    obey('call in 1 answer 4 talk 12 patience 30', card, later);
    nextCall();
  });
  process.send?.({ kind: 'places', places });
  // The parent is gone: so is the room around it.
  process.on('disconnect', () => process.exit(0));
  // A signal may reach the whole group; the parent ends first and then us.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
}

async function somewhere(preferred: number, start: (port: number) => Promise<number>): Promise<number> {
  try {
    return await start(preferred);
  } catch {
    return start(0);
  }
}

async function listenSomewhere(
  preferred: number,
): Promise<{ link: ReturnType<typeof listenLink>; port: number }> {
  const link = listenLink(preferred);
  try {
    return { link, port: await link.listening };
  } catch {
    const other = listenLink(0);
    return { link: other, port: await other.listening };
  }
}

async function pbxSomewhere(preferred: number): Promise<{ pbx: VirtualPbx; port: number }> {
  let pbx = new VirtualPbx({ port: preferred });
  try {
    return { pbx, port: await pbx.start() };
  } catch {
    pbx = new VirtualPbx({ port: 0 });
    return { pbx, port: await pbx.start() };
  }
}

async function upsSomewhere(preferred: number): Promise<{ ups: VirtualUps; port: number }> {
  const options = { clock, unit: 1, runtimeS: 4 * 3600, speed: 60 };
  let ups = new VirtualUps({ ...options, port: preferred });
  try {
    return { ups, port: await ups.start() };
  } catch {
    ups = new VirtualUps({ ...options, port: 0 });
    return { ups, port: await ups.start() };
  }
}

await run();
