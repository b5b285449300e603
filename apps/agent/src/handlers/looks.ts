import {
  FairleadError,
  isPredefined,
  type Network,
  type NetworkAttributes,
  nameUsers,
  shortId,
  toFairleadError,
} from '@fairlead/domain';
import { type ContainerFacts, type EnginePort, readInventory } from '@fairlead/engine';

/**
 * The network with exactly this full id. Engines resolve a stale id to a network that is *named* like it (seen on
 * Docker 20.10 to 28.5), and a prefix to whatever begins with it; neither is acted on.
 * @throws FairleadError `network_not_found`, `engine_unavailable`
 */
export async function requireNetwork(engine: EnginePort, id: string): Promise<NetworkAttributes> {
  const found = await engine.inspectNetwork(id);
  if (found.id === id) return found;
  throw new FairleadError('network_not_found', `There is no network with the id ${shortId(id)}`, {
    hint: `The engine takes it for '${found.name}' (${shortId(found.id)}), which is another network. Look the id up again.`,
  });
}

/** The network with its users, running or not, and all others. @throws FairleadError `network_not_found` */
export async function readNetwork(engine: EnginePort, id: string): Promise<{ network: Network; all: Network[] }> {
  const all = await readInventory(engine);
  const network = all.find((candidate) => candidate.id === id);
  if (network === undefined) throw new FairleadError('network_not_found', `Network ${shortId(id)} is gone`);
  return { network, all };
}

/**
 * For the look after an act that the engine has confirmed: what it cannot learn, because somebody removed the network
 * at once, does not unmake the act; then what was known before is told.
 * @throws FairleadError `engine_unavailable`
 */
export async function lookOr<T>(look: Promise<T>, known: T): Promise<T> {
  try {
    return await look;
  } catch (thrown) {
    const error = toFairleadError(thrown);
    if (error.code === 'engine_unavailable') throw error;
    return known;
  }
}

/** A network after somebody was attached to it or detached; one that is gone meanwhile as it was, with nobody on it. */
export async function readAfter(engine: EnginePort, network: NetworkAttributes): Promise<Network> {
  const look = readNetwork(engine, network.id).then((found) => found.network);
  return lookOr(look, { ...network, endpoints: [] });
}

/** @throws FairleadError `network_predefined` */
export function refusePredefined(network: NetworkAttributes): void {
  if (!isPredefined(network)) return;
  throw new FairleadError('network_predefined', `Network '${network.name}' is built in; the engine needs it`);
}

/** @throws FairleadError `network_in_use`, naming the containers */
export function refuseUsed({ name, endpoints }: Network): void {
  if (endpoints.length === 0) return;
  throw new FairleadError('network_in_use', `Network '${name}' is used by ${nameUsers(endpoints)}`, {
    hint: 'Disconnect or remove these containers first, or use force to detach them.',
  });
}

/** Whether a container, running or not, is attached to a network. */
export const isAttached = ({ attachments }: ContainerFacts, { id, name }: NetworkAttributes): boolean =>
  attachments.some(
    ({ networkId, networkName }) =>
      networkId === id || (networkId === '' && (networkName === name || networkName === id)),
  );

/**
 * Names of the containers that refer to a network which has just been removed: made between the last look and the
 * removal, which no engine can rule out. They will not start.
 */
export async function leftBehind(engine: EnginePort, network: NetworkAttributes): Promise<string[]> {
  const containers = await engine.listContainers();
  return containers.filter((container) => isAttached(container, network)).map(({ name }) => name);
}
