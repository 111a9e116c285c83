/** What a command may look like when it comes from outside, over MQTT or HTTP: one schema for both. */
import { Type } from '@sinclair/typebox';
import type { Command } from '../model/event.ts';

const strict = { additionalProperties: false } as const;
const name = (description: string) => Type.String({ minLength: 1, maxLength: 200, description });
const line = Type.String({ minLength: 1, maxLength: 64, description: 'A line of the room, e.g. L01.' });
const alarm = name('Id of an alarm, or `all`.');

const reason = Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'For the audit.' }));

const shelveMsMax = 8 * 3_600_000;
const outOfServiceMsMin = 60_000;
const outOfServiceMsMax = 7 * 24 * 3_600_000;
const maintenanceMsMin = 60_000;
const maintenanceMsMax = 24 * 3_600_000;

/** One object schema for each command; `do` says which. */
export const commandSchemas = {
  acknowledge: Type.Object({ do: Type.Literal('acknowledge'), alarm }, strict),
  silence: Type.Object({ do: Type.Literal('silence') }, strict),
  'reset-alarm': Type.Object({ do: Type.Literal('reset-alarm'), alarm }, strict),
  shelve: Type.Object(
    {
      do: Type.Literal('shelve'),
      alarm: name('Id of an alarm.'),
      forMs: Type.Integer({ minimum: 1000, maximum: shelveMsMax }),
      reason: Type.String({ minLength: 1, maxLength: 500 }),
    },
    strict,
  ),
  'out-of-service': Type.Object(
    {
      do: Type.Literal('out-of-service'),
      alarm: name('Id of an alarm, whether or not it stands now.'),
      forMs: Type.Integer({ minimum: outOfServiceMsMin, maximum: outOfServiceMsMax }),
      permit: Type.String({ minLength: 1, maxLength: 200 }),
    },
    strict,
  ),
  'return-to-service': Type.Object(
    { do: Type.Literal('return-to-service'), alarm: name('Id of an alarm.') },
    strict,
  ),
  unshelve: Type.Object({ do: Type.Literal('unshelve'), alarm: name('Id of an alarm.') }, strict),
  maintenance: Type.Object(
    {
      do: Type.Literal('maintenance'),
      subject: name('A subject, line or point.'),
      forMs: Type.Integer({ minimum: maintenanceMsMin, maximum: maintenanceMsMax }),
      reason: Type.String({ minLength: 1, maxLength: 200 }),
    },
    strict,
  ),
  'end-maintenance': Type.Object(
    { do: Type.Literal('end-maintenance'), subject: name('A subject, line or point.') },
    strict,
  ),
  'reset-first-out': Type.Object({ do: Type.Literal('reset-first-out') }, strict),
  'lamp-test': Type.Object({ do: Type.Literal('lamp-test') }, strict),
  bypass: Type.Object(
    {
      do: Type.Literal('bypass'),
      line: Type.Optional(line),
      mode: Type.Union([Type.Literal('now'), Type.Literal('planned')]),
      reason,
    },
    strict,
  ),
  restore: Type.Object({ do: Type.Literal('restore'), line: Type.Optional(line), reason }, strict),
  'reset-bypass': Type.Object(
    { do: Type.Literal('reset-bypass'), line: Type.Optional(line), reason },
    strict,
  ),
  exercise: Type.Object(
    {
      do: Type.Literal('exercise'),
      line,
      level: Type.Optional(
        Type.Union([Type.Literal(1), Type.Literal(2)], {
          description: '1 (the default): over and back. 2: until somebody has lifted the phone of the line.',
        }),
      ),
    },
    strict,
  ),
  'alternate-phone': Type.Object({ do: Type.Literal('alternate-phone'), line, on: Type.Boolean() }, strict),
  'new-relay': Type.Object({ do: Type.Literal('new-relay'), line }, strict),
  'power-cut-done': Type.Object(
    {
      do: Type.Literal('power-cut-done'),
      step: Type.String({
        minLength: 1,
        maxLength: 16,
        description:
          'A step of the power-cut plan, `forms` (entered again) or `return` (the mains are back).',
      }),
    },
    strict,
  ),
  waive: Type.Object(
    {
      do: Type.Literal('waive'),
      what: name('A step of the power-cut plan, or a subject that is to be checked.'),
      reason: Type.String({ minLength: 1, maxLength: 200 }),
    },
    strict,
  ),
  'all-clear': Type.Object({ do: Type.Literal('all-clear') }, strict),
  record: Type.Object({ do: Type.Literal('record'), line, on: Type.Boolean() }, strict),
  'ups-test': Type.Object(
    {
      do: Type.Literal('ups-test'),
      subject: name('A UPS of the room.'),
      deep: Type.Optional(
        Type.Boolean({ description: 'Half an hour or half the charge at most, instead of some seconds.' }),
      ),
      stop: Type.Optional(Type.Boolean({ description: 'Ends the test that runs.' })),
    },
    strict,
  ),
  control: Type.Object(
    {
      do: Type.Literal('control'),
      control: name('A control of the room file, e.g. night-service.'),
      on: Type.Optional(Type.Boolean({ description: 'Off is for what is held.' })),
      values: Type.Optional(
        Type.Record(
          Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,31}$' }),
          Type.String({ maxLength: 64 }),
          {
            maxProperties: 8,
            additionalProperties: false,
            description: 'For the places of the string that is sent; each from its list of the room file.',
          },
        ),
      ),
    },
    strict,
  ),
} as const;

export type CommandName = keyof typeof commandSchemas;
export const isCommandName = (word: string): word is CommandName => Object.hasOwn(commandSchemas, word);

export const commandSchema = Type.Union(Object.values(commandSchemas));

/** These move relays or end the power-cut plan: asked twice wherever they are given by hand. */
export const isOfBypassOrPlan = (command: Command): boolean =>
  command.do === 'bypass' ||
  command.do === 'restore' ||
  command.do === 'reset-bypass' ||
  command.do === 'exercise' ||
  command.do === 'alternate-phone' ||
  command.do === 'all-clear';

/** On the page also what speaks to the switch, tests a battery or silences alarms for hours: one click is no typed command. */
export const isAskedTwice = (command: Command): boolean =>
  isOfBypassOrPlan(command) ||
  command.do === 'maintenance' ||
  command.do === 'out-of-service' ||
  command.do === 'control' ||
  command.do === 'ups-test';
