import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, createClient } from '@fairlead/api';
import { emptyTally, hostSeed, seeded, SimulatedAgent, SimulatedIdentity, SimulatedInventory } from '@fairlead/bench';
import { createLogger, loadConfig, type RunningController, startController } from '@fairlead/controller';
import { parseJoinToken } from '@fairlead/domain';
import { networkDigest, setDigest } from '@fairlead/link';

const SCALE = { networks: 12, endpoints: 4 };

describe('the networks of a simulated host', () => {
  const inventory = (index: number, fleet = 1) =>
    new SimulatedInventory(hostSeed(fleet, index), 'stream', () => 0, SCALE);

  it('are the same for the same seed and place, and others for each host', () => {
    expect(inventory(3).state).toEqual(inventory(3).state);
    const ids = [1, 2, 3].flatMap((index) => [...inventory(index).state.networks.keys()]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(inventory(3, 2).state.setDigest).not.toBe(inventory(3).state.setDigest);
  });

  it('include the same overlay networks on all hosts of a swarm', () => {
    const overlays = (index: number): string[] =>
      Array.from(inventory(index).state.networks.values(), ({ network }) => network)
        .filter(({ driver }) => driver === 'overlay')
        .map(({ id }) => id);
    expect(overlays(21)).toHaveLength(3);
    expect(overlays(22)).toEqual(overlays(21));
    expect(overlays(61)).not.toEqual(overlays(21));
    expect(overlays(1)).toEqual([]);
  });

  it('keep digests that are true of the records that they give, through any changes', () => {
    const host = inventory(25);
    const random = seeded(5);
    let revision = host.state.revision;
    for (let count = 0; count < 300; count++) {
      const before = host.state;
      const { networkIds } = host.change(random);
      expect(host.state.revision).toBe((revision += 1));
      expect(host.state.setDigest).not.toBe(before.setDigest);
      const differing = [...new Set([...before.networks.keys(), ...host.state.networks.keys()])].filter(
        (id) => before.networks.get(id) !== host.state.networks.get(id),
      );
      expect(differing.sort()).toEqual([...networkIds].sort());
    }
    const entries = Array.from(host.state.networks, ([id, { network, digest }]) => {
      expect(digest).toBe(networkDigest(network));
      return [id, digest] as const;
    });
    expect(host.state.setDigest).toBe(setDigest(entries));
  });
});

describe('simulated agents at a controller', () => {
  const HOSTS = 12;
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-simulator-'));
  const tally = emptyTally();
  const agents: SimulatedAgent[] = [];
  let controller: RunningController;
  let client: Client;

  const untilLive = async (): Promise<void> => {
    const live = async () => (await client.listHosts({ query: { freshness: ['live'], limit: 1 } })).total;
    while ((await live()) < HOSTS) await delay(20);
  };
  const check = (agent: SimulatedAgent) => client.checkHost({ params: { host: agent.name } });

  beforeAll(async () => {
    const flags = ['--port', '0', '--link-port', '0', '--link-host', '127.0.0.1', '--data-dir', join(folder, 'data')];
    controller = await startController(loadConfig({}, flags), createLogger('silent'));
    const token = readFileSync(join(folder, 'data/admin.token'), 'utf8').trim();
    client = createClient({ baseUrl: controller.address, headers: { authorization: `Bearer ${token}` } });
    const [link = ''] = controller.linkAddresses;
    const body = { maxUses: HOSTS, controller: link, expiresIn: '1h', labels: { env: 'prod' } };
    const ticket = parseJoinToken((await client.createJoinToken({ body })).token);
    for (let index = 0; index < HOSTS; index++) {
      const name = `host-${index}`;
      const agent = new SimulatedAgent({ name, index: 15 + index, fleetSeed: 1, scale: SCALE, tally });
      agent.identity = await SimulatedIdentity.join(link, name, ticket);
      agent.connect(link);
      agents.push(agent);
    }
    await untilLive();
  });

  afterAll(async () => {
    await Promise.all(agents.map((agent) => agent.disconnect()));
    await controller.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('say that they are simulated, and are known whole', async () => {
    const { items } = await client.listHosts({ query: { on: 'env=prod' } });
    expect(items).toHaveLength(HOSTS);
    expect(items.every(({ simulated, engine }) => simulated && engine.kind === 'simulated')).toBe(true);
    expect(tally).toMatchObject({ snapshots: HOSTS });
    for (const agent of agents) expect(await check(agent)).toMatchObject({ consistent: true, networks: 12 });
  });

  it('tell of changes as deltas', async () => {
    const random = seeded(9);
    for (let count = 0; count < 60; count++) agents[count % HOSTS]?.change(random);
    for (const agent of agents) expect(await check(agent)).toMatchObject({ consistent: true });
    expect(tally.deltas).toBeGreaterThanOrEqual(HOSTS);
    expect(tally.snapshots).toBe(HOSTS);
  });

  it('carry commands out once, and answer when the controller knows of it', async () => {
    const params = { host: 'host-0', network: 'made' };
    await client.createNetwork({ params: { host: 'host-0' }, body: { name: 'made' } });
    expect(await client.getNetwork({ params })).toMatchObject({ name: 'made', simulated: true });
    expect(await client.getNetwork({ params, query: { live: true } })).toMatchObject({ source: 'engine' });
    await client.removeNetwork({ params });
    await expect(client.getNetwork({ params })).rejects.toMatchObject({ code: 'network_not_found' });
  });

  it('prune what no container uses, and tell the controller of each network', async () => {
    const params = { host: 'host-1' };
    const { hash, items } = await client.planPrune({ params, body: {} });
    const planned = items.filter(({ action }) => action === 'remove').map(({ network }) => network.name);
    const { outcome, result } = await client.pruneNetworks({ params, body: { planHash: hash } });
    expect(outcome).toBe('succeeded');
    const removed = planned.map((name) => ({ network: { name }, outcome: 'removed' }));
    expect(result).toMatchObject({ items: removed });
    expect(planned.length).toBeGreaterThan(0);
    expect(await check(agents[1] as SimulatedAgent)).toMatchObject({ consistent: true });
  });

  it('come back after their links broke, without a snapshot where nothing has changed', async () => {
    const { sessions, snapshots } = tally;
    for (const agent of agents) agent.drop();
    while (tally.sessions < sessions + HOSTS) await delay(20);
    await untilLive();
    for (const agent of agents) expect(await check(agent)).toMatchObject({ consistent: true });
    expect(tally.snapshots).toBe(snapshots);
  });
});
