import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  connectRequest,
  createNetworkRequest,
  disconnectRequest,
  operation as operationSchema,
  probeRequest,
  pruneRequest,
  removeQuery,
} from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { codec } from '@fairlead/link';
import { anEndpoint } from '@fairlead/domain/testing';
import { HostScope } from '../access/host-scope.js';
import { Rig, until } from '../testing/rig.js';
import { Gate, idOf, message, network, ScriptedAgent } from '../testing/scripted-agent.js';
import { toOperationView } from './operation.view.js';

let rig: Rig;
let agent: ScriptedAgent;

beforeEach(async () => {
  rig = await Rig.start();
  agent = new ScriptedAgent('web-1');
});

afterEach(() => rig.stop());

const commands = () => rig.runtime.commands;
const create =
  (body: object = {}) =>
  () =>
    commands().create('web-1', createNetworkRequest.parse({ name: 'new-net', ...body }), HostScope.all);
const remove =
  (reference: string, query: object = {}) =>
  () =>
    commands().remove('web-1', reference, removeQuery.parse(query), HostScope.all);
const prune =
  (body: object = {}) =>
  () =>
    commands().prune('web-1', pruneRequest.parse(body), HostScope.all);
const probe = (body: object) => () => commands().probe('web-1', probeRequest.parse(body), HostScope.all);

/** A journal row, an audit row: what has to be there before anything is sent. */
const written = async () => ({
  operations: (await rig.database.prisma.operation.findMany()).map(({ state, kind }) => [kind, state]),
  audit: (await rig.database.prisma.auditEntry.findMany({ where: { action: { not: 'host.attach' } } })).map(
    ({ action, outcome }) => [action, outcome],
  ),
});

const cut = async (): Promise<void> => {
  rig.runtime.fleet.session('web-1')!.connection.close('the cable was pulled');
  await until('the session has gone', () => rig.runtime.fleet.session('web-1') === undefined);
};

describe('an operation', () => {
  it('is written, with its audit row, before anything is sent', async () => {
    let seen: unknown;
    agent.on('CreateNetwork', async () => {
      seen = await written();
      return { network: message(network('new-net')) };
    });
    await rig.attach(agent);
    const done = await rig.carryOut(create());
    expect(seen).toEqual({ operations: [['create', 'dispatched']], audit: [['network.create', 'accepted']] });
    expect((await rig.auditOf(done.id)).map(({ outcome }) => outcome)).toEqual(['accepted', 'succeeded']);
  });

  it('is not sent where it cannot be written', async () => {
    await rig.attach(agent);
    await rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = ON');
    await expect(rig.submit(create())).rejects.toMatchObject({ code: 'storage_failed' });
    await rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = OFF');
    expect(agent.callsOf('CreateNetwork')).toEqual([]);
    expect(await written()).toEqual({ operations: [], audit: [] });
  });

  it('says nothing of other hosts where its own was forgotten meanwhile', async () => {
    await rig.attach(agent);
    await rig.attach(new ScriptedAgent('zebra-1'));
    await cut();
    const done = await rig.carryOut(async () => {
      const command = await create()();
      await rig.runtime.hosts.forget('web-1', HostScope.all, { name: 'local', client: 'test', peer: 'unix' }, rig.time);
      return command;
    });
    expect(done).toMatchObject({ outcome: 'failed', sent: null, error: { code: 'host_not_found' } });
    expect(JSON.stringify(await rig.stored(done.id))).not.toContain('zebra');
  });

  it('keeps what was asked, what was sent and what happened apart', async () => {
    await rig.attach(agent);
    rig.time += 5;
    const done = await rig.carryOut(create({ labels: { a: 'b' } }));
    expect(toOperationView(await rig.stored(done.id), () => true)).toEqual(toOperationView(done, () => true));
    expect(done).toMatchObject({
      kind: 'create',
      target: { network: { id: '', name: 'new-net' } },
      request: { name: 'new-net', labels: { a: 'b' } },
      sent: { method: 'CreateNetwork', message: { operationId: done.id } },
      state: 'finished',
      outcome: 'succeeded',
      result: { network: { id: idOf('new-net'), labels: { a: 'b' } }, warning: '' },
      error: null,
      settled: null,
      actor: { name: 'local', client: 'test', peer: '127.0.0.1' },
      createdAt: rig.time,
      journalId: 'journal-of-web-1',
    });
    expect(operationSchema.safeParse(toOperationView(done, () => true)).error).toBeUndefined();
  });

  it('is told of when it is accepted and when it has ended, after the change that it made', async () => {
    await rig.attach(agent);
    const { id } = await rig.carryOut(create());
    await until('both events are there', () => rig.operationEvents(id).length === 2);
    expect(rig.operationEvents(id).map(({ state, outcome }) => [state, outcome])).toEqual([
      ['dispatched', null],
      ['finished', 'succeeded'],
    ]);
    const order = rig.events.flatMap(({ type }) => (type.startsWith('host') ? [] : type)).slice(-3);
    expect(order).toEqual(['operation.changed', 'network.created', 'operation.changed']);
  });

  it('has ended only when the inventory shows what it did', async () => {
    await rig.attach(agent);
    for (let round = 0; round < 20; round++) {
      await rig.carryOut(create({ name: `net-${round}` }));
      expect(await rig.names()).toContain(`net-${round}`);
    }
  });

  it.each([
    [
      'connect',
      () =>
        commands().connect(
          'web-1',
          'bridge',
          connectRequest.parse({ container: 'one', ipv4: '10.0.0.9' }),
          HostScope.all,
        ),
    ],
    [
      'disconnect',
      () =>
        commands().disconnect(
          'web-1',
          'bridge',
          disconnectRequest.parse({ container: 'one', force: true }),
          HostScope.all,
        ),
    ],
  ])('that is a %s names the network by its full id', async (kind, prepare) => {
    await rig.attach(agent);
    const done = await rig.carryOut(prepare);
    expect(done).toMatchObject({
      kind,
      outcome: 'succeeded',
      target: { network: { id: idOf('bridge') }, container: 'one' },
    });
    expect(done.sent!.message).toMatchObject({ networkId: idOf('bridge'), container: 'one' });
  });
});

