import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run as runView, runItem } from '@fairlead/api';
import { ACTOR } from '../testing/rig.js';
import { PruningAgent } from '../testing/pruning-agent.js';
import { RunsRig } from '../testing/runs-rig.js';

let fleet: RunsRig;

beforeEach(async () => {
  fleet = await RunsRig.start();
});

afterEach(() => fleet.rig.stop());

const attach = async (name: string, ...networks: string[]): Promise<PruningAgent> => {
  const agent = new PruningAgent(name, networks);
  await fleet.rig.attach(agent);
  return agent;
};

describe('a run', () => {
  it('only tells in the mode report: nothing is sent', async () => {
    const agent = await attach('web-1', 'ci-1', 'ci-2');
    await fleet.policy();
    const { id } = await fleet.runs.start('nightly', { mode: 'report' }, ACTOR);
    const run = await fleet.finished(id);
    expect(run).toMatchObject({
      outcome: 'reported',
      reason: 'the policy only reports: 2 networks would have been removed',
      progress: { total: 2, done: 0 },
    });
    expect(runView.safeParse(run).error).toBeUndefined();
    expect(await fleet.outcomes(id)).toEqual({ 'ci-1': null, 'ci-2': null });
    expect(await fleet.operations()).toEqual([]);
    expect(agent.removed).toEqual([]);
  });

  it('carries out the plan whose hash is given, and names every network with its removal', async () => {
    const agent = await attach('web-1', 'ci-1', 'ci-2');
    await fleet.policy();
    const { id } = await fleet.apply();
    expect(await fleet.finished(id)).toMatchObject({
      outcome: 'done',
      reason: '2 networks removed',
      progress: { total: 2, done: 2, removed: 2 },
    });
    expect(agent.removed).toEqual(['ci-1', 'ci-2']);
    const items = await fleet.items(id);
    expect(items.map((item) => runItem.safeParse(item).error)).toEqual([undefined, undefined]);
    const removals = await fleet.rig.database.prisma.removedNetwork.findMany();
    expect(items.map(({ removal }) => removal)).toEqual(
      items.map(({ network }) => removals.find(({ networkId }) => networkId === network.id)?.id),
    );
    expect(await fleet.audited()).toEqual(['run.start', 'run.take', 'run.finish']);
  });
});
