/** The byte link that an address of the room file means. Nothing is opened before `start`. */
import type { ByteLink } from '../../ports/byte-link.ts';
import type { RecordLink } from '../../model/room.ts';
import { FileLink } from './file-link.ts';
import { ListenLink } from './listen-link.ts';
import { serialLink } from './serial-port.ts';
import { TelnetLink } from './telnet-link.ts';
import { tcpLink } from './tcp-link.ts';

export function openLink(link: RecordLink, name: string): ByteLink {
  switch (link.kind) {
    case 'serial':
      return serialLink({ name, path: link.path, baud: link.baud, parity: link.parity });
    case 'tcp':
      return tcpLink({ name, host: link.host, port: link.port });
    case 'tcp-listen':
      return new ListenLink({
        name,
        ...(link.host === undefined ? {} : { host: link.host }),
        port: link.port,
        from: link.from,
      });
    case 'telnet': {
      const { host, port, user, passwordFile } = link;
      return new TelnetLink({ link: tcpLink({ name, host, port }), user, passwordFile });
    }
    case 'file':
      return new FileLink({ name, path: link.path });
  }
}
