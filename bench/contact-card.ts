/**
 * The harness's end of the reaction benchmark: a card of contacts and one output on TCP, that tells the moment at which it sent a
 * contact's change and the moment at which the OUTPUT command arrived. Nothing is simulated: it only speaks the protocol.
 */
import net from 'node:net';
import * as messages from '../firmware-bridge/codec/messages.ts';
import { FrameReader, FrameWriter } from '../firmware-bridge/codec/frame.ts';
import { cardType, hostType, inputStates } from '../firmware-bridge/codec/protocol.ts';
import { CardSession } from '../src/sim/card-session.ts';

/** A card has as many. */
export const contactsPerCard = 8;
const reportEveryMs = 50;
const samplesPerMs = 8;

export class ContactCard {
  readonly #session: CardSession;
  readonly #writer = new FrameWriter();
  readonly #closed: boolean[];
  readonly #onOutput: (level: boolean, at: number) => void;
  readonly #begun = performance.now();
  #socket: net.Socket | undefined;
  #server: net.Server | undefined;
  #level = false;
  #reports: NodeJS.Timeout | undefined;
  #command = 0;

  /** `closed`: where each contact rests. `onOutput`: output 1 was commanded to another level. */
  constructor(
    serialNumber: string,
    closed: readonly boolean[],
    onOutput: (level: boolean, at: number) => void,
  ) {
    this.#session = new CardSession({ serialNumber, firmware: 'bench', versionMin: 1, versionMax: 255 });
    this.#closed = [...closed];
    this.#onOutput = onOutput;
  }

  async listen(): Promise<number> {
    const reader = new FrameReader((frame) => {
      const { type, bytes, start, end } = frame;
      if (type === hostType.hello) {
        const answer = this.#session.hello(frame, { counter: this.#counter(), resetCause: 0, channels: 1 });
        if (answer !== undefined)
          this.#write(this.#writer.frame(cardType.hello, answer.payload, answer.seal));
      } else if (type === hostType.config) {
        const config = this.#session.config(frame);
        if (typeof config === 'number') return;
        const { session, audioMask, audioFormat, hostLostMs, loopOpenMs, callCapMs } = config;
        const answer = { session, audioFormat, reserved: 0, audioMask, hostLostMs, loopOpenMs, callCapMs };
        this.#send(cardType.config, messages.configAnswer.pack(answer));
        this.#tellInputs(0);
      } else if (type === hostType.time) {
        const time = messages.time.read(bytes, start, end);
        const counter = this.#counter();
        if (time !== undefined)
          this.#send(cardType.time, messages.timeAnswer.pack({ ...time, received: counter, sent: counter }));
      } else if (type === hostType.output) {
        const at = performance.now();
        const output = messages.output.read(bytes, start, end);
        if (output === undefined) return;
        this.#command = output.command;
        if ((output.mask & 1) !== 1) return;
        const level = (output.energise & 1) === 1;
        if (level === this.#level) return;
        this.#level = level;
        this.#onOutput(level, at);
      }
    });
    this.#server = net.createServer({ noDelay: true }, (socket) => {
      this.#socket = socket;
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => reader.push(chunk));
    });
    this.#reports = setInterval(() => {
      this.#tellRelays();
    }, reportEveryMs);
    return new Promise((resolve) => {
      this.#server?.listen(0, '127.0.0.1', () => {
        const address = this.#server?.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  }

  /** Moves a contact (1-based) and returns the moment before it was told. */
  move(contact: number, closed: boolean): number {
    const at = performance.now();
    this.#closed[contact - 1] = closed;
    this.#tellInputs(1 << (contact - 1));
    return at;
  }

  close(): void {
    clearInterval(this.#reports);
    this.#socket?.destroy();
    this.#server?.close();
  }

  #counter(): number {
    return Math.floor((performance.now() - this.#begun) * samplesPerMs);
  }

  #write(bytes: Uint8Array): void {
    this.#socket?.write(bytes);
  }

  #send(type: number, payload: Uint8Array): void {
    this.#write(this.#writer.frame(type, payload));
  }

  #tellInputs(changed: number): void {
    if (!this.#session.isPresent) return;
    const parts = this.#closed.map((closed) => ({
      state: inputStates.indexOf(closed ? 'closed' : 'open'),
      reserved: 0,
      ohms: closed ? 2350 : 4700,
    }));
    const head = { counter: this.#counter(), inputs: parts.length, reserved: 0, changed };
    this.#send(cardType.input, messages.packParts(messages.input, head, messages.inputState, parts));
  }

  #tellRelays(): void {
    if (!this.#session.isPresent) return;
    const head = { counter: this.#counter(), command: this.#command, flags: 1, relays: 0, reserved: 0 };
    this.#send(cardType.relay, messages.packParts(messages.relayReport, head, messages.relayState, []));
  }
}
