import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FairleadError, type Network } from '@fairlead/domain';
import { networkDigest, type PlanRestoreRequest, toNetworkMessage } from '@fairlead/link';
import { describeNetwork } from '../inventory/describe-network.js';
import type { Removing } from '../journal/entries.js';
import { arrive, call, createRig, type Life, lookUp, type Rig } from '../testing/handler-rig.js';
import { readNetwork } from './looks.js';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.end());

const SUBNET = { cidr: '10.60.0.0/24', ipRange: null, gateway: '10.60.0.1', auxAddresses: {} };
const LABELS = { team: 'web' };
const FIXED = { network: 'my-net', aliases: ['db'], ipv4: '10.60.0.77' };

const addNetwork = (): string => rig.engine.addNetwork({ name: 'my-net', subnets: [SUBNET], labels: LABELS });
/** What the controller would send of it. */
const recordOf = async (id: string) => describeNetwork((await readNetwork(rig.engine, id)).network);
const questionOf = async (id: string, more: Omit<PlanRestoreRequest, 'record'> = {}) => ({
  networkId: id,
  record: await recordOf(id),
  ...more,
});

let ids = 0;
const newId = (): string => `op-${(ids += 1)}`;
const plan = (question: PlanRestoreRequest, life: Life = rig) =>
  life.handlers.PlanRestore(arrive('PlanRestore', question), call());
const restore = (question: PlanRestoreRequest, life: Life = rig, operationId = newId()) =>
  life.handlers.RestoreNetwork(arrive('RestoreNetwork', { operationId, ...question }), call());
const removeByForce = (networkId: string, operationId: string) =>
  rig.handlers.RemoveNetwork(arrive('RemoveNetwork', { operationId, networkId, force: true }), call());

const attachmentOf = async (container: string) => {
  const { attachments } = await rig.engine.inspectContainer(container);
  return attachments.find(({ networkName }) => networkName === 'my-net');
};
const refused = (code: string, message: RegExp | string = '') =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });
const CHANGING = ['createNetwork', 'connect', 'disconnect', 'removeNetwork'];
/** Calls that change something, from now on. */
function watchChanges(): () => string[] {
  const before = rig.calls.length;
  return () => rig.calls.slice(before).filter((name) => CHANGING.includes(name));
}

