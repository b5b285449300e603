import {
  type CreatePolicyRequest,
  type PolicyListView,
  type PolicySpecView,
  type PolicyVersionListView,
  type PolicyView,
  type UpdatePolicyRequest,
} from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { v7 as uuidv7 } from 'uuid';
import { HostScope } from '../access/host-scope.js';
import { type AuditRecord } from '../audit/audit.store.js';
import { type Clock } from '../clock.js';
import { isUniqueViolation } from '../database/index.js';
import { type HostsService } from '../hosts/hosts.service.js';
import { KeyedMutex } from '../keyed-mutex.js';
import { type Actor } from '../operations/operation.js';
import { busy } from './idle.js';
import { type PoliciesStore } from './policies.store.js';
import { changedPolicy, newPolicy, type Occasion } from './policy-changes.js';
import { ofOlderRuns, type OpenRun } from './policy-warnings.js';
import { toPolicyView, toVersionListView } from './policy.view.js';
import { requirePolicy } from './require-policy.js';
import { type StoredPolicy } from './stored-policy.js';

/** What a change of a policy touches beyond it. */
export interface PolicyRuns {
  /** Those of it that are not finished. */
  open(policyId: string): Promise<readonly OpenRun[]>;
  /** A policy was made, changed, paused, resumed or removed just now. */
  policyChanged(): void;
}

/** A policy as a creation or a change would make it, with what it would be answered with. */
export interface UnstoredPolicy extends Pick<PolicyView, 'next' | 'warnings'> {
  readonly policy: StoredPolicy;
}

/** Policies as people see and change them. */
export class PoliciesService {
  private readonly turns = new KeyedMutex();

  /** @param channels names of those that notices can go to */
  constructor(
    private readonly store: PoliciesStore,
    private readonly hosts: Pick<HostsService, 'visible'>,
    private readonly runs: PolicyRuns,
    private readonly channels: readonly string[],
    private readonly now: Clock,
  ) {}

  /** @param next how many coming instants to tell of each */
  async list(next: number): Promise<PolicyListView> {
    return { items: (await this.store.all()).map((policy) => this.view(policy, next)) };
  }

  /** @throws FairleadError `policy_not_found` */
  async show(nameOrId: string, next: number): Promise<PolicyView> {
    return this.view(await this.get(nameOrId), next);
  }

  /** @throws FairleadError `policy_not_found` */
  async versions(nameOrId: string): Promise<PolicyVersionListView> {
    const { id } = await this.get(nameOrId);
    return toVersionListView(await this.store.versions(id));
  }

  /** @throws FairleadError `policy_not_found` */
  get(nameOrId: string): Promise<StoredPolicy> {
    return requirePolicy(this.store, nameOrId);
  }

  /** @throws FairleadError `invalid_argument`, `already_exists` */
  async create(request: CreatePolicyRequest, actor: Actor): Promise<PolicyView> {
    const policy = newPolicy(uuidv7(), request, this.occasion(actor.name));
    const { name, spec, createdAt } = policy;
    try {
      await this.store.add(policy, recordOf('policy.create', policy, actor, createdAt, { version: 1, spec }));
    } catch (error) {
      throw isUniqueViolation(error, ['name']) ? taken(name) : error;
    }
    this.runs.policyChanged();
    return this.view(policy, 1);
  }

  /**
   * As `create` would make it, with an empty id; nothing is stored.
   * @throws FairleadError `invalid_argument`, `already_exists`
   */
  async asCreated(request: CreatePolicyRequest, next: number): Promise<UnstoredPolicy> {
    const policy = newPolicy('', request, this.occasion());
    if ((await this.store.all()).some(({ name }) => name === policy.name)) throw taken(policy.name);
    const { next: instants, warnings } = this.view(policy, next);
    return { policy, next: instants, warnings };
  }

  /**
   * As `update` would leave it; nothing is stored.
   * @throws FairleadError `policy_not_found`, `invalid_argument`, `plan_stale`
   */
  async asChanged(nameOrId: string, request: UpdatePolicyRequest, next: number): Promise<UnstoredPolicy> {
    const before = await this.get(nameOrId);
    const policy = changedPolicy(before, request, this.occasion());
    const open = await this.runs.open(policy.id);
    const { next: instants, warnings } = this.view(policy, next);
    return { policy, next: instants, warnings: [...warnings, ...ofOlderRuns(policy, open, open)] };
  }

  /**
   * Changes of one policy take turns, so that each is made to the version that it names.
   * @throws FairleadError `policy_not_found`, `invalid_argument`, `plan_stale` where it is at another version by now
   */
  async update(nameOrId: string, request: UpdatePolicyRequest, actor: Actor): Promise<PolicyView> {
    const { id } = await this.get(nameOrId);
    const before = await this.runs.open(id);
    const changed = await this.turns.run(id, async () => this.change(await this.get(id), request, actor));
    const view = this.view(changed, 1);
    return { ...view, warnings: [...view.warnings, ...ofOlderRuns(changed, before, await this.runs.open(id))] };
  }

  /** @throws FairleadError `policy_not_found`, `run_active` */
  async remove(nameOrId: string, actor: Actor): Promise<void> {
    const { id } = await this.get(nameOrId);
    await this.turns.run(id, async () => {
      const policy = await this.get(id);
      const record = recordOf('policy.remove', policy, actor, this.now(), { version: policy.version });
      if (!(await this.store.remove(id, record))) throw busy(policy.name);
    });
    this.runs.policyChanged();
  }

  private async change(before: StoredPolicy, request: UpdatePolicyRequest, actor: Actor): Promise<StoredPolicy> {
    const changed = changedPolicy(before, request, this.occasion(actor.name));
    if (changed === before) return before;
    await this.store.change(changed, before, recordsOf(changed, before, actor));
    this.runs.policyChanged();
    return changed;
  }

  /** @param by nobody for what is not stored */
  private occasion(by = ''): Occasion {
    return { at: this.now(), by, channels: this.channels };
  }

  private view(policy: StoredPolicy, next: number): PolicyView {
    return toPolicyView(policy, { hosts: this.hosts.visible(HostScope.all), now: this.now(), next });
  }
}

function recordsOf(changed: StoredPolicy, before: StoredPolicy, actor: Actor): AuditRecord[] {
  const { version, spec, paused, updatedAt: at } = changed;
  return [
    ...(version === before.version ? [] : [recordOf('policy.update', changed, actor, at, { version, spec })]),
    ...(paused === before.paused ? [] : [recordOf(paused ? 'policy.pause' : 'policy.resume', changed, actor, at, {})]),
  ];
}

const recordOf = (
  action: string,
  { id, name }: StoredPolicy,
  actor: Actor,
  at: number,
  detail: { readonly version?: number; readonly spec?: PolicySpecView },
): AuditRecord => ({
  at,
  actor,
  action,
  hostName: null,
  target: { policy: name, policyId: id },
  operationId: null,
  outcome: 'done',
  detail: { ...detail },
});

const taken = (name: string): FairleadError =>
  new FairleadError('already_exists', `There is a policy '${name}' already`, {
    hint: `Change it by 'fairlead policy edit ${name}', or choose another name.`,
  });
