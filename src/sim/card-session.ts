/**
 * The card's side of a session (PROTOCOL.md, "Session"): answers HELLO without letting go of the present session, takes the
 * new one over with its CONFIG, and tells of each frame whether it may be obeyed.
 */
import { randomBytes } from 'node:crypto';
import type { Frame } from '../../firmware-bridge/codec/frame.ts';
import * as messages from '../../firmware-bridge/codec/messages.ts';
import type { Config } from '../../firmware-bridge/codec/messages.ts';
import { capability, errorCode, hostType } from '../../firmware-bridge/codec/protocol.ts';
import { sessionSeals } from '../../firmware-bridge/codec/seal.ts';
import type { Seal, SessionSeals } from '../../firmware-bridge/codec/seal.ts';
import { inputCount, outputCount } from './plant.ts';

export interface CardIdentity {
  readonly serialNumber: string;
  readonly firmware: string;
  readonly key?: Uint8Array;
  readonly versionMin: number;
  readonly versionMax: number;
}

interface Session {
  readonly id: string;
  readonly hostNonce: string;
  readonly cardNonce: string;
  readonly seals: SessionSeals | undefined;
}

const sessionBytes = 8;

export class CardSession {
  readonly #identity: CardIdentity;
  #pending: Session | undefined;
  #present: Session | undefined;

  constructor(identity: CardIdentity) {
    this.#identity = identity;
  }

  get isPresent(): boolean {
    return this.#present !== undefined;
  }

  /** Seals what goes out in the present session. */
  get seal(): Seal | undefined {
    return this.#present?.seals?.send;
  }

  /** The card was reset. */
  forget(): void {
    this.#pending = undefined;
    this.#present = undefined;
  }

  /** Payload and seal of the answer; `undefined`: not a HELLO. */
  hello(
    { bytes, start, end }: Frame,
    state: { readonly counter: number; readonly resetCause: number; readonly channels: number },
  ): { readonly payload: Buffer; readonly seal: Seal | undefined } | undefined {
    const hello = messages.hello.read(bytes, start, end);
    if (hello === undefined) return undefined;
    const { serialNumber, firmware, key, versionMin, versionMax } = this.#identity;
    const version = Math.min(hello.versionMax, versionMax);
    const agrees = version >= Math.max(hello.versionMin, versionMin);
    if (agrees && (this.#pending?.id !== hello.session || this.#pending.hostNonce !== hello.hostNonce)) {
      const names = {
        session: hello.session,
        hostNonce: hello.hostNonce,
        cardNonce: randomBytes(16).toString('hex'),
        serialNumber,
      };
      const seals = key === undefined ? undefined : sessionSeals('card', { key, ...names });
      this.#pending = { id: hello.session, hostNonce: hello.hostNonce, cardNonce: names.cardNonce, seals };
    }
    const payload = messages.helloAnswer.pack({
      session: hello.session,
      cardNonce: this.#pending?.cardNonce ?? ''.padEnd(32, '0'),
      version: agrees ? version : 0,
      versionMin,
      versionMax,
      resetCause: state.resetCause,
      capabilities:
        capability.linearAudio | capability.sealed | capability.hook | capability.supervisedInputs,
      channels: state.channels,
      relays: state.channels,
      inputs: inputCount,
      outputs: outputCount,
      counter: state.counter,
      serialNumber,
      firmware,
    });
    return { payload, seal: agrees ? this.#pending?.seals?.send : undefined };
  }

  /** A CONFIG that may be obeyed makes its session the present one. */
  config(frame: Frame): Config | number {
    const config = messages.config.read(frame.bytes, frame.start, frame.end);
    if (config === undefined) return errorCode.length;
    const session = [this.#pending, this.#present].find((one) => one?.id === config.session);
    if (session === undefined) return errorCode.session;
    const wrong = this.#check(session, frame);
    if (wrong !== undefined) return wrong;
    this.#present = session;
    return config;
  }

  /** Error code for a frame of any other type that must not be obeyed. */
  refusal(frame: Frame): number | undefined {
    const present = this.#present;
    if (present === undefined) return errorCode.session;
    const wrong = this.#check(present, frame);
    if (wrong !== undefined) return wrong;
    // Every command but HELLO begins with the session that it belongs to.
    const isLong = frame.end - frame.start >= sessionBytes;
    if (!isLong) return errorCode.length;
    const named = frame.bytes.toString('hex', frame.start, frame.start + sessionBytes);
    return named === present.id ? undefined : errorCode.session;
  }

  #check(session: Session, frame: Frame): number | undefined {
    if (session.seals === undefined) return frame.sealed ? errorCode.authentication : undefined;
    switch (session.seals.receive.check(frame)) {
      case 'good':
        return undefined;
      case 'replayed':
        return errorCode.replay;
      default:
        return errorCode.authentication;
    }
  }
}

/** Types that a host may send. */
export const knownTypes: ReadonlySet<number> = new Set(Object.values(hostType));
