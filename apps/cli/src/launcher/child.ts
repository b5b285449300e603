import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { FairleadError } from '@fairlead/domain';

/** What a program sends its parent once it serves. */
export interface Ready {
  readonly type: 'ready';
  readonly address?: string;
}

const LAST_LINES = 20;

/** A program did not start, or ended by itself. */
export class ProgramEnded extends FairleadError {
  constructor(
    message: string,
    /** What it last said. */
    readonly lastLines: readonly string[],
  ) {
    super('internal', message);
  }
}

/**
 * One program that runs beside this one.
 * Invariants: `ended` resolves once, after all its output has been read, and never rejects; `ready` settles at the
 * latest when it ends.
 */
export class Child {
  readonly ready: Promise<Ready>;
  /** How it ended, in words. */
  readonly ended: Promise<string>;
  private readonly recent: string[] = [];

  constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    private readonly log: (line: string) => void,
  ) {
    this.follow(child.stdout);
    this.follow(child.stderr);
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      child.once('close', (code, signal) =>
        resolve(signal === null ? `ended with exit code ${code}` : `ended by ${signal}`),
      );
    });
    const isReady = new Promise<Ready>((resolve) => {
      child.on('message', (message) => {
        if ((message as Partial<Ready>).type === 'ready') resolve(message as Ready);
      });
    });
    this.ready = Promise.race([isReady, this.ended.then((how) => Promise.reject(this.describeEnd(how)))]);
    this.ready.catch(() => undefined);
  }

  /** The last lines it wrote. */
  get lastLines(): readonly string[] {
    return this.recent;
  }

  describeEnd(how: string): ProgramEnded {
    return new ProgramEnded(`The ${this.name} ${how}`, this.lastLines);
  }

  /** Asks it to end. */
  stop(): void {
    this.child.kill('SIGTERM');
  }

  /** Ends it. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  private follow(stream: NodeJS.ReadableStream | null): void {
    if (stream === null) return;
    createInterface({ input: stream }).on('line', (line) => {
      this.log(`${this.name} | ${line}`);
      this.recent.push(line);
      if (this.recent.length > LAST_LINES) this.recent.shift();
    });
  }
}
