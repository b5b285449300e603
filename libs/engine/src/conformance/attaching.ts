import { describe, expect, it } from '@jest/globals';
import { readInventory } from '../inventory/read-inventory.js';
import type { ConfiguredAttachment } from '../port.js';
import { anEndpointSpec, aSubnet, type Subject } from './subject.js';
import { expectRefusal } from './refusals.js';

const NO_CONTAINER = /no such container/i;
const NO_NETWORK = /(nowhere|host)(: network)? not found/;
const NOT_CONNECTED = /is not connected/;

export function attaching(subject: () => Subject): void {
  const attachmentsOf = async (container: string): Promise<Readonly<Record<string, ConfiguredAttachment>>> => {
    const { attachments } = await subject().engine.inspectContainer(container);
    return Object.fromEntries(attachments.map((attachment) => [attachment.networkName, attachment]));
  };

  describe('connecting and disconnecting', () => {
    it('connects a running container with an address and an alias, and disconnects it', async () => {
      const { engine } = subject();
      const network = await subject().network('my-net', { subnets: [aSubnet('10.70.0.0/24')] });
      await subject().running('one');
      await engine.connect(network, 'one', anEndpointSpec({ aliases: ['db'] }));
      const attachment = (await attachmentsOf('one'))['my-net'];
      expect(attachment).toMatchObject({ networkId: network, ipv4: '10.70.0.2' });
      expect(attachment?.endpointId).toMatch(subject().can.endpointIds ? /^[0-9a-f]{64}$/ : /^$/);
      expect(attachment?.aliases).toContain('db');
      await engine.disconnect(network, 'one', false);
      expect(Object.keys(await attachmentsOf('one'))).toEqual(['bridge']);
    });

    it('gives a container the address that was asked for', async () => {
      const network = await subject().network('fixed', { subnets: [aSubnet('10.71.0.0/24')] });
      const id = await subject().running('one');
      await subject().engine.connect(network, id, anEndpointSpec({ ipv4: '10.71.0.77' }));
      expect((await attachmentsOf('one'))['fixed']).toMatchObject({ ipv4: '10.71.0.77' });
    });

    it('refuses addresses that the network cannot give', async () => {
      const automatic = await subject().network('automatic');
      const chosen = await subject().network('chosen', { subnets: [aSubnet('10.72.0.0/24')] });
      await subject().running('one');
      const { engine } = subject();
      const outside = anEndpointSpec({ ipv4: '10.99.0.5' });
      await expectRefusal(
        engine.connect(automatic, 'one', outside),
        'invalid_argument',
        /user configured subnets|10\.99\.0\.5/,
      );
      await expectRefusal(engine.connect(chosen, 'one', outside), 'invalid_argument', /10\.99\.0\.5/);
    });

    it('refuses a second connection, and to disconnect what is not connected', async () => {
      const { engine } = subject();
      const network = await subject().network('my-net');
      const other = await subject().network('other');
      await subject().running('one', 'my-net');
      await expectRefusal(
        engine.connect(network, 'one', anEndpointSpec()),
        'already_connected',
        /already exists in network|already connected/,
      );
      await expectRefusal(engine.disconnect(other, 'one', false), 'not_connected', NOT_CONNECTED);
    });

    it('names which of the two is not there', async () => {
      const { engine } = subject();
      const network = await subject().network('my-net');
      await subject().running('one');
      const plain = anEndpointSpec();
      await expectRefusal(engine.connect(network, 'nobody', plain), 'container_not_found', NO_CONTAINER);
      await expectRefusal(engine.connect('nowhere', 'one', plain), 'network_not_found', NO_NETWORK);
      await expectRefusal(engine.disconnect(network, 'nobody', false), 'container_not_found', NO_CONTAINER);
      await expectRefusal(
        engine.disconnect(network, 'nobody', true),
        'container_not_found',
        /nobody not found|no such container/i,
      );
      await expectRefusal(engine.disconnect('nowhere', 'one', false), 'network_not_found', NO_NETWORK);
    });

    it("refuses the host's own network", async () => {
      await subject().running('one');
      const refused = subject().engine.connect('host', 'one', anEndpointSpec());
      if (subject().can.predefined.includes('host')) await expectRefusal(refused, 'engine_refused', /host network/);
      else await expectRefusal(refused, 'network_not_found', NO_NETWORK);
    });

    it('records the connection of a stopped container and attaches it at its next start', async () => {
      const network = await subject().network('my-net');
      await subject().stopped('one');
      await subject().engine.connect(network, 'one', anEndpointSpec());
      expect((await attachmentsOf('one'))['my-net']).toMatchObject({ endpointId: '', ipv4: '' });
      await subject().host.start('one');
      expect((await attachmentsOf('one'))['my-net']).toMatchObject({
        networkId: network,
        ipv4: expect.stringMatching(/\.2$/),
      });
    });

    it('disconnects a stopped container', async () => {
      const network = await subject().network('my-net');
      await subject().stopped('one', 'my-net');
      await subject().engine.disconnect(network, 'one', false);
      expect(await attachmentsOf('one')).toEqual({});
      await expectRefusal(subject().engine.disconnect(network, 'one', false), 'not_connected', NOT_CONNECTED);
    });
  });

  describe('what was asked for an endpoint', () => {
    const asked = anEndpointSpec({ aliases: ['db'], ipv4: '10.73.0.77' });
    const told = () => (subject().can.tellsConfigured ? asked : { ...asked, ipv4: '' });
    const chosen = () => subject().network('my-net', { subnets: [aSubnet('10.73.0.0/24')] });

    it('is told while the container runs, and when it has stopped', async () => {
      const network = await chosen();
      const id = await subject().running('one');
      await subject().engine.connect(network, id, asked);
      expect((await attachmentsOf('one'))['my-net']?.configured).toEqual(told());
      await subject().host.stop('one');
      expect((await attachmentsOf('one'))['my-net']?.configured).toEqual(told());
    });

    it('is told of a container that was connected while it was stopped', async () => {
      const network = await chosen();
      await subject().stopped('one');
      await subject().engine.connect(network, 'one', asked);
      expect((await attachmentsOf('one'))['my-net']?.configured).toEqual(told());
    });

    it('holds a MAC address, which the endpoint gets on engines that take one', async () => {
      const mac = '02:42:0a:49:00:99';
      const network = await chosen();
      await subject().running('one');
      await subject().engine.connect(network, 'one', { ...asked, mac });
      expect((await attachmentsOf('one'))['my-net']?.mac === mac).toBe(subject().can.takesMac);
    });

    it('outlives the network, and connects a stopped container to a new one of that name in its place', async () => {
      const old = await chosen();
      await subject().stopped('one');
      await subject().engine.connect(old, 'one', asked);
      await subject().host.start('one');
      await subject().host.stop('one');
      if (!subject().can.forgetsStopped)
        return expectRefusal(subject().engine.removeNetwork(old), 'network_in_use', /has associated containers/);
      await subject().engine.removeNetwork(old);
      const renewed = await chosen();
      await expect(subject().host.start('one')).rejects.toThrow(`network ${old} not found`);
      const left = (await attachmentsOf('one'))['my-net'];
      expect(left).toMatchObject({ networkId: old, configured: asked });
      await subject().engine.connect(renewed, 'one', left?.configured ?? anEndpointSpec());
      await subject().host.start('one');
      const now = (await attachmentsOf('one'))['my-net'];
      expect(now).toMatchObject({ networkId: renewed, ipv4: '10.73.0.77', configured: asked });
      expect(now?.aliases).toContain('db');
    });

    it('is forgotten by a container that is taken off: it starts without the network', async () => {
      const network = await chosen();
      await subject().stopped('one', 'my-net');
      await subject().engine.disconnect(network, 'one', true);
      await subject().host.start('one');
      expect(await attachmentsOf('one')).toEqual({});
    });
  });

  describe('the inventory', () => {
    it('has running, stopped and never-started containers on their networks', async () => {
      const network = await subject().network('my-net');
      await subject().running('running', 'my-net');
      await subject().stopped('stopped', 'my-net');
      await subject().created('created', 'my-net');
      const found = (await readInventory(subject().engine)).find(({ id }) => id === network);
      const seen = found?.endpoints.map(({ containerName, state, ipv4 }) => [containerName, state, ipv4 !== '']);
      expect(seen).toEqual([
        ['created', 'created', false],
        ['running', 'running', true],
        ['stopped', 'exited', false],
      ]);
    });

    it('puts a stopped container on a new network of the same name only where its start would', async () => {
      const old = await subject().network('my-net');
      await subject().stopped('one', 'my-net');
      if (!subject().can.forgetsStopped)
        return expectRefusal(subject().engine.removeNetwork(old), 'network_in_use', /has associated containers/);
      await subject().engine.removeNetwork(old);
      const renewed = await subject().network('my-net');
      expect((await readInventory(subject().engine)).find(({ id }) => id === renewed)?.endpoints).toEqual([]);
      await expect(subject().host.start('one')).rejects.toThrow(`network ${old} not found`);
    });

    it('puts a container that was never started on a new network of the same name, as its start would', async () => {
      const old = await subject().network('my-net');
      await subject().created('one', 'my-net');
      if (!subject().can.forgetsStopped)
        return expectRefusal(subject().engine.removeNetwork(old), 'network_in_use', /has associated containers/);
      await subject().engine.removeNetwork(old);
      const renewed = await subject().network('my-net');
      const names = async () =>
        (await readInventory(subject().engine)).find(({ id }) => id === renewed)?.endpoints.map((e) => e.containerName);
      expect(await names()).toEqual(['one']);
      await subject().host.start('one');
      expect(await names()).toEqual(['one']);
    });
  });
}
