import type { sendUnaryData, ServerUnaryCall, ServerWritableStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import { Metadata } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { CallScope } from './call-scope.js';
import type { NetworkServiceHandlers } from './contract.js';
import { dispatch } from './dispatch.js';
import { toServiceError } from './error-message.js';
import { DEFAULT_MAX_MESSAGE_BYTES } from './grpc-options.js';
import { LocalServer } from './local-server.js';
import {
  DEADLINE_HEADER,
  INSTANCE_HEADER,
  NETWORK_SERVICE,
  networkService,
  packageDefinition,
  rawService,
} from './protocol.js';

export interface AgentServerOptions {
  readonly handlers: NetworkServiceHandlers;
  /** Random for each agent process; callers see it as metadata `fairlead-instance-id`. */
  readonly instanceId: string;
  readonly maxMessageBytes?: number;
}

type UnaryCall = ServerUnaryCall<Buffer, Buffer>;
type StreamCall = ServerWritableStream<Buffer, Buffer>;

/** One inventory watch and calls beside it; enough for several callers on one connection. */
const MAX_STREAMS = 64;

/**
 * The agent's own gRPC server: NetworkService and server reflection, for any gRPC client of this machine.
 *
 * Invariants: it listens on Unix sockets (mode 0600) and loopback TCP only; after `close` every handler's signal is
 * aborted and every socket is gone.
 */
export class AgentServer {
  private readonly server: LocalServer;
  private readonly scopes = new Set<CallScope>();
  private readonly maxMessageBytes: number;

  constructor(private readonly options: AgentServerOptions) {
    this.maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES;
    this.server = new LocalServer(this.maxMessageBytes, MAX_STREAMS);
    const methods = rawService(networkService);
    const serve = Object.entries(methods).map(([name, { responseStream }]) => [
      name,
      responseStream ? this.serveStream(name) : this.serveUnary(name),
    ]);
    this.server.grpc.addService(methods, Object.fromEntries(serve) as UntypedServiceImplementation);
    new ReflectionService(packageDefinition, { services: [NETWORK_SERVICE] }).addToServer(this.server.grpc);
  }

  /**
   * May be called several times. Returns the address as bound.
   * @throws FairleadError `invalid_argument` for an address beyond this machine, `already_exists` for one in use
   */
  listen(address: string): Promise<string> {
    return this.server.listen(address);
  }

  async close(): Promise<void> {
    for (const scope of this.scopes) scope.abort('the agent is stopping');
    await this.server.close();
  }

  private serveUnary(method: string) {
    return (call: UnaryCall, callback: sendUnaryData<Buffer>): void => {
      const answer = async (): Promise<Buffer> => {
        for await (const bytes of this.run(method, call)) return bytes;
        return Buffer.alloc(0);
      };
      answer().then(
        (bytes) => callback(null, bytes),
        (error: unknown) => callback(toServiceError(error)),
      );
    };
  }

  private serveStream(method: string) {
    return (call: StreamCall): void => {
      const answer = async (): Promise<void> => {
        for await (const bytes of this.run(method, call)) {
          if (!call.write(bytes)) await drained(call);
        }
      };
      answer().then(
        () => call.end(),
        (error: unknown) => call.emit('error', toServiceError(error)),
      );
    };
  }

  private async *run(method: string, call: UnaryCall | StreamCall): AsyncGenerator<Buffer, void, void> {
    const scope = new CallScope(timeLeft(call));
    this.scopes.add(scope);
    call.on('cancelled', () => scope.abort('the caller gave up'));
    call.sendMetadata(instanceMetadata(this.options.instanceId));
    try {
      yield* dispatch(this.options.handlers, method, call.request, scope.context, this.maxMessageBytes);
    } finally {
      scope.close();
      this.scopes.delete(scope);
    }
  }
}

/** Resolves when the stream takes more, or is over. */
function drained(call: StreamCall): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      call.off('drain', settle).off('close', settle).off('cancelled', settle);
      resolve();
    };
    call.on('drain', settle).on('close', settle).on('cancelled', settle);
  });
}

function instanceMetadata(instanceId: string): Metadata {
  const metadata = new Metadata();
  metadata.set(INSTANCE_HEADER, instanceId);
  return metadata;
}

/** Milliseconds until the caller's deadline; Infinity without one. */
function timeLeft(call: UnaryCall | StreamCall): number {
  const deadline = call.getDeadline();
  const byGrpc = (typeof deadline === 'number' ? deadline : deadline.getTime()) - Date.now();
  const own = call.metadata.get(DEADLINE_HEADER)[0]?.toString() ?? '';
  return Math.max(0, /^\d+$/.test(own) ? Math.min(byGrpc, Number(own)) : byGrpc);
}
