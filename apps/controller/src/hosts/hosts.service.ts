import {
  type HostListView,
  type HostPatch,
  type HostQuery,
  type HostView,
  MAX_UNAVAILABLE,
  type UnavailableHostView,
} from '@fairlead/api';
import { FairleadError, type Freshness, matchesSelector, parseSelector, toFairleadError } from '@fairlead/domain';
import { HostScope } from '../access/host-scope.js';
import { type Fleet } from '../fleet/fleet.js';
import { type IdentitiesService } from '../identity/identities.service.js';
import { KeyedMutex } from '../keyed-mutex.js';
import { type Actor } from '../operations/operation.js';
import { effectiveLabels } from './effective-labels.js';
import { pageOf } from './host-page.js';
import { toHostView, toUnavailableHost } from './host.view.js';
import { type HostsStore, type StoredHost } from './hosts.store.js';

/** Which hosts a question is about. */
export interface HostFilter {
  readonly host: readonly string[];
  readonly on?: string | undefined;
  readonly freshness: readonly Freshness[];
}

/**
 * Hosts, each with since when it has been that host, in milliseconds since the epoch: what is older is about another
 * one that had the name before.
 */
export type HostBounds = readonly { readonly name: string; readonly since: number }[];

/** Part of every answer about several hosts. */
export interface Unavailable {
  /** In order of name, as many as an answer names. */
  readonly unavailableHosts: readonly UnavailableHostView[];
  readonly unavailableTotal: number;
}

/** Hosts whose freshness takes longer to work out than an answer may: of 1,000 some 5 ms. */
const MANY = 1_000;

const NO_HOSTS = 'No agent has connected yet: start one with `fairlead agent`.';
const NO_HOSTS_IN_SCOPE = 'Your token or session is bounded to hosts with certain labels, and no host has them.';

/** Hosts as people see them. */
export class HostsService {
  private readonly relabelling = new KeyedMutex();

  constructor(
    private readonly hosts: HostsStore,
    private readonly fleet: Fleet,
    private readonly identities: Pick<IdentitiesService, 'of' | 'remove'>,
  ) {}

  /** @throws FairleadError `host_not_found`, `invalid_argument` */
  list(query: HostQuery, scope: HostScope): HostListView {
    const chosen = this.choose(query, scope);
    const { hosts, nextCursor } = pageOf(chosen, query);
    return { items: hosts.map((host) => this.view(host)), total: chosen.length, nextCursor };
  }

  /** @throws FairleadError `host_not_found` */
  show(name: string, scope: HostScope): HostView {
    return this.view(this.get(name, scope));
  }

  /** The view of a host as it is now, made when it is asked for. */
  viewLater(host: StoredHost): () => HostView {
    const status = this.fleet.statusOf(host);
    const identity = this.identities.of(host.name);
    return () => toHostView(host, status, identity);
  }

  private view(host: StoredHost): HostView {
    return this.viewLater(host)();
  }

  find(name: string): StoredHost | undefined {
    return this.hosts.find(name);
  }

  /** @throws FairleadError `host_not_found`: the same for a host out of scope as for one that does not exist */
  get(name: string, scope: HostScope): StoredHost {
    const host = this.hosts.find(name);
    if (host !== undefined && scope.includes(host)) return host;
    throw this.notFound(name, scope);
  }

  /** That there is no such host, naming those that the caller may know of. */
  notFound(name: string, scope: HostScope): FairleadError {
    const known = this.visible(scope).map((each) => each.name);
    const some = known.slice(0, 10).join(', ') + (known.length > 10 ? `, … (${known.length} in all)` : '');
    return new FairleadError('host_not_found', `There is no host '${name}'`, {
      hint: known.length > 0 ? `Hosts: ${some}.` : scope.everything ? NO_HOSTS : NO_HOSTS_IN_SCOPE,
    });
  }

  /** Whether a caller may know of a host, by its name. */
  sees(scope: HostScope): (hostName: string) => boolean {
    return (hostName) => scope.everything || scope.includes(this.hosts.find(hostName));
  }

  /** What of the records that outlive hosts a caller may see; undefined: all of them. */
  bounds(scope: HostScope): HostBounds | undefined {
    if (scope.everything) return undefined;
    return this.visible(scope).map(({ name, firstSeenAt }) => ({ name, since: firstSeenAt }));
  }

