import type { JoinToken } from '@fairlead/domain';
import type { EnginePort } from '@fairlead/engine';
import type { NetworkServiceHandlers } from '@fairlead/link';
import { assemble, type Assembly } from './assemble.js';
import { pause } from './concurrency/pause.js';
import { systemTiming, type Timing } from './concurrency/timing.js';
import { enter } from './identity/enter.js';
import { FolderLock } from './journal/folder-lock.js';
import { Journal } from './journal/journal.js';
import { Listening } from './link/listening.js';
import { type Log, withDetails } from './log.js';

/** Time for operations under way when the agent is asked to stop, in milliseconds. */
const STOP_WITHIN_MS = 10_000;
/** Of it, the time for them to end by themselves; then they are told to give up. */
const END_WITHIN_MS = 7_000;
/** Time for their answers to leave, in milliseconds. */
const LAST_WORDS_MS = 100;
/** Between two looks at a policy file that nothing else asks for, in milliseconds. */
const POLICY_LOOK_MS = 10_000;

export interface AgentOptions {
  /** Undefined: the name of its identity, else the machine's. */
  readonly name: string | undefined;
  /** The machine's own name, in the form of a host's. */
  readonly machine: string;
  /** Told over a Unix socket only. */
  readonly labels: Readonly<Record<string, string>>;
  /** Belongs to the agent from now on, which closes it. */
  readonly engine: EnginePort;
  readonly dataDir: string;
  readonly controller: string | undefined;
  readonly listen: string | undefined;
  readonly token: JoinToken | undefined;
  /** The file of the host's policy; undefined: none is looked for. */
  readonly policy: { readonly path: string; readonly required: boolean } | undefined;
  readonly log: Log;
  readonly timing?: Timing;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Ends the waiting for a controller to join. */
  readonly signal?: AbortSignal;
}

export interface RunningAgent {
  readonly handlers: NetworkServiceHandlers;
  /** Where its own server listens, as bound. */
  readonly listening: string | undefined;
  /** Begins no more commands, lets those under way end and be answered (10 s at most), and closes everything. */
  stop(): Promise<void>;
}

/**
 * The agent of one host: one engine, one journal, one implementation of the handlers, carried by its own server, by its
 * session with a controller, or by both. A host that is to join does so first, however long that takes.
 * @throws FairleadError `already_exists` where another agent has the data folder; `journal_failed`, `invalid_argument`;
 * and where it does not get in: see `enter`
 */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const lock = FolderLock.acquire(options.dataDir);
  try {
    const { timing = systemTiming, now = Date.now, signal = new AbortController().signal } = options;
    const entered = await enter({ ...options, timing, now, signal });
    const log = withDetails(options.log, { host: entered.name });
    const journal = await Journal.open({ folder: options.dataDir, log, now, clock: () => timing.now() });
    try {
      return await serve(assemble({ ...options, ...entered, log, timing, now, journal }), journal, lock);
    } catch (error) {
      await journal.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    options.engine.close();
    throw error;
  }
}

async function serve(assembly: Assembly, journal: Journal, lock: FolderLock): Promise<RunningAgent> {
  const { handlers, observer, operations, link, engine, log, timing, policy, stopping } = assembly;
  const server = assembly.listening && (await Listening.open(assembly.listening));
  const { signal } = stopping;
  if (server !== undefined) assembly.carriers.push(server);
  const works = [
    observer.run(signal),
    link.run(signal),
    server?.run(signal) ?? Promise.resolve(),
    watch(policy, timing, signal),
  ];
  return {
    handlers,
    listening: server?.address,
    stop: async () => {
      operations.close();
      // Whoever asked for what runs is to hear how it ended, or it would count as unknown after each restart.
      await atMost(timing, END_WITHIN_MS, operations.idle());
      await new Promise<void>((resolve) => timing.after(LAST_WORDS_MS, resolve));
      stopping.abort();
      await server?.close();
      await atMost(timing, STOP_WITHIN_MS - END_WITHIN_MS, operations.idle());
      engine.close();
      await Promise.all(works);
      await journal.close();
      lock.release();
      log.info('The agent has stopped');
    },
  };
}

/** A policy that changes while nothing is asked for is told too. */
async function watch(policy: Assembly['policy'], timing: Timing, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(timing, POLICY_LOOK_MS, signal);
    await policy.summary();
  }
}

/** Resolves when `work` has, or after `ms`. */
async function atMost(timing: Timing, ms: number, work: Promise<void>): Promise<void> {
  let cancel = (): void => {};
  const late = new Promise<void>((resolve) => (cancel = timing.after(ms, resolve)));
  await Promise.race([work, late]);
  cancel();
}
