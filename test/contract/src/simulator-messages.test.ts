import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seeded, type SimulatedAgent } from '@fairlead/bench';
import { type InventoryUpdate } from '@fairlead/link';
import { SimulatedFleet, until } from './support/simulated-fleet.js';

const HOSTS = 6;
const SLOW_MS = 120_000;
/** How often each fault has to come at least. */
const FAULTS = 50;

describe('messages of real sessions that come twice, in another order, or not at all', () => {
  const random = seeded(21);
  let fleet: SimulatedFleet;
  let faulty = false;
  const spoiled = { twice: 0, swapped: 0, lost: 0 };

  /** Spoils what the agent says, as long as `faulty`. Parts of snapshots are spoiled seldom, and none of them is lost. */
  function spoil({ handlers }: SimulatedAgent): void {
    const watch = handlers.WatchInventory;
    const WatchInventory: typeof watch = (request, context) => spoiling(watch(request, context));
    Object.assign(handlers, { WatchInventory });
  }

  async function* spoiling(updates: AsyncIterable<InventoryUpdate>): AsyncGenerator<InventoryUpdate> {
    let held: InventoryUpdate | undefined;
    for await (const update of updates) {
      const part = update.delta === undefined && update.bookmark === undefined;
      const luck = random() * (part ? 10 : 1);
      if (faulty && held === undefined && luck < 0.15) {
        held = update;
        continue;
      }
      if (faulty && !part && luck < 0.25) {
        if (update.delta) spoiled.lost += 1;
        continue;
      }
      yield update;
      if (faulty && luck < 0.45) {
        spoiled.twice += 1;
        yield update;
      }
      if (held === undefined) continue;
      spoiled.swapped += 1;
      yield held;
      held = undefined;
    }
  }

  beforeAll(async () => {
    fleet = await SimulatedFleet.make({ networks: 12, endpoints: 4 });
    await fleet.startController();
    await fleet.join(HOSTS);
    fleet.agents.forEach(spoil);
    fleet.awaken();
    fleet.connect();
    await fleet.agree();
  }, SLOW_MS);
  afterAll(() => fleet?.stop());

  it(
    'leave every set as its agent has it, once they come as they should',
    async () => {
      const { snapshots } = fleet.tally;
      let turn = 0;
      faulty = true;
      await until(async () => {
        fleet.agents[turn++ % HOSTS]!.change(random);
        return Math.min(...Object.values(spoiled)) >= FAULTS;
      }, 'each fault has come often enough');
      faulty = false;
      await fleet.agree();
      // What was wrong was found, and asked for again.
      expect(fleet.tally.snapshots).toBeGreaterThan(snapshots);
    },
    SLOW_MS,
  );

  it(
    'are found by the next heartbeat where nothing else is said',
    async () => {
      const [agent] = fleet.agents;
      await until(async () => fleet.tally.watched === HOSTS, 'every agent has a session');
      const { lost } = spoiled;
      faulty = true;
      await until(async () => {
        agent!.change(random);
        await delay(50);
        return spoiled.lost > lost;
      }, 'what it said is lost');
      faulty = false;
      await fleet.agree();
    },
    SLOW_MS,
  );
});
