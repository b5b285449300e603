import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';
import { type Finding } from '../report.js';
import { ms } from '../measure.js';
import { cpuOf, Site } from './site.js';

const COUNT = 400;
const PARALLEL = 8;

/** Full mutual handshakes with the link: how many a second, and what they cost the controller. */
export async function measureHandshakes(): Promise<Finding[]> {
  const site = await Site.start();
  try {
    await site.addAgents('one', PARALLEL, PARALLEL);
    const port = Number(site.linkAddress.split(':')[1]);
    const [begun, cpu] = [performance.now(), cpuOf(site.controllerPid)];
    let left = COUNT;
    const worker = async (number: number): Promise<void> => {
      const options = shownBy(join(site.file('one'), `one-${number}`, 'identity.json'));
      // Each from a source of its own: the link takes no more than so many connections a second from one.
      for (; left > 0; left--) await handshake({ ...options, port }, `127.0.${number + 1}.${(left % 250) + 1}`);
    };
    await Promise.all(Array.from({ length: PARALLEL }, (_, number) => worker(number)));
    const seconds = (performance.now() - begun) / 1000;
    const each = (cpuOf(site.controllerPid) - cpu) / COUNT;
    const figures = `${(COUNT / seconds).toFixed(0)} a second with both ends on this machine; ${ms(each)} of CPU each (n=${COUNT})`;
    return [{ what: 'mutual TLS handshakes with the link', figures, aim: '' }];
  } finally {
    await site.stop();
  }
}

/** What an agent shows, and whom it trusts. */
function shownBy(file: string): ConnectionOptions {
  const { identity } = JSON.parse(readFileSync(file, 'utf8')) as {
    identity: { certificateChain: string; privateKey: string; roots: string };
  };
  const { certificateChain: cert, privateKey: key, roots: ca } = identity;
  return { host: '127.0.0.1', cert, key, ca, ALPNProtocols: ['h2'], checkServerIdentity: () => undefined };
}

function handshake(options: ConnectionOptions, localAddress: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...options, localAddress } as ConnectionOptions);
    let isDone = false;
    // Its SETTINGS: only by then has the other end looked at our certificate too.
    socket.once('data', () => {
      isDone = true;
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => (isDone ? resolve() : reject(new Error('the link refused a handshake'))));
  });
}