describe('the outcome', () => {
  it.each([
    ['network_in_use', 'refused'],
    ['journal_failed', 'refused'],
    ['engine_refused', 'failed'],
    ['network_not_found', 'failed'],
    ['internal', 'failed'],
    ['deadline_exceeded', 'expired'],
  ] as const)('of a command that ends with %s is %s, in the engine’s own words', async (code, outcome) => {
    agent.on('RemoveNetwork', async () => {
      throw new FairleadError(code, 'No.', { engineMessage: 'the words of the engine', hint: 'Do this.' });
    });
    await rig.attach(agent);
    const done = await rig.carryOut(remove('bridge'));
    const error = { code, message: 'No.', engineMessage: 'the words of the engine', hint: 'Do this.' };
    expect(done).toMatchObject({ outcome, result: null, error });
    expect(await rig.stored(done.id)).toMatchObject({ outcome, error });
    expect((await rig.auditOf(done.id)).at(-1)).toMatchObject({ outcome, detail: error });
  });

  it('is unknown where the agent answers without the network that it worked on', async () => {
    agent.on('CreateNetwork', async () => ({}));
    await rig.attach(agent);
    expect(await rig.carryOut(create())).toMatchObject({ outcome: 'unknown', error: { code: 'outcome_unknown' } });
  });

  it('is that the host was out of reach, at once and with nothing sent', async () => {
    await rig.attach(agent);
    await cut();
    const { operation, finished } = await rig.submit(create());
    expect(operation).toMatchObject({
      state: 'finished',
      outcome: 'refused',
      sent: null,
      dispatchedAt: null,
      error: { code: 'host_unavailable', message: expect.stringContaining('Nothing was sent') },
    });
    expect(await finished).toBe(operation);
    expect(agent.callsOf('CreateNetwork')).toEqual([]);
    expect(await rig.auditOf(operation.id)).toMatchObject([{ outcome: 'refused' }]);
  });

  it('is the same where the link closes between the writing and the sending', async () => {
    const connection = await rig.attach(agent);
    const submitted = rig.submit(create());
    connection.close('cut');
    const done = await (await submitted).finished;
    expect(done).toMatchObject({ outcome: 'refused', dispatchedAt: null, error: { code: 'host_unavailable' } });
    expect(await rig.stored(done.id)).toMatchObject({ sent: null, dispatchedAt: null });
  });

  it('is refused where the engine does not answer', async () => {
    await rig.attach(agent);
    agent.health = { state: 'down', reason: 'no socket' };
    await agent.bookmark();
    await rig.settle('web-1');
    expect(await rig.carryOut(create())).toMatchObject({ outcome: 'refused', error: { code: 'host_unavailable' } });
  });

  it('tells the agent how much time is left, as a duration', async () => {
    let left = 0;
    agent.on('CreateNetwork', async (_, context) => {
      left = context.remainingMs();
      return { network: message(network('new-net')) };
    });
    await rig.attach(agent);
    await rig.carryOut(create({ deadlineMs: 5000 }));
    expect(left).toBeGreaterThan(4000);
    expect(left).toBeLessThanOrEqual(5000);
  });
});

