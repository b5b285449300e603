import { describe, expect, it } from '@jest/globals';
import { Backoff, type Pause } from './backoff.js';

const end = (healthyMs = 0, pause: Pause = 'soon') => ({ reason: 'cut', healthyMs, pause });

describe('the time until the next attempt', () => {
  it('doubles its ceiling from 100 ms to 30 s', () => {
    const backoff = new Backoff(() => 1);
    const waits = Array.from({ length: 11 }, () => backoff.next(end()));
    expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
  });

  it('is spread over the whole time, so that a fleet does not come back at once', () => {
    expect(new Backoff(() => 0).next(end())).toBe(0);
    expect(new Backoff(() => 0.5).next(end())).toBe(50);
  });

  it('begins anew after a session that was healthy for 30 s, and not before', () => {
    const backoff = new Backoff(() => 1);
    backoff.next(end());
    backoff.next(end());
    expect(backoff.next(end(29_999))).toBe(400);
    expect(backoff.next(end(30_000))).toBe(100);
  });

  it('is half a minute to a minute where the other side is exhausted', () => {
    expect(new Backoff(() => 0).next(end(0, 'long'))).toBe(30_000);
    expect(new Backoff(() => 1).next(end(0, 'long'))).toBe(60_000);
  });

  it('is spread over 20 s at least where too many come at once', () => {
    const [first, last] = [new Backoff(() => 0), new Backoff(() => 1)];
    expect(first.next(end(0, 'later'))).toBe(0);
    const waits = Array.from({ length: 10 }, () => last.next(end(0, 'later')));
    expect(waits).toEqual([...Array.from({ length: 8 }, () => 20_000), 25_600, 30_000]);
  });

  it('does not overflow when nobody answers for weeks', () => {
    const backoff = new Backoff(() => 1);
    for (let attempt = 0; attempt < 2_000; attempt++) backoff.next(end());
    expect(backoff.next(end())).toBe(30_000);
  });
});
