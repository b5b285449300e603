import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PruningAgent } from '../testing/pruning-agent.js';
import { ACTOR } from '../testing/rig.js';
import { aSpec, RunsRig } from '../testing/runs-rig.js';

describe('a run whose policy is changed in its midst', () => {
  let fleet: RunsRig;
  let agent: PruningAgent;

  beforeEach(async () => {
    fleet = await RunsRig.start();
    agent = new PruningAgent('web-1', ['a', 'b', 'c']);
    await fleet.rig.attach(agent);
    await fleet.policy();
  });

  afterEach(() => fleet.rig.stop());

  /** Freezes a run after its first network. @returns its id */
  const frozen = async (): Promise<string> => {
    const hold = agent.holdAt('a');
    const { id } = await fleet.apply();
    await hold.reached;
    await fleet.rig.runtime.freeze.set(true, 'the wrong ones', ACTOR);
    hold.release();
    await fleet.in('held', id);
    return id;
  };
  const edit = async (spec: object): Promise<readonly string[]> =>
    (await fleet.rig.runtime.policies.update('nightly', { spec: aSpec(spec) }, ACTOR)).warnings;
  const unfreeze = () => fleet.rig.runtime.freeze.set(false, '', ACTOR);

  it('goes on by its version, but keeps what the present one keeps, and says so', async () => {
    const id = await frozen();
    await edit({ exempt: [{ names: ['b'] }] });
    await unfreeze();
    expect(await fleet.finished(id)).toMatchObject({ policy: { version: 1 }, outcome: 'done' });
    expect(agent.removed).toEqual(['a', 'c']);
    expect((await fleet.items(id)).find(({ network }) => network.name === 'b')).toMatchObject({
      outcome: 'kept',
      reason: 'by version 2 of its policy: exempt by rule 1: name b',
    });
  });

  it('is named to whoever changes it, with what stops it', async () => {
    const id = await frozen();
    const warning = `Run ${id} goes on by version 1, but for what this version keeps: 'fairlead policy cancel nightly' stops it.`;
    expect(await edit({ mode: 'approve' })).toContain(warning);
    await fleet.runs.cancel(id, ACTOR);
    await fleet.finished(id);
    expect(await edit({ mode: 'report' })).not.toContain(warning);
  });
});
