import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { HandshakeQueue } from './handshake-queue.js';

const LIMITS = {
  handshakes: { burst: 100, perSecond: 100 },
  handshakesAtOnce: 100,
  waitingHandshakes: 100,
  handshakeWaitMs: 5_000,
};

const aSocket = () => Object.assign(new EventEmitter(), { destroyed: false }) as unknown as Socket & EventEmitter;

/** A queue on a clock that the test moves on. `come` returns the caller's socket; `log` says what became of each. */
function queueWith(limits: Partial<typeof LIMITS>, busyWith = () => 0) {
  const queue = new HandshakeQueue({ ...LIMITS, ...limits }, () => Date.now(), busyWith);
  const log: string[] = [];
  const come = (name: string, known = true): Socket & EventEmitter => {
    const socket = aSocket();
    queue.add({
      socket,
      known,
      begin: () => log.push(`${name} begins`),
      sendAway: () => log.push(`${name} is sent away`),
    });
    return socket;
  };
  return { queue, log, come };
}

describe('the queue of handshakes', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('lets them begin at a steady pace, in order', () => {
    const { log, come } = queueWith({ handshakes: { burst: 2, perSecond: 10 } });
    for (const name of ['a', 'b', 'c', 'd']) come(name);
    expect(log).toEqual(['a begins', 'b begins']);
    jest.advanceTimersByTime(99);
    expect(log).toHaveLength(2);
    jest.advanceTimersByTime(1);
    expect(log).toEqual(['a begins', 'b begins', 'c begins']);
    jest.advanceTimersByTime(100);
    expect(log.at(-1)).toBe('d begins');
  });

  it('turns away at once who comes when too many wait', () => {
    const { log, come } = queueWith({ handshakes: { burst: 1, perSecond: 10 }, waitingHandshakes: 1 });
    for (const name of ['a', 'b', 'c']) come(name);
    expect(log).toEqual(['a begins', 'c is sent away']);
  });

  it('begins no more at a time than get done, and goes on when one is over, has closed, or is slow', () => {
    const { queue, log, come } = queueWith({ handshakesAtOnce: 2 });
    const [a, b] = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => come(name));
    expect(log).toEqual(['a begins', 'b begins']);
    jest.advanceTimersByTime(450);
    expect(log).toHaveLength(2);
    queue.over(a!);
    jest.advanceTimersByTime(10);
    expect(log).toEqual(['a begins', 'b begins', 'c begins']);
    b!.emit('close');
    jest.advanceTimersByTime(10);
    expect(log.at(-1)).toBe('d begins');
    jest.advanceTimersByTime(470);
    expect(log).toHaveLength(4);
    jest.advanceTimersByTime(50);
    expect(log).toEqual(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name} begins`));
  });

  it('waits while those before are being taken in', () => {
    let busy = 1;
    const { log, come } = queueWith({ handshakesAtOnce: 1 }, () => busy);
    come('a');
    jest.advanceTimersByTime(1_000);
    expect(log).toEqual([]);
    busy = 0;
    jest.advanceTimersByTime(10);
    expect(log).toEqual(['a begins']);
  });

  it('sends away who has waited for too long, and begins with the next one', () => {
    let busy = 1;
    const { log, come } = queueWith({ handshakesAtOnce: 1 }, () => busy);
    come('a');
    jest.advanceTimersByTime(3_000);
    come('b');
    jest.advanceTimersByTime(2_020);
    expect(log).toEqual(['a is sent away']);
    busy = 0;
    jest.advanceTimersByTime(10);
    expect(log).toEqual(['a is sent away', 'b begins']);
  });

  it('takes those first who come from where agents are known, and keeps their places free of others', () => {
    const { log, come } = queueWith({ handshakes: { burst: 1, perSecond: 10 }, waitingHandshakes: 2 });
    for (const name of ['a', 'b', 'c', 'd']) come(name, false);
    for (const name of ['e', 'f']) come(name);
    expect(log).toEqual(['a begins', 'd is sent away']);
    jest.advanceTimersByTime(400);
    expect(log.slice(2)).toEqual(['e begins', 'f begins', 'b begins', 'c begins']);
  });

  it('sends others away in time too, while those who are known go on and on', () => {
    const { log, come } = queueWith({ handshakes: { burst: 1, perSecond: 10 } });
    come('first');
    come('other', false);
    for (let n = 0; n < 60; n++) {
      come(`agent ${n}`);
      jest.advanceTimersByTime(100);
    }
    expect(log).toContain('other is sent away');
    expect(log).toContain('agent 55 begins');
  });

  it('spends nothing on who has gone', () => {
    const { log, come } = queueWith({ handshakes: { burst: 1, perSecond: 10 } });
    come('a');
    Object.assign(come('b'), { destroyed: true });
    come('c');
    jest.advanceTimersByTime(100);
    expect(log).toEqual(['a begins', 'c begins']);
  });

  it('keeps no place for who has closed', () => {
    const { log, come } = queueWith({ handshakes: { burst: 1, perSecond: 10 }, waitingHandshakes: 1 });
    come('a');
    come('b').emit('close');
    come('c');
    jest.advanceTimersByTime(100);
    expect(log).toEqual(['a begins', 'c begins']);
  });

  it('ends with its server', () => {
    const { queue, log, come } = queueWith({ handshakes: { burst: 1, perSecond: 10 } });
    for (const name of ['a', 'b']) come(name);
    queue.stop();
    jest.advanceTimersByTime(10_000);
    come('c');
    expect(log).toEqual(['a begins', 'c is sent away']);
  });
});
