import { closeSync, openSync, renameSync, statSync, writeSync } from 'node:fs';

/** One file and the one before it: together never more than twice this, in bytes. */
const LIMIT = 10 * 1024 * 1024;

/**
 * What the programs write, line by line. Invariants: `file` is open until `close`; it holds at most LIMIT bytes and one
 * line; what it held before is in `<path>.1`.
 */
export class LogFile {
  private file: number;
  private size: number;

  constructor(
    readonly path: string,
    private readonly limit = LIMIT,
  ) {
    this.file = openSync(path, 'a', 0o600);
    this.size = statSync(path).size;
  }

  write(line: string): void {
    if (this.size > this.limit) this.rotate();
    this.size += writeSync(this.file, `${line}\n`);
  }

  close(): void {
    closeSync(this.file);
  }

  private rotate(): void {
    closeSync(this.file);
    renameSync(this.path, `${this.path}.1`);
    this.file = openSync(this.path, 'a', 0o600);
    this.size = 0;
  }
}
