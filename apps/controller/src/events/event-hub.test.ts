import { describe, expect, it } from '@jest/globals';
import { eventQuery, type EventQuery, type EventView } from '@fairlead/api';
import { parseSelector } from '@fairlead/domain';
import { HostScope } from '../access/host-scope.js';
import { seeded } from '../testing/seeded.js';
import { EventHub, KEPT } from './event-hub.js';
import { type Follower } from './follower.js';
import { type Audience, everything, type Sight, sightOf } from './sight.js';
import { type NewEvent } from './told-event.js';
import { wantedBy } from './wanted.js';

const AT = Date.parse('2026-11-24T09:30:00.000Z');
type Removed = Extract<NewEvent, { type: 'network.removed' }>;
const removed = (name: string, host = 'web-1'): Removed => ({
  at: AT,
  type: 'network.removed',
  host,
  data: () => ({ id: 'a', name }),
});
const names = (events: readonly EventView[]) =>
  events.map((event) => (event.type === 'network.removed' ? event.data.name : event.type));

function aHub() {
  const faults: unknown[] = [];
  const hub = new EventHub(
    () => AT,
    (fault) => faults.push(fault),
  );
  return { hub, faults };
}

const follow = (hub: EventHub, lastEventId?: string, query: object = {}, sight: Sight = everything): Follower =>
  hub.follow(lastEventId, { sight, wants: wantedBy(eventQuery.parse(query)) });

/** Everything up to now. */
function readAll(follower: Follower): EventView[] {
  const read: EventView[] = [];
  while (follower.isBehind) read.push(...follower.take(100).map(({ view }) => view));
  return read;
}

describe('EventHub', () => {
  it('gives every event an id of its own, to all readers in order', () => {
    const { hub } = aHub();
    const readers = [follow(hub), follow(hub)];
    for (const name of ['a', 'b', 'c']) hub.publish(removed(name));
    const [one, other] = readers.map(readAll);
    expect(names(one!)).toEqual(['a', 'b', 'c']);
    expect(new Set(one!.map(({ id }) => id)).size).toBe(3);
    expect(one).toEqual(other);
  });

  it('begins now for a reader that names no event', () => {
    const { hub } = aHub();
    hub.publish(removed('a'));
    expect(readAll(follow(hub))).toEqual([]);
  });

  it('gives what came after the event that a reader names, and no more than that', () => {
    const { hub } = aHub();
    const first = follow(hub);
    for (const name of ['a', 'b', 'c']) hub.publish(removed(name));
    const seen = readAll(first);
    expect(names(readAll(follow(hub, seen[0]!.id)))).toEqual(['b', 'c']);
    expect(names(readAll(follow(hub, seen[2]!.id)))).toEqual([]);
  });

  it('goes on from the position of a reader that has seen no event', () => {
    const { hub } = aHub();
    const { position } = follow(hub);
    hub.publish(removed('a'));
    expect(names(readAll(follow(hub, position)))).toEqual(['a']);
  });

  it('gives what it keeps again, and resync to whoever is further behind', () => {
    const { hub } = aHub();
    const start = follow(hub).position!;
    hub.publish(removed('0'));
    const second = follow(hub).position!;
    for (let index = 1; index <= KEPT; index++) hub.publish(removed(`${index}`));
    expect(names(readAll(follow(hub, second)))).toHaveLength(KEPT);
    const late = follow(hub, start);
    expect(readAll(late)).toMatchObject([
      { type: 'resync', host: null, at: '2026-11-24T09:30:00.000Z', data: { reason: expect.stringContaining(start) } },
    ]);
    hub.publish(removed('next'));
    expect(names(readAll(late))).toEqual(['next']);
  });

  it('tells a reader of another life of the controller to read again, and lets it go on from there', () => {
    const [before, after] = [aHub().hub, aHub().hub];
    const { position } = follow(before);
    before.publish(removed('a'));
    after.publish(removed('b'));
    const reader = follow(after, position);
    expect(reader.position).toBeUndefined();
    const [resync] = readAll(reader);
    expect(resync!.type).toBe('resync');
    after.publish(removed('c'));
    expect(names(readAll(follow(after, resync!.id)))).toEqual(['c']);
  });

  it('takes an id that it never gave for one that it no longer knows', () => {
    const { hub } = aHub();
    const { position } = follow(hub);
    hub.publish(removed('a'));
    const [life] = position!.split('-');
    for (const id of ['', 'x', '1', '-1', `${life}-2`, `${life}-01`, `${life}--1`, `${life}-1e0`, `${life}-0.5`]) {
      expect(readAll(follow(hub, id))).toMatchObject([{ type: 'resync' }]);
    }
  });

  it('wakes a waiting reader once, and none that has left', () => {
    const { hub } = aHub();
    const woken: string[] = [];
    follow(hub).wait(() => woken.push('stays'));
    follow(hub).wait(() => woken.push('leaves'))();
    hub.publish(removed('a'));
    hub.publish(removed('b'));
    expect(woken).toEqual(['stays']);
  });

  it('wakes at once a reader that has something to take', () => {
    const { hub } = aHub();
    const reader = follow(hub);
    hub.publish(removed('a'));
    let woken = false;
    reader.wait(() => (woken = true));
    expect(woken).toBe(true);
  });

  it('makes a view when the first reader takes it, and once for all', () => {
    const { hub } = aHub();
    let made = 0;
    const event: NewEvent = { ...removed('a'), data: () => ({ id: 'a', name: `${++made}` }) };
    const readers = [follow(hub), follow(hub)];
    const elsewhere = follow(hub, undefined, { host: 'web-2' });
    hub.publish(event);
    expect(readAll(elsewhere)).toEqual([]);
    expect(made).toBe(0);
    const [one, other] = readers.map((reader) => reader.take(1)[0]!);
    expect(one).toBe(other);
    expect(made).toBe(1);
    expect(one!.frame).toBe(`id: ${one!.view.id}\nevent: network.removed\ndata: ${JSON.stringify(one!.view)}\n\n`);
  });

  it('tells readers to read again where a view could not be made', () => {
    const { hub, faults } = aHub();
    const readers = [follow(hub), follow(hub)];
    hub.publish({
      ...removed('a'),
      data: () => {
        throw new Error('lost');
      },
    });
    expect(readers.map((reader) => names(readAll(reader)))).toEqual([['resync'], ['resync']]);
    expect(faults).toHaveLength(1);
  });
});

