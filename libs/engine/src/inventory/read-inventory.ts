import type { Network } from '@fairlead/domain';
import type { EnginePort } from '../port.js';
import { joinInventory } from './join.js';

/**
 * All networks with all their endpoints, of stopped containers too, in the engine's order. Two reads side by side: a
 * change between them shows as an endpoint too many or too few until the events that it makes are followed.
 * @throws engine_unavailable, engine_failed
 */
export async function readInventory(engine: Pick<EnginePort, 'listNetworks' | 'listContainers'>): Promise<Network[]> {
  const [networks, containers] = await Promise.all([engine.listNetworks(), engine.listContainers()]);
  return joinInventory(networks, containers);
}
