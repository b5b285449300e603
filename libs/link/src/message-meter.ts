import type { SteadyClock } from './call-scope.js';
import type { LinkLimits } from './limits.js';
import { TokenBucket } from './token-bucket.js';

/** Parts that cost as much to read as a message: a whole inventory of 5,000 networks stays within the burst. */
const PARTS_PER_MESSAGE = 500;

/** What a message of so many parts costs, in messages of usual size. */
export const weightOf = (parts: number): number => 1 + parts / PARTS_PER_MESSAGE;

export interface MeterActs {
  /** Nothing more shall be read, until `readOn`. */
  readonly stopReading: () => void;
  readonly readOn: () => void;
  /** Slowing down has not helped. */
  readonly giveUp: () => void;
}

/**
 * Slows a sender down to its share of messages, and gives up on one that wants more than its share for too long.
 *
 * Invariants: `stopReading` and `readOn` take turns; after `stop` or `giveUp` nothing is called any more.
 */
export class MessageMeter {
  private readonly bucket: TokenBucket;
  private timer: NodeJS.Timeout | undefined;
  private overSince: number | undefined;
  private over = false;

  constructor(
    private readonly limits: Pick<LinkLimits, 'messages' | 'overloadMs'>,
    private readonly clock: SteadyClock,
    private readonly acts: MeterActs,
  ) {
    this.bucket = new TokenBucket(limits.messages.perSecond, limits.messages.burst, clock());
  }

  /** @param weight what has come in, in messages of usual size */
  count(weight = 1): void {
    const now = this.clock();
    const within = this.bucket.charge(weight, now);
    if (this.over || this.timer !== undefined) return;
    if (within) {
      if (this.bucket.holds(this.limits.messages.burst / 4, now)) this.overSince = undefined;
      return;
    }
    this.overSince ??= now;
    this.acts.stopReading();
    this.timer = setTimeout(() => this.goOn(), this.bucket.waitMs(now));
  }

  stop(): void {
    this.over = true;
    clearTimeout(this.timer);
  }

  private goOn(): void {
    this.timer = undefined;
    if (this.clock() - (this.overSince ?? Infinity) >= this.limits.overloadMs) {
      this.over = true;
      this.acts.giveUp();
    } else this.acts.readOn();
  }
}
