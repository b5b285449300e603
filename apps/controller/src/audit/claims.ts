import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { type AuditCheckpoints } from './checkpoints.js';
import { type Checkpoint } from './checkpoint.js';
import { type Fault } from './faults.js';
import { type Testimony } from './witnesses.js';

/** That the chain had `hash` at `seq`, by a checkpoint. Unsigned ones are the controller's own rows only. */
export interface Claim {
  readonly seq: number;
  readonly hash: string;
  readonly signed: boolean;
  /** The hosts that keep it; the controller's own copy has none. */
  readonly witnesses: string[];
  /** Whether the controller has its copy. */
  own: boolean;
}

/** Signatures that are checked before others get a turn: some milliseconds. */
const CHECKED_AT_ONCE = 50;
/** Wrong signatures after which nothing more of an agent is read: it could otherwise keep the controller busy. */
const MAX_WRONG = 10;

/**
 * What checkpoints say of the chain, the same statements of several keepers being one claim.
 *
 * Invariant: an agent's claim is in here only where the controller has signed it.
 */
export class Claims {
  private readonly bySeq = new Map<number, Claim[]>();
  private readonly wrong: Fault[] = [];
  private checked = 0;
  /** Rows of the controller's own. */
  ownCount = 0;

  constructor(private readonly checkpoints: AuditCheckpoints) {}

  at(seq: number): readonly Claim[] {
    return this.bySeq.get(seq) ?? [];
  }

  /** In order of seq. */
  beyond(seq: number): Claim[] {
    return [...this.bySeq.values()]
      .flat()
      .filter((claim) => claim.seq > seq)
      .sort((a, b) => a.seq - b.seq);
  }

  /** What agents claim without the controller's signature. */
  get faults(): readonly Fault[] {
    return this.wrong;
  }

  async addOwn(): Promise<void> {
    for await (const some of this.checkpoints.stored()) {
      for (const checkpoint of some) this.add(checkpoint, await this.isSigned(checkpoint)).own = true;
      this.ownCount += some.length;
    }
  }

  /**
   * Newest first, as it was kept: where the key was replaced, after a restore for one, all older ones are not signed.
   * @returns what of it was signed: how many checkpoints, and the newest's seq
   */
  async addTestimony({ hostName, checkpoints }: Testimony): Promise<{ checkpoints: number; newestSeq: number }> {
    let wrong = 0;
    const accepted = { checkpoints: 0, newestSeq: 0 };
    for (const checkpoint of checkpoints.toReversed()) {
      const known = this.at(checkpoint.seq).find(({ hash, signed }) => signed && hash === checkpoint.hash);
      if (known === undefined && !(await this.isSigned(checkpoint))) {
        this.wrong.push(unsigned(checkpoint, hostName));
        if (++wrong === MAX_WRONG) break;
        continue;
      }
      const { witnesses } = known ?? this.add(checkpoint, true);
      if (witnesses.at(-1) === hostName) continue;
      witnesses.push(hostName);
      accepted.checkpoints += 1;
      accepted.newestSeq = Math.max(accepted.newestSeq, checkpoint.seq);
    }
    return accepted;
  }

  private add({ seq, hash }: Checkpoint, signed: boolean): Claim {
    const claim: Claim = { seq, hash, signed, witnesses: [], own: false };
    const others = this.bySeq.get(seq);
    if (others === undefined) this.bySeq.set(seq, [claim]);
    else others.push(claim);
    return claim;
  }

  private async isSigned(checkpoint: Checkpoint): Promise<boolean> {
    if (++this.checked % CHECKED_AT_ONCE === 0) await yieldToOthers();
    return this.checkpoints.isSigned(checkpoint);
  }
}

const unsigned = ({ seq }: Checkpoint, hostName: string): Fault => ({
  seq,
  kind: 'signature',
  explanation: `Host ${hostName} shows a checkpoint of entry ${seq} that this controller's key has not signed; it is not taken into account`,
  witness: hostName,
});
