import type { Entry } from './entries.js';

const HOUR_MS = 3_600_000;

/** A removal that has begun. */
interface Begun {
  /** By the clock that only grows. */
  readonly at: number;
  /** Of its operation and network. */
  readonly key: string;
}

/**
 * Removals that began within the last hour, but for those of which it is written that the network was kept: of one whose
 * answer was lost nobody knows.
 *
 * Invariant: what is noted counts for an hour, to whatever the host's clock is set meanwhile.
 */
export class RemovalCount {
  private begun: readonly Begun[] = [];

  /** @param clock milliseconds that only grow */
  constructor(private readonly clock: () => number) {}

  /** For lines that are written now. */
  note(entries: readonly Entry[]): void {
    this.add(entries, () => 0);
  }

  /**
   * For the lines of earlier lives, which have only the host's clock.
   * @param now milliseconds since the epoch
   */
  noteEarlier(entries: readonly Entry[], now: number): void {
    this.add(entries, ({ at }) => ageOf(at, now));
  }

  ofLastHour(): number {
    return this.begun.filter((one) => this.isRecent(one)).length;
  }

  private add(entries: readonly Entry[], age: (entry: Entry) => number): void {
    const begun = entries.flatMap((entry): Begun[] =>
      entry.t === 'removing' ? [{ at: this.clock() - age(entry), key: keyOf(entry.op, entry.network.id) }] : [],
    );
    const kept = new Set(entries.flatMap(keptBy));
    if (begun.length === 0 && kept.size === 0) return;
    this.begun = [...this.begun, ...begun].filter((one) => this.isRecent(one) && !kept.has(one.key));
  }

  private isRecent({ at }: Begun): boolean {
    return at > this.clock() - HOUR_MS;
  }
}

/**
 * A line that is ahead of the clock was written before that was set back, nobody knows how long ago: less than an hour
 * ahead, it counts as written now; further ahead, not at all, or the bound would hold for as long as the clock was wrong.
 */
const ageOf = (at: number, now: number): number => (at > now + HOUR_MS ? Infinity : Math.max(0, now - at));

const keyOf = (op: string, networkId: string): string => `${op} ${networkId}`;

const keptBy = (entry: Entry): string[] =>
  entry.t === 'item' && entry.result.outcome === 'kept' ? [keyOf(entry.op, entry.result.networkId)] : [];
