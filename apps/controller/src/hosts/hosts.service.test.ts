import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { host as hostSchema, hostQuery, networkQuery } from '@fairlead/api';
import { anEndpoint } from '@fairlead/domain/testing';
import { HostScope } from '../access/host-scope.js';
import { ACTOR, Rig, until } from '../testing/rig.js';
import { network, ScriptedAgent } from '../testing/scripted-agent.js';

let rig: Rig;

beforeEach(async () => {
  rig = await Rig.start();
});

afterEach(() => rig.stop());

const attach = async (name: string, labels: Record<string, string> = {}): Promise<ScriptedAgent> => {
  const agent = new ScriptedAgent(name, { labels });
  agent.set(network('net', { endpoints: [anEndpoint('one'), anEndpoint('two')] }));
  await rig.attach(agent);
  return agent;
};

const list = (query: object = {}) =>
  rig.runtime.hosts.list(hostQuery.parse(query), HostScope.all).items.map(({ name }) => name);
const relabel = (name: string, labels: Record<string, string | null>) =>
  rig.runtime.hosts.relabel(name, { labels }, HostScope.all, ACTOR, rig.time);

describe('the list of hosts', () => {
  beforeEach(async () => {
    await attach('web-2', { env: 'prod', role: 'web' });
    await attach('web-1', { env: 'prod', role: 'db' });
    await attach('test-1', { env: 'test' });
  });

  it('is in order of name, also where hosts were named in another', () => {
    expect(list()).toEqual(['test-1', 'web-1', 'web-2']);
    expect(list({ host: ['web-2', 'test-1', 'web-2'] })).toEqual(['test-1', 'web-2']);
  });

  it('is cut down by selector and freshness', async () => {
    expect(list({ on: 'env=prod,role!=db' })).toEqual(['web-2']);
    expect(list({ on: '!role' })).toEqual(['test-1']);
    rig.runtime.fleet.session('web-1')!.connection.close('cut');
    await until('it has gone', () => rig.runtime.fleet.session('web-1') === undefined);
    expect(list({ freshness: 'live' })).toEqual(['test-1', 'web-2']);
    expect(list({ freshness: ['stale', 'offline'] })).toEqual(['web-1']);
  });

  it('refuses a host that is not there, naming those that are', () => {
    expect(() => list({ host: ['web-1', 'web-9'] })).toThrow(
      expect.objectContaining({
        code: 'host_not_found',
        message: "There is no host 'web-9'",
        hint: 'Hosts: test-1, web-1, web-2.',
      }),
    );
  });

  it('names hosts whose rows are not live beside the networks, and leaves none out', async () => {
    // Without a session, since a heartbeat that comes in the meantime would make them live again.
    for (const name of list()) await rig.runtime.fleet.end(name, 'cut');
    rig.time += 20_000;
    const page = await rig.runtime.networks.list(networkQuery.parse({ on: 'env=prod' }), HostScope.all);
    expect(page.unavailableHosts).toMatchObject([
      { name: 'web-1', freshness: 'offline' },
      { name: 'web-2', freshness: 'offline' },
    ]);
    expect(page.items.every(({ freshness }) => freshness === 'offline')).toBe(true);
    expect(page.total).toBe(6);
    expect((await rig.runtime.networks.list(networkQuery.parse({ freshness: 'live' }), HostScope.all)).items).toEqual(
      [],
    );
  });
});

describe('a host', () => {
  it('is shown with its engine, its agent and its counts', async () => {
    await attach('web-1');
    const view = rig.runtime.hosts.show('web-1', HostScope.all);
    expect(hostSchema.parse(view)).toMatchObject({
      counts: { networks: 3, endpoints: 2 },
      engineHealth: { state: 'up' },
    });
  });

  it('on a simulated engine says so, as do its networks', async () => {
    const { engine } = new ScriptedAgent('demo').facts;
    await rig.attach(new ScriptedAgent('demo', { engine: { ...engine, kind: 'simulated', simulated: true } }));
    expect(rig.runtime.hosts.show('demo', HostScope.all)).toMatchObject({
      simulated: true,
      engine: { kind: 'simulated' },
    });
    expect((await rig.networks()).every(({ simulated }) => simulated)).toBe(true);
  });

  it('that nobody has heard of is explained where there is none at all', () => {
    expect(() => rig.runtime.hosts.get('web-1', HostScope.all)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('No agent has connected yet') }),
    );
  });
});

describe('labels', () => {
  it('set here overlay the agent’s, and taken back let them show again', async () => {
    await attach('web-1', { env: 'prod', zone: 'a' });
    expect((await relabel('web-1', { env: 'test', rack: '7' })).labels).toEqual({ env: 'test', zone: 'a', rack: '7' });
    expect((await relabel('web-1', { env: null })).labels).toEqual({ env: 'prod', zone: 'a', rack: '7' });
    expect(list({ on: 'rack=7' })).toEqual(['web-1']);
  });

  it('set here outlive the session and the controller', async () => {
    const agent = await attach('web-1', { env: 'prod' });
    await relabel('web-1', { env: 'test' });
    rig = await rig.restart();
    expect(rig.runtime.hosts.show('web-1', HostScope.all).labels).toEqual({ env: 'test' });
    await rig.attach(agent);
    expect(rig.runtime.hosts.show('web-1', HostScope.all).labels).toEqual({ env: 'test' });
  });

  it('are all kept where many are set at once', async () => {
    await attach('web-1');
    const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
    await Promise.all(keys.map((key) => relabel('web-1', { [key]: 'v' })));
    expect(Object.keys(rig.runtime.hosts.show('web-1', HostScope.all).labels).sort()).toEqual([...keys].sort());
    const stored = await rig.database.prisma.host.findUniqueOrThrow({ where: { name: 'web-1' } });
    expect(Object.keys(stored.labels as object).sort()).toEqual([...keys].sort());
  });

  it('do not undo what the agent says at the same moment', async () => {
    const agent = await attach('web-1');
    agent.health = { state: 'down', reason: 'gone' };
    await Promise.all([relabel('web-1', { a: 'b' }), agent.bookmark(), relabel('web-1', { c: 'd' })]);
    await until('the engine is down', () => rig.freshness('web-1') === 'stale');
    rig = await rig.restart();
    expect(rig.runtime.hosts.show('web-1', HostScope.all)).toMatchObject({
      labels: { a: 'b', c: 'd' },
      engineHealth: { state: 'down' },
    });
  });

  it('are written into the audit with who set them', async () => {
    await attach('web-1');
    await relabel('web-1', { a: 'b' });
    expect(await rig.database.prisma.auditEntry.findMany()).toMatchObject([
      { action: 'host.attach', actor: 'controller', hostName: 'web-1', outcome: 'done' },
      { action: 'host.label', actor: 'local', client: 'test', hostName: 'web-1', detail: { labels: { a: 'b' } } },
    ]);
  });

  it('are told of', async () => {
    await attach('web-1');
    await relabel('web-1', { a: 'b' });
    await until('it is told', () =>
      rig.events.some((each) => each.type === 'host.changed' && each.data.labels['a'] === 'b'),
    );
  });
});
