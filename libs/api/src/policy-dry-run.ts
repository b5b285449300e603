import { z } from 'zod';
import { timestamp, type View } from './common.js';
import { createPolicyRequest, updatePolicyRequest } from './policy.js';
import { policyPlanExample } from './policy-plan.example.js';
import { policyPlan, policyPlanRequest } from './policy-plan.js';

const example = { name: 'nightly', spec: { match: [{ names: ['ci-*'] }] }, plan: { action: 'remove' } };

export const newPolicyDryRunRequest = createPolicyRequest.extend({ plan: policyPlanRequest }).meta({
  id: 'NewPolicyDryRunRequest',
  description: 'A policy as it would be created, and which items of its plan to show',
  example,
});

export const policyDryRunRequest = updatePolicyRequest
  .omit({ paused: true })
  .required({ spec: true })
  .extend({ plan: policyPlanRequest })
  .meta({
    id: 'PolicyDryRunRequest',
    description: 'What a policy would say from now on, and which items of its plan to show',
    example: { spec: example.spec, plan: example.plan },
  });
export type NewPolicyDryRunRequest = View<typeof newPolicyDryRunRequest>;
export type PolicyDryRunRequest = View<typeof policyDryRunRequest>;

export const policyDryRun = policyPlan
  .extend({
    next: z.array(timestamp).meta({ description: 'Its coming instants, before jitter' }),
    warnings: z
      .array(z.string())
      .meta({ description: 'What the creation or the change would warn of, a sentence each' }),
  })
  .meta({
    id: 'PolicyDryRun',
    description:
      'What a policy would do that is not stored. `policy` is as it would be, with an empty id where it does not exist ' +
      'yet: its plans have another `hash` once it does',
    example: {
      ...policyPlanExample,
      policy: { ...policyPlanExample.policy, id: '' },
      next: ['2026-11-25T02:00:00.000Z'],
      warnings: [],
    },
  });
export type PolicyDryRunView = View<typeof policyDryRun>;
