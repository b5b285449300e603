import { pause } from './concurrency/pause.js';
import type { Timing } from './concurrency/timing.js';
import type { HostDescription } from './host-description.js';
import type { OperationRunner } from './operations/operation-runner.js';

/** Between two rounds, in milliseconds: a controller takes three sessions of an agent in eight seconds, and no more. */
const APART_MS = 5_000;
/** Time for the answer that told of a change to leave before the session ends, in milliseconds. */
const LAST_WORDS_MS = 100;

export interface NewsParts {
  readonly host: Pick<HostDescription, 'hasChanged'>;
  readonly timing: Timing;
  readonly operations: Pick<OperationRunner, 'idle' | 'isIdle'>;
  /** Ends the sessions; the next ones' Hello says what is so by then. */
  readonly beginAnew: () => void;
  readonly signal: AbortSignal;
}

/**
 * What is told of engine and policy at the beginning of a session may no longer hold: the engine answers for the first
 * time or was upgraded, it has joined or left a swarm, the policy file was edited. Then sessions begin anew, when no
 * command runs whose answer would be lost.
 *
 * Invariants: one round at a time, and five seconds between two; what changes during a round is told by it; no session
 * is ended under a command, not even under one that came while the engine was asked.
 */
export class News {
  private round: Promise<void> | undefined;
  private lastAt = -Infinity;

  constructor(private readonly parts: NewsParts) {}

  /** Something may have changed. */
  note(): void {
    this.round ??= this.tell().finally(() => (this.round = undefined));
  }

  private async tell(): Promise<void> {
    const { host, timing, operations, signal, beginAnew } = this.parts;
    if (!(await host.hasChanged())) return;
    await pause(timing, Math.max(0, this.lastAt + APART_MS - timing.now()), signal);
    do {
      await operations.idle();
      await new Promise<void>((resolve) => timing.after(LAST_WORDS_MS, resolve));
      // A session that began meanwhile has told it already.
      if (signal.aborted || !(await host.hasChanged())) return;
    } while (!operations.isIdle());
    this.lastAt = timing.now();
    beginAnew();
  }
}
