import { sourceOf } from '@fairlead/link';
import { type Clock } from '../clock.js';
import { type HostsStore } from './hosts.store.js';

/** How old a count may be, in milliseconds: it is asked for once for each source that dials. */
const KEPT_MS = 10_000;

/** How many hosts' agents last came from each source, so that a fleet behind one address may come back at once. */
export class KnownSources {
  private counts = new Map<string, number>();
  private countedAt = -Infinity;

  constructor(
    private readonly hosts: Pick<HostsStore, 'all'>,
    private readonly now: Clock,
  ) {}

  /** @param source as `sourceOf` of `@fairlead/link` gives it */
  count(source: string): number {
    if (Math.abs(this.now() - this.countedAt) > KEPT_MS) this.recount();
    return this.counts.get(source) ?? 0;
  }

  private recount(): void {
    this.countedAt = this.now();
    this.counts = new Map();
    for (const { peer } of this.hosts.all()) {
      const [, address] = /^\[?(.+?)\]?:\d+$/.exec(peer) ?? [];
      if (address === undefined) continue;
      const source = sourceOf(address);
      this.counts.set(source, (this.counts.get(source) ?? 0) + 1);
    }
  }
}
