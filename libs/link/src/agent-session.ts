import { FairleadError, toFairleadError } from '@fairlead/domain';
import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import type { Pause, SessionEnd } from './backoff.js';
import type { SteadyClock } from './call-scope.js';
import { CallScope } from './call-scope.js';
import { codec } from './codec.js';
import type { NetworkServiceHandlers } from './contract.js';
import { dispatch } from './dispatch.js';
import { toErrorMessage } from './error-message.js';
import type { AgentMessage } from './generated/fairlead/link/v1/AgentMessage.js';
import type { ControllerMessage__Output } from './generated/fairlead/link/v1/ControllerMessage.js';
import type { Hello } from './generated/fairlead/link/v1/Hello.js';
import type { Invocation__Output } from './generated/fairlead/link/v1/Invocation.js';
import type { Welcome__Output } from './generated/fairlead/link/v1/Welcome.js';
import { DEFAULT_MAX_MESSAGE_BYTES } from './grpc-options.js';
import { explainLinkFailure, pauseAfter } from './link-failure.js';
import { InventoryPump } from './inventory-pump.js';
import type { LinkLog } from './log.js';
import { sessionCodec } from './session-codec.js';
import { SilenceTimer } from './silence-timer.js';

export type AttachStream = ClientDuplexStream<Buffer, Buffer>;

export interface AgentSessionSettings {
  readonly address: string;
  /** Why we did not trust the other side, where we did not. */
  readonly refusal?: () => FairleadError | undefined;
  readonly handlers: NetworkServiceHandlers;
  readonly log: LinkLog;
  readonly clock: SteadyClock;
  /** Time for Welcome to come. */
  readonly welcomeLimitMs: number;
}

/** Calls that run at once; what they may do at once to the engine is the handlers' affair. */
const MAX_CALLS = 256;
/** What an answer's envelope adds to it at most. */
const ENVELOPE_BYTES = 64;
const DEFAULT_SILENCE_LIMIT_MS = 15_000;

/**
 * The agent's end of one Attach stream.
 *
 * Invariants
 * - Any fault ends the session, once; from then on nothing is written, and every handler's signal is aborted.
 * - Ids of invocations only grow: one that was seen is never begun again.
 * - The inventory is pulled: the next update is asked for when the stream has taken the last one.
 */
export class AgentSession {
  readonly ended: Promise<SessionEnd>;
  private resolveEnded!: (end: SessionEnd) => void;
  private over = false;
  private readonly calls = new Map<number, CallScope>();
  private lastId = 0;
  private readonly pump: InventoryPump;
  private silence: SilenceTimer;
  private openedAt: number | undefined;
  private maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES;
  private room: Promise<void> | undefined;
  private makeRoom: () => void = () => {};

  constructor(
    private readonly stream: AttachStream,
    hello: Hello,
    private readonly settings: AgentSessionSettings,
  ) {
    this.ended = new Promise((resolve) => (this.resolveEnded = resolve));
    const { address, welcomeLimitMs, handlers, clock } = settings;
    this.pump = new InventoryPump(handlers, clock, (update) => this.send({ inventory: update }));
    this.silence = new SilenceTimer(welcomeLimitMs, () => this.finish(`no Welcome came from ${address} in time`));
    stream.on('data', (bytes: Buffer) => this.receive(bytes));
    stream.on('drain', () => this.makeRoom());
    stream.on('end', () => setImmediate(() => this.finish(`the controller at ${address} closed the link`)));
    stream.on('error', (error: ServiceError) => this.failed(error));
    void this.send({ hello });
  }

  /**
   * @param pause how soon to dial again
   * @param expired whether the controller says that our certificate has expired
   */
  finish(reason: string, pause: Pause = 'soon', expired = false): void {
    if (this.over) return;
    this.over = true;
    this.silence.stop();
    this.makeRoom();
    for (const scope of this.calls.values()) scope.abort('the session ended');
    this.pump.stop();
    this.stream.cancel();
    const healthyMs = this.openedAt === undefined ? 0 : this.settings.clock() - this.openedAt;
    this.resolveEnded({ reason, healthyMs, pause, expired });
  }

  private failed(error: ServiceError): void {
    const { address, refusal } = this.settings;
    const { reason, pause, expired } = explainLinkFailure(error, address, 'controller', refusal?.());
    this.finish(reason, pause, expired);
  }

