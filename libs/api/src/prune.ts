import { PRUNE_REASONS } from '@fairlead/domain';
import { z } from 'zod';
import { age, deadlineMs, hostName, labelMap, simulated, timestamp, type View } from './common.js';
import { networkRef, networkScope } from './network.js';

/** A prune takes minutes where there are many networks: 150 to 230 ms each on real engines. */
export const PRUNE_DEADLINE_MS = 600_000;

const filters = {
  until: z.string().min(1).optional().meta({
    description: 'Only networks created before: a duration back from now, an RFC 3339 time or Unix seconds',
    example: '24h',
  }),
  labels: z.array(z.string().min(1)).default([]).meta({ description: '`key` or `key=value`; all must fit' }),
  notLabels: z.array(z.string().min(1)).default([]).meta({ description: '`key` or `key=value`; none may fit' }),
};

export const prunePlanRequest = z
  .strictObject(filters)
  .meta({
    id: 'PrunePlanRequest',
    description: 'Which unused networks to consider',
    example: { until: '24h', labels: ['team=web'], notLabels: ['keep'] },
  })
  .prefault({});
export type PrunePlanRequest = View<typeof prunePlanRequest>;

export const pruneRequest = z
  .strictObject({
    ...filters,
    planHash: z.string().min(1).optional().meta({
      description:
        '`hash` of the plan that was shown: where other networks would go by now, nothing is done (`plan_stale`)',
    }),
    deadlineMs: deadlineMs(PRUNE_DEADLINE_MS),
  })
  .meta({ id: 'PruneRequest', description: 'Remove the unused networks of a host', example: { until: '24h' } });
export type PruneRequest = View<typeof pruneRequest>;

export const prunePlanItem = z
  .object({
    network: networkRef.extend({
      driver: z.string(),
      scope: networkScope,
      createdAt: timestamp,
      labels: labelMap,
    }),
    action: z.enum(['remove', 'keep']),
    reason: z.enum(PRUNE_REASONS),
    explanation: z.string().meta({ description: 'The reason as a sentence, with the names that matter' }),
  })
  .meta({
    id: 'PrunePlanItem',
    description: 'What would become of one network, and why',
    example: {
      network: {
        id: '798b0f9e2c1c6a6f5d7f0a9cf0f6dfe0e0a1f6b6a1c6c0d6a5e4f3b27c0352b8',
        name: 'my-net',
        driver: 'bridge',
        scope: 'local',
        createdAt: '2026-11-24T09:12:00.000Z',
        labels: {},
      },
      action: 'keep',
      reason: 'stopped-containers',
      explanation: 'used by stopped containers one (exited), two (exited)',
    },
  });
export type PrunePlanItemView = View<typeof prunePlanItem>;

export const prunePlan = z
  .object({
    hash: z
      .string()
      .meta({ description: 'Names what would be removed: the same as long as the same networks would go' }),
    host: hostName,
    ...age,
    simulated,
    filters: z.object(filters),
    items: z.array(prunePlanItem).meta({ description: 'Every network of the host once, in order of name and id' }),
    remove: z.int().meta({ description: 'Networks that would be removed' }),
    keep: z.int(),
  })
  .meta({
    id: 'PrunePlan',
    description: 'What a prune would do to one host, and why',
    example: {
      hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      host: 'web-1',
      freshness: 'live',
      asOf: '2026-11-24T09:30:00.000Z',
      simulated: false,
      filters: { labels: [], notLabels: [] },
      items: [],
      remove: 0,
      keep: 0,
    },
  });
export type PrunePlanView = View<typeof prunePlan>;

export const pruneItemResult = z
  .object({
    network: networkRef,
    outcome: z.enum(['removed', 'kept', 'failed', 'undone']).meta({
      description: '`undone`: removed, and made again at once, since a container was made on it in between',
    }),
    reason: z.string().meta({ description: 'Why it was kept or what went wrong, as a sentence; empty when removed' }),
    code: z.string().meta({ description: 'Error code of the closed list; empty when removed' }),
    engineMessage: z.string(),
    restored: z.string().optional().meta({ description: 'Id of the network that was made again, where it was' }),
  })
  .meta({
    id: 'PruneItemResult',
    description: 'What became of one network of a prune',
    example: {
      network: { id: '798b0f9e2c1c6a6f5d7f0a9cf0f6dfe0e0a1f6b6a1c6c0d6a5e4f3b27c0352b8', name: 'my-net' },
      outcome: 'removed',
      reason: '',
      code: '',
      engineMessage: '',
    },
  });
export type PruneItemResultView = View<typeof pruneItemResult>;

export const pruneResult = z.object({ items: z.array(pruneItemResult) }).meta({
  id: 'PruneResult',
  description: 'One result for each network that was to go, in the order they were taken',
  example: { items: [] },
});
export type PruneResultView = View<typeof pruneResult>;
