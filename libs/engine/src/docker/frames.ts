/** Of each stream; a program that says more is read to its end, and the rest is left out. */
export const OUTPUT_LIMIT = 64 * 1024;

/**
 * Takes apart the engine's multiplexed stream: frames of one byte for the stream (1 stdout, 2 stderr), three of zero,
 * four for the length, and the content. Frames may be cut anywhere.
 *
 * Invariant: what is kept never exceeds the limit for each stream and the eight bytes of a header.
 */
export class FrameReader {
  private readonly header = Buffer.alloc(8);
  private headerBytes = 0;
  private remaining = 0;
  private readonly kept: Record<1 | 2, Buffer[]> = { 1: [], 2: [] };
  private readonly lengths: Record<1 | 2, number> = { 1: 0, 2: 0 };

  constructor(private readonly limit = OUTPUT_LIMIT) {}

  write(chunk: Buffer): void {
    for (let rest = chunk; rest.length > 0;) {
      rest = this.remaining > 0 ? this.takeContent(rest) : this.takeHeader(rest);
    }
  }

  get stdout(): string {
    return Buffer.concat(this.kept[1]).toString('utf8');
  }

  get stderr(): string {
    return Buffer.concat(this.kept[2]).toString('utf8');
  }

  private takeHeader(chunk: Buffer): Buffer {
    const taken = chunk.copy(this.header, this.headerBytes);
    this.headerBytes += taken;
    if (this.headerBytes === 8) {
      this.headerBytes = 0;
      this.remaining = this.header.readUInt32BE(4);
    }
    return chunk.subarray(taken);
  }

  private takeContent(chunk: Buffer): Buffer {
    const content = chunk.subarray(0, this.remaining);
    const stream = this.header[0] === 2 ? 2 : 1;
    this.keep(stream, content);
    this.remaining -= content.length;
    return chunk.subarray(content.length);
  }

  private keep(stream: 1 | 2, content: Buffer): void {
    const room = Math.max(0, this.limit - this.lengths[stream]);
    const part = content.subarray(0, room);
    if (part.length === 0) return;
    this.kept[stream].push(Buffer.from(part));
    this.lengths[stream] += part.length;
  }
}
