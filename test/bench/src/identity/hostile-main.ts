/**
 * One agent with a valid identity that does its worst for a while: hostile-main.js CONTROLLER IDENTITY SECONDS. It floods its
 * session with messages, HTTP/2 with pings, and the port with connections, begins anew when it is cut off, and ends.
 */
import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { setImmediate as breathe, setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';

interface Identity {
  readonly certificateChain: string;
  readonly privateKey: string;
  readonly roots: string;
}

const [controller = '', file = '', seconds = '10'] = process.argv.slice(2);
const stored = JSON.parse(readFileSync(file, 'utf8')) as { identity: Identity };
const { certificateChain: cert, privateKey: key, roots: ca } = stored.identity;
const cut = controller.lastIndexOf(':');
const [host, port] = [controller.slice(0, cut), Number(controller.slice(cut + 1))];
const end = performance.now() + Number(seconds) * 1000;
const isOver = (): boolean => performance.now() > end;
const counts = { sessions: 0, messages: 0, pings: 0, connections: 0 };

/** Anything that is a message of the agent and says nothing: an empty Unsupported, framed as gRPC does. */
const message = Buffer.from([0, 0, 0, 0, 2, 0x22, 0x00]);
const burst = Buffer.concat(Array.from({ length: 500 }, () => message));

function open(): Promise<ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      host,
      port,
      cert,
      key,
      ca,
      ALPNProtocols: ['h2'],
      checkServerIdentity: () => undefined,
    });
    socket.once('error', reject);
    const session = connect(`https://${controller}`, { createConnection: () => socket });
    session.once('connect', () => resolve(session));
    session.on('error', reject);
  });
}

async function flood(): Promise<void> {
  while (!isOver()) {
    const session = await open().catch(() => undefined);
    if (session === undefined) {
      await delay(50);
      continue;
    }
    counts.sessions += 1;
    const path = '/fairlead.link.v1.AgentLink/Attach';
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', () => undefined);
    while (!isOver() && !session.destroyed && !stream.destroyed) {
      const isFull = !stream.write(burst);
      counts.messages += 500;
      for (let ping = 0; ping < 5; ping++) if (session.ping(() => undefined)) counts.pings += 1;
      if (isFull) await Promise.race([new Promise((resolve) => stream.once('drain', resolve)), delay(20)]);
      else await breathe();
    }
    session.destroy();
  }
}

async function knock(): Promise<void> {
  while (!isOver()) {
    const socket = connectTcp(port, host);
    counts.connections += 1;
    socket.on('error', () => undefined);
    socket.once('connect', () => setTimeout(() => socket.destroy(), 1_000).unref());
    await delay(5);
  }
}

await Promise.all([flood(), knock()]);
process.stdout.write(`${JSON.stringify(counts)}\n`);
process.exit();
