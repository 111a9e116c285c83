/** Address of the default gateway, from the kernel's table of IPv4 routes; `undefined` where there is no way out. */
import { readFile } from 'node:fs/promises';

const isUp = 1;
const isGateway = 2;

export async function defaultGateway(table = '/proc/net/route'): Promise<string | undefined> {
  const content = await readFile(table, 'utf8').catch(() => '');
  const routes = content
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, to, gateway = '', flags = '', , , metric = ''] = line.split('\t').map((word) => word.trim());
      const wanted = isUp | isGateway;
      const leadsOut = to === '00000000' && (Number.parseInt(flags, 16) & wanted) === wanted;
      return leadsOut ? [{ gateway, metric: Number(metric) }] : [];
    })
    .sort((a, b) => a.metric - b.metric);
  // Four bytes as this machine holds them: the last one first on a little-endian machine, which all of ours are.
  const bytes = routes[0]?.gateway.match(/../g)?.reverse();
  return bytes?.map((byte) => Number.parseInt(byte, 16)).join('.');
}
