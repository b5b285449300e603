import { type HostListView, type HostPatch, type HostQuery, type HostView } from '@fairlead/api';
import { FairleadError, type Freshness, matchesSelector, parseSelector } from '@fairlead/domain';
import { type AuditStore } from '../audit/audit.store.js';
import { type Fleet } from '../fleet/fleet.js';
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
  constructor(
    private readonly hosts: HostsStore,
    private readonly networks: NetworksStore,
    private readonly fleet: Fleet,
    private readonly audit: AuditStore,
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

  /** @throws FairleadError `host_not_found` for a host named in the filter that does not exist */
  choose({ host: names, on, freshness }: HostFilter): StoredHost[] {
    const selector = parseSelector(on ?? '');
    const candidates = names.length > 0 ? [...new Set(names)].map((name) => this.get(name)) : this.hosts.all();
    return candidates
      .filter((host) => matchesSelector(selector, effectiveLabels(host)))
      .filter((host) => freshness.length === 0 || freshness.includes(this.fleet.statusOf(host).freshness));
  }

  async relabel(name: string, { labels }: HostPatch, actor: Actor, at: number): Promise<HostView> {
    const host = this.get(name);
    const merged = Object.entries({ ...host.labels, ...labels }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    );
    const record = { at, actor, action: 'host.label', hostName: name, target: {}, operationId: null };
    await this.hosts.setLabels(
      name,
      Object.fromEntries(merged),
      this.audit.entry({ ...record, outcome: 'done', detail: { labels } }),
    );
    this.fleet.hostChanged(name);
    return this.show(name);
  }

  /** @throws FairleadError `forbidden` while the host's agent is connected */
  async forget(name: string, actor: Actor, at: number): Promise<void> {
    if (this.fleet.statusOf(this.get(name)).connected) {
      throw new FairleadError('forbidden', `Host '${name}' is connected; its agent would bring it back at once`, {
        hint: 'Stop the agent on that host first.',
      });
    }
    const record = { at, actor, action: 'host.remove', hostName: name, target: {}, operationId: null };
    await this.hosts.remove(name, this.audit.entry({ ...record, outcome: 'done', detail: {} }));
    this.fleet.hostRemoved(name);
  }
}
