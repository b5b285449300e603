import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient, removedNetworkDetail, removeQuery, restorePlan } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { anEndpoint } from '@fairlead/domain/testing';
import { codec } from '@fairlead/link';
import { type INestApplication } from '@nestjs/common';
import { HostScope } from '../access/host-scope.js';
import { createServer, listen } from '../http/server.js';
import { createLogger } from '../log.js';
import { ACTOR, Rig, until } from '../testing/rig.js';
import { idOf, message, network, ScriptedAgent } from '../testing/scripted-agent.js';

let rig: Rig;
let app: INestApplication;
let base: string;
let agent: ScriptedAgent;

beforeEach(async () => {
  rig = await Rig.start();
  app = await createServer(rig.runtime, () => rig.time, createLogger('silent'));
  base = `http://127.0.0.1:${await listen(app, 0)}`;
  agent = new ScriptedAgent('web-1', { labels: { env: 'prod' } });
  agent.set(network('shop', { labels: { team: 'web' } }));
  agent.set(network('idle'));
  await rig.attach(agent);
});

afterEach(async () => {
  await rig.runtime.stop(0);
  await app.close();
  await rig.stop();
});

const clientOf = async (wish: Parameters<Rig['token']>[0] = {}) => {
  const headers = { authorization: `Bearer ${await rig.token(wish)}` };
  return createClient({ baseUrl: base, headers });
};
const removals = () => rig.database.prisma.removedNetwork.findMany({ orderBy: { id: 'asc' } });

/** Removes a network through its agent. @returns the ids of removal and operation */
async function remove(name: string): Promise<{ id: string; operationId: string }> {
  const prepare = () => rig.runtime.commands.remove('web-1', name, removeQuery.parse({}), HostScope.all);
  const { id: operationId } = await rig.carryOut(prepare);
  await until('it is noted', async () => (await removals()).some((row) => row.operationId === operationId));
  const row = (await removals()).find((each) => each.operationId === operationId);
  return { id: row!.id, operationId };
}

const plan = async (id: string, renumber = false, wish: Parameters<Rig['token']>[0] = {}) =>
  restorePlan.parse(await (await clientOf(wish)).planRestore({ params: { id }, body: { renumber } }));
const restore = async (id: string, renumber = false) =>
  (await clientOf()).restoreNetwork({ params: { id }, body: { renumber } });
const show = async (id: string) =>
  removedNetworkDetail.parse(await (await clientOf()).getRemovedNetwork({ params: { id } }));

