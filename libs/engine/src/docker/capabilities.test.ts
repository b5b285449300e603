import { describe, expect, it } from '@jest/globals';
import type { EngineFacts, NetworkSpec } from '@fairlead/domain';
import { anEndpointSpec, aSpec, aSubnet } from '../conformance/subject.js';
import { needsOfEndpoint, needsOfNetwork, requireSupport } from './capabilities.js';
import { toEngineFacts } from './describe.js';

const engine = (kind: EngineFacts['kind'], version: string, apiVersion: string): EngineFacts => ({
  kind,
  version,
  apiVersion,
  simulated: false,
  swarm: { nodeId: '', clusterId: '', manager: false },
});
const OLD = engine('docker', '20.10.24', '1.41');
const NEW = engine('docker', '28.5.2', '1.51');
const PODMAN = engine('podman', '5.8.6', '1.44');

const ask = (spec: Partial<NetworkSpec>, facts: EngineFacts) =>
  requireSupport(needsOfNetwork(aSpec('n', spec)), () => Promise.resolve(facts));

describe('requireSupport', () => {
  it.each([
    [{ ipv4: false }, OLD, '--ipv4=false', /docker 20\.10\.24, API 1\.41/],
    [{ ipv4: false }, PODMAN, '--ipv4=false', /podman 5\.8\.6/],
    [{ configOnly: true }, PODMAN, '--config-only', /podman/],
    [{ configFrom: 'cfg' }, PODMAN, '--config-from', /podman/],
    [{ ingress: true }, PODMAN, '--ingress', /podman/],
    [{ scope: 'swarm' as const }, PODMAN, '--scope', /podman/],
    [{ driver: 'overlay' }, PODMAN, '--driver overlay', /podman/],
    [{ ipamOptions: { a: 'b' } }, PODMAN, '--ipam-opt', /podman/],
    [{ subnets: [{ ...aSubnet('10.9.0.0/24'), auxAddresses: { a: '10.9.0.9' } }] }, PODMAN, '--aux-address', /podman/],
  ])(
    'refuses %j where the engine would ignore it, naming the flag and the version',
    async (spec, facts, flag, version) => {
      await expect(ask(spec, facts)).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringMatching(version),
      });
      await expect(ask(spec, facts)).rejects.toThrow(flag);
    },
  );

  it.each([
    [{ ipv4: false }, NEW],
    [{ ipv4: true }, OLD],
    [{ configOnly: true, ingress: true, scope: 'swarm' as const }, OLD],
    [{ scope: 'local' as const }, PODMAN],
    [{ subnets: [aSubnet('10.9.0.0/24')] }, PODMAN],
  ])('lets %j through where the engine knows it or it changes nothing', async (spec, facts) => {
    await expect(ask(spec, facts)).resolves.toBeUndefined();
  });

  it('compares versions as numbers', async () => {
    await expect(ask({ ipv4: false }, engine('docker', '19', '1.5'))).rejects.toMatchObject({ code: 'unsupported' });
    await expect(ask({ ipv4: false }, engine('docker', '40', '2.0'))).resolves.toBeUndefined();
  });

  it('asks the engine nothing where no flag is special', async () => {
    const never = () => Promise.reject(new Error('was asked'));
    await expect(requireSupport(needsOfEndpoint(anEndpointSpec()), never)).resolves.toBeUndefined();
    await expect(requireSupport(needsOfEndpoint(anEndpointSpec({ gatewayPriority: 0 })), never)).rejects.toThrow(
      'was asked',
    );
  });
});

describe('toEngineFacts', () => {
  it('knows Podman by its component, and a swarm manager with its cluster', () => {
    const version = { Version: '5.8.6', ApiVersion: '1.44', Components: [{ Name: 'Podman Engine' }] };
    expect(toEngineFacts(version, { Swarm: null })).toEqual(PODMAN);
    const swarm = { NodeID: 'node', ControlAvailable: true, Cluster: { ID: 'cluster' } };
    expect(toEngineFacts({}, { Swarm: swarm })).toMatchObject({
      kind: 'docker',
      swarm: { nodeId: 'node', clusterId: 'cluster', manager: true },
    });
  });
});
