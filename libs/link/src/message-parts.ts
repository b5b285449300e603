import { FairleadError } from '@fairlead/domain';
import { type AnyMethod, packageDefinition } from './protocol.js';

/** Most messages and entries of maps within one message; an inventory chunk of 200 networks has some thousands. */
export const MAX_PARTS = 20_000;

/** The parts of a DescriptorProto, as proto-loader gives it, that say how a message looks on the wire. */
interface Descriptor {
  readonly name: string;
  readonly field: readonly {
    readonly number: number;
    readonly type: string;
    readonly typeName: string;
    readonly label: string;
  }[];
  readonly nestedType: readonly Descriptor[];
}

/** How a field looks on the wire. */
interface Form {
  readonly wire: number;
  /** It may come as one list of numbers as well. */
  readonly packed: boolean;
  /** Of a message, or of an entry of a map. */
  readonly inner: Shape | undefined;
}

/** The fields of a message by their numbers. */
type Shape = ReadonlyMap<number, Form>;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
/** Of types that are no varint. */
const WIRE_OF: Readonly<Record<string, number>> = {
  TYPE_DOUBLE: FIXED64,
  TYPE_FIXED64: FIXED64,
  TYPE_SFIXED64: FIXED64,
  TYPE_FLOAT: FIXED32,
  TYPE_FIXED32: FIXED32,
  TYPE_SFIXED32: FIXED32,
  TYPE_STRING: BYTES,
  TYPE_BYTES: BYTES,
  TYPE_MESSAGE: BYTES,
};

/**
 * Counts the messages and entries of maps within a message, before anything is made of its bytes. Two bytes can ask for
 * an object of a kilobyte: 4 MiB of them kept a controller busy for 15 s and took 1.5 GB.
 *
 * What this accepts is well-formed throughout, so that the reader after it sees the very same parts: it takes no field
 * in a form that is not its own, no groups, and nothing that reaches beyond what holds it.
 * @throws FairleadError `too_large` for more than `MAX_PARTS`, `invalid_argument` for what is no such message
 */
export function countParts(type: AnyMethod['requestType'], bytes: Uint8Array): number {
  return new Walk(bytes).count(shapeOf(type.type as Descriptor), bytes.length);
}

const shapes = new Map<Descriptor, Shape>();

function shapeOf(descriptor: Descriptor): Shape {
  const known = shapes.get(descriptor);
  if (known !== undefined) return known;
  const shape = new Map<number, Form>();
  shapes.set(descriptor, shape);
  for (const { number, type, typeName, label } of descriptor.field) {
    const wire = WIRE_OF[type] ?? VARINT;
    const inner = type === 'TYPE_MESSAGE' ? shapeOf(find(typeName, descriptor)) : undefined;
    shape.set(number, { wire, packed: label === 'LABEL_REPEATED' && wire !== BYTES, inner });
  }
  return shape;
}

/** Fields name their types in short, and entries of maps are within the message that has them. */
function find(typeName: string, within: Descriptor): Descriptor {
  const short = typeName.split('.').at(-1) ?? '';
  const entry = within.nestedType.find(({ name }) => name === short);
  if (entry !== undefined) return entry;
  const found = Object.entries(packageDefinition).filter(([name]) => name.split('.').at(-1) === short);
  const [definition] = found.map(([, value]) => value);
  if (found.length !== 1 || definition === undefined || !('format' in definition))
    throw new Error(`proto/ has not exactly one message ${typeName}`);
  return definition.type as Descriptor;
}

class Walk {
  private at = 0;
  private parts = 0;

  constructor(private readonly bytes: Uint8Array) {}

  count(shape: Shape, end: number): number {
    while (this.at < end) {
      const tag = this.varint(end, 5);
      const field = shape.get(tag >>> 3);
      const wire = tag & 7;
      if (field !== undefined && wire !== field.wire && !(field.packed && wire === BYTES)) throw malformed();
      if (wire === BYTES) this.step(end, field?.inner);
      else if (wire === VARINT) this.varint(end, 10);
      else if (wire === FIXED64) this.skip(8, end);
      else if (wire === FIXED32) this.skip(4, end);
      else throw malformed();
    }
    return this.parts;
  }

  private step(end: number, inner: Shape | undefined): void {
    const length = this.varint(end, 5);
    if (inner === undefined) {
      this.skip(length, end);
      return;
    }
    if (this.at + length > end) throw malformed();
    if (++this.parts > MAX_PARTS) throw tooMany();
    this.count(inner, this.at + length);
  }

  private skip(length: number, end: number): void {
    this.at += length;
    if (this.at > end) throw malformed();
  }

  /** Unsigned, of which the lowest 32 bits are told. */
  private varint(end: number, longest: number): number {
    let value = 0;
    for (let n = 0; n < longest && this.at < end; n++) {
      const byte = this.bytes[this.at++] ?? 0;
      if (n < 5) value |= (byte & 0x7f) << (7 * n);
      if (byte < 0x80) return value >>> 0;
    }
    throw malformed();
  }
}

const malformed = (): FairleadError =>
  new FairleadError('invalid_argument', 'The message does not fit the protocol: its bytes are none of its fields');

const tooMany = (): FairleadError =>
  new FairleadError('too_large', `The message has more than ${MAX_PARTS} parts`, {
    hint: 'Send less at once.',
  });
