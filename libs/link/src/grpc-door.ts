import { FairleadError, toFairleadError } from '@fairlead/domain';
import { type Metadata, Server, ServerCredentials } from '@grpc/grpc-js';
import type { Http2Server, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { type SteadyClock, steadyClock } from './call-scope.js';
import type { Caller } from './caller.js';
import { toServiceError } from './error-message.js';
import { serverOptions } from './grpc-options.js';
import type { Rate } from './limits.js';
import { CERTIFICATE_HEADER, EXPIRED } from './protocol.js';
import { TokenBucket } from './token-bucket.js';

export interface GrpcDoorOptions {
  readonly maxMessageBytes: number;
  readonly maxStreams: number;
  /** Whether we ask by HTTP/2 pings if the other end is still there. */
  readonly pings: boolean;
  /** What the other end of a stream may send before we have taken it. Default: 64 KiB, as HTTP/2 has it. */
  readonly windowBytes?: number;
  /** Throws FairleadError where the caller may not call this method (`/package.Service/Method`). Called before gRPC. */
  readonly gate: (caller: Caller, path: string, stream: ServerHttp2Stream) => void;
  /** For connections of strangers. */
  readonly flood?: {
    readonly controlFrames: Rate;
    readonly calls: Rate;
    readonly onFlood: (caller: Caller, what: string) => void;
  };
  readonly clock?: SteadyClock;
}

type StreamListener = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number) => void;

/** Tells a handler who calls. Whatever the caller itself sends under this name is overwritten. */
const CALLER_HEADER = 'fairlead-caller';

/**
 * A gRPC server that reads sockets we hand to it, with a gate of our own between HTTP/2 and gRPC: every call passes it
 * before grpc-js makes anything of it, and its handlers learn who calls from the connection alone.
 *
 * Invariants: a call that the gate refuses, or that announces compression, reaches no code of gRPC; `callerOf` gives
 * the caller of the connection that the call came by, and throws once that is gone.
 */
export class GrpcDoor {
  readonly grpc: Server;
  private readonly inject: (socket: Socket) => void;
  private readonly callers = new Map<string, Caller>();
  private readonly keys = new WeakMap<ServerHttp2Session, string>();
  private arriving: Caller | undefined;
  private lastKey = 0;

  constructor(private readonly options: GrpcDoorOptions) {
    this.grpc = new Server(serverOptions(options.maxMessageBytes, options.maxStreams, options.pings));
    const injector = this.grpc.createConnectionInjector(ServerCredentials.createInsecure());
    this.inject = (socket) => injector.injectConnection(socket);
    const http2 = http2ServerOf(this.grpc);
    const [serve] = http2.listeners('stream') as StreamListener[];
    if (serve === undefined) throw new Error('grpc-js does not listen for streams any more');
    http2.removeAllListeners('stream');
    http2.on('stream', (stream, headers, flags) => this.enter(stream, headers, () => serve(stream, headers, flags)));
    http2.prependListener('session', (session) => this.begin(session));
  }

  admit(socket: Socket, caller: Caller): void {
    // `session` is emitted before `inject` returns.
    this.arriving = caller;
    this.inject(socket);
    this.arriving = undefined;
  }

  callerOf(call: { readonly metadata: Metadata }): Caller {
    const caller = this.callers.get(call.metadata.get(CALLER_HEADER)[0]?.toString() ?? '');
    if (caller === undefined) throw new FairleadError('unauthenticated', 'The connection of this call is gone');
    return caller;
  }

  private begin(session: ServerHttp2Session): void {
    const caller = this.arriving;
    if (caller === undefined) {
      session.destroy();
      return;
    }
    const key = String(++this.lastKey);
    this.keys.set(session, key);
    this.callers.set(key, caller);
    session.once('close', () => this.callers.delete(key));
    session.on('error', () => {});
    const { windowBytes } = this.options;
    if (windowBytes !== undefined) session.settings({ initialWindowSize: windowBytes });
    this.guard(session, caller);
  }

  /** HTTP/2 answers each PING and SETTINGS frame and begins each call: cheap to send, dear to answer. */
  private guard(session: ServerHttp2Session, caller: Caller): void {
    const { flood, clock = steadyClock } = this.options;
    if (flood === undefined) return;
    const limit = ({ perSecond, burst }: Rate, what: string) => {
      const bucket = new TokenBucket(perSecond, burst, clock());
      return (): void => {
        if (session.destroyed || bucket.take(clock())) return;
        session.destroy();
        flood.onFlood(caller, what);
      };
    };
    const control = limit(flood.controlFrames, 'sends PING or SETTINGS frames without end');
    session.on('ping', control).on('remoteSettings', control);
    session.prependListener('stream', limit(flood.calls, 'begins calls without end'));
  }

  private enter(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, serve: () => void): void {
    stream.on('error', () => {});
    const key = stream.session === undefined ? undefined : this.keys.get(stream.session as ServerHttp2Session);
    const caller = this.callers.get(key ?? '');
    if (key === undefined || caller === undefined || stream.destroyed) {
      stream.destroy();
      return;
    }
    try {
      refuseCompression(headers);
      this.options.gate(caller, headers[':path'] ?? '', stream);
    } catch (error) {
      answer(stream, toFairleadError(error), caller.expired === true);
      return;
    }
    dropUnreadable(headers);
    headers[CALLER_HEADER] = key;
    serve();
  }
}

/** A small message can unpack to a large one: nothing is unpacked here. */
function refuseCompression(headers: IncomingHttpHeaders): void {
  const encoding = headers['grpc-encoding'];
  if (encoding === undefined || encoding === 'identity') return;
  throw new FairleadError('unsupported', 'Compressed messages are not accepted', {
    hint: 'Send without grpc-encoding.',
  });
}

/** What gRPC takes as metadata. */
const [READABLE_NAME, READABLE_VALUE] = [/^:?[0-9a-z_.-]+$/, /^[ -~]*$/];

/** What grpc-js cannot take it prints to stderr, past our log: text of a stranger's choice, as often as he likes. */
function dropUnreadable(headers: IncomingHttpHeaders): void {
  for (const [name, value] of Object.entries(headers))
    if (!READABLE_NAME.test(name) || !READABLE_VALUE.test(String(value))) Reflect.deleteProperty(headers, name);
}

/** A status without a message, as gRPC writes it. */
function answer(stream: ServerHttp2Stream, error: FairleadError, expired: boolean): void {
  const { code, details, metadata } = toServiceError(error);
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc+proto',
      'grpc-accept-encoding': 'identity',
      'grpc-status': code,
      'grpc-message': encodeURI(details),
      ...(expired ? { [CERTIFICATE_HEADER]: EXPIRED } : {}),
      ...metadata.toHttp2Headers(),
    },
    { endStream: true },
  );
}

/**
 * grpc-js 1.14 makes one HTTP/2 server for each injector and shows it to nobody. Its version is pinned, and where its
 * inside is another one we stop at the start rather than serve without the gate.
 */
function http2ServerOf(grpc: Server): Http2Server {
  const servers: unknown = Reflect.get(grpc, 'http2Servers');
  const [server] = servers instanceof Map ? (servers as Map<Http2Server, unknown>).keys() : [];
  if (server === undefined) throw new Error('grpc-js has no http2Servers any more');
  return server;
}
