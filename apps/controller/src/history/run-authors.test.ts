import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { historyQuery, removedNetworkQuery, removeQuery } from '@fairlead/api';
import { parseSelector } from '@fairlead/domain';
import { HostScope } from '../access/host-scope.js';
import { PruningAgent } from '../testing/pruning-agent.js';
import { until } from '../testing/rig.js';
import { RunsRig } from '../testing/runs-rig.js';

let fleet: RunsRig;
beforeEach(async () => {
  fleet = await RunsRig.start();
});
afterEach(() => fleet.rig.stop());

const removed = async () =>
  (await fleet.rig.runtime.history.listRemoved(removedNetworkQuery.parse({}), HostScope.all)).items;

describe('what a run of a policy has removed', () => {
  it('names policy, version and run as its author, in the list of what is gone and in the history', async () => {
    await fleet.rig.attach(new PruningAgent('web-1', ['a']));
    await fleet.policy({});
    const { id, policy } = await fleet.apply();
    await fleet.finished(id);
    await until('it is noticed', async () => (await removed()).length === 1);
    const run = { id, policy: 'nightly', version: policy.version };
    const [gone] = await removed();
    expect(gone).toMatchObject({ name: 'a', by: { actor: 'local', run } });
    expect(await fleet.rig.runtime.history.showRemoved(gone!.id, HostScope.all)).toMatchObject({ by: { run } });
    const { items } = await fleet.rig.runtime.history.list(historyQuery.parse({}), HostScope.all);
    expect(items).toMatchObject([{ kind: 'network.removed', by: { run } }]);
  });

  it('names neither to a caller who is bounded to hosts, and for whom there are no policies', async () => {
    await fleet.rig.attach(new PruningAgent('web-1', ['a']));
    await fleet.policy({});
    await fleet.finished((await fleet.apply()).id);
    await until('it is noticed', async () => (await removed()).length === 1);
    const { history } = fleet.rig.runtime;
    const bounded = HostScope.of(parseSelector('env!=test'));
    const [gone] = (await history.listRemoved(removedNetworkQuery.parse({}), bounded)).items;
    const by = { actor: 'local', operationId: expect.any(String), run: null };
    expect(gone).toMatchObject({ name: 'a', by });
    expect(await history.showRemoved(gone!.id, bounded)).toMatchObject({ by });
    expect((await history.list(historyQuery.parse({}), bounded)).items).toMatchObject([{ by }]);
  });

  it('is told apart from what a person has removed', async () => {
    await fleet.rig.attach(new PruningAgent('web-1', ['a']));
    const { commands } = fleet.rig.runtime;
    await fleet.rig.carryOut(() => commands.remove('web-1', 'a', removeQuery.parse({}), HostScope.all));
    await until('it is noticed', async () => (await removed()).length === 1);
    expect(await removed()).toMatchObject([{ by: { actor: 'local', run: null } }]);
  });
});
