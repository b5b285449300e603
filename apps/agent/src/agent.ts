import { randomUUID } from 'node:crypto';
import type { EnginePort } from '@fairlead/engine';
import { AgentServer, LinkClient, type NetworkServiceHandlers } from '@fairlead/link';
import { FairQueue } from './concurrency/fair-queue.js';
import { systemTiming, type Timing } from './concurrency/timing.js';
import { createHandlers } from './handlers/create-handlers.js';
import { HostDescription } from './host-description.js';
import { InventoryObserver } from './inventory/inventory-observer.js';
import { FolderLock } from './journal/folder-lock.js';
import { Journal } from './journal/journal.js';
import type { Log } from './log.js';
import { OperationRunner } from './operations/operation-runner.js';
import { containerTools } from './probe/container-tools.js';
import { namespaceTools } from './probe/namespace-tools.js';
import { VERSION } from './version.js';

/** Time for operations under way when the agent is asked to stop, in milliseconds. */
const STOP_WITHIN_MS = 10_000;
/** Of it, the time for them to end by themselves; then they are told to give up. */
const END_WITHIN_MS = 7_000;
/** Time for their answers to leave, in milliseconds. */
const LAST_WORDS_MS = 100;

export interface AgentOptions {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Belongs to the agent from now on, which closes it. */
  readonly engine: EnginePort;
  readonly dataDir: string;
  readonly controller: string | undefined;
  readonly listen: string | undefined;
  readonly log: Log;
  readonly timing?: Timing;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
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
 * session with a controller, or by both.
 * @throws FairleadError `already_exists` where another agent has the data folder; `journal_failed`, `invalid_argument`
 */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const lock = FolderLock.acquire(options.dataDir);
  try {
    const journal = await Journal.open({ folder: options.dataDir, log: options.log, now: options.now ?? Date.now });
    try {
      return await serve(options, journal, lock);
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

async function serve(options: AgentOptions, journal: Journal, lock: FolderLock): Promise<RunningAgent> {
  const { engine, log, timing = systemTiming } = options;
  const stopping = new AbortController();
  const { handlers, observer, operations, link } = assemble(options, journal);
  const server = await openServer(options, handlers);
  const works = [observer.run(stopping.signal), link.run(stopping.signal)];
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

/** Joins the parts; nothing runs yet. */
function assemble(options: AgentOptions, journal: Journal) {
  const { engine, log, name, labels, timing = systemTiming, now = Date.now } = options;
  const observer = new InventoryObserver({ engine, timing, newId: randomUUID, log, up: () => link.engineIsUp() });
  const host = new HostDescription({
    name,
    labels,
    agentVersion: VERSION,
    journalId: journal.id,
    engine,
    health: () => observer.health,
    timing,
  });
  const operations = new OperationRunner({ journal, timing, now, settle: () => observer.settle(), log });
  const handlers = createHandlers({
    engine,
    observer,
    operations,
    queue: new FairQueue(),
    host,
    probeTools: [containerTools(engine), namespaceTools({ execPath: process.execPath })],
    journalId: journal.id,
    log,
    now,
    clock: () => timing.now(),
  });
  const link = new Link(options, handlers, host);
  return { handlers, observer, operations, link };
}

/**
 * Keeps a session with the controller.
 * Invariant: the session that is open says of the engine what it is; when the engine turns out to be another one (it
 * answers for the first time, or was upgraded), the session is ended, and the next one's Hello says so.
 */
class Link {
  private session = new AbortController();
  private readonly client: LinkClient | undefined;

  /** @throws FairleadError `invalid_argument` for a controller beyond this machine */
  constructor(
    { controller: address, log }: Pick<AgentOptions, 'controller' | 'log'>,
    handlers: NetworkServiceHandlers,
    private readonly host: HostDescription,
  ) {
    if (address !== undefined) this.client = new LinkClient({ address, handlers, instanceId: randomUUID(), log });
  }

  /** Runs until `signal` aborts; at once over without a controller. */
  async run(signal: AbortSignal): Promise<void> {
    const { client } = this;
    if (client === undefined) return;
    while (!signal.aborted) {
      this.session = new AbortController();
      await client.run(AbortSignal.any([signal, this.session.signal]));
    }
  }

  engineIsUp(): void {
    void this.host.hasChanged().then((changed) => changed && this.session.abort());
  }
}

async function openServer({ listen }: AgentOptions, handlers: NetworkServiceHandlers) {
  if (listen === undefined) return undefined;
  const server = new AgentServer({ handlers, instanceId: randomUUID() });
  const address = await server.listen(listen);
  return { address, close: () => server.close() };
}

/** Resolves when `work` has, or after `ms`. */
async function atMost(timing: Timing, ms: number, work: Promise<void>): Promise<void> {
  let cancel = (): void => {};
  const late = new Promise<void>((resolve) => (cancel = timing.after(ms, resolve)));
  await Promise.race([work, late]);
  cancel();
}
