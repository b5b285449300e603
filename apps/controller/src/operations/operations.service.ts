import { FairleadError, toFairleadError } from '@fairlead/domain';
import { v7 as uuidv7 } from 'uuid';
import { type Clock } from '../clock.js';
import { type Fleet } from '../fleet/fleet.js';
import { type HostSession } from '../fleet/host-session.js';
import { type HostsService } from '../hosts/hosts.service.js';
import { type Command, type Sending } from './commands.js';
import { type Actor, type Ending, type Operation } from './operation.js';
import { type NewOperation, type OperationsStore } from './operations.store.js';
import { failedEnding, pruneEnding, succeededEnding, toPruneItem, toResult } from './results.js';
import { type Settler } from './settler.js';

/** What a caller gave to have its command done once. */
export interface Idempotency {
  readonly key: string;
  /** Digest of the whole request: the same key with another one is refused. */
  readonly requestHash: string;
}

/** An operation that is accepted; `finished` resolves with its end and never rejects for what happened on the host. */
export interface Accepted {
  readonly operation: Operation;
  readonly finished: Promise<Operation>;
}

/** How long an answer waits for the inventory to show what the command did, in milliseconds. */
const SHOW_WITHIN_MS = 1000;

/**
 * Carries commands out: one operation each, written before anything is sent.
 *
 * Invariants: an idempotency key leads to one operation at most; a command is sent at most once, whatever becomes of
 * its answer; `running` holds exactly the operations that this process has begun and not finished.
 */
export class OperationsService {
  private readonly running = new Map<string, Promise<Operation>>();

  constructor(
    private readonly store: OperationsStore,
    private readonly hosts: HostsService,
    private readonly fleet: Fleet,
    private readonly settler: Settler,
    private readonly now: Clock,
    private readonly changed: (operation: Operation) => void,
  ) {}

  /**
   * @param prepare makes the command; not called where the key has led to an operation before
   * @throws FairleadError what `prepare` throws, `host_not_found`, `idempotency_mismatch`, `storage_failed`
   */
  async submit(prepare: () => Promise<Command>, actor: Actor, idempotency?: Idempotency): Promise<Accepted> {
    const earlier = idempotency && (await this.replay(actor, idempotency));
    if (earlier) return earlier;
    const command = await prepare();
    const attempt = this.begin(command, actor, idempotency);
    if (await this.store.add(attempt.operation)) return this.start(attempt);
    const winner = idempotency && (await this.replay(actor, idempotency));
    if (winner) return winner;
    throw new FairleadError('internal', 'An operation with this key is there and is not');
  }

  /** Resolves when all operations of this process have ended. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.running.values());
  }

  /** What another process was doing when it ended can no longer be awaited: its outcome is unknown until settled. */
  async recover(): Promise<void> {
    for (const operation of await this.store.interrupted()) {
      const error = new FairleadError('outcome_unknown', 'The controller ended while this operation ran', {
        hint: 'It is settled when the host is connected again, and never sent a second time.',
      });
      this.changed(await this.store.finish(operation, failedEnding(error), this.now()));
    }
  }

  private async replay(actor: Actor, { key, requestHash }: Idempotency): Promise<Accepted | undefined> {
    const earlier = await this.store.byKey(actor.name, key);
    if (earlier === undefined) return undefined;
    if (earlier.requestHash !== requestHash) {
      throw new FairleadError('idempotency_mismatch', `The idempotency key '${key}' was used for another request`, {
        hint: 'Use a new key for each command.',
      });
    }
    const { operation } = earlier;
    return { operation, finished: this.running.get(operation.id) ?? Promise.resolve(operation) };
  }

  /** The row as it is written first: on its way, or refused at once where nothing can be sent. */
  private begin(command: Command, actor: Actor, idempotency: Idempotency | undefined): Attempt {
    const id = uuidv7();
    const at = this.now();
    const { kind, hostName, target, request, deadlineMs } = command;
    const sent = command.sending(id);
    const base = { id, kind, hostName, target, request, actor, createdAt: at, deadlineMs, settled: null };
    const keys = { idempotencyKey: idempotency?.key ?? null, requestHash: idempotency?.requestHash ?? null };
    const ended = (ending: Ending) => ({
      operation: {
        ...base,
        ...keys,
        ...ending,
        ...NOTHING_SENT,
        state: 'finished' as const,
        finishedAt: at,
        durationMs: 0,
      },
    });
    if (sent.method === 'PruneNetworks' && sent.message.items?.length === 0)
      return ended(succeededEnding({ items: [] }));
    try {
      const session = this.fleet.reachable(this.hosts.get(hostName));
      const running = {
        state: 'dispatched',
        outcome: null,
        result: null,
        error: null,
        finishedAt: null,
        durationMs: null,
      } as const;
      const operation = { ...base, ...keys, ...running, sent, dispatchedAt: at, journalId: session.journalId };
      return { operation, session, sent, complete: command.complete };
    } catch (error) {
      return ended(failedEnding(toFairleadError(error)));
    }
  }

  private start(attempt: Attempt): Accepted {
    const { operation } = attempt;
    this.changed(operation);
    if (!('session' in attempt)) return { operation, finished: Promise.resolve(operation) };
    const finished = this.run(attempt).finally(() => this.running.delete(operation.id));
    this.running.set(operation.id, finished);
    return { operation, finished };
  }

  private async run({ operation, session, sent, complete }: Dispatch): Promise<Operation> {
    const ending = await this.send(operation, session, sent, complete);
    await this.shown(session);
    const finished = await this.store.finish(operation, ending, this.now());
    this.changed(finished);
    if (finished.outcome === 'unknown') this.settler.lookLater(operation.hostName);
    return finished;
  }

  private async send(
    operation: Operation,
    { connection }: HostSession,
    sent: Sending,
    complete: Command['complete'] = (result) => Promise.resolve(result),
  ): Promise<Ending> {
    const deadlineMs = Math.max(1, operation.createdAt + operation.deadlineMs - this.now());
    if (sent.method === 'PruneNetworks') return this.prune(connection, sent.message, deadlineMs);
    try {
      const answer = await connection.invoke(sent.method, sent.message, { deadlineMs });
      return succeededEnding(await complete(toResult(sent.method, answer)));
    } catch (error) {
      return failedEnding(toFairleadError(error));
    }
  }

  /** A prune that breaks off keeps the results of the networks that it has done. */
  private async prune(
    connection: HostSession['connection'],
    message: Extract<Sending, { method: 'PruneNetworks' }>['message'],
    deadlineMs: number,
  ): Promise<Ending> {
    const items = [];
    try {
      for await (const item of connection.invokeStream('PruneNetworks', message, { deadlineMs }))
        items.push(toPruneItem(item));
      return pruneEnding(items);
    } catch (error) {
      return failedEnding(toFairleadError(error), { items });
    }
  }

  /** Who is told that a network is there must find it in the inventory. */
  private async shown(session: HostSession): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, SHOW_WITHIN_MS)));
    await Promise.race([session.caughtUp(), late]);
    clearTimeout(timer);
  }
}

const NOTHING_SENT = { sent: null, dispatchedAt: null, journalId: null };

interface Dispatch {
  readonly operation: NewOperation;
  readonly session: HostSession;
  readonly sent: Sending;
  readonly complete: Command['complete'];
}

/** An operation on its way, or one that ended before anything was sent. */
type Attempt = Dispatch | { readonly operation: NewOperation };
