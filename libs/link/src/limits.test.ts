import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { Admission } from './admission.js';
import { plainAddress, sourceOf } from './ip.js';
import { DEFAULT_LIMITS, type LinkLimits } from './limits.js';
import { Lockout } from './lockout.js';
import { MessageMeter } from './message-meter.js';
import { NonceMint } from './nonce-mint.js';
import { TokenBucket, TokenBuckets } from './token-bucket.js';

describe('a token bucket', () => {
  it('allows the burst at once and the rate for ever', () => {
    const bucket = new TokenBucket(10, 3, 0);
    expect([1, 2, 3, 4].map(() => bucket.take(0))).toEqual([true, true, true, false]);
    expect(bucket.waitMs(0)).toBe(100);
    expect(bucket.take(99)).toBe(false);
    expect(bucket.take(100)).toBe(true);
    expect([1, 2, 3, 4].map(() => bucket.take(10_000))).toEqual([true, true, true, false]);
  });

  it('may be overdrawn, and is paid back', () => {
    const bucket = new TokenBucket(1, 5, 0);
    expect(bucket.charge(8, 0)).toBe(false);
    expect(bucket.waitMs(0)).toBe(4_000);
    expect(bucket.charge(1, 4_000)).toBe(true);
  });

  it('takes a clock that stands still or runs back for no time', () => {
    const bucket = new TokenBucket(1, 1, 1_000);
    expect(bucket.take(1_000)).toBe(true);
    expect(bucket.take(0)).toBe(false);
  });

  it('is forgotten once it is full again, so that many sources cost no memory for ever', () => {
    const buckets = new TokenBuckets(() => ({ perSecond: 1, burst: 2 }));
    for (let n = 0; n < 1_000; n++) buckets.take(`a${n}`, 0);
    expect(buckets.size).toBe(1_000);
    buckets.take('b', 60_000);
    expect(buckets.size).toBe(1);
  });
});

describe('the source of a connection', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:0DB8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('of %s is %s', (address, source) => {
    expect(sourceOf(address)).toBe(source);
  });

  it('is written for people as IPv4 where it is that', () => {
    expect(plainAddress('::ffff:192.0.2.7')).toBe('192.0.2.7');
    expect(plainAddress('fe80::1%eth0')).toBe('fe80::1');
  });
});

const socketFrom = (remoteAddress: string): Socket => Object.assign(new EventEmitter(), { remoteAddress }) as never;

const admission = (limits: Partial<LinkLimits>, clock = () => 0, expected?: (source: string) => number) =>
  new Admission({ ...DEFAULT_LIMITS, ...limits }, clock, expected);

describe('admission', () => {
  it('counts the open connections of a source, and forgets the closed ones', () => {
    const door = admission({ connectionsPerAddress: 2 });
    const first = socketFrom('192.0.2.1');
    expect(door.enter(first)).toBeUndefined();
    expect(door.enter(socketFrom('192.0.2.1'))).toBeUndefined();
    expect(door.enter(socketFrom('192.0.2.1'))).toBe('192.0.2.1 has 2 connections open already');
    expect(door.enter(socketFrom('192.0.2.2'))).toBeUndefined();
    first.emit('close');
    expect(door.enter(socketFrom('192.0.2.1'))).toBeUndefined();
  });

  it('does not count against a source who has proven to be an agent: many hosts share one address', () => {
    const door = admission({ connectionsPerAddress: 1, connectionsPerAgent: 2 });
    const sockets = [1, 2, 3].map(() => socketFrom('192.0.2.1'));
    const proven = sockets.map((socket) => door.enter(socket) ?? door.prove(socket, 'agent-1'));
    expect(proven).toEqual([undefined, undefined, 'agent agent-1 has 2 connections open already']);
    sockets[0]?.emit('close');
    const next = socketFrom('192.0.2.1');
    sockets[2]?.emit('close');
    expect(door.enter(next)).toBeUndefined();
    expect(door.prove(next, 'agent-1')).toBeUndefined();
  });

  it('lets no more strangers stay than it may, whatever their addresses: the one longest here makes room', () => {
    const door = admission({ strangers: 2 });
    const sockets = [1, 2, 3, 4].map((n) => socketFrom(`192.0.2.${n}`));
    for (const socket of sockets) expect(door.enter(socket)).toBeUndefined();
    const [first, second, third, fourth] = sockets as [Socket, Socket, Socket, Socket];
    expect([door.stay(first), door.stay(second), door.stay(third)]).toEqual([undefined, undefined, first]);
    second.emit('close');
    expect(door.stay(fourth)).toBeUndefined();
  });

  it('lets a fleet behind one address come back as fast as it is large, and nobody else', () => {
    let now = 0;
    const known = (source: string): number => (source === '192.0.2.1' ? 10_000 : 0);
    const door = admission({}, () => now, known);
    const enter = (address: string, times: number): Socket[] =>
      Array.from({ length: times }, () => socketFrom(address)).filter((socket) => door.enter(socket) === undefined);
    const fleet = enter('192.0.2.1', 20_000);
    expect(fleet).toHaveLength(10_100);
    expect(enter('192.0.2.2', 20_000)).toHaveLength(100);
    for (const socket of fleet) socket.emit('close');
    now = 1_000;
    expect(enter('192.0.2.1', 20_000)).toHaveLength(1_050);
    // The first hundred are still open, and none of them has proven to be an agent.
    expect(enter('192.0.2.2', 10_000)).toEqual([]);
  });

  it('does not send away whom we have dialled', () => {
    const door = admission({ strangers: 0 });
    expect(door.stay(socketFrom('192.0.2.1'))).toBeUndefined();
  });

  it('keeps a source out for a while after it has flooded us, and no other', () => {
    let now = 0;
    const door = admission({ floods: 2, floodMs: 1_000 }, () => now);
    for (let n = 0; n < 2; n++) {
      const socket = socketFrom('192.0.2.1');
      expect(door.enter(socket)).toBeUndefined();
      door.flooded(socket);
    }
    expect(door.enter(socketFrom('192.0.2.1'))).toBe('192.0.2.1 has flooded us a moment ago');
    expect(door.enter(socketFrom('192.0.2.2'))).toBeUndefined();
    now = 1_000;
    expect(door.enter(socketFrom('192.0.2.1'))).toBeUndefined();
  });

  it('keeps an agent out for a while after it has flooded us, and not its neighbours behind the same address', () => {
    const door = admission({ floods: 1, floodMs: 1_000 });
    const connect = (agentId: string) => {
      const socket = socketFrom('192.0.2.1');
      return { socket, refusal: door.enter(socket) ?? door.prove(socket, agentId) };
    };
    door.flooded(connect('agent-1').socket);
    expect(connect('agent-1').refusal).toBe('agent agent-1 has flooded us a moment ago');
    expect(connect('agent-2').refusal).toBeUndefined();
  });

  it('takes new connections of a source at its rate', () => {
    let now = 0;
    const door = admission({ newConnectionsPerAddress: { burst: 2, perSecond: 1 } }, () => now);
    const enter = () => door.enter(socketFrom('192.0.2.1')) ?? 'let in';
    expect([enter(), enter(), enter()]).toEqual(['let in', 'let in', '192.0.2.1 opens connections too fast']);
    now = 1_000;
    expect(enter()).toBe('let in');
  });
});

