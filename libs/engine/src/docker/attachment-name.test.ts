import { expect, it } from '@jest/globals';
import { type ContainerState, FairleadError, type NetworkAttributes } from '@fairlead/domain';
import type { Attachment } from '../port.js';
import { createSimulatedEngine } from '../simulated/index.js';
import { attachmentName } from './attachment-name.js';

const SWARM_ID = 'w0p8utk2yhqxdq5wdnbcfggnc';
const OLD_ID = 'i4hrt0ty9vrlok45tqwz7279j';
const LOCAL_ID = 'b71e'.padEnd(64, '0');

interface Given {
  readonly state?: ContainerState;
  /** The container's second attachment. */
  readonly attached?: Partial<Attachment>;
  readonly name?: string;
  /** Whom the engine finds by that name. */
  readonly named?: string;
}

/** A host with a network of a swarm, and what was looked for there. */
async function aHost({ state = 'exited', attached = {}, name = 'mesh', named = SWARM_ID }: Given = {}) {
  const engine = createSimulatedEngine();
  engine.addContainer({ name: 'one', state });
  const [container, network] = [await engine.inspectContainer('one'), await engine.inspectNetwork('bridge')];
  const [attachment] = container.attachments;
  const looked: string[] = [];
  return {
    looked,
    inspectNetwork: async (reference: string): Promise<NetworkAttributes> => {
      looked.push(reference);
      return { ...network, name, id: reference === SWARM_ID ? SWARM_ID : named };
    },
    inspectContainer: async (reference: string) => {
      looked.push(reference);
      if (reference !== 'one') throw new FairleadError('container_not_found', `There is no container '${reference}'`);
      return { ...container, attachments: [attachment!, { ...attachment!, ...attached }] };
    },
  };
}

it('is the id of a network of one host, without a look', async () => {
  const host = await aHost();
  expect(await attachmentName(host, LOCAL_ID, 'one')).toBe(LOCAL_ID);
  expect(host.looked).toEqual([]);
});

it('is the name of a network of a swarm, for a stopped container', async () => {
  expect(await attachmentName(await aHost(), SWARM_ID, 'one')).toBe('mesh');
  const attached = { networkName: 'mesh', networkId: OLD_ID };
  expect(await attachmentName(await aHost({ attached }), SWARM_ID, 'one')).toBe('mesh');
});

it.each<ContainerState>(['running', 'paused', 'restarting', 'unknown'])(
  'is the id, for one that is %s',
  async (state) => {
    expect(await attachmentName(await aHost({ state }), SWARM_ID, 'one')).toBe(SWARM_ID);
  },
);

it('is what the attachment that it has is called', async () => {
  const ofName = await aHost({ attached: { networkName: 'renamed', networkId: SWARM_ID } });
  expect(await attachmentName(ofName, SWARM_ID, 'one')).toBe('renamed');
  const ofId = await aHost({ attached: { networkName: SWARM_ID, networkId: '' } });
  expect(await attachmentName(ofId, SWARM_ID, 'one')).toBe(SWARM_ID);
});

it('is the id where the name is that of another network on this host, or cannot be in a path', async () => {
  expect(await attachmentName(await aHost({ named: LOCAL_ID }), SWARM_ID, 'one')).toBe(SWARM_ID);
  expect(await attachmentName(await aHost({ name: 'a/b' }), SWARM_ID, 'one')).toBe(SWARM_ID);
});

it('is the id where there is no such container, which the engine then says', async () => {
  expect(await attachmentName(await aHost(), SWARM_ID, 'nobody')).toBe(SWARM_ID);
});

it('is not known where the engine does not answer', async () => {
  const silent = new FairleadError('engine_unavailable', 'The engine does not answer');
  const host = { ...(await aHost()), inspectNetwork: () => Promise.reject(silent) };
  await expect(attachmentName(host, SWARM_ID, 'one')).rejects.toBe(silent);
});