describe('a network that somebody else removed', () => {
  it('lets a stopped container start again, with alias and static address as before', async () => {
    const id = addNetwork();
    rig.engine.addContainer({ name: 'one', networks: [FIXED], state: 'exited' });
    const question = await questionOf(id);
    await rig.engine.removeNetwork(id);
    expect(() => rig.engine.startContainer('one')).toThrow(`network ${id} not found`);

    const { network, source, attachments, differences } = await restore(question);
    expect(network).toMatchObject({ name: 'my-net', labels: LABELS, endpoints: [{ containerName: 'one' }] });
    expect(network?.id).not.toBe(id);
    expect(source).toBe('controller');
    expect(attachments).toMatchObject([{ containerName: 'one', outcome: 'attached', reason: 'refers' }]);
    expect(differences).toEqual([]);
    rig.engine.startContainer('one');
    expect(await attachmentOf('one')).toMatchObject({ networkId: network?.id, ipv4: '10.60.0.77', aliases: ['db'] });
  });

  it('lets a container start again that had last run on a later network of its name, which is gone too', async () => {
    const id = addNetwork();
    rig.engine.addContainer({ name: 'one', networks: [FIXED], state: 'exited' });
    const question = await questionOf(id);
    await rig.engine.removeNetwork(id);
    const later = (await restore(question)).network?.id ?? '';
    rig.engine.startContainer('one');
    rig.engine.stopContainer('one');
    await rig.engine.removeNetwork(later);

    const { network, attachments, differences } = await restore(question);
    expect(attachments).toMatchObject([{ containerName: 'one', outcome: 'attached', reason: 'refers' }]);
    expect(differences).toEqual([]);
    rig.engine.startContainer('one');
    expect(await attachmentOf('one')).toMatchObject({ networkId: network?.id, ipv4: '10.60.0.77', aliases: ['db'] });
  });

  it('is connected to in one step, so that the settings of a container are never nowhere', async () => {
    const id = addNetwork();
    rig.engine.addContainer({ name: 'one', networks: [FIXED], state: 'exited' });
    const question = await questionOf(id);
    await rig.engine.removeNetwork(id);
    const changes = watchChanges();
    await restore(question);
    expect(changes()).toEqual(['createNetwork', 'connect']);
  });

  it('gets the range that the engine had chosen, and not the one that it would choose now', async () => {
    const before = rig.engine.addNetwork({ name: 'before' });
    const id = rig.engine.addNetwork({ name: 'my-net' });
    const { subnets } = await rig.engine.inspectNetwork(id);
    const question = await questionOf(id);
    for (const gone of [before, id]) await rig.engine.removeNetwork(gone);
    const { network, differences } = await restore(question);
    expect((await rig.engine.inspectNetwork(network?.id ?? '')).subnets).toEqual(subnets);
    expect(differences).toEqual([]);
    const { subnets: free } = await rig.engine.inspectNetwork(rig.engine.addNetwork({ name: 'after' }));
    expect(free[0]?.cidr.localeCompare(subnets[0]?.cidr ?? '')).toBe(-1);
  });

  it('is found by name by a container that was never started: nothing is to be done for it', async () => {
    const id = addNetwork();
    rig.engine.addContainer({ name: 'new', networks: [FIXED], state: 'created' });
    const question = await questionOf(id);
    await rig.engine.removeNetwork(id);
    const { network, attachments } = await restore(question);
    expect(attachments).toEqual([]);
    expect(network).toMatchObject({ endpoints: [{ containerName: 'new' }] });
    rig.engine.startContainer('new');
    expect(await attachmentOf('new')).toMatchObject({ networkId: network?.id, ipv4: '10.60.0.77' });
  });

  it('tells what cannot come back before anything is done', async () => {
    const id = addNetwork();
    const mac = '02:42:0a:3c:00:63';
    rig.engine.addContainer({ name: 'one', networks: [{ ...FIXED, mac }], state: 'exited' });
    rig.engine.addContainer({ name: 'two', networks: ['my-net'], state: 'exited' });
    const question = await questionOf(id);
    await rig.engine.removeNetwork(id);
    const changes = watchChanges();
    const { losses, attachments } = await plan(question);
    expect(losses).toEqual([
      'It gets a new id and a new time of creation.',
      expect.stringMatching(new RegExp(`^Its bridge br-${id.slice(0, 12)} gets another name.*\\.$`)),
      'It is made from what the controller saw last: containers that were taken off it by force are not known.',
      'Dynamic addresses may be others than before: two.',
      `This engine gives a container that is attached again another MAC address: one (${mac}).`,
    ]);
    expect(attachments?.map(({ containerName }) => containerName)).toEqual(['one', 'two']);
    expect(attachments?.[0]).toMatchObject({ state: 'exited', reason: 'refers', endpoint: { aliases: ['db'], mac } });
    expect(changes()).toEqual([]);
  });

  it('is refused where the record does not fit its own digest', async () => {
    const id = addNetwork();
    const question = await questionOf(id);
    await rig.engine.removeNetwork(id);
    const altered = { ...question, record: { ...question.record, internal: true } };
    const changes = watchChanges();
    for (const ask of [plan, restore]) await expect(ask(altered)).rejects.toEqual(refused('record_mismatch', 'digest'));
    const other = { ...question, networkId: 'f'.repeat(64) };
    await expect(restore(other)).rejects.toEqual(refused('record_mismatch', 'another network'));
    expect(changes()).toEqual([]);
  });
});

