import { type EndpointPageView, type EndpointQuery, type FleetEndpointView } from '@fairlead/api';
import { type HostScope } from '../access/host-scope.js';
import { type Fleet, type StatusOf } from '../fleet/fleet.js';
import { toAge } from '../hosts/host.view.js';
import { type HostsService } from '../hosts/hosts.service.js';
import { type EndpointPagesStore, type PlacedEndpoint } from './endpoint-pages.store.js';

/** Who is on which network, over the fleet: from the inventory, with its age. */
export class EndpointsService {
  constructor(
    private readonly pages: EndpointPagesStore,
    private readonly hosts: HostsService,
    private readonly fleet: Fleet,
  ) {}

  /** @throws FairleadError `host_not_found`, `invalid_argument` */
  async list(query: EndpointQuery, scope: HostScope): Promise<EndpointPageView> {
    const asked = this.hosts.choose({ ...query, freshness: [] }, scope);
    const statusOf = this.fleet.statusFromNow();
    const { items, total, nextCursor } = await this.pages.page(query, this.hosts.namesOf(query, scope));
    return { items: this.toViews(items, scope, statusOf), total, nextCursor, ...this.hosts.toUnavailable(asked) };
  }

  /** Without those of hosts that were forgotten or have left the scope since the rows were read. */
  toViews(items: readonly PlacedEndpoint[], scope: HostScope, statusOf: StatusOf): FleetEndpointView[] {
    return items.flatMap(({ hostName, endpoint, ...place }) => {
      const host = this.hosts.find(hostName);
      if (host === undefined || !scope.includes(host)) return [];
      const { simulated } = host.engine;
      return { host: hostName, ...place, ...endpoint, simulated, ...toAge(statusOf(host)) };
    });
  }
}
