import {
  MAX_UNAVAILABLE,
  type NetworkDetailView,
  type NetworkPageView,
  type NetworkQuery,
  type PrunePlanRequest,
  type PrunePlanView,
} from '@fairlead/api';
import { FairleadError, type Network, toFairleadError } from '@fairlead/domain';
import { fromNetworkMessage, type HostConnection } from '@fairlead/link';
import { type HostScope } from '../access/host-scope.js';
import { type Clock } from '../clock.js';
import { type Fleet } from '../fleet/fleet.js';
import { toUnavailableHost } from '../hosts/host.view.js';
import { type HostsService } from '../hosts/hosts.service.js';
import { type StoredHost } from '../hosts/hosts.store.js';
import { asQuestion } from '../operations/results.js';
import { standingAt } from './network.rows.js';
import { toNetworkDetailView, toNetworkView } from './network.view.js';
import { type NetworksStore } from './networks.store.js';
import { type HostPrunePlan, planForHost, toPrunePlanView } from './prune.js';

/** Time for a question to the engine, in milliseconds. */
const LIVE_DEADLINE_MS = 10_000;

/** Networks as people see them: from the inventory with its age, or from the engine at this moment. */
export class NetworksService {
  constructor(
    private readonly store: NetworksStore,
    private readonly hosts: HostsService,
    private readonly fleet: Fleet,
    private readonly now: Clock,
  ) {}

  async list(query: NetworkQuery, scope: HostScope): Promise<NetworkPageView> {
    const asked = this.hosts.choose({ ...query, freshness: [] }, scope);
    const shown = this.hosts.choose(query, scope);
    const unfiltered = query.host.length === 0 && query.on === undefined && query.freshness.length === 0;
    const everywhere = unfiltered && scope.everything;
    const page = await this.store.page(query, everywhere ? undefined : shown.map(({ name }) => name));
    const unavailable = asked.filter((host) => this.fleet.statusOf(host).freshness !== 'live');
    return {
      items: page.items.flatMap((stored) => {
        // A host that was forgotten or relabelled since the rows were read is left out, as its rows would be by now.
        const host = this.hosts.find(stored.hostName);
        return host === undefined || !scope.includes(host) ? [] : toNetworkView(stored, this.placeOf(host));
      }),
      total: page.total,
      nextCursor: page.nextCursor,
      unavailableTotal: unavailable.length,
      unavailableHosts: unavailable
        .slice(0, MAX_UNAVAILABLE)
        .map((host) => toUnavailableHost(host, this.fleet.statusOf(host))),
    };
  }

  /** @throws FairleadError `host_not_found`, `network_not_found`, `ambiguous_name` */
  async show(hostName: string, reference: string, scope: HostScope): Promise<NetworkDetailView> {
    const host = this.hosts.get(hostName, scope);
    const { attributes } = await this.store.resolve(hostName, reference);
    const known = (await this.store.full(hostName, [attributes.id])).get(attributes.id);
    if (known === undefined) {
      throw new FairleadError('network_not_found', `Network '${reference}' of host '${hostName}' was removed just now`);
    }
    return toNetworkDetailView(known.network, known, 'inventory', this.placeOf(host));
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
    return toPrunePlanView(await this.plan(hostName, request), request, this.placeOf(host));
  }

  /** The plan as data, from the inventory as it is now. */
  async plan(hostName: string, filters: PrunePlanRequest): Promise<HostPrunePlan> {
    const known = await this.store.full(hostName);
    return planForHost(
      hostName,
      Array.from(known.values(), ({ network }) => network),
      filters,
      this.now(),
    );
  }

  private placeOf(host: StoredHost) {
    return { host, status: this.fleet.statusOf(host) };
  }
}

async function inspect(connection: HostConnection, network: string): Promise<Network> {
  try {
    return fromNetworkMessage(await connection.invoke('InspectNetwork', { network }, { deadlineMs: LIVE_DEADLINE_MS }));
  } catch (error) {
    throw asQuestion(toFairleadError(error));
  }
}
