import { type NetworkView } from '@fairlead/api';
import { isPredefined } from '@fairlead/domain';
import { HostScope } from '../access/host-scope.js';
import { type Clock, toTimestamp } from '../clock.js';
import { type Fleet, type FleetListener } from '../fleet/fleet.js';
import { type HostsService } from '../hosts/hosts.service.js';
import { type HostsStore, type StoredHost } from '../hosts/hosts.store.js';
import { type InventoryChange, rebornIds } from '../inventory/inventory.store.js';
import { standingAt } from '../networks/network.rows.js';
import { toNetworkDetailView } from '../networks/network.view.js';
import { type KnownNetwork } from '../networks/networks.store.js';
import { type Operation } from '../operations/operation.js';
import { toOperationView } from '../operations/operation.view.js';
import { type EventHub, type NewEvent } from './event-hub.js';
import { type Audience } from './sight.js';

type Telling = readonly [NewEvent, Audience];

/**
 * Turns what happens in the fleet into events, with views as they are after the change.
 *
 * Invariant: events come out in the order of what they tell, also where a view has to be read first.
 */
export class FleetEvents implements FleetListener {
  private tail: Promise<void> = Promise.resolve();
  /** Each host as its last event showed it. */
  private readonly shown = new Map<string, StoredHost>();

  constructor(
    private readonly hub: EventHub,
    private readonly hosts: HostsService,
    private readonly rows: HostsStore,
    private readonly fleet: Fleet,
    private readonly now: Clock,
    private readonly log: (message: string, details?: object) => void,
  ) {}

  hostChanged(hostName: string): void {
    this.tellOfHost(hostName, 'host.changed');
  }

  hostQuarantined(hostName: string): void {
    this.tellOfHost(hostName, 'host.quarantined');
  }

  private tellOfHost(hostName: string, type: 'host.changed' | 'host.quarantined'): void {
    this.enqueue(async () => {
      const host = this.rows.find(hostName);
      if (host === undefined) return [];
      const before = this.shown.get(hostName);
      this.shown.set(hostName, host);
      const data = await this.hosts.show(hostName, HostScope.all);
      return [
        [
          { at: this.stamp(), type, host: hostName, data },
          { host, before },
        ],
      ];
    });
  }

  hostRemoved(hostName: string, last: StoredHost | undefined): void {
    this.enqueue(() => {
      this.shown.delete(hostName);
      return [[{ at: this.stamp(), type: 'host.removed', host: hostName, data: { name: hostName } }, { host: last }]];
    });
  }

  networksChanged(change: InventoryChange, before: ReadonlyMap<string, KnownNetwork>): void {
    const at = toTimestamp(change.at);
    this.enqueue(() => {
      const host = this.rows.find(change.hostName);
      const events = [...this.removals(change, before, at), ...this.upserts(change, before, at)];
      return events.map((event) => [event, { host }]);
    });
  }

  operationChanged(operation: Operation): void {
    const { hostName } = operation;
    const data = toOperationView(operation, () => true);
    const narrowed = (sees: (name: string) => boolean) => toOperationView(operation, sees);
    this.enqueue(() => {
      const host = this.rows.find(hostName);
      // One that had the name before is another host, and may have been out of bounds.
      const same = host !== undefined && operation.createdAt >= host.firstSeenAt ? host : undefined;
      return [
        [
          { at: this.stamp(), type: 'operation.changed', host: hostName, data },
          { host: same, narrowed },
        ],
      ];
    });
  }

  private removals(change: InventoryChange, before: ReadonlyMap<string, KnownNetwork>, at: string): NewEvent[] {
    const { hostName, removedIds } = change;
    const reborn = rebornIds(change, before);
    return removedIds.flatMap((id) => {
      const gone = before.get(id)?.network;
      if (gone === undefined || reborn.has(id)) return [];
      return [{ at, type: 'network.removed', host: hostName, data: { id, name: gone.name } } as const];
    });
  }

  private upserts(change: InventoryChange, before: ReadonlyMap<string, KnownNetwork>, at: string): NewEvent[] {
    const { hostName, upserts, at: seenAt } = change;
    const host = this.rows.find(hostName);
    if (host === undefined) return [];
    const place = { host, status: this.fleet.statusOf(host) };
    const reborn = new Set(Array.from(rebornIds(change, before), (id) => before.get(id)?.network.name));
    return upserts.map(({ digest: _digest, ...network }) => {
      const known = before.get(network.id);
      const type = known || (isPredefined(network) && reborn.has(network.name)) ? 'network.changed' : 'network.created';
      const detail = toNetworkDetailView(network, standingAt(network, known, seenAt), 'inventory', place);
      const { options: _o, ipamOptions: _i, endpoints: _e, source: _s, ...data } = detail;
      return { at, type, host: hostName, data: data satisfies NetworkView };
    });
  }

  private stamp(): string {
    return toTimestamp(this.now());
  }

  private enqueue(build: () => Telling[] | Promise<Telling[]>): void {
    this.tail = this.tail
      .then(build)
      .then((events) => events.forEach(([event, audience]) => this.hub.publish(event, audience)))
      .catch((error: unknown) => this.onLost(error));
  }

  /** Readers that miss an event are told to read again. */
  private onLost(error: unknown): void {
    this.log('an event could not be made', { error: String(error) });
    const data = { reason: 'an event could not be made: read again what you show' };
    this.hub.publish({ at: this.stamp(), type: 'resync', host: null, data });
  }
}
