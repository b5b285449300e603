import { describe, expect, it } from '@jest/globals';
import { probeRequest } from './probe.js';

const accepts = (to: string): boolean => probeRequest.safeParse({ from: 'one', to }).success;

describe('the target of a probe', () => {
  it.each(['two', 'db.shop', '10.0.0.1', '::1', 'fd00::5', '_dmarc'])('may be %s', (to) =>
    expect(accepts(to)).toBe(true),
  );

  it.each(['-c', '', 'a b', 'a;b', '$(x)', 'a/b', 'ä', 'x'.repeat(254)])('may not be %p', (to) =>
    expect(accepts(to)).toBe(false),
  );
});
