import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { consistency as schema, type ConsistencyView } from '@fairlead/api';
import { FairleadError, parseSelector } from '@fairlead/domain';
import { anEndpoint } from '@fairlead/domain/testing';
import { HostScope } from '../access/host-scope.js';
import { ACTOR, Rig, until } from '../testing/rig.js';
import { Gate, idOf, message, network, ScriptedAgent } from '../testing/scripted-agent.js';

let rig: Rig;
let agent: ScriptedAgent;
/** What happens between two looks. */
let between: (look: number) => Promise<unknown>;
let pauses: number[];

beforeEach(async () => {
  between = () => Promise.resolve();
  pauses = [];
  const pause = (ms: number): Promise<unknown> => between(pauses.push(ms));
  rig = await Rig.start({ runtime: { pause } });
  agent = new ScriptedAgent('web-1', { labels: { env: 'prod' } });
  agent.set(network('shop', { labels: { tier: 'web' }, endpoints: [anEndpoint('one'), anEndpoint('two')] }));
  await rig.attach(agent);
});

afterEach(() => rig.stop());

const check = (scope = HostScope.all, host = 'web-1'): Promise<ConsistencyView> =>
  rig.runtime.consistency.check(host, scope);

describe('a host', () => {
  it('is consistent where inventory and engine show the same', async () => {
    const answer = schema.parse(await check());
    expect(answer).toMatchObject({
      host: 'web-1',
      consistent: true,
      networks: 3,
      endpoints: 2,
      differences: [],
      looks: 1,
      simulated: false,
      freshness: 'live',
      checkedAt: new Date(rig.time).toISOString(),
    });
    expect(pauses).toEqual([]);
  });

  it('is not where its engine has a network that nobody was told of', async () => {
    agent.set(network('hidden'));
    const answer = await check();
    expect(answer).toMatchObject({ consistent: false, networks: 4, looks: 4 });
    expect(answer.differences).toEqual([
      { network: { id: idOf('hidden'), name: 'hidden' }, kind: 'missing', fields: [] },
    ]);
    expect(pauses).toEqual([1000, 1000, 1000]);
  });

  it('is not where the inventory has a network that is gone', async () => {
    agent.networks.delete(idOf('shop'));
    expect((await check()).differences).toEqual([
      { network: { id: idOf('shop'), name: 'shop' }, kind: 'extra', fields: [] },
    ]);
  });

  it('is not where a network is another one, and what differs is named', async () => {
    agent.set(network('shop', { labels: { tier: 'db' }, endpoints: [anEndpoint('one')] }));
    const { differences } = await check();
    expect(differences).toMatchObject([{ network: { name: 'shop' }, kind: 'different' }]);
    expect(differences[0]!.fields.map(({ field }) => field)).toEqual([
      `endpoints.${anEndpoint('two').containerId}`,
      'labels',
    ]);
    expect(differences[0]!.fields[1]).toEqual({
      field: 'labels',
      inventory: { tier: 'web' },
      engine: { tier: 'db' },
    });
  });

  it.each(['Network', 'Endpoint', 'NetworkLabel'])('is not where rows of %s were lost', async (table) => {
    await rig.database.prisma.$executeRawUnsafe(`DELETE FROM "${table}"`);
    const { consistent, differences } = await check();
    const kinds = new Set(differences.map(({ kind }) => kind));
    const labelsAreInTheRecord = table === 'NetworkLabel';
    expect(consistent).toBe(labelsAreInTheRecord);
    expect([...kinds]).toEqual(labelsAreInTheRecord ? [] : [table === 'Network' ? 'missing' : 'different']);
  });
});

