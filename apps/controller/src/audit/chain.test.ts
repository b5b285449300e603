import { describe, expect, it } from '@jest/globals';
import { canonical, type ChainLink, GENESIS, hashOf, storable } from './chain.js';

const link: ChainLink = {
  seq: 1,
  at: 1_795_479_907_830,
  actor: 'deploy',
  client: 'fairlead-cli/0.1.0',
  peer: '127.0.0.1',
  action: 'network.remove',
  hostName: 'web-1',
  target: { network: { name: 'n', id: '1' } },
  operationId: null,
  outcome: 'refused',
  detail: { code: 'forbidden' },
  previousHash: GENESIS,
};

describe('the hash of an entry', () => {
  it('stays what it is from version to version', () => {
    expect(hashOf(link)).toBe('d23c8126a9b1381f507d14dfe2648524403c98a36831fa0d7ae0052316e177de');
  });

  it('does not depend on the order of keys', () => {
    const turned = Object.fromEntries(Object.entries(link).reverse()) as unknown as ChainLink;
    expect(hashOf({ ...turned, target: { network: { id: '1', name: 'n' } } })).toBe(hashOf(link));
  });

  it.each([
    { seq: 2 },
    { at: link.at + 1 },
    { actor: 'deplo' },
    { client: '' },
    { peer: '127.0.0.2' },
    { action: 'network.create' },
    { hostName: null },
    { hostName: 'null' },
    { target: { network: { id: 1, name: 'n' } } },
    { operationId: '' },
    { outcome: 'done' },
    { detail: {} },
    { previousHash: 'f'.repeat(64) },
  ])('is another one for %j', (change) => {
    expect(hashOf({ ...link, ...change })).not.toBe(hashOf(link));
  });

  it('does not let text flow from one column into the next', () => {
    expect(hashOf({ ...link, actor: 'a', client: 'bc' })).not.toBe(hashOf({ ...link, actor: 'ab', client: 'c' }));
  });

  it('does not speak of columns that it does not know', () => {
    expect(hashOf({ ...link, hash: 'x' } as ChainLink)).toBe(hashOf(link));
  });
});

describe('the canonical form', () => {
  it('has no spaces and sorted keys at every depth', () => {
    expect(canonical({ b: [1, { d: null, c: 'x"' }], a: true })).toBe('{"a":true,"b":[1,{"c":"x\\"","d":null}]}');
  });

  it('sorts by code unit, also what looks like a number or a prototype', () => {
    expect(canonical({ 10: 1, 9: 1, ['__proto__']: 2, Z: 3, a: 4 })).toBe('{"10":1,"9":1,"Z":3,"__proto__":2,"a":4}');
  });
});

describe('what is storable', () => {
  it('is what JSON can hold', () => {
    expect(storable({ a: undefined, b: [undefined, NaN, -0], c: new Date(0) })).toEqual({
      b: [null, null, 0],
      c: '1970-01-01T00:00:00.000Z',
    });
  });

  it('has whole characters and no NUL, in values and keys', () => {
    expect(storable({ text: 'a\uD800b😀', nul: 'a\0', ['\uDC00']: { ['x\uD83D']: ['\uD83D'] } })).toEqual({
      text: 'a\uFFFDb😀',
      nul: 'a\uFFFD',
      '\uFFFD': { 'x\uFFFD': ['\uFFFD'] },
    });
  });
});
