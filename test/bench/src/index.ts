/** The simulator of many hosts, for those who test it. */
export { seeded } from './fleet/chance.js';
export { hostSeed } from './fleet/plan.js';
export { SimulatedAgent } from './fleet/simulated-agent.js';
export { SimulatedIdentity } from './fleet/simulated-identity.js';
export { SimulatedInventory } from './fleet/simulated-inventory.js';
export { emptyTally } from './fleet/tally.js';
