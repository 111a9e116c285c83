/** The byte link that a room file's `serial:` or `tcp:` address means. Nothing is opened before `start`. */
import type { ByteLink } from '../../ports/byte-link.ts';
import type { Link } from '../../model/room.ts';
import { serialLink } from './serial-port.ts';
import { tcpLink } from './tcp-link.ts';

export function openLink(link: Link, name: string): ByteLink {
  switch (link.kind) {
    case 'serial':
      return serialLink({ name, path: link.path, baud: link.baud, parity: link.parity });
    case 'tcp':
      return tcpLink({ name, host: link.host, port: link.port });
  }
}
