import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { event as eventSchema } from '@fairlead/api';
import { anEndpoint } from '@fairlead/domain/testing';
import { Rig, until } from '../testing/rig.js';
import { idOf, network, ScriptedAgent } from '../testing/scripted-agent.js';

let rig: Rig;
let agent: ScriptedAgent;

beforeEach(async () => {
  rig = await Rig.start();
  agent = new ScriptedAgent('web-1');
  await rig.attach(agent);
  await marker('begin');
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
    await until('it has gone', () => rig.runtime.fleet.session('web-1') === undefined);
    agent.set(network('meanwhile'));
    agent.networks.delete(idOf('begin'));
    await rig.attach(agent);
    await until('it is told of', () => told().length === 2);
    expect(told()).toEqual(['network.removed begin', 'network.created meanwhile']);
    const hosts = rig.events.flatMap((each) => (each.type === 'host.changed' ? [each.data.connected] : []));
    expect([hosts[0], hosts.at(-1)]).toEqual([false, true]);
  });
});

it('tells readers to read again where an event could not be made', async () => {
  const { prisma } = rig.database;
  await prisma.$executeRawUnsafe('ALTER TABLE "Network" RENAME COLUMN "endpointCount" TO "lost"');
  rig.runtime.fleet.hostChanged('web-1');
  await until('resync is told', () => rig.events.some(({ type }) => type === 'resync'));
  await prisma.$executeRawUnsafe('ALTER TABLE "Network" RENAME COLUMN "lost" TO "endpointCount"');
});
