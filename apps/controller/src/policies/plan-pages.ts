import { createHash } from 'node:crypto';
import { type PolicyPlanItemView, type PolicyPlanRequest, type PolicyPlanView, toCleanupPolicy } from '@fairlead/api';
import { type CleanupPolicy, judgeNetwork, toPlanNetwork } from '@fairlead/domain';
import { type Clock, toTimestamp, toTimestampOrNull } from '../clock.js';
import { type HostsStore, type StoredHost } from '../hosts/hosts.store.js';
import { pageFrom } from '../paging/page.js';
import { PageCursor } from '../paging/page-cursor.js';
import { type FleetPlan, type FreshRemoval } from './fleet-plan.js';
import { NO_CONTEXT, type Place, type PlacedNetwork, type PlanStore } from './plan.store.js';
import { type Planner } from './planner.js';
import { type StoredPolicy } from './stored-policy.js';

/** For how long the later pages of a plan are pages of that plan, in milliseconds. */
const REMEMBERED_MS = 60_000;
/** Plans that are remembered: of a policy that removes 60,000 networks one is some 40 MB. */
const MOST_REMEMBERED = 2;
/** Networks that are read at a time, though the page be smaller: those that it does not show may be many. */
const LEAST_READ = 100;

/** What plans are shown of: a version of a stored policy, or one that is not stored. */
export type ShownPolicy = Pick<StoredPolicy, 'id' | 'name' | 'version' | 'spec'>;

/** Names what is planned, of which one that is not stored says nothing by its id and version. */
const keyOf = ({ id, version, spec }: ShownPolicy): string =>
  createHash('sha256')
    .update(JSON.stringify([id, version, spec]))
    .digest('base64url');

const placeOf = ({ host, network }: PolicyPlanItemView): Place => [host, network.name, network.id];

/**
 * Shows plans page by page. The first page makes a plan; those after it belong to the same plan while that is remembered,
 * else to the one of that moment, which its hash tells.
 */
export class PlanPages {
  private readonly remembered = new Map<string, FleetPlan>();
  private readonly making = new Map<string, Promise<FleetPlan>>();

  /** @param leastRead other than the usual only in tests */
  constructor(
    private readonly planner: Pick<Planner, 'plan'>,
    private readonly store: PlanStore,
    private readonly hosts: Pick<HostsStore, 'find'>,
    private readonly now: Clock,
    private readonly leastRead = LEAST_READ,
  ) {}

  /** @throws FairleadError `invalid_argument` for a cursor that no page ended with */
  async page(policy: ShownPolicy, request: PolicyPlanRequest): Promise<PolicyPlanView> {
    const { id, name, version, spec } = policy;
    const key = keyOf(policy);
    const cursor = new PageCursor('policy-plan', { key, ...request });
    const after =
      request.cursor === undefined ? undefined : cursor.read(request.cursor, ['string', 'string', 'string']);
    const plan = (after && this.recall(key)) ?? (await this.fresh(key, policy));
    const found =
      request.action === 'remove'
        ? this.removals(plan, request, after)
        : await this.judged(toCleanupPolicy(spec), plan, request, after);
    const { items, nextCursor } = pageFrom(found, request.limit, (last) => cursor.write(...placeOf(last)));
    const { hash, at, summary } = plan;
    return { hash, policy: { id, name, version }, at: toTimestamp(at), summary, items, nextCursor };
  }

  /** Who asks while a plan of this version is being made gets that one: many callers are no more work than one. */
  private fresh(key: string, policy: ShownPolicy): Promise<FleetPlan> {
    const making = this.making.get(key) ?? this.make(key, policy).finally(() => this.making.delete(key));
    this.making.set(key, making);
    return making;
  }

  private async make(key: string, policy: ShownPolicy): Promise<FleetPlan> {
    const plan = await this.planner.plan(policy);
    this.remembered.delete(key);
    this.remembered.set(key, plan);
    if (this.remembered.size > MOST_REMEMBERED) this.remembered.delete(this.remembered.keys().next().value!);
    return plan;
  }