describe('a network that was removed by force from here', () => {
  const aUsedNetwork = async () => {
    const id = addNetwork();
    rig.engine.addContainer({ name: 'one', networks: [FIXED], state: 'exited' });
    rig.engine.addContainer({ name: 'two', networks: ['bridge', { network: 'my-net', ipv4: '10.60.0.78' }] });
    const question = await questionOf(id, { removedBy: 'removal' });
    await removeByForce(id, 'removal');
    return question;
  };
  const editJournal = (edit: (line: Removing) => object): void => {
    const path = join(rig.folder, 'journal.jsonl');
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const edited = lines.map((line) => {
      const entry = JSON.parse(line) as Removing;
      return entry.t === 'removing' ? JSON.stringify(edit(entry)) : line;
    });
    writeFileSync(path, `${edited.join('\n')}\n`);
  };

  it('has its containers again, with what force had made the engine forget', async () => {
    const question = await aUsedNetwork();
    const { source, attachments, differences, network } = await restore(question);
    expect(source).toBe('journal');
    expect(attachments).toMatchObject([
      { containerName: 'one', outcome: 'attached', reason: 'detached' },
      { containerName: 'two', outcome: 'attached', reason: 'detached' },
    ]);
    expect(differences).toEqual([]);
    expect(await attachmentOf('two')).toMatchObject({ networkId: network?.id, ipv4: '10.60.0.78' });
    rig.engine.startContainer('one');
    expect(await attachmentOf('one')).toMatchObject({ networkId: network?.id, ipv4: '10.60.0.77', aliases: ['db'] });
  });

  it('is journaled with these settings before anybody is taken off', async () => {
    await aUsedNetwork();
    const [begun, removing, ...rest] = rig.lines();
    expect(begun).toMatchObject({ t: 'started', op: 'removal' });
    expect(removing).toMatchObject({
      t: 'removing',
      attachments: [
        { containerName: 'one', endpoint: { aliases: ['db'], ipv4: '10.60.0.77' } },
        { containerName: 'two', endpoint: { ipv4: '10.60.0.78' } },
      ],
      seal: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(rest.filter(({ t }) => t === 'detaching')).toHaveLength(2);
  });

  it('takes no container that has come back by itself, or is gone', async () => {
    const question = await aUsedNetwork();
    rig.engine.removeContainer('one');
    const id = addNetwork();
    await rig.engine.connect(id, 'two', { ...EMPTY, ipv4: '10.60.0.9' });
    const { attachments, losses, presentId } = await plan(question);
    expect(presentId).toBe(id);
    expect(attachments).toEqual([]);
    expect(losses).toContain('Containers that are gone: one.');
  });

  it('is refused where its entry in the journal was tampered with', async () => {
    const question = await aUsedNetwork();
    const tampered: ((line: Removing) => object)[] = [
      (line) => ({ ...line, network: { ...line.network, labels: { team: 'other' } } }),
      (line) => ({ ...line, attachments: [] }),
      (line) => ({ ...line, attachments: line.attachments?.map((each) => ({ ...each, containerId: 'evil' })) }),
      (line) => ({ ...line, seal: 'f'.repeat(64) }),
      ({ seal: _seal, ...line }) => line,
    ];
    for (const [index, edit] of tampered.entries()) {
      const before = readFileSync(join(rig.folder, 'journal.jsonl'));
      editJournal(edit);
      const life = await rig.again();
      const changes = watchChanges();
      for (const ask of [plan, restore]) {
        await expect(ask(question, life)).rejects.toEqual(refused('record_mismatch', 'altered'));
      }
      expect([index, changes()]).toEqual([index, []]);
      writeFileSync(join(rig.folder, 'journal.jsonl'), before);
    }
  });

  it('is refused where the controller gives another record, however well it fits itself', async () => {
    const question = await aUsedNetwork();
    const { network } = rig.lines().find((line): line is Removing => line.t === 'removing') as Removing;
    const forged: Network = { ...network, internal: true };
    const record = toNetworkMessage(forged, networkDigest(forged));
    await expect(restore({ ...question, record })).rejects.toEqual(refused('record_mismatch', 'differ'));
  });

  it('is still read from an entry of an earlier agent, without seal and settings', async () => {
    const question = await aUsedNetwork();
    editJournal(({ attachments: _attachments, seal: _seal, ...line }) => line);
    const { source, attachments } = await restore(question, await rig.again());
    expect({ source, attachments }).toEqual({ source: 'journal', attachments: [] });
  });

  it('is made from what the controller saw where the journal was lost, and says what that misses', async () => {
    const question = await aUsedNetwork();
    writeFileSync(join(rig.folder, 'journal.jsonl'), 'no journal\n');
    const { source, attachments, losses } = await restore(question, await rig.again());
    expect({ source, attachments }).toEqual({ source: 'controller', attachments: [] });
    expect(losses).toContainEqual(expect.stringContaining('taken off it by force are not known'));
  });

  it('comes back with labels that only its agent knew', async () => {
    const labels = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`label-${index}`, 'x']));
    const id = rig.engine.addNetwork({ name: 'my-net', labels });
    const question = await questionOf(id, { removedBy: 'removal' });
    await removeByForce(id, 'removal');
    await restore(question);
    expect((await rig.engine.inspectNetwork('my-net')).labels).toEqual(labels);
  });
});

