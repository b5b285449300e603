import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NetworkView } from '@fairlead/api';
import { seeded, type SimulatedAgent } from '@fairlead/bench';
import { SimulatedFleet, until } from './support/simulated-fleet.js';

const HOSTS = 60;
const SLOW_MS = 300_000;
/** Hosts whose engines answer for the first time before each kill: however late it comes, others are left. */
const AWAKENED = 24;
/** Snapshots begun, of which some are stored: the controller asks for 16 at once. */
const UNDER_WAY = 20;
/** Hosts that are in the midst of their snapshots when the controller is killed. */
const HALTED = 4;

describe('kill -9 of the controller in mid-ingest of many hosts', () => {
  let fleet: SimulatedFleet;
  let halting = true;
  let halted = 0;

  /** Lets the agent say nothing more in a session once it has told of some of its networks, as long as `halting`. */
  function halt({ handlers }: SimulatedAgent): void {
    const watch = handlers.WatchInventory;
    Object.assign(handlers, {
      async *WatchInventory(...[request, context]: Parameters<typeof watch>) {
        for await (const update of watch(request, context)) {
          yield update;
          if (!halting || update.snapshotChunk === undefined || context.signal.aborted) continue;
          halted += 1;
          await once(context.signal, 'abort');
          halted -= 1;
        }
      },
    });
  }

  beforeAll(async () => {
    fleet = await SimulatedFleet.make();
    await fleet.startController();
    await fleet.join(HOSTS);
    fleet.agents.slice(0, HALTED).forEach(halt);
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
      const halts = fleet.agents.slice(0, HALTED).map(({ name }) => name);
      for (const first of [0, AWAKENED]) {
        const { snapshots } = fleet.tally;
        fleet.connect();
        for (const agent of fleet.agents.slice(first, first + AWAKENED)) agent.awaken();
        const begun = async () => fleet.tally.snapshots >= snapshots + UNDER_WAY && halted === HALTED;
        await until(begun, 'snapshots come in');
        const stored = await killAndStart();
        for (const host of stored) expect(await networksOf(host)).toHaveLength(sizeOf(host));
        expect(stored).toEqual(expect.arrayContaining([...kept]));
        expect(stored.length).toBeGreaterThan(kept.length);
        expect(stored.filter((name) => halts.includes(name))).toEqual([]);
        kept = stored;
      }
      halting = false;
      fleet.connect();
      fleet.awaken();
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
