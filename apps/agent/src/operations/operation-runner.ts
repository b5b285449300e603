import { createHash } from 'node:crypto';
import { type ErrorCode, FairleadError, type Network, toFairleadError } from '@fairlead/domain';
import { codec, fromErrorMessage, type Methods, type PruneItemResult__Output, toErrorMessage } from '@fairlead/link';
import { Bell } from '../concurrency/bell.js';
import type { Timing } from '../concurrency/timing.js';
import type { Entry, OperationRecord, Removing, Run } from '../journal/entries.js';
import type { Journal } from '../journal/journal.js';
import { type Detached, sealOf } from '../journal/seal.js';
import type { Log } from '../log.js';

/** The methods that change something, and so are operations. */
export type CommandMethod =
  'CreateNetwork' | 'ConnectContainer' | 'DisconnectContainer' | 'RemoveNetwork' | 'PruneNetworks' | 'RestoreNetwork';

type Request<M extends CommandMethod> = Methods[M]['requestOut'];
export type Answer<M extends CommandMethod> = M extends 'PruneNetworks' ? void : Methods[M]['responseIn'];

/** What an operation that runs may write. Everything resolves when it is on the disk, or throws `journal_failed`. */
export interface OperationScope {
  /** Nothing may be changed before this has resolved. @throws FairleadError `plan_stale` for a run that is barred */
  begin(
    facts: { readonly what: string; readonly run?: Run },
    removing?: Network,
    attachments?: readonly Detached[],
  ): Promise<void>;
  /** Why the run that it began for is barred by now. */
  barred(): FairleadError | undefined;
  /** Before each network after the first, and again with more that force is to detach from it. */
  removing(network: Network, attachments?: readonly Detached[]): Promise<void>;
  detaching(container: string): Promise<void>;
  /** Before a removed network is made again for these containers. */
  undoing(networkId: string, containers: readonly string[]): Promise<void>;
  item(result: PruneItemResult__Output): Promise<void>;
  /** The engine has answered: what it changed may be read and shown while the rest is done. Never rejects. */
  show(): Promise<void>;
}

/** An operation in its present life. */
export interface LiveOperation<M extends CommandMethod = CommandMethod> {
  readonly request: string;
  readonly outcome: Promise<Answer<M>>;
  /** Of a prune, as far as they are known. */
  readonly items: readonly PruneItemResult__Output[];
  /** Rings when `items` has grown. */
  readonly news: Bell;
}

interface RunnerParts {
  readonly journal: Journal;
  readonly timing: Timing;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves when what an operation has changed is known to all who watch. */
  readonly settle: () => Promise<void>;
  readonly log: Log;
}

/** Errors after which, once it has begun, only a look tells what an operation has done. */
const LOSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['engine_unavailable', 'journal_failed', 'internal']);
/**
 * What has been sent to an engine may still be carried out for this long after its answer was lost, in milliseconds: its
 * slowest call took 0.6 s (20.10 with 1,000 networks), and all of them are served side by side.
 */
export const QUIET_MS = 3_000;
const OPERATION_ID = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * Carries out each operation at most once.
 *
 * Invariants
 * - One id is one operation: a second call with it joins the one that runs, or gets what the journal has.
 * - `begin` is on the disk before anything is changed, so that an operation cut short is known to have begun. It is
 *   never begun again, in this life or a later one.
 * - An answer of the engine that was lost, or a line of the journal, leaves the operation without its end: it is settled
 *   by looking.
 * - An id that was looked up before it was seen is refused from then on.
 */
export class OperationRunner {
  private readonly live = new Map<string, LiveOperation>();
  private closed = false;
  /** When operations of this life ended without their answers, of the last `QUIET_MS`, by the clock that only grows. */
  private readonly lostAt = new Map<string, number>();
  private readonly refusing = new Map<string, Promise<unknown>>();

  constructor(private readonly parts: RunnerParts) {}

  /** @throws FairleadError `invalid_argument`, `idempotency_mismatch`; what the operation throws is in its outcome */
  start<M extends CommandMethod>(
    method: M,
    message: Request<M>,
    act: (scope: OperationScope) => Promise<Answer<M>>,
  ): LiveOperation<M> {
    const { operationId } = message;
    if (!OPERATION_ID.test(operationId)) throw badId(operationId);
    const request = hashOf(method, message);
    const running = this.live.get(operationId) as LiveOperation<M> | undefined;
    if (running !== undefined) {
      if (running.request !== request) throw mismatch(operationId);
      return running;
    }
    const items: PruneItemResult__Output[] = [];
    const news = new Bell(this.parts.timing);
    const outcome = this.execute(method, operationId, request, act, (item) => {
      items.push(item);
      news.ring();
    });
    const operation = { request, items, news, outcome };
    this.live.set(operationId, operation);
    const forget = (): void => void this.live.delete(operationId);
    outcome.then(forget, forget);
    return operation;
  }

