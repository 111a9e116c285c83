/**
 * A payload's layout written once and used both ways: fields in order, little-endian, no padding. Reading never reads
 * past the payload: a payload that is too short gives `undefined`, one that is longer is read up to the known fields
 * (PROTOCOL.md, "Growth").
 */

type FieldKind = 'u8' | 'u16' | 'u32' | 'u64' | 'i16' | `hex${number}` | `text${number}`;
type ValueOf<K extends FieldKind> = K extends `hex${number}` | `text${number}` ? string : number;
type Shape = Readonly<Record<string, FieldKind>>;
type FieldsOf<S extends Shape> = { readonly [K in keyof S]: ValueOf<S[K]> };

export interface Layout<F> {
  readonly bytes: number;
  /** Name, kind and offset of every field, in order: the documentation is held against it. */
  readonly fields: readonly { readonly name: string; readonly kind: string; readonly offset: number }[];
  write(values: F, into: Buffer, offset?: number): void;
  /** A fresh buffer of exactly this layout. */
  pack(values: F): Buffer;
  read(from: Buffer, offset: number, end: number): F | undefined;
}

/** What `layout()` reads and writes, from a layout. */
export type Fields<L> = L extends Layout<infer F> ? F : never;

function sizeOf(kind: FieldKind): number {
  switch (kind) {
    case 'u8':
      return 1;
    case 'u16':
    case 'i16':
      return 2;
    case 'u32':
      return 4;
    case 'u64':
      return 8;
    default:
      return Number(kind.replace(/^[a-z]+/, ''));
  }
}

function writeField(kind: FieldKind, value: unknown, into: Buffer, offset: number): void {
  if (typeof value === 'string') {
    into.fill(0, offset, offset + sizeOf(kind));
    into.write(value, offset, sizeOf(kind), kind.startsWith('hex') ? 'hex' : 'latin1');
    return;
  }
  const number = typeof value === 'number' ? value : 0;
  switch (kind) {
    case 'u8':
      into.writeUInt8(number, offset);
      return;
    case 'u16':
      into.writeUInt16LE(number, offset);
      return;
    case 'i16':
      into.writeInt16LE(number, offset);
      return;
    case 'u32':
      into.writeUInt32LE(number, offset);
      return;
    default:
      writeCounter(number, into, offset);
  }
}

function readField(kind: FieldKind, from: Buffer, offset: number): number | string {
  switch (kind) {
    case 'u8':
      return from.readUInt8(offset);
    case 'u16':
      return from.readUInt16LE(offset);
    case 'i16':
      return from.readInt16LE(offset);
    case 'u32':
      return from.readUInt32LE(offset);
    case 'u64':
      return readCounter(from, offset);
    default: {
      const end = offset + sizeOf(kind);
      if (kind.startsWith('hex')) return from.toString('hex', offset, end);
      const stop = from.indexOf(0, offset);
      return from.toString('latin1', offset, stop === -1 || stop > end ? end : stop);
    }
  }
}

/** A 64-bit count as a number: 8 kHz samples reach 2^53 after 35,000 years. */
export const readCounter = (from: Buffer, offset: number): number =>
  from.readUInt32LE(offset) + from.readUInt32LE(offset + 4) * 0x1_0000_0000;

export function writeCounter(value: number, into: Buffer, offset: number): void {
  into.writeUInt32LE(value % 0x1_0000_0000, offset);
  into.writeUInt32LE(Math.floor(value / 0x1_0000_0000), offset + 4);
}

export function layout<const S extends Shape>(shape: S): Layout<FieldsOf<S>> {
  let bytes = 0;
  const fields = Object.entries(shape).map(([name, kind]) => {
    const offset = bytes;
    bytes += sizeOf(kind);
    return { name, kind, offset };
  });
  const write = (values: FieldsOf<S>, into: Buffer, at = 0): void => {
    for (const { name, kind, offset } of fields) writeField(kind, values[name], into, at + offset);
  };
  return {
    bytes,
    fields,
    write,
    pack: (values) => {
      const into = Buffer.alloc(bytes);
      write(values, into);
      return into;
    },
    read: (from, at, end) =>
      at + bytes > end
        ? undefined
        : (Object.fromEntries(
            fields.map(({ name, kind, offset }) => [name, readField(kind, from, at + offset)]),
          ) as FieldsOf<S>),
  };
}
