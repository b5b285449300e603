import { describe, expect, it } from '@jest/globals';
import { isActive, type Network, parseCidr, rangesOverlap } from '@fairlead/domain';
import { readInventory } from '../inventory/read-inventory.js';
import { demoFleet } from './demo-fleet.js';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const fleet = (count: number, seed = 7) => demoFleet(count, seed, () => NOW);
const userNetworks = (networks: readonly Network[]): Network[] =>
  networks.filter(({ name }) => !['bridge', 'host', 'none'].includes(name));

describe('demoFleet', () => {
  it('names and labels its hosts by their role, then numbers them on', () => {
    expect(fleet(7).map(({ name }) => name)).toEqual(['web-1', 'db-1', 'ci-1', 'web-2', 'db-2', 'ci-2', 'web-3']);
    expect(fleet(4)[3]?.labels).toEqual({ env: 'prod', role: 'web', zone: 'south' });
  });

  it('says of every host that it is simulated', async () => {
    for (const { engine } of fleet(3)) expect(await engine.describe()).toMatchObject({ simulated: true });
  });

  it('has used, unused and stopped-only networks on every host', async () => {
    for (const { engine } of fleet(3)) {
      const networks = userNetworks(await readInventory(engine));
      const uses = networks.map(({ endpoints }) => endpoints.map(({ state }) => isActive(state)));
      expect(uses.some((states) => states.length === 0)).toBe(true);
      expect(uses.some((states) => states.includes(true))).toBe(true);
      expect(uses.some((states) => states.length > 0 && !states.includes(true))).toBe(true);
    }
  });

  it('has subnets that overlap between hosts, an internal and a macvlan network', async () => {
    const [web = [], db = []] = await Promise.all(fleet(2).map(({ engine }) => engine.listNetworks()));
    const chosen = (networks: typeof web) =>
      networks.flatMap(({ subnets }) => subnets.map(({ cidr }) => cidr)).filter((cidr) => cidr.startsWith('10.'));
    const overlaps = chosen(web).filter((a) => chosen(db).some((b) => rangesOverlap(parseCidr(a), parseCidr(b))));
    expect(overlaps).toEqual(['10.10.0.0/24']);
    expect(db.map(({ driver }) => driver)).toContain('macvlan');
    expect(db.filter(({ internal }) => internal).map(({ name }) => name)).toEqual(['replication']);
  });

  it('counts the ages of the networks back from now, and creates new ones now', async () => {
    const [{ engine } = { engine: undefined }] = fleet(1);
    expect((await engine?.inspectNetwork('debug-tmp'))?.createdAt).toBe('2026-11-12T12:00:00.000Z');
    engine?.addNetwork({ name: 'new' });
    expect((await engine?.inspectNetwork('new'))?.createdAt).toBe('2026-11-24T12:00:00.000Z');
  });

  it('gives the same ids for the same seed, and others to each host', async () => {
    const ids = async (seed: number) =>
      (await Promise.all(fleet(3, seed).map(({ engine }) => engine.listNetworks()))).flat().map(({ id }) => id);
    expect(await ids(7)).toEqual(await ids(7));
    expect(await ids(8)).not.toEqual(await ids(7));
    expect(new Set(await ids(7)).size).toBe((await ids(7)).length);
  });

  it('answers probes between its containers', async () => {
    const [{ engine } = { engine: undefined }] = fleet(1);
    const api = await engine?.inspectContainer('shop-api-1');
    const result = await engine?.execute(api?.id ?? '', ['ping', '-c', '2', 'cart'], 1000);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  });
});
