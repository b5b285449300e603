import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { followScreen } from './screen-changes.js';

/** A screen, and a process that stops where nobody listens, and goes on at once. */
function aScreen() {
  const told: string[] = [];
  const signals = new EventEmitter();
  const kill = (_: number, signal: string | number = 'SIGTERM'): true => {
    if (!signals.emit(signal as string)) told.push(`${signal} by itself`);
    return true;
  };
  let resume = (): void => undefined;
  const stdout = new EventEmitter();
  const changes = {
    resized: () => void told.push('resized'),
    stopping: () => void told.push('stopping'),
    resumed: () => {
      told.push('resumed');
      resume();
    },
  };
  const process = Object.assign(signals, { pid: 7, kill }) as unknown as NodeJS.Process;
  const close = followScreen(stdout, changes, process);
  return { told, signals, stdout, close, resumed: () => new Promise<void>((resolve) => (resume = resolve)) };
}

describe('what becomes of a screen', () => {
  it('is told before Ctrl-Z stops the process, and when it goes on, each time', async () => {
    const { told, signals, close, resumed } = aScreen();
    for (let time = 0; time < 2; time++) {
      const waiting = resumed();
      signals.emit('SIGTSTP');
      await waiting;
    }
    const once = ['stopping', 'SIGTSTP by itself', 'resumed', 'SIGWINCH by itself'];
    expect(told).toEqual([...once, ...once]);
    close();
  });

  it('is told until nobody wants to know any more', () => {
    const { told, signals, stdout, close } = aScreen();
    stdout.emit('resize');
    close();
    stdout.emit('resize');
    expect(told).toEqual(['resized']);
    expect([signals.eventNames(), stdout.eventNames()]).toEqual([[], []]);
  });

  it('is not told of a process that goes on after nobody wants to know any more', async () => {
    const { told, signals, close } = aScreen();
    signals.emit('SIGTSTP');
    close();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(told).toEqual(['stopping', 'SIGTSTP by itself']);
    expect(signals.eventNames()).toEqual([]);
  });
});
