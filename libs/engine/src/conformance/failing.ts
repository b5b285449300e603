import { describe, expect, it } from '@jest/globals';
import { readInventory } from '../inventory/read-inventory.js';
import { aSpec, anEndpointSpec, type Subject } from './subject.js';

export function failing(subject: () => Subject): void {
  describe('an engine that restarts or is down', () => {
    it('keeps stopped containers on the default bridge, which may have another id after each start', async () => {
      await subject().stopped('one');
      const before = await idsByName(subject());
      await subject().host.restart();
      const after = await idsByName(subject());
      expect(after['bridge'] !== before['bridge']).toBe(subject().can.rebornBridge);
      expect([after['host'], after['none']]).toEqual([before['host'], before['none']]);
      const bridge = (await readInventory(subject().engine)).find(({ name }) => name === 'bridge');
      expect(bridge?.endpoints.map(({ containerName }) => containerName)).toEqual(['one']);
      await subject().host.start('one');
      expect((await subject().engine.inspectContainer('one')).attachments).toMatchObject([
        { networkId: after['bridge'] },
      ]);
    });

    it('keeps the networks that users made', async () => {
      const id = await subject().network('kept', { labels: { a: 'b' } });
      const before = await subject().engine.inspectNetwork(id);
      await subject().host.restart();
      expect(await subject().engine.inspectNetwork(id)).toEqual(before);
    });

    it('ends the event stream when the engine stops', async () => {
      const log = await subject().follow();
      await subject().host.restart();
      expect(await log.ended).toMatchObject({ code: 'engine_unavailable' });
    });

    it('answers every call with engine_unavailable while it is down, and works again afterwards', async () => {
      const { engine, host } = subject();
      await host.goDown();
      const handlers = { opened: () => undefined, event: () => undefined };
      const calls: (() => Promise<unknown>)[] = [
        () => engine.describe(),
        () => engine.ping(),
        () => engine.listNetworks(),
        () => engine.inspectNetwork('bridge'),
        () => engine.listContainers(),
        () => engine.inspectContainer('one'),
        () => engine.createNetwork(aSpec('my-net')),
        () => engine.connect('bridge', 'one', anEndpointSpec()),
        () => engine.disconnect('bridge', 'one', false),
        () => engine.removeNetwork('my-net'),
        () => engine.followEvents(handlers, new AbortController().signal),
        () => engine.execute('one', ['ping'], 1000),
      ];
      for (const call of calls) {
        await expect(call()).rejects.toMatchObject({ name: 'FairleadError', code: 'engine_unavailable' });
      }
      await host.comeUp();
      await expect(engine.ping()).resolves.toBeUndefined();
    });
  });
}

async function idsByName({ engine }: Subject): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries((await engine.listNetworks()).map(({ name, id }) => [name, id]));
}
