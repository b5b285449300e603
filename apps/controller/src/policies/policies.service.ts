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
import { checkNewSpec, checkSpec } from './policy-faults.js';
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
  async create({ name, spec }: CreatePolicyRequest, actor: Actor): Promise<PolicyView> {
    checkNewSpec(name, spec, this.channels);
    const at = this.now();
    const made = { createdAt: at, createdBy: actor.name, updatedAt: at, updatedBy: actor.name };
    const schedule = { anchorAt: at, scheduledThrough: at };
    const policy = { id: uuidv7(), name, version: 1, paused: false, spec, ...made, ...schedule };
    try {
      await this.store.add(policy, recordOf('policy.create', policy, actor, at, { version: 1, spec }));
    } catch (error) {
      throw isUniqueViolation(error, ['name']) ? taken(name) : error;
    }
    this.runs.policyChanged();
    return this.view(policy, 1);
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

  private async change(
    before: StoredPolicy,
    { spec = before.spec, paused = before.paused, version }: UpdatePolicyRequest,
    actor: Actor,
  ): Promise<StoredPolicy> {
    if (version !== undefined && version !== before.version) throw outdated(before, version);
    const isNewVersion = !isSame(spec, before.spec);
    if (isNewVersion) checkSpec(spec, this.channels);
    if (!isNewVersion && paused === before.paused) return before;
    const at = this.now();
    const changed = { ...changedAt(before, spec, paused, at), updatedAt: at, updatedBy: actor.name };
    const records = [
      ...(isNewVersion ? [recordOf('policy.update', changed, actor, at, { version: changed.version, spec })] : []),
      ...(paused === before.paused
        ? []
        : [recordOf(paused ? 'policy.pause' : 'policy.resume', changed, actor, at, {})]),
    ];
    await this.store.change(changed, before, records);
    this.runs.policyChanged();
    return changed;
  }

  private view(policy: StoredPolicy, next: number): PolicyView {
    return toPolicyView(policy, { hosts: this.hosts.visible(HostScope.all), now: this.now(), next });
  }
}

/**
 * The policy from `at` on. Instants that passed while it was paused, or that its schedule did not have before, were not
 * missed; where its interval is another one, it counts from now.
 */
function changedAt(before: StoredPolicy, spec: PolicySpecView, paused: boolean, at: number): StoredPolicy {
  const isRescheduled = !isSame(timesOf(spec), timesOf(before.spec));
  const begins = isRescheduled || (before.paused && !paused);
  return {
    ...before,
    spec,
    paused,
    version: isSame(spec, before.spec) ? before.version : before.version + 1,
    anchorAt: isRescheduled ? at : before.anchorAt,
    scheduledThrough: begins ? Math.max(before.scheduledThrough, at) : before.scheduledThrough,
  };
}

const timesOf = ({ schedule }: PolicySpecView) => schedule && [schedule.when, schedule.zone];

/** Both were read by one schema, so that their keys are in one order. */
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

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

const outdated = ({ name, version }: StoredPolicy, asked: number): FairleadError =>
  new FairleadError(
    'plan_stale',
    `Policy '${name}' is at version ${version} by now; version ${asked} was to be changed`,
    {
      hint: `Nothing was changed. Look at 'fairlead policy inspect ${name}' and change that.`,
    },
  );
