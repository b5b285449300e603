import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Network } from '@fairlead/domain';
import { anEndpoint } from '@fairlead/domain/testing';
import { InventoryRig } from '../testing/inventory-rig.js';
import { idOf, network } from '../testing/scripted-agent.js';
import { type Chronicler, type NetworkChange } from './chronicle.js';

let rig: InventoryRig;
let asked: (readonly [string, string, number])[];

const about = ({ id, name }: Network, kind: NetworkChange['kind']): NetworkChange => ({
  kind,
  networkId: id,
  networkName: name,
  containerId: '',
  containerName: '',
  detail: kind === 'network.changed' ? { labels: [{}, { a: 'b' }] } : {},
});

/** Tells of networks alone, and takes all that is about 'ours' for the work of one operation. */
const chronicler: Chronicler = {
  changesBetween: (before, after) => {
    if (after === undefined) return [about(before!, 'network.removed')];
    return [about(after, before === undefined ? 'network.created' : 'network.changed')];
  },
  of: (hostName, { kind, networkName }, at) => {
    asked.push([hostName, kind, at]);
    return networkName === 'ours' ? { operationId: 'op-1', actor: 'deploy' } : null;
  },
};

beforeEach(async () => {
  asked = [];
  rig = await InventoryRig.start(['web-1'], chronicler);
});

afterEach(() => rig.stop());

const history = async () =>
  (await rig.database.prisma.historyEntry.findMany({ orderBy: { seq: 'asc' } })).map(
    ({ kind, networkName, actor }) => [kind, networkName, actor] as const,
  );

describe('history', () => {
  it('has a row for each change, with who did it', async () => {
    await rig.apply('web-1', [network('ours'), network('other')], [], { at: 1000 });
    await rig.apply('web-1', [network('ours', { labels: { a: 'b' } })], [idOf('other')], { at: 2000 });
    expect(await history()).toEqual([
      ['network.created', 'ours', 'deploy'],
      ['network.created', 'other', null],
      ['network.removed', 'other', null],
      ['network.changed', 'ours', 'deploy'],
    ]);
    expect(await rig.database.prisma.historyEntry.findFirst({ orderBy: { seq: 'desc' } })).toMatchObject({
      at: 2000n,
      notBefore: null,
      hostName: 'web-1',
      networkId: idOf('ours'),
      containerId: '',
      detail: { labels: [{}, { a: 'b' }] },
      operationId: 'op-1',
    });
    expect(asked.at(-1)).toEqual(['web-1', 'network.changed', 2000]);
  });

  it('does not begin before the first set of a host', async () => {
    await rig.apply('web-1', [network('ours')], [], { first: true });
    expect(await history()).toEqual([]);
  });

  it('says of what happened unseen when the rows before it were last true', async () => {
    await rig.apply('web-1', [network('web')], [], { at: 5000, notBefore: 3000 });
    expect(await rig.database.prisma.historyEntry.findMany()).toMatchObject([{ at: 5000n, notBefore: 3000n }]);
  });

  it('is not written when the change is not', async () => {
    const twice = network('web', { endpoints: [anEndpoint('one'), anEndpoint('one')] });
    await expect(rig.apply('web-1', [twice])).rejects.toThrow();
    expect(await history()).toEqual([]);
  });

  it('stays when the host goes', async () => {
    await rig.apply('web-1', [network('ours')]);
    await rig.database.transaction([rig.hosts.removal('web-1')]);
    expect(await history()).toHaveLength(1);
  });
});

describe('the record of a removed network', () => {
  const removed = () => rig.database.prisma.removedNetwork.findMany({ orderBy: { name: 'asc' } });

  it('names the operation that removed it, and when it was there', async () => {
    await rig.apply('web-1', [network('ours'), network('theirs')], [], { at: 1000 });
    await rig.apply('web-1', [], [idOf('ours'), idOf('theirs')], { at: 9000 });
    const times = { firstSeenAt: 1000n, lastSeenAt: 9000n, removedAt: 9000n };
    expect(await removed()).toMatchObject([
      { name: 'ours', operationId: 'op-1', actor: 'deploy', ...times },
      { name: 'theirs', operationId: null, actor: null, ...times },
    ]);
  });

  it('says when it was last known to be there, where it went unseen', async () => {
    await rig.apply('web-1', [network('theirs')], [], { at: 1000 });
    await rig.apply('web-1', [], [idOf('theirs')], { at: 9000, notBefore: 4000 });
    expect(await removed()).toMatchObject([{ lastSeenAt: 4000n, removedAt: 9000n }]);
  });
});

describe('a default bridge with a new id', () => {
  const again = network('bridge', { id: idOf('after'), labels: { other: 'now' } });

  it('keeps its standing, and leaves neither history nor record', async () => {
    await rig.apply('web-1', [network('bridge')], [], { at: 1000, first: true });
    await rig.apply('web-1', [again], [idOf('bridge')], { at: 5000 });
    expect(await rig.networks.standing('web-1', again.id)).toMatchObject({ firstSeenAt: 1000, unusedSinceAt: 1000 });
    expect(await history()).toEqual([]);
    expect(await rig.database.prisma.removedNetwork.count()).toBe(0);
  });

  it('is one of its own where the old one stays', async () => {
    await rig.apply('web-1', [network('bridge')], [], { at: 1000, first: true });
    await rig.apply('web-1', [again], [], { at: 5000 });
    expect(await rig.networks.standing('web-1', again.id)).toMatchObject({ firstSeenAt: 5000, unusedSinceAt: 5000 });
    expect(await history()).toEqual([['network.created', 'bridge', null]]);
  });
});

describe('since when a network is unused', () => {
  const [idle, used] = [network('web'), network('web', { endpoints: [anEndpoint('one', { state: 'exited' })] })];

  it.each<[string, (readonly [number, Network])[], number | null]>([
    ['it is first seen without containers', [[1000, idle]], 1000],
    ['it is first seen with one', [[1000, used]], null],
    [
      'it changes and stays without',
      [
        [1000, idle],
        [2000, { ...idle, labels: { a: 'b' } }],
      ],
      1000,
    ],
    [
      'a container comes',
      [
        [1000, idle],
        [2000, used],
      ],
      null,
    ],
    [
      'the last container goes',
      [
        [1000, used],
        [2000, idle],
      ],
      2000,
    ],
    [
      'one comes and goes',
      [
        [1000, idle],
        [2000, used],
        [3000, idle],
      ],
      3000,
    ],
  ])('when %s', async (_, looks, expected) => {
    for (const [at, seen] of looks) await rig.apply('web-1', [seen], [], { at });
    expect(await rig.networks.standing('web-1', idle.id)).toMatchObject({ firstSeenAt: 1000, unusedSinceAt: expected });
  });
});
