import type { NetworkServiceHandlers } from '@fairlead/link';
import { connectContainer } from './connect-container.js';
import { createNetwork } from './create-network.js';
import type { HandlerDeps } from './deps.js';
import { describeHost } from './describe-host.js';
import { disconnectContainer } from './disconnect-container.js';
import { installCertificate, keepCheckpoint, listCheckpoints, requestCertificate, updateTrust } from './identity.js';
import { inspectNetwork } from './inspect-network.js';
import { listNetworks } from './list-networks.js';
import { lookUpOperation } from './look-up-operation.js';
import { planRestore } from './plan-restore.js';
import { probe } from './probe.js';
import { pruneNetworks } from './prune-networks.js';
import { removeNetwork } from './remove-network.js';
import { restoreNetwork } from './restore-network.js';
import { watchInventory } from './watch-inventory.js';

/** The agent's one implementation of NetworkService and IdentityService. A method without a handler does not compile. */
export const createHandlers = (deps: HandlerDeps): NetworkServiceHandlers => ({
  DescribeHost: describeHost(deps),
  ListNetworks: listNetworks(deps),
  InspectNetwork: inspectNetwork(deps),
  CreateNetwork: createNetwork(deps),
  ConnectContainer: connectContainer(deps),
  DisconnectContainer: disconnectContainer(deps),
  RemoveNetwork: removeNetwork(deps),
  PruneNetworks: pruneNetworks(deps),
  PlanRestore: planRestore(deps),
  RestoreNetwork: restoreNetwork(deps),
  Probe: probe(deps),
  LookUpOperation: lookUpOperation(deps),
  WatchInventory: watchInventory(deps),
  RequestCertificate: requestCertificate(deps),
  InstallCertificate: installCertificate(deps),
  UpdateTrust: updateTrust(deps),
  KeepCheckpoint: keepCheckpoint(deps),
  ListCheckpoints: listCheckpoints(deps),
});
