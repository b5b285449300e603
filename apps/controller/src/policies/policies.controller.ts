import {
  type CreatePolicyRequest,
  createPolicyRequest,
  type NewPolicyDryRunRequest,
  newPolicyDryRunRequest,
  type PolicyDryRunRequest,
  policyDryRunRequest,
  type PolicyDryRunView,
  type PolicyListView,
  policyParams,
  policyPlanRequest,
  type PolicyPlanRequest,
  type PolicyPlanView,
  policyQuery,
  type PolicyVersionListView,
  type PolicyView,
  type UpdatePolicyRequest,
  updatePolicyRequest,
} from '@fairlead/api';
import { Body, Controller, Param, Query, Req } from '@nestjs/common';
import { type Request } from 'express';
import { Serves } from '../access/serves.js';
import { actorOf } from '../http/commands.responder.js';
import { validBody, validParams, validQuery } from '../http/validated.js';
import { PlanPages } from './plan-pages.js';
import { PolicyDryRuns } from './policy-dry-runs.js';
import { PoliciesService } from './policies.service.js';
import { policyBody } from './policy-body.js';

interface PolicyParams {
  readonly policy: string;
}
interface PolicyQuery {
  readonly next: number;
}

@Controller()
export class PoliciesController {
  constructor(
    private readonly policies: PoliciesService,
    private readonly plans: PlanPages,
    private readonly dryRuns: PolicyDryRuns,
  ) {}

  @Serves('listPolicies')
  list(@Query(validQuery(policyQuery)) { next }: PolicyQuery): Promise<PolicyListView> {
    return this.policies.list(next);
  }

  @Serves('createPolicy')
  create(
    @Body(policyBody(createPolicyRequest)) body: CreatePolicyRequest,
    @Req() request: Request,
  ): Promise<PolicyView> {
    return this.policies.create(body, actorOf(request));
  }

  @Serves('getPolicy')
  show(
    @Param(validParams(policyParams)) { policy }: PolicyParams,
    @Query(validQuery(policyQuery)) { next }: PolicyQuery,
  ): Promise<PolicyView> {
    return this.policies.show(policy, next);
  }

  @Serves('updatePolicy')
  update(
    @Param(validParams(policyParams)) { policy }: PolicyParams,
    @Body(policyBody(updatePolicyRequest)) body: UpdatePolicyRequest,
    @Req() request: Request,
  ): Promise<PolicyView> {
    return this.policies.update(policy, body, actorOf(request));
  }

  @Serves('removePolicy')
  remove(@Param(validParams(policyParams)) { policy }: PolicyParams, @Req() request: Request): Promise<void> {
    return this.policies.remove(policy, actorOf(request));
  }

  @Serves('listPolicyVersions')
  versions(@Param(validParams(policyParams)) { policy }: PolicyParams): Promise<PolicyVersionListView> {
    return this.policies.versions(policy);
  }

  @Serves('planPolicy')
  async plan(
    @Param(validParams(policyParams)) { policy }: PolicyParams,
    @Body(validBody(policyPlanRequest)) body: PolicyPlanRequest,
  ): Promise<PolicyPlanView> {
    return this.plans.page(await this.policies.get(policy), body);
  }
  @Serves('dryRunNewPolicy')
  dryRunNew(
    @Body(policyBody(newPolicyDryRunRequest)) body: NewPolicyDryRunRequest,
    @Query(validQuery(policyQuery)) { next }: PolicyQuery,
  ): Promise<PolicyDryRunView> {
    return this.dryRuns.ofNew(body, next);
  }

  @Serves('dryRunPolicy')
  dryRun(
    @Param(validParams(policyParams)) { policy }: PolicyParams,
    @Body(policyBody(policyDryRunRequest)) body: PolicyDryRunRequest,
    @Query(validQuery(policyQuery)) { next }: PolicyQuery,
  ): Promise<PolicyDryRunView> {
    return this.dryRuns.ofChange(policy, body, next);
  }
}
