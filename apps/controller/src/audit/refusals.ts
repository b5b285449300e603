import { toFairleadError } from '@fairlead/domain';
import { type Clock } from '../clock.js';
import { type Log } from '../log.js';
import { type Actor } from '../operations/operation.js';
import { type AuditRecord, type AuditStore } from './audit.store.js';
import { isOver, Tallies } from './tallies.js';

/** Something that was not let happen. `detail.code` says why. */
export type Refusal = Omit<AuditRecord, 'outcome'>;

/** The name of whoever shows no credentials, or none that count. No token or session may have it. */
export const ANONYMOUS = 'anonymous';
/** Who writes of what concerns many. */
const CONTROLLER: Actor = { name: 'controller', client: 'fairlead', peer: 'controller' };

/** Pairs of action and address that get rows of their own in a minute; all others share one. */
const MAX_PAIRS = 60;
/** Rows that a known caller gets in a minute, and callers that get them. */
const MAX_ROWS = 60;
const MAX_CALLERS = 1000;
const OF_ONE =
  'Refusals of this caller, of any kind and host, beyond those with rows of their own; this is the last one';
/** Characters of a reason that are kept: callers choose parts of it. */
const LONGEST_REASON = 500;
/** Refusals that wait for their row. What comes above is only counted. */
const MAX_WAITING = 1000;
/** Rows of one transaction. */
const AT_ONCE = 100;
/** Time after which a failed write is tried again, in milliseconds. */
const AGAIN_MS = 1000;

/**
 * Writes refusals into the audit, apart from the requests that were refused: noting one never waits, fails or throws.
 *
 * So that nobody can fill the disk, a known caller gets MAX_ROWS rows a minute, and then one that counts the rest of
 * them; anonymous callers get one row a minute for an action and an address (the first at once, later how many more
 * there were), at most MAX_PAIRS of them, and one row for the rest.
 *
 * Invariants: what is kept in memory is bounded; a refusal is a row, in a row's count, or in the `dropped` of the next
 * row; one transaction is under way at a time.
 */
export class Refusals {
  private readonly waiting: Refusal[] = [];
  /** Of anonymous callers, by action and address. */
  private readonly strangers = new Tallies(MAX_PAIRS, 1);
  /** By name. */
  private readonly callers = new Tallies(MAX_CALLERS, MAX_ROWS);
  /** What found no place in either. */
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
    this.endMinutes(false);
    const { actor, action } = refusal;
    const [tallies, key] =
      actor.name === ANONYMOUS ? [this.strangers, `${action} ${actor.peer}`] : [this.callers, actor.name];
    const place = tallies.take(key, refusal, this.now());
    if (place === 'row') this.enqueue(refusal);
    if (place === 'full') this.rest.count += 1;
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

  /** Turns counts into rows where their minute is over. */
  private endMinutes(anyway: boolean): void {
    const now = this.now();
    for (const { latest, count } of this.strangers.end(now, anyway)) {
      this.enqueue({ ...latest, detail: { ...latest.detail, count } }, count);
    }
    for (const { latest, count } of this.callers.end(now, anyway)) {
      this.enqueue({ ...latest, detail: { ...latest.detail, count, explanation: OF_ONE } }, count);
    }
    const { count, rowAt } = this.rest;
    const onlyDropped = this.dropped > 0 && this.waiting.length === 0;
    if ((count === 0 && !onlyDropped) || !(anyway || isOver(rowAt, now))) return;
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
  const { reason } = refusal.detail;
  const detail = {
    ...refusal.detail,
    ...(typeof reason === 'string' && { reason: reason.slice(0, LONGEST_REASON) }),
    ...(dropped > 0 && { dropped }),
  };
  return { ...refusal, detail, outcome: 'refused' };
}

function summaryOf(count: number, at: number): Refusal {
  const detail = { count, explanation: 'Refusals of more callers than get rows of their own' };
  return { at, actor: CONTROLLER, action: 'access.refusals', hostName: null, target: {}, operationId: null, detail };
}
