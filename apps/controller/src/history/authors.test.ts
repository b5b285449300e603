import { describe, expect, it } from '@jest/globals';
import {
  connectRequest,
  createNetworkRequest,
  disconnectRequest,
  probeRequest,
  pruneRequest,
  removeQuery,
} from '@fairlead/api';
import { type NetworkChange } from '@fairlead/domain';
import {
  type Command,
  connectCommand,
  createCommand,
  disconnectCommand,
  probeCommand,
  pruneCommand,
  removeCommand,
} from '../operations/commands.js';
import { type Operation } from '../operations/operation.js';
import { idOf } from '../testing/scripted-agent.js';
import { Authors } from './authors.js';

const T = 1_000_000;
const shop = { id: idOf('shop'), name: 'shop' };
const web = { containerId: 'abcdef' + '0'.repeat(58), containerName: 'web' };

const create = createCommand('web-1', createNetworkRequest.parse({ name: 'shop' }));
const remove = (force = false) => removeCommand('web-1', shop, removeQuery.parse({ force: String(force) }));
const connect = (container = 'web') => connectCommand('web-1', shop, connectRequest.parse({ container }));
const disconnect = (container = 'web') => disconnectCommand('web-1', shop, disconnectRequest.parse({ container }));
const prune = (...names: string[]) =>
  pruneCommand(
    'web-1',
    names.map((name) => ({ networkId: idOf(name), expectedDigest: 'd' })),
    pruneRequest.parse({}),
  );
const probe = probeCommand('web-1', probeRequest.parse({ from: 'web', to: 'db' }), () => Promise.resolve(undefined));

/** The operation of a command, under way since T. Ids are in order of acceptance. */
function operation(command: Command, id = 'op-1', overrides: Partial<Operation> = {}): Operation {
  const { kind, hostName, target, request, deadlineMs } = command;
  return {
    ...{ id, kind, hostName, target, request, deadlineMs, sent: command.sending(id) },
    ...{ state: 'dispatched', outcome: null, result: null, error: null, settled: null },
    ...{ actor: { name: `actor of ${id}`, client: 'test', peer: 'unix' }, createdAt: T, dispatchedAt: T },
    ...{ finishedAt: null, durationMs: null, journalId: 'journal' },
    ...overrides,
  };
}

const finished = (outcome: Operation['outcome'], result: Operation['result'] = null, at = T): Partial<Operation> => ({
  ...{ state: 'finished', outcome, result, finishedAt: at },
});
const settled = (at: number): Operation['settled'] => ({ at, by: 'journal', explanation: '' });
const made = { network: { id: shop.id } };

const change = (kind: NetworkChange['kind'], overrides: Partial<NetworkChange> = {}): NetworkChange => ({
  ...{ kind, networkId: shop.id, networkName: shop.name, containerId: '', containerName: '', detail: {} },
  ...overrides,
});
const [created, removed] = [change('network.created'), change('network.removed')];
const [connected, disconnected] = [change('endpoint.connected', web), change('endpoint.disconnected', web)];
const other = { networkId: idOf('other'), networkName: 'other' };

function knowing(...operations: Operation[]): Authors {
  const authors = new Authors();
  for (const each of operations) authors.operationChanged(each);
  return authors;
}

const idFor = (authors: Authors, asked: NetworkChange, at = T): string | undefined =>
  authors.of('web-1', asked, at)?.operationId;

describe('the author of a change', () => {
  it.each<[string, Command, NetworkChange]>([
    ['a network made', create, created],
    ['a network removed', remove(), removed],
    ['a network pruned', prune('other', 'shop'), removed],
    ['a container attached by name', connect(), connected],
    ['a container attached by name with the slash of the engine', connect('/web'), connected],
    ['a container attached by id', connect(web.containerId), connected],
    ['a container attached by the first digits of its id', connect('abcdef'), connected],
    ['a container detached', disconnect(), disconnected],
    ['a container detached by a removal by force', remove(true), disconnected],
  ])('of %s is the operation under way', (_, command, asked) => {
    expect(knowing(operation(command)).of('web-1', asked, T)).toEqual({ operationId: 'op-1', actor: 'actor of op-1' });
  });

  it.each<[string, Command, NetworkChange]>([
    ['a network of another name', create, change('network.created', other)],
    ['the removal of another network', remove(true), change('network.removed', other)],
    ['a container that left before a removal without force', remove(), disconnected],
    ['a network that is not in the plan', prune('other'), removed],
    ['another container', connect('db'), connected],
    ['a container on another network', connect(), { ...connected, ...other }],
    ['a container that left while it is attached', connect(), disconnected],
    ['a changed label', remove(true), change('network.changed')],
    ['anything while only a probe runs', probe, connected],
  ])('is none of ours for %s', (_, command, asked) => {
    expect(knowing(operation(command)).of('web-1', asked, T)).toBeNull();
  });

  it('is never one of another host', () => {
    expect(knowing(operation(remove())).of('web-2', removed, T)).toBeNull();
  });

  it('is the one accepted first where several fit, in whatever order they were heard of', () => {
    const [first, second] = [operation(remove(), 'op-1'), operation(prune('shop'), 'op-2')];
    expect(idFor(knowing(first, second), removed)).toBe('op-1');
    expect(idFor(knowing(second, first), removed)).toBe('op-1');
  });
});

