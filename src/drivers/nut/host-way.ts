/**
 * A host whose upsmon is logged into our own NUT server: it is told that its UPS is forced down, does the rest by itself, and is taken
 * for off some time after it has logged out.
 */
import type { NutWay } from '../../model/host.ts';
import { text } from '../../model/text.ts';
import type { Way } from '../host-orders.ts';
import type { NutServer } from './server.ts';

export function nutWay({ ups }: NutWay, server: NutServer): Way {
  const absent = () => server.fault ?? text(`没有 upsmon 登录 ${ups}`, `no upsmon is logged into ${ups}`);
  const present = (clients: readonly string[]) =>
    text(`${ups} 有 ${clients.join(', ')} 登录`, `${clients.join(', ')} is logged into ${ups}`);
  return {
    ask() {
      const clients = server.clientsOf(ups);
      if (clients.length === 0) return Promise.resolve({ kind: 'unreached', reason: absent() });
      server.force(ups, true);
      const names = clients.join(', ');
      return Promise.resolve({
        kind: 'asked',
        reason: text(`已通知 ${names} 的 upsmon（FSD）`, `upsmon of ${names} is told FSD`),
      });
    },
    look() {
      const clients = server.clientsOf(ups);
      return Promise.resolve(
        clients.length > 0
          ? { kind: 'on', reason: present(clients) }
          : { kind: 'closed', reason: text(`${ups} 的 upsmon 已退出`, `upsmon of ${ups} has logged out`) },
      );
    },
    test() {
      const clients = server.clientsOf(ups);
      const works = clients.length > 0 && server.fault === undefined;
      return Promise.resolve({ works, reason: works ? present(clients) : absent() });
    },
    over() {
      server.force(ups, false);
    },
  };
}
