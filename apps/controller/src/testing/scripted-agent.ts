import { createHash } from 'node:crypto';
import { type EngineHealth, FairleadError, type Network } from '@fairlead/domain';
import { aNetwork } from '@fairlead/domain/testing';
import {
  type CallContext,
  CAPABILITY,
  type CheckpointMessage__Output,
  codec,
  type HostFacts,
  type InventoryUpdate,
  type Method,
  type Methods,
  networkDigest,
  type NetworkServiceHandlers,
  setDigest,
  toHealthMessage,
  toHostMessage,
  toNetworkMessage,
} from '@fairlead/link';
import { type CommandMethod } from '../operations/commands.js';

export const idOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A network with an id of its own, named by its name. */
export const network = (name: string, overrides: Partial<Network> = {}): Network =>
  aNetwork({ id: idOf(name), name, ...overrides });

export const message = (of: Network) => toNetworkMessage(of, networkDigest(of));

/** Resolves when anybody calls `open`. */
export class Gate {
  open!: () => void;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}

interface Queued {
  readonly update: InventoryUpdate;
  readonly taken: () => void;
}

const UP: EngineHealth = { state: 'up', reason: '' };

/**
 * An agent with its engine, played: a set of networks that it tells of as a real agent does, commands that change the
 * set, and a journal that remembers their answers. Any method can be replaced with `on`.
 */
export class ScriptedAgent {
  readonly networks = new Map<string, Network>();
  /** Every call that reached a handler, in order. */
  readonly calls: { readonly method: Method; readonly request: unknown }[] = [];
  /** Checkpoints of the audit, by seq. */
  readonly kept = new Map<number, CheckpointMessage__Output>();
  /** Answers of finished commands, by operation id. */
  readonly journal = new Map<string, Buffer>();
  facts: HostFacts;
  streamId = 'stream-1';
  revision = 1;
  health = UP;
  snapshots = 0;
  private queue: Queued[] = [];
  private wake: () => void = () => undefined;
  private readonly replaced: Partial<NetworkServiceHandlers> = {};

  constructor(name: string, overrides: Partial<HostFacts> = {}) {
    this.facts = {
      name,
      labels: {},
      agentVersion: '0.1.0',
      capability: CAPABILITY,
      engine: {
        kind: 'docker',
        version: '28.5.2',
        apiVersion: '1.51',
        simulated: false,
        swarm: { nodeId: '', clusterId: '', manager: false },
      },
      health: UP,
      journalId: `journal-of-${name}`,
      policy: { mode: '', rules: [] },
      rootDigests: [],
      ...overrides,
    };
    for (const builtIn of [network('bridge'), network('host', { driver: 'host' })]) this.set(builtIn);
  }

  on<M extends Method>(method: M, handler: NetworkServiceHandlers[M]): this {
    this.replaced[method] = handler;
    return this;
  }

  callsOf(method: Method): unknown[] {
    return this.calls.filter((call) => call.method === method).map(({ request }) => request);
  }

  /** Changes the engine without telling anybody. */
  set(changed: Network): void {
    this.networks.set(changed.id, changed);
  }

  /** Changes the engine and tells of it. Resolves when the carrier has taken the delta. */
  async put(...changed: Network[]): Promise<void> {
    changed.forEach((each) => this.set(each));
    await this.tell({ upserts: changed.map(message) });
  }

  async drop(...ids: string[]): Promise<void> {
    ids.forEach((id) => this.networks.delete(id));
    await this.tell({ removedIds: ids });
  }

  tell(delta: { upserts?: ReturnType<typeof message>[]; removedIds?: string[] }): Promise<void> {
    const appliesTo = this.revision++;
    return this.publish({ delta: { appliesTo, resultsIn: this.revision, ...delta } });
  }

  bookmark(): Promise<void> {
    return this.publish(this.toBookmark());
  }

  private toBookmark(): InventoryUpdate {
    const health = toHealthMessage(this.health);
    return { bookmark: { revision: this.revision, setDigest: this.setDigest(), health } };
  }

  /** The engine starts anew: another stream, and another id for the default bridge. */
  async restartEngine(): Promise<void> {
    this.streamId += "'";
    this.networks.delete(idOf('bridge'));
    this.set(network('bridge', { id: idOf(`bridge of ${this.streamId}`) }));
    for (const update of this.snapshot()) await this.publish(update);
  }

  publish(update: InventoryUpdate): Promise<void> {
    return new Promise((taken) => {
      this.queue.push({ update: { streamId: this.streamId, ...update }, taken });
      this.wake();
    });
  }

  readonly handlers = new Proxy({} as NetworkServiceHandlers, {
    get: (_, method: Method) => (request: never, context: CallContext) => {
      this.calls.push({ method, request });
      const handler = (this.replaced[method] ?? this.own[method]) as (request: never, context: CallContext) => unknown;
      return handler(request, context);
    },
  });

