import { type EngineKind } from '@fairlead/domain';
import { type HostFacts } from '@fairlead/link';
import { type Prisma } from '../database/index.js';
import { type StoredHost } from './hosts.store.js';

export type HostRow = Prisma.HostGetPayload<object>;

/** A host without an inventory. */
export const NOTHING_SEEN = {
  streamId: '',
  revision: 0,
  setDigest: '',
  connected: false,
  synced: false,
  networkCount: 0,
  endpointCount: 0,
};

/** What is shown of a host until its agent has told of it. */
export const UNKNOWN: Omit<HostFacts, 'name' | 'labels'> = {
  agentVersion: '',
  capability: 0,
  engine: {
    kind: 'docker',
    version: '',
    apiVersion: '',
    simulated: false,
    swarm: { nodeId: '', clusterId: '', manager: false },
  },
  health: { state: 'down', reason: 'its agent has not connected yet' },
  journalId: '',
  policy: { mode: '', rules: [] },
  rootDigests: [],
};

export const toColumns = ({ labels, engine, health, policy, ...facts }: HostFacts) => ({
  policy: { mode: policy.mode, rules: [...policy.rules] },
  agentLabels: { ...labels },
  agentVersion: facts.agentVersion,
  capability: facts.capability,
  journalId: facts.journalId,
  engineKind: engine.kind,
  engineVersion: engine.version,
  engineApiVersion: engine.apiVersion,
  simulated: engine.simulated,
  swarmNodeId: engine.swarm.nodeId,
  swarmClusterId: engine.swarm.clusterId,
  swarmManager: engine.swarm.manager,
  engineState: health.state,
  engineReason: health.reason,
});

export const toStored = (row: HostRow): StoredHost => ({
  name: row.name,
  labels: row.labels as Record<string, string>,
  agentLabels: row.agentLabels as Record<string, string>,
  agentVersion: row.agentVersion,
  capability: row.capability,
  engine: {
    kind: row.engineKind as EngineKind,
    version: row.engineVersion,
    apiVersion: row.engineApiVersion,
    simulated: row.simulated,
    swarm: { nodeId: row.swarmNodeId, clusterId: row.swarmClusterId, manager: row.swarmManager },
  },
  health: { state: row.engineState === 'up' ? 'up' : 'down', reason: row.engineReason },
  journalId: row.journalId,
  lastHeardAt: Number(row.lastHeardAt),
  firstSeenAt: Number(row.firstSeenAt),
  peer: row.peer,
  policy: row.policy as HostFacts['policy'] | null,
  counts: { networks: row.networkCount, endpoints: row.endpointCount },
  inventory: {
    streamId: row.streamId,
    revision: Number(row.revision),
    setDigest: row.setDigest,
    synced: row.synced,
    known: row.streamId !== '',
  },
});
