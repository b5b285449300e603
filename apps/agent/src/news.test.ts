import { beforeEach, describe, expect, it } from '@jest/globals';
import { News } from './news.js';
import { ManualTiming, untilQuiet } from './testing/manual-timing.js';

let timing: ManualTiming;
let said: string;
let told: string;
let begun: number[];
let stop: AbortController;
let running: Promise<void> | undefined;
let finish: () => void;
let asked: () => void;
let news: News;
beforeEach(() => {
  timing = new ManualTiming();
  [said, told] = ['first', 'first'];
  begun = [];
  stop = new AbortController();
  running = undefined;
  asked = () => {};
  news = new News({
    host: {
      hasChanged: () => {
        asked();
        return Promise.resolve(said !== told);
      },
    },
    timing,
    operations: { idle: () => running ?? Promise.resolve(), isIdle: () => running === undefined },
    beginAnew: () => {
      told = said;
      begun.push(timing.now());
    },
    signal: stop.signal,
  });
});

/** A command comes, and runs until `finish`. */
const command = (): void => {
  running = new Promise((resolve) => {
    finish = () => {
      running = undefined;
      resolve();
    };
  });
};

const change = (to: string): void => {
  said = to;
  news.note();
};

describe('news of a host', () => {
  it('are told by new sessions, at once where none began anew lately', async () => {
    change('second');
    await timing.advance(1_000);
    expect(begun).toHaveLength(1);
    news.note();
    await timing.advance(60_000);
    expect(begun).toHaveLength(1);
  });

  it('wait for the commands under way, whose answers would be lost', async () => {
    command();
    change('second');
    await timing.advance(60_000);
    expect(begun).toEqual([]);
    finish();
    await timing.advance(1_000);
    expect(begun).toHaveLength(1);
  });

  it('wait also for a command that comes while they are about to be told', async () => {
    let looks = 0;
    asked = () => {
      looks += 1;
      if (looks === 2) command();
    };
    change('second');
    await timing.advance(60_000);
    expect([looks, begun]).toEqual([2, []]);
    finish();
    await timing.advance(1_000);
    expect(begun).toHaveLength(1);
  });

  it('that come fast are told together, five seconds apart, so that no controller takes it for a flood', async () => {
    for (let count = 0; count < 40; count += 1) {
      change(`state ${count}`);
      await timing.advance(250);
    }
    await timing.advance(10_000);
    expect(begun.length).toBeGreaterThan(1);
    expect(begun.slice(1).every((at, index) => at - (begun[index] ?? 0) >= 5_000)).toBe(true);
    expect(told).toBe('state 39');
  });

  it('are not told once the agent stops, nor is it kept from stopping', async () => {
    change('second');
    await timing.advance(1_000);
    change('third');
    await untilQuiet();
    stop.abort();
    await timing.advance(1_000);
    expect(begun).toHaveLength(1);
    expect(timing.pending).toBe(0);
  });
});
