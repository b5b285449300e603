import { describe, expect, it } from '@jest/globals';
import { type EngineFacts, type Network, type NetworkAttributes } from '@fairlead/domain';
import { aNetwork } from '@fairlead/domain/testing';
import { refuseConflicts } from './conflicts.js';
import { planRestore } from './plan.js';
import type { RestoreSubject } from './subject.js';

const ENGINE: EngineFacts = {
  ...{ kind: 'docker', version: '28.5.2', apiVersion: '1.51', simulated: false },
  swarm: { nodeId: '', clusterId: '', manager: false },
};
const MANAGER = { ...ENGINE, swarm: { nodeId: 'n', clusterId: 'c', manager: true } };
const subnet = (cidr: string) => ({ cidr, ipRange: null, gateway: null, auxAddresses: {} });
const SUBNETS = [subnet('10.62.0.0/24')];

interface Beside {
  readonly networks?: readonly NetworkAttributes[];
  readonly engine?: EngineFacts;
  readonly attachments?: RestoreSubject['attachments'];
}
const planFor = (network: Network, { networks = [], engine = ENGINE, attachments = [] }: Beside, renumber = false) =>
  planRestore(
    { network, attachments },
    { engine, networks, containers: [], containerIds: new Set(attachments.map(({ containerId }) => containerId)) },
    { renumber },
  );
const configuration = (more: Partial<Network> = {}) =>
  aNetwork({ name: 'template', driver: 'null', configOnly: true, subnets: SUBNETS, labels: { team: 'web' }, ...more });
const made = (more: Partial<Network> = {}) =>
  aNetwork({ configFrom: 'template', subnets: SUBNETS, labels: { team: 'web' }, ...more });

describe('a network that was made from a configuration', () => {
  it('takes from there what is refused beside one, and asks for what is its own', () => {
    const network = made({ internal: true, attachable: true, options: { mtu: '1400' }, ipv6: true });
    const { spec, subnets, conflicts } = planFor(network, { networks: [configuration()] });
    expect(spec).toMatchObject({
      ...{ configFrom: 'template', options: {}, subnets: [], labels: {}, ipv6: undefined },
      ...{ internal: true, attachable: true },
    });
    expect(subnets).toEqual(SUBNETS);
    expect(conflicts).toEqual([]);
  });

  it('is not made while its configuration is not there', () => {
    const namesake = configuration({ configOnly: false, subnets: [] });
    const { conflicts } = planFor(made(), { networks: [namesake] });
    expect(conflicts).toMatchObject([{ kind: 'configuration', what: 'template', renumberingHelps: false }]);
    expect(() => refuseConflicts(made(), conflicts)).toThrow(
      expect.objectContaining({ code: 'network_not_found', hint: expect.stringContaining('configuration') }),
    );
    expect(planFor(made(), { networks: [{ ...made(), id: 'again' }] }).conflicts).toEqual([]);
  });

  it('cannot be renumbered: its ranges are those of its configuration', () => {
    const rival = aNetwork({ name: 'rival', subnets: [subnet('10.62.0.0/16')] });
    for (const renumber of [false, true]) {
      const { conflicts } = planFor(made(), { networks: [configuration(), rival] }, renumber);
      expect(conflicts).toMatchObject([
        { kind: 'range', what: '10.62.0.0/24', holder: 'rival', renumberingHelps: false },
      ]);
    }
  });

  it.each<[string, Partial<Network>, Partial<Network>, string[]]>([
    ['nothing where its configuration is as it was', {}, {}, []],
    [
      'the ranges that the engine chose, which cannot be asked for',
      { subnets: [...SUBNETS, subnet('172.18.0.0/16')] },
      {},
      ["172.18.0.0/16 may be another: none can be asked for beside its configuration 'template'."],
    ],
    [
      'what its configuration has now',
      {},
      { subnets: [subnet('10.63.0.0/24')], labels: {} },
      [
        "Its configuration 'template' has other address ranges now: 10.63.0.0/24.",
        "Its configuration 'template' has other labels or options now.",
      ],
    ],
  ])('loses %s', (_, before, now, told) => {
    const { losses } = planFor(made(before), { networks: [configuration(now)] });
    expect(losses.filter((loss) => loss.includes('template'))).toEqual(told);
  });
});

describe('a network of a swarm', () => {
  const mesh = aNetwork({ name: 'mesh', driver: 'overlay', scope: 'swarm', attachable: true, subnets: SUBNETS });

  it('is made by a manager only', () => {
    expect(planFor(mesh, { engine: MANAGER }).conflicts).toEqual([]);
    const { conflicts } = planFor(mesh, {});
    expect(conflicts).toMatchObject([{ kind: 'swarm', what: 'mesh', renumberingHelps: false }]);
    expect(() => refuseConflicts(mesh, conflicts)).toThrow(expect.objectContaining({ code: 'not_swarm_manager' }));
  });

  it('needs no configuration here: the nodes have each their own', () => {
    expect(planFor({ ...mesh, configFrom: 'template' }, { engine: MANAGER }).conflicts).toEqual([]);
  });

  it('says of whom an address becomes a static one', () => {
    const endpoint = {
      aliases: [],
      links: [],
      ipv4: '10.62.0.2',
      ipv6: '',
      linkLocalIps: [],
      driverOptions: {},
      mac: '',
    };
    const attachments = ['one', 'two'].map((containerName, index) => ({
      ...{ containerId: containerName, containerName },
      endpoint: { ...endpoint, ipv4: index === 0 ? endpoint.ipv4 : '', gatewayPriority: undefined },
    }));
    const fixed = 'Addresses come back as static ones, also where the swarm has chosen them: one.';
    expect(planFor(mesh, { engine: MANAGER, attachments }).losses).toContain(fixed);
    expect(planFor({ ...mesh, driver: 'bridge' }, { engine: MANAGER, attachments }).losses).not.toContain(fixed);
  });
});