describe('what a reader asks for', () => {
  const web = { labels: { env: 'prod' }, agentLabels: {} };
  const shop = { id: '798b0f9e2c1c6a6f5d7f0a9cf0f6dfe0e0a1f6b6a1c6c0d6a5e4f3b27c0352b8', name: 'shop_default' };
  const ofNetwork = { type: 'network.created', host: 'web-1', audience: { host: web, network: shop } } as const;
  const ofOperation = { ...ofNetwork, type: 'operation.changed' } as const;
  const ofHost = { type: 'host.changed', host: 'web-1', audience: { host: web } } as const;
  const left = { ...ofHost, audience: { host: { labels: {}, agentLabels: {} }, before: web } };

  it.each([
    [{}, ofNetwork, true],
    [{ host: 'web-1' }, ofNetwork, true],
    [{ host: ['web-2', 'web-1'] }, ofNetwork, true],
    [{ host: 'web-2' }, ofNetwork, false],
    [{ type: ['host.removed', 'network.created'] }, ofNetwork, true],
    [{ type: 'network.removed' }, ofNetwork, false],
    [{ host: 'web-1', type: 'network.removed' }, ofNetwork, false],
    [{ on: 'env=prod' }, ofNetwork, true],
    [{ on: 'env!=prod' }, ofNetwork, false],
    [{ on: 'env=prod' }, { ...ofNetwork, audience: {} }, false],
    [{ on: 'env=prod' }, left, true],
    [{ network: 'shop_default' }, ofNetwork, true],
    [{ network: 'shop_*' }, ofNetwork, true],
    [{ network: '*_?efault' }, ofNetwork, true],
    [{ network: 'shop' }, ofNetwork, false],
    [{ network: shop.id }, ofNetwork, true],
    [{ network: shop.id.slice(0, 12) }, ofNetwork, true],
    [{ network: shop.id.slice(0, 11) }, ofNetwork, false],
    [{ network: shop.id.slice(1, 20) }, ofNetwork, false],
    [{ network: 'shop_*' }, ofOperation, true],
    [{ network: 'other' }, ofOperation, false],
    [{ network: '*' }, ofHost, false],
    [{ on: 'env=prod', network: 'shop_*', host: 'web-1', type: 'network.created' }, ofNetwork, true],
  ])('%j', (query, told, expected) => {
    const wants = wantedBy(eventQuery.parse(query));
    expect(wants(told, 'whole')).toBe(expected);
    expect(wants(told, 'resync')).toBe(true);
    expect(wants({ type: 'resync', host: null, audience: {} }, 'whole')).toBe(true);
  });

  it('comes as what the reader sees of it', () => {
    expect(wantedBy(eventQuery.parse({ type: 'host.removed' }))(ofHost, 'removal')).toBe(true);
    expect(wantedBy(eventQuery.parse({ type: 'host.changed' }))(ofHost, 'removal')).toBe(false);
  });
});

