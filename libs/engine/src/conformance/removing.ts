import { describe, expect, it } from '@jest/globals';
import { PREDEFINED, type Subject } from './subject.js';
import { expectRefusal } from './refusals.js';

export function removing(subject: () => Subject): void {
  describe('removing a network', () => {
    it('removes an unused one, and then says that there is none', async () => {
      const id = await subject().network('unused');
      await subject().engine.removeNetwork(id);
      expect((await subject().engine.listNetworks()).map((network) => network.id)).not.toContain(id);
      await expectRefusal(subject().engine.removeNetwork(id), 'network_not_found', /not found/);
    });

    it('refuses while a running container is on it', async () => {
      const id = await subject().network('used');
      await subject().running('one', 'used');
      await expectRefusal(
        subject().engine.removeNetwork(id),
        'network_in_use',
        /has active endpoints|has associated containers/,
      );
      expect(await subject().engine.inspectNetwork(id)).toMatchObject({ name: 'used' });
    });

    it('does not mind stopped containers, on engines that forget them: who removes must look for them', async () => {
      const id = await subject().network('needed');
      await subject().stopped('one', 'needed');
      if (!subject().can.forgetsStopped)
        return expectRefusal(subject().engine.removeNetwork(id), 'network_in_use', /has associated containers/);
      await subject().engine.removeNetwork(id);
      await expect(subject().host.start('one')).rejects.toThrow(`network ${id} not found`);
    });

    it.each(PREDEFINED)('refuses the built-in network %s', async (name) => {
      if (!subject().can.predefined.includes(name))
        return expectRefusal(subject().engine.inspectNetwork(name), 'network_not_found', /network not found/);
      const { id } = await subject().engine.inspectNetwork(name);
      await expectRefusal(
        subject().engine.removeNetwork(id),
        'network_predefined',
        /pre-defined network|default network/,
      );
    });

    it('never takes an empty reference for all networks', async () => {
      await expect(subject().engine.removeNetwork('')).rejects.toMatchObject({ code: 'network_not_found' });
    });
  });
}
