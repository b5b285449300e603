import { FairleadError } from '@fairlead/domain';
import type { sendUnaryData, ServerUnaryCall, ServerWritableStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import { Metadata } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { CallScope, steadyClock } from './call-scope.js';
import type { Caller } from './caller.js';
import type { NetworkServiceHandlers } from './contract.js';
import { dispatch } from './dispatch.js';
import { toServiceError } from './error-message.js';
import { GrpcDoor } from './grpc-door.js';
import { DEFAULT_MAX_MESSAGE_BYTES } from './grpc-options.js';
import { DEFAULT_LIMITS, type LinkLimits } from './limits.js';
import { LinkPorts } from './link-ports.js';
import type { LinkLog } from './log.js';
import { describePeer, type TlsIdentity } from './peer.js';
import {
  agentMethods,
  DEADLINE_HEADER,
  IDENTITY_SERVICE,
  identityService,
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
  /** Without it nothing is served over TCP. */
  readonly identity?: TlsIdentity | undefined;
  /** Whose controller may call over TCP. Defaults to the cluster of `identity`. */
  readonly clusterId?: string | undefined;
  readonly limits?: Partial<LinkLimits>;
  readonly log?: LinkLog;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

type UnaryCall = ServerUnaryCall<Buffer, Buffer>;
type StreamCall = ServerWritableStream<Buffer, Buffer>;

/** One inventory watch and calls beside it; enough for several callers on one connection. */
const MAX_STREAMS = 64;

/** A controller sends commands and no inventory: little, but for as long as it lives. */
const AGENT_LIMITS = { connectionsPerAddress: 16, newConnectionsPerAddress: { burst: 20, perSecond: 5 } };

/** Exact paths; a controller over TCP gets these and nothing else. */
const SERVED: ReadonlySet<string> = new Set(Object.values(agentMethods).map(({ path }) => path));

/**
 * The agent's own gRPC server. On Unix sockets: NetworkService, IdentityService and server reflection for any gRPC
 * client of this user. Over TCP: the two services, for the controller of the agent's cluster.
 *
 * Invariants: Unix sockets have mode 0600; over TCP no handler runs but for a caller whose certificate OpenSSL has
 * verified and which names the controller of the cluster; after `close` every handler's signal is aborted and every
 * socket is gone.
 */
export class AgentServer {
  private readonly door: GrpcDoor;
  private readonly ports: LinkPorts;
  private readonly scopes = new Set<CallScope>();
  private readonly maxMessageBytes: number;

  /** @throws FairleadError `invalid_argument` for an identity that is none of ours */
  constructor(private readonly options: AgentServerOptions) {
    this.maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES;
    const gate = (caller: Caller, path: string): void => this.pass(caller, path);
    this.door = new GrpcDoor({ maxMessageBytes: this.maxMessageBytes, maxStreams: MAX_STREAMS, pings: true, gate });
    const { identity, limits, now = Date.now } = options;
    this.ports = new LinkPorts(this.door, {
      identity,
      limits: { ...DEFAULT_LIMITS, ...AGENT_LIMITS, ...limits },
      clock: steadyClock,
      now,
      certificateRequired: true,
      onRefused: (peer, reason) => this.options.log?.warn('A caller was refused', { peer, reason }),
    });
    for (const service of [networkService, identityService]) {
      const methods = rawService(service);
      const serve = Object.entries(methods).map(([name, { responseStream }]) => [
        name,
        responseStream ? this.serveStream(name) : this.serveUnary(name),
      ]);
      this.door.grpc.addService(methods, Object.fromEntries(serve) as UntypedServiceImplementation);
    }
    const services = [NETWORK_SERVICE, IDENTITY_SERVICE];
    new ReflectionService(packageDefinition, { services }).addToServer(this.door.grpc);
  }

  /**
   * May be called several times. Returns the address as bound.
   * @throws FairleadError `invalid_argument` for no address to listen on, and for TCP without an identity;
   * `already_exists` for one in use
   */
  listen(address: string): Promise<string> {
    return this.ports.listen(address);
  }

  /** For the handshakes from now on; open connections stay. */
  setIdentity(identity: TlsIdentity): void {
    this.ports.setIdentity(identity);
  }

  async close(): Promise<void> {
    for (const scope of this.scopes) scope.abort('the agent is stopping');
    await this.ports.close();
  }

  private pass({ peer, fault }: Caller, path: string): void {
    if (peer.kind === 'local') return;
    if (peer.kind !== 'controller' || peer.clusterId !== (this.options.clusterId ?? peer.clusterId)) {
      this.options.log?.warn('A caller was refused', { peer: describePeer(peer) });
      throw fault ?? new FairleadError('forbidden', 'Only the controller of this cluster may call an agent');
    }
    if (!SERVED.has(path)) throw new FairleadError('unsupported', 'This agent serves no such method over TCP');
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
