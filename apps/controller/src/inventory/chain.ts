import { type EngineHealth } from '@fairlead/domain';
import { type InventoryUpdate__Output, type NetworkMessage__Output, setDigest } from '@fairlead/link';

/** What one inventory update asks of the receiver. */
export type ChainStep =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'resync'; readonly reason: string }
  | { readonly kind: 'bookmark'; readonly health: EngineHealth }
  | {
      readonly kind: 'change';
      readonly position: Position;
      readonly upserts: readonly NetworkMessage__Output[];
      /** Those of the upserts that take the place of a stored network. */
      readonly replacedIds: readonly string[];
      readonly removedIds: readonly string[];
    };

/** Where in which stream the receiver stands, and the digest of the set it then holds. */
export interface Position {
  readonly streamId: string;
  readonly revision: number;
  readonly setDigest: string;
}

const NOTHING: ChainStep = { kind: 'nothing' };

/** A snapshot that has begun, and how many networks it promised. */
interface Staged {
  readonly streamId: string;
  readonly count: number;
  readonly networks: NetworkMessage__Output[];
}

/**
 * Follows the inventory of one session: a snapshot, or a bookmark of the set that is stored, then deltas that chain. A
 * bookmark with the digest of the stored set sets the position, whatever it was before.
 *
 * Invariants: `digests` is the set as stored, whatever arrives half; a snapshot counts only when it is whole, and comes
 * out as the difference to what is stored; after a break nothing is applied until the next snapshot; a resync is asked
 * for once for each break.
 */
export class InventoryChain {
  private readonly digests: Map<string, string>;
  private position: Position | undefined;
  private asked = false;
  private staged: Staged | undefined;

  /** @param stored ids and digests of the networks that the database holds for this host */
  constructor(stored: ReadonlyMap<string, string>) {
    this.digests = new Map(stored);
  }

  /** True from the first whole snapshot, or the first bookmark of the stored set, until a break. */
  get synced(): boolean {
    return this.position !== undefined;
  }

  /** Undefined while it is not synced. */
  get standing(): Position | undefined {
    return this.position;
  }

  apply(update: InventoryUpdate__Output): ChainStep {
    if (update.snapshotBegin) return this.begin(update.streamId, update.snapshotBegin.networks);
    if (update.snapshotChunk) return this.stage(update.streamId, update.snapshotChunk.networks);
    if (update.snapshotEnd)
      return this.finish(update.streamId, update.snapshotEnd.revision, update.snapshotEnd.setDigest);
    if (update.delta) return this.advance(update.streamId, update.delta);
    if (update.bookmark) return this.compare(update.streamId, update.bookmark);
    return NOTHING;
  }

  private begin(streamId: string, count: number): ChainStep {
    this.staged = { streamId, count, networks: [] };
    this.asked = false;
    return NOTHING;
  }

  private stage(streamId: string, networks: readonly NetworkMessage__Output[]): ChainStep {
    if (this.staged?.streamId !== streamId) return this.broken('a part of a snapshot arrived without its beginning');
    this.staged.networks.push(...networks);
    return NOTHING;
  }

  private finish(streamId: string, revision: number, digest: string): ChainStep {
    const staged = this.staged;
    this.staged = undefined;
    if (staged?.streamId !== streamId) return this.broken('the end of a snapshot arrived without its beginning');
    const incoming = new Map(staged.networks.map((network) => [network.id, network.digest]));
    if (staged.networks.length !== staged.count || incoming.size !== staged.count) {
      return this.broken(`the snapshot has ${staged.networks.length} networks instead of ${staged.count}`);
    }
    if (setDigest(incoming) !== digest) return this.broken('the snapshot is not the set that its digest names');
    const upserts = staged.networks.filter((network) => this.digests.get(network.id) !== network.digest);
    const removedIds = [...this.digests.keys()].filter((id) => !incoming.has(id));
    return this.change(streamId, revision, upserts, removedIds);
  }

  private advance(streamId: string, delta: NonNullable<InventoryUpdate__Output['delta']>): ChainStep {
    if (this.position === undefined) return NOTHING;
    if (streamId !== this.position.streamId) return this.broken('the delta belongs to another stream');
    if (delta.appliesTo !== this.position.revision) {
      return this.broken(
        `the delta applies to revision ${delta.appliesTo}, the stored one is ${this.position.revision}`,
      );
    }
    return this.change(streamId, delta.resultsIn, delta.upserts, delta.removedIds);
  }

  private compare(streamId: string, bookmark: NonNullable<InventoryUpdate__Output['bookmark']>): ChainStep {
    const health = {
      state: bookmark.health?.state === 'up' ? 'up' : 'down',
      reason: bookmark.health?.reason ?? '',
    } as const;
    if (this.holds(bookmark.setDigest)) {
      this.position = { streamId, revision: bookmark.revision, setDigest: bookmark.setDigest };
      return { kind: 'bookmark', health };
    }
    if (health.state === 'down') return { kind: 'bookmark', health };
    if (this.asked) {
      this.position = undefined;
      return { kind: 'bookmark', health };
    }
    return this.broken(
      this.position === undefined
        ? 'the stored set is not the one that the agent’s first bookmark names'
        : `the stored set of revision ${this.position.revision} differs from the agent’s of ${bookmark.revision}`,
    );
  }

  /** An empty set is no sign that there has ever been one. */
  private holds(digest: string): boolean {
    if (this.digests.size === 0) return false;
    return (this.position?.setDigest ?? setDigest(this.digests)) === digest;
  }

  private change(
    streamId: string,
    revision: number,
    upserts: readonly NetworkMessage__Output[],
    removedIds: readonly string[],
  ): ChainStep {
    const replacedIds = upserts.map(({ id }) => id).filter((id) => this.digests.has(id));
    for (const id of removedIds) this.digests.delete(id);
    for (const { id, digest } of upserts) this.digests.set(id, digest);
    this.position = { streamId, revision, setDigest: setDigest(this.digests) };
    return { kind: 'change', position: this.position, upserts, replacedIds, removedIds };
  }

  private broken(reason: string): ChainStep {
    this.position = undefined;
    this.staged = undefined;
    if (this.asked) return NOTHING;
    this.asked = true;
    return { kind: 'resync', reason };
  }
}
