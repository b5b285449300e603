import v8 from 'node:v8';
import vm from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { limitedSignal } from './limited-signal.js';

v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc') as () => void;

/** Nobody but the wait knows of the signal. */
const waitFor = (outer: AbortSignal, limitMs: number): Promise<void> => {
  const { signal } = limitedSignal(outer, limitMs);
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
};

describe('a limited signal', () => {
  it('is aborted after its time, also where garbage is collected meanwhile', async () => {
    const waiting = waitFor(new AbortController().signal, 100);
    await new Promise(setImmediate);
    collectGarbage();
    await waiting;
  });

  it('is aborted with the signal that it limits', async () => {
    const outer = new AbortController();
    const waiting = waitFor(outer.signal, 3_600_000);
    collectGarbage();
    outer.abort();
    await waiting;
    expect(limitedSignal(outer.signal, 3_600_000).signal.aborted).toBe(true);
  });

  it('says whether its time was over', async () => {
    const limit = limitedSignal(new AbortController().signal, 1);
    expect(limit.isOver()).toBe(false);
    await new Promise((resolve) => limit.signal.addEventListener('abort', resolve));
    expect(limit.isOver()).toBe(true);

    const outer = new AbortController();
    const other = limitedSignal(outer.signal, 3_600_000);
    outer.abort();
    expect(other).toMatchObject({ signal: { aborted: true } });
    expect(other.isOver()).toBe(false);
  });

  it('is not aborted any more once it has ended', async () => {
    const outer = new AbortController();
    const { signal, end } = limitedSignal(outer.signal, 1);
    end();
    outer.abort();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(signal.aborted).toBe(false);
  });
});
