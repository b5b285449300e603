import { FairleadError } from '@fairlead/domain';
import type { Client, ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { Metadata } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { formatLinkAddress, parseLinkAddress } from './address.js';
import { BoundedQueue } from './bounded-queue.js';
import { LONGEST_WAIT_MS, steadyClock } from './call-scope.js';
import { certificateOf, nameOf, notAfterOf, serialOf } from './certificate.js';
import { codec } from './codec.js';
import type { ConnectionFacts } from './connection.js';
import { Connection, GRACE_MS, QUEUE_LIMIT } from './connection.js';
import type { HostConnection, InvokeOptions, Method } from './contract.js';
import { fromServiceError } from './error-message.js';
import type { HostMessage__Output } from './generated/fairlead/agent/v1/HostMessage.js';
import type { InventoryUpdate__Output } from './generated/fairlead/agent/v1/InventoryUpdate.js';
import { DEFAULT_MAX_MESSAGE_BYTES, openClient } from './grpc-options.js';
import { plainAddress } from './ip.js';
import { DEFAULT_LIMITS, type LinkLimits } from './limits.js';
import { explainLinkFailure } from './link-failure.js';
import { MessageMeter, weightOf } from './message-meter.js';
import { LOCAL, type Peer, type TlsIdentity } from './peer.js';
import type { RawMethod } from './protocol.js';
import { agentMethods, BOOKMARK_FIRST, DEADLINE_HEADER, INSTANCE_HEADER, rawService } from './protocol.js';
import { SilenceTimer } from './silence-timer.js';
import { LinkCredentials } from './tls-client.js';

export interface DialOptions {
  /** Time between the agent's bookmarks. Default 5 s. */
  readonly heartbeatMs?: number;
  /** Silence of the agent after which the connection ends. Default: three times the heartbeat. */
  readonly silenceLimitMs?: number;
  /** Default 4 MiB. */
  readonly maxMessageBytes?: number;
  /** Time for the agent to describe its host. Default 10 s. */
  readonly dialLimitMs?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Makes the id of the session. */
  readonly createId?: () => string;
  /** What we take of an agent's updates before we stop it. */
  readonly limits?: Pick<LinkLimits, 'messages' | 'overloadMs'>;
  /** What we show and trust. Needed for TCP. */
  readonly identity?: TlsIdentity;
  /** Whom we expect. Needed for TCP. */
  readonly agentId?: string;
}

type Settings = Required<Omit<DialOptions, 'identity' | 'agentId'>>;

/** Bookmarks that an agent may owe before its connection ends. */
const BEATS_MISSED = 3;

const DEFAULTS = {
  heartbeatMs: 5_000,
  maxMessageBytes: DEFAULT_MAX_MESSAGE_BYTES,
  dialLimitMs: 10_000,
  now: Date.now,
  createId: randomUUID,
  limits: DEFAULT_LIMITS,
} satisfies Omit<Settings, 'silenceLimitMs'>;

const methods = rawService(agentMethods);
const asIs = (bytes: Buffer): Buffer => bytes;

type Watch = ClientReadableStream<Buffer>;

/**
 * Calls an agent that listens: the same HostConnection as a session's, over NetworkService and IdentityService
 * themselves. Over TCP nothing is sent before the agent has proven to be the one that is expected.
 * @throws FairleadError `invalid_argument` for what is no address, and for TCP without `identity` and `agentId`;
 * `host_unavailable` when no agent answers, or another one
 */
export async function dialAgent(address: string, options: DialOptions = {}): Promise<HostConnection> {
  const { heartbeatMs = DEFAULTS.heartbeatMs } = options;
  const settings = { ...DEFAULTS, silenceLimitMs: BEATS_MISSED * heartbeatMs, ...options };
  const parsed = parseLinkAddress(address);
  const where = formatLinkAddress(parsed);
  const security = parsed.kind === 'unix' ? undefined : securityFor(where, options, settings.now);
  const client = openClient(parsed, settings.maxMessageBytes, true, security);
  try {
    const { host, instanceId } = await describe(client, where, settings.dialLimitMs, security);
    const { maxMessageBytes, createId } = settings;
    const peer = parsed.kind === 'unix' ? 'unix' : where;
    const identity = identityOf(security);
    const facts = { host, instanceId, sessionId: createId(), peer, identity, heartbeatMs, maxMessageBytes };
    return new DialledConnection(client, facts, settings);
  } catch (error) {
    client.close();
    throw error;
  }
}

function securityFor(address: string, { identity, agentId }: DialOptions, now: () => number): LinkCredentials {
  const clusterId = identity && nameOf(certificateOf(identity))?.clusterId;
  if (identity !== undefined && agentId !== undefined && clusterId !== undefined) {
    return new LinkCredentials({
      role: 'agent',
      roots: identity.roots,
      clusterId,
      agentId,
      own: identity,
      address,
      now,
    });
  }
  throw new FairleadError('invalid_argument', `No agent is dialled over TCP without knowing who it is (${address})`, {
    hint: 'Give our own identity, and the id of the agent that is expected.',
  });
}

function identityOf(security: LinkCredentials | undefined): Peer {
  if (security === undefined) return LOCAL;
  const { verified } = security;
  if (verified === undefined) throw new FairleadError('internal', 'An agent answered that was not verified');
  const { certificate, name, socket } = verified;
  return {
    kind: name.role,
    address: plainAddress(socket.remoteAddress ?? 'unknown'),
    clusterId: name.clusterId,
    id: name.id,
    serial: serialOf(certificate),
    notAfter: notAfterOf(certificate),
  };
}

function describe(client: Client, address: string, limitMs: number, security: LinkCredentials | undefined) {
  return new Promise<{ host: HostMessage__Output; instanceId: string }>((resolve, reject) => {
    let instanceId = '';
    const request = codec.encodeRequest('DescribeHost', {});
    const done = (error: ServiceError | null, bytes?: Buffer): void => {
      if (error === null) {
        resolve({ host: codec.decodeResponse('DescribeHost', bytes ?? Buffer.alloc(0)), instanceId });
        return;
      }
      const { reason } = explainLinkFailure(error, address, 'agent', security?.refusal);
      reject(new FairleadError('host_unavailable', reason, { cause: error }));
    };
    const deadline = Date.now() + limitMs;
    client
      .makeUnaryRequest(pathOf('DescribeHost'), asIs, asIs, request, new Metadata(), { deadline }, done)
      .on('metadata', (metadata) => (instanceId = metadata.get(INSTANCE_HEADER)[0]?.toString() ?? ''));
  });
}

const pathOf = (method: Method): string => (methods[method] as RawMethod).path;

/**
 * A HostConnection to an agent that listens.
 *
 * Invariants: the watch lives as long as the connection, and when it breaks the connection is over: gRPC's own
 * reconnecting is never used, because what was missed meanwhile could not be told. Updates of a watch that was
 * replaced are dropped. Updates come no faster than the limits say: beyond, the watch is not read for a while.
 */
class DialledConnection extends Connection {
  private readonly silence: SilenceTimer;
  private readonly meter: MessageMeter;
  private readonly running = new Set<{ cancel(): void }>();
  private watch: Watch;
  /** Why the watch is not read: the queue is full, the meter wants a pause. */
  private holds = 0;

  constructor(
    private readonly client: Client,
    facts: ConnectionFacts,
    private readonly settings: Settings,
  ) {
    const stopReading = (): void => this.hold(+1);
    const readOn = (): void => this.hold(-1);
    super(facts, settings.now, new BoundedQueue<InventoryUpdate__Output>(QUEUE_LIMIT, stopReading, readOn));
    const { silenceLimitMs } = settings;
    this.silence = new SilenceTimer(silenceLimitMs, () => this.finish(`the agent was silent for ${silenceLimitMs} ms`));
    this.meter = new MessageMeter(settings.limits, steadyClock, {
      ...{ stopReading, readOn },
      giveUp: () => this.finish('the agent sends more than its share of updates, for too long'),
    });
    this.watch = this.openWatch(this.adoptsBookmarks);
  }

  private get adoptsBookmarks(): boolean {
    return this.host.capability >= BOOKMARK_FIRST;
  }

  /** A new watch, which begins with a snapshot. */
  requestSnapshot(): void {
    if (this.endReason !== undefined) return;
    const old = this.watch;
    this.watch = this.openWatch(false);
    old.cancel();
  }

  protected async *carry(method: Method, request: Buffer, options: InvokeOptions): AsyncGenerator<Buffer, void, void> {
    const deadlineMs = Math.min(Math.max(1, Math.round(options.deadlineMs)), LONGEST_WAIT_MS - GRACE_MS);
    const metadata = new Metadata();
    metadata.set(DEADLINE_HEADER, String(deadlineMs));
    const deadline = Date.now() + deadlineMs + GRACE_MS;
    const call = this.client.makeServerStreamRequest(pathOf(method), asIs, asIs, request, metadata, { deadline });
    const cancel = (): void => call.cancel();
    options.signal?.addEventListener('abort', cancel);
    this.running.add(call);
    try {
      for await (const bytes of call as AsyncIterable<Buffer>) {
        this.heard();
        yield bytes;
      }
    } catch (error) {
      throw this.explain(method, error as ServiceError);
    } finally {
      options.signal?.removeEventListener('abort', cancel);
      this.running.delete(call);
      call.cancel();
    }
  }

  protected release(): void {
    this.silence.stop();
    this.meter.stop();
    this.watch.cancel();
    for (const call of this.running) call.cancel();
    this.client.close();
  }

  private explain(method: Method, error: ServiceError): FairleadError {
    if (this.endReason !== undefined) return this.outcomeUnknown(method, this.endReason, error);
    const known = fromServiceError(error);
    return known.code === 'outcome_unknown' && error.metadata.get('fairlead-code').length === 0
      ? this.outcomeUnknown(method, error.details, error)
      : known;
  }

  private openWatch(bookmarkFirst: boolean): Watch {
    const { heartbeatMs, adoptsBookmarks } = this;
    const request = codec.encodeRequest('WatchInventory', { heartbeatMs, bookmarkFirst, adoptsBookmarks });
    const watch = this.client.makeServerStreamRequest(pathOf('WatchInventory'), asIs, asIs, request, new Metadata());
    const over = (reason: string): void => {
      if (this.watch === watch) this.finish(reason);
    };
    watch.on('data', (bytes: Buffer) => {
      if (this.watch === watch) this.receive(bytes);
    });
    watch.on('error', (error: ServiceError) => over(explainLinkFailure(error, this.peer, 'agent').reason));
    watch.on('end', () => over('the agent ended the inventory watch'));
    if (this.holds > 0) watch.pause();
    return watch;
  }

  private receive(bytes: Buffer): void {
    this.silence.heard();
    try {
      this.meter.count(weightOf(codec.partsOfInventory(bytes)));
      this.take(codec.decodeInventory(bytes));
    } catch (error) {
      this.finish(error instanceof Error ? error.message : String(error));
    }
  }

  private hold(change: 1 | -1): void {
    const before = this.holds;
    this.holds += change;
    if (before === 0) {
      this.silence.hold();
      this.watch.pause();
    } else if (this.holds === 0) {
      this.silence.release();
      this.watch.resume();
    }
  }
}
