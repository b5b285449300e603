import { FairleadError } from '@fairlead/domain';
import type { CallContext, Method, NetworkServiceHandlers } from '../contract.js';
import type { InventoryUpdate } from '../generated/fairlead/agent/v1/InventoryUpdate.js';
import { toHostMessage } from '../host-message.js';
import type { LinkLog } from '../log.js';
import { hostFacts } from './samples.js';

const unused = (method: Method) => (): never => {
  throw new FairleadError('unsupported', `the fake agent has no ${method}`);
};

/** Resolves with what `resolve` is given, by anyone, at any time. */
export function deferred<T = void>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/**
 * Handlers for tests: an inventory watch that sends what `publish` is given, and methods that are refused until a test
 * replaces them by `on`.
 */
export class FakeAgent {
  /** Number of watches begun, and of those that run now. */
  watches = 0;
  running = 0;
  /** Updates that the carrier has taken: the one before was asked to be followed. */
  taken = 0;
  /** Resolves when a watch has ended for the first time. */
  readonly watchEnded: Promise<void>;
  private endWatch!: () => void;
  private queue: InventoryUpdate[] = [];
  private wake: () => void = () => {};

  constructor(private readonly replaced: Partial<NetworkServiceHandlers> = {}) {
    this.watchEnded = new Promise((resolve) => (this.endWatch = resolve));
  }

  readonly handlers: NetworkServiceHandlers = {
    DescribeHost: () => Promise.resolve(toHostMessage(hostFacts())),
    ListNetworks: unused('ListNetworks'),
    InspectNetwork: unused('InspectNetwork'),
    CreateNetwork: unused('CreateNetwork'),
    ConnectContainer: unused('ConnectContainer'),
    DisconnectContainer: unused('DisconnectContainer'),
    RemoveNetwork: unused('RemoveNetwork'),
    PruneNetworks: unused('PruneNetworks'),
    PlanRestore: unused('PlanRestore'),
    RestoreNetwork: unused('RestoreNetwork'),
    Probe: unused('Probe'),
    LookUpOperation: unused('LookUpOperation'),
    RequestCertificate: unused('RequestCertificate'),
    InstallCertificate: unused('InstallCertificate'),
    UpdateTrust: unused('UpdateTrust'),
    KeepCheckpoint: unused('KeepCheckpoint'),
    ListCheckpoints: unused('ListCheckpoints'),
    WatchInventory: ({ heartbeatMs }, context) => this.watch(heartbeatMs, context),
    ...this.replaced,
  };

  publish(...updates: InventoryUpdate[]): void {
    this.queue.push(...updates);
    this.wake();
  }

  /** Each watch begins with an empty snapshot that names its number; bookmarks follow where a heartbeat is asked for. */
  private async *watch(heartbeatMs: number, { signal }: CallContext): AsyncGenerator<InventoryUpdate> {
    const streamId = `watch-${++this.watches}`;
    this.running += 1;
    const over = aborted(signal);
    const timer = heartbeatMs > 0 ? setInterval(() => this.publish({ bookmark: {} }), heartbeatMs) : undefined;
    try {
      yield { streamId, snapshotBegin: { networks: 0 } };
      yield { streamId, snapshotEnd: { revision: 1 } };
      while (!signal.aborted) {
        const next = this.queue.shift();
        if (next === undefined) await Promise.race([over, new Promise<void>((go) => (this.wake = go))]);
        else {
          yield { streamId, ...next };
          this.taken += 1;
        }
      }
    } finally {
      clearInterval(timer);
      this.running -= 1;
      this.endWatch();
    }
  }
}

/** Keeps what was logged. */
export class MemoryLog implements LinkLog {
  readonly lines: string[] = [];

  debug(message: string, details?: object): void {
    this.lines.push(`debug ${message} ${JSON.stringify(details ?? {})}`);
  }
  info(message: string, details?: object): void {
    this.lines.push(`info ${message} ${JSON.stringify(details ?? {})}`);
  }
  warn(message: string, details?: object): void {
    this.lines.push(`warn ${message} ${JSON.stringify(details ?? {})}`);
  }
}
