import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES, ERRORS, FairleadError, toFairleadError } from './errors.js';
import { freshnessOf } from './host.js';
import { checkHostName, checkNetworkName, isFullNetworkId } from './names.js';
import { canonicalNetwork } from './network.js';
import { aNetwork, anEndpoint } from './testing.js';

describe('canonicalNetwork', () => {
  const network = aNetwork({
    labels: { a: '1', b: '2' },
    endpoints: [anEndpoint('one', { aliases: ['x', 'y'] }), anEndpoint('two')],
  });

  it('does not depend on the order in which the engine lists parts', () => {
    const shuffled = {
      ...network,
      labels: { b: '2', a: '1' },
      endpoints: [anEndpoint('two'), anEndpoint('one', { aliases: ['y', 'x'] })],
    };
    expect(canonicalNetwork(shuffled)).toBe(canonicalNetwork(network));
  });

  it.each([
    [{ labels: { a: '1' } }],
    [{ name: 'other' }],
    [{ internal: true }],
    [{ subnets: [] }],
    [{ options: { x: 'y' } }],
    [{ endpoints: [anEndpoint('one')] }],
    [{ labels: { a: '12', b: '' } }],
  ])('changes with %j', (change) =>
    expect(canonicalNetwork({ ...network, ...change })).not.toBe(canonicalNetwork(network)),
  );
});

describe('freshnessOf', () => {
  const host = { connected: true, engineUp: true, synced: true, lastHeardAt: 0 };
  it.each([
    [host, 9_999, 'live'],
    [host, 10_000, 'stale'],
    [host, 15_000, 'offline'],
    [{ ...host, connected: false }, 1, 'stale'],
    [{ ...host, engineUp: false }, 1, 'stale'],
    [{ ...host, synced: false }, 1, 'stale'],
    [{ ...host, connected: false }, 15_000, 'offline'],
  ])('%j after %d ms is %s', (facts, now, expected) => expect(freshnessOf(facts, now)).toBe(expected));
});

describe('names', () => {
  it.each(['my-net', 'a', 'shop_default', 'x.y', 'deadbeef'])('accepts the network name %p', (name) =>
    expect(() => checkNetworkName(name)).not.toThrow(),
  );

  it.each(['', '..', '-x', 'a/b', 'a b', 'a\n', '<b>', 'x'.repeat(129), 'deadbeefdead', 'f'.repeat(64)])(
    'refuses the network name %p',
    (name) => expect(() => checkNetworkName(name)).toThrow(expect.objectContaining({ code: 'invalid_argument' })),
  );

  it.each(['', '-a', 'a-', 'a b', 'a/b', 'x'.repeat(64)])('refuses the host name %p', (name) =>
    expect(() => checkHostName(name)).toThrow(FairleadError),
  );

  it('knows full ids of local and swarm networks', () => {
    expect(isFullNetworkId('a'.repeat(64))).toBe(true);
    expect(isFullNetworkId('u1ji3kqfqvpfxqvxbnqrbmgzk')).toBe(true);
    expect(isFullNetworkId('a'.repeat(12))).toBe(false);
  });
});

describe('error list', () => {
  it.each(ERROR_CODES)('%s has an HTTP error status, an exit code and a title', (code) => {
    expect(ERRORS[code].http).toBeGreaterThanOrEqual(400);
    expect([1, 2, 3, 4, 75]).toContain(ERRORS[code].exit);
    expect(ERRORS[code].title).not.toBe('');
  });

  it('takes what is foreign as a fault of our own and keeps what is not', () => {
    const known = new FairleadError('network_in_use', 'used by one');
    expect(toFairleadError(known)).toBe(known);
    expect(toFairleadError(new Error('boom'))).toMatchObject({ code: 'internal', message: 'boom' });
    expect(toFairleadError('boom')).toMatchObject({ code: 'internal', message: 'boom' });
  });
});
