/** What every byte link keeps (src/ports/byte-link.ts), run on each implementation with a real peer behind it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ByteLink } from '../../src/ports/byte-link.ts';
import { text } from '../../src/model/text.ts';

/** The far end of the link, as the suite needs it. */
export interface LinkPeer {
  /** Everything that arrived at the far end so far. */
  received(): Buffer;
  send(bytes: Uint8Array): void;
  /** The link's connection or device goes away, and comes back. */
  vanish(): Promise<void>;
  appear(): Promise<void>;
  /** Takes no more bytes from now on. */
  stall(): void;
  close(): Promise<void>;
}

export interface LinkCase {
  readonly name: string;
  make(): Promise<{ readonly link: ByteLink; readonly peer: LinkPeer }>;
}

const waitMsMax = 15_000;

async function until(what: string, isSo: () => boolean): Promise<void> {
  const end = performance.now() + waitMsMax;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`not within ${waitMsMax / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

class Log {
  readonly happened: string[] = [];
  readonly reasons: { readonly zh: string; readonly en: string }[] = [];
  bytes = Buffer.alloc(0);
  constructor(link: ByteLink) {
    link.start({
      up: () => this.happened.push('up'),
      down: (reason) => {
        this.happened.push('down');
        this.reasons.push(reason);
      },
      data: (chunk) => {
        this.happened.push('data');
        this.bytes = Buffer.concat([this.bytes, chunk]);
      },
    });
  }
  count(what: string): number {
    return this.happened.filter((one) => one === what).length;
  }
}

export function byteLinkContract(linkCase: LinkCase): void {
  const { name } = linkCase;
  const make = (): ReturnType<LinkCase['make']> => linkCase.make();
  const contract = suite(`byte link: ${name}`);

  contract('opens by itself and carries every byte value both ways, in order', async () => {
    const { link, peer } = await make();
    const log = new Log(link);
    await until('up', () => log.count('up') === 1);
    const all = Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff));
    for (let at = 0; at < all.length; at += 1000) assert.ok(link.write(all.subarray(at, at + 1000)));
    peer.send(all);
    await until('all bytes there', () => peer.received().length >= all.length);
    await until('all bytes here', () => log.bytes.length >= all.length);
    assert.ok(peer.received().equals(all), 'to the peer');
    assert.ok(log.bytes.equals(all), 'from the peer');
    assert.is(log.happened[0], 'up');
    await link.close();
    await peer.close();
  });

  contract(
    'a loss is one `down` with a reason in both languages, then nothing until the next `up`',
    async () => {
      const { link, peer } = await make();
      const log = new Log(link);
      await until('up', () => log.count('up') === 1);
      await peer.vanish();
      await until('down', () => log.count('down') >= 1);
      assert.not(link.write(Buffer.from('lost')), 'a write while down says so');
      await new Promise((resolve) => setTimeout(resolve, 1200));
      // While it stays away the reason may change once (lost, then missing), and is never repeated.
      assert.ok(log.count('down') <= 2, log.happened.join(' '));
      assert.is(new Set(log.reasons.map(({ en }) => en)).size, log.reasons.length);
      assert.ok(log.reasons.every(({ zh, en }) => zh.length > 3 && en.length > 3 && zh !== en));
      await peer.appear();
      await until('up again', () => log.count('up') === 2);
      peer.send(Buffer.from('back'));
      assert.ok(link.write(Buffer.from('again')));
      await until(
        'bytes again',
        () => log.bytes.toString().includes('back') && peer.received().toString().includes('again'),
      );
      assert.not(peer.received().toString().includes('lost'));
      await link.close();
      await peer.close();
    },
  );

  contract('drop closes this connection and opens another', async () => {
    const { link, peer } = await make();
    const log = new Log(link);
    await until('up', () => log.count('up') === 1);
    link.drop(text('试验', 'an experiment'));
    await until('up again', () => log.count('up') === 2);
    assert.equal(log.happened.slice(0, 3), ['up', 'down', 'up']);
    assert.is(log.reasons[0]?.en, 'an experiment');
    await link.close();
    await peer.close();
  });

  contract(
    'a peer that takes nothing: what waits is bounded, further writes say that they were dropped',
    async () => {
      const { link, peer } = await make();
      const log = new Log(link);
      await until('up', () => log.count('up') === 1);
      peer.stall();
      const chunk = Buffer.alloc(16_384, 1);
      let refused = 0;
      for (let i = 0; i < 2000 && refused === 0; i++) {
        if (!link.write(chunk)) refused++;
        if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      assert.is(refused, 1, '32 MB were taken for a peer that reads nothing');
      await link.close();
      await peer.close();
    },
  );

  contract('after close nothing is called, and close twice is fine', async () => {
    const { link, peer } = await make();
    const log = new Log(link);
    await until('up', () => log.count('up') === 1);
    await link.close();
    const { length } = log.happened;
    peer.send(Buffer.from('late'));
    assert.not(link.write(Buffer.from('late')));
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.is(log.happened.length, length);
    await link.close();
    await peer.close();
  });

  contract.run();
}
