import { toFairleadError } from '@fairlead/domain';
import { setTimeout as delay } from 'node:timers/promises';
import type { LinkAddress } from './address.js';
import { formatLinkAddress, parseLinkAddress } from './address.js';
import { AgentSession } from './agent-session.js';
import type { SessionEnd } from './backoff.js';
import { Backoff } from './backoff.js';
import type { SteadyClock } from './call-scope.js';
import { CallScope, steadyClock } from './call-scope.js';
import type { NetworkServiceHandlers } from './contract.js';
import type { HostMessage } from './generated/fairlead/agent/v1/HostMessage.js';
import { DEFAULT_MAX_MESSAGE_BYTES, openClient } from './grpc-options.js';
import type { LinkLog } from './log.js';
import { agentLink, CAPABILITY, rawService } from './protocol.js';

export interface LinkClientOptions {
  /** `unix:/path`, `127.0.0.1:7801`, `localhost:7801` or `[::1]:7801`. */
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
  /** Time for Welcome to come. Default 10 s. */
  readonly welcomeLimitMs?: number;
}

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
  private readonly settings: Required<LinkClientOptions>;
  private readonly address: LinkAddress;

  /** @throws FairleadError `invalid_argument` for an address beyond this machine */
  constructor(options: LinkClientOptions) {
    this.address = parseLinkAddress(options.address);
    this.settings = {
      capability: CAPABILITY,
      random: Math.random,
      clock: steadyClock,
      sleep: sleepUnlessAborted,
      welcomeLimitMs: 10_000,
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
      const host = await this.describeHost();
      return signal.aborted ? failedToStart('the agent is stopping') : await this.dial(host, signal);
    } catch (error) {
      return failedToStart(toFairleadError(error).message);
    }
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
    const client = openClient(this.address, DEFAULT_MAX_MESSAGE_BYTES);
    const stream = client.makeBidiStreamRequest(attach.path, attach.requestSerialize, attach.responseDeserialize);
    const { instanceId } = this.settings;
    const address = formatLinkAddress(this.address);
    const session = new AgentSession(stream, { host, instanceId }, { ...this.settings, address });
    const stop = (): void => session.finish('the agent is stopping');
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await session.ended;
    } finally {
      signal.removeEventListener('abort', stop);
      client.close();
    }
  }
}

const failedToStart = (reason: string): SessionEnd => ({ reason, healthyMs: 0, exhausted: false });
