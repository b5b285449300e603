import {
  createPolicyRequest,
  policy,
  policyList,
  policyParams,
  policyQuery,
  policyVersionList,
  updatePolicyRequest,
} from '../policy.js';
import { newPolicyDryRunRequest, policyDryRun, policyDryRunRequest } from '../policy-dry-run.js';
import { policyPlan, policyPlanRequest } from '../policy-plan.js';
import { type Route } from './route.js';

export const policiesRoutes = {
  listPolicies: {
    method: 'get',
    path: '/policies',
    tag: 'policies',
    access: { role: 'viewer', hosts: 'all' },
    summary: 'List the cleanup policies',
    description: 'In order of name, each with its coming instants.',
    query: policyQuery,
    responses: { 200: { description: 'All policies', schema: policyList } },
    errors: [],
    destructive: false,
  },
  createPolicy: {
    method: 'post',
    path: '/policies',
    tag: 'policies',
    access: { role: 'operator', hosts: 'all' },
    summary: 'Create a cleanup policy',
    description:
      'It begins in the mode `report`. A policy whose rules leave every network needs `matchAll`. What is odd about it, ' +
      'such as a selector that fits no host, is told in `warnings`.',
    body: createPolicyRequest,
    responses: { 201: { description: 'Created', schema: policy } },
    errors: ['already_exists'],
    destructive: false,
  },
  getPolicy: {
    method: 'get',
    path: '/policies/{policy}',
    tag: 'policies',
    access: { role: 'viewer', hosts: 'all' },
    summary: 'Show a cleanup policy',
    description: 'By name or id.',
    params: policyParams,
    query: policyQuery,
    responses: { 200: { description: 'The policy', schema: policy } },
    errors: ['policy_not_found'],
    destructive: false,
  },
  updatePolicy: {
    method: 'patch',
    path: '/policies/{policy}',
    tag: 'policies',
    access: { role: 'operator', hosts: 'all' },
    summary: 'Change a cleanup policy, or pause it',
    description:
      'A new `spec` is a new version. A run goes on by the one that it began with, but keeps, on each host whose turn ' +
      'comes then, what the new one would keep. One that has not begun ends without removing anything.',
    params: policyParams,
    body: updatePolicyRequest,
    responses: { 200: { description: 'As it is now', schema: policy } },
    errors: ['policy_not_found', 'plan_stale'],
    destructive: false,
  },
  removePolicy: {
    method: 'delete',
    path: '/policies/{policy}',
    tag: 'policies',
    access: { role: 'operator', hosts: 'all' },
    summary: 'Remove a cleanup policy',
    description: 'Its runs stay to be read. Refused while one is not finished.',
    params: policyParams,
    responses: { 204: { description: 'Removed' } },
    errors: ['policy_not_found', 'run_active'],
    destructive: false,
  },
  listPolicyVersions: {
    method: 'get',
    path: '/policies/{policy}/versions',
    tag: 'policies',
    access: { role: 'viewer', hosts: 'all' },
    summary: 'List what a policy has said over time',
    description: 'Newest first.',
    params: policyParams,
    responses: { 200: { description: 'All versions', schema: policyVersionList } },
    errors: ['policy_not_found'],
    destructive: false,
  },
  planPolicy: {
    method: 'post',
    path: '/policies/{policy}/plan',
    tag: 'policies',
    access: { role: 'viewer', hosts: 'all' },
    summary: 'Show what a policy would do now, and why',
    description:
      'Every network of its hosts, kept or removed, each with its reason. Nothing is stored, nothing is sent.',
    params: policyParams,
    body: policyPlanRequest,
    responses: { 200: { description: 'The plan', schema: policyPlan } },
    errors: ['policy_not_found'],
    destructive: false,
  },
  dryRunNewPolicy: {
    method: 'post',
    // Not below /policies, where a policy may be called anything.
    path: '/policy-dry-run',
    tag: 'policies',
    access: { role: 'viewer', hosts: 'all' },
    summary: 'Show what a policy would do that does not exist yet',
    description:
      'Refused for all that its creation would be refused for; its plan, its coming instants and its warnings are those ' +
      'that it would have. Nothing is stored, nothing is sent.',
    query: policyQuery,
    body: newPolicyDryRunRequest,
    responses: { 200: { description: 'What it would do', schema: policyDryRun } },
    errors: ['already_exists'],
    destructive: false,
  },
  dryRunPolicy: {
    method: 'post',
    path: '/policies/{policy}/dry-run',
    tag: 'policies',
    access: { role: 'viewer', hosts: 'all' },
    summary: 'Show what a policy would do if it were changed',
    description:
      'Refused for all that the change would be refused for; plan, coming instants and warnings are those that it would ' +
      'have then, its hash included. Nothing is stored, nothing is sent.',
    params: policyParams,
    query: policyQuery,
    body: policyDryRunRequest,
    responses: { 200: { description: 'What it would do', schema: policyDryRun } },
    errors: ['policy_not_found', 'plan_stale'],
    destructive: false,
  },
} as const satisfies Record<string, Route>;
