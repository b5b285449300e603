import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { FairleadError } from '@fairlead/domain';
import { Child, type Ready } from './child.js';
import type { Interrupts } from './interrupts.js';

/** Starts this very program with other arguments, its output piped and with a channel for messages. */
export type Launch = (argv: readonly string[]) => ChildProcess;

const READY_WITHIN_MS = 60_000;
/** Time for a program to end in good order, in milliseconds. */
const STOP_WITHIN_MS = 15_000;

/**
 * The programs of one `up`, in the order they were started.
 * Invariant: after `stop` none of them runs any more; they are stopped in the reverse order, each ended before the next.
 */
export class Supervisor {
  private readonly children: Child[] = [];

  constructor(
    private readonly launch: Launch,
    private readonly log: (line: string) => void,
    private readonly interrupts: Interrupts,
  ) {}

  /** Starts a program and waits until it serves. @throws FairleadError where it does not, with what it last said */
  async start(name: string, argv: readonly string[]): Promise<Ready> {
    const child = new Child(name, this.launch(argv), this.log);
    this.children.push(child);
    const timer = new AbortController();
    const late = delay(READY_WITHIN_MS, undefined, { signal: timer.signal }).then(() =>
      Promise.reject(child.describeEnd(`was not ready within ${READY_WITHIN_MS / 1000} s`)),
    );
    try {
      return await Promise.race([
        child.ready,
        late,
        this.interrupts.first.then(() => Promise.reject(new Interrupted())),
      ]);
    } finally {
      timer.abort();
      late.catch(() => undefined);
    }
  }

  /** Until the user stops it (resolves) or a program ends by itself (rejects). */
  async untilEnd(): Promise<void> {
    const ends = this.children.map(async (child) => {
      throw child.describeEnd(await child.ended);
    });
    await Promise.race([this.interrupts.first, ...ends]);
  }

  /** Ends all of them, the last one first. A second interrupt, or too long a wait, kills what is left. */
  async stop(): Promise<void> {
    const kill = (): void => this.children.forEach((child) => child.kill());
    void this.interrupts.second.then(kill);
    for (const child of [...this.children].reverse()) {
      child.stop();
      const timer = setTimeout(() => child.kill(), STOP_WITHIN_MS);
      await child.ended;
      clearTimeout(timer);
    }
  }
}

/** The user stopped it before it was ready. */
export class Interrupted extends FairleadError {
  constructor() {
    super('forbidden', 'Stopped before it was ready');
  }
}
