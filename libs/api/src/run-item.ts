import { RESTORABILITIES } from '@fairlead/domain';
import { z } from 'zod';
import { cursor, hostName, pageLimit, repeatable, timestamp, type View } from './common.js';
import { networkRef } from './network.js';

export const ITEM_OUTCOMES = ['removed', 'kept', 'failed', 'undone', 'skipped'] as const;
export type ItemOutcome = (typeof ITEM_OUTCOMES)[number];

export const runItem = z
  .object({
    host: hostName,
    network: networkRef.extend({ driver: z.string() }),
    wave: z.int().meta({ description: '0: the canary, 1: a tenth of the hosts, 2: the rest' }),
    explanation: z.string().meta({ description: 'Why it was to be removed' }),
    restorability: z.enum(RESTORABILITIES),
    losses: z.array(z.string()).meta({ description: 'What would not come back, a sentence each' }),
    state: z.enum(['planned', 'sent', 'done']),
    outcome: z.enum(ITEM_OUTCOMES).nullable(),
    reason: z.string().meta({ description: 'Why it was kept, failed or was skipped; empty when removed' }),
    code: z.string(),
    engineMessage: z.string(),
    operation: z.string().nullable(),
    restored: z.string().nullable().meta({ description: 'Id of the network that was made again at once' }),
    removal: z
      .string()
      .nullable()
      .meta({
        description:
          'Id of the removal, by which it is restored. null: it was not removed, or of its removal no record has come yet ' +
          'or none is kept any more',
      }),
    endedAt: timestamp.nullable(),
  })
  .meta({
    id: 'RunItem',
    description: 'What became of one network of a run’s plan',
    example: {
      host: 'web-1',
      network: {
        id: '798b0f9e2c1c6a6f5d7f0a9cf0f6dfe0e0a1f6b6a1c6c0d6a5e4f3b27c0352b8',
        name: 'ci-42',
        driver: 'bridge',
      },
      wave: 0,
      explanation: 'no container, running or stopped, was on it for 31d',
      restorability: 'exactly',
      losses: [],
      state: 'done',
      outcome: 'removed',
      reason: '',
      code: '',
      engineMessage: '',
      operation: '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6073',
      restored: null,
      removal: '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6074',
      endedAt: '2026-11-24T02:00:13.000Z',
    },
  });
export type RunItemView = View<typeof runItem>;

export const runItemPage = z
  .object({ items: z.array(runItem), total: z.int(), nextCursor: z.string().nullable() })
  .meta({
    id: 'RunItemPage',
    description:
      'One page of the networks of a run, in the order in which they are taken. A run that began nothing has them while ' +
      'it is among the last twenty of its policy, and no more than the first thousand where it only told',
    example: { items: [], total: 0, nextCursor: null },
  });
export type RunItemPageView = View<typeof runItemPage>;

export const runItemQuery = z.strictObject({
  outcome: repeatable(z.enum(ITEM_OUTCOMES)).describe('Only these outcomes'),
  host: repeatable(hostName).describe('Only these hosts'),
  limit: pageLimit,
  cursor: cursor.optional(),
});
export type RunItemQuery = View<typeof runItemQuery>;
