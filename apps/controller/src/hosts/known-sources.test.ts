import { describe, expect, it } from '@jest/globals';
import { KnownSources } from './known-sources.js';

describe('known sources', () => {
  let peers = ['192.0.2.1:5000', '192.0.2.1:5001', '[2001:db8:1:2::7]:80', '[2001:db8:1:2:3::8]:81', 'unix', ''];
  let time = 0;
  const sources = new KnownSources({ all: () => peers.map((peer) => ({ peer })) as never }, () => time);

  it('count the hosts whose agents last came from there', () => {
    expect(sources.count('192.0.2.1')).toBe(2);
    expect(sources.count('2001:db8:1:2::/64')).toBe(2);
    expect(sources.count('192.0.2.2')).toBe(0);
  });

  it('are counted anew after a while, and not before', () => {
    peers = ['192.0.2.2:1'];
    time = 10_000;
    expect(sources.count('192.0.2.2')).toBe(0);
    time = 10_001;
    expect(sources.count('192.0.2.2')).toBe(1);
    expect(sources.count('192.0.2.1')).toBe(0);
  });
});
