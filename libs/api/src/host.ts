import { z } from 'zod';
import {
  age,
  cursor,
  freshness,
  hostName,
  labelMap,
  pageLimit,
  repeatable,
  selector,
  simulated,
  timestamp,
  type View,
} from './common.js';

export const swarm = z.object({
  nodeId: z.string().meta({ description: 'Empty outside a swarm' }),
  clusterId: z.string().meta({ description: 'Empty where the engine does not say (workers)' }),
  manager: z.boolean(),
});

export const engine = z.object({
  kind: z.enum(['docker', 'podman', 'simulated']),
  version: z.string(),
  apiVersion: z.string(),
  simulated,
  swarm,
});

export const hostIdentity = z
  .object({
    kind: z.enum(['local', 'joined']).meta({ description: '`local`: on the Unix socket of the controller’s machine' }),
    state: z.enum(['pending', 'active', 'quarantined', 'revoked']),
    agentId: z.string().nullable(),
    address: z.string().nullable().meta({ description: 'Where the controller dials it; null: the agent dials' }),
    certificate: z
      .object({ serial: z.string(), expiresAt: timestamp, root: z.string(), generation: z.int() })
      .nullable(),
    quarantine: z
      .object({
        at: timestamp,
        reason: z.string(),
        machines: z.array(z.object({ instance: z.string(), peer: z.string(), at: timestamp })),
      })
      .nullable(),
  })
  .meta({
    id: 'HostIdentity',
    description: 'By what the controller knows the host',
    example: { kind: 'local', state: 'active', agentId: null, address: null, certificate: null, quarantine: null },
  });
export type HostIdentityView = View<typeof hostIdentity>;

export const hostPolicy = z
  .object({
    mode: z.enum(['none', 'read-only', 'manage', 'full']).meta({ description: '`none`: the host has no policy file' }),
    rules: z.array(z.string()).meta({ description: 'One sentence each' }),
  })
  .meta({
    id: 'HostPolicy',
    description: 'What the host’s own policy file allows; the agent enforces it, nobody else can change it',
    example: { mode: 'none', rules: [] },
  });
export type HostPolicyView = View<typeof hostPolicy>;

export const host = z
  .object({
    name: hostName,
    labels: labelMap.meta({ description: 'In effect: those of the agent, overlaid with those set here' }),
    ...age,
    simulated,
    connected: z.boolean().meta({ description: 'Whether its agent has a session with the controller' }),
    engine,
    engineHealth: z.object({
      state: z.enum(['up', 'down']),
      reason: z.string().meta({ description: 'Why the engine does not answer; empty while it does' }),
    }),
    agent: z.object({ version: z.string(), capability: z.int() }),
    counts: z.object({ networks: z.int(), endpoints: z.int() }),
    identity: hostIdentity,
    policy: hostPolicy,
    firstSeenAt: timestamp,
    peer: z.string().meta({ description: 'Where the agent’s last session came from: `unix`, or address and port' }),
  })
  .meta({
    id: 'Host',
    description: 'A machine with one engine, watched over by one agent',
    example: {
      name: 'web-1',
      labels: { env: 'prod' },
      freshness: 'live',
      asOf: '2026-11-24T09:30:00.000Z',
      simulated: false,
      connected: true,
      engine: {
        kind: 'docker',
        version: '28.5.2',
        apiVersion: '1.51',
        simulated: false,
        swarm: { nodeId: '', clusterId: '', manager: false },
      },
      engineHealth: { state: 'up', reason: '' },
      agent: { version: '0.1.0', capability: 1 },
      counts: { networks: 7, endpoints: 12 },
      identity: { kind: 'local', state: 'active', agentId: null, address: null, certificate: null, quarantine: null },
      policy: { mode: 'none', rules: [] },
      firstSeenAt: '2026-11-01T08:00:00.000Z',
      peer: '127.0.0.1:51634',
    },
  });
export type HostView = View<typeof host>;

export const hostList = z
  .object({
    items: z.array(host),
    total: z.int().meta({ description: 'Hosts that fit, on all pages' }),
    nextCursor: z.string().nullable().meta({ description: 'null on the last page' }),
  })
  .meta({
    id: 'HostList',
    description: 'One page of the hosts that fit, in order of name',
    example: { items: [], total: 0, nextCursor: null },
  });
export type HostListView = View<typeof hostList>;

export const hostQuery = z.strictObject({
  host: repeatable(hostName).describe('Only these hosts; one that does not exist is an error'),
  on: selector.optional(),
  freshness: repeatable(freshness).describe('Only hosts in one of these states'),
  limit: pageLimit,
  cursor: cursor.optional(),
});
export type HostQuery = View<typeof hostQuery>;

export const hostPatch = z
  .strictObject({
    labels: z.record(z.string().min(1), z.string().nullable()).meta({
      description: 'Merged into the labels set here; `null` takes a label back, so that the agent’s own shows again',
    }),
  })
  .meta({
    id: 'HostPatch',
    description: 'What may be changed of a host',
    example: { labels: { env: 'prod', old: null } },
  });
export type HostPatch = View<typeof hostPatch>;

export const hostParams = z.strictObject({ host: hostName });
