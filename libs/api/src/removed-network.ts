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
import { networkRecord } from './network.js';

const standing = {
  id: z
    .string()
    .meta({ description: 'Of this removed network; an engine gives a network that is made again another id' }),
  host: hostName,
  simulated: simulatedThen,
  networkId: z.string().meta({ description: 'That the network had on its engine' }),
  name: z.string(),
  driver: z.string(),
  firstSeenAt: timestamp.meta({ description: 'When Fairlead first saw it' }),
  lastSeenAt: timestamp.meta({
    description:
      'When it was last known to be there: before `removedAt` where it went unseen, while host or engine were away',
  }),
  removedAt: timestamp.meta({ description: 'When it was seen to be gone' }),
  by: author
    .nullable()
    .meta({ description: 'The operation of ours that removed it. null: removed on the host, outside' }),
  restored: z
    .object({
      at: timestamp,
      operation: z.string(),
      networkId: z.string().nullable().meta({ description: 'That it got then. null: the agent’s answer was lost' }),
    })
    .nullable()
    .meta({ description: 'The operation that made it again last. null: none has' }),
};
const example = {
  id: '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071',
  host: 'web-1',
  simulated: false,
  networkId: '798b0f9e2c1c6a6f5d7f0a9cf0f6dfe0e0a1f6b6a1c6c0d6a5e4f3b27c0352b8',
  name: 'my-net',
  driver: 'bridge',
  firstSeenAt: '2026-11-24T09:12:00.200Z',
  lastSeenAt: '2026-11-24T09:30:00.000Z',
  removedAt: '2026-11-24T09:30:00.000Z',
  by: null,
  restored: null,
};

export const removedNetwork = z.object(standing).meta({
  id: 'RemovedNetwork',
  description: 'A network that is gone',
  example,
});
export type RemovedNetworkView = View<typeof removedNetwork>;

export const removedNetworkDetail = z
  .object({ ...standing, record: networkRecord.meta({ description: 'As it was seen last, with its endpoints' }) })
  .meta({
    id: 'RemovedNetworkDetail',
    description: 'A network that is gone, with its last full record',
    example: { ...example, record: networkRecord.meta()?.['example'] },
  });
export type RemovedNetworkDetailView = View<typeof removedNetworkDetail>;

export const removedNetworkPage = z
  .object({
    items: z.array(removedNetwork),
    total: z.int().meta({ description: 'Rows that fit, on all pages' }),
    nextCursor: z.string().nullable().meta({ description: 'null on the last page' }),
    keptSince: timestamp.meta({ description: 'Networks that went before are no longer kept, or were never known' }),
    ...unavailable,
  })
  .meta({
    id: 'RemovedNetworkPage',
    description: 'One page of the networks that are gone, latest first',
    example: {
      items: [],
      total: 0,
      nextCursor: null,
      keptSince: '2025-11-24T09:30:00.000Z',
      unavailableHosts: [],
      unavailableTotal: 0,
    },
  });
export type RemovedNetworkPageView = View<typeof removedNetworkPage>;

export const removedNetworkQuery = z.strictObject({
  host: repeatable(hostName).describe('Only these hosts, which need not exist any more'),
  on: selector.optional().describe('Only hosts whose labels fit this selector'),
  network: networkPattern.optional(),
  since: moment.optional().describe('Not removed before: RFC 3339, or how long ago'),
  until: moment.optional().describe('Not removed after: RFC 3339, or how long ago'),
  limit: pageLimit,
  cursor: cursor.optional(),
});
export type RemovedNetworkQuery = View<typeof removedNetworkQuery>;

export const removedNetworkParams = z.strictObject({ id: z.string().min(1) });
