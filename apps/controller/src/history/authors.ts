import { type NetworkChange } from '@fairlead/domain';
import { type Author } from '../inventory/chronicle.js';
import { type Operation } from '../operations/operation.js';
import { type Claim, claimOf } from './claim.js';

/** How long after its end an operation may still be the author of what is noticed, in milliseconds. */
const LINGER_MS = 10_000;
/** The same where the ids of networks leave no doubt: the change may be noticed after a gap. */
const SURE_MS = 3_600_000;
/** Most operations kept, of all hosts; about 1 KB each. */
const MOST = 20_000;

interface Candidate {
  readonly author: Author;
  readonly claim: Claim;
  /** Milliseconds since the epoch; Infinity: under way, or not known how it ended. */
  readonly until: number;
  /** What it was named for, by what it does: it does each thing once. */
  readonly named: Map<string, string>;
}

/**
 * Finds the operation of ours that made a change: one on that host that does such a thing, and is under way, has ended
 * a moment ago, or whose outcome is not known. Where several fit, it is the one accepted first.
 *
 * The engine does not say who asked for what. A change made on the host itself, that an operation under way at that
 * moment would make too, is taken for the operation's.
 *
 * Invariants: an operation is named once for each thing that it does; a change that is asked about again at the same
 * instant gets the same answer, so that its transaction can be tried again; no more than `MOST` operations are kept,
 * and those go first of which nothing was heard for longest.
 */
export class Authors {
  private readonly hosts = new Map<string, Map<string, Candidate>>();
  /** Host of each operation kept, in the order in which they were last heard of. */
  private readonly kept = new Map<string, string>();

  constructor(private readonly most = MOST) {}

  /** Takes note of where an operation is now. */
  operationChanged(operation: Operation): void {
    const { id, hostName, actor } = operation;
    const claim = claimOf(operation);
    const named = this.hosts.get(hostName)?.get(id)?.named ?? new Map<string, string>();
    this.forget(id);
    if (claim === undefined) return;
    const candidate = { author: { operationId: id, actor: actor.name }, claim, until: endOf(operation), named };
    this.kept.set(id, hostName);
    const candidates = this.hosts.get(hostName);
    if (candidates === undefined) this.hosts.set(hostName, new Map([[id, candidate]]));
    else candidates.set(id, candidate);
    if (this.kept.size > this.most) this.forget(this.kept.keys().next().value!);
  }

  /** @param at when the change was noticed, milliseconds since the epoch */
  of(hostName: string, change: NetworkChange, at: number): Author | null {
    const instance = JSON.stringify([at, change.kind, change.networkId, change.containerId]);
    let found: { readonly candidate: Candidate; readonly thing: string } | undefined;
    for (const [id, candidate] of this.hosts.get(hostName) ?? []) {
      if (candidate.until <= at) this.forget(id);
      else if (found === undefined || id < found.candidate.author.operationId) {
        const thing = candidate.claim(change);
        if (thing === undefined || (candidate.named.get(thing) ?? instance) !== instance) continue;
        found = { candidate, thing };
      }
    }
    found?.candidate.named.set(found.thing, instance);
    return found?.candidate.author ?? null;
  }

  private forget(id: string): void {
    const hostName = this.kept.get(id);
    if (hostName === undefined) return;
    this.kept.delete(id);
    const candidates = this.hosts.get(hostName);
    candidates?.delete(id);
    if (candidates?.size === 0) this.hosts.delete(hostName);
  }
}

function endOf({ kind, state, outcome, settled, finishedAt, result }: Operation): number {
  if (state !== 'finished' || outcome === 'unknown') return Infinity;
  const isMade = (kind === 'create' || kind === 'restore') && result !== null;
  const isSure = kind === 'remove' || kind === 'prune' || isMade;
  return (settled?.at ?? finishedAt ?? 0) + (isSure && outcome === 'succeeded' ? SURE_MS : LINGER_MS);
}
