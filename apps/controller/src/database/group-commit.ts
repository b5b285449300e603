/** Work that waits for its turn. */
export interface Job<T> {
  /** Jobs of one key are done in the order in which they came, and never in one group. */
  readonly key: string;
  /** Share of a group's room that it takes. */
  readonly weight: number;
  readonly work: T;
}

interface Waiting<T, R> extends Job<T> {
  readonly resolve: (result: R) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A lane for bulk writes in front of the database: one group of jobs at a time, so that any other write waits for one of
 * them at most, however many wait here. What waits is done together, since syncing the disk costs the same for many.
 *
 * Invariants: `commit` runs once at a time; a job that makes its group fail fails alone.
 */
export class GroupCommit<T, R> {
  private queue: Waiting<T, R>[] = [];
  private running = false;

  /**
   * @param commit does all of it or nothing; resolves with a result for each, in their order
   * @param room most weight of a group of several jobs
   */
  constructor(
    private readonly commit: (works: readonly T[]) => Promise<readonly R[]>,
    private readonly room: number,
  ) {}

  /** Rejects as `commit` does for this job alone. */
  submit(job: Job<T>): Promise<R> {
    return new Promise((resolve, reject) => {
      this.queue.push({ ...job, resolve, reject });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.queue.length > 0) await this.settle(this.take());
    this.running = false;
  }

  private take(): Waiting<T, R>[] {
    const group: Waiting<T, R>[] = [];
    const left: Waiting<T, R>[] = [];
    const keys = new Set<string>();
    let weight = 0;
    let full = false;
    for (const job of this.queue) {
      full ||= group.length > 0 && weight + job.weight > this.room;
      if (full || keys.has(job.key)) {
        left.push(job);
      } else {
        group.push(job);
        weight += job.weight;
      }
      keys.add(job.key);
    }
    this.queue = left;
    return group;
  }

  private async settle(group: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await this.commit(group.map(({ work }) => work));
      group.forEach(({ resolve }, index) => resolve(results[index]!));
    } catch (error) {
      if (group.length === 1) return group[0]!.reject(error);
      for (const job of group) await this.settle([job]);
    }
  }
}
