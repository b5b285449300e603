import { randomUUID } from 'node:crypto';
import { type EnginePort, nameServersOf } from '@fairlead/engine';
import type { NetworkServiceHandlers } from '@fairlead/link';
import { FairQueue } from './concurrency/fair-queue.js';
import type { Timing } from './concurrency/timing.js';
import { createHandlers } from './handlers/create-handlers.js';
import { HostDescription } from './host-description.js';
import { Checkpoints } from './identity/checkpoints.js';
import { recover, type Way } from './identity/enrolment.js';
import { dialling, type Entered, isTcp, waiting } from './identity/enter.js';
import { InventoryObserver } from './inventory/inventory-observer.js';
import type { Journal } from './journal/journal.js';
import { ControllerLink } from './link/controller-link.js';
import type { ListeningParts } from './link/listening.js';
import type { Log } from './log.js';
import { News } from './news.js';
import { OperationRunner } from './operations/operation-runner.js';
import { HostPolicyGuard, noPolicy, type PolicyGuard } from './policy/host-policy-guard.js';
import { PolicySource } from './policy/policy-source.js';
import { containerTools } from './probe/container-tools.js';
import { namespaceTools } from './probe/namespace-tools.js';
import { VERSION } from './version.js';

export interface AssemblyOptions extends Entered {
  readonly labels: Readonly<Record<string, string>>;
  readonly engine: EnginePort;
  readonly dataDir: string;
  readonly controller: string | undefined;
  readonly policy: { readonly path: string; readonly required: boolean } | undefined;
  readonly journal: Journal;
  readonly log: Log;
  readonly timing: Timing;
  readonly now: () => number;
}

/** The parts of an agent, joined; nothing runs yet. */
export interface Assembly {
  readonly engine: EnginePort;
  readonly log: Log;
  readonly timing: Timing;
  readonly policy: PolicyGuard;
  readonly handlers: NetworkServiceHandlers;
  readonly observer: InventoryObserver;
  readonly operations: OperationRunner;
  readonly link: ControllerLink;
  /** What is to begin anew when what was told of the host no longer holds. */
  readonly carriers: { beginAnew(): void }[];
  /** Undefined: it does not listen. */
  readonly listening: ListeningParts | undefined;
  /** Ends its long waits. */
  readonly stopping: AbortController;
}

/** @throws FairleadError `invalid_argument` for an address that is none */
export function assemble(options: AssemblyOptions): Assembly {
  const { engine, log, timing, now, journal, identity, controller } = options;
  const note = (): void => news.note();
  const policy = makePolicy(options, note);
  const observer = new InventoryObserver({ engine, timing, newId: randomUUID, log, note });
  const host = describe(options, policy, observer);
  const operations = new OperationRunner({ journal, timing, now, settle: () => observer.settle(), log });
  const handlers = createHandlers({
    engine,
    observer,
    operations,
    queue: new FairQueue(),
    policy,
    host,
    identity,
    checkpoints: new Checkpoints({ folder: options.dataDir, log, now }),
    probeTools: [
      containerTools(engine),
      namespaceTools({ execPath: process.execPath, nameServersOf: (from) => nameServersOf(engine, from) }),
    ],
    journalId: journal.id,
    journal,
    log,
    clock: () => timing.now(),
    timing,
  });
  const stopping = new AbortController();
  const { signal } = stopping;
  const recovery = makeRecovery(options, signal);
  const link = new ControllerLink({ address: controller, handlers, log, ...linkIdentity(options, recovery) });
  const carriers: Assembly['carriers'] = [link];
  const beginAnew = (): void => carriers.forEach((carrier) => carrier.beginAnew());
  const news = new News({ host, timing, operations, beginAnew, signal });
  const listening = listen(options, handlers, recovery);
  return { engine, log, timing, policy, handlers, observer, operations, link, carriers, listening, stopping };
}

function makePolicy({ policy, journal, log }: AssemblyOptions, changed: () => void): PolicyGuard {
  if (policy === undefined) return noPolicy;
  const source = new PolicySource(policy.path, policy.required);
  return new HostPolicyGuard({ source, removalsOfLastHour: () => journal.removalsOfLastHour(), log, changed });
}

function describe(options: AssemblyOptions, policy: PolicyGuard, observer: InventoryObserver): HostDescription {
  const { name, labels, journal, engine, timing, identity } = options;
  return new HostDescription({
    name,
    labels,
    agentVersion: VERSION,
    journalId: journal.id,
    engine,
    health: () => observer.health,
    timing,
    policy,
    rootDigests: () => identity?.rootDigests() ?? [],
  });
}

type Recovery = (way: Way) => Promise<void>;

function makeRecovery(options: AssemblyOptions, signal: AbortSignal): Recovery {
  const { identity, dataDir: folder, log, timing, now } = options;
  return async (way) => {
    if (identity !== undefined) await recover({ store: identity, folder, way, log, timing, now, signal });
  };
}

/** Asked at every dial, so that a new certificate is used from the next session on. */
function linkIdentity({ identity, controller }: AssemblyOptions, recovery: Recovery) {
  if (identity === undefined || controller === undefined || !isTcp(controller)) return {};
  return { identity: () => identity.tls, onExpired: () => recovery(dialling(controller)) };
}

function listen(
  options: AssemblyOptions,
  handlers: NetworkServiceHandlers,
  recovery: Recovery,
): ListeningParts | undefined {
  const { listen: address, controller, timing, now, log } = options;
  if (address === undefined) return undefined;
  const identity = isTcp(address) ? options.identity : undefined;
  const awaits = identity !== undefined && !isTcp(controller);
  const own = awaits ? (visitors: Parameters<typeof waiting>[0]) => recovery(waiting(visitors)) : undefined;
  return { address, handlers, identity, recover: own, timing, now, log };
}
