import { type StandingHost } from '@fairlead/controller/standing-fleet';
import { seeded } from '../fleet/chance.js';
import { hostSeed } from '../fleet/plan.js';
import { SimulatedInventory } from '../fleet/simulated-inventory.js';

const FLEET_SEED = 4;
const DAY_MS = 86_400_000;
/** A network that nobody is on has been so for up to this long. */
const LONGEST_UNUSED_DAYS = 60;
const ENVIRONMENTS = ['prod', 'stage', 'dev'] as const;

/** The hosts of the simulated fleet, `host-00000` up, as a controller would know them that has followed them for long. */
export function* standingHosts(count: number): Generator<StandingHost> {
  const random = seeded(5);
  for (let index = 0; index < count; index++) {
    const { state } = new SimulatedInventory(hostSeed(FLEET_SEED, index), 'standing');
    const networks = Array.from(state.networks.values(), ({ network, digest }) => ({
      network,
      digest,
      unusedSinceAt:
        network.endpoints.length > 0 ? null : Math.round(Date.now() - random() * LONGEST_UNUSED_DAYS * DAY_MS),
    }));
    const env = ENVIRONMENTS[index % ENVIRONMENTS.length] ?? '';
    yield { name: `host-${String(index).padStart(5, '0')}`, labels: { env }, networks };
  }
}