describe('a change under way', () => {
  it('is no difference once it is told of', async () => {
    agent.set(network('new'));
    between = async (look) => {
      if (look === 2) await agent.put(network('new'));
    };
    expect(await check()).toMatchObject({ consistent: true, looks: 3, networks: 4 });
    expect(pauses).toEqual([1000, 1000]);
  });

  it('that the agent has sent already is waited for', async () => {
    agent.on('ListNetworks', async () => {
      const told = agent.put(network('sent'));
      await told;
      return { networks: Array.from(agent.networks.values(), message) };
    });
    const answers = await Promise.all(Array.from({ length: 5 }, () => check()));
    expect(answers.every(({ consistent }) => consistent)).toBe(true);
  });

  it('that never comes to rest is shown as it is at last', async () => {
    between = (look) => Promise.resolve(agent.set(network(`next-${look}`)));
    agent.set(network('next-0'));
    const { differences, looks } = await check();
    expect(looks).toBe(4);
    expect(differences.map((each) => each.network.name)).toEqual(['next-0', 'next-1', 'next-2', 'next-3']);
  });
});

describe('the question', () => {
  it('is asked once where several ask at the same time, and anew afterwards', async () => {
    const gate = new Gate();
    agent.on('ListNetworks', async () => {
      await gate.opened;
      return { networks: Array.from(agent.networks.values(), message) };
    });
    const asked = [check(), check(), check()];
    await until('it is asked', () => agent.callsOf('ListNetworks').length > 0);
    gate.open();
    const [first, ...others] = await Promise.all(asked);
    others.forEach((answer) => expect(answer).toBe(first));
    await check();
    expect(agent.callsOf('ListNetworks')).toHaveLength(2);
  });

  it('is not asked of a host that is not live', async () => {
    rig.time += 60_000;
    await expect(check()).rejects.toMatchObject({ code: 'host_unavailable' });
    expect(agent.callsOf('ListNetworks')).toEqual([]);
  });

  it('is not asked of a host whose engine is down', async () => {
    agent.health = { state: 'down', reason: 'connection refused' };
    await agent.bookmark();
    await until('it is stale', () => rig.freshness('web-1') === 'stale');
    await expect(check()).rejects.toMatchObject({
      code: 'host_unavailable',
      message: expect.stringContaining('connection refused'),
    });
  });

  it('fails with what the agent says, where its engine has just gone', async () => {
    agent.on('ListNetworks', () =>
      Promise.reject(new FairleadError('engine_unavailable', 'no answer from the engine')),
    );
    await expect(check()).rejects.toMatchObject({ code: 'engine_unavailable' });
  });

  it('fails where the session ends before the answer, and the next is asked anew', async () => {
    const gate = new Gate();
    agent.on('ListNetworks', async () => {
      await gate.opened;
      return { networks: Array.from(agent.networks.values(), message) };
    });
    const asked = check();
    await until('it is asked', () => agent.callsOf('ListNetworks').length > 0);
    rig.runtime.fleet.session('web-1')!.connection.close('cut');
    await expect(asked).rejects.toMatchObject({ code: 'engine_unavailable' });
    gate.open();
    await until('it has gone', () => rig.runtime.fleet.session('web-1') === undefined);
    await rig.attach(agent);
    expect((await check()).consistent).toBe(true);
  });

  it('has no answer for a host that does not exist, or is out of scope, also when it becomes so meanwhile', async () => {
    const outside = HostScope.of(parseSelector('env=test'));
    await expect(check(HostScope.all, 'web-9')).rejects.toMatchObject({ code: 'host_not_found' });
    await expect(check(outside)).rejects.toMatchObject({
      code: 'host_not_found',
      hint: expect.not.stringContaining('web-1'),
    });
    expect(agent.callsOf('ListNetworks')).toEqual([]);
    const within = HostScope.of(parseSelector('env=prod'));
    agent.set(network('hidden'));
    between = () => rig.runtime.hosts.relabel('web-1', { labels: { env: 'test' } }, HostScope.all, ACTOR, rig.time);
    await expect(check(within)).rejects.toMatchObject({ code: 'host_not_found' });
  });
});
