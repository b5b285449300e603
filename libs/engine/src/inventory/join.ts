import { type Endpoint, isPredefined, type Network, type NetworkAttributes, projectOf } from '@fairlead/domain';
import type { Attachment, ContainerFacts } from '../port.js';

/**
 * Puts every container's attachments, running or not, onto the networks that they mean. Engines leave the containers
 * out of their list of networks, and stopped ones out of everything about networks.
 *
 * - By id where there is one. A stopped container whose network is gone is on no network, not even on a new one of
 *   the same name: its next start will fail (`network <old id> not found`).
 * - Except on networks that the engine makes itself, which containers find by name: the default bridge has a new id
 *   after every start of the engine, and stopped containers still carry the old one.
 * - By name, else by id or its unique beginning, for containers that were never started there. Where Docker 20.10 has
 *   let several networks take one name, on each of them: none of them may pass for unused.
 */
export function joinInventory(
  networks: readonly NetworkAttributes[],
  containers: readonly ContainerFacts[],
): Network[] {
  const index = new NetworkIndex(networks);
  const endpoints = new Map<string, Endpoint[]>(networks.map(({ id }) => [id, []]));
  for (const container of containers) {
    for (const attachment of container.attachments) {
      for (const id of index.meant(attachment)) endpoints.get(id)?.push(toEndpoint(container, attachment));
    }
  }
  return networks.map((network) => ({ ...network, endpoints: (endpoints.get(network.id) ?? []).sort(byContainer) }));
}

class NetworkIndex {
  private readonly ids: ReadonlySet<string>;
  private readonly byName = new Map<string, NetworkAttributes[]>();

  constructor(networks: readonly NetworkAttributes[]) {
    this.ids = new Set(networks.map(({ id }) => id));
    for (const network of networks) this.byName.set(network.name, [...(this.byName.get(network.name) ?? []), network]);
  }

  /** Ids of the networks that an attachment means. */
  meant({ networkId, networkName }: Attachment): string[] {
    if (this.ids.has(networkId)) return [networkId];
    const named = this.byName.get(networkName) ?? [];
    if (networkId !== '') return named.filter(isPredefined).map(({ id }) => id);
    return named.length > 0 ? named.map(({ id }) => id) : this.beginningWith(networkName);
  }

  private beginningWith(reference: string): string[] {
    const found = reference === '' ? [] : [...this.ids].filter((id) => id.startsWith(reference));
    return found.length === 1 ? found : [];
  }
}

function toEndpoint(container: ContainerFacts, attachment: Attachment): Endpoint {
  return {
    containerId: container.id,
    containerName: container.name,
    state: container.state,
    endpointId: attachment.endpointId,
    ipv4: attachment.ipv4,
    ipv6: attachment.ipv6,
    mac: attachment.mac,
    aliases: [...attachment.aliases],
    project: projectOf(container.labels) ?? '',
    service: container.labels['com.docker.compose.service'] ?? '',
  };
}

/** Not by locale: the order is the same on every machine. */
function byContainer(a: Endpoint, b: Endpoint): number {
  const [left, right] = [[a.containerName, a.containerId].join('\0'), [b.containerName, b.containerId].join('\0')];
  return left < right ? -1 : left > right ? 1 : 0;
}