  /** For faults of our own: what cannot be sent, a watch that broke. */
  private broke(thrown: unknown): void {
    const error = toFairleadError(thrown);
    this.finish(error.message, pauseAfter(error));
  }

  private receive(bytes: Buffer): void {
    if (this.over) return;
    this.silence.heard();
    try {
      const message = sessionCodec.decodeDown(bytes);
      if (this.openedAt === undefined) this.open(message.welcome);
      else this.handle(message);
    } catch (error) {
      this.broke(error);
    }
  }

  private open(welcome: Welcome__Output | null | undefined): void {
    if (!welcome) throw new FairleadError('invalid_argument', "the controller's first message was not its Welcome");
    const { address, clock, log } = this.settings;
    this.openedAt = clock();
    this.maxMessageBytes = welcome.maxMessageBytes || DEFAULT_MAX_MESSAGE_BYTES;
    const limitMs = welcome.silenceLimitMs || DEFAULT_SILENCE_LIMIT_MS;
    this.silence.stop();
    this.silence = new SilenceTimer(limitMs, () =>
      this.finish(`the controller at ${address} was silent for ${limitMs} ms`),
    );
    log.info('The link is up', { controller: address, session: welcome.sessionId, capability: welcome.capability });
    this.pump.run(welcome.heartbeatMs, welcome.bookmarkFirst).catch((error: unknown) => this.broke(error));
  }

  private handle(message: ControllerMessage__Output): void {
    if (message.heartbeatAck) return;
    if (message.invocation) return this.begin(message.invocation);
    if (message.cancel) return this.calls.get(message.cancel.id)?.abort('the controller gave up');
    if (message.snapshotRequest) return this.restartWatch(message.snapshotRequest.reason);
    if (message.welcome) throw new FairleadError('invalid_argument', 'the controller said Welcome twice');
    if (message.unsupported) {
      this.settings.log.warn('The controller does not know a message of ours', { what: message.unsupported.what });
      return;
    }
    this.settings.log.warn('The controller sent a message that this version does not know');
    void this.send({ unsupported: { what: 'a message that this agent does not know' } });
  }

  private restartWatch(reason: string): void {
    this.settings.log.info('The controller asks for a snapshot', { reason });
    this.pump.restart();
  }

  private begin(invocation: Invocation__Output): void {
    const { id } = invocation;
    if (id <= this.lastId) {
      this.settings.log.warn('The controller sent an invocation twice; it is not begun again', { id });
      return;
    }
    this.lastId = id;
    const scope = new CallScope(invocation.deadlineMs, this.settings.clock);
    this.calls.set(id, scope);
    this.answer(invocation, scope)
      .catch((error: unknown) => this.send({ result: { id, end: true, error: toErrorMessage(error) } }))
      .catch((error: unknown) => this.broke(error))
      .finally(() => {
        scope.close();
        this.calls.delete(id);
      });
  }

  private async answer({ id, method, request }: Invocation__Output, { context }: CallScope): Promise<void> {
    if (this.calls.size > MAX_CALLS) throw overloaded();
    const limit = this.maxMessageBytes - ENVELOPE_BYTES;
    const stream = codec.isMethod(method) && codec.isStream(method);
    for await (const response of dispatch(this.settings.handlers, method, request, context, limit)) {
      await this.send({ result: { id, response, end: !stream } });
    }
    if (stream) await this.send({ result: { id, end: true } });
  }

  /** Resolves when the stream has room for more, or is over. */
  private async send(message: AgentMessage): Promise<void> {
    const bytes = sessionCodec.encodeUp(message);
    if (bytes.length > this.maxMessageBytes) throw tooLarge(bytes.length, this.maxMessageBytes);
    if (this.over || this.stream.write(bytes)) return;
    this.room ??= new Promise((resolve) => {
      this.makeRoom = () => {
        this.room = undefined;
        this.makeRoom = () => {};
        resolve();
      };
    });
    await this.room;
  }
}

const overloaded = (): FairleadError =>
  new FairleadError('overloaded', `The agent runs ${MAX_CALLS} calls already; nothing was done`, {
    hint: 'Wait until some of them are done.',
  });

const tooLarge = (size: number, limit: number): FairleadError =>
  new FairleadError('too_large', `a message of ${size} bytes is too large for the link, which carries ${limit}`);
