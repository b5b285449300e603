import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { CallContext } from '@fairlead/link';
import { ManualTiming, untilQuiet } from '../testing/manual-timing.js';
import { Bell } from './bell.js';
import { FairQueue } from './fair-queue.js';
import { within } from './within.js';

const never = new AbortController().signal;
const call = (signal: AbortSignal = never, remainingMs = Infinity): CallContext => ({
  signal,
  remainingMs: () => remainingMs,
});

function gate() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe('a bell', () => {
  it('wakes all who wait, and nobody who comes later', async () => {
    const timing = new ManualTiming();
    const bell = new Bell(timing);
    const woken: string[] = [];
    void bell.wait(Infinity, never).then(() => woken.push('first'));
    void bell.wait(100, never).then(() => woken.push('second'));
    bell.ring();
    await untilQuiet();
    void bell.wait(100, never).then(() => woken.push('late'));
    await untilQuiet();
    expect(woken).toEqual(['first', 'second']);
    await timing.advance(100);
    expect(woken).toContain('late');
  });

  it('ends a wait that is aborted and leaves no timer behind', async () => {
    const timing = new ManualTiming();
    const leaving = new AbortController();
    const wait = new Bell(timing).wait(100, leaving.signal);
    leaving.abort();
    await wait;
    expect(timing.pending).toBe(0);
    await new Bell(timing).wait(100, leaving.signal);
  });
});

describe('a limit of time', () => {
  it('gives what comes in time and takes its timer back', async () => {
    const timing = new ManualTiming();
    expect(await within(timing, 100, 'It failed', Promise.resolve(7))).toBe(7);
    expect(timing.pending).toBe(0);
  });

  it('says what was waited for, and for how long', async () => {
    const timing = new ManualTiming();
    const work = within(timing, 5_000, 'The engine could not be reached', new Promise(() => undefined));
    const told = expect(work).rejects.toMatchObject({
      code: 'engine_unavailable',
      message: 'The engine could not be reached: no answer within 5 s',
    });
    await timing.advance(5_000);
    await told;
  });
});

describe('the queue of an engine', () => {
  it('lets one in at a time, in the order of asking', async () => {
    const queue = new FairQueue();
    const order: string[] = [];
    const gates = [gate(), gate(), gate()];
    const works = gates.map(({ opened }, index) =>
      queue.run(call(), async () => {
        order.push(`begin ${index}`);
        await opened;
        order.push(`end ${index}`);
      }),
    );
    for (const { open } of [...gates].reverse()) open();
    await Promise.all(works);
    expect(order).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1', 'begin 2', 'end 2']);
  });

  it('never begins what was given up while it waited, answers it at once, and keeps the order of the rest', async () => {
    const queue = new FairQueue();
    const { open, opened } = gate();
    const leaving = new AbortController();
    const begun: string[] = [];
    const first = queue.run(call(), async () => void (await opened));
    const second = queue.run(call(leaving.signal), async () => void begun.push('second'));
    const third = queue.run(call(), async () => void begun.push('third'));
    leaving.abort();
    await expect(second).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await untilQuiet();
    expect(begun).toEqual([]);
    open();
    await Promise.all([first, third]);
    expect(begun).toEqual(['third']);
  });

  it('does not begin what has no time left', async () => {
    const work = new FairQueue().run(call(never, 0), () => Promise.resolve('done'));
    await expect(work).rejects.toMatchObject({ code: 'deadline_exceeded' });
  });

  it('leaves no listener behind on a signal that waits for many turns', async () => {
    const { signal } = new AbortController();
    const queue = new FairQueue();
    for (let turn = 0; turn < 20; turn += 1) await queue.run(call(signal), () => Promise.resolve());
    await untilQuiet();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('goes on after a failure', async () => {
    const queue = new FairQueue();
    await expect(queue.run(call(), () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await queue.run(call(), () => Promise.resolve('next'))).toBe('next');
  });
});