describe('an idempotency key', () => {
  const key = { key: 'k1', requestHash: 'h1' };

  it('gives the same operation again, while it runs and after it has ended', async () => {
    const gate = new Gate();
    agent.on('CreateNetwork', async () => {
      await gate.opened;
      return { network: message(network('new-net')) };
    });
    await rig.attach(agent);
    const first = await rig.submit(create(), key);
    const second = await rig.submit(create(), key);
    expect(second.operation.id).toBe(first.operation.id);
    gate.open();
    expect(await second.finished).toMatchObject({ id: first.operation.id, outcome: 'succeeded' });
    expect(toOperationView(await rig.carryOut(create(), key), () => true)).toEqual(
      toOperationView(await first.finished, () => true),
    );
    expect(agent.callsOf('CreateNetwork')).toHaveLength(1);
  });

  it('gives it also after a remove, whose network is not there any more', async () => {
    await rig.attach(agent);
    await agent.put(network('old'));
    await rig.settle('web-1');
    const first = await rig.carryOut(remove('old'), key);
    expect(first.outcome).toBe('succeeded');
    expect(toOperationView(await rig.carryOut(remove('old'), key), () => true)).toEqual(
      toOperationView(first, () => true),
    );
  });

  it('is refused with another request', async () => {
    await rig.attach(agent);
    await rig.carryOut(create(), key);
    await expect(rig.submit(create(), { key: 'k1', requestHash: 'other' })).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
    expect(agent.callsOf('CreateNetwork')).toHaveLength(1);
  });

  it('makes one act of fifty requests at once', async () => {
    await rig.attach(agent);
    const all = await Promise.all(Array.from({ length: 50 }, () => rig.carryOut(create(), key)));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(all.every(({ outcome }) => outcome === 'succeeded')).toBe(true);
    expect(agent.callsOf('CreateNetwork')).toHaveLength(1);
    expect(await rig.database.prisma.operation.count()).toBe(1);
  });

  it('is free again where the request could not be accepted', async () => {
    await rig.attach(agent);
    await expect(rig.submit(remove('not-there'), key)).rejects.toMatchObject({ code: 'network_not_found' });
    expect(await rig.carryOut(create(), key)).toMatchObject({ outcome: 'succeeded' });
  });

  it('outlives the controller', async () => {
    await rig.attach(agent);
    const first = await rig.carryOut(create(), key);
    rig = await rig.restart();
    expect(toOperationView(await rig.carryOut(create(), key), () => true)).toEqual(toOperationView(first, () => true));
  });
});

