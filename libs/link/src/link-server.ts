import { checkHostName, FairleadError, toFairleadError } from '@fairlead/domain';
import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { type SteadyClock, steadyClock } from './call-scope.js';
import type { Caller } from './caller.js';
import type { HostConnection } from './contract.js';
import type { EnrolmentMethod } from './enrolment-codec.js';
import type { EnrolmentHandlers, LinkRefusal } from './enrolment-contract.js';
import { EnrolmentService } from './enrolment-service.js';
import { toServiceError } from './error-message.js';
import type { Hello__Output } from './generated/fairlead/link/v1/Hello.js';
import { GrpcDoor } from './grpc-door.js';
import { DEFAULT_MAX_MESSAGE_BYTES } from './grpc-options.js';
import type { AttachCall } from './host-session.js';
import { HostSession } from './host-session.js';
import { DEFAULT_LIMITS, type LinkLimits } from './limits.js';
import { LinkGate } from './link-gate.js';
import { LinkPorts } from './link-ports.js';
import type { LinkLog } from './log.js';
import { plainAddress } from './ip.js';
import { describePeer, type Peer, type TlsIdentity } from './peer.js';
import { agentLink, CAPABILITY, enrolment, rawService } from './protocol.js';
import { sessionCodec } from './session-codec.js';

export interface LinkServerOptions {
  /** Defaults to the capability of this version. */
  readonly capability?: number;
  /** Time between an agent's bookmarks; asked at each Hello. Default 5 s. */
  readonly heartbeatMs?: () => number;
  /** Silence of an agent after which its session ends. Default: three times its session's heartbeat. */
  readonly silenceLimitMs?: number;
  /** Default 4 MiB. */
  readonly maxMessageBytes?: number;
  /** Time for Hello to come. Default 5 s. */
  readonly helloLimitMs?: number;
  /**
   * Called for each agent after its Hello and before its Welcome. Throwing a FairleadError refuses the agent, which
   * is told why. Calls made here are sent after Welcome.
   */
  readonly onConnection: (connection: HostConnection) => void | Promise<void>;
  readonly log: LinkLog;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Makes the id of a session. */
  readonly createId?: () => string;
  /** Without it nobody can enrol. */
  readonly enrolment?: EnrolmentHandlers | undefined;
  /** Without it nothing is served over TCP. */
  readonly identity?: TlsIdentity | undefined;
  readonly limits?: Partial<LinkLimits>;
  /** How many agents are known at a source (see `sourceOf`), which then may open that many more connections. */
  readonly expectedAgents?: ((source: string) => number) | undefined;
  /** Called for every call and connection that is refused, also where `onConnection` has refused it. Must not throw. */
  readonly onRefused?: (refusal: LinkRefusal) => void;
  readonly clock?: SteadyClock;
}

const DEFAULT_HEARTBEAT_MS = 5_000;
/** Bookmarks that an agent may owe before its session ends. */
const BEATS_MISSED = 3;

const DEFAULTS = {
  capability: CAPABILITY,
  heartbeatMs: () => DEFAULT_HEARTBEAT_MS,
  maxMessageBytes: DEFAULT_MAX_MESSAGE_BYTES,
  helloLimitMs: 5_000,
  now: Date.now,
  createId: randomUUID,
  clock: steadyClock,
  onRefused: () => {},
} satisfies Partial<LinkServerOptions>;

type Settings = Required<
  Omit<LinkServerOptions, 'enrolment' | 'identity' | 'limits' | 'silenceLimitMs' | 'expectedAgents'>
> &
  Pick<LinkServerOptions, 'silenceLimitMs'> & { readonly limits: LinkLimits };

type UnaryCall = ServerUnaryCall<Buffer, Buffer>;

/** Streams of one connection: an agent needs one. */
const MAX_STREAMS = 8;
/**
 * What an agent may have on its way to us. OpenSSL's side of Node keeps as much of each connection for good, which is
 * half a gigabyte less for 10,000 than with the 64 KiB of HTTP/2; 1 MB from 100 ms away takes 6 s.
 */
const WINDOW_BYTES = 16 * 1024;

/**
 * The controller's end of the link: takes agents' sessions in, and enrols hosts.
 *
 * Invariants: it listens on Unix sockets (mode 0600) and, with an identity, behind TLS; who an agent is comes from its
 * certificate alone; a stream is a session only after the gate, a readable Hello in time and `onConnection`'s consent;
 * `close` ends every session before it resolves.
 */
export class LinkServer {
  private readonly settings: Settings;
  private readonly door: GrpcDoor;
  private readonly ports: LinkPorts;
  private readonly enrolment: EnrolmentService | undefined;
  private readonly sessions = new Set<HostSession>();
  /** Agents between their Hello and their Welcome; each once, however many streams it opens. */
  private readonly arriving = new Set<string>();

