import { CLEANUP_REASONS, RESTORABILITIES } from '@fairlead/domain';
import { z } from 'zod';
import { cursor, hostName, pageLimit, simulated, timestamp, unavailableHost, type View } from './common.js';
import { networkRef, networkScope } from './network.js';
import { policyPlanExample } from './policy-plan.example.js';

const counts = z.record(z.string(), z.int());

/** What a plan counts; runs keep it. */
export const planSummary = z
  .object({
    hosts: z.int().meta({ description: 'Hosts that the plan looked at' }),
    networks: z.int().meta({ description: 'Networks on them' }),
    remove: z.int(),
    keep: z.int(),
    reasons: counts.meta({ description: 'Networks by reason; `unused` are those that would go' }),
    restorability: counts.meta({ description: 'Of those that would go: how far they could be made again' }),
    leftOut: z
      .array(unavailableHost)
      .meta({ description: 'Hosts that are not live, 100 at most: nothing is planned there' }),
    leftOutTotal: z.int(),
    simulatedHosts: z.int().meta({ description: 'Hosts among them with a simulated engine (demo fleet)' }),
    overCaps: z
      .array(z.string())
      .meta({ description: 'Why a run of it would be stopped by its caps; empty: it would not' }),
  })
  .meta({
    id: 'PlanSummary',
    description: 'What a plan counts',
    example: {
      hosts: 1,
      networks: 4,
      remove: 0,
      keep: 4,
      reasons: { predefined: 3, 'in-use': 1 },
      restorability: {},
      leftOut: [],
      leftOutTotal: 0,
      simulatedHosts: 0,
      overCaps: [],
    },
  });
export type PlanSummaryView = View<typeof planSummary>;

export const policyPlanItem = z
  .object({
    host: hostName,
    simulated,
    network: networkRef.extend({ driver: z.string(), scope: networkScope, createdAt: timestamp }),
    action: z.enum(['remove', 'keep']),
    reason: z.enum(CLEANUP_REASONS),
    explanation: z.string(),
    unusedSince: timestamp.nullable(),
    restorability: z.enum(RESTORABILITIES).nullable().meta({ description: 'null: it is kept' }),
    losses: z.array(z.string()).meta({ description: 'What would not come back, a sentence each' }),
  })
  .meta({
    id: 'PolicyPlanItem',
    description: 'What would become of one network, and why',
    example: {
      host: 'web-1',
      simulated: false,
      network: {
        id: '798b0f9e2c1c6a6f5d7f0a9cf0f6dfe0e0a1f6b6a1c6c0d6a5e4f3b27c0352b8',
        name: 'ci-42',
        driver: 'bridge',
        scope: 'local',
        createdAt: '2026-10-24T09:12:00.000Z',
      },
      action: 'remove',
      reason: 'unused',
      explanation: 'no container, running or stopped, was on it for 31d',
      unusedSince: '2026-10-24T09:12:00.000Z',
      restorability: 'exactly',
      losses: [],
    },
  });
export type PolicyPlanItemView = View<typeof policyPlanItem>;

export const policyPlan = z
  .object({
    hash: z
      .string()
      .meta({ description: 'Names the policy’s version and what would be removed, host, id and record each' }),
    policy: z.object({ id: z.string(), name: z.string(), version: z.int() }),
    at: timestamp,
    summary: planSummary,
    items: z.array(policyPlanItem).meta({ description: 'One page, in order of host, name and id' }),
    nextCursor: z.string().nullable(),
  })
  .meta({
    id: 'PolicyPlan',
    description: 'What a run of a policy would do now, and why',
    example: policyPlanExample,
  });
export type PolicyPlanView = View<typeof policyPlan>;

export const policyPlanRequest = z
  .strictObject({
    action: z
      .enum(['remove', 'keep'])
      .optional()
      .meta({ description: 'Only items of this kind; the counts are of all' }),
    hosts: z
      .array(hostName)
      .max(500)
      .default([])
      .meta({ description: 'Only items of these hosts; the counts are of all' }),
    limit: pageLimit,
    cursor: cursor.optional(),
  })
  .meta({ id: 'PolicyPlanRequest', description: 'Which items of the plan to show', example: { action: 'remove' } })
  .prefault({});
export type PolicyPlanRequest = View<typeof policyPlanRequest>;
