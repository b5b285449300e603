import { describe, expect, it } from '@jest/globals';
import { type Network } from '@fairlead/domain';
import { codec, type InventoryUpdate, networkDigest, setDigest } from '@fairlead/link';
import { message, network } from '../testing/scripted-agent.js';
import { seeded } from '../testing/seeded.js';
import { type ChainStep, InventoryChain } from './chain.js';

const received = (update: InventoryUpdate) => codec.decodeInventory(codec.encodeInventory(update));
const digestOf = (networks: readonly Network[]): string => setDigest(networks.map((n) => [n.id, networkDigest(n)]));
const stored = (...networks: Network[]) => new Map(networks.map((n) => [n.id, networkDigest(n)]));

/** A chain of a host whose rows hold these networks. */
function chainOf(networks: ReadonlyMap<string, string>): InventoryChain {
  const chain = new InventoryChain(networks.size === 0 ? '' : setDigest(networks));
  chain.load(networks);
  return chain;
}

const begin = (count: number, streamId = 's') => ({ streamId, snapshotBegin: { networks: count } });
const chunk = (networks: readonly Network[], streamId = 's') => ({
  streamId,
  snapshotChunk: { networks: networks.map(message) },
});
const end = (networks: readonly Network[], revision = 1, streamId = 's') => ({
  streamId,
  snapshotEnd: { revision, setDigest: digestOf(networks) },
});
const snapshot = (networks: readonly Network[], revision = 1, streamId = 's'): InventoryUpdate[] => [
  begin(networks.length, streamId),
  chunk(networks, streamId),
  end(networks, revision, streamId),
];
const delta = (appliesTo: number, upserts: Network[] = [], removedIds: string[] = [], streamId = 's') => ({
  streamId,
  delta: { appliesTo, resultsIn: appliesTo + 1, upserts: upserts.map(message), removedIds },
});
const bookmark = (networks: readonly Network[], revision: number, state = 'up', streamId = 's') => ({
  streamId,
  bookmark: { revision, setDigest: digestOf(networks), health: { state, reason: state === 'up' ? '' : 'gone' } },
});

const feed = (chain: InventoryChain, ...updates: InventoryUpdate[]): ChainStep[] =>
  updates.map((update) => chain.apply(received(update)));
const last = (steps: readonly ChainStep[]): ChainStep => steps.at(-1)!;
const resync = (reason: RegExp) => ({ kind: 'resync', reason: expect.stringMatching(reason) });

const [a, b, c] = [network('a'), network('b'), network('c')];
const changedA = network('a', { labels: { now: 'other' } });

describe('what is stored', () => {
  it('need not be loaded as long as bookmarks say that nothing has changed', () => {
    const chain = new InventoryChain(digestOf([a, b]));
    expect(feed(chain, bookmark([a, b], 7))).toMatchObject([{ kind: 'bookmark' }]);
    expect(chain.standing).toMatchObject({ revision: 7 });
    expect(chain.needs(received(bookmark([a, b], 7)))).toBe(false);
    expect(chain.needs(received(delta(7, [c])))).toBe(true);
    chain.load(stored(a, b));
    expect(chain.needs(received(delta(7, [c])))).toBe(false);
    expect(feed(chain, delta(7, [c]))).toMatchObject([{ kind: 'change', replacedIds: [] }]);
  });

  it('is never taken to be the set of an agent that has not read its engine', () => {
    const chain = new InventoryChain('');
    const unread = { streamId: 's', bookmark: { revision: 0, setDigest: '', health: { state: 'up', reason: '' } } };
    expect(feed(chain, unread)).toEqual([resync(/first bookmark/)]);
  });

  it('that a bookmark shows to be true after all can be asked for again at the next break', () => {
    const chain = chainOf(stored(a));
    expect(feed(chain, bookmark([b], 1), bookmark([a], 2), bookmark([b], 3)).map(({ kind }) => kind)).toEqual([
      'resync',
      'bookmark',
      'resync',
    ]);
  });
});

