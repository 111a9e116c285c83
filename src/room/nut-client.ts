/** Evidence `nut-client`: the upsmon of a server is logged into the upsd of its UPS. */
import type { PolledSource } from '../model/room.ts';
import { text } from '../model/text.ts';
import type { Path } from './problem.ts';
import { durationOr } from './reading.ts';
import type { Reading } from './reading.ts';
import type { WrittenNutClient } from './nut-client-schema.ts';
import { parseHostPort } from './short-forms.ts';

const waitMs = 5_000;
const missLimit = 3;
const nutPort = 3493;

interface Place {
  readonly id: string;
  readonly path: (...words: string[]) => Path;
  readonly reading: Reading;
}

export function readNutClient(
  written: WrittenNutClient,
  { id, path, reading }: Place,
): PolledSource | undefined {
  const [ups = '', where = ''] = written['nut-client'].split('@');
  const peer = parseHostPort(where, nutPort);
  if (peer === undefined) {
    reading.report({
      severity: 'error',
      path: path('nut-client'),
      message: text(
        `${where} 的地址或端口（1–65535）不对`,
        `${where}: the address or the port (1 to 65535) is wrong`,
      ),
    });
    return undefined;
  }
  const label = `upsmon → ${ups}@${peer.host}`;
  return {
    ...{ id, kind: 'nut-client', domain: 'our-lan', weight: 'hint', ups, ...peer, from: written.from },
    ...{
      label: text(label, label),
      everyMs: durationOr(written.every, 'nut-client.every'),
      waitMs,
      missLimit,
    },
    tls: written.tls ?? false,
    ...(written['ca-file'] === undefined ? {} : { caFile: written['ca-file'] }),
  };
}
