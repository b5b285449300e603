import { toCleanupPolicy } from '@fairlead/api';
import {
  type CleanupPolicy,
  type HostCount,
  judgeNetwork,
  matchesSelector,
  type Selector,
  toPlanNetwork,
} from '@fairlead/domain';
import { type Clock } from '../clock.js';
import { Breather } from '../database/breather.js';
import { Mutex } from '../database/mutex.js';
import { type Fleet } from '../fleet/fleet.js';
import { effectiveLabels } from '../hosts/effective-labels.js';
import { toUnavailableHost } from '../hosts/host.view.js';
import { type HostsStore, type StoredHost } from '../hosts/hosts.store.js';
import { type FleetPlan, PlanHash, type PlannedRemoval } from './fleet-plan.js';
import { type HostNetworks, NO_CONTEXT, type PlanStore } from './plan.store.js';
import { PlanTally } from './plan-tally.js';
import { type StoredPolicy } from './stored-policy.js';

/** What a plan is made of: one version of a policy. */
export type PlannedPolicy = Pick<StoredPolicy, 'id' | 'version' | 'spec'>;

/** A network of a plan that would not go by now. */
export interface StaleRemoval {
  readonly removal: PlannedRemoval;
  /** As a sentence without a full stop. */
  readonly why: string;
}

/** Networks that are read at once, in a plan as the hosts' counts tell: of 30 on each host some 70 hosts. */
const PORTION = 2_000;
/** Portions that the thread for reads has before it. */
const READ_AHEAD = 2;
const NO_HOSTS: ReadonlySet<string> = new Set();

/**
 * Works out what a policy would do, from the inventory as it is now. Nothing is stored, nothing is sent.
 *
 * A plan is read in portions, each by a statement that sees the commits before it: hosts of later portions may be some
 * tenths of a second younger. Nothing depends on two hosts at once, and what a plan removes is looked at again on its host
 * (`expectedDigest`, and who is on it) before it goes, so that an older portion can only keep a run from a removal.
 */
export class Planner {
  /** A plan of 10,000 hosts keeps both threads busy: two at a time would take as long, and twice the memory. */
  private readonly turns = new Mutex();

  constructor(
    private readonly store: PlanStore,
    private readonly hosts: Pick<HostsStore, 'all' | 'find'>,
    private readonly fleet: Pick<Fleet, 'freshnessOf' | 'statusOf'>,
    private readonly now: Clock,
  ) {}

  /** @param at milliseconds since the epoch; default: when its turn comes */
  plan(policy: PlannedPolicy, at?: number): Promise<FleetPlan> {
    return this.turns.run(() => this.survey(policy, at ?? this.now(), NO_HOSTS));
  }

  /**
   * What the caps of a plan are a part of by now: all hosts that are live, and those of its removals that are away, as they
   * were seen last. In order of name; one that was forgotten, or is not meant any more, is left out.
   */
  async countsFor(policy: PlannedPolicy, removals: readonly PlannedRemoval[]): Promise<HostCount[]> {
    const wanted = new Map<string, number>();
    for (const { hostName } of removals) wanted.set(hostName, (wanted.get(hostName) ?? 0) + 1);
    const { hosts } = await this.turns.run(() => this.survey(policy, this.now(), new Set(wanted.keys())));
    return hosts.map((host) => ({ ...host, remove: wanted.get(host.host) ?? 0 }));
  }

  /** Those that would not go by now: changed, in use, gone, or their host not live or not meant any more. */
  async recheck({ spec }: PlannedPolicy, removals: readonly PlannedRemoval[]): Promise<StaleRemoval[]> {
    const policy = toCleanupPolicy(spec);
    const breather = new Breather();
    const stale: StaleRemoval[] = [];
    for (let start = 0; start < removals.length; start += PORTION) {
      const portion = removals.slice(start, start + PORTION);
      const doubt = await this.doubting(policy, portion);
      for (const removal of portion) {
        const why = doubt(removal);
        if (why !== undefined) stale.push({ removal, why });
        await breather.breathe();
      }
    }
    return stale;
  }