  /** All hosts of a scope, in order of name. */
  visible(scope: HostScope): readonly StoredHost[] {
    return scope.everything ? this.hosts.all() : this.hosts.all().filter((host) => scope.includes(host));
  }

  /** In order of name. @throws FairleadError `host_not_found` for a host named in the filter that does not exist */
  choose({ host: names, on, freshness }: HostFilter, scope: HostScope): readonly StoredHost[] {
    const selector = parseSelector(on ?? '');
    let chosen = names.length === 0 ? this.visible(scope) : this.named(names, scope);
    if (selector.length > 0) chosen = chosen.filter((host) => matchesSelector(selector, effectiveLabels(host)));
    if (freshness.length === 0) return chosen;
    const freshnessOf = this.freshnessAmong(chosen.length);
    return chosen.filter((host) => freshness.includes(freshnessOf(host)));
  }

  /** Names of the hosts that a filter leaves, in order; undefined: all of the fleet. @throws FairleadError as `choose` */
  namesOf(filter: HostFilter, scope: HostScope): readonly string[] | undefined {
    const { host, on, freshness } = filter;
    if (scope.everything && host.length === 0 && on === undefined && freshness.length === 0) return undefined;
    return this.choose(filter, scope).map(({ name }) => name);
  }

  private named(names: readonly string[], scope: HostScope): StoredHost[] {
    return [...new Set(names)].sort().map((name) => this.get(name, scope));
  }

  /** How to tell the freshness of each of so many hosts: of very many, as it was told last. */
  freshnessAmong(count: number): (host: StoredHost) => Freshness {
    if (count > MANY) return (host) => this.fleet.toldFreshnessOf(host);
    return (host) => this.fleet.freshnessOf(host);
  }

  /** What an answer about these hosts says of those whose rows are not live. */
  toUnavailable(hosts: readonly StoredHost[]): Unavailable {
    const freshnessOf = this.freshnessAmong(hosts.length);
    const unavailableHosts: UnavailableHostView[] = [];
    let unavailableTotal = 0;
    for (const host of hosts) {
      if (freshnessOf(host) === 'live') continue;
      const status = unavailableHosts.length < MAX_UNAVAILABLE ? this.fleet.statusOf(host) : undefined;
      if (status?.freshness === 'live') continue;
      unavailableTotal += 1;
      if (status !== undefined) unavailableHosts.push(toUnavailableHost(host, status));
    }
    return { unavailableHosts, unavailableTotal };
  }

  /** Merges labels into those set here; patches of one host take turns, so that none is lost. */
  relabel(name: string, patch: HostPatch, scope: HostScope, actor: Actor, at: number): Promise<HostView> {
    return this.relabelling.run(name, () => this.merge(name, patch, scope, actor, at));
  }

  private async merge(
    name: string,
    { labels }: HostPatch,
    scope: HostScope,
    actor: Actor,
    at: number,
  ): Promise<HostView> {
    const host = this.get(name, scope);
    const merged = Object.entries({ ...host.labels, ...labels }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    );
    const record = { at, actor, action: 'host.label', hostName: name, target: {}, operationId: null };
    await this.hosts.setLabels(name, Object.fromEntries(merged), { ...record, outcome: 'done', detail: { labels } });
    this.fleet.hostChanged(name);
    if (this.hosts.find(name) === undefined) throw this.notFound(name, scope);
    // Also where the new labels lead out of the caller's scope: it is what the caller has just said.
    return this.show(name, HostScope.all);
  }

  /** @throws FairleadError `forbidden` while a local agent of that name is connected */
  async forget(name: string, scope: HostScope, actor: Actor, at: number): Promise<void> {
    this.get(name, scope);
    const base = { at, actor, action: 'host.remove', hostName: name, target: {}, operationId: null };
    const record = { ...base, outcome: 'done', detail: {} };
    try {
      await this.fleet.forget(name, () => {
        const identity = this.identities.of(name);
        return identity === undefined ? this.hosts.remove(name, record) : this.identities.remove(identity, record);
      });
    } catch (error) {
      const { code, message: reason } = toFairleadError(error);
      if (code === 'forbidden') await this.hosts.refused({ ...base, outcome: 'refused', detail: { code, reason } });
      throw error;
    }
  }
}
