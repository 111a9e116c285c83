/** Where the parts of the demo room are, and what can happen to them: known to its process and to the command. */
import { Type } from '@sinclair/typebox';
import { Ajv } from 'ajv';

/** Places of the demo room, with the ports of its room file. */
export const demoPorts = {
  card: 17_100,
  ups: 17_502,
  sip: 15_060,
  server: 15_432,
  network: 15_080,
  broker: 11_883,
  control: 17_101,
};
export type DemoPlaces = Record<keyof typeof demoPorts, number>;

/** Each fault with what ends it. */
export const demoFaults = {
  'pbx-fault': 'pbx-return',
  'power-cut': 'power-return',
  'server-fault': 'server-return',
  'network-fault': 'network-return',
  'broker-away': 'broker-return',
  'card-cut': 'card-return',
} as const;
/** A fault that nobody ends returns by itself after this long. */
export const returnAfterMs = 60_000;
/** These last until somebody ends them: the return is a story of its own. */
export const stays: readonly string[] = ['pbx-fault', 'power-cut'];
const placesSchema = Type.Object({
  kind: Type.Literal('places'),
  places: Type.Object(Object.fromEntries(Object.keys(demoPorts).map((name) => [name, Type.Integer()]))),
});
const isPlacesMessage = new Ajv().compile<{ readonly kind: 'places'; readonly places: DemoPlaces }>(
  placesSchema,
);

/** What the process told its parent, if it is that. */
export const placesOf = (message: unknown): DemoPlaces | undefined =>
  isPlacesMessage(message) ? message.places : undefined;
