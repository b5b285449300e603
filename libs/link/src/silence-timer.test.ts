import { describe, expect, it } from '@jest/globals';
import { SilenceTimer } from './silence-timer.js';
import { deferred } from './testing/fake-agent.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const busyFor = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

describe('the silence timer', () => {
  it('tells of silence once', async () => {
    let told = 0;
    const silent = deferred();
    new SilenceTimer(5, () => (told++, silent.resolve()));
    await silent.promise;
    await pause(20);
    expect(told).toBe(1);
  });

  it('lets what waits to be read speak first after a standstill', async () => {
    let told = 0;
    const timer = new SilenceTimer(20, () => told++);
    setImmediate(() => setImmediate(() => timer.heard()));
    busyFor(40);
    await pause(5);
    expect(told).toBe(0);
    timer.stop();
  });

  it('does not count silence while it is held, and does again after', async () => {
    const silent = deferred<string>();
    const timer = new SilenceTimer(5, () => silent.resolve('silent'));
    timer.hold();
    expect(await Promise.race([silent.promise, pause(40).then(() => 'held')])).toBe('held');
    timer.release();
    expect(await silent.promise).toBe('silent');
  });

  it('says nothing after it was stopped', async () => {
    let told = 0;
    const timer = new SilenceTimer(1, () => told++);
    timer.stop();
    timer.heard();
    await pause(20);
    expect(told).toBe(0);
  });
});