describe('an outcome that was lost with the link', () => {
  /** Loses the answer of a create after it was done, and brings the agent back. */
  async function lose(answer: 'done' | 'not begun'): Promise<string> {
    const gate = new Gate();
    agent.on('CreateNetwork', async ({ operationId }) => {
      if (answer === 'done') {
        agent.set(network('new-net'));
        agent.journal.set(operationId, Buffer.from(''));
      }
      gate.open();
      return new Promise(() => undefined);
    });
    await rig.attach(agent);
    const { operation, finished } = await rig.submit(create());
    await gate.opened;
    await cut();
    expect(await finished).toMatchObject({ outcome: 'unknown', error: { code: 'outcome_unknown' } });
    return operation.id;
  }

  it('is settled from the journal when the agent is back', async () => {
    const id = await lose('done');
    const answer = { network: message(network('new-net')), warning: 'kept words' };
    agent.journal.set(id, codec.encodeResponse('CreateNetwork', answer));
    rig.time += 42_000;
    await rig.attach(agent);
    expect(await rig.settled(id)).toMatchObject({
      outcome: 'succeeded',
      result: { network: { name: 'new-net' }, warning: 'kept words' },
      error: null,
      settled: { at: rig.time, by: 'journal', explanation: 'the journal holds its answer' },
      request: { name: 'new-net' },
    });
    expect(agent.callsOf('CreateNetwork')).toHaveLength(1);
    const outcomes = (await rig.auditOf(id)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['accepted', 'unknown', 'succeeded']);
    await until('it is told of', () => rig.operationEvents(id).at(-1)?.settled?.by === 'journal');
  });

  it('is neither shown to nor settled by another host that has got the name since', async () => {
    const id = await lose('done');
    await rig.runtime.hosts.forget('web-1', HostScope.all, { name: 'local', client: 'test', peer: 'unix' }, rig.time);
    rig.time += 1000;
    const other = new ScriptedAgent('web-1', { journalId: 'another journal' });
    other.journal.set(id, codec.encodeResponse('CreateNetwork', { network: message(network('new-net')) }));
    const session = await rig.attach(other);
    const known = await rig.carryOut(() =>
      commands().create('web-1', createNetworkRequest.parse({ name: 'x' }), HostScope.all),
    );
    expect(known.outcome).toBe('succeeded');
    expect(other.callsOf('LookUpOperation')).toEqual([]);
    expect(await rig.stored(id)).toMatchObject({ outcome: 'unknown', settled: null });
    session.close('the first one comes back');
    await until('the session has gone', () => rig.runtime.fleet.session('web-1') === undefined);
    await rig.attach(agent);
    expect((await rig.settled(id)).settled?.by).toBe('journal');
  });

  it('is settled from the engine where the journal cannot say', async () => {
    const id = await lose('done');
    agent.on('LookUpOperation', async () => ({ verdict: 'applied', source: 'engine', explanation: 'it is there' }));
    await rig.attach(agent);
    expect(await rig.settled(id)).toMatchObject({
      outcome: 'succeeded',
      result: null,
      settled: { by: 'engine', explanation: 'it is there' },
    });
  });

  it('is that it was not applied, with the stored error', async () => {
    const id = await lose('not begun');
    const error = { code: 'subnet_overlap', message: 'taken', engineMessage: 'Pool overlaps', hint: '' };
    agent.on('LookUpOperation', async () => ({ verdict: 'not_applied', source: 'journal', error }));
    await rig.attach(agent);
    expect(await rig.settled(id)).toMatchObject({
      outcome: 'failed',
      error: { code: 'subnet_overlap', engineMessage: 'Pool overlaps' },
    });
  });

  it('is that it never began, and never will', async () => {
    const id = await lose('not begun');
    await rig.attach(agent);
    expect(await rig.settled(id)).toMatchObject({
      outcome: 'expired',
      error: { message: expect.stringContaining('never started, and never will be') },
    });
    expect(agent.callsOf('CreateNetwork')).toHaveLength(1);
  });

  it('is asked for again until the agent can say', async () => {
    const id = await lose('done');
    let asked = 0;
    agent.on('LookUpOperation', async () =>
      ++asked < 3
        ? { verdict: asked === 1 ? 'running' : 'undecided' }
        : { verdict: 'applied', source: 'engine', explanation: 'now' },
    );
    await rig.attach(agent);
    expect(await rig.settled(id)).toMatchObject({ outcome: 'succeeded' });
    expect(asked).toBe(3);
  });

  it('is asked for with what was sent and the journal that it was sent to', async () => {
    const id = await lose('done');
    await rig.attach(agent);
    await rig.settled(id);
    expect(agent.callsOf('LookUpOperation')).toMatchObject([
      { operationId: id, method: 'CreateNetwork', journalId: 'journal-of-web-1' },
    ]);
  });

  it('that cannot be looked up does not keep the others waiting', async () => {
    let stuck = '';
    agent.on('LookUpOperation', async ({ operationId }) => {
      if (stuck === '' || operationId === stuck) throw new FairleadError('internal', 'cannot read the journal');
      return { verdict: 'applied', source: 'engine', explanation: 'seen' };
    });
    stuck = await lose('done');
    const other = await lose('done');
    await rig.attach(agent);
    expect(await rig.settled(other)).toMatchObject({ outcome: 'succeeded' });
    expect(await rig.stored(stuck)).toMatchObject({ outcome: 'unknown', settled: null });
  });

  it('with an answer that cannot be read is settled without its details', async () => {
    const id = await lose('done');
    agent.on('LookUpOperation', async () => ({
      verdict: 'applied',
      source: 'journal',
      response: Buffer.from([0xff, 0xff]),
      explanation: 'done',
    }));
    await rig.attach(agent);
    expect(await rig.settled(id)).toMatchObject({ outcome: 'succeeded', result: null });
  });

  it('is not looked for when the agent never took the command: a probe just failed', async () => {
    const gate = new Gate();
    agent.on('Probe', () => {
      gate.open();
      return new Promise(() => undefined);
    });
    await rig.attach(agent);
    const { finished } = await rig.submit(probe({ from: 'one', to: 'two' }));
    await gate.opened;
    await cut();
    expect(await finished).toMatchObject({
      outcome: 'failed',
      error: { code: 'engine_unavailable', hint: expect.stringContaining('ask again') },
    });
    await rig.attach(agent);
    await rig.settle('web-1');
    expect(agent.callsOf('LookUpOperation')).toEqual([]);
  });
});

