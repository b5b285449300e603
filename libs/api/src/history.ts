import { HISTORY_KINDS } from '@fairlead/domain';
import { z } from 'zod';
import {
  author,
  cursor,
  hostName,
  moment,
  networkPattern,
  pageLimit,
  repeatable,
  selector,
  simulatedThen,
  timestamp,
  unavailable,
  type View,
} from './common.js';
import { networkRef } from './network.js';

export const historyEntry = z
  .object({
    seq: z.int().meta({ description: 'Grows with every entry, in the order in which they were noticed' }),
    at: timestamp.meta({ description: 'When it was noticed, by the controller’s clock' }),
    notBefore: timestamp.nullable().meta({
      description:
        'Where it happened unseen, while host or engine were away: when the inventory was last known to be true. ' +
        'null: seen as it happened',
    }),
    host: hostName,
    simulated: simulatedThen,
    kind: z.enum(HISTORY_KINDS),
    network: networkRef,
    container: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .meta({ description: 'null where it is about the network itself' }),
    changes: z
      .record(z.string(), z.tuple([z.unknown(), z.unknown()]))
      .meta({ description: 'For `….changed`: field to what it was and what it is' }),
    by: author.nullable().meta({
      description: 'The operation of ours that did it, and who asked for it. null: done on the host, outside',
    }),
  })
  .meta({
    id: 'HistoryEntry',
    description: 'One change of a network, or of who is on it',
    example: {
      seq: 4711,
      at: '2026-11-24T23:41:07.120Z',
      notBefore: null,
      host: 'web-3',
      simulated: false,
      kind: 'endpoint.disconnected',
      network: { id: '798b0f9e2c1c6a6f5d7f0a9cf0f6dfe0e0a1f6b6a1c6c0d6a5e4f3b27c0352b8', name: 'shop_default' },
      container: { id: '7c0352b8c4be0f9e2c1c6a6f5d7f0a9cf0f6dfe0e0a1f6b6a1c6c0d6a5e4f3b2', name: 'shop-db-1' },
      changes: {},
      by: { actor: 'deploy', operationId: '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071', run: null },
    },
  });
export type HistoryEntryView = View<typeof historyEntry>;

export const historyPage = z
  .object({
    items: z.array(historyEntry),
    nextCursor: z
      .string()
      .nullable()
      .meta({
        description:
          'null on the last page. A page may have fewer entries than asked for, even none, and a cursor: so much was ' +
          'looked at, and there may be more',
      }),
    keptSince: timestamp.meta({
      description:
        'What happened before is no longer kept, or was before the history began. Of a host only what happened since ' +
        'it was first seen is known',
    }),
    ...unavailable,
  })
  .meta({
    id: 'HistoryPage',
    description: 'One page of the history, newest first',
    example: {
      items: [],
      nextCursor: null,
      keptSince: '2026-08-26T00:00:00.000Z',
      unavailableHosts: [],
      unavailableTotal: 0,
    },
  });
export type HistoryPageView = View<typeof historyPage>;

export const historyQuery = z.strictObject({
  host: repeatable(hostName).describe('Only these hosts, which need not exist any more'),
  on: selector.optional().describe('Only hosts that are known now and whose labels fit this selector'),
  network: networkPattern.optional(),
  container: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Only about this container: its name (`*` and `?` are wildcards), full id, or 12 or more digits of the beginning of one',
    ),
  kind: repeatable(z.enum(HISTORY_KINDS)).describe('Only these kinds'),
  actor: repeatable(z.string().min(1)).describe('Only what these asked for'),
  by: z.enum(['operation', 'outside']).optional().describe('Only what an operation of ours did, or what it did not'),
  operation: z.string().min(1).optional().describe('Only what this operation did'),
  since: moment.optional().describe('Not noticed before: RFC 3339, or how long ago'),
  until: moment.optional().describe('Not noticed after: RFC 3339, or how long ago'),
  limit: pageLimit,
  cursor: cursor.optional(),
});
export type HistoryQuery = View<typeof historyQuery>;
