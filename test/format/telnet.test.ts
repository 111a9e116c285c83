import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TelnetReader, telnetData } from '../../src/format/telnet.ts';

/** What a switch may send: text, options offered and asked for, a sub-negotiation with a doubled 255 in it, a doubled 255. */
const sent = Uint8Array.from([
  ...[0x41, 255, 253, 1, 0x42, 255, 251, 3, 255, 241, 0x43],
  ...[255, 250, 24, 1, 255, 255, 0x99, 255, 240, 0x44, 255, 255, 255, 253, 1, 255, 254, 1],
]);
const data = [0x41, 0x42, 0x43, 0x44, 255];
const answers = [255, 252, 1, 255, 254, 3];

test('commands are taken out of the data wherever the stream is torn, and every option is refused once', () => {
  for (let cut = 0; cut <= sent.length; cut++) {
    const reader = new TelnetReader();
    const parts = [reader.push(sent.slice(0, cut)), reader.push(sent.slice(cut))];
    assert.equal(
      parts.flatMap((part) => [...part.data]),
      data,
      `cut at ${cut}`,
    );
    assert.equal(
      parts.flatMap((part) => [...part.answer]),
      answers,
      `cut at ${cut}`,
    );
  }
});

test('a byte 255 of the data goes out doubled, and comes back as one', () => {
  assert.equal([...telnetData(Uint8Array.of(1, 255, 2))], [1, 255, 255, 2]);
  assert.equal([...new TelnetReader().push(telnetData(Uint8Array.of(1, 255, 2))).data], [1, 255, 2]);
});

test.run();
