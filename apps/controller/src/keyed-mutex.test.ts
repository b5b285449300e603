import { describe, expect, it } from '@jest/globals';
import { KeyedMutex } from './keyed-mutex.js';
import { Gate } from './testing/scripted-agent.js';

describe('KeyedMutex', () => {
  it('lets work under one key take turns', async () => {
    const mutex = new KeyedMutex();
    const seen: string[] = [];
    const work = (name: string) => async () => {
      seen.push(`${name} in`);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(`${name} out`);
    };
    await Promise.all([mutex.run('k', work('a')), mutex.run('k', work('b')), mutex.run('k', work('c'))]);
    expect(seen).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  });

  it('lets work under different keys run side by side', async () => {
    const mutex = new KeyedMutex();
    const gate = new Gate();
    const held = mutex.run('a', () => gate.opened);
    await expect(mutex.run('b', () => 'done')).resolves.toBe('done');
    gate.open();
    await held;
  });

  it('goes on after work that failed', async () => {
    const mutex = new KeyedMutex();
    const failing = mutex.run('k', () => Promise.reject(new Error('broken')));
    const next = mutex.run('k', () => 'next');
    await expect(failing).rejects.toThrow('broken');
    await expect(next).resolves.toBe('next');
  });
});