  private readonly own: NetworkServiceHandlers = {
    DescribeHost: () => Promise.resolve(toHostMessage(this.facts)),
    ListNetworks: () => Promise.resolve({ networks: Array.from(this.networks.values(), message) }),
    InspectNetwork: ({ network: reference }) => Promise.resolve(message(this.find(reference))),
    CreateNetwork: async ({ operationId, spec }) => {
      const made = network(spec?.name ?? '', { labels: { ...spec?.labels } });
      await this.put(made);
      return this.done('CreateNetwork', operationId, { network: message(made), warning: '' });
    },
    ConnectContainer: ({ operationId, networkId }) =>
      Promise.resolve(this.done('ConnectContainer', operationId, { network: message(this.find(networkId)) })),
    DisconnectContainer: ({ operationId, networkId }) =>
      Promise.resolve(this.done('DisconnectContainer', operationId, { network: message(this.find(networkId)) })),
    RemoveNetwork: async ({ operationId, networkId }) => {
      const removed = this.find(networkId);
      await this.drop(networkId);
      return this.done('RemoveNetwork', operationId, { removed: message(removed), detached: [] });
    },
    PruneNetworks: ({ items }) => this.prune(items.map(({ networkId }) => networkId)),
    PlanRestore: ({ record }) => Promise.resolve({ source: 'controller', spec: { name: record?.name ?? '' } }),
    RestoreNetwork: async ({ operationId, record }) => {
      const made = network(record?.name ?? '', { labels: { ...record?.labels } });
      await this.put(made);
      return this.done('RestoreNetwork', operationId, { network: message(made), source: 'controller' });
    },
    Probe: () => Promise.resolve({ reachable: true, explanation: 'in the words of the agent' }),
    LookUpOperation: ({ operationId }) => {
      const response = this.journal.get(operationId);
      return Promise.resolve(
        response
          ? { verdict: 'applied', source: 'journal', response, explanation: 'the journal holds its answer' }
          : { verdict: 'not_started', source: 'journal', explanation: 'the journal does not know it' },
      );
    },
    WatchInventory: ({ bookmarkFirst }, { signal }) => this.watch(bookmarkFirst, signal),
    RequestCertificate: () => this.withoutCertificate(),
    InstallCertificate: () => this.withoutCertificate(),
    UpdateTrust: () => this.withoutCertificate(),
    KeepCheckpoint: (checkpoint) => {
      if (!this.kept.has(checkpoint.seq)) this.kept.set(checkpoint.seq, checkpoint);
      return Promise.resolve({});
    },
    ListCheckpoints: () => Promise.resolve({ checkpoints: [...this.kept.values()] }),
  };

  private withoutCertificate(): Promise<never> {
    return Promise.reject(new FairleadError('unsupported', `The agent of ${this.facts.name} has no certificate`));
  }

  private find(reference: string): Network {
    const found = [...this.networks.values()].find(({ id, name }) => id === reference || name === reference);
    if (found) return found;
    throw new FairleadError('network_not_found', `There is no network '${reference}'`, {
      engineMessage: `network ${reference} not found`,
    });
  }

  private done<M extends Exclude<CommandMethod, 'PruneNetworks' | 'Probe'>>(
    method: M,
    operationId: string,
    answer: Methods[M]['responseIn'],
  ): Methods[M]['responseIn'] {
    this.journal.set(operationId, codec.encodeResponse(method, answer));
    return answer;
  }

  private async *prune(ids: readonly string[]) {
    for (const id of ids) {
      const { name } = this.find(id);
      await this.drop(id);
      yield { networkId: id, name, outcome: 'removed' };
    }
  }

  private async *watch(bookmarkFirst: boolean, signal: AbortSignal): AsyncGenerator<InventoryUpdate> {
    this.queue.splice(0).forEach(({ taken }) => taken());
    const over = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    for (const update of bookmarkFirst ? [this.toBookmark()] : this.snapshot()) {
      yield { streamId: this.streamId, ...update };
    }
    while (!signal.aborted) {
      const next = this.queue.shift();
      if (next === undefined) await Promise.race([over, new Promise<void>((go) => (this.wake = go))]);
      else {
        yield next.update;
        next.taken();
      }
    }
  }

  private snapshot(): InventoryUpdate[] {
    this.snapshots += 1;
    const all = [...this.networks.values()];
    const half = Math.ceil(all.length / 2);
    return [
      { snapshotBegin: { networks: all.length } },
      { snapshotChunk: { networks: all.slice(0, half).map(message) } },
      { snapshotChunk: { networks: all.slice(half).map(message) } },
      { snapshotEnd: { revision: this.revision, setDigest: this.setDigest() } },
    ];
  }

  private setDigest(): string {
    return setDigest(Array.from(this.networks.values(), (each) => [each.id, networkDigest(each)]));
  }
}
