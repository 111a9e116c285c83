/**
 * One question through node-modbus, which here sees a perfect TCP connection and never the wire. It encodes the request
 * and decodes the answer; everything it cannot stand (noise, late, foreign and short answers, unknown exception codes)
 * ends before it. Bare, it gives a late answer to the next question and ends the process on an unknown exception code.
 */
import { Socket } from 'node:net';
import { ModbusTCPClient } from 'node-modbus';
import { mbapFrame, readMbap } from '../../format/modbus.ts';
import type { RegisterRequest, RegisterWrite } from '../../ports/registers.ts';

/** Exception codes that node-modbus decodes without throwing. */
const knownExceptions: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 8, 10, 11]);
const deviceFailure = 4;
/** Only a net below: every exchange is ended by the line's own time-out. */
const neverMs = 60_000;

/** A socket that is never connected: what is written to it is the request, what is emitted on it is the answer. */
class Gate extends Socket {
  transaction = 0;
  isSent = false;
  readonly #send: (pdu: Uint8Array) => boolean;

  constructor(send: (pdu: Uint8Array) => boolean) {
    super();
    this.#send = send;
  }

  override write(bytes: unknown): boolean {
    if (!(bytes instanceof Uint8Array)) return false;
    const frame = readMbap(bytes);
    if (frame.kind !== 'frame') return false;
    this.transaction = frame.transaction;
    this.isSent = this.#send(frame.pdu);
    return this.isSent;
  }
}

async function written(
  client: ModbusTCPClient,
  { function: code, address, value }: RegisterWrite,
): Promise<[]> {
  if (code === 5) await client.writeSingleCoil(address, value !== 0);
  else if (code === 6) await client.writeSingleRegister(address, value);
  else await client.writeMultipleRegisters(address, [value]);
  return [];
}

async function asked(
  client: ModbusTCPClient,
  request: RegisterRequest | RegisterWrite,
): Promise<ArrayLike<number | boolean>> {
  if (!('count' in request)) return written(client, request);
  const { address, count } = request;
  switch (request.function) {
    case 1:
      return (await client.readCoils(address, count)).response.body.valuesAsArray;
    case 2:
      return (await client.readDiscreteInputs(address, count)).response.body.valuesAsArray;
    case 3:
      return (await client.readHoldingRegisters(address, count)).response.body.valuesAsArray;
    case 4:
      return (await client.readInputRegisters(address, count)).response.body.valuesAsArray;
  }
}

export interface Exchange {
  /** The link took the request. */
  readonly isSent: boolean;
  /** Resolves with the values, or `undefined` when it was ended with an exception. Never rejects. */
  readonly values: Promise<readonly number[] | undefined>;
  /** Hand over the PDU that answers the question. */
  answer(pdu: Uint8Array): void;
  /** End the question without values. */
  fail(): void;
}

/** `send` gets the request's PDU, once, before this returns, and says whether the link took it. */
export function startExchange(
  request: RegisterRequest | RegisterWrite,
  send: (pdu: Uint8Array) => boolean,
): Exchange {
  const gate = new Gate(send);
  const client = new ModbusTCPClient(gate, request.unit, neverMs);
  gate.emit('connect');
  const answer = (pdu: Uint8Array): void => {
    gate.emit('data', Buffer.from(mbapFrame(gate.transaction, request.unit, pdu)));
  };
  const values = asked(client, request)
    .then((decoded) => {
      // Bits fill their last byte.
      const count = 'count' in request ? request.count : 0;
      const numbers = Array.from(decoded, Number).slice(0, count);
      return numbers.length === count ? numbers : undefined;
    })
    .catch(() => undefined)
    .finally(() => gate.destroy());
  return {
    isSent: gate.isSent,
    values,
    answer: (pdu) => {
      const isException = pdu.length === 2;
      const code = knownExceptions.has(pdu[1] ?? 0) ? (pdu[1] ?? deviceFailure) : deviceFailure;
      answer(isException ? Uint8Array.of(pdu[0] ?? 0, code) : pdu);
    },
    fail: () => {
      answer(Uint8Array.of(request.function | 0x80, deviceFailure));
    },
  };
}
