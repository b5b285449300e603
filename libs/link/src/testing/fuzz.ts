import type { AnyMethod } from '../protocol.js';
import { packageDefinition } from '../protocol.js';

/** The parts of a DescriptorProto, as proto-loader gives it, that say how a message looks on the wire. */
interface Descriptor {
  readonly name: string;
  readonly field: readonly Field[];
  readonly nestedType: readonly Descriptor[];
}

interface Field {
  readonly number: number;
  readonly type: string;
  readonly typeName: string;
}

const WIRE = { varint: 0, fixed64: 1, bytes: 2, groupBegin: 3, groupEnd: 4, fixed32: 5 } as const;
const WIRE_OF: Readonly<Record<string, number>> = {
  TYPE_DOUBLE: WIRE.fixed64,
  TYPE_STRING: WIRE.bytes,
  TYPE_BYTES: WIRE.bytes,
  TYPE_MESSAGE: WIRE.bytes,
};

/** Names that mean something to JavaScript, text that means something to others, and bytes that are no text. */
const TEXTS = ['', 'web-07', '__proto__', 'constructor', 'toString', '../../etc/passwd', '\0', '\u{1f600}', "'; DROP"]
  .map((text) => Buffer.from(text))
  .concat(Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80]), Buffer.alloc(300, 0x41));

const LARGEST = 60_000;

/** Every message of the protocol by each name that fields use for it: with its package, and for entries of maps alone. */
function describeAll(): ReadonlyMap<string, Descriptor> {
  const all = new Map<string, Descriptor>();
  const add = (name: string, descriptor: Descriptor): void => {
    for (const form of [name, `.${name}`, descriptor.name]) all.set(form, descriptor);
    for (const nested of descriptor.nestedType) add(`${name}.${nested.name}`, nested);
  };
  for (const [name, definition] of Object.entries(packageDefinition)) {
    if ('format' in definition) add(name, definition.type as Descriptor);
  }
  return all;
}

const ALL = describeAll();

/**
 * Writes messages that look like those of the protocol and are wrong in one way or another: fields of another type, no
 * text where text belongs, lengths beyond the end, numbers of any size, deep nesting, fields nobody knows, cut ends.
 */
export class MessageFuzzer {
  private readonly all = ALL;
  private buffer = Buffer.alloc(LARGEST + 10_000);
  private at = 0;

  /** @param random from 0 (included) to 1 (excluded), the same for the same seed */
  constructor(private readonly random: () => number) {}

  /** A request (or answer) of a method. */
  message(type: AnyMethod['requestType']): Buffer {
    this.at = 0;
    this.write(type.type as Descriptor, 0);
    if (this.chance(0.02)) this.nestGroups();
    const end = this.chance(0.15) ? this.below(this.at + 1) : this.at;
    const bytes = Buffer.from(this.buffer.subarray(0, end));
    if (this.chance(0.15) && bytes.length > 0) bytes[this.below(bytes.length)] = this.below(256);
    return bytes;
  }

  private write(descriptor: Descriptor, depth: number): void {
    // Deep down messages would grow beyond all measure.
    const density = depth === 0 ? 0.6 : 0.35;
    for (const field of descriptor.field) {
      const times = this.chance(density) ? 1 : this.chance(0.1) ? this.below(4) : 0;
      for (let n = 0; n < times && this.at < LARGEST; n++) this.writeField(field, depth);
    }
    if (this.chance(0.05)) this.writeStrange();
  }

  private writeField(field: Field, depth: number): void {
    const wire = this.chance(0.04) ? this.below(8) : (WIRE_OF[field.type] ?? WIRE.varint);
    this.varint(field.number * 8 + wire);
    if (wire === WIRE.varint) this.writeNumber();
    else if (wire === WIRE.fixed64) this.raw(8);
    else if (wire === WIRE.fixed32) this.raw(4);
    else if (wire === WIRE.bytes) this.writeBytes(field, depth);
  }

  private writeBytes({ typeName }: Field, depth: number): void {
    const inner = typeName === '' ? undefined : this.all.get(typeName);
    if (inner === undefined || depth > 8 || this.chance(0.03)) {
      const text = TEXTS[this.below(TEXTS.length)] ?? Buffer.alloc(0);
      this.writeLength(text.length);
      this.at += text.copy(this.buffer, this.at);
      return;
    }
    const start = this.at;
    this.at += 2;
    this.write(inner, depth + 1);
    const length = this.at - start - 2;
    // Two bytes always, which is a long form of a short length and as valid.
    if (length < 16_384) this.buffer.set([(length & 0x7f) | 0x80, length >> 7], start);
  }

  private writeLength(length: number): void {
    if (!this.chance(0.02)) this.varint(length);
    else if (this.chance(0.5)) this.buffer.set([0xff, 0xff, 0xff, 0xff, 0x0f], (this.at += 5) - 5);
    else this.varint(length + 1 + this.below(100_000));
  }

  private writeNumber(): void {
    if (this.chance(0.8)) this.varint(this.below(1_000));
    else this.buffer.fill(0xff, this.at, (this.at += 1 + this.below(11)));
  }

  private writeStrange(): void {
    this.varint(this.chance(0.3) ? this.below(8) : (100 + this.below(5_000)) * 8 + this.below(6));
    this.raw(this.below(12));
  }

  /** Groups within groups: what readers skip by calling themselves. */
  private nestGroups(): void {
    this.buffer.fill(8 + WIRE.groupBegin, this.at, (this.at += this.below(5_000)));
  }

  private raw(length: number): void {
    for (let n = 0; n < length; n++) this.buffer[this.at++] = this.below(256);
  }

  private varint(value: number): void {
    let left = value;
    while (left > 0x7f) {
      this.buffer[this.at++] = (left & 0x7f) | 0x80;
      left = Math.floor(left / 128);
    }
    this.buffer[this.at++] = left;
  }

  private chance(probability: number): boolean {
    return this.random() < probability;
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }
}