describe('the lockout', () => {
  it('shuts a source out after too many failures, for its time, and no other', () => {
    let now = 0;
    const lockout = new Lockout(3, 1_000, () => now);
    [1, 2].forEach(() => lockout.failed('a'));
    expect(lockout.remainingMs('a')).toBe(0);
    lockout.failed('a');
    expect(lockout.remainingMs('a')).toBe(1_000);
    expect(lockout.remainingMs('b')).toBe(0);
    now = 999;
    expect(lockout.remainingMs('a')).toBe(1);
    now = 1_000;
    expect(lockout.remainingMs('a')).toBe(0);
    lockout.failed('a');
    expect(lockout.remainingMs('a')).toBe(0);
  });
});

describe('a nonce', () => {
  it('is good for a minute, at the mint that made it', () => {
    let now = 5_000;
    const mint = new NonceMint(() => now);
    const nonce = mint.create();
    now = 64_999;
    expect(() => mint.check(nonce)).not.toThrow();
    expect(() => new NonceMint(() => now).check(nonce)).toThrow('was not handed out by this controller');
    now = 65_000;
    expect(() => mint.check(nonce)).toThrow('too old');
  });

  it('is not good with any bit changed, nor of another length', () => {
    const mint = new NonceMint(() => 0);
    const nonce = mint.create();
    for (let at = 0; at < nonce.length; at++) {
      const changed = Buffer.from(nonce);
      changed[at] = (changed[at] ?? 0) ^ 0x80;
      expect(() => mint.check(changed)).toThrow('was not handed out');
    }
    expect(() => mint.check(Buffer.alloc(0))).toThrow('was not handed out');
    expect(() => mint.check(Buffer.concat([nonce, Buffer.alloc(1)]))).toThrow('was not handed out');
  });
});

describe('the meter of messages', () => {
  const start = (limits: { burst: number; perSecond: number }, overloadMs: number) => {
    let now = 0;
    const acts: string[] = [];
    const meter = new MessageMeter({ messages: limits, overloadMs }, () => now, {
      stopReading: () => acts.push('stop'),
      readOn: () => acts.push('go'),
      giveUp: () => acts.push('give up'),
    });
    return { meter, acts, advance: (ms: number) => (now += ms) };
  };
  const until = async (acts: string[], act: string) => {
    while (acts.at(-1) !== act) await new Promise((resolve) => setTimeout(resolve, 1));
  };

  it('stops reading beyond the burst, and reads on when there is room', async () => {
    const { meter, acts, advance } = start({ burst: 3, perSecond: 1_000 }, 1_000);
    [1, 2, 3].forEach(() => meter.count());
    expect(acts).toEqual([]);
    meter.count();
    expect(acts).toEqual(['stop']);
    advance(10);
    await until(acts, 'go');
  });

  it('gives up on who stays at the limit for too long', async () => {
    const { meter, acts, advance } = start({ burst: 100, perSecond: 1_000 }, 1_000);
    for (let n = 0; acts.at(-1) !== 'give up' && n < 300; n++) {
      while (acts.at(-1) !== 'stop') meter.count();
      advance(5);
      while (acts.at(-1) === 'stop') await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(acts.at(-1)).toBe('give up');
  });

  it('forgives who was quiet for a while', async () => {
    const { meter, acts, advance } = start({ burst: 4, perSecond: 1_000 }, 1_000);
    for (let round = 0; round < 5; round++) {
      while (acts.at(-1) !== 'stop') meter.count();
      advance(10);
      await until(acts, 'go');
      advance(400);
      meter.count();
    }
    expect(acts).not.toContain('give up');
  });
});
