import type { EngineFacts, NetworkAttributes } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import type { Attachment, EnginePort } from '../port.js';
import { nameServersOf } from './name-servers.js';

const network = (id: string, ...gateways: (string | null)[]) =>
  ({ id, subnets: gateways.map((gateway) => ({ gateway })) }) as unknown as NetworkAttributes;

const engineOf = (kind: EngineFacts['kind']): Pick<EnginePort, 'describe' | 'listNetworks'> => ({
  describe: () => Promise.resolve({ kind } as EngineFacts),
  listNetworks: () =>
    Promise.resolve([network('a', '10.89.0.1', 'fd00::1'), network('b', '10.89.1.1'), network('c', null)]),
});
const on = (...ids: string[]) => ({ attachments: ids.map((networkId) => ({ networkId }) as Attachment) });

describe('the name servers of a container', () => {
  it("are Docker's own, which is in every container", async () => {
    expect(await nameServersOf(engineOf('docker'), on('a', 'b'))).toEqual(['127.0.0.11']);
  });

  it('are at the gateways of its networks with Podman', async () => {
    expect(await nameServersOf(engineOf('podman'), on('a', 'c'))).toEqual(['10.89.0.1', 'fd00::1']);
    expect(await nameServersOf(engineOf('podman'), on())).toEqual([]);
  });
});
