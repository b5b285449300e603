import { setTimeout as delay } from 'node:timers/promises';
import { FairleadError, type OperationKind, toFairleadError } from '@fairlead/domain';
import { v7 as uuidv7 } from 'uuid';
import { type Clock } from '../clock.js';
import { type Fleet } from '../fleet/fleet.js';
import { type HostSession } from '../fleet/host-session.js';
import { type HostsService } from '../hosts/hosts.service.js';
import { KeyedMutex } from '../keyed-mutex.js';
import { type Log } from '../log.js';
import { type Command, type Sending, type Watch } from './commands.js';
import { type Actor, type Ending, type Operation } from './operation.js';
import { type NewOperation, type OperationsStore } from './operations.store.js';
import { brokenEnding, failedEnding, succeededEnding } from './results.js';
import { send } from './send.js';
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

/** Holds destructive work. */
export interface Hold {
  /** @throws FairleadError `frozen` where commands of this kind are held */
  assertOpen(kind: OperationKind): void;
  /** Aborted while the work is held, with that error as its reason. */
  readonly signal: AbortSignal;
}

/** How long an answer waits for the inventory to show what the command did, in milliseconds. */
const SHOW_WITHIN_MS = 1000;
/** Time between two attempts to write down how an operation ended, in milliseconds. */
const RECORD_AGAIN_MS = 1000;

/**
 * Carries commands out: one operation each, written before anything is sent.
 *
 * Invariants: an idempotency key leads to one operation at most, and requests with the same key take turns until it is
 * accepted; a command is sent at most once, whatever becomes of its answer; `running` holds exactly the operations that
 * this process has begun and not written down as finished.
 */
export class OperationsService {
  private readonly running = new Map<string, Promise<Operation>>();
  private readonly keys = new KeyedMutex();
  private stopping = false;

  constructor(
    private readonly store: OperationsStore,
    private readonly hosts: HostsService,
    private readonly fleet: Fleet,
    private readonly settler: Settler,
    private readonly hold: Hold,
    private readonly now: Clock,
    private readonly changed: (operation: Operation) => void,
    private readonly log: Log,
  ) {}

  /**
   * @param prepare makes the command; not called where the key has led to an operation before
   * @throws FairleadError what `prepare` throws, `host_not_found`, `idempotency_mismatch`, `storage_failed`, `frozen`
   *   while destructive work is held, and `controller_unavailable` while the controller stops: nothing was sent
   */
  async submit(prepare: () => Promise<Command>, actor: Actor, idempotency?: Idempotency): Promise<Accepted> {
    if (idempotency === undefined) return this.accept(prepare, actor);
    const turn = JSON.stringify([actor.name, idempotency.key]);
    return this.keys.run(
      turn,
      async () => (await this.replay(actor, idempotency)) ?? this.accept(prepare, actor, idempotency),
    );
  }

  /** Takes no more commands. Resolves when those under way have ended, or after `withinMs`. */
  async drain(withinMs: number): Promise<void> {
    this.stopping = true;
    await atMost(withinMs, Promise.allSettled(this.running.values()));
  }

  /** What another process was doing when it ended can no longer be awaited: its outcome is unknown until settled. */
  async recover(): Promise<void> {
    for (const operation of await this.store.interrupted()) {
      const error = new FairleadError('outcome_unknown', 'The controller ended while this operation ran', {
        hint: 'It is settled when the host is connected again, and never sent a second time.',
      });
      const ending = operation.sent === null ? failedEnding(error) : brokenEnding(operation.sent.method, error);
      this.changed(await this.store.finish(operation, ending, this.now()));
    }
  }

  private async accept(prepare: () => Promise<Command>, actor: Actor, idempotency?: Idempotency): Promise<Accepted> {
    const command = await prepare();
    if (this.stopping) {
      throw new FairleadError('controller_unavailable', 'The controller is stopping; nothing was sent');
    }
    this.hold.assertOpen(command.kind);
    const attempt = this.begin(command, actor, idempotency);
    await this.store.add(attempt.operation, command.alongside?.(attempt.operation.id));
    return this.start(attempt);
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
    const running = operation.state === 'finished' ? undefined : this.running.get(operation.id);
    return { operation, finished: running ?? Promise.resolve(operation) };
  }

