import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HostScope } from '../access/host-scope.js';
import { PruningAgent } from '../testing/pruning-agent.js';
import { ACTOR, until } from '../testing/rig.js';
import { RunsRig } from '../testing/runs-rig.js';

describe('a run that waits for the word of a host', () => {
  let fleet: RunsRig;
  let agent: PruningAgent;

  beforeEach(async () => {
    fleet = await RunsRig.start();
    agent = new PruningAgent('web-1', ['a', 'b']);
    await fleet.rig.attach(agent);
    await fleet.policy();
  });

  afterEach(() => fleet.rig.stop());

  /** A run whose host has gone in its midst. @returns its id, and what lets the host go on */
  const cut = async () => {
    const hold = agent.holdAt('a');
    const { id } = await fleet.apply();
    await hold.reached;
    await fleet.rig.runtime.fleet.end('web-1', 'gone');
    return { id, goOn: hold.release };
  };
  const forget = () => fleet.rig.runtime.hosts.forget('web-1', HostScope.all, ACTOR, fleet.rig.time);
  const lost = { outcome: 'stopped', progress: { failed: 2 } };

  it('ends where that host is forgotten: it is not known what became of its networks', async () => {
    const { id, goOn } = await cut();
    await forget();
    expect(await fleet.finished(id)).toMatchObject(lost);
    expect((await fleet.items(id)).map(({ code }) => code)).toEqual(['outcome_unknown', 'outcome_unknown']);
    await fleet.rig.runtime.policies.remove('nightly', ACTOR);
    goOn();
  });

  it('ends where another machine has got the name of that host', async () => {
    const { id, goOn } = await cut();
    await forget();
    fleet.pass(1_000);
    await fleet.rig.attach(new PruningAgent('web-1', ['c'], { journalId: 'another' }));
    expect(await fleet.finished(id)).toMatchObject(lost);
    goOn();
  });

  it('learns it at the next start where the controller was killed before it had taken that word', async () => {
    const { id, goOn } = await cut();
    await forget();
    await fleet.finished(id);
    goOn();
    const { operations } = fleet.rig.runtime;
    const [operation] = await operations.unsettled();
    const end = { outcome: 'removed', reason: '', code: '', engineMessage: '' };
    const items = (await fleet.items(id)).map(({ network }) => ({ network, ...end }));
    const ending = { outcome: 'succeeded', result: { items }, error: null } as const;
    await operations.settle(operation!, ending, { at: fleet.rig.time, by: 'journal', explanation: '' });
    fleet = await fleet.restart();
    await until('it is known', async () => (await fleet.runs.show(id)).progress.removed === 2);
    expect(await fleet.outcomes(id)).toEqual({ a: 'removed', b: 'removed' });
  });

  it('waits where the host is only away', async () => {
    const { id, goOn } = await cut();
    expect(await fleet.runs.cancel(id, ACTOR)).toMatchObject({ state: 'running' });
    goOn();
    await fleet.rig.attach(agent);
    expect(await fleet.finished(id)).toMatchObject({ progress: { removed: 1, skipped: 1 } });
  });
});
