import { z } from 'zod';
import { age, hostName, simulated, timestamp, type View } from './common.js';
import { networkRef } from './network.js';

export const difference = z
  .object({
    network: networkRef,
    kind: z.enum(['missing', 'extra', 'different']).meta({
      description: '`missing`: the engine has it, the inventory does not. `extra`: the other way round',
    }),
    fields: z
      .array(z.object({ field: z.string(), inventory: z.unknown(), engine: z.unknown() }))
      .meta({ description: 'For `different`: what differs' }),
  })
  .meta({
    id: 'Difference',
    description: 'Where the inventory is not what the engine shows',
    example: {
      network: { id: '798b0f9e2c1c6a6f5d7f0a9cf0f6dfe0e0a1f6b6a1c6c0d6a5e4f3b27c0352b8', name: 'my-net' },
      kind: 'missing',
      fields: [],
    },
  });
export type DifferenceView = View<typeof difference>;

export const consistency = z
  .object({
    host: hostName,
    consistent: z.boolean(),
    networks: z.int().meta({ description: 'Networks that the engine shows' }),
    endpoints: z.int(),
    differences: z.array(difference),
    looks: z.int().meta({
      description: 'How often both were compared: a change under way differs for a moment, and is looked at again',
    }),
    checkedAt: timestamp,
    simulated,
    ...age,
  })
  .meta({
    id: 'Consistency',
    description: 'The inventory of a host compared with what its engine says now',
    example: {
      host: 'web-1',
      consistent: true,
      networks: 7,
      endpoints: 12,
      differences: [],
      looks: 1,
      checkedAt: '2026-11-24T09:30:00.000Z',
      simulated: false,
      freshness: 'live',
      asOf: '2026-11-24T09:30:00.000Z',
    },
  });
export type ConsistencyView = View<typeof consistency>;
