/** The hosts of a room in the thread that asks the network: each with the way in which it is shut down, and the NUT server that some of them ask. */
import type { HostId, OrderId, SourceId, SubjectId } from '../model/ids.ts';
import type { FromProbes, ProbesStart } from '../model/messages.ts';
import type { Host } from '../model/host.ts';
import type { Says } from '../model/watch.ts';
import type { Supply } from '../model/power-cut.ts';
import { text } from '../model/text.ts';
import { HostOrders } from '../drivers/host-orders.ts';
import type { Way } from '../drivers/host-orders.ts';
import { httpWay } from '../drivers/http/host-way.ts';
import { nutWay } from '../drivers/nut/host-way.ts';
import { NutServer } from '../drivers/nut/server.ts';
import { sshWay } from '../drivers/ssh/host-way.ts';
import { isPolled } from '../model/room.ts';

type Start = Pick<ProbesStart, 'hosts' | 'nutServer' | 'sources' | 'room' | 'version'>;
type HostMessage = Extract<FromProbes, { readonly kind: 'host' }>;

export class HostDesk {
  readonly #hosts: ReadonlyMap<HostId, HostOrders>;
  readonly #server: NutServer | undefined;
  readonly #says = new Map<SourceId, Says>();
  readonly #send: (message: HostMessage) => void;

  constructor({ hosts, nutServer, sources, room, version }: Start, send: (message: HostMessage) => void) {
    this.#send = send;
    const asking = hosts.flatMap(({ way }) => (way.kind === 'nut' ? [way] : []));
    this.#server =
      nutServer === undefined
        ? undefined
        : new NutServer({ settings: nutServer, hosts: asking, description: room, version });
    this.#hosts = new Map(
      hosts.flatMap((host) => {
        const way = this.#wayOf(host);
        return way === undefined ? [] : [[host.id, this.#orders(host, way, sources)] as const];
      }),
    );
  }

  start(): void {
    this.#server?.start();
  }

  shut(host: HostId, order: OrderId): void {
    const orders = this.#hosts.get(host);
    if (orders === undefined)
      this.#send({
        kind: 'host',
        host,
        order,
        outcome: 'failed',
        reason: text(`没有主机 ${host}`, `there is no host ${host}`),
      });
    else
      orders.shut(order, (outcome, reason) => {
        this.#send({ kind: 'host', host, order, outcome, reason });
      });
  }

  /** What feeds the room now, for whoever asks our NUT server. */
  supply(supply: Supply): void {
    this.#server?.supply(supply);
  }

  heard(source: SourceId, says: Says): void {
    this.#says.set(source, says);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#hosts.values()].map((host) => host.close()));
    await this.#server?.close();
  }

  #wayOf({ way }: Host): Way | undefined {
    switch (way.kind) {
      case 'ssh':
        return sshWay(way);
      case 'http':
        return httpWay(way);
      case 'nut':
        return this.#server && nutWay(way, this.#server);
    }
  }

  #orders(host: Host, way: Way, sources: Start['sources']): HostOrders {
    const { id, withinMs, settleMs, subject } = host;
    const evidence = subject === undefined ? [] : evidenceOf(subject, sources);
    return new HostOrders({
      host: id,
      way,
      withinMs,
      settleMs,
      ...(evidence.length === 0
        ? {}
        : { isSubjectDown: () => evidence.every((source) => this.#says.get(source) === 'down') }),
    });
  }
}

/** Those that this thread asks; with only some of them known, nothing is sure. */
function evidenceOf(subject: SubjectId, sources: Start['sources']): readonly SourceId[] {
  const own = sources.filter((one) => one.subject === subject).map(({ source }) => source);
  return own.every(isPolled) ? own.map(({ id }) => id) : [];
}
