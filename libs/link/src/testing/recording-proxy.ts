import { type AddressInfo, connect, createServer } from 'node:net';
import type { Cleanup } from './fixtures.js';

/** Forwards to `target` and keeps every byte that the dialling side has sent. */
export async function recordingProxy(cleanup: Cleanup, target: string) {
  const sent: Buffer[] = [];
  const ended: Promise<void>[] = [];
  const server = createServer((inner) => {
    const outer = connect(Number(target.split(':')[1]), '127.0.0.1');
    inner.on('data', (part: Buffer) => {
      sent.push(part);
      outer.write(part);
    });
    outer.on('data', (part: Buffer) => void inner.write(part));
    for (const socket of [inner, outer]) {
      socket.on('error', () => {});
      socket.on('close', () => (inner.destroy(), outer.destroy()));
    }
    ended.push(new Promise((resolve) => inner.on('close', () => resolve())));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.add(() => new Promise((resolve) => server.close(resolve)));
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, sent, ended };
}
