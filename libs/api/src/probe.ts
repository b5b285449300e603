import { z } from 'zod';
import { deadlineMs, type View } from './common.js';
import { DEFAULT_DEADLINE_MS } from './network-requests.js';

export const probeRequest = z
  .strictObject({
    from: z.string().min(1).meta({ description: 'Name or id of a container of the host' }),
    to: z
      .string()
      .regex(
        /^[A-Za-z0-9_.:][A-Za-z0-9_.:-]{0,252}$/,
        'must be a name or an address: letters, digits, "_", ".", ":" and "-", and not begin with "-"',
      )
      .meta({ description: 'Container name or alias, host name, or address' }),
    count: z.int().min(1).max(10).default(3).meta({ description: 'Echo requests to send' }),
    deadlineMs: deadlineMs(DEFAULT_DEADLINE_MS),
  })
  .meta({
    id: 'ProbeRequest',
    description: 'Can this container reach that target?',
    example: { from: 'one', to: 'two', count: 3 },
  });
export type ProbeRequest = View<typeof probeRequest>;

export const probeResult = z
  .object({
    reachable: z.boolean().meta({ description: 'At least one echo came back' }),
    resolution: z.object({
      needed: z.boolean().meta({ description: 'False where the target is an address already, or nothing was tried' }),
      resolved: z.boolean(),
      addresses: z.array(z.string()),
      durationMs: z.number(),
      error: z.string().meta({ description: 'The resolver’s own words on failure' }),
      method: z
        .string()
        .meta({ description: '`container` (its own tools) or `namespace` (the host’s, in its network)' }),
    }),
    ping: z.object({
      tried: z.boolean(),
      sent: z.int(),
      received: z.int(),
      roundTripMs: z.array(z.number()).meta({ description: 'One for each echo that came back' }),
      error: z.string(),
      method: z.string(),
    }),
    explanation: z.string().meta({ description: 'What was found, and where it cannot work, why' }),
  })
  .meta({
    id: 'ProbeResult',
    description: 'Name resolution and ping from inside the container’s network',
    example: {
      reachable: true,
      resolution: {
        needed: true,
        resolved: true,
        addresses: ['172.18.0.3'],
        durationMs: 0.8,
        error: '',
        method: 'container',
      },
      ping: { tried: true, sent: 3, received: 3, roundTripMs: [0.09, 0.07, 0.08], error: '', method: 'container' },
      explanation: 'Both are on my-net.',
    },
  });
export type ProbeResultView = View<typeof probeResult>;