/** Starts another controller on what a kill would have left: rows that say that they are on their way. */
async function killed(victim: Rig): Promise<Rig> {
  const rows = await victim.database.prisma.operation.findMany({ where: { state: 'dispatched' } });
  await victim.runtime.stop(0);
  for (const { id } of rows) {
    const before = { state: 'dispatched', outcome: null, finishedAt: null, errorCode: null };
    await victim.database.prisma.operation.update({ where: { id }, data: before });
  }
  return victim.restart();
}

describe('a controller that ends in the middle', () => {
  it('leaves operations that the next one finds unknown, and settles', async () => {
    const gate = new Gate();
    agent.on('CreateNetwork', async ({ operationId }) => {
      agent.journal.set(operationId, Buffer.from(''));
      agent.set(network('new-net'));
      gate.open();
      return new Promise(() => undefined);
    });
    await rig.attach(agent);
    const { operation } = await rig.submit(create());
    await gate.opened;
    rig = await killed(rig);
    expect(await rig.stored(operation.id)).toMatchObject({
      state: 'finished',
      outcome: 'unknown',
      error: { code: 'outcome_unknown', message: 'The controller ended while this operation ran' },
    });
    agent.on('LookUpOperation', async () => ({ verdict: 'applied', source: 'engine', explanation: 'it is there' }));
    await rig.attach(agent);
    expect(await rig.settled(operation.id)).toMatchObject({ outcome: 'succeeded' });
    expect(agent.callsOf('CreateNetwork')).toHaveLength(1);
  });

  it('leaves probes that have failed, since there is nothing to settle', async () => {
    const gate = new Gate();
    agent.on('Probe', () => {
      gate.open();
      return new Promise(() => undefined);
    });
    await rig.attach(agent);
    const { operation } = await rig.submit(probe({ from: 'one', to: 'two' }));
    await gate.opened;
    rig = await killed(rig);
    expect(await rig.stored(operation.id)).toMatchObject({ outcome: 'failed', error: { code: 'engine_unavailable' } });
  });

  it('takes no more commands while it stops, and waits for those under way', async () => {
    const gate = new Gate();
    agent.on('CreateNetwork', async () => {
      await gate.opened;
      return { network: message(network('new-net')) };
    });
    await rig.attach(agent);
    const { finished } = await rig.submit(create());
    const stopped = rig.runtime.stop(10_000);
    await expect(rig.submit(create({ name: 'late' }))).rejects.toMatchObject({ code: 'controller_unavailable' });
    gate.open();
    expect(await finished).toMatchObject({ outcome: 'succeeded' });
    await stopped;
  });

  it('does not wait forever: what is not done in time becomes unknown, and is written down', async () => {
    agent.on('CreateNetwork', () => new Promise(() => undefined));
    await rig.attach(agent);
    const { operation } = await rig.submit(create());
    await rig.runtime.stop(10);
    expect(await rig.stored(operation.id)).toMatchObject({ state: 'finished', outcome: 'unknown' });
  });
});

