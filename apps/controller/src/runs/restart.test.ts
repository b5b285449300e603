import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PruningAgent } from '../testing/pruning-agent.js';
import { ACTOR, until } from '../testing/rig.js';
import { RunsRig } from '../testing/runs-rig.js';

let fleet: RunsRig;
let agent: PruningAgent;

beforeEach(async () => {
  fleet = await RunsRig.start();
  agent = new PruningAgent('web-1', ['a', 'b', 'c', 'd']);
  await fleet.rig.attach(agent);
  await fleet.policy();
});

afterEach(() => fleet.rig.stop());

/** Ends the controller while the agent is at the network `b`, which goes while nobody is there. */
const killed = async (): Promise<string> => {
  const hold = agent.holdAt('b');
  const { id } = await fleet.apply();
  await hold.reached;
  fleet = await fleet.restart(1_000);
  hold.release();
  await until('the agent has ended', () => agent.removed.length === 2);
  return id;
};

describe('a run whose controller has ended in its midst', () => {
  it('is gone on with by the next one: what was sent is settled first, and nothing is removed twice', async () => {
    const id = await killed();
    await fleet.rig.attach(agent);
    expect(await fleet.finished(id)).toMatchObject({ outcome: 'done', progress: { removed: 4 } });
    expect(agent.removed).toEqual(['a', 'b', 'c', 'd']);
    const [first, second] = agent.callsOf('PruneNetworks') as { items: object[]; run: { fence: number } }[];
    expect([first!.items.length, second!.items.length]).toEqual([4, 2]);
    expect(second!.run.fence).toBeGreaterThan(first!.run.fence);
    expect(agent.callsOf('LookUpOperation')).toHaveLength(1);
  });

  it('waits for its host to come back, and then goes on', async () => {
    const id = await killed();
    await until(
      'it was taken up',
      async () => (await fleet.audited()).filter((each) => each === 'run.take').length === 2,
    );
    expect(await fleet.runs.show(id)).toMatchObject({ state: 'running' });
    await fleet.rig.attach(agent);
    await fleet.finished(id);
    expect(agent.removed).toEqual(['a', 'b', 'c', 'd']);
  });

  it('stays held where the work is frozen, over the restart too', async () => {
    const id = await killed();
    await fleet.rig.runtime.freeze.set(true, 'an incident', ACTOR);
    fleet = await fleet.restart(1_000);
    await fleet.rig.attach(agent);
    expect(fleet.rig.runtime.freeze.current).toMatchObject({ frozen: true, reason: 'an incident', actor: 'local' });
    await fleet.in('held', id);
    expect(agent.removed).toEqual(['a', 'b']);
    await fleet.rig.runtime.freeze.set(false, '', ACTOR);
    await fleet.finished(id);
    expect(agent.removed).toEqual(['a', 'b', 'c', 'd']);
  });

  it('ends as it was cancelled, though nobody was there to end it', async () => {
    const hold = agent.holdAt('b');
    const { id } = await fleet.apply();
    await hold.reached;
    await fleet.runs.cancel(id, ACTOR);
    fleet = await fleet.restart(1_000);
    hold.release();
    await until('the agent has ended', () => agent.removed.length === 2);
    await fleet.rig.attach(agent);
    expect(await fleet.finished(id)).toMatchObject({ outcome: 'cancelled', progress: { removed: 2, skipped: 2 } });
    expect(agent.callsOf('PruneNetworks')).toHaveLength(1);
  });
});
