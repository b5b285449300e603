import { describe, expect, it } from '@jest/globals';
import { anEndpointSpec, type Subject } from './subject.js';

export function following(subject: () => Subject): void {
  describe('following events', () => {
    it('tells of a network created, connected, disconnected and removed', async () => {
      await subject().running('one');
      const log = await subject().follow();
      const id = await subject().network('my-net');
      await subject().engine.connect(id, 'one', anEndpointSpec());
      await subject().engine.disconnect(id, 'one', false);
      await subject().engine.removeNetwork(id);
      await log.until({ type: 'network', action: 'destroy', id });
      const between = subject().can.endpointIds ? ['connect', 'disconnect'] : [];
      expect(log.actions(id)).toEqual(['create', ...between, 'destroy']);
      expect(log.events.map(({ action }) => action)).toEqual(expect.arrayContaining(['connect', 'disconnect']));
    });

    it("tells of a container's life, and of its networks with it", async () => {
      const network = await subject().network('my-net');
      const log = await subject().follow();
      const id = await subject().created('one', 'my-net');
      await subject().host.start('one');
      await subject().host.stop('one');
      await subject().host.remove('one');
      await log.until({ type: 'container', action: 'destroy', id });
      // Docker 26.1 and 28.5 tell of the stop before the end, 20.10 after it; Podman tells of no signal, and not always
      // of the stop.
      const { attachmentEvents } = subject().can;
      const actions = log.actions(id);
      expect([actions.at(0), actions.at(1), actions.at(-1)]).toEqual(['create', 'start', 'destroy']);
      const between = actions.slice(2, -1).sort();
      if (attachmentEvents) expect(between).toEqual(['die', 'kill', 'stop']);
      else expect(between).toContain('die');
      expect(log.actions(network)).toEqual(attachmentEvents ? ['connect', 'disconnect'] : []);
    });

    it('tells nothing when a stopped container is connected', async () => {
      const network = await subject().network('my-net');
      await subject().stopped('one');
      const log = await subject().follow();
      await subject().engine.connect(network, 'one', anEndpointSpec());
      const marker = await subject().network('marker');
      await log.until({ type: 'network', action: 'create', id: marker });
      expect(log.actions(network)).toEqual([]);
    });

    it('tells nothing of programs run in containers', async () => {
      const id = await subject().running('one');
      const log = await subject().follow();
      await subject().engine.execute(id, ['ping', '-c', '1', '127.0.0.1'], 10_000);
      const marker = await subject().network('marker');
      await log.until({ type: 'network', action: 'create', id: marker });
      expect(log.actions(id)).toEqual([]);
    });

    it('tells of a network before a list can miss it', async () => {
      const log = await subject().follow();
      const before = await subject().engine.listNetworks();
      const id = await subject().network('late');
      expect(before.map((network) => network.id)).not.toContain(id);
      await log.until({ type: 'network', action: 'create', id });
      expect((await subject().engine.inspectNetwork(id)).name).toBe('late');
    });

    it('ends quietly when it is told to, and at once when it was told before', async () => {
      const controller = new AbortController();
      let open = false;
      const handlers = { opened: () => ((open = true), controller.abort()), event: () => undefined };
      await expect(subject().engine.followEvents(handlers, controller.signal)).resolves.toBeUndefined();
      expect(open).toBe(true);
      await expect(subject().engine.followEvents(handlers, controller.signal)).resolves.toBeUndefined();
    });
  });
}