  /** @throws FairleadError `invalid_argument` for an identity that is none of ours */
  constructor(options: LinkServerOptions) {
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const settings = (this.settings = { ...DEFAULTS, ...options, limits });
    const { clock, now } = settings;
    const { enrolment: handlers, identity } = options;
    this.enrolment = handlers && new EnrolmentService({ handlers, limits, clock });
    const gate = new LinkGate(this.enrolment, limits, (refusal) => this.refused(refusal));
    const onFlood = ({ peer }: Caller, reason: string): void =>
      this.refused({ peer, what: 'connection', reason, code: 'overloaded' });
    this.door = new GrpcDoor({
      maxMessageBytes: settings.maxMessageBytes,
      maxStreams: MAX_STREAMS,
      // Of an agent we hear bookmarks, and who has no call is closed.
      pings: false,
      windowBytes: WINDOW_BYTES,
      gate: (caller, path, stream) => gate.pass(caller, path, stream),
      flood: { ...limits, onFlood },
      clock,
    });
    this.ports = new LinkPorts(this.door, {
      identity,
      limits,
      expectedAgents: options.expectedAgents,
      busyWith: () => this.arriving.size,
      clock,
      now,
      certificateRequired: false,
      onRefused: (address, reason, code) =>
        this.refused({ peer: { kind: 'anonymous', address }, what: 'connection', reason, code }),
    });
    this.door.grpc.addService(rawService(agentLink), { Attach: (call: AttachCall) => void this.attach(call) });
    this.door.grpc.addService(rawService(enrolment), {
      Challenge: this.enrol('Challenge'),
      Join: this.enrol('Join'),
      Recover: this.enrol('Recover'),
    });
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

  /** Serves a socket that we dialled, as if it had been accepted. Resolves when it has closed. */
  accept(socket: Socket): Promise<void> {
    return this.ports.accept(socket);
  }

  async close(reason = 'the controller is stopping'): Promise<void> {
    for (const session of this.sessions) session.close(reason);
    await this.ports.close();
  }

  private async attach(call: AttachCall): Promise<void> {
    let session: HostSession | undefined;
    let peer: Peer = { kind: 'anonymous', address: 'unknown' };
    try {
      ({ peer } = this.door.callerOf(call));
      session = this.sessionOf(call, peer, readHello(await firstMessage(call, this.settings.helloLimitMs)));
      await this.welcome(session);
    } catch (thrown) {
      const error = toFairleadError(thrown);
      this.settings.log.warn('An agent was refused', { peer: peerOf(call), reason: error.message });
      if (session === undefined) call.emit('error', toServiceError(error));
      else session.refuse(error);
      this.refused({ peer, what: 'Attach', reason: error.message, code: error.code });
    }
  }

  private async welcome(session: HostSession): Promise<void> {
    const { identity, sessionId } = session;
    const who = identity.kind === 'agent' ? identity.id : sessionId;
    this.arriving.add(who);
    try {
      await this.settings.onConnection(session);
    } finally {
      this.arriving.delete(who);
    }
    session.open();
  }

  private enrol(method: EnrolmentMethod) {
    return (call: UnaryCall, callback: sendUnaryData<Buffer>): void => {
      this.answerEnrolment(method, call).then(
        (bytes) => callback(null, bytes),
        (error: unknown) => callback(toServiceError(error)),
      );
    };
  }

  private async answerEnrolment(method: EnrolmentMethod, call: UnaryCall): Promise<Buffer> {
    const { peer } = this.door.callerOf(call);
    try {
      if (this.enrolment === undefined) throw new FairleadError('unsupported', 'Nobody can enrol at this controller');
      return await this.enrolment.answer(method, call.request, peer);
    } catch (thrown) {
      const { message, code } = toFairleadError(thrown);
      this.refused({ peer, what: method, reason: message, code });
      throw thrown;
    }
  }

  private refused(refusal: LinkRefusal): void {
    const { peer, what, reason, code } = refusal;
    this.settings.log.debug('A caller was refused', { peer: describePeer(peer), what, reason, code });
    this.settings.onRefused(refusal);
  }

  private sessionOf(call: AttachCall, identity: Peer, { host, instanceId }: CheckedHello): HostSession {
    const { createId, maxMessageBytes } = this.settings;
    const heartbeatMs = this.settings.heartbeatMs();
    const { silenceLimitMs = BEATS_MISSED * heartbeatMs } = this.settings;
    const peer = peerOf(call);
    const facts = { host, instanceId, sessionId: createId(), peer, identity, heartbeatMs, maxMessageBytes };
    const session = new HostSession(call, facts, { ...this.settings, silenceLimitMs });
    this.sessions.add(session);
    void session.closed.then(() => this.sessions.delete(session));
    return session;
  }
}

/** The first message of a stream, which is not read on after it. */
function firstMessage(call: AttachCall, limitMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      call.off('data', take).off('end', leave).off('cancelled', leave);
    };
    const take = (first: Buffer): void => {
      settle();
      call.pause();
      resolve(first);
    };
    const fail = (error: FairleadError): void => {
      settle();
      reject(error);
    };
    const leave = (): void => fail(new FairleadError('invalid_argument', 'The stream ended before its Hello'));
    const late = (): void => fail(new FairleadError('deadline_exceeded', `No Hello came within ${limitMs} ms`));
    const timer = setTimeout(late, limitMs);
    call.on('data', take).on('end', leave).on('cancelled', leave);
  });
}

type CheckedHello = Hello__Output & { readonly host: NonNullable<Hello__Output['host']> };

function readHello(bytes: Buffer): CheckedHello {
  const { hello } = sessionCodec.decodeUp(bytes);
  if (!hello?.host) throw new FairleadError('invalid_argument', 'The first message of an agent has to be its Hello');
  checkHostName(hello.host.name);
  if (hello.instanceId === '') throw new FairleadError('invalid_argument', 'The Hello names no instance');
  if (hello.host.capability < 1) {
    throw new FairleadError(
      'unsupported',
      `The agent's protocol capability ${hello.host.capability} is not supported`,
      {
        hint: 'Update the agent.',
      },
    );
  }
  return { ...hello, host: hello.host };
}

/**
 * For people: `192.0.2.7:51634` also where the port is open for both families. grpc-js says `unknown` for the other end
 * of a Unix socket, which has no address, and puts no brackets around IPv6.
 */
function peerOf(call: AttachCall): string {
  const peer = call.getPeer();
  const [, host, port] = /^(.+):(\d+)$/.exec(peer) ?? [];
  if (host === undefined) return peer === 'unknown' ? 'unix' : peer;
  const address = plainAddress(host.replace(/^\[|\]$/g, ''));
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}
