import type { ContainerFacts, EnginePort } from '../port.js';

/** The name server that Docker puts into every container on a network of its own. */
const DOCKERS = '127.0.0.11';

/**
 * Where a container asks for the names of others: addresses inside its network namespace. Podman's name server listens
 * at the gateway of each network (aardvark-dns; Podman 5.8).
 * @throws engine_unavailable, engine_failed
 */
export async function nameServersOf(
  engine: Pick<EnginePort, 'describe' | 'listNetworks'>,
  { attachments }: Pick<ContainerFacts, 'attachments'>,
): Promise<string[]> {
  const { kind } = await engine.describe();
  if (kind !== 'podman') return [DOCKERS];
  const ids = new Set(attachments.map(({ networkId }) => networkId));
  const networks = (await engine.listNetworks()).filter(({ id }) => ids.has(id));
  return networks.flatMap(({ subnets }) => subnets.flatMap(({ gateway }) => gateway ?? []));
}
