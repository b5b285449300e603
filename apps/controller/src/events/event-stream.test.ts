import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../testing/rig.js';
import { EventHub, KEPT } from './event-hub.js';
import { EventStream, type StreamTiming } from './event-stream.js';
import { everything } from './sight.js';

const NEVER: StreamTiming = { lifeMs: 1e9, stallMs: 1e9 };
const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => (server.close(), server.closeAllConnections())));

const aHub = () =>
  new EventHub(
    () => 0,
    () => undefined,
  );
const tell = (hub: EventHub, name: string): void =>
  hub.publish({ at: 0, type: 'network.removed', host: 'web-1', data: () => ({ id: 'a', name }) });

/** A stream to a reader on a real socket, which notes what it reads. */
async function open(hub: EventHub, timing: StreamTiming, lastEventId?: string) {
  let opened!: (response: ServerResponse) => void;
  const whenOpen = new Promise<ServerResponse>((resolve) => (opened = resolve));
  const server = createServer((_, response) => {
    const follower = hub.follow(lastEventId, { sight: everything, wants: () => true });
    const stream = new EventStream(response, follower, timing);
    response.on('close', () => stream.close());
    opened(response);
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const socket: Socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const read = { text: '', over: false };
  socket.on('data', (part) => (read.text += part.toString())).on('error', () => undefined);
  socket.on('close', () => (read.over = true));
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  return { socket, read, response: await whenOpen };
}

const frames = (text: string): string[] => text.match(/^event: .*$/gm) ?? [];

describe('a stream of events', () => {
  it('tells its position with the first bytes', async () => {
    const hub = aHub();
    tell(hub, 'before');
    const { read } = await open(hub, NEVER);
    await until('it is there', () => read.text.includes(`id: ${hub.idOf(1)}\n\n`));
    expect(frames(read.text)).toEqual([]);
  });

  it('tells no position that a reader who has to read again could go on from', async () => {
    const hub = aHub();
    tell(hub, 'before');
    const { read } = await open(hub, NEVER, 'unknown-1');
    await until('resync is there', () => frames(read.text).length > 0);
    expect(frames(read.text)).toEqual(['event: resync']);
    expect(read.text.indexOf('id: ')).toBeGreaterThan(read.text.indexOf(': alive'));
    expect(read.text.match(/id: /g)).toHaveLength(1);
  });

  it('shows a sign of life with its position', async () => {
    const hub = aHub();
    const { read } = await open(hub, { ...NEVER, lifeMs: 5 });
    tell(hub, 'a');
    await until('the position has moved', () => read.text.includes(`id: ${hub.idOf(1)}\n\n`));
  });

  it('gives a reader that is slow everything, and holds one batch for it', async () => {
    const hub = aHub();
    const { socket, read, response } = await open(hub, NEVER);
    socket.pause();
    const long = 'x'.repeat(10_000);
    let most = 0;
    for (let index = 0; index < 2000; index++) {
      tell(hub, `${long}-${index}`);
      if (index % 50 === 0) await new Promise(setImmediate);
      most = Math.max(most, response.writableLength);
    }
    expect(most).toBeLessThan(2_000_000);
    socket.resume();
    await until('all have come', () => read.text.includes(`${long}-1999"`));
    const numbers = [...read.text.matchAll(/x-(\d+)"/g)].map(([, index]) => Number(index));
    expect(numbers).toEqual(Array.from({ length: 2000 }, (_, index) => index));
  });

  it('tells a reader that is behind what is kept to read again, and goes on', async () => {
    const hub = aHub();
    const { socket, read, response } = await open(hub, NEVER);
    socket.pause();
    const long = 'x'.repeat(10_000);
    while (!response.writableNeedDrain) {
      tell(hub, long);
      await new Promise(setImmediate);
    }
    for (let index = 0; index <= KEPT; index++) tell(hub, 'missed');
    socket.resume();
    await until('resync is there', () => frames(read.text).includes('event: resync'));
    tell(hub, 'next');
    await until('the next is there', () => read.text.includes('"next"'));
    expect(frames(read.text).slice(-2)).toEqual(['event: resync', 'event: network.removed']);
  });

  it('ends for a reader that takes nothing, and what it reads last is to read again', async () => {
    const hub = aHub();
    const { socket, read, response } = await open(hub, { ...NEVER, stallMs: 500 });
    const paused = new Promise((resolve) => response.once('finish', resolve));
    socket.pause();
    const long = 'x'.repeat(100_000);
    for (let index = 0; !response.writableEnded && index < 5000; index++) {
      tell(hub, long);
      await new Promise(setImmediate);
    }
    await until('it is given up', () => response.writableEnded);
    socket.resume();
    await Promise.race([paused, until('it is over', () => read.over)]);
    await until('it is over', () => read.over);
    expect([frames(read.text).at(-1), read.text.endsWith('0\r\n\r\n')]).toEqual(['event: resync', true]);
  });
});
