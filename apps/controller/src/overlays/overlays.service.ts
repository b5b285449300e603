import { type OverlayDetailView, type OverlayPageView, type OverlayQuery, type OverlayView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { type HostScope } from '../access/host-scope.js';
import { type EndpointsService } from '../endpoints/endpoints.service.js';
import { type Fleet, type StatusOf } from '../fleet/fleet.js';
import { type HostsService } from '../hosts/hosts.service.js';
import { type StoredNetwork } from '../networks/network.rows.js';
import { mergeOverlay, type Sighting } from './overlay.view.js';
import { type OverlaysStore } from './overlays.store.js';

const EVERY_HOST = { host: [], freshness: [] };

/** Networks of swarms, each put together from all hosts in scope that show it. */
export class OverlaysService {
  constructor(
    private readonly store: OverlaysStore,
    private readonly endpoints: EndpointsService,
    private readonly hosts: HostsService,
    private readonly fleet: Fleet,
  ) {}

  /** @throws FairleadError `host_not_found`, `invalid_argument` */
  async list(query: OverlayQuery, scope: HostScope): Promise<OverlayPageView> {
    const filter = { ...query, freshness: [] };
    const asked = this.hosts.choose(filter, scope);
    const statusOf = this.fleet.statusFromNow();
    const { ids, total, nextCursor } = await this.store.page(query, this.hosts.namesOf(filter, scope));
    const rows = await this.store.networks(ids, this.hosts.namesOf(EVERY_HOST, scope));
    const byId = new Map<string, Sighting[]>(ids.map((id) => [id, []]));
    for (const sighting of this.toSightings(rows, scope, statusOf))
      byId.get(sighting.network.attributes.id)?.push(sighting);
    // What was removed since the page was read is left out.
    const items = [...byId.values()].flatMap((each): OverlayView[] =>
      each.length > 0 ? [mergeOverlay(each).view] : [],
    );
    return { items, total, nextCursor, ...this.hosts.toUnavailable(asked) };
  }

  /** @throws FairleadError `network_not_found`; AmbiguousNetwork */
  async show(reference: string, scope: HostScope): Promise<OverlayDetailView> {
    const visible = this.hosts.namesOf(EVERY_HOST, scope);
    const statusOf = this.fleet.statusFromNow();
    const id = await this.store.resolve(reference, visible);
    const rows = await this.store.networks([id], visible);
    const sightings = this.toSightings(rows, scope, statusOf);
    if (sightings.length === 0) {
      throw new FairleadError('network_not_found', `The swarm's network '${reference}' was removed just now`);
    }
    const { view, attributes } = mergeOverlay(sightings);
    const { options, ipamOptions } = attributes;
    const endpoints = this.endpoints.toViews(await this.store.endpoints(rows), scope, statusOf);
    const asked = await this.members(view, scope);
    return { ...view, options, ipamOptions, endpoints, ...this.hosts.toUnavailable(asked) };
  }

  /** The hosts in scope that are known to be of the same swarm, in order of name. */
  private async members({ hosts, swarm }: OverlayView, scope: HostScope) {
    const sharing = new Set(await this.store.sharing(hosts.map(({ name }) => name)));
    const belongs = (clusterId: string): boolean => swarm !== '' && clusterId === swarm;
    return this.hosts.visible(scope).filter(({ name, engine }) => sharing.has(name) || belongs(engine.swarm.clusterId));
  }

  private toSightings(rows: readonly StoredNetwork[], scope: HostScope, statusOf: StatusOf): Sighting[] {
    return rows.flatMap((network) => {
      const host = this.hosts.find(network.hostName);
      if (host === undefined || !scope.includes(host)) return [];
      return { network, host, status: statusOf(host) };
    });
  }
}
