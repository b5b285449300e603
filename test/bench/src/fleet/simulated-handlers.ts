import { FairleadError } from '@fairlead/domain';
import { type KnownNetwork } from '@fairlead/agent/inventory';
import {
  CAPABILITY,
  type CheckpointMessage,
  fromNetworkSpecMessage,
  type HostMessage,
  type InventoryUpdate,
  type NetworkServiceHandlers,
  toHostMessage,
  toNetworkMessage,
  type WatchInventoryRequest__Output,
} from '@fairlead/link';
import { clusterOf, type HostSeed, isInSwarm } from './plan.js';
import { digitsOf } from './chance.js';
import { type SimulatedIdentity } from './simulated-identity.js';
import { type SimulatedInventory } from './simulated-inventory.js';
import { SimulatedJournal } from './simulated-journal.js';
import { SimulatedPrunes } from './simulated-prunes.js';

/** Signed checkpoints of the audit that one host keeps; a real witness keeps more. */
const CHECKPOINTS = 16;

export interface HandlerParts {
  readonly name: string;
  readonly host: HostSeed;
  readonly inventory: SimulatedInventory;
  readonly identity: () => SimulatedIdentity;
  readonly watch: (wish: WatchInventoryRequest__Output, signal: AbortSignal) => AsyncIterable<InventoryUpdate>;
  /** Tells of what a command has changed, and resolves when those who watch have been given it. */
  readonly settle: () => Promise<void>;
}

const messageOf = ({ network, digest }: KnownNetwork) => toNetworkMessage(network, digest);

/** What a simulated host answers, by its set and nothing else. There is nothing to probe in it. */
export function createHandlers(parts: HandlerParts): NetworkServiceHandlers {
  const { inventory, identity, settle } = parts;
  const journal = new SimulatedJournal();
  const prunes = new SimulatedPrunes(parts);
  const checkpoints = new Map<number, CheckpointMessage>();
  const change = async <T>(act: () => T): Promise<T> => {
    const answer = act();
    await settle();
    return answer;
  };
  return {
    DescribeHost: () => Promise.resolve(hostMessage(parts)),
    ListNetworks: () => Promise.resolve({ networks: Array.from(inventory.state.networks.values(), messageOf) }),
    InspectNetwork: async ({ network }) => messageOf(inventory.find(network)),
    CreateNetwork: ({ operationId, spec }) =>
      change(() =>
        journal.once('CreateNetwork', operationId, () => {
          if (spec === null) throw new FairleadError('invalid_argument', 'The network to create is not described');
          return { network: messageOf(inventory.create(fromNetworkSpecMessage(spec))), warning: '' };
        }),
      ),
    ConnectContainer: ({ operationId, networkId, container }) =>
      change(() =>
        journal.once('ConnectContainer', operationId, () => ({
          network: messageOf(inventory.connect(networkId, container)),
        })),
      ),
    DisconnectContainer: ({ operationId, networkId, container }) =>
      change(() =>
        journal.once('DisconnectContainer', operationId, () => ({
          network: messageOf(inventory.disconnect(networkId, container)),
        })),
      ),
    RemoveNetwork: ({ operationId, networkId, force }) =>
      change(() =>
        journal.once('RemoveNetwork', operationId, () => {
          const known = inventory.find(networkId);
          const removed = messageOf(known);
          return { removed, detached: inventory.remove(networkId, force).detached };
        }),
      ),
    PruneNetworks: (request, context) => prunes.run(request, context),
    PlanRestore: () => Promise.reject(new FairleadError('unsupported', 'Nothing can be restored on a simulated host')),
    RestoreNetwork: () =>
      Promise.reject(new FairleadError('unsupported', 'Nothing can be restored on a simulated host')),
    Probe: () => Promise.reject(new FairleadError('unsupported', 'Nothing can be probed on a simulated host')),
    LookUpOperation: ({ operationId }) => Promise.resolve(prunes.lookUp(operationId) ?? journal.lookUp(operationId)),
    WatchInventory: (wish, { signal }) => parts.watch(wish, signal),
    RequestCertificate: async ({ nonce }) => identity().request(nonce),
    InstallCertificate: async ({ certificateChain, roots }) => ({
      serial: identity().install(certificateChain, roots),
    }),
    UpdateTrust: async ({ roots }) => ({ rootDigests: identity().trust(roots) }),
    KeepCheckpoint: async (checkpoint) => {
      if (!checkpoints.has(checkpoint.seq)) checkpoints.set(checkpoint.seq, checkpoint);
      const [oldest] = checkpoints.keys();
      if (checkpoints.size > CHECKPOINTS && oldest !== undefined) checkpoints.delete(oldest);
      return {};
    },
    ListCheckpoints: async () => ({ checkpoints: [...checkpoints.values()] }),
  };
}

function hostMessage({ name, host, identity }: HandlerParts): HostMessage {
  const inSwarm = isInSwarm(host);
  return toHostMessage({
    name,
    labels: {},
    agentVersion: '0.1.0',
    capability: CAPABILITY,
    engine: {
      kind: 'simulated',
      version: '1',
      apiVersion: '1.51',
      simulated: true,
      swarm: {
        nodeId: inSwarm ? digitsOf(host.seed, 4, 32).slice(0, 25) : '',
        clusterId: inSwarm ? digitsOf(clusterOf(host), 5, 32).slice(0, 25) : '',
        manager: inSwarm && host.index % 20 < 3,
      },
    },
    health: { state: 'up', reason: '' },
    journalId: digitsOf(host.seed, 6, 32),
    policy: { mode: '', rules: [] },
    rootDigests: identity().rootDigests,
  });
}
