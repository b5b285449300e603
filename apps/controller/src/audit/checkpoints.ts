import { FairleadError, toFairleadError } from '@fairlead/domain';
import { type Clock } from '../clock.js';
import { type Log } from '../log.js';
import { type AuditStore } from './audit.store.js';
import { type Head } from './chain.js';
import { type Checkpoint, CheckpointKey } from './checkpoint.js';
import { type CheckpointsStore } from './checkpoints.store.js';

/** A checkpoint is made when there is something new, and so much time or so many entries since the last one. */
const EVERY_MS = 60_000;
const EVERY_ENTRIES = 1000;
/** Time between two looks whether one is due, in milliseconds. */
const LOOK_EVERY_MS = 1000;

const SEE = "see 'fairlead audit verify'";

export interface CheckpointsOptions {
  /** Folder of the private keys, outside the data folder. */
  readonly keysDir: string;
  readonly audit: AuditStore;
  readonly store: CheckpointsStore;
  readonly now: Clock;
  readonly log: Log;
}

/**
 * Signs from time to time where the audit stands.
 *
 * Invariants: one checkpoint is made at a time; `newest` is stored before anybody else gets it; what fails is tried
 * again at the next look.
 */
export class AuditCheckpoints {
  private last: Checkpoint | undefined;
  private making: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly listeners: ((checkpoint: Checkpoint) => void)[] = [];

  private openKey: CheckpointKey | undefined;

  constructor(private readonly options: CheckpointsOptions) {}

  /** Known once `start` has resolved. */
  private get key(): CheckpointKey {
    if (this.openKey !== undefined) return this.openKey;
    throw new FairleadError('internal', 'The checkpoints of the audit have not been started');
  }

  get newest(): Checkpoint | undefined {
    return this.last;
  }

  /** Calls back with each new checkpoint once it is stored. Must not throw. */
  onMade(listener: (checkpoint: Checkpoint) => void): void {
    this.listeners.push(listener);
  }

  isSigned(checkpoint: Checkpoint): boolean {
    return this.key.isSigned(checkpoint);
  }

  /** The controller's own copies, in order of seq, in portions. */
  async *stored(): AsyncGenerator<Checkpoint[]> {
    const { clusterId } = this.key;
    let after = 0;
    for (;;) {
      const some = await this.options.store.some(after);
      if (some.length === 0) return;
      yield some.map((each) => ({ ...each, clusterId }));
      after = some.at(-1)!.seq;
    }
  }

  /**
   * Makes the key where there is none, and the first checkpoint where one is due.
   * @throws FairleadError `storage_failed` where the key cannot be read or made, or the database not be read
   */
  async start(): Promise<void> {
    const { store, audit, keysDir } = this.options;
    this.openKey = await CheckpointKey.open(keysDir);
    const newest = await store.newest();
    this.last = newest && { ...newest, clusterId: this.key.clusterId };
    await this.compare();
    audit.onAppend((head) => {
      if (head.seq - (this.last?.seq ?? 0) >= EVERY_ENTRIES) void this.look();
    });
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    await this.look();
  }

  /** Makes a last checkpoint, so that the next controller's database is held against all that this one wrote. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.making;
    if (this.openKey !== undefined) await this.look(true);
  }

  /** Says in the log what can be seen at a glance. */
  private async compare(): Promise<void> {
    if (this.last === undefined) return;
    const { log, audit } = this.options;
    const details = { checkpoint: this.last.seq, end: (await audit.end()).seq };
    if (details.end < details.checkpoint) log(`the audit ends before its last checkpoint: ${SEE}`, details);
    if (!this.isSigned(this.last)) log(`the last checkpoint of the audit is not signed by its key: ${SEE}`, details);
  }

  /** Makes a checkpoint if one is due, or anyway where `now` is given and there is something new. Never rejects. */
  look(now = false): Promise<void> {
    this.making ??= this.make(now)
      .catch((error: unknown) => {
        this.options.log('no checkpoint of the audit could be made', { error: toFairleadError(error).message });
      })
      .finally(() => (this.making = undefined));
    return this.making;
  }

  private async make(now: boolean): Promise<void> {
    const { audit, store } = this.options;
    const head = await audit.end();
    const at = this.options.now();
    if (!isNew(head, this.last) || !(now || isDue(head, this.last, at))) return;
    const checkpoint = this.key.sign(head.seq, head.hash, at);
    await store.add(checkpoint);
    this.last = checkpoint;
    for (const listener of this.listeners) listener(checkpoint);
  }
}

/** A chain that ends before its last checkpoint was cut off; it gets no new one until it has grown beyond. */
const isNew = (head: Head, last: Checkpoint | undefined): boolean => head.seq > (last?.seq ?? 0);

/** A clock that was put back must not keep checkpoints from being made. */
function isDue(head: Head, last: Checkpoint | undefined, at: number): boolean {
  if (last === undefined || head.seq - last.seq >= EVERY_ENTRIES) return true;
  return at - last.at >= EVERY_MS || at < last.at;
}
