import { type HostListView, type HostPatch, type HostQuery, type HostView } from '@fairlead/api';
import { FairleadError, type Freshness, matchesSelector, parseSelector } from '@fairlead/domain';
import { type Fleet } from '../fleet/fleet.js';
import { KeyedMutex } from '../keyed-mutex.js';
import { type NetworksStore } from '../networks/networks.store.js';
import { type Actor } from '../operations/operation.js';
import { toHostView } from './host.view.js';
import { effectiveLabels, type HostsStore, type StoredHost } from './hosts.store.js';

/** Which hosts a question is about. */
export interface HostFilter {
  readonly host: readonly string[];
  readonly on?: string | undefined;
  readonly freshness: readonly Freshness[];
}

const NONE = { networks: 0, endpoints: 0 };

/** Hosts as people see them. */
export class HostsService {
  private readonly relabelling = new KeyedMutex();

  constructor(
    private readonly hosts: HostsStore,
    private readonly networks: NetworksStore,
    private readonly fleet: Fleet,
  ) {}

  async list(query: HostQuery): Promise<HostListView> {
    const chosen = this.choose(query);
    const counts = await this.networks.counts();
    const items = chosen.map((host) => toHostView(host, this.fleet.statusOf(host), counts.get(host.name) ?? NONE));
    return { items, total: items.length };
  }

  async show(name: string): Promise<HostView> {
    const host = this.get(name);
    const counts = await this.networks.counts(name);
    return toHostView(host, this.fleet.statusOf(host), counts.get(name) ?? NONE);
  }

  find(name: string): StoredHost | undefined {
    return this.hosts.find(name);
  }

  /** @throws FairleadError `host_not_found` */
  get(name: string): StoredHost {
    const host = this.hosts.find(name);
    if (host !== undefined) return host;
    const known = this.hosts.all().map((each) => each.name);
    const some = known.slice(0, 10).join(', ') + (known.length > 10 ? `, … (${known.length} in all)` : '');
    throw new FairleadError('host_not_found', `There is no host '${name}'`, {
      hint: known.length === 0 ? 'No agent has connected yet: start one with `fairlead agent`.' : `Hosts: ${some}.`,
    });
  }

  /** In order of name. @throws FairleadError `host_not_found` for a host named in the filter that does not exist */
  choose({ host: names, on, freshness }: HostFilter): StoredHost[] {
    const selector = parseSelector(on ?? '');
    for (const name of names) this.get(name);
    const candidates = this.hosts.all().filter(({ name }) => names.length === 0 || names.includes(name));
    return candidates
      .filter((host) => matchesSelector(selector, effectiveLabels(host)))
      .filter((host) => freshness.length === 0 || freshness.includes(this.fleet.statusOf(host).freshness));
  }

  /** Merges labels into those set here; patches of one host take turns, so that none is lost. */
  relabel(name: string, patch: HostPatch, actor: Actor, at: number): Promise<HostView> {
    return this.relabelling.run(name, () => this.merge(name, patch, actor, at));
  }

  private async merge(name: string, { labels }: HostPatch, actor: Actor, at: number): Promise<HostView> {
    const host = this.get(name);
    const merged = Object.entries({ ...host.labels, ...labels }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    );
    const record = { at, actor, action: 'host.label', hostName: name, target: {}, operationId: null };
    await this.hosts.setLabels(name, Object.fromEntries(merged), { ...record, outcome: 'done', detail: { labels } });
    this.fleet.hostChanged(name);
    return this.show(name);
  }

  /** @throws FairleadError `forbidden` while the host's agent is connected */
  async forget(name: string, actor: Actor, at: number): Promise<void> {
    this.get(name);
    const record = { at, actor, action: 'host.remove', hostName: name, target: {}, operationId: null };
    await this.fleet.forget(name, () => this.hosts.remove(name, { ...record, outcome: 'done', detail: {} }));
  }
}
