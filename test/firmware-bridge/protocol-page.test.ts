/** PROTOCOL.md is what firmware is written from: its tables and bytes are those of the codec. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from '@node-rs/crc32';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  configLimits,
  errorCode,
  frameBytesMax,
  payloadBytesMax,
} from '../../firmware-bridge/codec/protocol.ts';
import { audioBytes, lineBytes } from '../../firmware-bridge/codec/stream.ts';
import { projectFolder } from '../rig.ts';
import { messageKinds, vectors } from './vectors.ts';

const page = readFileSync(path.join(projectFolder, 'firmware-bridge/PROTOCOL.md'), 'utf8');

/** Rows of every table of one section, one list a table. */
function tables(heading: string): string[][][] {
  const start = page.indexOf(`\n${heading}\n`);
  assert.ok(start >= 0, `no section ${heading}`);
  const rest = page.slice(start + heading.length + 2);
  const section = rest.slice(0, rest.search(/\n#{2,3} /) >>> 0);
  const found: string[][][] = [];
  let isInside = false;
  for (const row of section.split('\n')) {
    if (!row.startsWith('|')) isInside = false;
    else if (/^\|[-|]+\|$/.test(row)) {
      isInside = true;
      found.push([]);
    } else if (isInside)
      found.at(-1)?.push(
        row
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      );
  }
  return found;
}

for (const [name, { head, part }] of Object.entries(messageKinds)) {
  if (head === undefined) continue;
  test(`the layout of ${name} on the page is the one of the codec`, () => {
    const [first, second] = tables(`### ${name}`);
    const asWritten = (rows: string[][] | undefined): unknown =>
      rows?.map(([offset, kind, field]) => ({ name: field, kind, offset: Number(offset) }));
    assert.equal(asWritten(first), head.fields);
    if (part !== undefined) assert.equal(asWritten(second), part.fields);
    else assert.is(second, undefined);
  });
}

test('every type has its number, and no number is given twice', () => {
  const rows = tables('## 2. Messages')[0] ?? [];
  const numbers = new Map(rows.map(([type, name]) => [name, type]));
  for (const [name, { type }] of Object.entries(messageKinds))
    assert.is(numbers.get(name), `0x${type.toString(16).toUpperCase().padStart(2, '0')}`, name);
  assert.is(new Set(rows.map(([type]) => type)).size, rows.length);
  assert.is(rows.length, Object.keys(messageKinds).length + 2);
});

test('LINE and AUDIO have the lengths that follow from the page', () => {
  assert.is(lineBytes(8), 12 + 8 * 16);
  assert.is(audioBytes(1, 8), 16 + 8 * 160);
  assert.is(audioBytes(2, 8), 16 + 8 * 320);
  assert.is(payloadBytesMax, 4096);
  assert.is(frameBytesMax, 4132);
  assert.match(page, /longer than 4132/);
});

test('the codes of ERROR are those of the page', () => {
  const rows = tables('## 7. Errors')[0] ?? [];
  assert.equal(Object.fromEntries(rows.map(([code, name]) => [name, Number(code)])), errorCode);
});

test('the limits of CONFIG are those of the page', () => {
  const rows = tables('### CONFIG').flat();
  const meaning = (field: string): string => rows.find(([, , name]) => name === field)?.[3] ?? '';
  for (const field of ['hostLostMs', 'loopOpenMs', 'callCapMs'] as const) {
    const { min, max, default: usual } = configLimits[field];
    assert.is(meaning(field), `${min}–${max}; ${usual}`);
  }
  for (const field of ['offHookBelow', 'onHookAbove'] as const) {
    const { min, max, default: usual } = configLimits[field];
    assert.ok(meaning(field).startsWith(`10 mV; ${min / 100}–${max / 100} V; ${usual / 100} V`), field);
  }
});

test('the examples are the vectors of the same names', () => {
  const examples = [
    ...page.matchAll(/^\*\*(.+)\*\*\n\n```\nraw {4}([0-9a-f\s]+?)\nwire {3}([0-9a-f\s]+?)\n```/gm),
  ];
  assert.ok(examples.length >= 6);
  for (const [, name = '', raw = '', wire = ''] of examples) {
    const vector = vectors.frames.find((one) => one.name === name);
    assert.is(raw.replace(/\s/g, ''), vector?.raw, name);
    assert.is(wire.replace(/\s/g, ''), vector?.wire, name);
  }
});

test('the CRC of the page is the one that we compute', () => {
  assert.is(crc32('123456789'), 0xcbf43926);
  assert.match(page, /0xCBF43926/);
});

test.run();