describe('a snapshot', () => {
  it('comes out as the difference to what is stored', () => {
    const chain = chainOf(stored(a, b));
    const step = last(feed(chain, ...snapshot([changedA, c], 7)));
    expect(step).toMatchObject({
      kind: 'change',
      upserts: [{ id: a.id }, { id: c.id }],
      removedIds: [b.id],
      position: { streamId: 's', revision: 7, setDigest: digestOf([changedA, c]) },
    });
    expect(chain.synced).toBe(true);
  });

  it('of the set that is stored already is an empty change, so that the host is live again', () => {
    const step = last(feed(chainOf(stored(a, b)), ...snapshot([b, a])));
    expect(step).toMatchObject({ kind: 'change', upserts: [], removedIds: [] });
  });

  it('may come in any number of chunks, also in none', () => {
    const chain = chainOf(stored());
    expect(last(feed(chain, begin(3), chunk([a]), chunk([]), chunk([b, c]), end([a, b, c])))).toMatchObject({
      kind: 'change',
      upserts: [{ id: a.id }, { id: b.id }, { id: c.id }],
    });
    expect(last(feed(chain, begin(0), end([])))).toMatchObject({ kind: 'change', removedIds: [a.id, b.id, c.id] });
  });

  it('that is cut changes nothing, whatever follows', () => {
    const chain = chainOf(stored(a, b));
    expect(feed(chain, begin(2), chunk([c])).map(({ kind }) => kind)).toEqual(['nothing', 'nothing']);
    expect(chain.synced).toBe(false);
    expect(last(feed(chain, ...snapshot([a, b])))).toMatchObject({ kind: 'change', upserts: [], removedIds: [] });
  });

  it('leaves the set as it was until its end has come', () => {
    const chain = chainOf(stored());
    feed(chain, ...snapshot([a]), begin(1), chunk([b]));
    expect(chain.synced).toBe(true);
    expect(last(feed(chain, bookmark([a], 1)))).toMatchObject({ kind: 'bookmark' });
  });

  it.each([
    ['has another digest', [begin(1), chunk([a]), end([b])], /not the set that its digest names/],
    ['lacks a chunk', [begin(2), chunk([a]), end([a, b])], /has 1 networks instead of 2/],
    ['names a network twice', [begin(2), chunk([a, a]), end([a])], /has 2 networks instead of 2/],
    ['has no beginning', [chunk([a]), end([a])], /without its beginning/],
    ['ends without a beginning', [end([])], /end of a snapshot arrived without/],
    ['mixes two streams', [begin(1), chunk([a], 'other'), end([a])], /without its beginning/],
    ['ends in another stream', [begin(1), chunk([a]), end([a], 1, 'other')], /without its beginning/],
  ])('that %s is refused, and asked for once more', (_, updates, reason) => {
    const chain = chainOf(stored(c));
    const steps = feed(chain, ...updates);
    expect(steps.filter(({ kind }) => kind !== 'nothing')).toEqual([resync(reason)]);
    expect(chain.synced).toBe(false);
    expect(last(feed(chain, ...snapshot([c])))).toMatchObject({ kind: 'change', upserts: [], removedIds: [] });
  });
});

