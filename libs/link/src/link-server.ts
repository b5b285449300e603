import { checkHostName, FairleadError, toFairleadError } from '@fairlead/domain';
import { randomUUID } from 'node:crypto';
import type { HostConnection } from './contract.js';
import { toServiceError } from './error-message.js';
import type { Hello__Output } from './generated/fairlead/link/v1/Hello.js';
import { DEFAULT_MAX_MESSAGE_BYTES } from './grpc-options.js';
import type { AttachCall } from './host-session.js';
import { HostSession } from './host-session.js';
import { LocalServer } from './local-server.js';
import type { LinkLog } from './log.js';
import { agentLink, CAPABILITY, rawService } from './protocol.js';
import { sessionCodec } from './session-codec.js';

export interface LinkServerOptions {
  /** Defaults to the capability of this version. */
  readonly capability?: number;
  /** Time between an agent's bookmarks. Default 5 s. */
  readonly heartbeatMs?: number;
  /** Silence of an agent after which its session ends. Default 15 s. */
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
}

type Settings = Required<LinkServerOptions>;

const DEFAULTS = {
  capability: CAPABILITY,
  heartbeatMs: 5_000,
  silenceLimitMs: 15_000,
  maxMessageBytes: DEFAULT_MAX_MESSAGE_BYTES,
  helloLimitMs: 5_000,
  now: Date.now,
  createId: randomUUID,
} satisfies Partial<LinkServerOptions>;

/** Streams of one connection: an agent needs one. */
const MAX_STREAMS = 8;

/**
 * The controller's end of the link: takes agents' sessions in.
 *
 * Invariants: it listens on Unix sockets (mode 0600) and loopback TCP only; a stream is a session only after a
 * readable Hello in time and `onConnection`'s consent; `close` ends every session before it resolves.
 */
export class LinkServer {
  private readonly settings: Settings;
  private readonly server: LocalServer;
  private readonly sessions = new Set<HostSession>();

  constructor(options: LinkServerOptions) {
    this.settings = { ...DEFAULTS, ...options };
    this.server = new LocalServer(this.settings.maxMessageBytes, MAX_STREAMS);
    this.server.grpc.addService(rawService(agentLink), { Attach: (call: AttachCall) => void this.attach(call) });
  }

  /**
   * May be called several times. Returns the address as bound.
   * @throws FairleadError `invalid_argument` for an address beyond this machine, `already_exists` for one in use
   */
  listen(address: string): Promise<string> {
    return this.server.listen(address);
  }

  async close(reason = 'the controller is stopping'): Promise<void> {
    for (const session of this.sessions) session.close(reason);
    await this.server.close();
  }

  private async attach(call: AttachCall): Promise<void> {
    let session: HostSession | undefined;
    try {
      session = this.sessionOf(call, readHello(await firstMessage(call, this.settings.helloLimitMs)));
      await this.settings.onConnection(session);
      session.open();
    } catch (thrown) {
      const error = toFairleadError(thrown);
      this.settings.log.warn('An agent was refused', { peer: peerOf(call), reason: error.message });
      if (session === undefined) call.emit('error', toServiceError(error));
      else session.refuse(error);
    }
  }

  private sessionOf(call: AttachCall, { host, instanceId }: CheckedHello): HostSession {
    const { createId, maxMessageBytes } = this.settings;
    const facts = { host, instanceId, sessionId: createId(), peer: peerOf(call), maxMessageBytes };
    const session = new HostSession(call, facts, this.settings);
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

/** grpc-js says `unknown` for the other end of a Unix socket, which has no address. */
function peerOf(call: AttachCall): string {
  const peer = call.getPeer();
  return peer === 'unknown' ? 'unix' : peer;
}
