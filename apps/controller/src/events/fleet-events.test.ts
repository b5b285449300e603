import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { event as eventSchema } from '@fairlead/api';
import { anEndpoint } from '@fairlead/domain/testing';
import { HostScope } from '../access/host-scope.js';
import { ACTOR, Rig, until } from '../testing/rig.js';
import { idOf, network, ScriptedAgent } from '../testing/scripted-agent.js';
import { everything } from './sight.js';

let rig: Rig;
let agent: ScriptedAgent;

beforeEach(async () => {
  rig = await Rig.start();
  agent = new ScriptedAgent('web-1');
  await rig.attach(agent);
  await marker('begin');
  await until('the host is told to be live', () => hostEvents().at(-1)?.freshness === 'live');
  rig.events.length = 0;
});

afterEach(async () => {
  rig.events.forEach((each) => eventSchema.parse(each));
  await rig.stop();
});

/** Waits until everything up to now has been told: a network of this name is the last. */
async function marker(name: string): Promise<void> {
  await agent.put(network(name));
  await until(`${name} is told of`, () => rig.events.some(({ data }) => 'name' in data && data.name === name));
}

const hostEvents = (name = 'web-1') =>
  rig.events.flatMap((each) => (each.type === 'host.changed' && each.host === name ? [each.data] : []));

const told = () =>
  rig.events.flatMap(({ type, data }) =>
    type.startsWith('network.') && 'name' in data ? [`${type} ${data.name}`] : [],
  );

describe('what is told of networks', () => {
  it('is what was made, changed and removed, in order', async () => {
    await agent.put(network('a'), network('b'));
    await agent.put(network('a', { endpoints: [anEndpoint('one')] }));
    await agent.drop(idOf('a'), idOf('b'));
    await marker('end');
    expect(told()).toEqual([
      'network.created a',
      'network.created b',
      'network.changed a',
      'network.removed a',
      'network.removed b',
      'network.created end',
    ]);
  });

  it('is the view as it is after the change, with its age', async () => {
    const before = rig.time;
    await agent.put(network('a'));
    await rig.settle('web-1');
    rig.time += 1000;
    await agent.put(network('a', { endpoints: [anEndpoint('one'), anEndpoint('two', { state: 'exited' })] }));
    await marker('end');
    const changed = rig.events.find(({ type }) => type === 'network.changed');
    expect(changed).toMatchObject({
      host: 'web-1',
      at: new Date(rig.time).toISOString(),
      data: {
        name: 'a',
        host: 'web-1',
        containers: { total: 2, running: 1 },
        inUse: true,
        freshness: 'live',
        firstSeenAt: new Date(before).toISOString(),
      },
    });
    const [listed] = await rig.networks({ name: 'a' });
    expect(changed!.data).toMatchObject({ ...listed!, asOf: expect.any(String) });
  });

  it('is that the default bridge changed, where it only has a new id since its engine started', async () => {
    await agent.restartEngine();
    await marker('end');
    expect(told()).toEqual(['network.changed bridge', 'network.created end']);
    expect(await rig.database.prisma.removedNetwork.count()).toBe(0);
  });

  it('is both, where a user’s network was made anew under its name', async () => {
    await agent.put(network('a'));
    agent.networks.delete(idOf('a'));
    await agent.put(network('a', { id: idOf('another a') }));
    await agent.drop(idOf('a'));
    await marker('end');
    expect(told().slice(1, 3)).toEqual(['network.created a', 'network.removed a']);
  });

  it('is what happened while the host was away', async () => {
    rig.runtime.fleet.session('web-1')!.connection.close('cut');
    await until('it is told to have gone', () => hostEvents().at(-1)?.connected === false);
    agent.set(network('meanwhile'));
    agent.networks.delete(idOf('begin'));
    await rig.attach(agent);
    await until('it is told of', () => told().length === 2);
    expect(told()).toEqual(['network.removed begin', 'network.created meanwhile']);
    await until('it is told to be live', () => hostEvents().at(-1)?.freshness === 'live');
    expect(hostEvents()[0]!.connected).toBe(false);
  });
});

describe('what is told of hosts', () => {
  it('is one event for a host that comes for the first time, with the counts of its networks', async () => {
    const newcomer = new ScriptedAgent('web-2');
    newcomer.set(network('of-web-2', { endpoints: [anEndpoint('one')] }));
    await rig.attach(newcomer);
    await until('it is told to be live', () => hostEvents('web-2').at(-1)?.freshness === 'live');
    expect(hostEvents('web-2').at(-1)).toMatchObject({ counts: { networks: 3, endpoints: 1 } });
    expect(rig.events.filter(({ host, type }) => host === 'web-2' && type !== 'host.changed')).toEqual([]);
    await newcomer.put(network('later'));
    await until('the next change is told of', () => told().includes('network.created later'));
  });

  it('is the last state where several changes come at once, and no state twice', async () => {
    for (let index = 0; index < 100; index++) rig.runtime.fleet.hostChanged('web-1');
    await until('it is told', () => hostEvents().length > 0);
    await marker('end');
    expect(hostEvents().length).toBe(1);
  });

  it('comes before what happens on the host after it', async () => {
    await rig.runtime.hosts.relabel('web-1', { labels: { a: 'b' } }, HostScope.all, ACTOR, rig.time);
    await marker('end');
    expect(rig.events.map(({ type }) => type)).toEqual(['host.changed', 'network.created']);
  });

  it('is the host as it was then, also where it is read when all is different', async () => {
    const { events, hosts, fleet } = rig.runtime;
    const reader = events.follow(undefined, { sight: everything, wants: () => true });
    await agent.put(network('early'));
    await marker('first');
    fleet.hostChanged('web-1');
    await agent.put(network('late'));
    await marker('second');
    await hosts.relabel('web-1', { labels: { a: 'b' } }, HostScope.all, ACTOR, rig.time);
    await agent.drop(idOf('early'));
    await marker('end');
    rig.time += 60_000;
    const views = reader.take(100).map(({ view }) => view);
    const ofHost = views.flatMap((each) => (each.type === 'host.changed' ? [each.data] : []));
    expect(ofHost.map(({ labels }) => labels)).toEqual([{}, { a: 'b' }]);
    expect(ofHost.map(({ counts }) => counts.networks)).toEqual([5, 7]);
    expect(views.flatMap((each) => ('freshness' in each.data ? [each.data.freshness] : []))).toEqual(
      expect.not.arrayContaining(['stale', 'offline']),
    );
  });
});
