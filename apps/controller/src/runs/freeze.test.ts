import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  connectRequest,
  createNetworkRequest,
  disconnectRequest,
  probeRequest,
  pruneRequest,
  removeQuery,
} from '@fairlead/api';
import { HostScope } from '../access/host-scope.js';
import { PruningAgent } from '../testing/pruning-agent.js';
import { ACTOR, until } from '../testing/rig.js';
import { RunsRig } from '../testing/runs-rig.js';
import { FreezeSwitch } from './freeze-switch.js';
import { CONTROLLER } from './run.js';

const ANN = { ...ACTOR, name: 'ann' };

let fleet: RunsRig;
let agent: PruningAgent;

beforeEach(async () => {
  fleet = await RunsRig.start();
  agent = new PruningAgent('web-1', ['a', 'b', 'c']);
  await fleet.rig.attach(agent);
});

afterEach(() => fleet.rig.stop());

const freeze = (frozen: boolean, reason = '') => fleet.rig.runtime.freeze.set(frozen, reason, ACTOR);
/** Who asked the switch for what, as the audit has it. */
const asked = async () =>
  (await fleet.rig.database.prisma.auditEntry.findMany({ orderBy: { seq: 'asc' } }))
    .filter(({ action }) => action.startsWith('freeze.'))
    .map(({ actor, action }) => `${actor} ${action}`);
const commands = () => fleet.rig.runtime.commands;
const on = ['web-1', 'a'] as const;
const COMMANDS = {
  remove: () => commands().remove(...on, removeQuery.parse({}), HostScope.all),
  prune: () => commands().prune('web-1', pruneRequest.parse({}), HostScope.all),
  disconnect: () => commands().disconnect(...on, disconnectRequest.parse({ container: 'one' }), HostScope.all),
  connect: () => commands().connect(...on, connectRequest.parse({ container: 'one' }), HostScope.all),
  create: () => commands().create('web-1', createNetworkRequest.parse({ name: 'new' }), HostScope.all),
  probe: () => commands().probe('web-1', probeRequest.parse({ from: 'one', to: 'two' }), HostScope.all),
};

