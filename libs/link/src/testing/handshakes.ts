import { type ClientHttp2Session, connect } from 'node:http2';
import { toHostMessage } from '../host-message.js';
import type { TlsIdentity } from '../peer.js';
import { agentLink } from '../protocol.js';
import { sessionCodec } from '../session-codec.js';
import { Cleanup } from './fixtures.js';
import { frame, openCall, tlsTo } from './raw-http2.js';
import { hostFacts } from './samples.js';

export interface DialManyOptions {
  /** Host and port of a controller's link. */
  readonly address: string;
  /** What the agent of this number shows. */
  readonly identityOf: (index: number) => TlsIdentity;
  readonly count: number;
  /** Handshakes at once. */
  readonly concurrency: number;
  /** Whether each connection also says Hello and stays as a session. */
  readonly attach: boolean;
}

/**
 * Dials a link many times with mTLS, for benchmarks: the server's process measures its own CPU time and memory
 * meanwhile. The connections stay open until `close`.
 */
export async function dialMany({ address, identityOf, count, concurrency, attach }: DialManyOptions) {
  const cleanup = new Cleanup();
  const sessions: ClientHttp2Session[] = [];
  const began = performance.now();
  let next = 0;
  const dial = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const socket = await tlsTo(address, cleanup, identityOf(index));
      if (!attach) continue;
      const session = connect('https://raw', { createConnection: () => socket });
      session.on('error', () => {});
      sessions.push(session);
      await greet(session, `host-${index}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, dial));
  return { ms: performance.now() - began, close: () => cleanup.run() };
}

/** Says Hello and waits for Welcome. */
function greet(session: ClientHttp2Session, name: string): Promise<void> {
  const stream = openCall(session, agentLink['Attach']?.path ?? '');
  const host = toHostMessage(hostFacts({ name }));
  stream.write(frame(sessionCodec.encodeUp({ hello: { host, instanceId: name } })));
  return new Promise((resolve, reject) => {
    stream.once('data', () => resolve());
    stream.once('close', () => reject(new Error(`the session of ${name} ended before its Welcome`)));
  });
}
