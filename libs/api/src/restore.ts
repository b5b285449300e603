import { z } from 'zod';
import { deadlineMs, hostName, type View } from './common.js';
import { networkRef } from './network.js';
import { DEFAULT_DEADLINE_MS } from './network-requests.js';

export const restoreRequest = z
  .strictObject({
    renumber: z.boolean().default(false).meta({
      description:
        'Where its own are taken, let the engine choose address ranges; static addresses of containers are then given up',
    }),
    deadlineMs: deadlineMs(DEFAULT_DEADLINE_MS),
  })
  .meta({ id: 'RestoreRequest', description: 'Make a removed network again', example: { renumber: false } });
export type RestoreRequest = View<typeof restoreRequest>;

export const restorePlan = z
  .object({
    host: hostName,
    network: networkRef.meta({ description: 'As it was' }),
    source: z.enum(['journal', 'controller']).meta({ description: 'Whose record it would be made from' }),
    subnets: z.array(z.string()).meta({ description: 'Its address ranges; empty: the engine chooses' }),
    conflicts: z.array(
      z.object({
        kind: z.enum(['name', 'range', 'configuration', 'swarm']).meta({
          description:
            'A name or a range that another network has; a configuration, or a swarm to be a manager of, that is not there',
        }),
        what: z.string(),
        holder: networkRef.meta({ description: 'The network that has it; empty where something is not there' }),
        explanation: z.string(),
        renumberingHelps: z.boolean(),
      }),
    ),
    attachments: z.array(
      z.object({
        containerId: z.string(),
        containerName: z.string(),
        state: z.string(),
        reason: z.enum(['refers', 'detached']).meta({
          description: '`refers`: it still refers to the network that is gone. `detached`: force took it off',
        }),
        aliases: z.array(z.string()),
        ipv4: z.string(),
        ipv6: z.string(),
        mac: z.string(),
      }),
    ),
    losses: z.array(z.string()).meta({ description: 'What cannot come back, a sentence each' }),
    present: z.string().nullable().meta({ description: 'A network that is this one, made again already; else null' }),
  })
  .meta({
    id: 'RestorePlan',
    description: 'What making a removed network again would meet',
    example: {
      host: 'web-1',
      network: { id: '798b0f9e2c1c6a6f5d7f0a9cf0f6dfe0e0a1f6b6a1c6c0d6a5e4f3b27c0352b8', name: 'ci-42' },
      source: 'journal',
      subnets: ['172.20.0.0/16'],
      conflicts: [],
      attachments: [],
      losses: ['It gets a new id.'],
      present: null,
    },
  });
export type RestorePlanView = View<typeof restorePlan>;

export const restorePlanRequest = z
  .strictObject({ renumber: z.boolean().default(false) })
  .meta({ id: 'RestorePlanRequest', description: 'How it would be made again', example: { renumber: false } })
  .prefault({});
export type RestorePlanRequest = View<typeof restorePlanRequest>;
