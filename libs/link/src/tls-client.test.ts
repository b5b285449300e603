import { expect, it } from '@jest/globals';
import { createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { LinkClient } from './link-client.js';
import { FakeAgent, MemoryLog } from './testing/fake-agent.js';
import { TestAuthority } from './testing/authority.js';

/** Longer than grpc-js waits before it makes the second attempt of a connection: 1 s and a fifth of it. */
const SECOND_ATTEMPT_MS = 2_000;

it('leaves no connection behind that dials by itself after its client was closed', async () => {
  const identity = await (await TestAuthority.create()).agent();
  const holder = createServer();
  const port = await new Promise<number>((listening) =>
    holder.listen(0, '127.0.0.1', () => listening((holder.address() as { port: number }).port)),
  );
  await new Promise((closed) => holder.close(closed));
  const stop = new AbortController();
  let attempts = 0;
  const client = new LinkClient({
    address: `127.0.0.1:${port}`,
    handlers: new FakeAgent({}).handlers,
    instanceId: 'i1',
    identity: () => identity,
    log: new MemoryLog(),
    sleep: () => {
      attempts += 1;
      if (attempts === 5) stop.abort();
      return Promise.resolve();
    },
  });
  await client.run(stop.signal);
  const dialled: Socket[] = [];
  const server = createServer((socket) => dialled.push(socket));
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', () => listening()));
  await delay(SECOND_ATTEMPT_MS);
  for (const socket of dialled) socket.destroy();
  await new Promise((closed) => server.close(closed));
  expect({ attempts, dialled: dialled.length }).toEqual({ attempts: 5, dialled: 0 });
});
