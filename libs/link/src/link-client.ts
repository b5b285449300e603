import { FairleadError, toFairleadError } from '@fairlead/domain';
import { setTimeout as delay } from 'node:timers/promises';
import type { LinkAddress } from './address.js';
import { formatLinkAddress, parseLinkAddress } from './address.js';
import { AgentSession } from './agent-session.js';
import type { Pause, SessionEnd } from './backoff.js';
import { Backoff } from './backoff.js';
import type { SteadyClock } from './call-scope.js';
import { CallScope, steadyClock } from './call-scope.js';
import { certificateOf, nameOf, notAfterOf } from './certificate.js';
import type { NetworkServiceHandlers } from './contract.js';
import type { HostMessage } from './generated/fairlead/agent/v1/HostMessage.js';
import { DEFAULT_MAX_MESSAGE_BYTES, openClient } from './grpc-options.js';
import { pauseAfter } from './link-failure.js';
import type { LinkLog } from './log.js';
import type { TlsIdentity } from './peer.js';
import { agentLink, CAPABILITY, rawService } from './protocol.js';
import { LinkCredentials } from './tls-client.js';

export interface LinkClientOptions {
  /** `unix:/path`, or over TLS `controller.example:7801`, `192.0.2.7:7801`, `[2001:db8::7]:7801`. */
  readonly address: string;
  readonly handlers: NetworkServiceHandlers;
  /** Random for each agent process. */
  readonly instanceId: string;
  readonly log: LinkLog;
  /** Defaults to the capability of this version. */
  readonly capability?: number;
  /** 0 (included) to 1 (excluded). */
  readonly random?: () => number;
  readonly clock?: SteadyClock;
  /** Resolves after `ms`, or when `signal` aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /**
   * Time for a TCP connection. Default 10 s: where a link was cut the system tries again after 1, 2, 4, 8, … seconds, and
   * a new dial finds out sooner that it is whole.
   */
  readonly connectLimitMs?: number;
  /** Time for Welcome to come: a controller that takes in a whole fleet lets us wait for our turn. Default 30 s. */
  readonly welcomeLimitMs?: number;
  /** What is shown and trusted; asked at every dial. Needed for TCP, not used over a Unix socket. */
  readonly identity?: () => TlsIdentity;
  /** Called before a dial whose certificate has expired, by our clock or by the controller's word: to get another one. */
  readonly onExpired?: () => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

type Settings = Required<Omit<LinkClientOptions, 'identity' | 'onExpired'>> &
  Pick<LinkClientOptions, 'identity' | 'onExpired'>;

const attach = rawService(agentLink)['Attach'];

/** Time for the agent to describe its host before it dials. */
const DESCRIBE_LIMIT_MS = 10_000;

const sleepUnlessAborted = async (ms: number, signal: AbortSignal): Promise<void> => {
  await delay(ms, undefined, { signal }).catch(() => {});
};

/**
 * The agent's end of the link: dials the controller, again and again.
 *
 * Invariants: one session at a time, each on a connection of its own; nothing of one session (calls, watch,
 * connection) outlives it; `run` resolves only after the last session has ended.
 */
export class LinkClient {
  private readonly settings: Settings;
  private readonly address: LinkAddress;
  private saidExpired = false;

  /** @throws FairleadError `invalid_argument` for what is no address, and for TCP without an identity */
  constructor(options: LinkClientOptions) {
    this.address = parseLinkAddress(options.address);
    if (this.address.kind === 'tcp' && options.identity === undefined) throw noIdentity(options.address);
    this.settings = {
      now: Date.now,
      capability: CAPABILITY,
      random: Math.random,
      clock: steadyClock,
      sleep: sleepUnlessAborted,
      connectLimitMs: 10_000,
      welcomeLimitMs: 30_000,
      ...options,
    };
  }

  /** Keeps a session open until `signal` aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { log, random, sleep } = this.settings;
    const backoff = new Backoff(random);
    while (!signal.aborted) {
      const end = await this.runSession(signal);
      if (signal.aborted) break;
      const waitMs = backoff.next(end);
      log.warn(`No link to the controller: ${end.reason}`, { nextAttemptInMs: waitMs });
      await sleep(waitMs, signal);
    }
  }

  private async runSession(signal: AbortSignal): Promise<SessionEnd> {
    try {
      await this.recoverIfExpired();
      const host = await this.describeHost();
      return signal.aborted ? failedToStart('the agent is stopping') : await this.dial(host, signal);
    } catch (error) {
      const fault = toFairleadError(error);
      return failedToStart(fault.message, pauseAfter(fault));
    }
  }

  private async recoverIfExpired(): Promise<void> {
    const { identity, onExpired, now } = this.settings;
    if (this.address.kind === 'unix' || identity === undefined || onExpired === undefined) return;
    if (!this.saidExpired && notAfterOf(certificateOf(identity())) > now()) return;
    await onExpired();
    this.saidExpired = false;
  }

  private async describeHost(): Promise<HostMessage> {
    const scope = new CallScope(DESCRIBE_LIMIT_MS, this.settings.clock);
    try {
      const host = await this.settings.handlers.DescribeHost({}, scope.context);
      return { ...host, capability: this.settings.capability };
    } finally {
      scope.close();
    }
  }

  private async dial(host: HostMessage, signal: AbortSignal): Promise<SessionEnd> {
    if (attach === undefined) throw new Error('proto/fairlead/link/v1/link.proto has no Attach');
    const security = this.security();
    const client = openClient(this.address, DEFAULT_MAX_MESSAGE_BYTES, false, security);
    const stream = client.makeBidiStreamRequest(attach.path, attach.requestSerialize, attach.responseDeserialize);
    const { instanceId, connectLimitMs } = this.settings;
    const address = formatLinkAddress(this.address);
    const refusal = (): FairleadError | undefined => security?.refusal;
    const session = new AgentSession(stream, { host, instanceId }, { ...this.settings, address, refusal });
    const stop = (): void => session.finish('the agent is stopping');
    signal.addEventListener('abort', stop, { once: true });
    const timer = setTimeout(() => {
      if (security?.connected === false) session.finish(`no connection to ${address} came about in time`);
    }, connectLimitMs);
    try {
      const end = await session.ended;
      this.saidExpired = end.expired === true;
      return end;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      client.close();
    }
  }

  private security(): LinkCredentials | undefined {
    const { identity, now } = this.settings;
    if (this.address.kind === 'unix' || identity === undefined) return undefined;
    const own = identity();
    const clusterId = nameOf(certificateOf(own))?.clusterId;
    if (clusterId === undefined) throw new FairleadError('internal', 'our own certificate names no cluster');
    const address = formatLinkAddress(this.address);
    return new LinkCredentials({ role: 'controller', roots: own.roots, clusterId, own, address, now });
  }
}

const failedToStart = (reason: string, pause: Pause = 'soon'): SessionEnd => ({ reason, healthyMs: 0, pause });

const noIdentity = (address: string): FairleadError =>
  new FairleadError('invalid_argument', `Without an identity no controller is dialled over TCP (${address})`, {
    hint: 'Join the controller first, or use its Unix socket.',
  });
