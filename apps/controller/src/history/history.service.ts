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
import { type RunAuthorsStore } from './run-authors.store.js';
import { type RetentionLimits } from './retention-limits.js';

const DAY_MS = 86_400_000;

/** What changed, and what is gone, as people see it. */
export class HistoryService {
  constructor(
    private readonly history: HistoryStore,
    private readonly removedNetworks: RemovedNetworksStore,
    private readonly runs: RunAuthorsStore,
    private readonly hosts: Pick<HostsService, 'bounds' | 'choose' | 'find' | 'toUnavailable'>,
    private readonly limits: RetentionLimits,
    private readonly now: Clock,
  ) {}

  async list(query: HistoryQuery, scope: HostScope): Promise<HistoryPageView> {
    const now = this.now();
    const { bounds, silent } = this.hostsOf(query, scope);
    const { items, nextCursor } = await this.history.page(query, bounds, now);
    const keptSince = toTimestamp(await this.historyKeptSince(now));
    const runs = await this.runs.of(items, scope);
    const views = items.map((entry) => toEntryView(entry, this.isSimulated(entry.hostName, entry.at), runs));
    return { items: views, nextCursor, keptSince, ...silent };
  }

  async listRemoved(query: RemovedNetworkQuery, scope: HostScope): Promise<RemovedNetworkPageView> {
    const now = this.now();
    const { bounds, silent } = this.hostsOf(query, scope);
    const { items, total, nextCursor } = await this.removedNetworks.page(query, bounds, now);
    const begunAt = await this.begunAt(now, await this.history.extent());
    const keptSince = toTimestamp(Math.max(begunAt, before(now, this.limits.removedDays)));
    const runs = await this.runs.of(items, scope);
    const views = items.map((row) => toRemovedNetworkView(row, this.isSimulated(row.hostName, row.removedAt), runs));
    return { items: views, total, nextCursor, keptSince, ...silent };
  }

  /** @throws FairleadError `network_not_found` */
  async showRemoved(id: string, scope: HostScope): Promise<RemovedNetworkDetailView> {
    const row = await this.removedNetworks.get(id, this.hosts.bounds(scope));
    const runs = await this.runs.of([row], scope);
    return toRemovedNetworkDetailView(row, this.isSimulated(row.hostName, row.removedAt), runs);
  }

  /** Null where the host of that time is not known any more: it was forgotten, and maybe another has its name now. */
  private isSimulated(hostName: string, at: number): boolean | null {
    const host = this.hosts.find(hostName);
    return host === undefined || at < host.firstSeenAt ? null : host.engine.simulated;
  }

  /**
   * The hosts that a query is about, each with since when (undefined: all that there ever were), and those among them that
   * may have changed unseen. Hosts named in it need not exist: what happened outlives them, but is shown only to those for
   * whom every host exists.
   */
  private hostsOf({ host, on }: Pick<HistoryQuery, 'host' | 'on'>, scope: HostScope) {
    const fitting = this.hosts.choose({ host: [], on, freshness: [] }, scope);
    const asked = host.length === 0 ? fitting : fitting.filter(({ name }) => host.includes(name));
    const isSelected = parseSelector(on ?? '').length > 0;
    const names = isSelected ? asked.map(({ name }) => name) : host;
    const isBound = isSelected || host.length > 0;
    return {
      bounds: isBound ? this.boundTo(new Set(names), scope) : this.hosts.bounds(scope),
      silent: this.hosts.toUnavailable(asked),
    };
  }

  private boundTo(names: ReadonlySet<string>, scope: HostScope): HostBounds {
    const bounds = this.hosts.bounds(scope);
    return bounds?.filter(({ name }) => names.has(name)) ?? Array.from(names, (name) => ({ name, since: 0 }));
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
