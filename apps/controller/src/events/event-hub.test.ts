import { describe, expect, it } from '@jest/globals';
import { type EventView } from '@fairlead/api';
import { EventHub, type NewEvent, wanted } from './event-hub.js';
import { everything } from './sight.js';

const AT = '2026-11-24T09:30:00.000Z';
const removed = (name: string, host = 'web-1'): NewEvent => ({ at: AT, type: 'host.removed', host, data: { name } });
const names = (events: readonly EventView[]) =>
  events.map((event) => (event.type === 'host.removed' ? event.data.name : event.type));

function follow(hub: EventHub, lastEventId?: string) {
  const live: EventView[] = [];
  const { missed, close } = hub.subscribe(lastEventId, AT, everything, (event) => live.push(event));
  return { missed, live, close };
}

describe('EventHub', () => {
  it('gives every event an id of its own, to all readers in order', () => {
    const hub = new EventHub();
    const readers = [follow(hub), follow(hub)];
    for (const name of ['a', 'b', 'c']) hub.publish(removed(name));
    for (const { live } of readers) expect(names(live)).toEqual(['a', 'b', 'c']);
    expect(new Set(readers[0]!.live.map(({ id }) => id)).size).toBe(3);
    expect(readers[0]!.live).toEqual(readers[1]!.live);
  });

  it('begins now for a reader that names no event', () => {
    const hub = new EventHub();
    hub.publish(removed('a'));
    expect(follow(hub).missed).toEqual([]);
  });

  it('gives what came after the event that a reader names, and no more than that', () => {
    const hub = new EventHub();
    const first = follow(hub);
    for (const name of ['a', 'b', 'c']) hub.publish(removed(name));
    expect(names(follow(hub, first.live[0]!.id).missed)).toEqual(['b', 'c']);
    expect(names(follow(hub, first.live[2]!.id).missed)).toEqual([]);
  });

  it('gives the last thousand again, and resync to whoever is further behind', () => {
    const hub = new EventHub();
    const { live } = follow(hub);
    for (let index = 0; index <= 1000; index++) hub.publish(removed(`${index}`));
    expect(follow(hub, live[1]!.id).missed).toHaveLength(999);
    const late = follow(hub, live[0]!.id).missed;
    expect(late).toMatchObject([
      { type: 'resync', host: null, at: AT, data: { reason: expect.stringContaining(live[0]!.id) } },
    ]);
  });

  it('tells a reader of another life of the controller to read again, and lets it go on from there', () => {
    const [before, after] = [new EventHub(), new EventHub()];
    const old = follow(before);
    before.publish(removed('a'));
    after.publish(removed('b'));
    const [resync] = follow(after, old.live[0]!.id).missed;
    expect(resync!.type).toBe('resync');
    after.publish(removed('c'));
    expect(names(follow(after, resync!.id).missed)).toEqual(['c']);
  });

  it('takes an id that it never gave for one that it no longer knows', () => {
    const hub = new EventHub();
    hub.publish(removed('a'));
    for (const id of ['', 'x', '1', '-1']) expect(follow(hub, id).missed).toMatchObject([{ type: 'resync' }]);
  });

  it('gives nothing to a reader that has left', () => {
    const hub = new EventHub();
    const { live, close } = follow(hub);
    close();
    hub.publish(removed('a'));
    expect(live).toEqual([]);
  });

  it('lets a reader leave while an event is handed out', () => {
    const hub = new EventHub();
    const leaver = hub.subscribe(undefined, AT, everything, () => leaver.close());
    const { live } = follow(hub);
    hub.publish(removed('a'));
    hub.publish(removed('b'));
    expect(names(live)).toEqual(['a', 'b']);
  });
});

describe('wanted', () => {
  const event = { id: '1', ...removed('a', 'web-1') } as EventView;
  const resync = { id: '2', at: AT, type: 'resync', host: null, data: { reason: '' } } as const;

  it.each([
    [{ host: [], type: [] }, true],
    [{ host: ['web-1'], type: [] }, true],
    [{ host: ['web-2'], type: [] }, false],
    [{ host: [], type: ['host.removed'] as const }, true],
    [{ host: [], type: ['network.created'] as const }, false],
    [{ host: ['web-1'], type: ['network.created'] as const }, false],
  ])('by %j is %s', (query, expected) => {
    expect(wanted(event, query)).toBe(expected);
    expect(wanted(resync, query)).toBe(true);
  });
});
