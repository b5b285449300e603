import { type NewPolicyDryRunRequest, type PolicyDryRunRequest, type PolicyDryRunView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { Mutex } from '../database/mutex.js';
import { type FleetPlan } from './fleet-plan.js';
import { type PlanPages } from './plan-pages.js';
import { type Planner, type PlannedPolicy } from './planner.js';
import { type PoliciesService, type UnstoredPolicy } from './policies.service.js';

/** Plans that wait for their turn: of 10,000 hosts one takes two seconds. */
const MOST_WAITING = 20;

/** Shows what policies would do that are not stored. */
export class PolicyDryRuns {
  /** @param pages of their own: no plan of a stored policy is forgotten for one of these */
  constructor(
    private readonly policies: Pick<PoliciesService, 'asCreated' | 'asChanged'>,
    private readonly pages: Pick<PlanPages, 'page'>,
  ) {}

  /** @throws FairleadError `invalid_argument`, `already_exists`, `overloaded` */
  async ofNew({ plan, ...request }: NewPolicyDryRunRequest, next: number): Promise<PolicyDryRunView> {
    return this.show(await this.policies.asCreated(request, next), plan);
  }

  /** @throws FairleadError `policy_not_found`, `invalid_argument`, `plan_stale`, `overloaded` */
  async ofChange(nameOrId: string, { plan, ...request }: PolicyDryRunRequest, next: number): Promise<PolicyDryRunView> {
    return this.show(await this.policies.asChanged(nameOrId, request, next), plan);
  }

  private async show(
    { policy, next, warnings }: UnstoredPolicy,
    plan: PolicyDryRunRequest['plan'],
  ): Promise<PolicyDryRunView> {
    return { ...(await this.pages.page(policy, plan)), next, warnings };
  }
}

/**
 * A planner that makes one plan at a time, so that a run waits for one of these at most, however many policies are tried.
 */
export class PlannerInTurn {
  private readonly turns = new Mutex();
  private waiting = 0;

  constructor(private readonly planner: Pick<Planner, 'plan'>) {}

  /** @throws FairleadError `overloaded` */
  async plan(policy: PlannedPolicy): Promise<FleetPlan> {
    if (this.waiting >= MOST_WAITING) throw overloaded();
    this.waiting += 1;
    try {
      return await this.turns.run(() => this.planner.plan(policy));
    } finally {
      this.waiting -= 1;
    }
  }
}

const overloaded = (): FairleadError =>
  new FairleadError('overloaded', `${MOST_WAITING} plans of policies that are not stored are being made already`, {
    hint: 'Try again in a minute.',
  });
