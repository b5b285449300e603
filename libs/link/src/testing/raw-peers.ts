import type { ClientDuplexStream, ServerDuplexStream, ServiceError } from '@grpc/grpc-js';
import { Client, credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import type { AgentMessage } from '../generated/fairlead/link/v1/AgentMessage.js';
import type { ControllerMessage, ControllerMessage__Output } from '../generated/fairlead/link/v1/ControllerMessage.js';
import type { AgentMessage__Output } from '../generated/fairlead/link/v1/AgentMessage.js';
import { toHostMessage } from '../host-message.js';
import { agentLink, rawService } from '../protocol.js';
import { sessionCodec } from '../session-codec.js';
import type { Cleanup } from './fixtures.js';
import { hostFacts } from './samples.js';

/** What has come in, to be waited for message by message. */
class Inbox<T> {
  private readonly items: T[] = [];
  private readonly takers: ((item: T) => void)[] = [];

  put(item: T): void {
    const taker = this.takers.shift();
    if (taker === undefined) this.items.push(item);
    else taker(item);
  }

  next(): Promise<T> {
    const item = this.items.shift();
    return item === undefined ? new Promise((resolve) => this.takers.push(resolve)) : Promise.resolve(item);
  }
}

/** The agent's end of a stream, moved by hand: it can say anything, in any order. */
export class RawAgent {
  readonly inbox = new Inbox<ControllerMessage__Output>();
  readonly failure: Promise<ServiceError>;
  private readonly stream: ClientDuplexStream<Buffer, Buffer>;

  constructor(address: string, cleanup: Cleanup) {
    const { path, requestSerialize, responseDeserialize } = rawService(agentLink)['Attach'] as never as {
      path: string;
      requestSerialize: (bytes: Buffer) => Buffer;
      responseDeserialize: (bytes: Buffer) => Buffer;
    };
    const client = new Client(address, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
    this.stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    this.stream.on('data', (bytes: Buffer) => this.inbox.put(sessionCodec.decodeDown(bytes)));
    this.failure = new Promise((resolve) => this.stream.on('error', resolve));
    cleanup.add(() => (this.stream.cancel(), client.close()));
  }

  send(...messages: AgentMessage[]): void {
    for (const message of messages) this.stream.write(sessionCodec.encodeUp(message));
  }

  sendBytes(bytes: Buffer): void {
    this.stream.write(bytes);
  }

  /** Ends our half of the stream and waits for the other half to end, well or not. */
  async leave(): Promise<void> {
    const over = new Promise<void>((resolve) => this.stream.on('status', () => resolve()));
    this.stream.end();
    await over;
  }

  /** Says Hello and waits for Welcome. */
  async greet(): Promise<ControllerMessage__Output> {
    this.send({ hello: { host: toHostMessage(hostFacts()), instanceId: 'raw' } });
    return this.inbox.next();
  }
}

/** The controller's end, moved by hand: yields each stream that is opened, before its Welcome. */
export class RawController {
  readonly sessions = new Inbox<RawSession>();

  static async start(cleanup: Cleanup): Promise<{ controller: RawController; address: string }> {
    const controller = new RawController();
    const server = new Server();
    const attach = (call: ServerDuplexStream<Buffer, Buffer>): void => controller.sessions.put(new RawSession(call));
    server.addService(rawService(agentLink), { Attach: attach });
    const address = `unix:${cleanup.folder()}/raw.sock`;
    await new Promise<void>((resolve, reject) =>
      server.bindAsync(address, ServerCredentials.createInsecure(), (error) =>
        error === null ? resolve() : reject(error),
      ),
    );
    cleanup.add(() => server.forceShutdown());
    return { controller, address };
  }
}

export class RawSession {
  readonly inbox = new Inbox<AgentMessage__Output>();
  readonly over: Promise<void>;

  constructor(private readonly call: ServerDuplexStream<Buffer, Buffer>) {
    call.on('data', (bytes: Buffer) => this.inbox.put(sessionCodec.decodeUp(bytes)));
    this.over = new Promise((resolve) => call.on('cancelled', resolve));
  }

  send(...messages: ControllerMessage[]): void {
    for (const message of messages) this.call.write(sessionCodec.encodeDown(message));
  }

  sendBytes(bytes: Buffer): void {
    this.call.write(bytes);
  }

  fail(error: object): void {
    this.call.emit('error', error);
  }

  /** Takes Hello and says Welcome. */
  async welcome(limits: { silenceLimitMs?: number; maxMessageBytes?: number } = {}): Promise<AgentMessage__Output> {
    const hello = await this.inbox.next();
    this.send({ welcome: { sessionId: 's1', heartbeatMs: 0, silenceLimitMs: 10_000, capability: 2, ...limits } });
    return hello;
  }

  /** The next message that is not inventory. */
  async nextAnswer(): Promise<AgentMessage__Output> {
    for (;;) {
      const message = await this.inbox.next();
      if (!message.inventory) return message;
    }
  }
}

/** A generator of numbers from 0 to 1 that repeats itself for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Bytes that are nothing, or a message with some of its bytes changed. */
export function spoiled(random: () => number, message: Buffer): Buffer {
  const bytes = random() < 0.3 ? Buffer.alloc(Math.floor(random() * 60)) : Buffer.from(message);
  const changes = 1 + Math.floor(random() * 8);
  for (let n = 0; n < changes && bytes.length > 0; n++) {
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  }
  return random() < 0.3 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
}