const EMPTY = {
  ...{ aliases: [], links: [], ipv4: '', ipv6: '', linkLocalIps: [], driverOptions: {} },
  ...{ gatewayPriority: undefined, mac: '' },
};

describe('what stands in the way', () => {
  const aLostNetwork = async (more: { readonly renumber?: boolean } = {}) => {
    const id = addNetwork();
    rig.engine.addContainer({ name: 'one', networks: [FIXED], state: 'exited' });
    const question = await questionOf(id, more);
    await rig.engine.removeNetwork(id);
    return question;
  };

  it('is a network of that name: it is named, and nothing is done', async () => {
    const question = await aLostNetwork();
    const holder = rig.engine.addNetwork({ name: 'my-net', internal: true });
    const { conflicts, presentId } = await plan(question);
    expect(conflicts).toEqual([
      expect.objectContaining({
        kind: 'name',
        what: 'my-net',
        holder: 'my-net',
        holderId: holder,
        renumberingHelps: false,
      }),
    ]);
    expect(presentId).toBe('');
    const changes = watchChanges();
    await expect(restore(question)).rejects.toEqual(refused('already_exists', holder.slice(0, 12)));
    await expect(restore({ ...question, renumber: true })).rejects.toEqual(refused('already_exists'));
    expect(changes()).toEqual([]);
  });

  it('is a network with an overlapping range: it is named, and renumbering is offered', async () => {
    const question = await aLostNetwork();
    rig.engine.addNetwork({ name: 'rival', subnets: [{ ...SUBNET, cidr: '10.60.0.128/25', gateway: '10.60.0.129' }] });
    const { conflicts } = await plan(question);
    expect(conflicts).toMatchObject([{ kind: 'range', what: '10.60.0.0/24', holder: 'rival', renumberingHelps: true }]);
    const changes = watchChanges();
    await expect(restore(question)).rejects.toMatchObject({
      code: 'subnet_overlap',
      message: expect.stringContaining("10.60.0.128/25 of network 'rival'"),
      hint: expect.stringContaining('--renumber'),
    });
    expect(changes()).toEqual([]);
  });

  it('is gone with other ranges, and then static addresses are given up', async () => {
    const question = await aLostNetwork({ renumber: true });
    rig.engine.addContainer({ name: 'new', networks: [{ ...FIXED, ipv4: '10.60.0.78' }], state: 'created' });
    rig.engine.addNetwork({ name: 'rival', subnets: [SUBNET] });
    const { conflicts, losses } = await plan(question);
    expect(conflicts).toEqual([]);
    expect(losses).toContain('Its address ranges are chosen anew, and static addresses are given up.');
    const { attachments, differences } = await restore(question);
    expect(attachments).toMatchObject([{ containerName: 'one' }, { containerName: 'new' }]);
    expect(differences?.map(({ field }) => field)).toEqual(['subnets']);
    for (const name of ['one', 'new']) rig.engine.startContainer(name);
    expect(await attachmentOf('one')).toMatchObject({ aliases: ['db'], ipv4: expect.stringMatching(/^172\./) });
  });

  it('is nothing of itself where other ranges are wished: then it keeps its own, and static addresses', async () => {
    const question = await aLostNetwork({ renumber: true });
    rig.engine.addContainer({ name: 'new', networks: [{ ...FIXED, ipv4: '10.60.0.78' }], state: 'created' });
    const without = await plan({ ...question, renumber: false });
    expect(await plan(question)).toEqual(without);
    expect(without.losses).not.toContainEqual(expect.stringContaining('given up'));
    const { differences } = await restore(question);
    expect(differences).toEqual([]);
    for (const name of ['one', 'new']) rig.engine.startContainer(name);
    expect(await attachmentOf('one')).toMatchObject({ ipv4: '10.60.0.77' });
    expect(await attachmentOf('new')).toMatchObject({ ipv4: '10.60.0.78' });
  });

  it('is nothing either where somebody has made the very same again, and other ranges are wished', async () => {
    const question = await aLostNetwork({ renumber: true });
    rig.engine.addContainer({ name: 'new', networks: [{ ...FIXED, ipv4: '10.60.0.78' }], state: 'created' });
    const id = addNetwork();
    const changes = watchChanges();
    expect(await restore(question)).toMatchObject({ network: { id }, attachments: [{ containerName: 'one' }] });
    expect(changes()).toEqual(['connect']);
    for (const name of ['one', 'new']) rig.engine.startContainer(name);
    expect(await attachmentOf('one')).toMatchObject({ ipv4: '10.60.0.77' });
    expect(await attachmentOf('new')).toMatchObject({ ipv4: '10.60.0.78' });
  });

  it('is gone with other ranges too where only the engine knows why the old ones cannot be had', async () => {
    const question = await aLostNetwork({ renumber: true });
    const onTheHost = new FairleadError('subnet_overlap', 'subnet 10.60.0.0/24 is already used on the host');
    rig.engine.failNext('createNetwork', onTheHost);
    await expect(restore({ ...question, renumber: false })).rejects.toEqual(refused('subnet_overlap', 'on the host'));
    rig.engine.failNext('createNetwork', onTheHost);
    const { differences, attachments, losses } = await restore(question);
    expect(differences?.map(({ field }) => field)).toEqual(['subnets']);
    expect(attachments).toMatchObject([{ containerName: 'one', outcome: 'attached' }]);
    expect(losses).toContain('Its address ranges are chosen anew, and static addresses are given up.');
    rig.engine.startContainer('one');
  });

  it('is the host policy, which is asked first and once more for the network', async () => {
    const question = await aLostNetwork();
    const policyFile = join(rig.folder, 'policy.json');
    writeFileSync(policyFile, JSON.stringify({ mode: 'full', drivers: ['macvlan'] }), { mode: 0o600 });
    const life = await rig.again({ policyFile });
    const changes = watchChanges();
    await expect(restore(question, life)).rejects.toEqual(refused('policy_refused', 'drivers'));
    expect(changes()).toEqual([]);
  });

  describe('is the host policy where containers would be put on a protected network', () => {
    const aProtectingLife = async () => {
      const policyFile = join(rig.folder, 'policy.json');
      writeFileSync(policyFile, JSON.stringify({ mode: 'manage', protect: { names: ['my-*'] } }), { mode: 0o600 });
      return rig.again({ policyFile });
    };

    it('that is there as recorded', async () => {
      const question = await aLostNetwork();
      const life = await aProtectingLife();
      addNetwork();
      const changes = watchChanges();
      await expect(restore(question, life)).rejects.toEqual(refused('policy_refused', 'protect.names'));
      expect(changes()).toEqual([]);
    });

    it('that appears when the restore has begun', async () => {
      const question = await aLostNetwork();
      const life = await aProtectingLife();
      const append = life.journal.append.bind(life.journal);
      life.journal.append = async (...entries) => {
        if (entries[0]?.t === 'started') addNetwork();
        return append(...entries);
      };
      const changes = watchChanges();
      await expect(restore(question, life)).rejects.toEqual(refused('policy_refused', 'protect.names'));
      expect(changes()).toEqual([]);
    });

    it('and not where it is made again, which changes none', async () => {
      const question = await aLostNetwork();
      expect(await restore(question, await aProtectingLife())).toMatchObject({
        attachments: [{ outcome: 'attached' }],
      });
    });
  });

  it('is nothing where a removal by force had failed half way: who was taken off is put back', async () => {
    const id = addNetwork();
    for (const name of ['one', 'two']) rig.engine.addContainer({ name, networks: [{ ...FIXED, ipv4: '' }] });
    const question = await questionOf(id, { removedBy: 'removal' });
    rig.engine.failNext('removeNetwork', new FairleadError('engine_failed', 'It broke'));
    await expect(removeByForce(id, 'removal')).rejects.toEqual(refused('engine_failed', 'one, two'));
    await rig.engine.connect(id, 'two', EMPTY);
    const changes = watchChanges();
    const { network, attachments } = await restore(question);
    expect(network?.id).toBe(id);
    expect(attachments).toMatchObject([{ containerName: 'one', outcome: 'attached' }]);
    expect(changes()).toEqual(['connect']);
  });

  it('is no container of a network that is there, whatever record is given for it', async () => {
    const id = addNetwork();
    rig.engine.addContainer({ name: 'one', networks: [FIXED], state: 'exited' });
    const { network } = await readNetwork(rig.engine, id);
    const forged = { ...network, name: 'other', subnets: [{ ...SUBNET, cidr: '10.99.0.0/24', gateway: '10.99.0.1' }] };
    const question = { networkId: id, record: toNetworkMessage(forged, networkDigest(forged)) };
    expect(await plan(question)).toMatchObject({ conflicts: [], attachments: [] });
  });

  it('for one container is told in the answer, and keeps the others from nothing', async () => {
    const id = addNetwork();
    for (const name of ['one', 'two']) rig.engine.addContainer({ name, networks: ['bridge', 'my-net'] });
    const question = await questionOf(id, { removedBy: 'removal' });
    await removeByForce(id, 'removal');
    rig.engine.failNext('connect', new FairleadError('engine_refused', 'It will not', { engineMessage: 'no' }));
    const { attachments } = await restore(question);
    expect(attachments).toMatchObject([
      { containerName: 'one', outcome: 'failed', reason: 'It will not', engineMessage: 'no' },
      { containerName: 'two', outcome: 'attached' },
    ]);
  });
});

