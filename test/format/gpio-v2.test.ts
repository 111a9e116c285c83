import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  gpioIoctl,
  lineConfig,
  lineFlag,
  lineInfoRequest,
  lineRequest,
  lineValues,
  linesPerRequestMax,
  readChipInfo,
  readLineEvents,
  readLineInfo,
  readLineValues,
  requestedFd,
  structBytes,
} from '../../src/format/gpio-v2.ts';

/** Size, type letter and number that an ioctl request is made of. */
const parts = (request: number): { readonly bytes: number; readonly type: number; readonly nr: number } => ({
  bytes: (request >>> 16) & 0x3fff,
  type: (request >>> 8) & 0xff,
  nr: request & 0xff,
});

test('each ioctl number carries the size of its structure', () => {
  const expected = {
    chipInfo: { bytes: structBytes.chipInfo, type: 0xb4, nr: 1 },
    lineInfo: { bytes: structBytes.lineInfo, type: 0xb4, nr: 5 },
    requestLines: { bytes: structBytes.lineRequest, type: 0xb4, nr: 7 },
    setConfig: { bytes: structBytes.lineConfig, type: 0xb4, nr: 0xd },
    getValues: { bytes: structBytes.lineValues, type: 0xb4, nr: 0xe },
    setValues: { bytes: structBytes.lineValues, type: 0xb4, nr: 0xf },
  };
  for (const [name, request] of Object.entries(gpioIoctl))
    assert.equal(parts(request), expected[name as keyof typeof expected], name);
  assert.equal(structBytes, {
    chipInfo: 68,
    lineInfo: 256,
    lineConfig: 272,
    lineRequest: 592,
    lineValues: 16,
    lineEvent: 48,
  });
});

test('a line request: offsets, consumer, configuration and counts stand where the kernel reads them', () => {
  const bytes = lineRequest(
    [17, 27],
    'linekeeper',
    {
      flags: lineFlag.input | lineFlag.edgeRising,
      attributes: [{ kind: 'debounceUs', debounceUs: 5000, mask: 0b10n }],
    },
    256,
  );
  const view = new DataView(bytes.buffer);
  assert.is(bytes.length, 592);
  assert.equal([view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true)], [17, 27, 0]);
  assert.is(Buffer.from(bytes.subarray(256, 267)).toString('latin1'), 'linekeeper\0');
  assert.is(view.getBigUint64(288, true), 0b10100n);
  assert.is(view.getUint32(296, true), 1);
  assert.equal([view.getUint32(320, true), view.getUint32(328, true)], [3, 5000]);
  assert.is(view.getBigUint64(336, true), 0b10n);
  assert.equal([view.getUint32(560, true), view.getUint32(564, true)], [2, 256]);
  view.setInt32(588, 42, true);
  assert.is(requestedFd(bytes), 42);
});

test('output values of a configuration are an attribute with its mask', () => {
  const bytes = lineConfig({
    flags: lineFlag.output,
    attributes: [{ kind: 'outputValues', values: 0b101n, mask: 0b111n }],
  });
  const view = new DataView(bytes.buffer);
  assert.is(view.getBigUint64(0, true), 8n);
  assert.is(view.getUint32(32, true), 2);
  assert.equal([view.getBigUint64(40, true), view.getBigUint64(48, true)], [0b101n, 0b111n]);
});

test('64 lines and 10 attributes fit one request; one more of either does not', () => {
  const config = { flags: 0n, attributes: [] };
  const lines = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
  assert.is(lineRequest(lines(linesPerRequestMax), 'x', config, 0).length, 592);
  assert.throws(() => lineRequest(lines(linesPerRequestMax + 1), 'x', config, 0));
  assert.throws(() => lineRequest([], 'x', config, 0));
  const attributes = (count: number) =>
    Array.from({ length: count }, () => ({ kind: 'debounceUs', debounceUs: 1, mask: 1n }) as const);
  assert.is(lineConfig({ flags: 0n, attributes: attributes(10) }).length, 272);
  assert.throws(() => lineConfig({ flags: 0n, attributes: attributes(11) }));
});

test('values, chip and line information are read as the kernel writes them', () => {
  assert.is(readLineValues(lineValues(0x8000000000000001n, 0n)), 0x8000000000000001n);
  const chip = new Uint8Array(structBytes.chipInfo);
  chip.set(Buffer.from('gpiochip0'), 0);
  chip.set(Buffer.from('pinctrl-rp1'), 32);
  chip[64] = 54;
  assert.equal(readChipInfo(chip), { label: 'pinctrl-rp1', lines: 54 });
  const line = lineInfoRequest(17);
  assert.is(new DataView(line.buffer).getUint32(64, true), 17);
  line.set(Buffer.from('sysfs'), 32);
  line[72] = 9;
  assert.equal(readLineInfo(line), { consumer: 'sysfs', flags: lineFlag.used | lineFlag.output });
});

test('events are cut from what was read; a torn one is left out', () => {
  const bytes = new Uint8Array(48 * 2 + 20);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, 1, true);
  view.setUint32(12, 17, true);
  view.setUint32(48 + 8, 2, true);
  view.setUint32(48 + 12, 27, true);
  assert.equal(readLineEvents(bytes), [
    { offset: 17, rising: true },
    { offset: 27, rising: false },
  ]);
  assert.equal(readLineEvents(new Uint8Array(47)), []);
});

test.run();