describe('a delta', () => {
  it('is applied where it continues the revision', () => {
    const chain = chainOf(stored());
    feed(chain, ...snapshot([a, b], 5));
    expect(last(feed(chain, delta(5, [changedA, c], [b.id])))).toMatchObject({
      kind: 'change',
      upserts: [{ id: a.id }, { id: c.id }],
      removedIds: [b.id],
      position: { revision: 6, setDigest: digestOf([changedA, c]) },
    });
  });

  it.each([
    ['leaves a gap', delta(6, [b]), /applies to revision 6, the stored one is 5/],
    ['comes twice', delta(4, [b]), /applies to revision 4/],
    ['is of another stream', delta(5, [b], [], 'other'), /another stream/],
  ])('that %s is not applied, and a snapshot is asked for', (_, update, reason) => {
    const chain = chainOf(stored());
    feed(chain, ...snapshot([a], 5));
    expect(last(feed(chain, update))).toEqual(resync(reason));
    expect(chain.synced).toBe(false);
  });

  it('after a break is passed over until the snapshot has come, which is asked for once', () => {
    const chain = chainOf(stored());
    feed(chain, ...snapshot([a], 5));
    const steps = feed(chain, delta(9, [b]), delta(10, [c]), delta(5, [b]), chunk([c]), end([c]));
    expect(steps.map(({ kind }) => kind)).toEqual(['resync', 'nothing', 'nothing', 'nothing', 'nothing']);
    expect(last(feed(chain, ...snapshot([a, c], 11)))).toMatchObject({ kind: 'change', upserts: [{ id: c.id }] });
    expect(last(feed(chain, delta(13, [])))).toEqual(resync(/revision 13/));
  });

  it('before any snapshot says nothing', () => {
    expect(feed(chainOf(stored(a)), delta(1, [b]))).toEqual([{ kind: 'nothing' }]);
  });
});

describe('a bookmark', () => {
  const at5 = () => {
    const chain = chainOf(stored());
    feed(chain, ...snapshot([a], 5));
    return chain;
  };

  it('confirms the set', () => {
    expect(last(feed(at5(), bookmark([a], 5)))).toEqual({ kind: 'bookmark', health: { state: 'up', reason: '' } });
  });

  it.each([
    ['another set', bookmark([b], 5), /differs/],
    ['another set in another stream', bookmark([b], 5, 'up', 'other'), /differs/],
  ])('of %s breaks the chain', (_, update, reason) => {
    expect(last(feed(at5(), update))).toEqual(resync(reason));
  });

  it('of an engine that is down tells of that, and asks for nothing', () => {
    const chain = at5();
    const health = { state: 'down', reason: 'gone' };
    expect(last(feed(chain, bookmark([], 99, 'down', 'other')))).toEqual({ kind: 'bookmark', health });
    expect(chain.synced).toBe(true);
  });

  it('without a word of the engine counts it as down', () => {
    expect(last(feed(at5(), { streamId: 's', bookmark: { revision: 5, setDigest: '' } }))).toMatchObject({
      health: { state: 'down' },
    });
  });

  it.each([
    ['of a later revision', bookmark([a], 6), delta(6, [b])],
    ['of another stream', bookmark([a], 9, 'up', 'other'), delta(9, [b], [], 'other')],
  ])('%s with the digest of the stored set sets the position', (_, mark, next) => {
    const chain = at5();
    expect(feed(chain, mark, next)).toMatchObject([{ kind: 'bookmark' }, { kind: 'change', upserts: [{ id: b.id }] }]);
  });

  it('of the stored set is a beginning as good as a snapshot', () => {
    const chain = chainOf(stored(a, b));
    expect(feed(chain, bookmark([a, b], 7), delta(7, [], [b.id]))).toMatchObject([
      { kind: 'bookmark' },
      { kind: 'change', removedIds: [b.id], position: { revision: 8, setDigest: digestOf([a]) } },
    ]);
  });

  it('of another set at the beginning asks for a snapshot, once', () => {
    const chain = chainOf(stored(a));
    const steps = feed(chain, bookmark([a, b], 7), delta(7, [c]), bookmark([a, b, c], 8));
    expect(steps.map(({ kind }) => kind)).toEqual(['resync', 'nothing', 'bookmark']);
    expect(chain.synced).toBe(false);
  });

  it('asks for a snapshot of a host of which nothing is stored, and not while its engine is down', () => {
    const chain = chainOf(stored());
    expect(last(feed(chain, bookmark([], 0, 'down')))).toMatchObject({ kind: 'bookmark' });
    expect(last(feed(chain, bookmark([], 1)))).toEqual(resync(/first bookmark/));
  });

  it('after a break heals it where the stored set is the agent’s after all', () => {
    const chain = at5();
    feed(chain, delta(9));
    expect(last(feed(chain, bookmark([b], 10)))).toMatchObject({ kind: 'bookmark' });
    expect(chain.synced).toBe(false);
    feed(chain, bookmark([a], 11));
    expect(chain.synced).toBe(true);
  });
});

