import { describe, expect, it } from '@jest/globals';
import { explainReachability, type ReachabilityQuestion } from './reachability.js';
import { aNetwork, anEndpoint } from './testing.js';

const front = aNetwork({
  name: 'front',
  endpoints: [anEndpoint('one'), anEndpoint('two', { ipv4: '172.18.0.3', aliases: ['db'] })],
});
const back = aNetwork({
  name: 'back',
  endpoints: [anEndpoint('three', { ipv4: '172.19.0.2' }), anEndpoint('off', { state: 'exited', ipv4: '' })],
});
const ask = (from: string, to: string, extra: Partial<ReachabilityQuestion> = {}) =>
  explainReachability({ networks: [front, back], from, to, elsewhere: [], ...extra });

describe('explainReachability', () => {
  it.each(['two', 'db', '172.18.0.3'])('expects containers of one network to reach each other by %s', (to) =>
    expect(ask('one', to)).toMatchObject({ possible: true, code: 'expected', explanation: 'Both are on front.' }),
  );

  it.each([
    ['nobody', 'two', 'source-not-found'],
    ['off', 'three', 'source-stopped'],
    ['three', 'off', 'target-stopped'],
    ['one', 'three', 'no-shared-network'],
    ['one', '172.19.0.2', 'no-shared-network'],
  ])('%s to %s cannot work: %s', (from, to, code) => expect(ask(from, to)).toMatchObject({ possible: false, code }));

  it('says which networks they are on when they share none', () =>
    expect(ask('one', 'three').explanation).toContain("the source is on front, 'three' is on back"));

  it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('takes %s for the container itself', (to) =>
    expect(ask('one', to)).toMatchObject({ possible: true, code: 'itself' }),
  );

  it('looks outside for what is no container', () =>
    expect(ask('one', 'example.org')).toMatchObject({ possible: true, code: 'outside' }));

  it('knows that an internal network leads nowhere', () => {
    const networks = [aNetwork({ name: 'shut', internal: true, endpoints: [anEndpoint('one')] })];
    expect(ask('one', '192.0.2.1', { networks })).toMatchObject({ possible: false, code: 'internal-network' });
  });

  it("knows that the network 'none' reaches nothing", () => {
    const networks = [aNetwork({ name: 'none', driver: 'null', endpoints: [anEndpoint('one')] })];
    expect(ask('one', '192.0.2.1', { networks })).toMatchObject({ possible: false, code: 'no-shared-network' });
  });

  it('knows that the default bridge resolves no names, but carries addresses', () => {
    const networks = [
      aNetwork({ name: 'bridge', endpoints: [anEndpoint('one'), anEndpoint('two', { ipv4: '172.17.0.3' })] }),
    ];
    expect(ask('one', 'two', { networks })).toMatchObject({ possible: false, code: 'names-not-resolved' });
    expect(ask('one', '172.17.0.3', { networks })).toMatchObject({ possible: true });
  });

  it('refuses to choose between containers that share an alias', () => {
    const networks = [
      aNetwork({
        endpoints: ['one', 'a', 'b'].map((name) => anEndpoint(name, { aliases: name === 'one' ? [] : ['web'] })),
      }),
    ];
    expect(ask('one', 'web', { networks })).toMatchObject({ possible: false, code: 'target-ambiguous' });
  });

  it("takes a name as the source's own networks mean it", () => {
    const other = aNetwork({ name: 'other', endpoints: [anEndpoint('x', { aliases: ['db'] })] });
    expect(ask('one', 'db', { networks: [front, other] })).toMatchObject({ code: 'expected' });
  });

  it('finds a unique container by the beginning of its id and refuses one that fits several', () => {
    const networks = [
      aNetwork({
        endpoints: [
          anEndpoint('a', { containerId: 'abcd1'.padEnd(64, '0') }),
          anEndpoint('b', { containerId: 'abcd2'.padEnd(64, '0') }),
        ],
      }),
    ];
    expect(ask('abcd1', 'b', { networks })).toMatchObject({ code: 'expected' });
    expect(ask('abcd', 'b', { networks })).toMatchObject({ code: 'source-ambiguous' });
  });

  it('tells a bridge that ends at its host from an overlay that does not', () => {
    const far = { host: 'web-2', network: aNetwork({ name: 'far' }), endpoint: anEndpoint('remote') };
    expect(ask('one', 'remote', { elsewhere: [far] })).toMatchObject({ possible: false, code: 'other-host' });
    const overlay = aNetwork({ name: 'mesh', driver: 'overlay', scope: 'swarm', endpoints: [anEndpoint('one')] });
    const near = { host: 'web-2', network: overlay, endpoint: anEndpoint('remote') };
    expect(ask('one', 'remote', { networks: [overlay], elsewhere: [near] })).toMatchObject({
      possible: true,
      code: 'expected',
    });
    const down = { ...near, endpoint: anEndpoint('remote', { state: 'exited' }) };
    expect(ask('one', 'remote', { networks: [overlay], elsewhere: [down] })).toMatchObject({ code: 'target-stopped' });
  });
});
