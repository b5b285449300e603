import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkSpec } from '@fairlead/domain';
import { createSimulatedEngine, type EnginePort, type SimulatedEngine } from '@fairlead/engine';
import {
  type CallContext,
  codec,
  type Methods,
  type NetworkServiceHandlers,
  toNetworkSpecMessage,
} from '@fairlead/link';
import { FairQueue } from '../concurrency/fair-queue.js';
import type { Timing } from '../concurrency/timing.js';
import { createHandlers } from '../handlers/create-handlers.js';
import type { HandlerDeps } from '../handlers/deps.js';
import { HostDescription } from '../host-description.js';
import { Checkpoints } from '../identity/checkpoints.js';
import type { IdentityStore } from '../identity/identity-store.js';
import type { Entry } from '../journal/entries.js';
import type { Handle } from '../journal/journal-file.js';
import { openHandle } from '../journal/journal-file.js';
import { Journal } from '../journal/journal.js';
import { type CommandMethod, OperationRunner } from '../operations/operation-runner.js';
import { HostPolicyGuard, noPolicy } from '../policy/host-policy-guard.js';
import { PolicySource } from '../policy/policy-source.js';
import { containerTools } from '../probe/container-tools.js';
import type { ProbeTools } from '../probe/probe-tools.js';
import { ManualTiming } from './manual-timing.js';
import { type MemoryLog, memoryLog } from './memory-log.js';

export interface Life {
  readonly handlers: NetworkServiceHandlers;
  readonly journal: Journal;
  readonly log: MemoryLog;
  /** How often an operation has waited for its effect to be known. */
  readonly settles: () => number;
}

export interface LifeOptions {
  readonly folder: string;
  readonly engine: EnginePort;
  readonly openFile?: (path: string) => Promise<Handle>;
  readonly now?: () => number;
  /** Default: one that stands still. */
  readonly timing?: Timing;
  readonly upForMs?: () => number;
  readonly probeTools?: readonly ProbeTools[];
  /** Path of a policy file. */
  readonly policyFile?: string;
  readonly identity?: IdentityStore;
}

/** One life of an agent's handlers, without an observer: on an engine and a journal's folder that outlive it. */
export async function live(options: LifeOptions): Promise<Life> {
  const { folder, engine, openFile = openHandle, now = Date.now, upForMs = () => Infinity } = options;
  const { timing = new ManualTiming() } = options;
  const log = memoryLog();
  const journal = await Journal.open({ folder, log, now, clock: () => timing.now(), openFile });
  let settles = 0;
  const settle = (): Promise<void> => Promise.resolve(void (settles += 1));
  const operations = new OperationRunner({ journal, timing, now, settle, log });
  const policy =
    options.policyFile === undefined
      ? noPolicy
      : new HostPolicyGuard({
          source: new PolicySource(options.policyFile, false),
          removalsOfLastHour: () => journal.removalsOfLastHour(),
          log,
        });
  const deps: HandlerDeps = {
    engine,
    observer: { upForMs, watch: () => nothing() },
    operations,
    queue: new FairQueue(),
    policy,
    identity: options.identity,
    checkpoints: new Checkpoints({ folder, log, now }),
    host: new HostDescription({
      name: 'web-1',
      labels: { env: 'test' },
      agentVersion: '0.0.0',
      journalId: journal.id,
      engine,
      health: () => ({ state: 'up', reason: '' }),
      timing,
      policy,
      rootDigests: () => [],
    }),
    probeTools: options.probeTools ?? [containerTools(engine)],
    journalId: journal.id,
    journal,
    log,
    clock: () => timing.now(),
    timing,
  };
  return { handlers: createHandlers(deps), journal, log, settles: () => settles };
}

async function* nothing(): AsyncGenerator<never, void, void> {}

/** What a test needs of a host: a simulated engine whose calls are written down, and the agent's handlers. */
export interface Rig extends Life {
  readonly engine: SimulatedEngine;
  readonly folder: string;
  /** Of all lives. */
  readonly timing: ManualTiming;
  /** Names of the engine's methods, as they were called. */
  readonly calls: string[];
  /** The journal's lines on the disk at this moment. */
  readonly lines: () => Entry[];
  /** Ends this life; the next one has the same engine and journal. */
  readonly again: (more?: Partial<LifeOptions>) => Promise<Life>;
  readonly end: () => Promise<void>;
}

export async function createRig(more: Partial<LifeOptions> = {}): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-agent-'));
  const engine = createSimulatedEngine();
  const calls: string[] = [];
  const timing = new ManualTiming();
  const options = { folder, engine: recording(engine, calls), timing, ...more };
  const lives = [await live(options)];
  const first = lives[0] as Life;
  const close = async (): Promise<void> => lives.at(-1)?.journal.close();
  return {
    handlers: first.handlers,
    journal: first.journal,
    log: first.log,
    settles: () => first.settles(),
    engine,
    folder,
    timing,
    calls,
    lines: () => readLines(join(folder, 'journal.jsonl')),
    again: async (changes = {}) => {
      await close();
      const life = await live({ ...options, ...changes });
      lives.push(life);
      return life;
    },
    end: async () => {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const readLines = (path: string): Entry[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line) as Entry);

function recording(engine: EnginePort, calls: string[]): EnginePort {
  return new Proxy(engine, {
    get: (target, name: keyof EnginePort) => {
      const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        calls.push(name);
        return method.apply(target, args);
      };
    },
  });
}

export const call = (signal: AbortSignal = new AbortController().signal, remainingMs = Infinity): CallContext => ({
  signal,
  remainingMs: () => remainingMs,
});

/** A request as it arrives: through the codec. */
export const arrive = <M extends keyof Methods>(
  method: M,
  request: Methods[M]['requestIn'],
): Methods[M]['requestOut'] => codec.decodeRequest(method, codec.encodeRequest(method, request));

export const aSpec = (name: string, more: Partial<NetworkSpec> = {}) =>
  toNetworkSpecMessage({
    name,
    driver: '',
    scope: '',
    internal: false,
    attachable: false,
    ingress: false,
    ipv4: undefined,
    ipv6: undefined,
    configOnly: false,
    configFrom: '',
    ipamDriver: '',
    ipamOptions: {},
    subnets: [],
    options: {},
    labels: {},
    ...more,
  });

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Asks what became of an operation. */
export const lookUp = <M extends CommandMethod | 'Probe'>(
  { handlers, journal }: Life,
  method: M,
  request: Methods[M]['requestIn'],
  journalId = journal.id,
) => {
  const operationId = (request as { operationId?: string }).operationId ?? 'none';
  const question = { operationId, method, request: codec.encodeRequest(method, request), journalId };
  return handlers.LookUpOperation(arrive('LookUpOperation', question), call());
};