describe('readers of all kinds', () => {
  const HOSTS = ['web-1', 'web-2', 'db-1', 'db-2'];
  const ENVS = ['prod', 'test'];
  const QUERIES: object[] = [
    {},
    { host: 'web-1' },
    { on: 'env=prod' },
    { network: 'shop*' },
    { type: 'network.removed' },
  ];

  interface Reader {
    follower: Follower;
    readonly query: EventQuery;
    readonly scope: HostScope;
    /** The number that it has been told of last, by event or position. */
    number: number;
  }

  const numberOf = (id: string): number => Number(id.split('-')[1]);

  it.each(Array.from({ length: 6 }, (_, seed) => seed))(
    'get every event after the one they name, or resync, never a gap (seed %d)',
    (seed) => {
      const random = seeded(seed);
      const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
      const { hub } = aHub();
      const labels = new Map(HOSTS.map((name) => [name, { labels: { env: pick(ENVS) }, agentLabels: {} }]));
      const wrong: unknown[] = [];
      const history: { readonly name: string; readonly host: string; readonly audience: Audience }[] = [];
      const scopes = [HostScope.all, HostScope.of(parseSelector('env=prod')), HostScope.of(parseSelector('env=none'))];
      const open = (after: string | undefined, query: EventQuery, scope: HostScope): Follower =>
        hub.follow(after, { sight: sightOf(scope, (name) => labels.get(name)), wants: wantedBy(query) });
      const readers = Array.from({ length: 12 }, (): Reader => {
        const [query, scope] = [eventQuery.parse(pick(QUERIES)), pick(scopes)];
        return { follower: open(undefined, query, scope), query, scope, number: 0 };
      });

      /** What this reader must have been given of the events after `from`, up to `to`. */
      const expected = ({ query, scope }: Reader, from: number, to: number): number[] => {
        const sight = sightOf(scope, (name) => labels.get(name));
        const wants = wantedBy(query);
        return history.slice(from, to).flatMap(({ host, audience }, index) => {
          const told = { type: 'network.removed', host, audience } as const;
          const seen = sight(told);
          return seen !== undefined && wants(told, seen) ? [from + index + 1] : [];
        });
      };

      const read = (reader: Reader): void => {
        const events = reader.follower.take(1 + Math.floor(random() * 3000)).map(({ view }) => view);
        for (const view of events) {
          const number = numberOf(view.id);
          const due = view.type === 'resync' ? [number] : expected(reader, reader.number, number);
          const name = view.type === 'resync' ? 'resync' : history[number - 1]!.name;
          wrong.push(...(due.length === 1 && due[0] === number && names([view])[0] === name ? [] : [view]));
          reader.number = number;
        }
        const { position } = reader.follower;
        if (position === undefined) return;
        wrong.push(...expected(reader, reader.number, numberOf(position)));
        reader.number = numberOf(position);
      };

      for (let step = 0; step < 150; step++) {
        const burst = random() < 0.1 ? KEPT / 2 : Math.floor(random() * 50);
        for (let index = 0; index < burst; index++) {
          const host = pick(HOSTS);
          const event = { name: `${pick(['shop', 'other'])}-${history.length}`, host };
          const audience = { host: labels.get(host), network: { id: 'a', name: event.name } };
          history.push({ ...event, audience });
          hub.publish(removed(event.name, host), audience);
        }
        const reader = pick(readers);
        if (random() < 0.2) {
          const after = reader.follower.position;
          reader.follower = open(after, reader.query, reader.scope);
        }
        if (random() < 0.7) read(reader);
      }
      for (const reader of readers) {
        while (reader.follower.isBehind) read(reader);
        expect(reader.number).toBe(hub.last);
      }
      expect(wrong).toEqual([]);
    },
  );
});
