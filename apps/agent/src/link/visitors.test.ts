import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Visitors } from './visitors.js';

let visitors: Visitors;
const sockets: Socket[] = [];
beforeEach(async () => {
  visitors = await Visitors.listen('127.0.0.1:0');
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await visitors.close();
});

async function visit(): Promise<Socket> {
  const port = Number(visitors.address.split(':')[1]);
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

/** The listener's end of the next connection. */
function nextAccepted(): Promise<Socket> {
  return new Promise((resolve) => {
    const take = (message: unknown): void => {
      unsubscribe('net.server.socket', take);
      resolve((message as { socket: Socket }).socket);
    };
    subscribe('net.server.socket', take);
  });
}

describe('those who come', () => {
  it('are handed out once, in their order, whether they came before or after they were asked for', async () => {
    const asked = visitors.next();
    const first = await visit();
    const second = await visit();
    expect((await asked).remotePort).toBe(first.localPort);
    expect((await visitors.next()).remotePort).toBe(second.localPort);
  });

  it('are closed at once where too many wait', async () => {
    const four = [await visit(), await visit(), await visit(), await visit()];
    const fifth = await visit();
    await once(fifth, 'close');
    for (const { localPort } of four) expect((await visitors.next()).remotePort).toBe(localPort);
  });

  it('are not handed out when they have left again', async () => {
    const accepted = nextAccepted();
    const left = await visit();
    const stays = await visit();
    const end = await accepted;
    const gone = new Promise((resolve) => end.once('close', resolve));
    left.resetAndDestroy();
    await gone;
    expect((await visitors.next()).remotePort).toBe(stays.localPort);
  });

  it('are turned away when nobody waits any more, and whoever asks is told', async () => {
    await visit();
    await visitors.next();
    const asked = visitors.next();
    await visitors.close();
    await expect(asked).rejects.toMatchObject({ code: 'host_unavailable' });
    await expect(visit()).rejects.toThrow('ECONNREFUSED');
  });

  it('cannot come where another program listens', async () => {
    await expect(Visitors.listen(visitors.address)).rejects.toMatchObject({
      code: 'already_exists',
      hint: expect.stringContaining('--listen'),
    });
  });
});
