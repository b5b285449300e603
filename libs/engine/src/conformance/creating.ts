import { describe, expect, it } from '@jest/globals';
import type { NetworkSpec } from '@fairlead/domain';
import { aSpec, aSubnet, PREDEFINED, type Subject } from './subject.js';
import { expectRefusal, expectUnsupported } from './refusals.js';

/** Docker looks for an unknown driver among its plugins for some 15 s before it answers (seen on 20.10). */
const PLUGIN_SEARCH_MS = 60_000;

export function creating(subject: () => Subject): void {
  describe('creating a network', () => {
    it('begins with the networks that the engine makes itself', async () => {
      const networks = await subject().engine.listNetworks();
      expect(networks.map(({ name }) => name).sort()).toEqual(subject().can.predefined);
      const bridge = networks.find(({ name }) => name === 'bridge');
      expect(bridge).toMatchObject({
        driver: 'bridge',
        scope: 'local',
        ipv4: true,
        subnets: [{ cidr: expect.stringMatching(/^(172\.17|10\.88)\.0\.0\/16$/) }],
      });
    });

    it('leaves to the engine what was not asked for', async () => {
      const { id, warning } = await subject().engine.createNetwork(aSpec('plain', { driver: '' }));
      expect({ id, warning }).toEqual({ id: expect.stringMatching(/^[0-9a-f]{64}$/), warning: '' });
      expect(await subject().engine.inspectNetwork(id)).toMatchObject({
        id,
        name: 'plain',
        driver: 'bridge',
        scope: 'local',
        internal: false,
        attachable: false,
        ipv6: false,
        ipamDriver: 'default',
        subnets: [
          { cidr: expect.stringMatching(/^(172\.\d+\.0\.0\/16|10\.89\.0\.0\/24)$/), ipRange: null, auxAddresses: {} },
        ],
        labels: {},
      });
    });

    it('carries every option to the engine and reads it back', async () => {
      const { addressDetails } = subject().can;
      const asked = {
        internal: true,
        ipv6: true,
        subnets: [
          {
            cidr: '10.60.0.0/24',
            ipRange: addressDetails ? '10.60.0.128/25' : null,
            gateway: '10.60.0.254',
            auxAddresses: addressDetails ? { router: '10.60.0.200' } : {},
          },
          { cidr: 'fd00:60::/64', ipRange: null, gateway: 'fd00:60::ff', auxAddresses: {} },
        ],
        labels: { team: 'a=b', empty: '', 'com.docker.compose.project': 'shop' },
      };
      const ipamOptions: Record<string, string> = addressDetails ? { note: 'x' } : {};
      const options = { 'com.docker.network.driver.mtu': '1400' };
      const spec = { ...asked, attachable: true, options, ipamDriver: 'default', ipamOptions };
      const id = await subject().network('full', spec);
      const made = await subject().engine.inspectNetwork(id);
      expect(made).toMatchObject({ ...asked, ipamDriver: 'default', ipamOptions });
      // Podman takes the option by Docker's name and gives it by its own.
      expect(made.options['com.docker.network.driver.mtu'] ?? made.options['mtu']).toBe('1400');
      expect(new Date(made.createdAt).toISOString()).toBe(made.createdAt);
      expect(await subject().engine.listNetworks()).toContainEqual(made);
    });

    it('makes a network from a configuration, which cannot be removed before it', async () => {
      if (!subject().can.configurations) {
        await expectUnsupported(subject().network('config', { configOnly: true }), '--config-only');
        await expectUnsupported(subject().network('made', { configFrom: 'config' }), '--config-from');
        return;
      }
      const config = await subject().network('config', { configOnly: true, subnets: [aSubnet('10.61.0.0/24')] });
      const made = await subject().network('made', { configFrom: 'config' });
      expect(await subject().engine.inspectNetwork(config)).toMatchObject({ configOnly: true, driver: 'null' });
      expect(await subject().engine.inspectNetwork(made)).toMatchObject({
        configOnly: false,
        configFrom: 'config',
        subnets: [{ cidr: '10.61.0.0/24' }],
      });
      await expectRefusal(subject().engine.removeNetwork(config), 'network_in_use', /configuration network .* in use/);
    });

    it('has labels and options from its configuration, and refuses others beside it', async () => {
      if (!subject().can.configurations) return;
      const [labels, options] = [{ team: 'web' }, { 'com.docker.network.driver.mtu': '1400' }];
      await subject().network('config', { configOnly: true, labels, options });
      const made = (more: Partial<NetworkSpec>) => subject().network('made', { configFrom: 'config', ...more });
      const beside = /not supported if the network depends on a configuration network/;
      for (const more of [
        ...[{ labels }, { options }, { ipamOptions: { note: 'x' } }, { ipamDriver: 'null' }, { ipv6: true }],
        ...[{ subnets: [aSubnet('10.61.0.0/24')] }, { labels, configFrom: 'nothing' }],
      ])
        await expectRefusal(made(more), 'invalid_argument', beside);
      const id = await made({ internal: true, attachable: true, ipamDriver: 'default' });
      expect(await subject().engine.inspectNetwork(id)).toMatchObject({
        ...{ configFrom: 'config', labels, options, internal: true, attachable: true },
      });
    });

    it('refuses a name that is taken', async () => {
      await subject().network('taken');
      await expectRefusal(subject().network('taken'), 'already_exists', /taken already (exists|used)/);
    });

    it.each(PREDEFINED)('refuses the name of the built-in network %s', async (name) => {
      await expectRefusal(subject().network(name), 'network_predefined', /predefined|valid network mode/);
    });

    it('refuses a subnet that overlaps another', async () => {
      await subject().network('first', { subnets: [aSubnet('10.62.0.0/16')] });
      const second = subject().network('second', { subnets: [aSubnet('10.62.7.0/24')] });
      await expectRefusal(second, 'subnet_overlap', /Pool overlaps with other one|already used/);
    });

    it('refuses what only some engines can do with addresses, where it would be passed over', async () => {
      if (subject().can.addressDetails) return;
      const auxAddresses = { router: '10.60.0.200' };
      const subnets = [{ ...aSubnet('10.60.0.0/24'), auxAddresses }];
      await expectUnsupported(subject().network('bad', { subnets }), '--aux-address');
      await expectUnsupported(subject().network('bad', { ipamOptions: { note: 'x' } }), '--ipam-opt');
    });

    it('gives out its default subnets, each once, and says so when none is left', async () => {
      for (let count = 1; count <= 30; count += 1) await subject().network(`auto-${count}`);
      const subnets = (await subject().engine.listNetworks()).flatMap((network) => network.subnets);
      expect(new Set(subnets.map(({ cidr }) => cidr)).size).toBe(31);
      if (subject().can.defaultSubnets !== 30) return;
      await expectRefusal(subject().network('auto-31'), 'addresses_exhausted', /IPv4 address pool|fully subnetted/);
      await subject().network('chosen', { subnets: [aSubnet('10.63.0.0/24')] });
    });

    it('refuses what makes no sense, and not as "not found"', async () => {
      const { engine } = subject();
      const bad = (spec: Parameters<typeof aSpec>[1]) => engine.createNetwork(aSpec('bad', spec));
      await expectRefusal(bad({ subnets: [aSubnet('10.1.1.300/24')] }), 'invalid_argument', /10\.1\.1\.300/);
      if (subject().can.configurations)
        await expectRefusal(bad({ configFrom: 'nothing' }), 'invalid_argument', /nothing.* does not exist/);
    });

    it('refuses to create a network without a name', async () => {
      await expect(subject().network('')).rejects.toMatchObject({ code: 'invalid_argument' });
    });

    it(
      'refuses an unknown driver as a wrong argument',
      () => expectRefusal(subject().network('bad', { driver: 'no-such-driver' }), 'invalid_argument', /no-such-driver/),
      PLUGIN_SEARCH_MS,
    );

    it('refuses an overlay outside a swarm', async () => {
      const refused = subject().network('mesh', { driver: 'overlay' });
      if (subject().can.swarm) await expectRefusal(refused, 'not_swarm_manager', /swarm manager/);
      else await expectUnsupported(refused, '--driver overlay');
    });
  });
}
