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
 * Invariants: `digests` is the set as stored, whatever arrives half, and is needed only once something changes;
 * a snapshot counts only when it is whole, and comes out as the difference to what is stored; after a break nothing is
 * applied until the next snapshot; a resync is asked for once for each break.
 */
export class InventoryChain {
  private digests: Map<string, string> | undefined;
  private position: Position | undefined;
  private asked = false;
  private staged: Staged | undefined;
  /** Of the set as stored. */
  private lastDigest: string;

  /** @param storedDigest of the set that the database holds for this host; empty where there has never been a whole one */
  constructor(storedDigest: string) {
    this.lastDigest = storedDigest;
  }

  /** Whether this update cannot be applied before `load`. */
  needs(update: InventoryUpdate__Output): boolean {
    return this.digests === undefined && Boolean(update.snapshotEnd ?? update.delta);
  }

  /** @param stored ids and digests of the networks that the database holds for this host */
  load(stored: ReadonlyMap<string, string>): void {
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
    const stored = this.loaded();
    const upserts = staged.networks.filter((network) => stored.get(network.id) !== network.digest);
    const removedIds = [...stored.keys()].filter((id) => !incoming.has(id));
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
      this.asked = false;
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

  private holds(digest: string): boolean {
    return digest !== '' && digest === (this.position?.setDigest ?? this.lastDigest);
  }

  private change(
    streamId: string,
    revision: number,
    upserts: readonly NetworkMessage__Output[],
    removedIds: readonly string[],
  ): ChainStep {
    const stored = this.loaded();
    const replacedIds = upserts.map(({ id }) => id).filter((id) => stored.has(id));
    for (const id of removedIds) stored.delete(id);
    for (const { id, digest } of upserts) stored.set(id, digest);
    this.lastDigest = setDigest(stored);
    this.position = { streamId, revision, setDigest: this.lastDigest };
    return { kind: 'change', position: this.position, upserts, replacedIds, removedIds };
  }

  private loaded(): Map<string, string> {
    if (this.digests === undefined) throw new Error('What is stored has not been loaded');
    return this.digests;
  }

  private broken(reason: string): ChainStep {
    this.position = undefined;
    this.staged = undefined;
    if (this.asked) return NOTHING;
    this.asked = true;
    return { kind: 'resync', reason };
  }
}
