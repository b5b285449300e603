import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { TlsIdentity } from '../peer.js';
import type { Cleanup } from './fixtures.js';

export function tcpTo(address: string): Promise<Socket> {
  const [host, port] = address.split(':');
  return new Promise((resolve, reject) => {
    const socket = connectTcp(Number(port), host ?? '');
    socket.once('connect', () => resolve(socket)).once('error', reject);
  });
}

/** A TLS client that trusts anybody, with any certificate or none. */
export async function tlsTo(address: string, cleanup: Cleanup, own?: Partial<TlsIdentity>): Promise<TLSSocket> {
  const tcp = await tcpTo(address);
  cleanup.add(() => tcp.destroy());
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      socket: tcp,
      cert: own?.certificateChain,
      key: own?.privateKey,
      rejectUnauthorized: false,
      ALPNProtocols: ['h2'],
    });
    socket.once('secureConnect', () => resolve(socket)).once('error', reject);
    socket.on('error', () => {});
  });
}

export async function http2To(
  address: string,
  cleanup: Cleanup,
  own?: Partial<TlsIdentity>,
): Promise<ClientHttp2Session> {
  const socket = await tlsTo(address, cleanup, own);
  const session = connect('https://raw', { createConnection: () => socket });
  session.on('error', () => {});
  cleanup.add(() => session.destroy());
  return session;
}

export interface RawAnswer {
  /** gRPC status; undefined where none came. */
  readonly status: number | undefined;
  readonly message: string;
  /** Our own error code. */
  readonly code: string | undefined;
  readonly body: Buffer;
}

/** A message as gRPC frames it. */
export function frame(message: Buffer, compressed = 0): Buffer {
  const head = Buffer.alloc(5);
  head[0] = compressed;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

export function openCall(
  session: ClientHttp2Session,
  path: string,
  extra: OutgoingHttpHeaders = {},
): ClientHttp2Stream {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...extra,
  });
  stream.on('error', () => {});
  return stream;
}

/** One call with one message, and whatever comes of it. */
export function callRaw(
  session: ClientHttp2Session,
  path: string,
  body: Buffer = frame(Buffer.alloc(0)),
  extra: OutgoingHttpHeaders = {},
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const stream = openCall(session, path, extra);
    let headers: Record<string, string | undefined> = {};
    const parts: Buffer[] = [];
    const take = (more: object): void => void (headers = { ...headers, ...more });
    stream.on('response', take).on('trailers', take);
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('close', () => {
      const status = headers['grpc-status'];
      resolve({
        status: status === undefined ? undefined : Number(status),
        message: decodeURIComponent(headers['grpc-message'] ?? ''),
        code: headers['fairlead-code'],
        body: Buffer.concat(parts).subarray(5),
      });
    });
    stream.end(body);
  });
}
