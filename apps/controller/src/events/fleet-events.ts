import { type NetworkView } from '@fairlead/api';
import { isActive, isPredefined, type Network } from '@fairlead/domain';
import { type Clock } from '../clock.js';
import { type Fleet, type FleetListener } from '../fleet/fleet.js';
import { type HostsService } from '../hosts/hosts.service.js';
import { type HostsStore, type StoredHost } from '../hosts/hosts.store.js';
import { type InventoryChange, rebornIds } from '../inventory/inventory-change.js';
import { type Standing, standingAt } from '../networks/network.rows.js';
import { type HostOfNetwork, toNetworkView } from '../networks/network.view.js';
import { type KnownNetwork } from '../networks/networks.store.js';
import { type Operation } from '../operations/operation.js';
import { toOperationView } from '../operations/operation.view.js';
import { type EventHub } from './event-hub.js';
import { type Audience } from './sight.js';
import { type NewEvent } from './told-event.js';

type Telling = readonly [NewEvent, Audience];

/** Time in which several changes of one host become one event, in milliseconds. */
const GATHER_MS = 50;
/** Events of waiting hosts that are told in one turn of the event loop. */
const PER_TURN = 250;

/**
 * Turns what happens in the fleet into events, with views as they are after the change. Views are made when somebody
 * reads them, from what is kept here as it was; nothing is read from the database.
 *
 * Invariants: events of one host come out in the order of what they tell; changes of a host itself wait for
 * `GATHER_MS`, and are one event as long as nothing else happens on it.
 */
export class FleetEvents implements FleetListener {
  /** Each host as its last event showed it. */
  private readonly shown = new Map<string, StoredHost>();
  /** Hosts that have changed, each as after the last change, in the order of their first. */
  private readonly waiting = new Map<string, Telling>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly hub: EventHub,
    private readonly hosts: HostsService,
    private readonly rows: HostsStore,
    private readonly fleet: Fleet,
    private readonly now: Clock,
  ) {}

  hostChanged(hostName: string): void {
    const telling = this.ofHost(hostName, 'host.changed');
    if (telling === undefined) return;
    this.waiting.set(hostName, telling);
    this.timer ??= setTimeout(() => this.tellWaiting(), GATHER_MS).unref();
  }

  hostQuarantined(hostName: string): void {
    this.tellWaitingOf(hostName);
    const telling = this.ofHost(hostName, 'host.quarantined');
    if (telling) this.tellOfHost(hostName, telling);
  }

  hostRemoved(hostName: string, last: StoredHost | undefined): void {
    this.tellWaitingOf(hostName);
    this.shown.delete(hostName);
    this.hub.publish(
      { at: this.now(), type: 'host.removed', host: hostName, data: () => ({ name: hostName }) },
      { host: last },
    );
  }

  /** A host's first set is told of by `host.changed` alone: nothing in it has just happened. */
  networksChanged(change: InventoryChange, before: ReadonlyMap<string, KnownNetwork>): void {
    if (change.first) return;
    this.tellWaitingOf(change.hostName);
    const host = this.rows.find(change.hostName);
    const reborn = rebornIds(change, before);
    this.tellOfRemovals(change, before, reborn, host);
    if (host) this.tellOfUpserts(change, before, reborn, { host, status: this.fleet.statusOf(host) });
  }

  operationChanged(operation: Operation): void {
    const { hostName, result, target } = operation;
    this.tellWaitingOf(hostName);
    const host = this.rows.find(hostName);
    // One that had the name before is another host, and may have been out of bounds.
    const same = host !== undefined && operation.createdAt >= host.firstSeenAt ? host : undefined;
    const namesOthers = result !== null && 'fleet' in result;
    const narrowed = namesOthers && ((sees: (name: string) => boolean) => toOperationView(operation, sees));
    const data = () => toOperationView(operation, () => true);
    this.hub.publish(
      { at: this.now(), type: 'operation.changed', host: hostName, data },
      { host: same, network: target.network, narrowed: narrowed || undefined },
    );
  }

  private ofHost(hostName: string, type: 'host.changed' | 'host.quarantined'): Telling | undefined {
    const host = this.rows.find(hostName);
    if (host === undefined) return undefined;
    const data = this.hosts.viewLater(host);
    return [{ at: this.now(), type, host: hostName, data }, { host }];
  }

  private tellOfHost(hostName: string, [event, audience]: Telling): void {
    const before = this.shown.get(hostName);
    this.shown.set(hostName, audience.host as StoredHost);
    this.hub.publish(event, { ...audience, before });
  }

  /** What has changed of the host itself comes before what happens on it next. */
  private tellWaitingOf(hostName: string): void {
    const telling = this.waiting.get(hostName);
    if (telling === undefined) return;
    this.waiting.delete(hostName);
    this.tellOfHost(hostName, telling);
  }

  private tellWaiting(): void {
    let room = PER_TURN;
    for (const hostName of this.waiting.keys()) {
      if (room-- === 0) break;
      this.tellWaitingOf(hostName);
    }
    this.timer = this.waiting.size === 0 ? undefined : setTimeout(() => this.tellWaiting(), 1).unref();
  }

  private tellOfRemovals(
    { hostName, removedIds, at }: InventoryChange,
    before: ReadonlyMap<string, KnownNetwork>,
    reborn: ReadonlySet<string>,
    host: StoredHost | undefined,
  ): void {
    for (const id of removedIds) {
      const name = before.get(id)?.network.name;
      if (name === undefined || reborn.has(id)) continue;
      const network = { id, name };
      this.hub.publish({ at, type: 'network.removed', host: hostName, data: () => network }, { host, network });
    }
  }

  private tellOfUpserts(
    { hostName, upserts, at }: InventoryChange,
    before: ReadonlyMap<string, KnownNetwork>,
    reborn: ReadonlySet<string>,
    place: HostOfNetwork,
  ): void {
    const earlier = new Map(Array.from(reborn, (id) => [before.get(id)!.network.name, before.get(id)!]));
    for (const { digest: _digest, ...network } of upserts) {
      const origin = before.get(network.id) ?? (isPredefined(network) ? earlier.get(network.name) : undefined);
      const type = origin ? 'network.changed' : 'network.created';
      const data = viewLater(network, standingAt(network, origin, at), place);
      const { id, name } = network;
      this.hub.publish({ at, type, host: hostName, data }, { host: place.host, network: { id, name } });
    }
  }
}

/** Keeps no endpoints: events show how many there are, and a network may have a thousand. */
function viewLater({ endpoints, ...attributes }: Network, standing: Standing, place: HostOfNetwork): () => NetworkView {
  const endpointCount = endpoints.length;
  const activeEndpointCount = endpoints.filter(({ state }) => isActive(state)).length;
  const hostName = place.host.name;
  return () => {
    const predefined = isPredefined(attributes);
    return toNetworkView({ hostName, attributes, predefined, endpointCount, activeEndpointCount, ...standing }, place);
  };
}