describe('while destructive work is frozen', () => {
  it.each(['remove', 'prune', 'disconnect'] as const)(
    '%s is refused, saying by whom, when, why, and how on',
    async (kind) => {
      await freeze(true, 'an incident');
      await expect(fleet.rig.submit(COMMANDS[kind])).rejects.toMatchObject({
        code: 'frozen',
        message: expect.stringContaining('by local since 2026-11-24T09:30:00.000Z: an incident'),
        hint: expect.stringContaining('fairlead freeze off'),
      });
      expect(await fleet.operations()).toEqual([]);
      await freeze(false);
      expect(await fleet.rig.carryOut(COMMANDS[kind])).toMatchObject({ outcome: 'succeeded' });
    },
  );

  it.each(['connect', 'create', 'probe'] as const)('%s goes on', async (kind) => {
    await freeze(true);
    expect(await fleet.rig.carryOut(COMMANDS[kind])).toMatchObject({ outcome: 'succeeded' });
  });

  it('a person’s prune stops between two networks', async () => {
    const hold = agent.holdAt('b');
    const { operation, finished } = await fleet.rig.submit(COMMANDS.prune);
    await hold.reached;
    await freeze(true, 'an incident');
    hold.release();
    expect(await finished).toMatchObject({ outcome: 'failed', error: { code: 'frozen' } });
    expect(agent.removed).toEqual(['a', 'b']);
    const { result } = await fleet.rig.stored(operation.id);
    expect((result as { items: { outcome: string }[] }).items.map(({ outcome }) => outcome)).toEqual([
      'removed',
      'removed',
      'kept',
    ]);
  });

  it('everybody who listens is told, and the audit knows both times', async () => {
    await freeze(true, 'an incident');
    await freeze(false, 'it is over');
    await until('both events are there', () => told().length === 2);
    expect(told()).toEqual([
      { frozen: true, reason: 'an incident', actor: 'local', at: '2026-11-24T09:30:00.000Z' },
      { frozen: false, reason: 'it is over', actor: 'local', at: '2026-11-24T09:30:00.000Z' },
    ]);
    expect(await fleet.audited()).toEqual(['freeze.on', 'freeze.off']);
  });

  const told = () => fleet.rig.events.flatMap((event) => (event.type === 'freeze.changed' ? [event.data] : []));

  it('it stays so over a restart, before any agent is back', async () => {
    await freeze(true, 'an incident');
    fleet = await fleet.restart();
    expect(fleet.rig.runtime.freeze.current).toMatchObject({ frozen: true, reason: 'an incident' });
    await fleet.rig.attach(agent);
    await expect(fleet.rig.submit(COMMANDS.remove)).rejects.toMatchObject({ code: 'frozen' });
  });

  it('it holds at once, and lets go only once that is written', async () => {
    const { freeze: hold } = fleet.rig.runtime;
    const freezing = hold.set(true, '', ACTOR);
    expect(hold.signal.aborted).toBe(true);
    await freezing;
    const releasing = hold.set(false, '', ACTOR);
    expect(hold.signal.aborted).toBe(true);
    await releasing;
    expect(hold.signal.aborted).toBe(false);
  });

  it('it holds though it cannot be written', async () => {
    await fleet.rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = ON');
    await expect(freeze(true)).rejects.toMatchObject({ code: 'storage_failed' });
    await fleet.rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = OFF');
    await expect(fleet.rig.submit(COMMANDS.remove)).rejects.toMatchObject({ code: 'frozen' });
  });

  it('it keeps a person’s reason where the controller would freeze it too, over a restart as well', async () => {
    await freeze(true, 'an incident');
    fleet = await fleet.restart();
    const { freeze: hold } = fleet.rig.runtime;
    await hold.hold('hosts were lost', CONTROLLER);
    expect(hold.current).toMatchObject({ frozen: true, reason: 'an incident', actor: 'local' });
  });

  it('it keeps by whom, since when and why where it is frozen again without a reason', async () => {
    await freeze(true, 'an incident');
    const first = fleet.rig.runtime.freeze.current;
    fleet.pass(60_000);
    expect(await fleet.rig.runtime.freeze.set(true, '', ANN)).toEqual({ ...first, already: true });
    fleet = await fleet.restart();
    expect(fleet.rig.runtime.freeze.current).toEqual(first);
    expect(await fleet.rig.runtime.freeze.set(true, 'worse by now', ANN)).toMatchObject({ already: false });
    expect(fleet.rig.runtime.freeze.current).toMatchObject({ reason: 'worse by now', actor: 'ann' });
    expect(await asked()).toEqual(['local freeze.on', 'ann freeze.on', 'ann freeze.on']);
  });

  it('who let it go on, and when, stays where somebody lets go again', async () => {
    expect(await freeze(false)).toMatchObject({ at: null, already: true });
    await freeze(true, 'an incident');
    await freeze(false, 'it is over');
    const first = fleet.rig.runtime.freeze.current;
    fleet.pass(60_000);
    expect(await fleet.rig.runtime.freeze.set(false, '', ANN)).toEqual({ ...first, already: true });
    expect(fleet.rig.runtime.freeze.current).toEqual(first);
    expect((await asked()).at(-1)).toBe('ann freeze.off');
  });

  it('it is written down by whoever freezes again where that had failed', async () => {
    await fleet.rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = ON');
    await expect(freeze(true, 'an incident')).rejects.toMatchObject({ code: 'storage_failed' });
    await fleet.rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = OFF');
    await freeze(true);
    fleet = await fleet.restart();
    expect(fleet.rig.runtime.freeze.current).toMatchObject({ frozen: true, reason: 'an incident' });
  });

  it('it keeps a person’s reason where that person’s release could not be written, over a restart as well', async () => {
    const { freeze: hold } = fleet.rig.runtime;
    await freeze(true, 'an incident');
    await fleet.rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = ON');
    await expect(freeze(false)).rejects.toMatchObject({ code: 'storage_failed' });
    await fleet.rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = OFF');
    await hold.hold('hosts were lost', CONTROLLER);
    expect(hold.current).toMatchObject({ frozen: true, reason: 'an incident', actor: 'local' });
    fleet = await fleet.restart();
    expect(fleet.rig.runtime.freeze.current).toMatchObject({ frozen: true, reason: 'an incident', actor: 'local' });
  });

  it('it keeps what could be written, by whoever asked for the same while that had failed', async () => {
    let failures = 1;
    const save = () => (failures-- > 0 ? Promise.reject(new Error('the disk is full')) : Promise.resolve());
    const first = { frozen: true, reason: 'an incident', actor: 'local', at: 1 };
    const hold = new FreezeSwitch({ load: () => Promise.resolve(first), save }, () => 2);
    await hold.load();
    await Promise.allSettled([hold.set(true, 'worse by now', ANN), hold.hold('hosts were lost', CONTROLLER)]);
    expect(hold.current).toMatchObject({ reason: 'worse by now', actor: 'ann' });
    expect(await hold.hold('hosts were lost', CONTROLLER)).toMatchObject({ reason: 'worse by now', actor: 'ann' });
  });

  it('the controller freezes it though somebody lets go at the same time', async () => {
    const { freeze: hold } = fleet.rig.runtime;
    await freeze(true, 'an incident');
    await Promise.all([freeze(false), hold.hold('hosts were lost', CONTROLLER)]);
    expect(hold.current).toMatchObject({ frozen: true, reason: 'hosts were lost', actor: 'controller' });
  });

  it('it stays so where somebody freezes while another lets go', async () => {
    await freeze(true);
    await Promise.all([freeze(false), freeze(true, 'wait')]);
    expect(fleet.rig.runtime.freeze.current).toMatchObject({ frozen: true, reason: 'wait' });
  });
});
