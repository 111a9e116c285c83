/**
 * Commands of the centre: `cmd/<name>` in, `reply/<name>` out. What comes in is parsed against a schema, bounded in size
 * and in number, valid for 60 s at most, and carried out once however often the broker delivers it. Whether a command
 * is allowed is the guard's decision, never this file's.
 */
import { Type } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import type { Command } from '../../model/event.ts';
import type { CommandDesk } from '../command-desk.ts';
import type { ErrorCode } from '../../model/error.ts';
import { errorKinds } from '../../model/error.ts';
import { commandSchemas, isCommandName } from '../command-schema.ts';

export const commandBytesMax = 4096;
export const validMsMax = 60_000;
/** Transactions that are remembered, so that a double is answered and not done again. */
export const rememberedMax = 500;
const replayRowsMax = 1000;

export interface Reply {
  readonly transaction: string;
  readonly status: 'ok' | 'refused' | 'unknown' | 'error';
  readonly [field: string]: unknown;
}
export interface CentreCommands {
  received(name: string, payload: Uint8Array, isRetained: boolean): void;
}
export interface CentreCommandsSettings {
  readonly desk: CommandDesk;
  readonly now: () => number;
  readonly reply: (name: string, reply: Reply) => void;
  readonly replay: (from: number, to: number, limit: number) => object;
  readonly get: () => object;
}

const transaction = Type.String({ minLength: 1, maxLength: 64 });
const envelope = {
  transaction,
  /** UTC ms after which the command is void. */
  expires: Type.Integer(),
  by: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
};
const strict = { additionalProperties: false } as const;
const replaySchema = Type.Object(
  { transaction, from: Type.Integer({ minimum: 1 }), to: Type.Integer({ minimum: 1 }) },
  strict,
);
const getSchema = Type.Object({ transaction }, strict);

const ajv = new Ajv({ allErrors: true, strict: true });
const isReplay = ajv.compile<{ transaction: string; from: number; to: number }>(replaySchema);
const isGet = ajv.compile<{ transaction: string }>(getSchema);
const isCommand = Object.fromEntries(
  Object.entries(commandSchemas).map(([name, schema]) => {
    const fields = Type.Omit(schema, ['do']).properties;
    return [name, ajv.compile<Envelope>(Type.Object({ ...envelope, ...fields }, strict))];
  }),
);
interface Envelope {
  readonly transaction: string;
  readonly expires: number;
  readonly by?: string;
}

const wrong = (transactionId: string, code: ErrorCode, detail: string): Reply => {
  const { cause, action } = errorKinds[code];
  return { transaction: transactionId, status: 'error', error: { code, message: cause, action, detail } };
};

export function centreCommands(settings: CentreCommandsSettings): CentreCommands {
  const { desk, now, replay, get } = settings;
  const answered = new Map<string, Reply | undefined>();
  const remember = (key: string, reply: Reply | undefined): void => {
    answered.set(key, reply);
    const oldest = answered.keys().next().value;
    if (answered.size > rememberedMax && oldest !== undefined) answered.delete(oldest);
  };

  async function carryOut(name: string, parsed: Envelope): Promise<Reply> {
    const { transaction: id, expires, by, ...fields } = parsed;
    const leftMs = expires - now();
    if (leftMs <= 0 || leftMs > validMsMax)
      return wrong(id, 'LK-MQTT-002', `${leftMs} ms of validity are left by the clock of this room`);
    const command = { do: name, ...fields } as Command;
    const outcome = await desk.give(command, { via: 'centre', name: by ?? 'centre' });
    switch (outcome.kind) {
      case 'decided':
        return {
          transaction: id,
          status: outcome.accepted ? 'ok' : 'refused',
          command: outcome.id,
          text: outcome.text,
        };
      case 'no-answer':
        return { ...wrong(id, 'LK-MQTT-006', ''), status: 'unknown', command: outcome.id };
      case 'too-many':
        return wrong(id, 'LK-MQTT-005', '');
    }
  }

  return {
    received(name, payload, isRetained) {
      const reply = (answer: Reply): void => {
        settings.reply(name, answer);
      };
      // An emptied topic: somebody cleared a retained command.
      if (payload.length === 0) return;
      if (payload.length > commandBytesMax) {
        reply(wrong('', 'LK-MQTT-007', `${payload.length} bytes, at most ${commandBytesMax}`));
        return;
      }
      const parsed = parse(payload);
      const id = transactionOf(parsed);
      if (isRetained) {
        reply(wrong(id, 'LK-MQTT-004', ''));
        return;
      }
      if (name === 'get') {
        reply(isGet(parsed) ? { transaction: id, status: 'ok', data: get() } : badly(id, isGet.errors));
        return;
      }
      if (name === 'replay') {
        if (!isReplay(parsed)) reply(badly(id, isReplay.errors));
        else reply({ transaction: id, status: 'ok', data: replay(parsed.from, parsed.to, replayRowsMax) });
        return;
      }
      const check = isCommandName(name) ? isCommand[name] : undefined;
      if (check === undefined) {
        reply(wrong(id, 'LK-MQTT-003', name.slice(0, 64)));
        return;
      }
      if (!check(parsed)) {
        reply(badly(id, check.errors));
        return;
      }
      const key = `${name}/${id}`;
      if (answered.has(key)) {
        const before = answered.get(key);
        if (before !== undefined) reply(before);
        return;
      }
      remember(key, undefined);
      void carryOut(name, parsed).then((answer) => {
        remember(key, answer);
        reply(answer);
      });
    },
  };
}

function parse(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** For the reply, even when the rest is wrong. */
function transactionOf(parsed: unknown): string {
  if (typeof parsed !== 'object' || parsed === null || !('transaction' in parsed)) return '';
  const { transaction: id } = parsed;
  return typeof id === 'string' ? id.slice(0, 64) : '';
}

type Problems = readonly { readonly instancePath: string; readonly message?: string }[] | null | undefined;
const badly = (id: string, errors: Problems): Reply =>
  wrong(
    id,
    'LK-MQTT-001',
    (errors ?? [])
      .slice(0, 5)
      .map(({ instancePath, message }) => `${instancePath === '' ? '/' : instancePath} ${message ?? ''}`)
      .join('; '),
  );
