import { toFairleadError } from '@fairlead/domain';
import { type Clock } from '../clock.js';
import { type Log } from '../log.js';
import { type Actor } from '../operations/operation.js';
import { type AuditRecord, type AuditStore } from './audit.store.js';

/** Something that was not let happen. `detail.code` says why. */
export type Refusal = Omit<AuditRecord, 'outcome'>;

/** The name of whoever shows no credentials, or none that count. No token or session may have it. */
export const ANONYMOUS = 'anonymous';
/** Who writes of what concerns many. */
const CONTROLLER: Actor = { name: 'controller', client: 'fairlead', peer: 'controller' };

/** Least time between two rows of one action and address, in milliseconds. */
const MINUTE_MS = 60_000;
/** Pairs of action and address that get rows of their own in a minute; all others share one. */
const MAX_PAIRS = 60;
/** Refusals of known callers that wait for their row. What comes above is only counted. */
const MAX_WAITING = 1000;
/** Rows of one transaction. */
const AT_ONCE = 100;
/** Time after which a failed write is tried again, in milliseconds. */
const AGAIN_MS = 1000;

/** Anonymous refusals of one action and address. */
interface Tally {
  readonly latest: Refusal;
  /** Those since the last row. */
  readonly count: number;
  /** When the last row was written, in milliseconds since the epoch. */
  readonly rowAt: number;
}

/**
 * Writes refusals into the audit, apart from the requests that were refused: noting one never waits, fails or throws.
 *
 * A refusal of a known caller is a row. Those of anonymous callers are counted, so that nobody can fill the disk: one
 * row a minute for an action and an address (the first at once, later how many more there were), at most
 * MAX_PAIRS of them, and one row for the rest.
 *
 * Invariants: what is kept in memory is bounded; a refusal is a row, in a row's count, or in the `dropped` of the next
 * row; one transaction is under way at a time.
 */
export class Refusals {
  private readonly waiting: Refusal[] = [];
  /** By action and address. */
  private readonly tallies = new Map<string, Tally>();
  /** Of pairs that found no place in `tallies`. */
  private rest = { count: 0, rowAt: 0 };
  private dropped = 0;
  private writing: Promise<void> | undefined;
  /** The last write failed: the next one is made by the timer, not by every refusal. */
  private failing = false;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly audit: AuditStore,
    private readonly now: Clock,
    private readonly log: Log,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.look(), AGAIN_MS);
  }

  /** Writes what is left. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.endMinutes(true);
    await this.flush();
    this.stopped = true;
  }

  note(refusal: Refusal): void {
    if (this.stopped) return;
    if (refusal.actor.name === ANONYMOUS) this.count(refusal);
    else this.enqueue(refusal);
  }

  /** Resolves when everything noted by now that gets a row at once is written, or could not be. */
  async flush(): Promise<void> {
    this.writing ??= this.write().finally(() => (this.writing = undefined));
    await this.writing;
  }

  /** Writes the counts that are due, and tries again what could not be written. */
  look(): void {
    this.endMinutes(false);
    if (this.waiting.length > 0) void this.flush();
  }

  private count(refusal: Refusal): void {
    this.look();
    const key = `${refusal.action} ${refusal.actor.peer}`;
    const tally = this.tallies.get(key);
    if (tally !== undefined) this.tallies.set(key, { ...tally, latest: refusal, count: tally.count + 1 });
    else if (this.tallies.size < MAX_PAIRS) {
      this.tallies.set(key, { latest: refusal, count: 0, rowAt: this.now() });
      this.enqueue(refusal);
    } else this.rest.count += 1;
  }

  /** Turns counts into rows where the last row is a minute old, and gives free the pairs that had no more. */
  private endMinutes(anyway: boolean): void {
    const now = this.now();
    const isOver = (rowAt: number): boolean => anyway || now - rowAt >= MINUTE_MS || now < rowAt;
    for (const [key, { latest, count, rowAt }] of this.tallies) {
      if (!isOver(rowAt)) continue;
      if (count === 0) this.tallies.delete(key);
      else {
        this.tallies.set(key, { latest, count: 0, rowAt: now });
        this.enqueue({ ...latest, detail: { ...latest.detail, count } }, count);
      }
    }
    const { count, rowAt } = this.rest;
    const onlyDropped = this.dropped > 0 && this.waiting.length === 0;
    if ((count === 0 && !onlyDropped) || !isOver(rowAt)) return;
    this.rest = { count: 0, rowAt: now };
    this.enqueue(summaryOf(count, now), count);
  }

  /** @param count how many refusals the row speaks of */
  private enqueue(refusal: Refusal, count = 1): void {
    if (this.waiting.length >= MAX_WAITING) {
      this.dropped += count;
      return;
    }
    this.waiting.push(refusal);
    if (!this.failing) void this.flush();
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const some = this.waiting.slice(0, AT_ONCE);
      const { dropped } = this;
      try {
        await this.audit.commit(some.map((each, index) => toRecord(each, index === 0 ? dropped : 0)));
      } catch (error) {
        this.failing = true;
        this.log('refusals cannot be written into the audit', { error: toFairleadError(error).message });
        return;
      }
      this.failing = false;
      this.waiting.splice(0, some.length);
      this.dropped -= dropped;
    }
  }
}

/** @param dropped refusals before it that have no row */
function toRecord(refusal: Refusal, dropped: number): AuditRecord {
  const detail = dropped === 0 ? refusal.detail : { ...refusal.detail, dropped };
  return { ...refusal, detail, outcome: 'refused' };
}

function summaryOf(count: number, at: number): Refusal {
  const detail = { count, explanation: 'Refusals of more addresses than get rows of their own' };
  return { at, actor: CONTROLLER, action: 'access.refusals', hostName: null, target: {}, operationId: null, detail };
}
