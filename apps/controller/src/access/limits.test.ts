import { beforeEach, describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { LOCKED_MS, networkOf, TooMany, WrongAttempts } from './attempts.js';
import { RateLimit } from './rate-limit.js';

let now = 0;
beforeEach(() => {
  now = 0;
});

const refusal = (work: () => void): number | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof TooMany && error instanceof FairleadError) return error.retryAfterSeconds;
    throw error;
  }
};

describe('wrong credentials', () => {
  it('are answered twenty times, then the address has to wait for ten minutes', () => {
    const attempts = new WrongAttempts(() => now);
    for (let index = 0; index < 20; index++) expect(refusal(() => attempts.note('10.0.0.1'))).toBeUndefined();
    expect(refusal(() => attempts.note('10.0.0.1'))).toBe(600);
    expect(refusal(() => attempts.note('10.0.0.2'))).toBeUndefined();
    now = LOCKED_MS - 1;
    expect(refusal(() => attempts.note('10.0.0.1'))).toBe(1);
    now = LOCKED_MS;
    expect(refusal(() => attempts.note('10.0.0.1'))).toBeUndefined();
  });

  it('of a machine with IPv6 count together, whichever of its addresses it uses', () => {
    expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe(networkOf('2001:db8:1:2::1'));
    expect(networkOf('2001:db8::1')).not.toBe(networkOf('2001:db8:0:1::1'));
    expect(networkOf('::1')).toBe('0:0:0:0');
    expect(networkOf('10.0.0.1')).toBe('10.0.0.1');
  });

  it('of very many addresses do not fill the memory: the oldest are forgotten', () => {
    const attempts = new WrongAttempts(() => now);
    for (let index = 0; index < 20; index++) attempts.note('first');
    for (let index = 0; index < 10_000; index++) attempts.note(`address-${index}`);
    expect(refusal(() => attempts.note('first'))).toBeUndefined();
  });
});

describe('a rate', () => {
  it('lets a burst through, then so many a second, for each caller on its own', () => {
    const limit = new RateLimit({ perSecond: 2, burst: 3 }, () => now);
    const taken = (key: string) => refusal(() => limit.take(key)) === undefined;
    expect(['a', 'a', 'a', 'a', 'b'].map(taken)).toEqual([true, true, true, false, true]);
    expect(refusal(() => limit.take('a'))).toBe(1);
    now = 500;
    expect([taken('a'), taken('a')]).toEqual([true, false]);
    now = 1_000_000;
    expect(['a', 'a', 'a', 'a'].map(taken)).toEqual([true, true, true, false]);
  });
});
