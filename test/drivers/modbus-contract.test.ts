/** The register contract over both framings, on a device in memory. */
import { test } from 'uvu';
import { ModbusLine } from '../../src/drivers/modbus/line.ts';
import { mbapFrame, readMbap, rtuFrame } from '../../src/format/modbus.ts';
import { text } from '../../src/model/text.ts';
import type { ByteLink, ByteLinkHandlers } from '../../src/ports/byte-link.ts';
import { registersContract, valueOf } from '../contract/registers.ts';
import type { DeviceMood, RegistersBench } from '../contract/registers.ts';

class DeviceOnWire implements ByteLink {
  readonly name = 'device';
  mood: DeviceMood = 'well';
  exception = 0;
  mostAtOnce = 0;
  readonly writes: string[] = [];
  #atOnce = 0;
  #handlers: ByteLinkHandlers | undefined;
  #isUp = false;
  readonly #framing: 'rtu' | 'tcp';

  constructor(framing: 'rtu' | 'tcp') {
    this.#framing = framing;
  }

  start(handlers: ByteLinkHandlers): void {
    this.#handlers = handlers;
    this.up();
  }
  up(): void {
    if (this.#isUp) return;
    this.#isUp = true;
    this.#handlers?.up();
  }
  drop(): void {
    this.#isUp = false;
    this.#handlers?.down(text('断开', 'cut'));
  }
  close(): Promise<void> {
    this.#isUp = false;
    return Promise.resolve();
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#isUp) return false;
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    setImmediate(() => {
      this.#atOnce--;
      if (this.#isUp && this.mood !== 'silent') this.#handlers?.data(this.#answer(bytes));
    });
    return true;
  }

  #answer(asked: Uint8Array): Uint8Array {
    if (this.mood === 'noise') return Buffer.from('login: \r\n');
    const isRtu = this.#framing === 'rtu';
    const frame = isRtu ? undefined : readMbap(asked);
    const head =
      frame?.kind === 'frame'
        ? { unit: frame.unit, transaction: frame.transaction, pdu: frame.pdu }
        : undefined;
    const { unit, transaction, pdu } = head ?? {
      unit: asked[0] ?? 0,
      transaction: 0,
      pdu: asked.subarray(1, -2),
    };
    const view = new DataView(pdu.buffer, pdu.byteOffset, pdu.byteLength);
    if (view.getUint8(0) > 4 && this.exception === 0) {
      this.writes.push(`${view.getUint8(0)} ${unit} ${Buffer.from(pdu.subarray(1)).toString('hex')}`);
      const echo = pdu.slice(0, 5);
      if (this.mood === 'other-function') echo[0] = 6 ^ 3;
      return this.#framed(unit, transaction, echo);
    }
    const more = { 'too-short': -1, 'too-long': 1 }[this.mood as string] ?? 0;
    const count = view.getUint16(3) + more;
    const answer = new Uint8Array(2 + 2 * count);
    answer.set([this.mood === 'other-function' ? 7 - view.getUint8(0) : view.getUint8(0), 2 * count]);
    for (let n = 0; n < count; n++)
      new DataView(answer.buffer).setUint16(2 + 2 * n, valueOf(view.getUint16(1) + n));
    const told = this.exception > 0 ? Uint8Array.of(view.getUint8(0) | 0x80, this.exception) : answer;
    return this.#framed(unit, transaction, told);
  }

  #framed(unit: number, transaction: number, told: Uint8Array): Uint8Array {
    const isRtu = this.#framing === 'rtu';
    const from = this.mood === 'other-unit' ? unit + 1 : unit;
    const sent = isRtu ? rtuFrame(from, told) : mbapFrame(transaction, from, told);
    // The header of TCP, the checksum of RTU: what each has to show damage.
    if (this.mood === 'damaged') sent[2] = (sent[2] ?? 0) ^ 0x55;
    return sent;
  }
}

const timeoutMs = 120;
for (const framing of ['tcp', 'rtu'] as const)
  registersContract(framing, (): Promise<RegistersBench> => {
    const device = new DeviceOnWire(framing);
    const registers = new ModbusLine({ framing, link: device, timeoutMs, worstAnswerMs: 200 }).start();
    return Promise.resolve({
      registers,
      timeoutMs,
      setMood: (mood) => {
        device.mood = mood;
        device.exception = 0;
      },
      setException: (code) => {
        device.exception = code;
      },
      mostAtOnce: () => device.mostAtOnce,
      writes: () => device.writes,
      cutLink: () => device.drop(),
      healLink: () => {
        device.up();
        return Promise.resolve();
      },
      close: () => registers.close(),
    });
  });

test.run();
