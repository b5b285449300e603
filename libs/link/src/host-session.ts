import { FairleadError } from '@fairlead/domain';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { BoundedQueue } from './bounded-queue.js';
import { LONGEST_WAIT_MS, type SteadyClock } from './call-scope.js';
import { codec } from './codec.js';
import type { ConnectionFacts } from './connection.js';
import { Connection, GRACE_MS, QUEUE_LIMIT } from './connection.js';
import type { InvokeOptions, Method } from './contract.js';
import { fromErrorMessage, toServiceError } from './error-message.js';
import type { InventoryUpdate__Output } from './generated/fairlead/agent/v1/InventoryUpdate.js';
import type { ControllerMessage } from './generated/fairlead/link/v1/ControllerMessage.js';
import type { InvocationResult__Output } from './generated/fairlead/link/v1/InvocationResult.js';
import type { LinkLimits } from './limits.js';
import type { LinkLog } from './log.js';
import { MessageMeter, weightOf } from './message-meter.js';
import { BOOKMARK_FIRST } from './protocol.js';
import { sessionCodec } from './session-codec.js';
import { SilenceTimer } from './silence-timer.js';

export type AttachCall = ServerDuplexStream<Buffer, Buffer>;

export interface SessionSettings {
  readonly capability: number;
  readonly silenceLimitMs: number;
  readonly log: LinkLog;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly clock: SteadyClock;
  readonly limits: Pick<LinkLimits, 'messages' | 'overloadMs'>;
}

/** Messages down that the agent has not taken yet; beyond it reads too slowly to be asked for more. */
const MAX_WAITING_DOWN = 1_000;
/** What the agent itself makes us say waits as well: an ack for each bookmark. Beyond this it does not read at all. */
const MOST_WAITING_DOWN = 2 * MAX_WAITING_DOWN;

interface OpenCall {
  readonly method: Method;
  readonly answers: BoundedQueue<Buffer>;
  /** Messages that we have asked for by this call, and that no limit counts. */
  awaited: number;
}

/**
 * The controller's end of one Attach stream.
 *
 * Invariants
 * - Welcome is the first message down: what is sent before `open` waits behind it.
 * - Updates and answers share one stream. When any of their queues is full the stream is not read until there is
 *   room; meanwhile the agent is told with acks that we live, and its silence is not counted.
 * - Messages that we have not asked for come no faster than the limits say: beyond, the stream is not read for a while.
 * - An id is in `calls` from before its Invocation is written until its last answer, its time or the session is over;
 *   an answer to any other id is dropped.
 */
export class HostSession extends Connection {
  private readonly calls = new Map<number, OpenCall>();
  private readonly silence: SilenceTimer;
  private readonly meter: MessageMeter;
  private readonly pulse: NodeJS.Timeout;
  private readonly queue: () => BoundedQueue<Buffer>;
  private waiting: Buffer[] | undefined = [];
  private lastId = 0;
  private fullQueues = 0;

  constructor(
    private readonly stream: AttachCall,
    facts: ConnectionFacts,
    private readonly settings: SessionSettings,
  ) {
    const onFull = (): void => this.countFull(+1);
    const onRoom = (): void => this.countFull(-1);
    super(facts, settings.now, new BoundedQueue<InventoryUpdate__Output>(QUEUE_LIMIT, onFull, onRoom));
    this.queue = () => new BoundedQueue<Buffer>(QUEUE_LIMIT, onFull, onRoom);
    this.silence = new SilenceTimer(settings.silenceLimitMs, () => this.fellSilent());
    this.meter = new MessageMeter(settings.limits, settings.clock, {
      stopReading: onFull,
      readOn: onRoom,
      giveUp: () => this.refuse(this.overloading()),
    });
    this.pulse = setInterval(() => this.ackWhileNotReading(), facts.heartbeatMs);
    stream.on('cancelled', () => this.finish('the agent left or the link was cut'));
    // A connection that breaks looks like an end first, and is `cancelled` in the same turn.
    stream.on('end', () => setImmediate(() => this.finish('the agent closed the link')));
  }

  /** Sends Welcome, and begins to read. */
  open(): void {
    if (this.endReason !== undefined || this.waiting === undefined) return;
    const { capability, silenceLimitMs } = this.settings;
    const { sessionId, heartbeatMs, maxMessageBytes, host } = this;
    const bookmarkFirst = Math.min(capability, host.capability) >= BOOKMARK_FIRST;
    const welcome = { sessionId, heartbeatMs, silenceLimitMs, maxMessageBytes, capability, bookmarkFirst };
    this.stream.write(sessionCodec.encodeDown({ welcome }));
    for (const bytes of this.waiting) this.stream.write(bytes);
    this.waiting = undefined;
    this.stream.on('data', (bytes: Buffer) => this.receive(bytes));
    if (this.fullQueues === 0) this.stream.resume();
  }

  /** Ends the session before or after its beginning; the agent is told why. */
  refuse(error: FairleadError): void {
    this.finish(error.message, error);
  }

  requestSnapshot(reason: string): void {
    this.send({ snapshotRequest: { reason } });
  }