describe('the plan of a restore', () => {
  it('is what the agent says of it, asked with the last record and the operation that removed it', async () => {
    const { id, operationId } = await remove('shop');
    const endpoint = { aliases: ['db'], ipv4: '10.1.0.7', ipv6: '', mac: '02:42:0a:01:00:07' };
    agent.on('PlanRestore', async () => ({
      source: 'journal',
      spec: { name: 'shop', subnets: [{ cidr: '10.1.0.0/24' }] },
      conflicts: [
        {
          kind: 'range',
          what: '10.1.0.0/24',
          holder: 'blog',
          holderId: 'b'.repeat(64),
          explanation: 'The range 10.1.0.0/24 overlaps 10.1.0.0/16 of network blog.',
          renumberingHelps: true,
        },
      ],
      attachments: [{ containerId: 'c1', containerName: 'db', state: 'exited', reason: 'refers', endpoint }],
      losses: ['It gets a new id.'],
    }));
    expect(await plan(id, true)).toEqual({
      host: 'web-1',
      network: { id: idOf('shop'), name: 'shop' },
      source: 'journal',
      subnets: ['10.1.0.0/24'],
      conflicts: [
        {
          kind: 'range',
          what: '10.1.0.0/24',
          holder: { id: 'b'.repeat(64), name: 'blog' },
          explanation: 'The range 10.1.0.0/24 overlaps 10.1.0.0/16 of network blog.',
          renumberingHelps: true,
        },
      ],
      attachments: [{ containerId: 'c1', containerName: 'db', state: 'exited', reason: 'refers', ...endpoint }],
      losses: ['It gets a new id.'],
      present: null,
    });
    expect(agent.callsOf('PlanRestore')).toMatchObject([
      {
        networkId: idOf('shop'),
        removedBy: operationId,
        renumber: true,
        record: { name: 'shop', labels: { team: 'web' } },
      },
    ]);
  });

  it('has no operation to name where somebody else removed the network', async () => {
    await agent.drop(idOf('idle'));
    await until('it is noted', async () => (await removals()).length === 1);
    expect(await plan((await removals())[0]!.id)).toMatchObject({ source: 'controller', present: null });
    expect(agent.callsOf('PlanRestore')).toMatchObject([{ networkId: idOf('idle'), removedBy: '' }]);
  });

  it('is what a viewer may ask for, about hosts that it knows of', async () => {
    const { id } = await remove('shop');
    expect(await plan(id, false, { role: 'viewer', hosts: 'env=prod' })).toMatchObject({ host: 'web-1' });
    await expect(plan(id, false, { role: 'viewer', hosts: 'env=test' })).rejects.toMatchObject({
      code: 'network_not_found',
    });
  });

  it('cannot be made while the host is away', async () => {
    const { id } = await remove('shop');
    rig.time += 60_000;
    await expect(plan(id)).rejects.toMatchObject({ code: 'host_unavailable' });
  });

  it('cannot be made where the host was forgotten, which is said', async () => {
    const { id } = await remove('shop');
    rig.runtime.fleet.session('web-1')!.connection.close('switched off');
    await until('the session has gone', () => rig.runtime.fleet.session('web-1') === undefined);
    await rig.runtime.hosts.forget('web-1', HostScope.all, ACTOR, rig.time);
    const message = "Host 'web-1', which network 'shop' was on, was forgotten";
    await expect(plan(id)).rejects.toMatchObject({ code: 'host_not_found', message });
    await expect(restore(id)).rejects.toMatchObject({ code: 'host_not_found', message });
  });

  it('warns where the host has joined again since', async () => {
    const { id } = await remove('shop');
    rig.runtime.fleet.session('web-1')!.connection.close('switched off');
    await until('the session has gone', () => rig.runtime.fleet.session('web-1') === undefined);
    await rig.runtime.hosts.forget('web-1', HostScope.all, ACTOR, rig.time);
    rig.time += 1000;
    await rig.attach(agent);
    const { losses } = await plan(id);
    expect(losses).toEqual(['Its host was forgotten and joined again since: the record may be of another machine.']);
  });

  it('cannot be made by an agent that is too old', async () => {
    const { id } = await remove('shop');
    agent.on('PlanRestore', () => Promise.reject(new FairleadError('unsupported', 'unknown method PlanRestore')));
    await expect(plan(id)).rejects.toMatchObject({
      code: 'unsupported',
      message: "The agent of 'web-1' (0.1.0) cannot restore networks",
    });
  });

  it('of a removal that there is no record of is not found', async () => {
    await expect(plan('nothing')).rejects.toMatchObject({ code: 'network_not_found' });
  });
});