  /** What runs under this id now. */
  running(operationId: string): LiveOperation | undefined {
    return this.live.get(operationId);
  }

  /**
   * What the journal knows of an id that does not run; one that was never seen is refused from now on.
   * @returns undefined where it may have been here long ago, and been dropped from the journal since
   * @throws FairleadError `journal_failed`
   */
  async findOrRefuse(operationId: string, why: string): Promise<OperationRecord | undefined> {
    if (!OPERATION_ID.test(operationId)) throw badId(operationId);
    const before = this.refusing.get(operationId);
    const turn = this.refuseUnseen(operationId, why, before);
    this.refusing.set(operationId, turn);
    try {
      return await turn;
    } finally {
      if (this.refusing.get(operationId) === turn) this.refusing.delete(operationId);
    }
  }

  /**
   * How long ago an operation has lost its answer in this life, in milliseconds, whatever the host's clock was set to.
   * @returns Infinity where it has not; it may be also where that was `QUIET_MS` ago or more
   */
  sinceLostMs(operationId: string): number {
    return this.parts.timing.now() - (this.lostAt.get(operationId) ?? -Infinity);
  }

  /** Begins nothing from now on; what runs goes on. */
  close(): void {
    this.closed = true;
  }

  /** Whether nothing runs. */
  isIdle(): boolean {
    return this.live.size === 0;
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    while (!this.isIdle()) await Promise.allSettled(Array.from(this.live.values(), ({ outcome }) => outcome));
  }

  private async refuseUnseen(op: string, why: string, before: Promise<unknown> | undefined) {
    await before?.catch(() => undefined);
    const { journal, now } = this.parts;
    const found = await journal.find(op);
    if (found !== undefined || journal.mayHaveDropped(op)) return found;
    await journal.append({ t: 'refused', op, at: now(), why });
    return journal.find(op);
  }

  private async execute<M extends CommandMethod>(
    method: M,
    op: string,
    request: string,
    act: (scope: OperationScope) => Promise<Answer<M>>,
    told: (item: PruneItemResult__Output) => void,
  ): Promise<Answer<M>> {
    // What was asked for before the closing still runs; what has run is told also after it.
    const isLate = this.closed;
    await this.refusing.get(op)?.catch(() => undefined);
    const stored = await this.parts.journal.find(op);
    if (stored !== undefined) return replay(method, op, request, stored, told);
    if (isLate) throw stopping();
    if (this.parts.journal.mayHaveDropped(op)) throw unknown(op, 'it is older than what the journal has kept');
    const scope = new Scope(this.parts, method, op, request, told);
    try {
      const answer = await act(scope);
      await this.conclude(scope, this.end(op, { request, ...(answer && { response: encode(method, answer) }) }));
      return answer;
    } catch (thrown) {
      const error = this.fail(op, request, scope, toFairleadError(thrown));
      await this.conclude(scope, error);
      throw await error;
    }
  }

  /** What was changed is shown to those who watch while its end is written down; the caller is told after both. */
  private async conclude(scope: Scope, written: Promise<unknown>): Promise<void> {
    await Promise.all([written, scope.begun && scope.show()]);
  }

  /** Writes down how it failed. @returns what the caller is told */
  private async fail(op: string, request: string, { begun }: Scope, error: FairleadError): Promise<FairleadError> {
    const { code, message } = error;
    if (begun && (code === 'outcome_unknown' || LOSING.has(code))) {
      this.noteLost(op);
      return code === 'outcome_unknown' ? error : lost(error);
    }
    if (code === 'journal_failed') return error;
    if (code === 'deadline_exceeded' && !begun)
      await this.write({ t: 'refused', op, at: this.parts.now(), why: message });
    else await this.end(op, { request, error: toStored(error) });
    return error;
  }

  private noteLost(op: string): void {
    const now = this.parts.timing.now();
    for (const [each, at] of this.lostAt) if (now - at >= QUIET_MS) this.lostAt.delete(each);
    this.lostAt.set(op, now);
  }

  private end(op: string, ending: { request: string; response?: string; error?: ReturnType<typeof toStored> }) {
    return this.write({ t: 'done', op, at: this.parts.now(), ...ending });
  }

  /** What has happened has happened, also where it cannot be written: then it will be told by looking. */
  private async write(entry: Entry): Promise<void> {
    try {
      await this.parts.journal.append(entry);
    } catch (error) {
      const reason = toFairleadError(error).message;
      this.parts.log.warn('The end of an operation could not be journaled', { operation: entry.op, reason });
    }
  }
}

class Scope implements OperationScope {
  begun = false;
  private run: Run | undefined;
  private shown: Promise<void> | undefined;

