import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Where a line stands in the file, its newline included. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** What is needed of an open file: a part of Node's FileHandle. */
export interface Handle {
  write(bytes: Buffer, offset: number, length: number, position: number): Promise<{ readonly bytesWritten: number }>;
  read(bytes: Buffer, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/** For its owner alone; a link in place of the file is refused. */
export const openHandle = (path: string): Promise<Handle> =>
  open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);

interface Waiting {
  readonly lines: readonly Buffer[];
  readonly resolve: (spans: Span[]) => void;
  readonly reject: (error: unknown) => void;
}

const CHUNK_BYTES = 64 * 1024;

/**
 * Lines that are only ever added.
 *
 * Invariants: `append` resolves when its lines are on the disk, and rejects when none of them counts: the file ends
 * where it ended before, or is cut back to there before anything else is written. Lines given while others are being
 * written go to the disk together, with one sync.
 */
export class JournalFile {
  private waiting: Waiting[] = [];
  private flushing: Promise<void> | undefined;
  private needsCut = false;

  /** @param length of what counts; what lies beyond is overwritten */
  constructor(
    private readonly handle: Handle,
    private length: number,
  ) {}

  get size(): number {
    return this.length;
  }

  append(lines: readonly string[]): Promise<Span[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ lines: lines.map((line) => Buffer.from(`${line}\n`)), resolve, reject });
      this.flushing ??= this.flush();
    });
  }

  async read({ offset, length }: Span): Promise<string> {
    const bytes = Buffer.alloc(length);
    await readFully(this.handle, bytes, offset);
    return bytes.toString('utf8').trimEnd();
  }

  /** Cuts off what lies beyond the lines that count. */
  async cut(): Promise<void> {
    await this.handle.truncate(this.length);
    await this.handle.datasync();
  }

  async close(): Promise<void> {
    await this.flushing;
    await this.handle.close();
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        await this.write(Buffer.concat(batch.flatMap(({ lines }) => lines)));
        for (const { lines, resolve } of batch) resolve(lines.map((line) => this.advance(line.length)));
      } catch (error) {
        this.needsCut = true;
        for (const { reject } of batch) reject(error);
      }
    }
    // Without an await since the last look at `waiting`: what comes from now on begins the next flush.
    this.flushing = undefined;
  }

  private async write(bytes: Buffer): Promise<void> {
    if (this.needsCut) await this.cut();
    this.needsCut = false;
    for (let written = 0; written < bytes.length;) {
      const position = this.length + written;
      const { bytesWritten } = await this.handle.write(bytes, written, bytes.length - written, position);
      written += bytesWritten;
    }
    await this.handle.datasync();
  }

  private advance(length: number): Span {
    const span = { offset: this.length, length };
    this.length += length;
    return span;
  }
}

export interface ScannedLine extends Span {
  readonly text: string;
  /** False for a last line without its newline. */
  readonly whole: boolean;
}

/** The lines of a file from its beginning, without holding more than one of them. */
export async function* scanLines(handle: Handle): AsyncGenerator<ScannedLine, void, void> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest = Buffer.alloc(0);
  let offset = 0;
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, offset + rest.length);
    if (bytesRead === 0) break;
    rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield { offset, length: end + 1, text: rest.toString('utf8', 0, end), whole: true };
      offset += end + 1;
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) yield { offset, length: rest.length, text: rest.toString('utf8'), whole: false };
}

async function readFully(handle: Handle, bytes: Buffer, position: number): Promise<void> {
  for (let read = 0; read < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, read, bytes.length - read, position + read);
    if (bytesRead === 0) throw new Error('the journal ends before the line that is looked for');
    read += bytesRead;
  }
}
