import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PruningAgent } from '../testing/pruning-agent.js';
import { ACTOR, until } from '../testing/rig.js';
import { RunsRig } from '../testing/runs-rig.js';
import { FleetLossWatch, type HostSight, lossOf } from './fleet-loss.js';

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

const NAMES = ['web-1', 'web-2', 'web-3', 'web-4', 'web-5'];

describe('a watch over hosts', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const watched = () => {
    const live = new Set<string>();
    const losses: object[] = [];
    const watch = new FleetLossWatch(
      (name) => (live.has(name) ? 'live' : 'offline'),
      () => performance.now(),
      (loss) => losses.push(loss),
    );
    const come = (): void => NAMES.forEach((name) => (live.add(name), watch.hostChanged(name)));
    const go = (): void => NAMES.forEach((name) => (live.delete(name), watch.hostChanged(name)));
    return { watch, losses, come, go };
  };

  it('tells once of a loss', () => {
    const { losses, come, go } = watched();
    come();
    go();
    jest.advanceTimersByTime(1_999);
    expect(losses).toEqual([]);
    jest.advanceTimersByTime(60_000);
    expect(losses).toEqual([{ lost: 5, of: 5 }]);
  });

  it('takes no hosts for lost that were never live, as after a start', () => {
    const { losses, go } = watched();
    go();
    jest.advanceTimersByTime(60_000);
    expect(losses).toEqual([]);
  });

  it.each([
    ['before', (watch: FleetLossWatch, go: () => void) => (go(), watch.stop())],
    ['after', (watch: FleetLossWatch, go: () => void) => (watch.stop(), go())],
  ])('tells nothing after it was stopped, of hosts that were lost %s', (_, end) => {
    const { watch, losses, come, go } = watched();
    come();
    end(watch, go);
    jest.advanceTimersByTime(60_000);
    expect(losses).toEqual([]);
  });
});

describe('a controller that loses its hosts', () => {
  let fleet: RunsRig;
  afterEach(() => fleet.rig.stop());

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
      detail: { reason: expect.stringContaining('3 of 5 hosts were lost'), already: true },
    });
    expect(frozen()).toMatchObject({ frozen: true, actor: 'local', reason: 'incident 42' });
  });

  it('does not take its own end for a loss', async () => {
    let ahead = 0;
    const monotonic = (): number => performance.now() + ahead;
    fleet = await RunsRig.start({ runtime: { monotonic } });
    const { rig } = fleet;
    const told = { controller: 0, witness: 0 };
    rig.runtime.freeze.hold = async () => {
      told.controller += 1;
      return rig.runtime.freeze.current;
    };
    // Listens as the controller's own watch does, after it, and is not stopped.
    const witness = new FleetLossWatch(
      (name) => rig.freshness(name),
      monotonic,
      () => void (told.witness += 1),
    );
    rig.runtime.fleet.listen(witness);
    await attachAll();
    fleet = await fleet.restart();
    ahead = 5_000;
    await until('the witness tells of the loss', () => told.witness > 0);
    expect(told).toEqual({ controller: 0, witness: 1 });
  });
});