  protected async *carry(method: Method, request: Buffer, options: InvokeOptions): AsyncGenerator<Buffer, void, void> {
    if (this.stream.writableLength > MAX_WAITING_DOWN) throw this.tooSlow();
    const id = ++this.lastId;
    const answers = this.queue();
    const cancel = (): void => this.send({ cancel: { id } });
    const deadlineMs = Math.min(Math.max(1, Math.round(options.deadlineMs)), LONGEST_WAIT_MS - GRACE_MS);
    const giveUp = (): void => {
      cancel();
      answers.end(this.outcomeUnknown(method, `no answer came within ${deadlineMs} ms`));
    };
    const timer = setTimeout(giveUp, deadlineMs + GRACE_MS);
    options.signal?.addEventListener('abort', cancel);
    this.calls.set(id, { method, answers, awaited: awaitedAnswers(method, request) });
    try {
      this.send({ invocation: { id, method, deadlineMs, request } });
      yield* answers;
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', cancel);
      if (this.calls.delete(id) && !answers.over) cancel();
    }
  }

  protected release(reason: string, fault: FairleadError | undefined): void {
    this.silence.stop();
    this.meter.stop();
    clearInterval(this.pulse);
    const begun = this.waiting === undefined;
    for (const { method, answers } of this.calls.values()) {
      answers.stop(begun ? this.outcomeUnknown(method, reason) : this.unavailable(reason));
    }
    if (this.stream.cancelled || this.stream.destroyed) return;
    this.stream.emit('error', toServiceError(fault ?? new FairleadError('controller_unavailable', reason)));
    this.stream.resume();
  }

  private receive(bytes: Buffer): void {
    if (this.endReason !== undefined) return;
    this.heard();
    this.silence.heard();
    try {
      const message = sessionCodec.decodeUp(bytes);
      if (!this.isAwaited(message.result)) this.meter.count(weightOf(sessionCodec.partsOfUp(bytes)));
      this.handle(message);
    } catch (error) {
      this.refuse(error instanceof FairleadError ? error : new FairleadError('internal', String(error)));
    }
  }

  private handle(message: ReturnType<typeof sessionCodec.decodeUp>): void {
    if (message.inventory) return this.takeUpdate(message.inventory);
    if (message.result) return this.takeResult(message.result);
    if (message.hello) throw new FairleadError('invalid_argument', 'The agent said Hello twice');
    if (message.unsupported) {
      this.settings.log.warn('The agent does not know a message of ours', { what: message.unsupported.what });
      return;
    }
    this.settings.log.warn('The agent sent a message that this version does not know', { host: this.host.name });
    this.send({ unsupported: { what: 'a message that this controller does not know' } });
  }

  private isAwaited(result: InvocationResult__Output | null | undefined): boolean {
    const call = result ? this.calls.get(result.id) : undefined;
    if (call === undefined || call.awaited === 0) return false;
    call.awaited -= 1;
    return true;
  }

  private takeUpdate(update: InventoryUpdate__Output): void {
    if (update.bookmark) this.send({ heartbeatAck: {} });
    this.take(update);
  }

  private takeResult({ id, response, end, error }: InvocationResult__Output): void {
    const call = this.calls.get(id);
    if (call === undefined) {
      this.settings.log.debug('An answer came too late, or to a call that never was', { host: this.host.name, id });
      return;
    }
    if (error !== null) return call.answers.end(fromErrorMessage(error));
    if (!end || !codec.isStream(call.method)) call.answers.push(response);
    if (end) call.answers.end();
  }

  private send(message: ControllerMessage): void {
    if (this.endReason !== undefined) return;
    const bytes = sessionCodec.encodeDown(message);
    if (this.waiting !== undefined) this.waiting.push(bytes);
    else if (this.stream.writableLength < MOST_WAITING_DOWN) this.stream.write(bytes);
    else this.refuse(this.tooSlow());
  }

  private countFull(change: 1 | -1): void {
    const before = this.fullQueues;
    this.fullQueues += change;
    if (before === 0) {
      this.silence.hold();
      this.stream.pause();
    } else if (this.fullQueues === 0) {
      this.silence.release();
      this.stream.resume();
    }
  }

  private ackWhileNotReading(): void {
    if (this.fullQueues > 0) this.send({ heartbeatAck: {} });
  }

  private fellSilent(): void {
    const reason = `the agent was silent for ${this.settings.silenceLimitMs} ms`;
    this.refuse(new FairleadError('controller_unavailable', reason));
  }

  private overloading(): FairleadError {
    const { burst, perSecond } = this.settings.limits.messages;
    const share = `${burst} messages at once and ${perSecond} a second`;
    return new FairleadError('overloaded', `'${this.host.name}' sends more than ${share}, for too long`, {
      hint: 'The agent stays away for a minute, and then begins anew with a snapshot.',
    });
  }

  private tooSlow(): FairleadError {
    return new FairleadError('overloaded', `'${this.host.name}' does not take what it is sent; nothing more was sent`, {
      hint: 'Wait until its running operations are done.',
    });
  }
}

/** A prune answers item by item and then ends; any other call answers once. */
const awaitedAnswers = (method: Method, request: Buffer): number =>
  method === 'PruneNetworks' ? codec.decodeRequest(method, request).items.length + 1 : 1;
