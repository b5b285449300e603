import { expect, it } from '@jest/globals';
import type { ContainerState, NetworkAttributes } from '@fairlead/domain';
import { createSimulatedEngine, type EnginePort } from '@fairlead/engine';
import { readNetwork } from '../handlers/looks.js';
import { restoreRecord } from './restore-record.js';

const SUBNET = { cidr: '10.61.0.0/24', ipRange: null, gateway: null, auxAddresses: {} };
const ofSwarm = (network: NetworkAttributes): NetworkAttributes => ({ ...network, scope: 'swarm' });

/** The simulated engine as a manager whose networks are all the swarm's. @param asked what it is connected by */
function managerOf(engine: EnginePort, asked: string[]): EnginePort {
  return {
    ...engine,
    describe: async () => ({ ...(await engine.describe()), swarm: { nodeId: 'n', clusterId: 'c', manager: true } }),
    listNetworks: async () => (await engine.listNetworks()).map(ofSwarm),
    inspectNetwork: async (reference) => ofSwarm(await engine.inspectNetwork(reference)),
    connect: (reference, container, endpoint) => {
      asked.push(reference);
      return engine.connect(reference, container, endpoint);
    },
  };
}

/** A network of a swarm with one container, which is removed and restored. */
async function restoreUnder(state: ContainerState) {
  const simulated = createSimulatedEngine();
  const asked: string[] = [];
  const engine = managerOf(simulated, asked);
  const id = simulated.addNetwork({ name: 'mesh', subnets: [SUBNET] });
  const containerId = simulated.addContainer({
    name: 'one',
    networks: [{ network: 'mesh', ipv4: '10.61.0.77' }],
    state,
  });
  const { network } = await readNetwork(engine, id);
  const [attachment] = (await engine.inspectContainer(containerId)).attachments;
  const attachments = [{ containerId, containerName: 'one', endpoint: attachment!.configured }];
  await simulated.disconnect(id, containerId, true);
  await simulated.removeNetwork(id);
  const answer = await restoreRecord(
    { engine },
    { network, attachments },
    { renumber: false },
    { show: async () => {} },
  );
  return { asked, answer };
}

it('puts a stopped container on a network of a swarm by its name', async () => {
  const { asked, answer } = await restoreUnder('exited');
  expect(asked).toEqual(['mesh']);
  expect(answer).toMatchObject({ differences: [], attachments: [{ outcome: 'attached' }] });
});

it('puts a running container there by its id', async () => {
  const { asked, answer } = await restoreUnder('running');
  expect(asked).toEqual([answer.network?.id]);
  expect(answer).toMatchObject({ differences: [], attachments: [{ outcome: 'attached' }] });
});