describe('a database that fails while an operation ends', () => {
  it('tells whoever waits, and writes the end down when it can', async () => {
    const gate = new Gate();
    agent.on('RemoveNetwork', async () => {
      await gate.opened;
      return { removed: message(network('bridge')) };
    });
    await rig.attach(agent);
    const { operation, finished } = await rig.submit(remove('bridge'), { key: 'k', requestHash: 'h' });
    await rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = ON');
    gate.open();
    await expect(finished).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining('has ended (succeeded), but that cannot be written down yet'),
    });
    expect(await rig.stored(operation.id)).toMatchObject({ state: 'dispatched', outcome: null });
    const again = await rig.submit(remove('bridge'), { key: 'k', requestHash: 'h' });
    await expect(again.finished).rejects.toMatchObject({ code: 'storage_failed' });
    await rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = OFF');
    await until('the end is written', async () => (await rig.stored(operation.id)).outcome === 'succeeded');
    expect(await rig.carryOut(remove('bridge'), { key: 'k', requestHash: 'h' })).toMatchObject({
      outcome: 'succeeded',
    });
    expect(agent.callsOf('RemoveNetwork')).toHaveLength(1);
  });

  it('leaves no rejection behind where nobody waits (the test runner fails on one)', async () => {
    const gate = new Gate();
    agent.on('CreateNetwork', async () => {
      await gate.opened;
      return { network: message(network('new-net')) };
    });
    await rig.attach(agent);
    const { operation } = await rig.submit(create());
    await rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = ON');
    gate.open();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = OFF');
    await until('the end is written', async () => (await rig.stored(operation.id)).outcome === 'succeeded');
  });
});

