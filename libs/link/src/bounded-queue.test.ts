import { describe, expect, it } from '@jest/globals';
import { BoundedQueue } from './bounded-queue.js';

const make = (limit = 4) => {
  const calls: string[] = [];
  const queue = new BoundedQueue<number>(
    limit,
    () => calls.push('full'),
    () => calls.push('room'),
  );
  return { queue, calls };
};

const value = async (queue: BoundedQueue<number>) => (await queue.next()).value;

describe('a bounded queue', () => {
  it('delivers what was pushed before and after the reader asked', async () => {
    const { queue } = make();
    queue.push(1);
    expect(await value(queue)).toBe(1);
    const waiting = value(queue);
    queue.push(2);
    expect(await waiting).toBe(2);
  });

  it('asks to stop once at its limit, and to go on at half of it', async () => {
    const { queue, calls } = make(4);
    [1, 2, 3].forEach((item) => queue.push(item));
    expect(calls).toEqual([]);
    [4, 5].forEach((item) => queue.push(item));
    expect(calls).toEqual(['full']);
    await value(queue);
    await value(queue);
    expect(calls).toEqual(['full']);
    await value(queue);
    expect(calls).toEqual(['full', 'room']);
  });

  it('delivers what is there before its end or error', async () => {
    const { queue } = make();
    queue.push(1);
    queue.end(new Error('cut'));
    queue.push(2);
    expect(await value(queue)).toBe(1);
    await expect(queue.next()).rejects.toThrow('cut');
    expect(await queue.next()).toEqual({ value: undefined, done: true });
  });

  it('drops what is there when it is stopped, and is not full any more', async () => {
    const { queue, calls } = make(1);
    queue.push(1);
    queue.stop(new Error('cut'));
    expect(calls).toEqual(['full', 'room']);
    await expect(queue.next()).rejects.toThrow('cut');
  });

  it('wakes a waiting reader with the end or the error', async () => {
    const ended = make().queue;
    const end = ended.next();
    ended.end();
    expect(await end).toEqual({ value: undefined, done: true });
    const failed = make().queue;
    const failure = failed.next();
    failed.stop(new Error('cut'));
    await expect(failure).rejects.toThrow('cut');
  });

  it('makes room and takes no more when its reader leaves, and is not over by that', async () => {
    const { queue, calls } = make(1);
    queue.push(1);
    for await (const _item of queue) break;
    queue.push(2);
    expect(calls).toEqual(['full', 'room']);
    expect(queue.over).toBe(false);
    expect(await queue.next()).toEqual({ value: undefined, done: true });
  });
});
