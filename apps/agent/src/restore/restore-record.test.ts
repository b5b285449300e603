import { expect, it } from '@jest/globals';
import type { NetworkAttributes } from '@fairlead/domain';
import { createSimulatedEngine, type EnginePort } from '@fairlead/engine';
import { readNetwork } from '../handlers/looks.js';
import { restoreRecord } from './restore-record.js';

const SUBNET = { cidr: '10.61.0.0/24', ipRange: null, gateway: null, auxAddresses: {} };
const ofSwarm = (network: NetworkAttributes): NetworkAttributes => ({ ...network, scope: 'swarm' });

/** The simulated engine as a manager whose networks are all the swarm's. */
const managerOf = (engine: EnginePort): EnginePort => ({
  ...engine,
  describe: async () => ({ ...(await engine.describe()), swarm: { nodeId: 'n', clusterId: 'c', manager: true } }),
  listNetworks: async () => (await engine.listNetworks()).map(ofSwarm),
  inspectNetwork: async (reference) => ofSwarm(await engine.inspectNetwork(reference)),
});

/** A restore that still finds the removed network. @param isLeaving whether it is gone when time has passed */
async function restoreWhileListed(isLeaving: boolean) {
  const simulated = createSimulatedEngine();
  const engine = managerOf(simulated);
  const id = simulated.addNetwork({ name: 'mesh', subnets: [SUBNET] });
  const { network } = await readNetwork(engine, id);
  const after = (_ms: number, act: () => void) => {
    void (isLeaving ? simulated.removeNetwork(id) : Promise.resolve()).then(act);
    return () => {};
  };
  const parts = { engine, timing: { after } };
  const options = { renumber: false };
  const answer = await restoreRecord(parts, { network, attachments: [] }, options, { show: async () => {} });
  const left = (await engine.listNetworks()).filter(({ name }) => name === 'mesh');
  return { id, restored: answer.network?.id, left: left.map((each) => each.id) };
}

it("makes a swarm's network again which was listed a little longer than it was there", async () => {
  const { id, restored, left } = await restoreWhileListed(true);
  expect(restored).not.toBe(id);
  expect(left).toEqual([restored]);
});

it("leaves a swarm's network as it is which was not removed after all", async () => {
  const { id, restored, left } = await restoreWhileListed(false);
  expect([restored, ...left]).toEqual([id, id]);
});
