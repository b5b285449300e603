import {
  type ExportQuery,
  type FacetQuery,
  type NetworkDetailView,
  type NetworkFacetsView,
  type NetworkFilters,
  type NetworkPageView,
  type NetworkQuery,
  type NetworkView,
  type PrunePlanRequest,
  type PrunePlanView,
} from '@fairlead/api';
import { FairleadError, type Network, toFairleadError } from '@fairlead/domain';
import { fromNetworkMessage, type HostConnection } from '@fairlead/link';
import { type HostScope } from '../access/host-scope.js';
import { type Clock } from '../clock.js';
import { type Fleet, type StatusOf } from '../fleet/fleet.js';
import { effectiveLabels } from '../hosts/effective-labels.js';
import { type HostsService } from '../hosts/hosts.service.js';
import { type StoredHost } from '../hosts/hosts.store.js';
import { asQuestion } from '../operations/results.js';
import { toFacet } from './facet.js';
import { type HostNames, type NetworkPagesStore } from './network-pages.store.js';
import { standingAt, type StoredNetwork } from './network.rows.js';
import { toNetworkDetailView, toNetworkView } from './network.view.js';
import { type NetworksStore } from './networks.store.js';
import { type HostPrunePlan, planForHost, toPrunePlanView } from './prune.js';

/** Time for a question to the engine, in milliseconds. */
const LIVE_DEADLINE_MS = 10_000;
const DEFAULT_FACETS = ['driver', 'scope', 'freshness'] as const;
/** Rows of an export that are in memory at once. */
const EXPORTED_AT_ONCE = 500;

/** Networks as people see them: from the inventory with its age, or from the engine at this moment. */
export class NetworksService {
  constructor(
    private readonly store: NetworksStore,
    private readonly pages: NetworkPagesStore,
    private readonly hosts: HostsService,
    private readonly fleet: Fleet,
    private readonly now: Clock,
  ) {}

  async list(query: NetworkQuery, scope: HostScope): Promise<NetworkPageView> {
    const asked = this.hosts.choose({ ...query, freshness: [] }, scope);
    const statusOf = this.fleet.statusFromNow();
    const { items, total, nextCursor } = await this.pages.page(query, this.hostNamesOf(query, scope));
    return { items: this.toViews(items, scope, statusOf), total, nextCursor, ...this.hosts.toUnavailable(asked) };
  }

  /** How the networks that fit divide. */
  async count(query: FacetQuery, scope: HostScope): Promise<NetworkFacetsView> {
    const hostNames = this.hostNamesOf(query, scope);
    const total = await this.pages.total(query, hostNames);
    const facets: NetworkFacetsView['facets'][number][] = [];
    for (const by of new Set(query.by.length > 0 ? query.by : DEFAULT_FACETS)) {
      facets.push(toFacet(by, await this.countBy(by, query, hostNames)));
    }
    return { total, facets };
  }

  /** All networks that fit, some at a time. */
  async *rows({ sort, ...filters }: ExportQuery, scope: HostScope): AsyncGenerator<readonly NetworkView[]> {
    const hostNames = this.hostNamesOf(filters, scope);
    let statusOf = this.fleet.statusFromNow();
    for await (const part of this.pages.parts(filters, sort, hostNames, EXPORTED_AT_ONCE)) {
      yield this.toViews(part, scope, statusOf);
      statusOf = this.fleet.statusFromNow();
    }
  }

  private async countBy(by: string, filters: NetworkFilters, hostNames: HostNames): Promise<Map<string, number>> {
    if (by === 'driver' || by === 'scope' || by === 'inUse') return this.pages.countBy(filters, hostNames, by);
    if (by === 'project') return this.pages.countByProject(filters, hostNames);
    const byHost = await this.pages.countBy(filters, hostNames, 'hostName');
    if (by === 'host') return byHost;
    const freshnessOf = this.hosts.freshnessAmong(byHost.size);
    const counts = new Map<string, number>();
    for (const [name, count] of byHost) {
      const host = this.hosts.find(name);
      const value = host === undefined ? '' : by === 'freshness' ? freshnessOf(host) : labelOf(host, by);
      counts.set(value, (counts.get(value) ?? 0) + count);
    }
    return counts;
  }

  /** The hosts that a query is about, or undefined for all of the fleet. */
  private hostNamesOf(query: NetworkFilters, scope: HostScope): HostNames {
    const { simulated } = query;
    if (simulated === undefined) return this.hosts.namesOf(query, scope);
    const shown = this.hosts.choose(query, scope);
    return shown.filter(({ engine }) => engine.simulated === simulated).map(({ name }) => name);
  }

  private toViews(items: readonly StoredNetwork[], scope: HostScope, statusOf: StatusOf): NetworkView[] {
    return items.flatMap((stored) => {
      // A host that was forgotten or relabelled since the rows were read is left out, as its rows would be by now.
      const host = this.hosts.find(stored.hostName);
      if (host === undefined || !scope.includes(host)) return [];
      return toNetworkView(stored, { host, status: statusOf(host) });
    });
  }

  /** @throws FairleadError `host_not_found`, `network_not_found`, `ambiguous_name` */
  async show(hostName: string, reference: string, scope: HostScope): Promise<NetworkDetailView> {
    const host = this.hosts.get(hostName, scope);
    const status = this.fleet.statusOf(host);
    const { attributes } = await this.store.resolve(hostName, reference);
    const known = (await this.store.full(hostName, [attributes.id])).get(attributes.id);
    if (known === undefined) {
      throw new FairleadError('network_not_found', `Network '${reference}' of host '${hostName}' was removed just now`);
    }
    return toNetworkDetailView(known.network, known, 'inventory', { host, status });
  }

  /** Asks the engine through the agent. @throws FairleadError as `show`, `host_unavailable`, `engine_unavailable` */
  async showLive(hostName: string, reference: string, scope: HostScope): Promise<NetworkDetailView> {
    const host = this.hosts.get(hostName, scope);
    const session = this.fleet.reachable(host);
    const network = await inspect(session.connection, reference);
    const standing = standingAt(network, await this.store.standing(hostName, network.id), this.now());
    const status = { ...this.fleet.statusOf(host), asOf: this.now() };
    return toNetworkDetailView(network, standing, 'engine', { host, status });
  }

  /** @throws FairleadError `host_unavailable`: a plan is made from a live inventory only */
  async planPrune(hostName: string, request: PrunePlanRequest, scope: HostScope): Promise<PrunePlanView> {
    const host = this.hosts.get(hostName, scope);
    this.fleet.reachable(host);
    const status = this.fleet.statusOf(host);
    return toPrunePlanView(await this.plan(host, request), request, { host, status });
  }

  /** The plan as data, from the inventory as it is now. */
  async plan(host: StoredHost, filters: PrunePlanRequest): Promise<HostPrunePlan> {
    const known = await this.store.full(host.name);
    return planForHost(
      host,
      Array.from(known.values(), ({ network }) => network),
      filters,
      this.now(),
    );
  }
}

async function inspect(connection: HostConnection, network: string): Promise<Network> {
  try {
    return fromNetworkMessage(await connection.invoke('InspectNetwork', { network }, { deadlineMs: LIVE_DEADLINE_MS }));
  } catch (error) {
    throw asQuestion(toFairleadError(error));
  }
}

/** @param by `label:KEY` */
function labelOf(host: StoredHost, by: string): string {
  const labels = effectiveLabels(host);
  const key = by.slice('label:'.length);
  return Object.hasOwn(labels, key) ? (labels[key] ?? '') : '';
}
