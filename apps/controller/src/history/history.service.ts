import {
  type HistoryPageView,
  type HistoryQuery,
  type RemovedNetworkDetailView,
  type RemovedNetworkPageView,
  type RemovedNetworkQuery,
} from '@fairlead/api';
import { parseSelector } from '@fairlead/domain';
import { type HostScope } from '../access/host-scope.js';
import { type Clock, toTimestamp } from '../clock.js';
import { type HostBounds, type HostsService } from '../hosts/hosts.service.js';
import { type Extent, type HistoryStore } from './history.store.js';
import { toEntryView, toRemovedNetworkDetailView, toRemovedNetworkView } from './history.view.js';
import { type RemovedNetworksStore } from './removed-networks.store.js';
import { type RetentionLimits } from './retention-limits.js';

const DAY_MS = 86_400_000;

/** What changed, and what is gone, as people see it. */
export class HistoryService {
  constructor(
    private readonly history: HistoryStore,
    private readonly removals: RemovedNetworksStore,
    private readonly hosts: Pick<HostsService, 'bounds' | 'choose'>,
    private readonly limits: RetentionLimits,
    private readonly now: Clock,
  ) {}

  async list(query: HistoryQuery, scope: HostScope): Promise<HistoryPageView> {
    const now = this.now();
    const { items, nextCursor } = await this.history.page(query, this.boundsOf(query, scope), now);
    return { items: items.map(toEntryView), nextCursor, keptSince: toTimestamp(await this.historyKeptSince(now)) };
  }

  async listRemoved(query: RemovedNetworkQuery, scope: HostScope): Promise<RemovedNetworkPageView> {
    const now = this.now();
    const { items, total, nextCursor } = await this.removals.page(query, this.boundsOf(query, scope), now);
    const keptSince = Math.max(
      await this.begunAt(now, await this.history.extent()),
      before(now, this.limits.removedDays),
    );
    return { items: items.map(toRemovedNetworkView), total, nextCursor, keptSince: toTimestamp(keptSince) };
  }

  /** @throws FairleadError `network_not_found` */
  async showRemoved(id: string, scope: HostScope): Promise<RemovedNetworkDetailView> {
    return toRemovedNetworkDetailView(await this.removals.get(id, this.hosts.bounds(scope)));
  }

  /**
   * The hosts that a query is about, each with since when; undefined: all that there ever were. Hosts named in it need
   * not exist: what happened outlives them, but is shown only to those for whom every host exists.
   */
  private boundsOf({ host, on = '' }: Pick<HistoryQuery, 'host' | 'on'>, scope: HostScope): HostBounds | undefined {
    const bounds = this.hosts.bounds(scope);
    const isSelected = parseSelector(on).length > 0;
    const known = isSelected ? this.hosts.choose({ host: [], on, freshness: [] }, scope).map(({ name }) => name) : host;
    if (host.length === 0 && !isSelected) return bounds;
    const named = new Set(host.length === 0 ? known : host);
    const wanted = new Set(known.filter((name) => named.has(name)));
    return bounds?.filter(({ name }) => wanted.has(name)) ?? Array.from(wanted, (name) => ({ name, since: 0 }));
  }

  private async historyKeptSince(now: number): Promise<number> {
    const { historyDays, historyRows } = this.limits;
    const extent = await this.history.extent();
    const isCut = extent !== undefined && extent.first > 1 && extent.first <= extent.last - historyRows + 1;
    return Math.max(await this.begunAt(now, extent), before(now, historyDays), isCut ? extent.firstAt : 0);
  }

  /** When the controller began to keep history; not later than what it has of it, whatever its clock said then. */
  private async begunAt(now: number, extent: Extent | undefined): Promise<number> {
    return Math.min(now, await this.history.begunAt(), extent?.firstAt ?? now);
  }
}

const before = (now: number, days: number): number => now - days * DAY_MS;