describe('a restore', () => {
  it('is an operation whose end notes with the removal what was made', async () => {
    const { id, operationId } = await remove('shop');
    expect(await show(id)).toMatchObject({ restored: null });
    rig.time += 5000;
    await agent.bookmark();
    const operation = await restore(id);
    expect(operation).toMatchObject({
      kind: 'restore',
      host: 'web-1',
      target: { network: { id: idOf('shop'), name: 'shop' } },
      request: { renumber: false, removedNetwork: id },
      outcome: 'succeeded',
      result: { network: { name: 'shop' }, source: 'controller' },
    });
    expect(agent.callsOf('RestoreNetwork')).toMatchObject([
      { operationId: operation.id, networkId: idOf('shop'), removedBy: operationId, record: { name: 'shop' } },
    ]);
    expect(await show(id)).toMatchObject({
      restored: { at: '2026-11-24T09:30:05.000Z', operation: operation.id, networkId: idOf('shop') },
    });
    expect((await rig.auditOf(operation.id)).map(({ action, outcome }) => [action, outcome])).toEqual([
      ['network.restore', 'accepted'],
      ['network.restore', 'succeeded'],
    ]);
  });

  it('is the author of the network and of who is attached to it', async () => {
    const { id } = await remove('shop');
    agent.on('RestoreNetwork', async ({ record }) => {
      const made = network('shop', { id: idOf('shop again'), labels: { ...record?.labels } });
      await agent.put(made);
      const whole = { ...made, endpoints: [anEndpoint('web-app', { state: 'exited' })] };
      await agent.put(whole);
      return { network: message(whole), source: 'journal' };
    });
    const { id: operation } = await restore(id);
    const entries = () =>
      rig.database.prisma.historyEntry.findMany({ where: { operationId: operation }, orderBy: { seq: 'asc' } });
    await until('both are written', async () => (await entries()).length === 2);
    expect((await entries()).map(({ kind, containerName }) => [kind, containerName])).toEqual([
      ['network.created', ''],
      ['endpoint.connected', 'web-app'],
    ]);
  });

  it('that cannot be is refused with the agent’s words, and the removal stays as it was', async () => {
    const { id } = await remove('shop');
    agent.on('RestoreNetwork', () =>
      Promise.reject(new FairleadError('subnet_overlap', "Network 'shop' was not restored. The range is taken.")),
    );
    await expect(restore(id)).rejects.toMatchObject({
      code: 'subnet_overlap',
      message: "Network 'shop' was not restored. The range is taken.",
    });
    expect(await show(id)).toMatchObject({ restored: null });
  });

  it('whose answer was lost is noted once it is settled from the journal', async () => {
    const { id } = await remove('shop');
    const made = network('shop', { id: idOf('shop again') });
    agent.on('RestoreNetwork', async ({ operationId }) => {
      agent.set(made);
      agent.revision += 1;
      const answer = { network: message(made), source: 'journal' };
      agent.journal.set(operationId, codec.encodeResponse('RestoreNetwork', answer));
      rig.runtime.fleet.session('web-1')!.connection.close('the cable was pulled');
      await until('the session has gone', () => rig.runtime.fleet.session('web-1') === undefined);
      throw new FairleadError('engine_failed', 'never heard');
    });
    await expect(restore(id)).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect(await show(id)).toMatchObject({ restored: null });
    await rig.attach(agent);
    const [operation] = await rig.database.prisma.operation.findMany({ where: { kind: 'restore' } });
    expect(await rig.settled(operation!.id)).toMatchObject({ outcome: 'succeeded', settled: { by: 'journal' } });
    expect(await show(id)).toMatchObject({ restored: { operation: operation!.id, networkId: idOf('shop again') } });
  });

  it('that is found to be half done leaves the removal as it was, and another one completes it', async () => {
    const { id } = await remove('shop');
    agent.on('RestoreNetwork', async () => {
      rig.runtime.fleet.session('web-1')!.connection.close('the cable was pulled');
      await until('the session has gone', () => rig.runtime.fleet.session('web-1') === undefined);
      throw new FairleadError('engine_failed', 'never heard');
    });
    const explanation = "network 'shop' is there as it was, and not attached to it: web-app; restore it again";
    agent.on('LookUpOperation', async () => ({ verdict: 'not_applied', source: 'engine', explanation }));
    await expect(restore(id)).rejects.toMatchObject({ code: 'outcome_unknown' });
    await rig.attach(agent);
    const [half] = await rig.database.prisma.operation.findMany({ where: { kind: 'restore' } });
    expect(await rig.settled(half!.id)).toMatchObject({
      ...{ outcome: 'failed', settled: { by: 'engine', explanation } },
      error: { message: `It was begun and is not done, or not wholly: ${explanation}` },
    });
    expect(await show(id)).toMatchObject({ restored: null });
    agent.on('RestoreNetwork', async () => ({ network: message(network('shop')), source: 'controller' }));
    const { id: second } = await restore(id);
    expect(await show(id)).toMatchObject({ restored: { operation: second, networkId: idOf('shop') } });
  });

  it('is an operator’s, on hosts that it knows of', async () => {
    const { id } = await remove('shop');
    const as = async (wish: Parameters<Rig['token']>[0]) =>
      (await clientOf(wish)).restoreNetwork({ params: { id }, body: {} });
    await expect(as({ role: 'viewer' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(as({ role: 'operator', hosts: 'env=test' })).rejects.toMatchObject({ code: 'network_not_found' });
    expect(agent.callsOf('RestoreNetwork')).toEqual([]);
    expect(await as({ role: 'operator', hosts: 'env=prod' })).toMatchObject({ outcome: 'succeeded' });
  });
});