  /** The row as it is written first: on its way, or refused at once where nothing can be sent. */
  private begin(command: Command, actor: Actor, idempotency: Idempotency | undefined): Attempt {
    const { kind, hostName, target, request, deadlineMs } = command;
    const base = { id: uuidv7(), kind, hostName, target, request, actor, createdAt: this.now(), deadlineMs };
    const keys = { idempotencyKey: idempotency?.key ?? null, requestHash: idempotency?.requestHash ?? null };
    const fresh = { ...base, ...keys, settled: null };
    const ended = (ending: Ending) => {
      const over = { state: 'finished', finishedAt: base.createdAt, durationMs: 0 } as const;
      return { operation: { ...fresh, ...NOTHING_SENT, ...ending, ...over } };
    };
    try {
      const host = this.hosts.find(hostName);
      if (host === undefined) throw forgotten(hostName);
      const session = this.fleet.reachable(host);
      const sent = command.sending(base.id);
      if (sent.method === 'PruneNetworks' && sent.message.items?.length === 0) {
        return ended(succeededEnding({ items: [] }));
      }
      const dispatch = { sent, dispatchedAt: base.createdAt, journalId: session.journalId };
      const operation = { ...fresh, ...UNDER_WAY, ...dispatch };
      return { operation, session, sent, complete: command.complete, watch: command.watch };
    } catch (error) {
      return ended(failedEnding(toFairleadError(error)));
    }
  }

  private start(attempt: Attempt): Accepted {
    const { operation } = attempt;
    this.changed(operation);
    if (!('session' in attempt)) return { operation, finished: Promise.resolve(operation) };
    const finished = this.run(attempt);
    finished.catch(() => undefined); // Nobody may be waiting; whoever does is told.
    this.running.set(operation.id, finished);
    return { operation, finished };
  }

  /** Rejects only where the end cannot be written down, which is then tried again until it is. */
  private async run(dispatch: Dispatch): Promise<Operation> {
    const { operation, session } = dispatch;
    const ending = await this.send(dispatch);
    await atMost(SHOW_WITHIN_MS, session.caughtUp());
    const record = this.recorder(operation, ending, this.now());
    try {
      return await record();
    } catch (cause) {
      void this.recordLater(operation.id, record);
      const how = `Operation ${operation.id} on '${operation.hostName}' has ended (${ending.outcome})`;
      throw new FairleadError('storage_failed', `${how}, but that cannot be written down yet`, {
        hint: 'It is not sent again. It shows its outcome once the database can be written.',
        cause,
      });
    }
  }

  /** What was held meanwhile is not sent any more. */
  private async send({ operation, session, sent, complete, watch = {} }: Dispatch): Promise<Ending> {
    const deadlineMs = Math.max(1, operation.createdAt + operation.deadlineMs - this.now());
    try {
      this.hold.assertOpen(operation.kind);
    } catch (error) {
      return failedEnding(toFairleadError(error));
    }
    if (sent.method !== 'PruneNetworks') return send(session.connection, sent, deadlineMs, complete);
    const signal = AbortSignal.any([this.hold.signal, ...(watch.signal ? [watch.signal] : [])]);
    return send(session.connection, sent, deadlineMs, complete, { ...watch, signal });
  }

  private recorder(operation: NewOperation, ending: Ending, at: number): () => Promise<Operation> {
    const wasSent = ending.error?.code !== 'host_unavailable' && !isHeldBack(ending);
    const known = wasSent ? operation : { ...operation, ...NOTHING_SENT };
    return async () => {
      const finished = await this.store.finish(known, ending, at);
      this.running.delete(operation.id);
      this.changed(finished);
      if (finished.outcome === 'unknown') this.settler.lookLater(operation.hostName);
      return finished;
    };
  }

  /** A controller that stops before leaves the row as it is: the next one finds it interrupted, and settles it. */
  private async recordLater(id: string, record: () => Promise<Operation>): Promise<void> {
    while (!this.stopping && this.running.has(id)) {
      await delay(RECORD_AGAIN_MS, undefined, { ref: false });
      await record().catch((error: unknown) => {
        this.log('the end of an operation cannot be written', { operation: id, error: toFairleadError(error).message });
      });
    }
  }
}

/** Resolves with the work, or without it after `ms`. */
async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  const late = delay(ms, undefined, { signal: done.signal }).catch(() => undefined);
  await Promise.race([work, late]);
  done.abort();
}

/** Held before anything was sent: of a prune that was stopped there are items. */
const isHeldBack = ({ error, result }: Ending): boolean => error?.code === 'frozen' && result === null;

/** Names no other hosts, as `HostsService.get` would: whose command it was may not know of them. */
const forgotten = (hostName: string): FairleadError =>
  new FairleadError('host_not_found', `Host '${hostName}' was forgotten just now. Nothing was sent.`);

const NOTHING_SENT = { sent: null, dispatchedAt: null, journalId: null };

const UNDER_WAY = {
  state: 'dispatched',
  outcome: null,
  result: null,
  error: null,
  finishedAt: null,
  durationMs: null,
} as const;

interface Dispatch {
  readonly operation: NewOperation;
  readonly session: HostSession;
  readonly sent: Sending;
  readonly complete: Command['complete'];
  readonly watch: Watch | undefined;
}

/** An operation on its way, or one that ended before anything was sent. */
type Attempt = Dispatch | { readonly operation: NewOperation };
