import { isActive, toFairleadError } from '@fairlead/domain';
import type { EnginePort } from '../port.js';
import { pathSegment } from './reference.js';

/** Docker's ids of the networks that a swarm has; those of one host have 64 digits. */
const SWARM_ID = /^[0-9a-z]{25}$/;

type Looks = Pick<EnginePort, 'inspectContainer' | 'inspectNetwork'>;

/**
 * What to call a network when a container is connected to it or disconnected: its id, but the name of the attachment
 * where the network is a swarm's and the container does not run.
 *
 * A node does not have a swarm's network until something runs on it. Till then Docker takes what it is asked by for the
 * attachment's name: asked by id, it adds one of that name beside the one to an earlier network, so that the container
 * cannot start, and finds none that is to be taken off (seen on 20.10, 26.1 and 28.5).
 * @throws FairleadError `engine_unavailable`
 */
export async function attachmentName(looks: Looks, networkId: string, container: string): Promise<string> {
  if (!SWARM_ID.test(networkId)) return networkId;
  const found = await ifThere(looks.inspectContainer(container));
  if (found === undefined || isActive(found.state)) return networkId;
  const own = found.attachments.find(
    (attachment) => attachment.networkId === networkId || attachment.networkName === networkId,
  );
  const name = own?.networkName ?? (await nameHere(looks, networkId));
  return pathSegment(name) ?? networkId;
}

/** The network's name where it means this one on this host: on a worker, it may be that of a local one. Else its id. */
async function nameHere(looks: Looks, networkId: string): Promise<string> {
  const network = await ifThere(looks.inspectNetwork(networkId));
  if (network?.id !== networkId) return networkId;
  const named = await ifThere(looks.inspectNetwork(network.name));
  return named?.id === networkId ? network.name : networkId;
}

const ABSENT: ReadonlySet<string> = new Set(['container_not_found', 'network_not_found', 'ambiguous_name']);

/** Undefined where there is none, or several: the act that follows says it. */
async function ifThere<T>(look: Promise<T>): Promise<T | undefined> {
  try {
    return await look;
  } catch (thrown) {
    const error = toFairleadError(thrown);
    if (ABSENT.has(error.code)) return undefined;
    throw error;
  }
}
