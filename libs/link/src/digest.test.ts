import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { networkDigest, setDigest } from './digest.js';
import { aNetwork, anEndpoint } from './testing/samples.js';

describe('the digest of a network', () => {
  it('is the same however the engine ordered its parts', () => {
    const one = anEndpoint({ containerId: '1', aliases: ['x', 'y'] });
    const two = anEndpoint({ containerId: '2' });
    const a = aNetwork({ labels: { a: '1', b: '2' }, endpoints: [one, two] });
    const b = aNetwork({ labels: { b: '2', a: '1' }, endpoints: [two, { ...one, aliases: ['y', 'x'] }] });
    expect(networkDigest(a)).toBe(networkDigest(b));
  });

  it('changes when a container leaves', () => {
    expect(networkDigest(aNetwork())).not.toBe(networkDigest(aNetwork({ endpoints: [] })));
  });
});

describe('the digest of a set', () => {
  it('is SHA-256 over the sorted lines', () => {
    const expected = createHash('sha256').update('a 1\nb 2\n').digest('hex');
    expect(setDigest(new Map(Object.entries({ b: '2', a: '1' })))).toBe(expected);
  });

  it('of no networks is that of the empty text', () => {
    expect(setDigest([])).toBe(createHash('sha256').digest('hex'));
  });
});
