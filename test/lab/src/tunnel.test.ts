import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Lab, type LabHost } from './index.js';
import { describeOnLab } from './testing.js';
import { poll } from './waiting.js';

/** Sends a number every 20 ms and prints what comes back, one number on each line. */
const counter = `
  const socket = require('node:net').connect(+process.argv[1], '127.0.0.1');
  let next = 0;
  socket.on('connect', () => setInterval(() => socket.write(next++ + '\\n'), 20));
  socket.pipe(process.stdout);
  socket.on('close', () => process.exit(0));
  socket.on('error', (error) => process.stdout.write(error.code));
`;

describeOnLab('a tunnel', () => {
  let lab: Lab;
  let host: LabHost;
  let server: Server;
  let port: number;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      socket.pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
    lab = await Lab.start({ hosts: 2, iptables: false });
    host = lab.hosts[0] as LabHost;
  }, 60_000);
  afterAll(async () => {
    await lab.stop();
    for (const socket of sockets) socket.destroy();
    server.close();
  }, 60_000);

  const startCounter = (on: LabHost, to = port) => {
    const child = on.spawn(process.execPath, ['-e', counter, `${to}`]);
    let seen = '';
    (child.stdout as Readable).on('data', (chunk: Buffer) => (seen += chunk.toString()));
    return { child, seen: () => seen, last: () => seen.split('\n').length - 2 };
  };
  const until = (look: () => boolean, limit = 10_000) => poll(limit, () => (look() ? true : undefined));

  test('is dialled at the same port on the loopback of every host', async () => {
    await expect(lab.tunnel({ port })).resolves.toEqual({ address: `127.0.0.1:${port}` });
    await expect(lab.tunnel({ port })).resolves.toEqual({ address: `127.0.0.1:${port}` });
    for (const each of lab.hosts) {
      const { child, last } = startCounter(each);
      expect(await until(() => last() > 5)).toBe(true);
      child.kill('SIGKILL');
    }
  });

  test('stalls while the link is cut, and loses nothing', async () => {
    const { child, seen, last } = startCounter(host);
    await until(() => last() > 5);
    await host.cut();
    // What was on its way still comes.
    let before = last();
    for (await sleep(1000); before < last(); await sleep(1000)) before = last();
    await sleep(1000);
    expect(last()).toBe(before);
    expect(child.exitCode).toBeNull();

    await host.heal();
    expect(await until(() => last() > before + 40)).toBe(true);
    const numbers = seen().trim().split('\n').map(Number);
    expect(numbers).toEqual(numbers.map((_, index) => index));
    child.kill('SIGKILL');
  }, 60_000);

  test('tells the end of either side to the other', async () => {
    sockets.clear();
    const first = startCounter(host);
    await until(() => first.last() > 0);
    const [served] = [...sockets] as [Socket];
    const ended = once(served, 'close');
    first.child.kill('SIGKILL');
    await ended;

    const second = startCounter(host);
    await until(() => second.last() > 0);
    const exited = once(second.child, 'exit');
    for (const socket of sockets) socket.destroy();
    await exited;
  });

  test('ends a connection to a port where nobody listens', async () => {
    const nobody = createServer().listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const free = (nobody.address() as AddressInfo).port;
    nobody.close();
    await lab.tunnel({ port: free });
    const [code] = await once(startCounter(host, free).child, 'exit');
    expect(code).toBe(0);
  });
});
