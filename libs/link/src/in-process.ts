import { type FairleadError, toFairleadError } from '@fairlead/domain';
import { BoundedQueue } from './bounded-queue.js';
import { CallScope, steadyClock } from './call-scope.js';
import { codec } from './codec.js';
import { Connection, type ConnectionFacts } from './connection.js';
import type { HostConnection, InvokeOptions, Method, NetworkServiceHandlers } from './contract.js';
import { dispatch } from './dispatch.js';
import type { InventoryUpdate__Output } from './generated/fairlead/agent/v1/InventoryUpdate.js';
import { InventoryPump } from './inventory-pump.js';
import { LOCAL, type Peer } from './peer.js';
import { BOOKMARK_FIRST } from './protocol.js';

const nothing = (): void => {};

export interface InProcessOptions {
  readonly instanceId?: string;
  readonly sessionId?: string;
  readonly now?: () => number;
  /** As whom the agent counts, and where it seems to be; by default a local agent. */
  readonly identity?: Peer;
  readonly peer?: string;
  /** Time between the agent's bookmarks; 0: as the agent likes. */
  readonly heartbeatMs?: number;
}

/** A connection to handlers of this process: dispatch and codec as over a session, without sockets. For tests. */
export async function connectInProcess(
  handlers: NetworkServiceHandlers,
  options: InProcessOptions = {},
): Promise<HostConnection> {
  const { instanceId = 'in-process', sessionId = 'in-process', peer = 'in-process', now = Date.now } = options;
  const description = await handlers.DescribeHost({}, new CallScope(Infinity).context);
  const host = codec.decodeResponse('DescribeHost', codec.encodeResponse('DescribeHost', description));
  const { identity = LOCAL, heartbeatMs = 0 } = options;
  const facts = { host, instanceId, sessionId, peer, identity, heartbeatMs, maxMessageBytes: Infinity };
  return new InProcessConnection(handlers, facts, now);
}

/** Invariants: those of HostConnection; when it ends every handler's signal is aborted. */
class InProcessConnection extends Connection {
  private readonly calls = new Map<CallScope, { method: Method; answers: BoundedQueue<Buffer> }>();
  private readonly pump: InventoryPump;

  constructor(
    private readonly handlers: NetworkServiceHandlers,
    facts: ConnectionFacts,
    now: () => number,
  ) {
    super(facts, now, new BoundedQueue<InventoryUpdate__Output>(Infinity, nothing, nothing));
    this.pump = new InventoryPump(handlers, steadyClock, (update) =>
      this.take(codec.decodeInventory(codec.encodeInventory(update))),
    );
    this.pump
      .run(facts.heartbeatMs, facts.host.capability >= BOOKMARK_FIRST)
      .catch((error: unknown) => this.finish(toFairleadError(error).message));
  }

  requestSnapshot(): void {
    this.pump.restart();
  }

  protected async *carry(method: Method, request: Buffer, options: InvokeOptions): AsyncGenerator<Buffer, void, void> {
    const scope = new CallScope(options.deadlineMs);
    const answers = new BoundedQueue<Buffer>(Infinity, nothing, nothing);
    const cancel = (): void => scope.abort('the caller gave up');
    options.signal?.addEventListener('abort', cancel);
    this.calls.set(scope, { method, answers });
    this.run(method, request, scope, answers).catch((error: unknown) => answers.end(toFairleadError(error)));
    try {
      yield* answers;
    } finally {
      options.signal?.removeEventListener('abort', cancel);
      this.calls.delete(scope);
      if (!answers.over) cancel();
      scope.close();
    }
  }

  protected release(reason: string, _fault: FairleadError | undefined): void {
    this.pump.stop();
    for (const [scope, { method, answers }] of this.calls) {
      scope.abort('the session ended');
      answers.stop(this.outcomeUnknown(method, reason));
    }
  }

  private async run(method: Method, request: Buffer, scope: CallScope, answers: BoundedQueue<Buffer>): Promise<void> {
    for await (const bytes of dispatch(this.handlers, method, request, scope.context)) {
      this.heard();
      answers.push(bytes);
    }
    answers.end();
  }
}
