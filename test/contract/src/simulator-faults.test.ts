import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NetworkView } from '@fairlead/api';
import { seeded } from '@fairlead/bench';
import { SimulatedFleet, until } from './support/simulated-fleet.js';

const HOSTS = 60;
const SLOW_MS = 120_000;
/** Snapshots begun, of which some are stored: the controller asks for 16 at once. */
const UNDER_WAY = 24;

describe('kill -9 of the controller in mid-ingest of many hosts', () => {
  let fleet: SimulatedFleet;
  beforeAll(async () => {
    fleet = await SimulatedFleet.make();
    await fleet.startController();
    await fleet.join(HOSTS);
    fleet.connect();
    await until(async () => fleet.tally.watched === HOSTS, 'every agent has a session');
  }, SLOW_MS);
  afterAll(() => fleet?.stop());

  const networksOf = async (host: string): Promise<readonly NetworkView[]> =>
    (await fleet.client.listNetworks({ query: { host: [host], limit: 500 } })).items;
  const sizeOf = (host: string): number => fleet.agents.find(({ name }) => name === host)!.state!.networks.size;

  /** Kills it and starts it again with no agent there. @returns the names of the hosts whose networks it holds */
  async function killAndStart(): Promise<string[]> {
    await fleet.endController('SIGKILL');
    const killedAt = Date.now();
    await fleet.disconnect();
    await fleet.startController();
    const { unavailableTotal } = await fleet.client.listNetworks({ query: { limit: 1 } });
    expect(unavailableTotal).toBe(HOSTS);
    const hosts = await fleet.hosts();
    for (const host of hosts) {
      expect(host.freshness).not.toBe('live');
      expect(Date.parse(host.asOf)).toBeLessThanOrEqual(killedAt);
    }
    return hosts.filter(({ counts }) => counts.networks > 0).map(({ name }) => name);
  }

  it(
    'leaves of each host nothing or all, however often, and then comes to the same as the agents',
    async () => {
      let kept: readonly string[] = [];
      let { snapshots } = fleet.tally;
      fleet.awaken();
      for (let kills = 0; kills < 2; kills++) {
        await until(async () => fleet.tally.snapshots >= snapshots + UNDER_WAY, 'snapshots come in');
        const stored = await killAndStart();
        for (const host of stored) expect(await networksOf(host)).toHaveLength(sizeOf(host));
        expect(stored).toEqual(expect.arrayContaining([...kept]));
        expect(stored.length).toBeGreaterThan(kept.length);
        expect(stored.length).toBeLessThan(HOSTS);
        kept = stored;
        ({ snapshots } = fleet.tally);
        fleet.connect();
      }
      const [host = ''] = kept;
      const seen = async () => (await networksOf(host)).map(({ id, firstSeenAt }) => [id, firstSeenAt]);
      const before = await seen();
      await fleet.agree();
      expect(await seen()).toEqual(before);
    },
    SLOW_MS,
  );

  it(
    'takes up the changes of before, of meanwhile and of after',
    async () => {
      const random = seeded(3);
      const deltas = fleet.tally.deltas;
      let changing = true;
      const changes = (async () => {
        for (let turn = 0; changing; turn++) {
          fleet.agents[turn % HOSTS]!.change(random);
          await delay(5);
        }
      })();
      await until(async () => fleet.tally.deltas > deltas + 2 * HOSTS, 'deltas come in');
      await killAndStart();
      fleet.connect();
      await until(async () => (await fleet.live()) > 0, 'the first are back');
      changing = false;
      await changes;
      await fleet.agree();
    },
    SLOW_MS,
  );
});
