import { describe, expect, it } from '@jest/globals';
import { type Subject } from './subject.js';
import { expectRefusal } from './refusals.js';

const AMBIGUOUS = /ambiguous|more than one result/;

export function resolving(subject: () => Subject): void {
  describe('resolving a reference', () => {
    it('finds a network by id, by name and by the beginning of its id', async () => {
      const id = await subject().network('found');
      for (const reference of [id, 'found', id.slice(0, 12)]) {
        expect(await subject().engine.inspectNetwork(reference)).toMatchObject({ id, name: 'found' });
      }
    });

    it.each(['a/b', 'a b', '..', 'a/../b', 'line\nbreak', 'ünï', '%2e', '?x=1#y'])(
      'reaches a network called %j',
      async (name) => {
        if (!subject().can.anyName) return expectRefusal(subject().network(name), 'invalid_argument', /must match/);
        const id = await subject().network(name);
        expect(await subject().engine.inspectNetwork(name)).toMatchObject({ id, name });
      },
    );

    it('takes a name before the beginning of an id', async () => {
      const first = await subject().network('first');
      if (!subject().can.anyName)
        return expectRefusal(subject().network(first.slice(0, 12)), 'already_exists', /already used/);
      const impostor = await subject().network(first.slice(0, 12));
      expect((await subject().engine.inspectNetwork(first.slice(0, 12))).id).toBe(impostor);
      expect((await subject().engine.inspectNetwork(first)).id).toBe(first);
    });

    it('takes a stale id for a network that is named like it, and removes that one', async () => {
      const stale = await subject().network('gone');
      await subject().engine.removeNetwork(stale);
      const impostor = await subject().network(stale);
      expect((await subject().engine.inspectNetwork(stale)).id).toBe(impostor);
      await subject().engine.removeNetwork(stale);
      await expectRefusal(subject().engine.inspectNetwork(impostor), 'network_not_found', /not found/);
    });

    it('refuses the beginning of more than one id', async () => {
      // With 17 networks, two begin with the same digit; configurations take no addresses.
      const configOnly = subject().can.configurations;
      for (let count = 1; count <= 17; count += 1) await subject().network(`config-${count}`, { configOnly });
      const digits = (await subject().engine.listNetworks()).map(({ id }) => id.slice(0, 1));
      const shared = digits.find((digit, index) => digits.indexOf(digit) < index) ?? '';
      await expectRefusal(subject().engine.inspectNetwork(shared), 'ambiguous_name', AMBIGUOUS);
      await expectRefusal(subject().engine.removeNetwork(shared), 'ambiguous_name', AMBIGUOUS);
    });

    it('says that there is no such network', async () => {
      await expectRefusal(
        subject().engine.inspectNetwork('nowhere'),
        'network_not_found',
        /nowhere(: network)? not found/,
      );
      for (const reference of ['', '.', '..']) {
        await expect(subject().engine.inspectNetwork(reference)).rejects.toMatchObject({ code: 'network_not_found' });
      }
    });

    it('finds a container by id, by name and by the beginning of its id', async () => {
      const id = await subject().created('one');
      for (const reference of [id, 'one', id.slice(0, 12)]) {
        expect(await subject().engine.inspectContainer(reference)).toMatchObject({
          id,
          name: 'one',
          state: 'created',
          pid: 0,
        });
      }
    });

    it("refuses the beginning of more than one container's id", async () => {
      const ids: string[] = [];
      for (let count = 1; count <= 17; count += 1) ids.push(await subject().created(`c-${count}`));
      const digits = ids.map((id) => id.slice(0, 1));
      const shared = digits.find((digit, index) => digits.indexOf(digit) < index) ?? '';
      await expectRefusal(
        subject().engine.inspectContainer(shared),
        'ambiguous_name',
        /multiple IDs found|more than one result/i,
      );
    });

    it('says that there is no such container', async () => {
      await expectRefusal(subject().engine.inspectContainer('nobody'), 'container_not_found', /no such container/i);
      await expect(subject().engine.inspectContainer('../x')).rejects.toMatchObject({ code: 'container_not_found' });
    });
  });
}
