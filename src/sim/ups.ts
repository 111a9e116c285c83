/**
 * A virtual UPS that speaks real Modbus TCP. Registers are those of `config/ups/linekeeper-sim.yaml`; mains, load and
 * faults are turned by whoever owns it, the battery drains and charges by the clock. Answers on 127.0.0.1 only.
 */
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { mbapFrame, readMbap, registersPerReadMax } from '../format/modbus.ts';
import type { Clock } from '../ports/clock.ts';

const registerCount = 13;
const orderRegister = 12;
const orders = { stop: 0, test: 2 } as const;
const testS = 10;
const lowPercent = 20;
const lowRuntimeS = 600;
const chargeFullS = 8 * 3600;
const referenceLoadPercent = 40;
const receivedBytesMax = 1024;
const connectionsMax = 16;

export interface VirtualUpsOptions {
  readonly clock: Clock;
  /** 0: any free port. */
  readonly port: number;
  readonly unit: number;
  /** Seconds that a full battery lasts at 40 % load. */
  readonly runtimeS: number;
  /** Battery seconds that pass in one second of the clock. */
  readonly speed: number;
}

export interface UpsState {
  readonly mains: boolean;
  readonly chargePercent: number;
  readonly loadPercent: number;
  readonly batteryFault: boolean;
  readonly bypass: boolean;
  readonly temperatureC: number;
  /** Does not answer: its serial-to-LAN adapter is dead. */
  readonly mute: boolean;
}

export class VirtualUps {
  readonly #options: VirtualUpsOptions;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #state: UpsState = {
    mains: true,
    chargePercent: 100,
    loadPercent: referenceLoadPercent,
    batteryFault: false,
    bypass: false,
    temperatureC: 24.5,
    mute: false,
  };
  #onBatteryS = 0;
  #seenAt: number;
  /** A battery test runs until then. */
  #testsUntil: number | undefined;
  #testResult: 'none' | 'passed' | 'failed' = 'none';

  constructor(options: VirtualUpsOptions) {
    this.#options = options;
    this.#seenAt = options.clock.mono();
  }

  /** Resolves with the port it answers on. */
  start(): Promise<number> {
    const server = createServer((socket) => {
      this.#serve(socket);
    });
    server.maxConnections = connectionsMax;
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#options.port, '127.0.0.1', () => {
        const address = server.address();
        if (address === null || typeof address === 'string') reject(new Error('no TCP address'));
        else resolve(address.port);
      });
    });
  }

  stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    this.#server = undefined;
    return new Promise((resolve) => {
      if (server === undefined) resolve();
      else server.close(() => resolve());
    });
  }

  set(change: Partial<UpsState>): void {
    this.#age();
    this.#state = { ...this.#state, ...change };
    if (this.#state.mains) this.#onBatteryS = 0;
  }

  get isTesting(): boolean {
    if (this.#testsUntil !== undefined && this.#options.clock.mono() >= this.#testsUntil) {
      this.#testsUntil = undefined;
      this.#testResult = this.#state.batteryFault ? 'failed' : 'passed';
    }
    return this.#testsUntil !== undefined && this.#state.mains;
  }

  #order(value: number): void {
    this.#testsUntil = value === orders.test ? this.#options.clock.mono() + testS * 1000 : undefined;
    if (value === orders.test) this.#testResult = 'none';
  }

  get state(): UpsState {
    this.#age();
    return this.#state;
  }

  /** The registers as they read now; address 0 first. */
  registers(): readonly number[] {
    const { mains, chargePercent, loadPercent, batteryFault, bypass, temperatureC } = this.state;
    const loadFactor = referenceLoadPercent / Math.max(1, loadPercent);
    const runtimeS = Math.floor((this.#options.runtimeS * chargePercent * loadFactor) / 100);
    const isTesting = this.isTesting;
    const onBattery = !mains || isTesting;
    const isLow = !mains && (chargePercent < lowPercent || runtimeS < lowRuntimeS);
    const bits = [
      ...[!onBattery, onBattery, isLow, batteryFault, mains && chargePercent < 100, onBattery, bypass],
      ...[isLow || batteryFault, isTesting, this.#testResult === 'passed', this.#testResult === 'failed'],
    ];
    const status = bits.reduce((word, bit, n) => word | (bit ? 1 << n : 0), 0);
    return [
      status,
      mains ? 2290 : 0,
      mains ? 500 : 0,
      2200,
      500,
      Math.round(loadPercent),
      Math.floor(chargePercent),
      Math.round(540 - (100 - chargePercent) * 0.9),
      Math.round(temperatureC * 10) & 0xffff,
      (runtimeS >>> 16) & 0xffff,
      runtimeS & 0xffff,
      Math.min(0xffff, Math.floor(this.#onBatteryS)),
      isTesting ? orders.test : orders.stop,
    ];
  }

  #age(): void {
    const now = this.#options.clock.mono();
    const passedS = ((now - this.#seenAt) / 1000) * this.#options.speed;
    this.#seenAt = now;
    const { mains, chargePercent, loadPercent } = this.#state;
    const drain = (passedS * 100 * loadPercent) / (this.#options.runtimeS * referenceLoadPercent);
    const change = mains ? (passedS * 100) / chargeFullS : -drain;
    if (!mains) this.#onBatteryS += passedS;
    this.#state = { ...this.#state, chargePercent: Math.min(100, Math.max(0, chargePercent + change)) };
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let received = Buffer.alloc(0);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (let frame = readMbap(received); frame.kind !== 'incomplete'; frame = readMbap(received)) {
        if (frame.kind === 'broken') {
          socket.destroy();
          return;
        }
        received = received.subarray(frame.bytes);
        const isOurs = frame.unit === this.#options.unit && !this.#state.mute;
        if (isOurs) socket.write(mbapFrame(frame.transaction, frame.unit, this.#answer(frame.pdu)));
      }
      if (received.length > receivedBytesMax) socket.destroy();
    });
  }

  #answer(pdu: Uint8Array): Uint8Array {
    const view = new DataView(pdu.buffer, pdu.byteOffset, pdu.byteLength);
    const code = pdu[0] ?? 0;
    if (code === 6 && pdu.length === 5) {
      const isOrder = view.getUint16(1) === orderRegister;
      if (isOrder) this.#order(view.getUint16(3));
      return isOrder ? pdu.slice() : Uint8Array.of(code | 0x80, 2);
    }
    if ((code !== 3 && code !== 4) || pdu.length !== 5) return Uint8Array.of(code | 0x80, 1);
    const address = view.getUint16(1);
    const count = view.getUint16(3);
    if (count < 1 || count > registersPerReadMax) return Uint8Array.of(code | 0x80, 3);
    if (address + count > registerCount) return Uint8Array.of(code | 0x80, 2);
    const answer = new Uint8Array(2 + 2 * count);
    const values = new DataView(answer.buffer);
    answer[0] = code;
    answer[1] = 2 * count;
    this.registers()
      .slice(address, address + count)
      .forEach((value, n) => values.setUint16(2 + 2 * n, value));
    return answer;
  }
}
