import { describe, expect, it } from '@jest/globals';
import { Mutex } from './mutex.js';

describe('Mutex', () => {
  it('lets one holder in at a time, in the order of asking', async () => {
    const mutex = new Mutex();
    const seen: string[] = [];
    const work = (name: string) => async () => {
      seen.push(`${name} in`);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(`${name} out`);
    };
    await Promise.all([mutex.run(work('a')), mutex.run(work('b')), mutex.run(work('c'))]);
    expect(seen).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  });

  it('lets the next one in when a holder fails', async () => {
    const mutex = new Mutex();
    await expect(mutex.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(mutex.run(() => 'next')).resolves.toBe('next');
  });

  it('lets only one more in when a holder releases twice', async () => {
    const mutex = new Mutex();
    const first = await mutex.acquire();
    first();
    first();
    await mutex.acquire();
    let third = false;
    void mutex.acquire().then(() => (third = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(third).toBe(false);
  });
});
