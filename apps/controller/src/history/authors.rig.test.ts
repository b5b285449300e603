import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createNetworkRequest, pruneRequest, removeQuery } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { anEndpoint } from '@fairlead/domain/testing';
import { HostScope } from '../access/host-scope.js';
import { Rig, until } from '../testing/rig.js';
import { idOf, network, ScriptedAgent } from '../testing/scripted-agent.js';

let rig: Rig;
let agent: ScriptedAgent;

beforeEach(async () => {
  rig = await Rig.start();
  agent = new ScriptedAgent('web-1');
  agent.set(network('shop', { endpoints: [anEndpoint('web', { state: 'exited' })] }));
  agent.set(network('idle'));
});

afterEach(() => rig.stop());

const remove = (reference: string) => () =>
  rig.runtime.commands.remove('web-1', reference, removeQuery.parse({}), HostScope.all);
const create = (name: string) => () =>
  rig.runtime.commands.create('web-1', createNetworkRequest.parse({ name }), HostScope.all);
const prune = () => rig.runtime.commands.prune('web-1', pruneRequest.parse({}), HostScope.all);

/** Kind, network, container and operation of each row. */
const told = async () =>
  (await rig.database.prisma.historyEntry.findMany({ orderBy: { seq: 'asc' } })).map(
    ({ kind, networkName, containerName, operationId }) => [kind, networkName, containerName, operationId] as const,
  );
const rows = () => rig.database.prisma.historyEntry.findMany({ orderBy: { seq: 'asc' } });
const removedNetworks = () => rig.database.prisma.removedNetwork.findMany({ orderBy: { name: 'asc' } });

const cut = async (): Promise<void> => {
  rig.runtime.fleet.session('web-1')!.connection.close('the cable was pulled');
  await until('the session has gone', () => rig.runtime.fleet.session('web-1') === undefined);
};

describe('what an operation did', () => {
  it('is told with the operation and who asked for it', async () => {
    await rig.attach(agent);
    const made = await rig.carryOut(create('new-net'));
    const gone = await rig.carryOut(remove('idle'));
    expect(await rows()).toMatchObject([
      { kind: 'network.created', networkName: 'new-net', operationId: made.id, actor: 'local', notBefore: null },
      { kind: 'network.removed', networkName: 'idle', operationId: gone.id, actor: 'local', notBefore: null },
    ]);
    expect(await removedNetworks()).toMatchObject([
      { name: 'idle', hostName: 'web-1', networkId: idOf('idle'), operationId: gone.id, actor: 'local' },
    ]);
  });

  it('is told of each network of a prune', async () => {
    agent.set(network('idle-2'));
    await rig.attach(agent);
    const { id } = await rig.carryOut(prune);
    expect(await told()).toEqual([
      ['network.removed', 'idle', '', id],
      ['network.removed', 'idle-2', '', id],
    ]);
    expect((await removedNetworks()).map(({ operationId }) => operationId)).toEqual([id, id]);
  });

  it.each(['the same controller', 'the next controller'])(
    'is known after the link was lost meanwhile, to %s',
    async (which) => {
      await rig.attach(agent);
      agent.on('RemoveNetwork', async ({ networkId }) => {
        agent.networks.delete(networkId);
        agent.revision += 1;
        await cut();
        throw new FairleadError('engine_failed', 'never heard');
      });
      const { id, outcome } = await rig.carryOut(remove('idle'));
      expect(outcome).toBe('unknown');
      if (which === 'the next controller') rig = await rig.restart(60_000);
      rig.time += 60_000;
      await rig.attach(agent);
      await until('it is written', async () => (await rows()).length > 0);
      expect(await told()).toEqual([['network.removed', 'idle', '', id]]);
      expect(await removedNetworks()).toMatchObject([{ name: 'idle', operationId: id, actor: 'local' }]);
    },
  );
});

describe('what somebody else did', () => {
  it('has no operation', async () => {
    await rig.attach(agent);
    await agent.drop(idOf('shop'));
    await until('both are written', async () => (await rows()).length === 2);
    expect(await told()).toEqual([
      ['endpoint.disconnected', 'shop', 'web', null],
      ['network.removed', 'shop', '', null],
    ]);
    expect(await removedNetworks()).toMatchObject([{ name: 'shop', operationId: null, actor: null }]);
  });

  it('is told with what it was and is', async () => {
    await rig.attach(agent);
    await agent.put(network('shop', { labels: { a: 'b' }, endpoints: [anEndpoint('web', { state: 'running' })] }));
    await until('both are written', async () => (await rows()).length === 2);
    expect(await rows()).toMatchObject([
      { kind: 'network.changed', detail: { 'labels.a': [null, 'b'] } },
      { kind: 'endpoint.changed', containerName: 'web', detail: { state: ['exited', 'running'] } },
    ]);
  });

  it('in a gap may have been done since the host was last known', async () => {
    await rig.attach(agent);
    const confirmed = rig.time;
    await cut();
    rig.time += 60_000;
    agent.networks.delete(idOf('idle'));
    agent.revision += 1;
    await rig.attach(agent);
    expect(await rows()).toMatchObject([
      { kind: 'network.removed', networkName: 'idle', at: BigInt(rig.time), notBefore: BigInt(confirmed) },
    ]);
    expect(await removedNetworks()).toMatchObject([{ lastSeenAt: BigInt(confirmed), removedAt: BigInt(rig.time) }]);
  });
});

describe('what is no change', () => {
  it('is the first set of a host', async () => {
    await rig.attach(agent);
    expect(await told()).toEqual([]);
  });

  it('is a default bridge that its engine made anew', async () => {
    await rig.attach(agent);
    await agent.restartEngine();
    const again = idOf(`bridge of ${agent.streamId}`);
    const bridges = () => rig.database.prisma.network.findMany({ where: { name: 'bridge' } });
    await until('it has its new id', async () => (await bridges()).every(({ id }) => id === again));
    expect(await told()).toEqual([]);
    expect(await removedNetworks()).toEqual([]);
  });
});