  private recall(key: string): FleetPlan | undefined {
    for (const [each, { at }] of this.remembered) if (this.now() - at > REMEMBERED_MS) this.remembered.delete(each);
    return this.remembered.get(key);
  }

  private removals({ removals }: FleetPlan, { hosts, limit }: PolicyPlanRequest, after: Place | undefined) {
    const wanted = new Set(hosts);
    const items: PolicyPlanItemView[] = [];
    for (const removal of removals) {
      if (items.length > limit) break;
      if (wanted.size > 0 && !wanted.has(removal.hostName)) continue;
      if (after === undefined || isBehind(removal, after)) items.push(this.toItem(removal));
    }
    return items;
  }

  /** Every network of the plan's hosts, some hosts at a time, until there are enough. */
  private async judged(
    policy: CleanupPolicy,
    { hosts, at }: FleetPlan,
    { action, hosts: asked, limit }: PolicyPlanRequest,
    after: Place | undefined,
  ): Promise<PolicyPlanItemView[]> {
    const wanted = new Set(asked);
    const names = hosts
      .map(({ host }) => host)
      .filter((host) => (wanted.size === 0 || wanted.has(host)) && host >= (after?.[0] ?? ''));
    const items: PolicyPlanItemView[] = [];
    const size = Math.max(limit + 1, this.leastRead);
    for (let end = after; names.length > 0 && items.length <= limit;) {
      const some = this.someOf(names, size);
      const placed = await this.store.page(some, end, size);
      const judged = await this.judge(policy, placed, at);
      items.push(...judged.filter((item) => action === undefined || item.action === action));
      const last = placed.at(-1);
      if (placed.length === size && last !== undefined) end = [last.host, last.network.name, last.network.id];
      else names.splice(0, some.length);
    }
    return items.slice(0, limit + 1);
  }

  /** The first hosts, as many as have a page of networks by their counts. */
  private someOf(names: readonly string[], size: number): string[] {
    let networks = 0;
    const enough = names.findIndex((name) => (networks += this.hosts.find(name)?.counts.networks ?? 0) >= size);
    return names.slice(0, enough < 0 ? names.length : enough + 1);
  }

  private async judge(policy: CleanupPolicy, placed: readonly PlacedNetwork[], at: number) {
    const contexts = await this.store.contextsOf(placed.map(({ host, network }) => ({ host, attributes: network })));
    return placed.map(({ host, network, unusedSinceAt }): PolicyPlanItemView => {
      const context = contexts.get(host) ?? NO_CONTEXT;
      const verdict = judgeNetwork(policy, toPlanNetwork(network, unusedSinceAt), context, at);
      const { id, name, driver, scope, createdAt } = network;
      const shown = { id, name, driver, scope, createdAt };
      return {
        host,
        simulated: isSimulated(this.hosts.find(host)),
        network: shown,
        ...verdict,
        unusedSince: toTimestampOrNull(unusedSinceAt),
      };
    });
  }

  private toItem(removal: FreshRemoval): PolicyPlanItemView {
    const { hostName: host, networkId: id, networkName: name, driver, createdAt, unusedSinceAt, ...rest } = removal;
    const { explanation, restorability, losses } = rest;
    return {
      host,
      simulated: isSimulated(this.hosts.find(host)),
      // Policies remove networks of this scope alone.
      network: { id, name, driver, scope: 'local', createdAt },
      action: 'remove',
      reason: 'unused',
      explanation,
      unusedSince: toTimestampOrNull(unusedSinceAt),
      restorability,
      losses,
    };
  }
}

const isSimulated = (host: StoredHost | undefined): boolean => host?.engine.simulated ?? false;

/** Whether a removal comes after a place, in order of host, name and id. */
function isBehind({ hostName, networkName, networkId }: FreshRemoval, [host, name, id]: Place): boolean {
  if (hostName !== host) return hostName > host;
  return networkName === name ? networkId > id : networkName > name;
}
