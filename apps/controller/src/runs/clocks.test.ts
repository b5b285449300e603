import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { anEndpoint } from '@fairlead/domain/testing';
import { PruningAgent } from '../testing/pruning-agent.js';
import { until } from '../testing/rig.js';
import { RunsRig } from '../testing/runs-rig.js';
import { idOf, network } from '../testing/scripted-agent.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let fleet: RunsRig;

beforeEach(async () => {
  fleet = await RunsRig.start();
});

afterEach(() => fleet.rig.stop());

/** Names of the networks that would go. */
const planned = async () => {
  const { planner, policies } = fleet.rig.runtime;
  return (await planner.plan(await policies.get('nightly'))).removals.map(({ networkName }) => networkName);
};

describe('a plan', () => {
  it('takes time in which nobody looked at a host for use', async () => {
    const agent = new PruningAgent('web-1', ['a']);
    await fleet.rig.attach(agent);
    await fleet.policy({ unusedFor: '14d' });
    fleet.pass(HOUR);
    await agent.bookmark();
    await fleet.rig.settle('web-1');
    await fleet.rig.runtime.fleet.end('web-1', 'gone');
    fleet.pass(20 * DAY);
    const again = new PruningAgent('web-1', ['a']);
    again.streamId = 'after a restart';
    await fleet.rig.attach(again);
    expect(await planned()).toEqual([]);
    fleet.pass(14 * DAY - HOUR);
    await again.bookmark();
    await fleet.rig.settle('web-1');
    expect(await planned()).toEqual(['a']);
  });

  describe('after the clock was set', () => {
    const used = network('used', { endpoints: [anEndpoint('db')] });
    const noted = (times: number) =>
      until('the jump is noted', async () => {
        return (await fleet.audited()).filter((action) => action === 'scheduler.clock-jump').length === times;
      });
    const looked = () => fleet.rig.runtime.runs.scheduler.tick();
    let agent: PruningAgent;

    beforeEach(async () => {
      agent = new PruningAgent('web-1', ['old']);
      agent.set(used);
      await fleet.rig.attach(agent);
      await fleet.policy({ unusedFor: '14d' });
    });

    it.each([
      ['forward', 15 * DAY],
      ['back', -15 * DAY],
    ])('%s takes no network for unused for longer than it is', async (_direction, ms) => {
      fleet.pass(13 * DAY);
      await agent.put(network('used'));
      await fleet.rig.settle('web-1');
      fleet.rig.time += ms;
      await noted(1);
      await agent.bookmark();
      expect(await planned()).toEqual([]);
      fleet.pass(DAY);
      await agent.bookmark();
      expect(await planned()).toEqual(['old']);
      fleet.pass(13 * DAY);
      await agent.bookmark();
      expect(await planned()).toEqual(['old', 'used']);
    });

    it.each([
      ['comes back meanwhile', true],
      ['comes back later', false],
    ])('right, after a start with one that was ahead, where the host %s', async (_when, isMeanwhile) => {
      await agent.put(network('used'));
      await fleet.rig.settle('web-1');
      fleet.pass(HOUR);
      await agent.bookmark();
      await fleet.rig.settle('web-1');
      fleet = await fleet.restart(30 * DAY);
      if (isMeanwhile) await fleet.rig.attach(agent);
      await looked();
      fleet.rig.time -= 30 * DAY;
      await noted(1);
      if (!isMeanwhile) await fleet.rig.attach(agent);
      await agent.bookmark();
      await fleet.rig.settle('web-1');
      expect(await planned()).toEqual([]);
    });

    it('forward and back again, as if it had not been', async () => {
      fleet = await fleet.restart(HOUR);
      await fleet.rig.attach(agent);
      await looked();
      fleet.pass(14 * DAY - HOUR);
      fleet.rig.time += 30 * DAY;
      await noted(1);
      fleet.rig.time -= 30 * DAY;
      await noted(2);
      await agent.bookmark();
      await fleet.rig.settle('web-1');
      expect(await planned()).toEqual(['old']);
    });

    it.each([
      ['back', 'goes before', [30 * DAY, -30 * DAY]],
      ['back', 'goes after', [30 * DAY, -30 * DAY]],
      ['forward', 'goes before', [30 * DAY]],
      ['forward', 'goes after', [30 * DAY]],
    ])('%s takes time in which nobody looked for use, once, where the host %s', async (_direction, when, jumps) => {
      const end = () => fleet.rig.runtime.fleet.end('web-1', 'gone');
      for (const [index, ms] of jumps.slice(0, -1).entries()) {
        fleet.rig.time += ms;
        await noted(index + 1);
      }
      fleet.pass(5 * DAY);
      await agent.bookmark();
      await fleet.rig.settle('web-1');
      if (when === 'goes before') await end();
      fleet.rig.time += jumps.at(-1)!;
      await noted(jumps.length);
      if (when === 'goes after') await end();
      fleet.pass(20 * DAY);
      const again = new PruningAgent('web-1', ['old']);
      again.set(used);
      again.streamId = 'after a restart';
      await fleet.rig.attach(again);
      expect(await planned()).toEqual([]);
      fleet.pass(9 * DAY);
      await again.bookmark();
      await fleet.rig.settle('web-1');
      expect(await planned()).toEqual(['old']);
    });

    it('right, which had been behind when the container left', async () => {
      fleet.rig.time -= 30 * DAY;
      await noted(1);
      await agent.put(network('used'));
      await fleet.rig.settle('web-1');
      fleet.rig.time += 30 * DAY;
      await noted(2);
      await agent.bookmark();
      expect(await planned()).toEqual([]);
    });
  });
});

describe('a run names the removal of a network', () => {
  const removals = () => fleet.rig.database.prisma.removedNetwork;
  const earlier = (removedAt: number) => ({
    ...{ id: `removed at ${removedAt}`, hostName: 'web-1', networkId: idOf('a'), name: 'a', record: {} },
    ...{ firstSeenAt: 1n, lastSeenAt: 1n, removedAt: BigInt(removedAt) },
  });

  it('where the clock was set back meanwhile, by its operation', async () => {
    const agent = new PruningAgent('web-1', ['a']);
    await fleet.rig.attach(agent);
    await removals().create({ data: earlier(fleet.rig.time - 1) });
    await fleet.policy();
    const held = agent.holdAt('a');
    const { id } = await fleet.apply();
    await held.reached;
    fleet.rig.time -= HOUR;
    held.release();
    await fleet.finished(id);
    await until('it is noted', async () => (await removals().count()) === 2);
    const [item] = await fleet.items(id);
    const own = await removals().findFirst({ where: { operationId: item?.operation ?? 'none' } });
    expect(own).not.toBeNull();
    expect(item).toMatchObject({ outcome: 'removed', removal: own?.id });
  });

  it('whose author is not known, by the network: the last one', async () => {
    await fleet.rig.attach(new PruningAgent('web-1', ['a']));
    await fleet.policy();
    const { id } = await fleet.apply();
    await fleet.finished(id);
    await until('it is noted', async () => (await removals().count()) === 1);
    await removals().updateMany({ data: { operationId: null } });
    await removals().create({ data: earlier(fleet.rig.time - 1) });
    const last = await removals().findFirst({ orderBy: { removedAt: 'desc' } });
    expect(await fleet.items(id)).toMatchObject([{ outcome: 'removed', removal: last?.id }]);
  });
});
