import type { EnginePort } from '@fairlead/engine';
import type { CallContext, Methods } from '@fairlead/link';
import type { FairQueue } from '../concurrency/fair-queue.js';
import type { Timing } from '../concurrency/timing.js';
import type { HostDescription } from '../host-description.js';
import type { Checkpoints } from '../identity/checkpoints.js';
import type { IdentityStore } from '../identity/identity-store.js';
import type { InventoryObserver } from '../inventory/inventory-observer.js';
import type { Journal } from '../journal/journal.js';
import type { Log } from '../log.js';
import type { Answer, CommandMethod, OperationRunner, OperationScope } from '../operations/operation-runner.js';
import type { PolicyGuard } from '../policy/host-policy-guard.js';
import type { ProbeTools } from '../probe/probe-tools.js';

/** What the handlers stand on. */
export interface HandlerDeps {
  readonly engine: EnginePort;
  readonly observer: Pick<InventoryObserver, 'watch' | 'upForMs'>;
  readonly operations: OperationRunner;
  readonly queue: FairQueue;
  /** Asked before anything is done to the engine. */
  readonly policy: PolicyGuard;
  readonly host: HostDescription;
  /** Undefined for a local agent, which needs none. */
  readonly identity: IdentityStore | undefined;
  readonly checkpoints: Checkpoints;
  /** What can look from inside a container's network, best first. */
  readonly probeTools: readonly ProbeTools[];
  readonly journalId: string;
  /** What was removed here, as it was written down before. */
  readonly journal: Pick<Journal, 'findRemoval'>;
  readonly log: Log;
  /** Milliseconds that only grow. */
  readonly clock: () => number;
  readonly timing: Pick<Timing, 'after'>;
}

/** One call of one method. */
export type Handler<M extends keyof Methods, Result> = (
  deps: HandlerDeps,
) => (request: Methods[M]['requestOut'], context: CallContext) => Result;

/** Carries out a command at most once for each operation id, when its turn on the engine has come. */
export async function runOnce<M extends CommandMethod>(
  { operations, queue }: HandlerDeps,
  method: M,
  request: Methods[M]['requestOut'],
  context: CallContext,
  act: (scope: OperationScope) => Promise<Answer<M>>,
): Promise<Answer<M>> {
  return operations.start(method, request, (scope) => queue.run(context, () => act(scope))).outcome;
}
