import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type HostView, type OperationView } from '@fairlead/api';
import { type LabHost } from '@fairlead/lab';
import { describeOnLab } from '@fairlead/lab/testing';
import { LabFleet } from './support/lab-fleet.js';

describeOnLab('faults on two hosts with real engines', () => {
  let fleet: LabFleet;
  let host: LabHost;
  beforeAll(async () => {
    fleet = await LabFleet.start({ hosts: 2, iptables: false });
    host = fleet.host(0);
  }, 180_000);
  afterAll(() => fleet?.stop(), 120_000);

  const state = () => fleet.json<HostView>('host', 'inspect', host.name);
  const becomes = (freshness: HostView['freshness']) =>
    fleet.until(async () => (await state()).freshness === freshness, `${host.name} is ${freshness}`);
  const areSame = async (): Promise<boolean> => {
    const consistent = await Promise.all(fleet.hosts.map((each) => fleet.isConsistent(each)));
    return consistent.every(Boolean) && fleet.agrees();
  };
  const agrees = () => fleet.until(areSame, 'the inventory is what the engine shows, on every host', 30_000);

  it('tells the age of a host that is cut off, refuses to send, and catches up when it is back', async () => {
    await agrees();
    await host.cut();
    await becomes('stale');
    const stale = await fleet.inventory(host);
    expect(stale.length).toBeGreaterThanOrEqual(3);
    expect(new Set(stale.map(({ freshness }) => freshness))).toEqual(new Set(['stale']));
    await becomes('offline');
    const table = await fleet.cli('network', 'ls', '--host', host.name);
    expect(table.stdout + table.stderr).toMatch(/offline/);

    const refused = await fleet.cli('network', 'create', 'unsent', '--host', host.name);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(/nothing was sent/i);
    expect(await host.docker('network', 'ls', '--format', '{{.Name}}')).not.toContain('unsent');

    await host.docker('network', 'create', 'meanwhile');
    await host.heal();
    await becomes('live');
    await agrees();
    expect((await fleet.inventory(host)).map(({ name }) => name)).toContain('meanwhile');
    await host.docker('network', 'rm', 'meanwhile');
  }, 180_000);

  it('settles an operation whose answer was lost with the link, without sending it again', async () => {
    await fleet.cli('network', 'create', 'lost', '--host', host.name);
    await host.pauseEngine();
    const removal = fleet.cli('network', 'rm', `${host.name}/lost`);
    await fleet.until(async () => (await latest('remove')).state === 'dispatched', 'the removal is on its way');
    await host.cut();
    await host.resumeEngine();
    const { code } = await removal;
    expect(code).toBe(75);
    expect((await latest('remove')).outcome).toBe('unknown');
    await host.heal();
    await fleet.until(async () => (await latest('remove')).outcome !== 'unknown', 'the outcome is settled');
    const settled = await latest('remove');
    expect(settled.settled?.explanation).not.toBe('');
    const still = (await host.docker('network', 'ls', '--format', '{{.Name}}')).split('\n').includes('lost');
    expect(settled.outcome === 'succeeded').toBe(!still);
    await agrees();
  }, 180_000);

  it.each(['controller', 'agent', 'engine'] as const)(
    'holds the same after kill -9 of the %s in mid-work',
    async (part) => {
      const running = churn();
      await fleet.until(
        async () => (await fleet.inventory(host)).some(({ name }) => name.startsWith('churn')),
        'work is under way',
      );
      const command = fleet.cli('network', 'create', `during-${part}`, '--host', host.name);
      if (part === 'controller') await fleet.fleet.killController();
      if (part === 'agent') await fleet.fleet.killAgent(host);
      if (part === 'engine') await host.killEngine();
      await command;
      await running.stop();
      if (part === 'controller') await fleet.fleet.startController();
      if (part === 'agent') await fleet.fleet.startAgent(host);
      if (part === 'engine') await host.startEngine();
      await becomes('live');
      await agrees();
      const { items } = await fleet.client.listOperations({ query: { outcome: ['unknown'] } });
      await fleet.until(async () => (await unsettled()) === 0, 'no outcome is left unknown');
      for (const { id } of items)
        expect((await fleet.client.getOperation({ params: { operation: id } })).settled).not.toBeNull();
    },
    180_000,
  );

  /** Makes and removes networks with plain docker until it is stopped; failures while a part is dead are expected. */
  function churn(): { stop(): Promise<void> } {
    let going = true;
    const done = (async () => {
      for (let round = 0; going; round++) {
        await host.docker('network', 'create', `churn-${round % 5}`).catch(() => undefined);
        await host.docker('network', 'rm', `churn-${(round + 3) % 5}`).catch(() => undefined);
      }
    })();
    return { stop: () => ((going = false), done) };
  }

  async function latest(kind: OperationView['kind']): Promise<OperationView> {
    const { items } = await fleet.client.listOperations({ query: { kind: [kind], limit: 1 } });
    if (items[0] === undefined) throw new Error(`there is no ${kind} yet`);
    return items[0];
  }

  async function unsettled(): Promise<number> {
    const { total } = await fleet.client.listOperations({ query: { outcome: ['unknown'], limit: 1 } });
    return total;
  }
});