describe('an operation that has ended', () => {
  it('is the author for ten seconds', () => {
    const authors = () => knowing(operation(connect()), operation(connect(), 'op-1', finished('succeeded')));
    expect(idFor(authors(), connected, T + 9_999)).toBe('op-1');
    expect(idFor(authors(), connected, T + 10_000)).toBeUndefined();
  });

  it('is the author after a longer gap where the id of the network leaves no doubt', () => {
    const authors = knowing(
      operation(create, 'op-1', finished('succeeded', made)),
      operation(remove(), 'op-2', finished('succeeded')),
    );
    expect([created, removed].map((each) => idFor(authors, each, T + 600_000))).toEqual(['op-1', 'op-2']);
    expect([created, removed].map((each) => idFor(authors, each, T + 3_600_000))).toEqual([undefined, undefined]);
  });

  it.each<[string, Command, Partial<Operation>, NetworkChange]>([
    ['was refused', remove(true), finished('refused'), removed],
    ['failed', remove(true), finished('failed'), removed],
    ['expired', create, finished('expired'), created],
    ['was never sent', create, { ...finished('failed'), sent: null }, created],
    ['could not attach', connect(), finished('failed'), connected],
    ['was found not to have been done', remove(), { ...finished('failed'), settled: settled(T) }, removed],
  ])('is not the author of what others do after it %s', (_, command, end, asked) => {
    expect(idFor(knowing(operation(command), operation(command, 'op-1', end)), asked)).toBeUndefined();
  });

  it('is the author of what it detached before it failed', () => {
    expect(idFor(knowing(operation(remove(true), 'op-1', finished('failed'))), disconnected)).toBe('op-1');
  });

  it('is, of a prune, the author of what it says that it removed', () => {
    const items = [
      { network: shop, outcome: 'removed' },
      { network: { id: other.networkId, name: 'other' }, outcome: 'failed' },
    ];
    const authors = knowing(operation(prune('shop', 'other'), 'op-1', finished('failed', { items })));
    expect(idFor(authors, removed)).toBe('op-1');
    expect(idFor(authors, change('network.removed', other))).toBeUndefined();
  });

  it('is, of a prune, the author of a removal that it could not undo', () => {
    const items = [{ network: shop, outcome: 'failed', code: 'undo_failed' }];
    const authors = knowing(operation(prune('shop'), 'op-1', finished('failed', { items })));
    expect(idFor(authors, removed)).toBe('op-1');
  });

  it('whose outcome is unknown is the author until ten seconds after it is settled', () => {
    const authors = knowing(operation(connect(), 'op-1', finished('unknown')));
    const late = T + 86_400_000;
    expect(idFor(authors, connected, late)).toBe('op-1');
    const end = { ...finished('succeeded'), settled: settled(late) };
    const after = () => knowing(operation(connect(), 'op-1', end));
    expect(idFor(after(), connected, late + 9_999)).toBe('op-1');
    expect(idFor(after(), connected, late + 10_000)).toBeUndefined();
  });
});

describe('a change from outside at the same time', () => {
  it('is not the work of an operation that has been named for its own', () => {
    const authors = knowing(operation(connect()));
    expect(idFor(authors, connected, T + 1)).toBe('op-1');
    authors.operationChanged(operation(connect(), 'op-1', finished('succeeded')));
    expect(idFor(authors, disconnected, T + 2)).toBeUndefined();
    expect(idFor(authors, connected, T + 3)).toBeUndefined();
  });

  it('leaves the same change its author when it is asked about again', () => {
    const authors = knowing(operation(connect(), 'op-1'), operation(connect('abcdef'), 'op-2'));
    expect([T, T].map((at) => idFor(authors, connected, at))).toEqual(['op-1', 'op-1']);
    expect(idFor(authors, connected, T + 1)).toBe('op-2');
  });

  it('that makes a network of the same name is told apart once the engine has given an id', () => {
    const authors = knowing(operation(create));
    const theirs = change('network.created', { networkId: idOf('theirs') });
    expect(idFor(authors, theirs, T + 1)).toBe('op-1');
    authors.operationChanged(operation(create, 'op-1', finished('succeeded', made)));
    expect(idFor(authors, created, T + 2)).toBe('op-1');
    expect(idFor(authors, theirs, T + 3)).toBeUndefined();
  });

  it('has only one of two networks of the same name for the work of one operation', () => {
    const authors = knowing(operation(create));
    const theirs = change('network.created', { networkId: idOf('theirs') });
    expect([idFor(authors, created), idFor(authors, theirs)]).toEqual(['op-1', undefined]);
  });
});

describe('the memory of authors', () => {
  it('drops those of which nothing was heard for longest', () => {
    const authors = new Authors(2);
    const names = ['one', 'two', 'three'];
    const ids = names.map((name, index) => [name, `op-${index + 1}`] as const);
    for (const [name, id] of ids.slice(0, 2)) authors.operationChanged(operation(prune(name), id));
    authors.operationChanged(operation(prune('one'), 'op-1', finished('unknown')));
    authors.operationChanged(operation(prune('three'), 'op-3'));
    const gone = names.map((name) => change('network.removed', { networkId: idOf(name), networkName: name }));
    expect(gone.map((each) => idFor(authors, each))).toEqual(['op-1', undefined, 'op-3']);
  });
});
