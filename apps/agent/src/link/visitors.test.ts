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
    const left = await visit();
    const stays = await visit();
    const gone = once(left, 'close');
    left.resetAndDestroy();
    await gone;
    // The other end's word takes its way.
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
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
