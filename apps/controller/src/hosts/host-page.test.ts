import { describe, expect, it } from '@jest/globals';
import { HostRows } from './host-rows.js';
import { pageOf } from './host-page.js';
import { type StoredHost } from './hosts.store.js';
import { seeded } from '../testing/seeded.js';

const row = (name: string) => ({ name }) as StoredHost;
const rowsOf = (names: readonly string[]): HostRows => {
  const rows = new HostRows();
  for (const name of names) rows.set(name, row(name));
  return rows;
};
const hostNames = (count: number): string[] => Array.from({ length: count }, (_, index) => `web-${index}`);

/** Reads all pages; `between` happens after each. */
function readAll(rows: HostRows, limit: number, between: () => void = () => undefined): string[] {
  const read: string[] = [];
  let cursor: string | undefined;
  do {
    const page = pageOf(rows.all(), { limit, cursor });
    read.push(...page.hosts.map(({ name }) => name));
    cursor = page.nextCursor ?? undefined;
    between();
  } while (cursor !== undefined);
  return read;
}

describe('pages of hosts', () => {
  it.each([1, 2, 3, 7, 24, 25, 26, 1000])('of %d together name each host once, in order', (limit) => {
    const names = hostNames(25);
    expect(readAll(rowsOf(names), limit)).toEqual([...names].sort());
  });

  it('say that there is no further one where they end with the last host, and of no host', () => {
    const rows = rowsOf(hostNames(4));
    const first = pageOf(rows.all(), { limit: 2, cursor: undefined });
    expect(first.nextCursor).not.toBeNull();
    expect(pageOf(rows.all(), { limit: 2, cursor: first.nextCursor! }).nextCursor).toBeNull();
    expect(pageOf([], { limit: 2, cursor: first.nextCursor! })).toEqual({ hosts: [], nextCursor: null });
  });

  it.each([1, 2, 3])('name each host that stays once, whatever comes and goes between them (seed %d)', (seed) => {
    const random = seeded(seed);
    const stay = hostNames(60);
    const rows = rowsOf(stay);
    const guests = Array.from({ length: 60 }, (_, index) => `web-${index}-guest`);
    const read = readAll(rows, 7, () => {
      for (let turn = 0; turn < 5; turn++) {
        const guest = guests[Math.floor(random() * guests.length)]!;
        if (rows.has(guest)) rows.delete(guest);
        else rows.set(guest, row(guest));
      }
    });
    expect(read).toEqual([...new Set(read)].sort());
    expect(read.filter((name) => !name.endsWith('guest'))).toEqual([...stay].sort());
  });

  it('go on where the host that the page before ended with has gone', () => {
    const rows = rowsOf(['a', 'b', 'c']);
    const { nextCursor } = pageOf(rows.all(), { limit: 2, cursor: undefined });
    rows.delete('b');
    expect(pageOf(rows.all(), { limit: 2, cursor: nextCursor! }).hosts).toEqual([row('c')]);
  });

  it.each(['x', '!', Buffer.from('not a name').toString('base64url'), Buffer.from('["a"]').toString('base64url')])(
    'refuse the cursor %s, with which none ended',
    (cursor) => {
      expect(() => pageOf([], { limit: 2, cursor })).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
    },
  );
});

describe('rows of hosts', () => {
  it('are the newest of each name, in order of name', () => {
    const rows = rowsOf(['b', 'a']);
    const newer = row('a');
    expect(rows.all().map(({ name }) => name)).toEqual(['a', 'b']);
    rows.set('a', newer);
    expect(rows.all()[0]).toBe(newer);
    rows.set('aa', row('aa'));
    rows.delete('b');
    rows.delete('never there');
    expect(rows.all().map(({ name }) => name)).toEqual(['a', 'aa']);
  });
});

it('are shown as they are now, each at its place, also by a list that somebody holds', () => {
  const rows = rowsOf(['b', 'a', 'c']);
  const held = rows.all();
  const changed = { ...row('b'), peer: 'another' };
  rows.set('b', changed);
  expect(held).toEqual([row('a'), changed, row('c')]);
  rows.delete('a');
  rows.set('d', row('d'));
  rows.set('c', { ...row('c'), peer: 'moved' });
  expect(rows.all().map(({ name, peer }) => `${name} ${peer}`)).toEqual(['b another', 'c moved', `d ${row('d').peer}`]);
  expect([rows.size, held.length]).toEqual([3, 3]);
});
