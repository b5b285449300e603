import { type ChainEntry, EMPTY, hashOf, type Head } from './chain.js';
import { type Claim, type Claims } from './claims.js';
import { type FaultKind, type Faults } from './faults.js';

/** How far an entry is looked for that was moved, in entries to either side. */
const MOVED_WITHIN = 1000;
/** Entries that are looked for in vain: each takes some milliseconds. */
const MAX_SEARCHES = 10;

/**
 * Goes along a chain and holds it against itself and against the checkpoints.
 *
 * Invariants: entries come in order of seq; after an entry that is not sound the next one is not held against it, so
 * that one cause is one fault.
 */
export class ChainWalk {
  /** The last entry. */
  private last: Head = EMPTY;
  /** Whether `last` is sound, so that the next entry must be chained to it. */
  private sound = true;
  /** The last entry of which a signed checkpoint agrees. */
  private agreed = 0;
  private searches = 0;
  entries = 0;

  constructor(
    private readonly claims: Claims,
    private readonly faults: Faults,
  ) {}

  get seq(): number {
    return this.last.seq;
  }

  take(entry: ChainEntry): void {
    this.entries += 1;
    if (entry.seq > this.last.seq + 1) this.onGap(entry.seq);
    const whole = hashOf(entry) === entry.hash;
    if (!whole) this.onAltered(entry);
    else if (this.sound && entry.previousHash !== this.last.hash) this.onUnchained(entry);
    for (const claim of this.claims.at(entry.seq)) this.compare(entry, claim);
    this.sound = whole;
    this.last = { seq: entry.seq, hash: entry.hash };
  }

  /** @param head where the chain must at least reach: the end that the running controller knows */
  finish(head: Head): void {
    const { seq, hash } = this.last;
    const next = seq + 1;
    if (seq < head.seq) {
      this.note(next, 'truncated', `Entries ${next} to ${head.seq}, which this controller wrote, are gone`);
    } else if (seq === head.seq && hash !== head.hash) {
      this.note(seq, 'edited', `Entry ${seq} is not the one that this controller wrote`);
    }
    for (const claim of this.claims.beyond(seq)) this.onBeyond(claim, next);
  }

  private onGap(seq: number): void {
    const first = this.last.seq + 1;
    const gone = first === seq - 1 ? `Entry ${first} is` : `Entries ${first} to ${seq - 1} are`;
    this.note(first, 'removed', `${gone} gone`);
    this.sound = false;
  }

  private onAltered(entry: ChainEntry): void {
    const { seq } = entry;
    const place = this.placeOf(entry);
    if (place === undefined) this.note(seq, 'edited', `Entry ${seq} does not have the content that its hash speaks of`);
    else this.note(seq, 'reordered', `Entry ${seq} was entry ${place}`);
  }

  /** Both entries are whole, so one of them was put there with a hash made for it. */
  private onUnchained({ seq }: ChainEntry): void {
    const altered = Math.max(1, seq - 1);
    const what =
      seq === 1 ? 'Entry 1 is not the first of a chain' : `Entry ${seq} was chained to another entry ${altered}`;
    this.note(altered, 'edited', what);
  }

  /** The number that the entry's hash was made for, where it is near. */
  private placeOf(entry: ChainEntry): number | undefined {
    if (this.searches === MAX_SEARCHES) return undefined;
    for (let distance = 1; distance <= MOVED_WITHIN; distance += 1) {
      for (const seq of [entry.seq - distance, entry.seq + distance]) {
        if (seq > 0 && hashOf({ ...entry, seq }) === entry.hash) return seq;
      }
    }
    this.searches += 1;
    return undefined;
  }

  private compare({ seq, hash }: ChainEntry, claim: Claim): void {
    const agrees = claim.hash === hash;
    if (!claim.signed) {
      if (agrees) this.note(seq, 'signature', `The checkpoint of entry ${seq} is not signed by this controller's key`);
      else this.note(seq, 'checkpoint', `The checkpoint of entry ${seq} was edited: it is not signed`);
    } else if (!agrees) this.onContradiction(claim);
    else if (!this.claims.at(seq).some(({ own }) => own)) {
      const what = `The controller's own checkpoint of entry ${seq} is gone; a host keeps it`;
      this.note(seq, 'checkpoint', what, claim);
    }
    if (claim.signed && agrees) this.agreed = seq;
  }

  private onContradiction(claim: Claim): void {
    const { seq } = claim;
    const since = `Entry ${seq} is not the one of a signed checkpoint; the last checkpoint that agrees is of entry ${this.agreed}`;
    if (claim.own) this.note(seq, 'edited', since);
    if (claim.witnesses.length > 0) this.note(seq, 'rolled-back', since, claim);
  }

  private onBeyond(claim: Claim, next: number): void {
    const { seq } = claim;
    const what = `The chain ends with entry ${next - 1}, and there is a checkpoint of entry ${seq}`;
    if (!claim.signed) this.note(seq, 'checkpoint', `${what}, which is not signed`);
    else if (claim.own) this.note(next, 'truncated', what);
    if (claim.witnesses.length > 0) this.note(next, 'rolled-back', what, claim);
  }

  private note(
    seq: number,
    kind: FaultKind,
    explanation: string,
    { witnesses }: Pick<Claim, 'witnesses'> = NOBODY,
  ): void {
    const others = witnesses.length > 1 ? ` (and ${witnesses.length - 1} more hosts)` : '';
    this.faults.add({ seq, kind, explanation: explanation + others, witness: witnesses[0] ?? null });
  }
}

const NOBODY = { witnesses: [] };