it('passes over an update of a kind that only a newer agent knows', () => {
  expect(feed(chainOf(stored()), { streamId: 's' })).toEqual([{ kind: 'nothing' }]);
});

/** A host whose networks change at random, and the updates that tell of it. */
class Source {
  readonly set = new Map<string, Network>();
  revision = 1;
  private stream = 1;

  constructor(private readonly random: () => number) {}

  change(): InventoryUpdate[] {
    const name = `net-${Math.floor(this.random() * 12)}`;
    const next = network(name, { labels: { at: String(this.revision) } });
    const streamId = `s${this.stream}`;
    const appliesTo = this.revision++;
    const envelope = { appliesTo, resultsIn: this.revision };
    if (this.random() < 0.3 && this.set.delete(next.id)) {
      return [{ streamId, delta: { ...envelope, removedIds: [next.id] } }];
    }
    this.set.set(next.id, next);
    return [{ streamId, delta: { ...envelope, upserts: [message(next)] } }];
  }

  snapshot(): InventoryUpdate[] {
    const all = [...this.set.values()];
    const cut = Math.floor(this.random() * all.length);
    const streamId = `s${this.stream}`;
    return [
      begin(all.length, streamId),
      chunk(all.slice(0, cut), streamId),
      chunk(all.slice(cut), streamId),
      end(all, this.revision, streamId),
    ];
  }

  restart(): InventoryUpdate[] {
    this.stream += 1;
    this.revision = 1;
    return this.snapshot();
  }

  bookmark(): InventoryUpdate[] {
    return [bookmark([...this.set.values()], this.revision, 'up', `s${this.stream}`)];
  }
}

/** What a bad line makes of messages: some are lost, some come twice, some change places. */
function spoil(updates: InventoryUpdate[], random: () => number): InventoryUpdate[] {
  const kept = updates
    .filter(() => random() > 0.15)
    .flatMap((update) => (random() < 0.15 ? [update, update] : [update]));
  for (let i = 1; i < kept.length; i++) if (random() < 0.15) [kept[i - 1], kept[i]] = [kept[i]!, kept[i - 1]!];
  return kept;
}

describe('over random histories on a bad line', () => {
  it.each(Array.from({ length: 400 }, (_, seed) => [seed]))(
    'the applied set is the source’s after the next snapshot, and claims to be so at no other time (seed %i)',
    (seed) => {
      const random = seeded(seed);
      const source = new Source(random);
      const chain = chainOf(stored());
      const applied = new Map<string, string>();
      const take = (updates: InventoryUpdate[]): void => {
        for (const step of feed(chain, ...updates)) {
          if (step.kind !== 'change') continue;
          for (const id of step.removedIds) applied.delete(id);
          for (const { id, digest } of step.upserts) applied.set(id, digest);
          expect(setDigest(applied)).toBe(step.position.setDigest);
        }
      };
      for (let round = 0; round < 40; round++) {
        const dice = random();
        const said =
          dice < 0.1 ? source.restart() : dice < 0.2 ? source.snapshot() : dice < 0.3 ? source.bookmark() : [];
        take(spoil([...said, ...source.change(), ...source.change()], random));
        const [confirmation] = feed(chain, ...source.bookmark());
        if (confirmation!.kind === 'bookmark' && chain.synced) expect(applied).toEqual(stored(...source.set.values()));
      }
      take(source.snapshot());
      expect(chain.synced).toBe(true);
      expect(applied).toEqual(stored(...source.set.values()));
    },
  );
});
