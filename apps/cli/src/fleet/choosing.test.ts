import { type Client, createClient } from '@fairlead/api';
import { describe, expect, it } from '@jest/globals';
import { type Answers, FakeController } from '../../test/fake-controller.js';
import { aHost, aNetwork } from '../../test/views.js';
import { chooseHosts } from './hosts.js';
import { chooseNetworks, parseReference } from './networks.js';

const clientOf = (answers: Answers): Client =>
  createClient({ baseUrl: 'http://fleet', fetch: new FakeController(answers).fetch });
const fleet = (...names: string[]): Answers => ({
  listHosts: () => ({ items: names.map((name) => aHost({ name })), total: names.length, nextCursor: null }),
});
const networks = (...items: ReturnType<typeof aNetwork>[]): Answers => ({
  listNetworks: () => ({ items, total: items.length, nextCursor: null, unavailableHosts: [], unavailableTotal: 0 }),
});

describe('choosing hosts', () => {
  it('takes named hosts at their word, each once and in order of name, without asking', async () => {
    expect(await chooseHosts(clientOf({}), { host: ['b', 'a', 'b'] })).toEqual({ hosts: ['a', 'b'], several: true });
    expect(await chooseHosts(clientOf({}), { host: ['a', 'a'] })).toEqual({ hosts: ['a'], several: false });
  });

  it('keeps hosts that are offline: that they cannot be reached is to be said, not passed over', async () => {
    const client = clientOf({
      listHosts: () => ({
        items: [aHost({ name: 'a' }), aHost({ name: 'b', freshness: 'offline' })],
        total: 2,
        nextCursor: null,
      }),
    });
    expect((await chooseHosts(client, { allHosts: true })).hosts).toEqual(['a', 'b']);
  });

  it('counts a set of one as a set', async () => {
    expect(await chooseHosts(clientOf(fleet('a')), { on: 'env=prod' })).toEqual({ hosts: ['a'], several: true });
    expect(await chooseHosts(clientOf(fleet('a')), {})).toEqual({ hosts: ['a'], several: false });
  });

  it('says that no host fits a selector', async () => {
    await expect(chooseHosts(clientOf(fleet()), { on: 'env=moon' })).rejects.toMatchObject({
      code: 'host_not_found',
      message: "No host has labels that fit 'env=moon'",
    });
  });
});

describe('references', () => {
  it.each([
    ['web-1/my-net', { host: 'web-1', network: 'my-net' }],
    ['web-1/a/b', { host: 'web-1', network: 'a/b' }],
    ['my-net', undefined],
  ])('reads %s', (text, target) => {
    expect(parseReference(text)).toEqual(target);
  });

  it.each(['/my-net', 'web-1/', '/'])('refuses %s', (text) => {
    expect(() => parseReference(text)).toThrow('neither NETWORK nor HOST/NETWORK');
  });
});

describe('choosing networks', () => {
  it('makes of several names and hosts every pair', async () => {
    const { targets, several } = await chooseNetworks(clientOf({}), ['x', 'y'], { host: ['a', 'b'] });
    expect(targets.map(({ host, network }) => `${host}/${network}`)).toEqual(['a/x', 'a/y', 'b/x', 'b/y']);
    expect(several).toBe(true);
  });

  it('prefers a name to the beginning of an id', async () => {
    const client = clientOf(networks(aNetwork({ name: '798b', id: 'a'.repeat(64) }), aNetwork()));
    expect((await chooseNetworks(client, ['798b'], {})).targets).toEqual([{ host: 'web-1', network: 'a'.repeat(64) }]);
  });

  it('does not take two networks of one name on one host for one', async () => {
    const client = clientOf(networks(aNetwork({ id: 'a'.repeat(64) }), aNetwork({ id: 'b'.repeat(64) })));
    await expect(chooseNetworks(client, ['my-net'], {})).rejects.toMatchObject({
      code: 'ambiguous_name',
      message: expect.stringContaining('web-1/my-net (aaaaaaaaaaaa), web-1/my-net (bbbbbbbbbbbb)'),
    });
  });

  it('does not choose a host for a swarm network that several list', async () => {
    const id = 'q'.repeat(25);
    const client = clientOf(
      networks(aNetwork({ id, name: 'shared' }), aNetwork({ id, name: 'shared', host: 'web-2' })),
    );
    await expect(chooseNetworks(client, [id], {})).rejects.toMatchObject({
      message: expect.stringContaining('web-1/shared, web-2/shared'),
    });
  });
});