describe('a restore that was cut short', () => {
  const cutShort = async () => {
    const id = addNetwork();
    rig.engine.addContainer({ name: 'one', networks: [FIXED], state: 'exited' });
    const question = await questionOf(id);
    await rig.engine.removeNetwork(id);
    rig.engine.failNext('connect', new FairleadError('engine_unavailable', 'connection reset'));
    await expect(restore(question, rig, 'first')).rejects.toEqual(refused('outcome_unknown'));
    return question;
  };

  const verdictOn = async (question: PlanRestoreRequest, life?: Life) =>
    lookUp(life ?? (await rig.again()), 'RestoreNetwork', { operationId: 'first', ...question });

  it('is found to have made the network only, and is never begun again', async () => {
    const question = await cutShort();
    const changes = watchChanges();
    await expect(restore(question, rig, 'first')).rejects.toEqual(refused('outcome_unknown'));
    expect(await verdictOn(question, rig)).toMatchObject({ verdict: 'undecided' });
    expect(await verdictOn(question)).toMatchObject({
      ...{ verdict: 'not_applied', source: 'engine' },
      explanation: expect.stringContaining('not attached to it: one; restore it again'),
    });
    expect(changes()).toEqual([]);
  });

  it('is found to be done where nobody is left to be attached', async () => {
    const question = await cutShort();
    const life = await rig.again();
    await restore(question, life, 'second');
    expect(await verdictOn(question, life)).toMatchObject({ verdict: 'applied', source: 'engine' });
  });

  it('is found not to be done where it was begun on a network that was there before', async () => {
    const id = addNetwork();
    rig.engine.addContainer({ name: 'one', networks: [FIXED], state: 'exited' });
    const question = await questionOf(id);
    await rig.engine.removeNetwork(id);
    addNetwork();
    rig.engine.failNext('connect', new FairleadError('engine_unavailable', 'connection reset'));
    await expect(restore(question, rig, 'first')).rejects.toEqual(refused('outcome_unknown'));
    expect(await verdictOn(question)).toMatchObject({ verdict: 'not_applied' });
  });

  it('leaves whom force had taken off to be attached too, as the journal has them', async () => {
    const id = addNetwork();
    for (const name of ['one', 'two']) rig.engine.addContainer({ name, networks: ['bridge', 'my-net'] });
    const question = await questionOf(id, { removedBy: 'removal' });
    await removeByForce(id, 'removal');
    const connect = rig.engine.connect.bind(rig.engine);
    rig.engine.connect = async (network, container, endpoint) => {
      await connect(network, container, endpoint);
      rig.engine.failNext('connect', new FairleadError('engine_unavailable', 'connection reset'));
    };
    await expect(restore(question, rig, 'first')).rejects.toEqual(refused('outcome_unknown'));
    rig.engine.connect = connect;
    expect(await verdictOn(question)).toMatchObject({
      ...{ verdict: 'not_applied', explanation: expect.stringContaining('not attached to it: two;') },
    });
  });

  it('is told by no record that was altered', async () => {
    const question = await cutShort();
    const record = { ...question.record, internal: true };
    expect(await verdictOn({ ...question, record })).toMatchObject({
      ...{ verdict: 'not_applied', explanation: expect.stringContaining('was altered') },
    });
  });

  it('has made the network also where only the journal, lost since, knew all of it', async () => {
    const labels = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`label-${index}`, 'x']));
    const id = rig.engine.addNetwork({ name: 'my-net', labels });
    const question = await questionOf(id, { removedBy: 'removal' });
    await removeByForce(id, 'removal');
    const { network } = await restore(question);
    writeFileSync(join(rig.folder, 'journal.jsonl'), 'no journal\n');
    expect(await plan(question, await rig.again())).toMatchObject({ presentId: network?.id, conflicts: [] });
  });

  it('is completed by another one: only the attaching is left', async () => {
    const question = await cutShort();
    const { id } = await rig.engine.inspectNetwork('my-net');
    expect(await plan(question)).toMatchObject({
      presentId: id,
      conflicts: [],
      attachments: [{ containerName: 'one' }],
    });
    const changes = watchChanges();
    expect(await restore(question)).toMatchObject({ network: { id }, attachments: [{ outcome: 'attached' }] });
    expect(changes()).toEqual(['connect']);
    expect(await plan(question)).toMatchObject({ presentId: id, attachments: [] });
    rig.engine.startContainer('one');
  });

  it('is not applied where the engine has no such network', async () => {
    const id = addNetwork();
    const question = await questionOf(id);
    await rig.engine.removeNetwork(id);
    rig.engine.failNext('createNetwork', new FairleadError('engine_unavailable', 'connection reset'));
    await expect(restore(question, rig, 'first')).rejects.toEqual(refused('outcome_unknown'));
    expect(await verdictOn(question)).toMatchObject({ verdict: 'not_applied' });
  });
});