describe('a prune', () => {
  const unused = ['a', 'b', 'c'].map((name) => network(name));
  const used = network('used', { endpoints: [anEndpoint('one', { state: 'exited' })] });

  beforeEach(async () => {
    for (const each of [...unused, used]) agent.set(each);
    await rig.attach(agent);
  });

  const plan = (body: object = {}) =>
    rig.runtime.networks.planPrune('web-1', { labels: [], notLabels: [], ...body }, HostScope.all);
  const outcomes = (result: unknown) =>
    (result as { items: { network: { name: string }; outcome: string }[] }).items.map((item) => [
      item.network.name,
      item.outcome,
    ]);

  it('removes what its plan shows, each with the digest that it was planned for', async () => {
    const { hash, remove: count, items } = await plan();
    expect([count, items.find(({ network: { name } }) => name === 'used')?.reason]).toEqual([3, 'stopped-containers']);
    const done = await rig.carryOut(prune({ planHash: hash }));
    expect(done.outcome).toBe('succeeded');
    expect(outcomes(done.result)).toEqual([
      ['a', 'removed'],
      ['b', 'removed'],
      ['c', 'removed'],
    ]);
    expect(agent.callsOf('PruneNetworks')).toMatchObject([
      { items: unused.map((each) => ({ networkId: each.id, expectedDigest: message(each).digest })) },
    ]);
    expect(await rig.names()).toEqual(['bridge', 'host', 'used']);
  });

  it('is refused where other networks would go by now, with nothing sent and nothing written', async () => {
    const { hash } = await plan();
    await agent.put(network('d'));
    await rig.settle('web-1');
    await expect(rig.submit(prune({ planHash: hash }))).rejects.toMatchObject({ code: 'plan_stale' });
    expect(agent.callsOf('PruneNetworks')).toEqual([]);
    expect((await written()).operations).toEqual([]);
  });

  it('of nothing sends nothing', async () => {
    const done = await rig.carryOut(prune({ labels: ['nobody-has-this'] }));
    expect(done).toMatchObject({ outcome: 'succeeded', result: { items: [] }, sent: null, dispatchedAt: null });
    expect(agent.callsOf('PruneNetworks')).toEqual([]);
  });

  it('of nothing does not succeed on a host that is out of reach', async () => {
    await cut();
    expect(await rig.carryOut(prune({ labels: ['nobody-has-this'] }))).toMatchObject({
      outcome: 'refused',
      error: { code: 'host_unavailable' },
    });
  });

  it('spares the config-only networks of a host that is in a swarm', async () => {
    const worker = new ScriptedAgent('web-2');
    const { engine } = worker.facts;
    worker.facts = { ...worker.facts, engine: { ...engine, swarm: { ...engine.swarm, nodeId: 'node-2' } } };
    worker.set(network('config', { configOnly: true }));
    await rig.attach(worker);
    const { items } = await rig.runtime.networks.planPrune('web-2', { labels: [], notLabels: [] }, HostScope.all);
    expect(items.find(({ network: { name } }) => name === 'config')).toMatchObject({ reason: 'swarm-scope' });
  });

  it('is planned from a live inventory only', async () => {
    await cut();
    await expect(plan()).rejects.toMatchObject({ code: 'host_unavailable' });
  });

  it('that could not remove one network has failed, and says what became of each', async () => {
    agent.on('PruneNetworks', async function* ({ items }) {
      yield { networkId: items[0]!.networkId, name: 'a', outcome: 'removed' };
      yield { networkId: items[1]!.networkId, name: 'b', outcome: 'kept', reason: 'used by x', code: 'network_in_use' };
      yield {
        networkId: items[2]!.networkId,
        name: 'c',
        outcome: 'failed',
        reason: 'broke',
        code: 'engine_failed',
        engineMessage: 'ouch',
      };
    });
    const done = await rig.carryOut(prune());
    expect(done).toMatchObject({
      outcome: 'failed',
      error: { code: 'engine_failed', message: expect.stringContaining('1 of 3'), engineMessage: 'ouch' },
    });
    expect(outcomes(done.result)).toEqual([
      ['a', 'removed'],
      ['b', 'kept'],
      ['c', 'failed'],
    ]);
  });

  it.each(['deadline_exceeded', 'journal_failed'] as const)(
    'that breaks off half way with %s has failed, not been refused or expired: something is gone',
    async (code) => {
      agent.on('PruneNetworks', async function* ({ items }) {
        yield { networkId: items[0]!.networkId, name: 'a', outcome: 'removed' };
        throw new FairleadError(code, 'no further');
      });
      const done = await rig.carryOut(prune());
      expect(done).toMatchObject({ outcome: 'failed', error: { code } });
      expect(outcomes(done.result)).toEqual([['a', 'removed']]);
    },
  );

  it('that ends before its list does is unknown', async () => {
    agent.on('PruneNetworks', async function* ({ items }) {
      yield { networkId: items[0]!.networkId, name: 'a', outcome: 'removed' };
    });
    agent.on('LookUpOperation', async () => ({ verdict: 'undecided' }));
    expect(await rig.carryOut(prune())).toMatchObject({
      outcome: 'unknown',
      error: { message: 'The agent told of 1 of 3 networks and no more' },
    });
  });

  it('whose stream is lost half way is unknown, keeps what it knows, and is settled with every item', async () => {
    const gate = new Gate();
    agent.on('PruneNetworks', async function* ({ items }) {
      yield { networkId: items[0]!.networkId, name: 'a', outcome: 'removed' };
      gate.open();
      await new Promise(() => undefined);
    });
    const { operation, finished } = await rig.submit(prune());
    await gate.opened;
    await new Promise((resolve) => setImmediate(resolve));
    await cut();
    const lost = await finished;
    expect(lost.outcome).toBe('unknown');
    expect(outcomes(lost.result)).toEqual([['a', 'removed']]);
    agent.on('LookUpOperation', async () => ({
      verdict: 'applied',
      source: 'journal',
      items: unused.map(({ id, name }, index) => ({ networkId: id, name, outcome: index < 2 ? 'removed' : 'kept' })),
      explanation: 'the journal holds each item',
    }));
    await rig.attach(agent);
    const settled = await rig.settled(operation.id);
    expect(settled.outcome).toBe('succeeded');
    expect(outcomes(settled.result)).toEqual([
      ['a', 'removed'],
      ['b', 'removed'],
      ['c', 'kept'],
    ]);
    expect(agent.callsOf('PruneNetworks')).toHaveLength(1);
  });
});

