import { type NetworkView } from '@fairlead/api';
import { isPredefined } from '@fairlead/domain';
import { type Clock, toTimestamp } from '../clock.js';
import { type Fleet, type FleetListener } from '../fleet/fleet.js';
import { type HostsService } from '../hosts/hosts.service.js';
import { type HostsStore } from '../hosts/hosts.store.js';
import { type InventoryChange, rebornIds } from '../inventory/inventory.store.js';
import { toNetworkDetailView } from '../networks/network.view.js';
import { type KnownNetwork } from '../networks/networks.store.js';
import { type Operation } from '../operations/operation.js';
import { toOperationView } from '../operations/operation.view.js';
import { type EventHub, type NewEvent } from './event-hub.js';

/**
 * Turns what happens in the fleet into events, with views as they are after the change.
 *
 * Invariant: events come out in the order of what they tell, also where a view has to be read first.
 */
export class FleetEvents implements FleetListener {
  private tail: Promise<void> = Promise.resolve();

  constructor(
    private readonly hub: EventHub,
    private readonly hosts: HostsService,
    private readonly rows: HostsStore,
    private readonly fleet: Fleet,
    private readonly now: Clock,
    private readonly log: (message: string, details?: object) => void,
  ) {}

  hostChanged(hostName: string): void {
    this.enqueue(async () => {
      if (this.rows.find(hostName) === undefined) return [];
      return [{ at: this.stamp(), type: 'host.changed', host: hostName, data: await this.hosts.show(hostName) }];
    });
  }

  hostRemoved(hostName: string): void {
    this.enqueue(() => [{ at: this.stamp(), type: 'host.removed', host: hostName, data: { name: hostName } }]);
  }

  networksChanged(change: InventoryChange, before: ReadonlyMap<string, KnownNetwork>): void {
    const at = toTimestamp(change.at);
    this.enqueue(() => [...this.removals(change, before, at), ...this.upserts(change, before, at)]);
  }

  operationChanged(operation: Operation): void {
    const data = toOperationView(operation);
    this.enqueue(() => [{ at: this.stamp(), type: 'operation.changed', host: operation.hostName, data }]);
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
      const detail = toNetworkDetailView(network, known?.firstSeenAt ?? seenAt, 'inventory', place);
      const { options: _o, ipamOptions: _i, endpoints: _e, source: _s, ...data } = detail;
      return { at, type, host: hostName, data: data satisfies NetworkView };
    });
  }

  private stamp(): string {
    return toTimestamp(this.now());
  }

  private enqueue(build: () => NewEvent[] | Promise<NewEvent[]>): void {
    this.tail = this.tail
      .then(build)
      .then((events) => events.forEach((event) => this.hub.publish(event)))
      .catch((error: unknown) => this.onLost(error));
  }

  /** Readers that miss an event are told to read again. */
  private onLost(error: unknown): void {
    this.log('an event could not be made', { error: String(error) });
    const data = { reason: 'an event could not be made: read again what you show' };
    this.hub.publish({ at: this.stamp(), type: 'resync', host: null, data });
  }
}