  /** @param evenAway hosts that are looked at though they are not live */
  private async survey(
    { id, version, spec }: PlannedPolicy,
    at: number,
    evenAway: ReadonlySet<string>,
  ): Promise<FleetPlan> {
    const policy = toCleanupPolicy(spec);
    const tally = new PlanTally(policy, at);
    const hash = new PlanHash(id, version);
    const breather = new Breather();
    for await (const portion of this.read(this.portions(policy.hosts, tally, evenAway))) {
      for (const [host, networks] of portion) {
        hash.add(tally.add(networks, host.engine.simulated));
        await breather.breathe();
      }
    }
    const { removals, hosts, summary } = tally;
    return { policyId: id, version, at, hash: hash.digest(), removals, summary, hosts };
  }

  /** Some portions are read while the one before is looked at. */
  private async *read(portions: Iterable<readonly StoredHost[]>) {
    const reading: Promise<(readonly [StoredHost, HostNetworks])[]>[] = [];
    for (const hosts of portions) {
      reading.push(this.portion(hosts));
      if (reading.length > READ_AHEAD) yield await reading.shift()!;
    }
    for (const portion of reading) yield await portion;
  }

  private portion(hosts: readonly StoredHost[]): Promise<(readonly [StoredHost, HostNetworks])[]> {
    const names = hosts.map(({ name }) => name);
    const read = this.store.portion(names).then((all) => all.map((of, index) => [hosts[index]!, of] as const));
    read.catch(() => undefined); // Whoever awaits it is told.
    return read;
  }

  /** Hosts to be read together. Whether a host is live is asked when it is about to be read. */
  private *portions(
    selector: Selector,
    tally: PlanTally,
    evenAway: ReadonlySet<string>,
  ): Generator<readonly StoredHost[]> {
    let portion: StoredHost[] = [];
    let networks = 0;
    for (const host of this.chosen(selector)) {
      if (this.fleet.freshnessOf(host) !== 'live' && !evenAway.has(host.name)) {
        tally.leaveOut(() => toUnavailableHost(host, this.fleet.statusOf(host)));
        continue;
      }
      portion.push(host);
      networks += host.counts.networks;
      if (networks < PORTION) continue;
      yield portion;
      [portion, networks] = [[], 0];
    }
    if (portion.length > 0) yield portion;
  }

  private chosen(selector: Selector): StoredHost[] {
    return this.hosts.all().filter((host) => matchesSelector(selector, effectiveLabels(host)));
  }

  /** Reads these networks. @returns says why one of them would not go by now; undefined: it would */
  private async doubting(
    policy: CleanupPolicy,
    removals: readonly PlannedRemoval[],
  ): Promise<(removal: PlannedRemoval) => string | undefined> {
    const networks = await this.store.these(removals.map(({ hostName, networkId }) => [hostName, networkId]));
    const known = new Map(networks.map((each) => [keyOf(each.host, each.network.id), each]));
    const contexts = await this.store.contextsOf(networks.map(({ host, network }) => ({ host, attributes: network })));
    return ({ hostName, networkId, digest }) => {
      const doubt = this.doubtAbout(hostName, policy.hosts);
      if (doubt !== undefined) return doubt;
      const now = known.get(keyOf(hostName, networkId));
      if (now === undefined) return 'it is gone';
      const { network, unusedSinceAt } = now;
      const context = contexts.get(hostName) ?? NO_CONTEXT;
      const { action, explanation } = judgeNetwork(policy, toPlanNetwork(network, unusedSinceAt), context, this.now());
      if (action === 'keep') return explanation;
      return now.digest === digest ? undefined : 'its record has changed';
    };
  }

  private doubtAbout(hostName: string, selector: Selector): string | undefined {
    const host = this.hosts.find(hostName);
    if (host === undefined) return `host ${hostName} was forgotten`;
    if (!matchesSelector(selector, effectiveLabels(host))) return `host ${hostName} is not meant any more`;
    const freshness = this.fleet.freshnessOf(host);
    return freshness === 'live' ? undefined : `host ${hostName} is ${freshness}`;
  }
}

const keyOf = (hostName: string, networkId: string): string => `${networkId} ${hostName}`;