describe('a probe', () => {
  const on = (container: string, ...names: string[]) =>
    names.map((name) => network(name, { endpoints: [anEndpoint(container)] }));

  it('is explained in the agent’s words where both containers are on its host', async () => {
    on('one', 'net').forEach((each) => agent.set(each));
    await rig.attach(agent);
    const done = await rig.carryOut(probe({ from: 'one', to: 'two' }));
    expect(done.result).toMatchObject({ reachable: true, explanation: 'in the words of the agent' });
  });

  it('is explained by the fleet where the target is on another host', async () => {
    const other = new ScriptedAgent('web-2');
    on('one', 'net').forEach((each) => agent.set(each));
    on('two', 'elsewhere').forEach((each) => other.set(each));
    agent.on('Probe', async () => ({ reachable: false, explanation: 'unknown here' }));
    await rig.attach(agent);
    await rig.attach(other);
    const done = await rig.carryOut(probe({ from: 'one', to: 'two' }));
    const shown = (sees: (hostName: string) => boolean) => toOperationView(done, sees).result;
    expect(shown(() => true)).toMatchObject({
      reachable: false,
      explanation: expect.stringMatching(/'two' runs on web-2.*end at its host: net \(bridge\)/),
    });
    // Whoever may not know of the other host is told what the agent has found.
    expect(shown((name) => name === 'web-1')).toMatchObject({ reachable: false, explanation: 'unknown here' });
    expect(JSON.stringify(shown((name) => name === 'web-1'))).not.toContain('web-2');
  });

  it('is explained by the agent where another host has a container of the same name as well', async () => {
    const other = new ScriptedAgent('web-2');
    agent.set(network('net', { endpoints: [anEndpoint('one'), anEndpoint('two')] }));
    on('two', 'elsewhere').forEach((each) => other.set(each));
    await rig.attach(agent);
    await rig.attach(other);
    const done = await rig.carryOut(probe({ from: 'one', to: 'two' }));
    expect(done.result).toMatchObject({ explanation: 'in the words of the agent' });
  });

  it('leaves nothing to be undone: it sends no operation id', async () => {
    await rig.attach(agent);
    const done = await rig.carryOut(probe({ from: 'one', to: 'two', count: 2 }));
    expect(done.sent).toEqual({ method: 'Probe', message: { from: 'one', target: 'two', count: 2 } });
  });
});

describe('the list of operations', () => {
  const page = (query: object = {}) =>
    rig.runtime.operations.page({ host: [], kind: [], outcome: [], state: [], limit: 50, ...query }, undefined);

  beforeEach(async () => {
    await rig.attach(agent);
    for (let index = 0; index < 5; index++) await rig.carryOut(create({ name: `net-${index}` }));
    await rig.carryOut(remove('net-0'));
  });

  it('is newest first, in pages that neither repeat nor leave out', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { items, total, nextCursor } = await page({ limit: 4, cursor });
      expect(total).toBe(6);
      seen.push(...items.map(({ target }) => target.network!.name));
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(['net-0', 'net-4', 'net-3', 'net-2', 'net-1', 'net-0']);
  });

  it.each([
    [{ kind: ['remove'] }, 1],
    [{ kind: ['remove', 'create'] }, 6],
    [{ outcome: ['failed'] }, 0],
    [{ outcome: ['succeeded'], state: ['finished'] }, 6],
    [{ host: ['web-1'] }, 6],
    [{ state: ['dispatched'] }, 0],
  ])('is cut down by %j', async (query, total) => {
    expect((await page(query)).total).toBe(total);
  });

  it('refuses a cursor that no page ended with', async () => {
    await expect(page({ cursor: 'zzz' })).rejects.toMatchObject({ code: 'invalid_argument' });
  });

  it('says that an operation is not there', async () => {
    await expect(rig.stored('none')).rejects.toMatchObject({ code: 'operation_not_found' });
  });
});
