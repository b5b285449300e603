import { type InventoryUpdate__Output, codec, type InventoryUpdate, setDigest } from '@fairlead/link';

/**
 * Applies updates as strictly as a controller may: a chain that breaks, a snapshot that is not the set that it names, a
 * bookmark that says something else than what was sent, all are errors. Every update goes through the codec.
 */
export class Receiver {
  readonly networks = new Map<string, { readonly name: string; readonly digest: string; readonly endpoints: number }>();
  readonly kinds: string[] = [];
  readonly streams: string[] = [];
  health: { state: string; reason: string } | undefined;
  revision: number | undefined;
  largestChunk = 0;
  /** A bookmark had the digest of another set: only a snapshot helps. */
  lost = false;
  private staged: InventoryUpdate__Output['snapshotChunk'][] | undefined;

  /** Another one that holds the same set, and has heard nothing yet. */
  copy(): Receiver {
    const other = new Receiver();
    for (const [id, network] of this.networks) other.networks.set(id, network);
    return other;
  }

  take(sent: InventoryUpdate): void {
    const bytes = codec.encodeInventory(sent);
    const update = codec.decodeInventory(bytes);
    if (update.snapshotBegin) this.begin(update.streamId);
    else if (update.snapshotChunk) this.chunk(update.snapshotChunk, bytes.length);
    else if (update.snapshotEnd) this.end(update.snapshotEnd);
    else if (update.delta) this.delta(update.streamId, update.delta);
    else if (update.bookmark) this.bookmark(update.streamId, update.bookmark);
  }

  names(): string[] {
    return Array.from(this.networks.values(), ({ name }) => name).sort();
  }

  /** How often an update of this kind came. */
  count(kind: string): number {
    return this.kinds.filter((seen) => seen === kind).length;
  }

  private begin(streamId: string): void {
    this.kinds.push('snapshot');
    this.streams.push(streamId);
    this.staged = [];
    this.lost = false;
  }

  private chunk(chunk: NonNullable<InventoryUpdate__Output['snapshotChunk']>, bytes: number): void {
    this.largestChunk = Math.max(this.largestChunk, bytes);
    this.staged?.push(chunk);
  }

  private end({ revision, setDigest: digest }: NonNullable<InventoryUpdate__Output['snapshotEnd']>): void {
    if (this.staged === undefined) throw new Error('the end of a snapshot without its beginning');
    this.networks.clear();
    for (const chunk of this.staged) for (const network of chunk?.networks ?? []) this.put(network);
    this.staged = undefined;
    this.revision = revision;
    this.check(digest);
  }

  private delta(streamId: string, delta: NonNullable<InventoryUpdate__Output['delta']>): void {
    this.kinds.push('delta');
    if (streamId !== this.streams.at(-1)) throw new Error('a delta of another stream');
    if (delta.appliesTo !== this.revision) throw new Error(`delta to ${delta.appliesTo}, not ${this.revision}`);
    for (const id of delta.removedIds) this.networks.delete(id);
    for (const network of delta.upserts) this.put(network);
    this.revision = delta.resultsIn;
  }

  private bookmark(
    streamId: string,
    { revision, setDigest: digest, health }: NonNullable<InventoryUpdate__Output['bookmark']>,
  ): void {
    this.kinds.push('bookmark');
    this.health = health ?? undefined;
    if (revision === this.revision && streamId === this.streams.at(-1)) this.check(digest);
    else if (digest === this.setDigest()) {
      this.revision = revision;
      this.streams.push(streamId);
    } else if (health?.state === 'up') this.lost = true;
  }

  private put({
    id,
    name,
    digest,
    endpoints,
  }: {
    id: string;
    name: string;
    digest: string;
    endpoints: object[];
  }): void {
    this.networks.set(id, { name, digest, endpoints: endpoints.length });
  }

  private check(digest: string): void {
    if (this.setDigest() !== digest) throw new Error('the set is not the one that its digest names');
  }

  private setDigest(): string {
    return setDigest(Array.from(this.networks, ([id, network]) => [id, network.digest] as const));
  }
}