  constructor(
    private readonly parts: Pick<RunnerParts, 'journal' | 'now' | 'settle'>,
    private readonly method: CommandMethod,
    private readonly op: string,
    private readonly request: string,
    private readonly told: (item: PruneItemResult__Output) => void,
  ) {}

  async begin(
    facts: { readonly what: string; readonly run?: Run },
    removing?: Network,
    attachments?: readonly Detached[],
  ): Promise<void> {
    this.run = facts.run;
    const barred = this.barred();
    if (barred !== undefined) throw barred;
    const { op, method, request } = this;
    const at = this.parts.now();
    const started = { t: 'started', op, at, method, request, ...facts } as const;
    const record = removing === undefined ? [] : [removal(op, at, removing, attachments)];
    await this.parts.journal.append(started, ...record);
    this.begun = true;
  }

  barred(): FairleadError | undefined {
    const { run } = this;
    if (run === undefined || run.fence >= this.parts.journal.fenceOf(run.policyId)) return undefined;
    return new FairleadError(
      'plan_stale',
      `A later run of this policy has begun on this host; run ${run.runId} is over`,
      {
        hint: 'Look at the runs of the policy: another one, or another controller, goes on with it.',
      },
    );
  }

  show(): Promise<void> {
    return (this.shown ??= this.parts.settle());
  }

  removing(network: Network, attachments?: readonly Detached[]): Promise<void> {
    return this.parts.journal.append(removal(this.op, this.parts.now(), network, attachments));
  }

  detaching(container: string): Promise<void> {
    return this.parts.journal.append({ t: 'detaching', op: this.op, at: this.parts.now(), container });
  }

  undoing(networkId: string, containers: readonly string[]): Promise<void> {
    return this.parts.journal.append({ t: 'undoing', op: this.op, at: this.parts.now(), networkId, containers });
  }

  /** The caller is told in any case: it is what happened. */
  async item(result: PruneItemResult__Output): Promise<void> {
    try {
      if (this.begun) await this.parts.journal.append({ t: 'item', op: this.op, at: this.parts.now(), result });
    } finally {
      this.told(result);
    }
  }
}

const removal = (op: string, at: number, network: Network, attachments: readonly Detached[] = []): Removing => ({
  t: 'removing',
  op,
  at,
  network,
  attachments,
  seal: sealOf(network, attachments),
});

const hashOf = <M extends CommandMethod>(method: M, message: Request<M>): string =>
  createHash('sha256').update(method).update(codec.encodeRequest(method, message)).digest('hex');

const encode = <M extends CommandMethod>(method: M, answer: Methods[M]['responseIn']): string =>
  codec.encodeResponse(method, answer).toString('base64');

/** The same answer or error again. */
function replay<M extends CommandMethod>(
  method: M,
  op: string,
  request: string,
  stored: OperationRecord,
  told: (item: PruneItemResult__Output) => void,
): Answer<M> {
  if (stored.state === 'refused') throw refused(stored.why);
  if (stored.request !== request) throw mismatch(op);
  if (stored.state === 'started')
    throw unknown(op, 'it was begun in an earlier life of this agent, or lost its answer');
  for (const item of stored.items) told(item);
  if (stored.error !== undefined) throw fromErrorMessage(stored.error);
  return (stored.response && codec.decodeResponse(method, stored.response)) as Answer<M>;
}

function toStored(error: FairleadError) {
  const { code = '', message = '', engineMessage = '', hint = '' } = toErrorMessage(error);
  return { code, message, engineMessage, hint };
}

const badId = (id: string): FairleadError =>
  new FairleadError('invalid_argument', `'${id.slice(0, 128)}' cannot be the id of an operation`, {
    hint: 'Use 1 to 128 letters, digits, "_" and "-", and a new one for each operation.',
  });

const stopping = (): FairleadError =>
  new FairleadError('overloaded', 'The agent is stopping; nothing was done', {
    hint: 'Try again when it is back.',
  });

const mismatch = (id: string): FairleadError =>
  new FairleadError('idempotency_mismatch', `The operation ${id} was another request`, {
    hint: 'Use a new id for each operation.',
  });

const refused = (why: string): FairleadError =>
  new FairleadError('deadline_exceeded', `It was never begun, and never will be: ${why}`, {
    hint: 'Ask for it as a new operation.',
  });

const LOOK = 'It may or may not have been carried out. LookUpOperation settles it; it is not carried out again.';

const unknown = (id: string, why: string): FairleadError =>
  new FairleadError('outcome_unknown', `What became of the operation ${id} is not known: ${why}`, { hint: LOOK });

/** For an engine's answer, or a line of the journal, that was lost after the operation had begun. */
export const lost = (error: FairleadError): FairleadError =>
  new FairleadError('outcome_unknown', `It was begun, and what became of it is not known: ${error.message}`, {
    engineMessage: error.engineMessage,
    hint: LOOK,
    cause: error,
  });
