import { FairleadError } from '@fairlead/domain';
import type { BoundedQueue } from './bounded-queue.js';
import { codec } from './codec.js';
import type {
  HostConnection,
  InvokeOptions,
  Method,
  StreamMethod,
  StreamMethods,
  UnaryMethod,
  UnaryMethods,
} from './contract.js';
import type { HostMessage__Output } from './generated/fairlead/agent/v1/HostMessage.js';
import type { InventoryUpdate__Output } from './generated/fairlead/agent/v1/InventoryUpdate.js';
import type { Peer } from './peer.js';

export interface ConnectionFacts {
  readonly host: HostMessage__Output;
  readonly instanceId: string;
  readonly sessionId: string;
  readonly peer: string;
  readonly identity: Peer;
  readonly maxMessageBytes: number;
  readonly heartbeatMs: number;
}

/** Unread updates, or unread answers of one call, at which the stream is no longer read. */
export const QUEUE_LIMIT = 64;

/** Time after the deadline for the agent's answer to arrive. */
export const GRACE_MS = 2_000;

/**
 * What all carriers of a HostConnection have in common: types to bytes and back, the checks before anything is sent,
 * and the one end.
 *
 * Invariants: those of HostConnection. `finish` acts once; `release` runs before `closed` resolves.
 */
export abstract class Connection implements HostConnection {
  readonly host: HostMessage__Output;
  readonly instanceId: string;
  readonly sessionId: string;
  readonly peer: string;
  readonly identity: Peer;
  readonly heartbeatMs: number;
  readonly closed: Promise<string>;
  protected readonly maxMessageBytes: number;
  protected endReason: string | undefined;
  private resolveClosed!: (reason: string) => void;
  private heardAt: number;
  private readonly arrivals = new WeakMap<InventoryUpdate__Output, number>();
  private received = 0;
  private consumed = false;

  /** @param inventory holds the updates until they are read; `take` fills it, the end of the connection ends it */
  constructor(
    facts: ConnectionFacts,
    private readonly now: () => number,
    private readonly inventory: BoundedQueue<InventoryUpdate__Output>,
  ) {
    this.heardAt = now();
    this.host = facts.host;
    this.instanceId = facts.instanceId;
    this.sessionId = facts.sessionId;
    this.peer = facts.peer;
    this.identity = facts.identity;
    this.heartbeatMs = facts.heartbeatMs;
    this.maxMessageBytes = facts.maxMessageBytes;
    this.closed = new Promise((resolve) => (this.resolveClosed = resolve));
  }

  get lastHeardAt(): number {
    return this.heardAt;
  }

  get updatesReceived(): number {
    return this.received;
  }

  async invoke<M extends UnaryMethod>(
    method: M,
    request: UnaryMethods[M]['requestIn'],
    options: InvokeOptions,
  ): Promise<UnaryMethods[M]['responseOut']> {
    let answer: Buffer | undefined;
    // Read to its end: leaving early resets the stream below, and Node 20's HTTP/2 ends a connection after a thousand
    // resets in quick succession (its guard against CVE-2023-44487).
    for await (const bytes of this.start(method, codec.encodeRequest(method, request), options)) answer ??= bytes;
    if (answer !== undefined) return this.read(method, answer);
    throw this.outcomeUnknown(method, 'the agent ended the call without an answer');
  }

  async *invokeStream<M extends StreamMethod>(
    method: M,
    request: StreamMethods[M]['requestIn'],
    options: InvokeOptions,
  ): AsyncGenerator<StreamMethods[M]['responseOut'], void, void> {
    for await (const bytes of this.start(method, codec.encodeRequest(method, request), options)) {
      yield this.read(method, bytes);
    }
  }

  close(reason: string): void {
    this.finish(reason);
  }

  updates(): AsyncIterable<InventoryUpdate__Output> {
    if (this.consumed) throw new FairleadError('internal', `The updates of '${this.host.name}' have a reader already`);
    this.consumed = true;
    return this.inventory;
  }

  arrivedAt(update: InventoryUpdate__Output): number {
    return this.arrivals.get(update) ?? this.heardAt;
  }

  abstract requestSnapshot(reason: string): void;

  /** Sends the request and yields the answers; throws FairleadError only. Called on an open connection. */
  protected abstract carry(method: Method, request: Buffer, options: InvokeOptions): AsyncIterable<Buffer>;
  /** Ends the calls, and whatever carries them. */
  protected abstract release(reason: string, fault: FairleadError | undefined): void;

  protected heard(): void {
    this.heardAt = this.now();
  }

  protected take(update: InventoryUpdate__Output): void {
    this.heard();
    this.arrivals.set(update, this.heardAt);
    this.received += 1;
    this.inventory.push(update);
  }

  /** @param fault what the other side is told, where it broke the protocol or is refused */
  protected finish(reason: string, fault?: FairleadError): void {
    if (this.endReason !== undefined) return;
    this.endReason = reason;
    this.release(reason, fault);
    this.inventory.stop();
    this.resolveClosed(reason);
  }

  protected unavailable(reason: string): FairleadError {
    return new FairleadError('host_unavailable', `'${this.host.name}' has no session (${reason}); nothing was sent`, {
      hint: 'Look at the host: its agent dials again by itself once it runs and the controller can be reached.',
    });
  }

  protected outcomeUnknown(method: Method, why: string, cause?: unknown): FairleadError {
    const message = `The outcome of ${method} on '${this.host.name}' is not known: ${why}`;
    return new FairleadError('outcome_unknown', message, {
      hint: 'It may or may not have been carried out. It is settled by looking; do not send it again.',
      cause,
    });
  }

  private start(method: Method, request: Buffer, options: InvokeOptions): AsyncIterable<Buffer> {
    if (this.endReason !== undefined) throw this.unavailable(this.endReason);
    if (!(options.deadlineMs > 0) || options.signal?.aborted === true) {
      throw new FairleadError('deadline_exceeded', `${method} was given up before it was sent; nothing was done`);
    }
    if (request.length > this.maxMessageBytes) {
      throw new FairleadError(
        'too_large',
        `The request has ${request.length} bytes; the link carries ${this.maxMessageBytes}. Nothing was sent`,
      );
    }
    return this.carry(method, request, options);
  }

  private read<M extends Method>(method: M, bytes: Buffer) {
    try {
      return codec.decodeResponse(method, bytes);
    } catch (error) {
      throw this.outcomeUnknown(method, 'the answer cannot be read', error);
    }
  }
}
