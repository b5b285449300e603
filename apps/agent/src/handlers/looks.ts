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
import { type Sight, findUsers } from './users.js';

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
 * What decides whether a network may go, read now. The other networks are listed only where they could matter: for
 * each of 500 networks a list of 500 would take longer than what it is for.
 * @throws FairleadError `network_not_found`, `engine_unavailable`
 */
export async function lookAt(engine: EnginePort, id: string): Promise<Sight> {
  const [network, containers] = await Promise.all([requireNetwork(engine, id), engine.listContainers()]);
  const sight = { network, containers, others: [], inSwarm: false };
  const isSettled = !network.configOnly && findUsers(sight).length === 0;
  if (isSettled) return sight;
  const [others, inSwarm] = await Promise.all([listOthers(engine, id), network.configOnly && isInSwarm(engine)]);
  return { ...sight, others, inSwarm };
}

const isInSwarm = async (engine: EnginePort): Promise<boolean> => (await engine.describe()).swarm.nodeId !== '';

/**
 * The containers on a network which has just been removed and had none: made between the look and the removal, which no
 * engine can rule out. They cannot start. One that is to start on another network of the same name has lost nothing.
 */
export async function leftBehind(engine: EnginePort, network: NetworkAttributes): Promise<ContainerFacts[]> {
  const sight = { network, containers: await engine.listContainers(), others: [], inSwarm: false };
  if (findUsers(sight, 'attached').length === 0) return [];
  const others = await listOthers(engine, network.id);
  const isReplaced = others.some(({ name }) => name === network.name);
  return findUsers({ ...sight, others }, 'attached').filter(
    ({ attachments }) => !isReplaced || attachments.some(({ networkId }) => networkId === network.id),
  );
}

const listOthers = async (engine: EnginePort, id: string): Promise<NetworkAttributes[]> =>
  (await engine.listNetworks()).filter((network) => network.id !== id);
