import { afterEach, describe, expect, it } from '@jest/globals';
import { PruningAgent } from '../testing/pruning-agent.js';
import { ACTOR, until } from '../testing/rig.js';
import { RunsRig } from '../testing/runs-rig.js';
import { type HostSight, lossOf } from './fleet-loss.js';

const NOW = 1_000_000;
const hosts = (live: number, lost: number, ago = 5_000): HostSight[] => [
  ...Array.from({ length: live }, () => ({ live: true, since: 0 })),
  ...Array.from({ length: lost }, () => ({ live: false, since: NOW - ago })),
];

describe('a loss', () => {
  it.each([
    [45, 55, undefined],
    [44, 56, { lost: 56, of: 100 }],
    [0, 2, undefined],
    [0, 3, { lost: 3, of: 3 }],
    [2, 3, { lost: 3, of: 5 }],
    [3, 3, undefined],
  ])('of %i live and %i lost hosts is %o', (live, lost, loss) => {
    expect(lossOf(hosts(live, lost), NOW)).toEqual(loss);
  });

  it('is no loss that was long ago, nor one of a moment', () => {
    expect(lossOf(hosts(0, 10, 60_001), NOW)).toBeUndefined();
    expect(lossOf(hosts(0, 10, 60_000), NOW)).toEqual({ lost: 10, of: 10 });
    expect(lossOf(hosts(0, 10, 1_999), NOW)).toBeUndefined();
  });

  it('counts hosts that were lost before out', () => {
    const before = hosts(0, 50, 90_000);
    expect(lossOf([...before, ...hosts(3, 3)], NOW)).toBeUndefined();
    expect(lossOf([...before, ...hosts(2, 3)], NOW)).toEqual({ lost: 3, of: 5 });
  });
});

describe('a controller that loses its hosts', () => {
  let fleet: RunsRig;
  afterEach(() => fleet.rig.stop());

  const NAMES = ['web-1', 'web-2', 'web-3', 'web-4', 'web-5'];
  const attachAll = (): Promise<PruningAgent[]> =>
    Promise.all(
      NAMES.map(async (name, index) => {
        const agent = new PruningAgent(name, [`net-${index + 1}`]);
        await fleet.rig.attach(agent);
        return agent;
      }),
    );
  const cut = async (...names: string[]): Promise<void> => {
    const { fleet: sessions } = fleet.rig.runtime;
    for (const name of names) sessions.session(name)!.connection.close('gone');
    await until('they are gone', () => names.every((name) => !sessions.isConnected(name)));
    fleet.pass(2_000);
  };
  const frozen = () => fleet.rig.runtime.freeze.current;

  it('holds the run that is under way until a person lets it go on', async () => {
    fleet = await RunsRig.start();
    const agents = await attachAll();
    const hold = agents[0]!.holdAt('net-1');
    await fleet.policy({ stop: { unreachablePercent: 100 } });
    const { id } = await fleet.apply();
    await hold.reached;
    await cut('web-3', 'web-4', 'web-5');
    await until('it is frozen', () => frozen().frozen);
    expect(frozen()).toMatchObject({ actor: 'controller', reason: expect.stringContaining('3 of 5 hosts were lost') });
    hold.release();
    await fleet.in('held', id);
    expect(agents.map(({ removed }) => removed.length)).toEqual([1, 0, 0, 0, 0]);
    await Promise.all(agents.slice(2).map((agent) => fleet.rig.attach(agent)));
    expect(frozen().frozen).toBe(true);
    await fleet.rig.runtime.freeze.set(false, 'it was a cable', ACTOR);
    expect(await fleet.finished(id)).toMatchObject({ outcome: 'done', progress: { removed: 5 } });
    expect(frozen().frozen).toBe(false);
  });

  it('holds destructive work though the clock is set back meanwhile', async () => {
    fleet = await RunsRig.start();
    await attachAll();
    await cut('web-1', 'web-2', 'web-3');
    fleet.rig.time -= 3_600_000;
    await until('it is frozen', () => frozen().frozen);
  });

  it('leaves a freeze of a person as it is, and the audit has why there would be another', async () => {
    fleet = await RunsRig.start();
    await attachAll();
    await fleet.rig.runtime.freeze.set(true, 'incident 42', ACTOR);
    await cut('web-1', 'web-2', 'web-3');
    const rows = () => fleet.rig.database.prisma.auditEntry.findMany({ where: { action: 'freeze.on' } });
    await until('the audit has it', async () => (await rows()).length === 2);
    expect((await rows())[1]).toMatchObject({
      actor: 'controller',
      detail: { reason: expect.stringContaining('3 of 5 hosts were lost'), alreadyFrozen: true },
    });
    expect(frozen()).toMatchObject({ frozen: true, actor: 'local', reason: 'incident 42' });
  });

  it('takes no start and no stop for a loss', async () => {
    fleet = await RunsRig.start();
    await attachAll();
    fleet = await fleet.restart(5_000);
    fleet.pass(30_000);
    await fleet.rig.attach(new PruningAgent('web-1', ['net-1']));
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(frozen()).toEqual({ frozen: false, reason: '', actor: '', at: null });
    expect(await fleet.audited()).toEqual([]);
  });
});
