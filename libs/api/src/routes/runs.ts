import { policyParams } from '../policy.js';
import { approveRunRequest, run, runPage, runParams, runQuery, startRunRequest } from '../run.js';
import { runItemPage, runItemQuery } from '../run-item.js';
import { type Route } from './route.js';

export const runsRoutes = {
  startRun: {
    method: 'post',
    path: '/policies/{policy}/runs',
    tag: 'policies',
    access: { role: 'operator', hosts: 'all' },
    summary: 'Run a policy now',
    description:
      'Reports, or carries out the plan whose hash is given. Where the plan would be another one by now than a given hash ' +
      'says, nothing is done; neither is it where what is to be carried out is over the caps.',
    params: policyParams,
    body: startRunRequest,
    responses: { 201: { description: 'The run, which goes on by itself', schema: run } },
    errors: ['policy_not_found', 'plan_stale', 'caps_exceeded', 'run_active', 'frozen'],
    destructive: true,
  },
  listRuns: {
    method: 'get',
    path: '/runs',
    tag: 'policies',
    access: { role: 'viewer', hosts: 'all' },
    summary: 'List the runs of policies',
    description:
      'Newest first, also of policies that are gone. Refused for a name that neither a policy nor a run has.',
    query: runQuery,
    responses: { 200: { description: 'One page', schema: runPage } },
    errors: ['policy_not_found'],
    destructive: false,
  },
  getRun: {
    method: 'get',
    path: '/runs/{run}',
    tag: 'policies',
    access: { role: 'viewer', hosts: 'all' },
    summary: 'Show a run',
    description: 'With its progress.',
    params: runParams,
    responses: { 200: { description: 'The run', schema: run } },
    errors: ['run_not_found'],
    destructive: false,
  },
  listRunItems: {
    method: 'get',
    path: '/runs/{run}/items',
    tag: 'policies',
    access: { role: 'viewer', hosts: 'all' },
    summary: 'List the networks of a run’s plan, and what became of each',
    description: 'In the order in which they are taken.',
    params: runParams,
    query: runItemQuery,
    responses: { 200: { description: 'One page', schema: runItemPage } },
    errors: ['run_not_found'],
    destructive: false,
  },
  approveRun: {
    method: 'post',
    path: '/runs/{run}/approve',
    tag: 'policies',
    access: { role: 'operator', hosts: 'all' },
    summary: 'Approve the plan of a run',
    description:
      'Refused where the hash is another plan’s, the time for it is over, or a network of the plan has changed since.',
    params: runParams,
    body: approveRunRequest,
    responses: { 200: { description: 'The run, which goes on by itself', schema: run } },
    errors: ['run_not_found', 'plan_stale', 'frozen'],
    destructive: true,
  },
  cancelRun: {
    method: 'post',
    path: '/runs/{run}/cancel',
    tag: 'policies',
    access: { role: 'operator', hosts: 'all' },
    summary: 'Cancel a run',
    description: 'It stops between two networks; what is removed stays removed. A run that is finished stays as it is.',
    params: runParams,
    responses: { 200: { description: 'As it is now', schema: run } },
    errors: ['run_not_found'],
    destructive: false,
  },
} as const satisfies Record<string, Route>;
