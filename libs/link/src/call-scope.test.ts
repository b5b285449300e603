import { describe, expect, it } from '@jest/globals';
import { CallScope } from './call-scope.js';
import { aborted } from './testing/fake-agent.js';

describe('the life of a call', () => {
  it('counts the time left by the clock it was given, never below 0', () => {
    let now = 1_000;
    const scope = new CallScope(50, () => now);
    expect(scope.context.remainingMs()).toBe(50);
    now = 1_030;
    expect(scope.context.remainingMs()).toBe(20);
    now = 2_000;
    expect(scope.context.remainingMs()).toBe(0);
    scope.close();
  });

  it('aborts when the deadline passes', async () => {
    const { signal } = new CallScope(1).context;
    await aborted(signal);
    expect((signal.reason as Error).message).toBe('the deadline passed');
  });

  it('has no end without a deadline, nor with one beyond what timers can count', async () => {
    const [endless, long] = [new CallScope(Infinity), new CallScope(2 ** 32)];
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(endless.context.remainingMs()).toBe(Infinity);
    expect([endless, long].map(({ context }) => context.signal.aborted)).toEqual([false, false]);
  });

  it('keeps the first reason it was aborted for', () => {
    const scope = new CallScope(Infinity);
    scope.abort('first');
    scope.abort('second');
    expect((scope.context.signal.reason as Error).message).toBe('first');
  });
});
