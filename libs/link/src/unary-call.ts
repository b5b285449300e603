import { FairleadError } from '@fairlead/domain';
import { Metadata } from '@grpc/grpc-js';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { fromServiceError } from './error-message.js';

type Answer = IncomingHttpHeaders & IncomingHttpStatusHeader;

/** Largest answer that is read. */
const MAX_ANSWER_BYTES = 1024 * 1024;
const HEAD_BYTES = 5;

/**
 * Unary gRPC calls over a socket that somebody else has made and verified: grpc-js dials by itself only.
 *
 * Invariants: one call at a time; after `close` the socket is gone.
 */
export class UnaryCaller {
  private readonly session: ClientHttp2Session;
  private fault: string | undefined;

  constructor(
    private readonly socket: TLSSocket,
    /** For messages. */
    private readonly address: string,
  ) {
    this.session = connect('https://fairlead', { createConnection: () => socket });
    this.session.on('error', (error: Error) => (this.fault = error.message));
  }

  /**
   * @param limitMs time for the answer
   * @throws FairleadError what the other side says; `controller_unavailable` where it says nothing, or is not ours
   */
  call(path: string, request: Buffer, limitMs: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const stream = this.session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc+proto',
        te: 'trailers',
        'grpc-timeout': `${Math.ceil(limitMs)}m`,
      });
      const parts: Buffer[] = [];
      let size = 0;
      let head: Answer = {};
      let tail: Answer = {};
      let fault: string | undefined;
      const timer = setTimeout(() => {
        fault = `no answer within ${limitMs} ms`;
        stream.destroy();
      }, limitMs);
      stream.on('response', (headers: Answer) => (head = headers));
      stream.on('trailers', (headers: Answer) => (tail = headers));
      stream.on('data', (part: Buffer) => {
        size += part.length;
        if (size <= MAX_ANSWER_BYTES) parts.push(part);
        else stream.destroy();
      });
      stream.on('error', (error: Error) => (fault ??= error.message));
      stream.on('close', () => {
        clearTimeout(timer);
        try {
          resolve(this.read(head, { ...head, ...tail }, Buffer.concat(parts), fault));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      stream.end(framed(request));
    });
  }

  close(): void {
    this.session.destroy();
    this.socket.destroy();
  }

  private read(head: Answer, all: Answer, body: Buffer, fault: string | undefined): Buffer {
    const status = all['grpc-status'];
    if (head[':status'] === undefined) throw this.lost(fault ?? this.fault ?? 'the connection was closed');
    const foreign = head[':status'] !== 200 || !head['content-type']?.startsWith('application/grpc');
    if (foreign) throw this.notOurs(`HTTP status ${head[':status']}`);
    if (typeof status !== 'string') throw this.lost(fault ?? this.fault ?? 'the answer broke off');
    if (status !== '0') throw this.said(Number(status), all);
    const length = body.length < HEAD_BYTES ? -1 : body.readUInt32BE(1);
    if (body[0] !== 0 || length !== body.length - HEAD_BYTES) throw this.notOurs('its answer is not one message');
    return body.subarray(HEAD_BYTES);
  }

  private said(code: number, headers: IncomingHttpHeaders): FairleadError {
    const metadata = Metadata.fromHttp2Headers(headers);
    const details = decode(headers['grpc-message']);
    if (metadata.get('fairlead-code').length === 0) return this.notOurs(`gRPC status ${code}: ${details}`);
    return fromServiceError({ code, details, metadata });
  }

  private lost(why: string): FairleadError {
    return new FairleadError('controller_unavailable', `the connection to ${this.address} broke (${why})`, {
      hint: 'Try again. A join token that was used a moment ago gives the same host the same certificate again.',
    });
  }

  private notOurs(why: string): FairleadError {
    return new FairleadError(
      'controller_unavailable',
      `something that is not our controller answered at ${this.address} (${why})`,
      {
        hint: "Look whether address and port are those of the controller's link.",
      },
    );
  }
}

/** A message as gRPC frames it: not compressed, its length, itself. */
function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function decode(message: string | string[] | undefined): string {
  const text = Array.isArray(message) ? message.join(' ') : (message ?? '');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
