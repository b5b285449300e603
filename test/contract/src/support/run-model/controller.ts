import {
  brokenEnding,
  CarryingOut,
  type Ending,
  type Gate,
  type ItemEnd,
  type OperationEnd,
  type RunItem,
  type RunPorts,
  send,
  settledEnding,
  type TakenUp,
} from '@fairlead/controller/runs';
import { type PruneItemResultView } from '@fairlead/api';
import { FairleadError, isErrorCode, type StopRules } from '@fairlead/domain';
import { codec, type Methods } from '@fairlead/link';
import { type ModelHost } from './host.js';
import { never, turn, type World } from './world.js';

const LOOK_EVERY_MS = 1_000;
/** Turns of the event loop. */
const LOOK_AGAIN = 25;

type Message = Methods['PruneNetworks']['requestIn'];

interface StoredOperation {
  readonly id: string;
  readonly hostName: string;
  readonly message: Message;
  readonly journalId: string;
  /** Undefined: under way. */
  end: OperationEnd | undefined;
  /** How often it was looked at, and of these how often since all parts were healthy. */
  looks: number;
  healthyLooks: number;
}

/** What is on the controller's disk; each change of it is one transaction. */
export class ModelStore {
  readonly operations = new Map<string, StoredOperation>();
  state: TakenUp['state'] = 'running';
  reason = '';
  closing: TakenUp['closing'];
  finished: { readonly outcome: string; readonly reason: string } | undefined;

  constructor(public items: readonly RunItem[]) {}

  change(positions: ReadonlySet<number>, change: (item: RunItem) => RunItem): void {
    this.items = this.items.map((item) => (positions.has(item.position) ? change(item) : item));
  }
}

export interface Surroundings {
  readonly world: World;
  readonly hosts: ReadonlyMap<string, ModelHost>;
  readonly store: ModelStore;
  readonly stop: StopRules;
  frozen: boolean;
  /** Everything is there again, for good. */
  healthy: boolean;
}

/** One life of the controller, as far as a run is concerned: the real carrying out, over a store that outlives it. */
export class ModelController {
  lives = true;
  private readonly over = new AbortController();

  constructor(private readonly around: Surroundings) {}

  /** Takes up what the life before has left: its operations are lost to it, and settled by looking. */
  async run(): Promise<void> {
    const { store, stop } = this.around;
    for (const operation of store.operations.values()) {
      if (operation.end !== undefined) continue;
      const lost = new FairleadError('outcome_unknown', 'The controller ended while this operation ran');
      operation.end = toEnd(operation.id, brokenEnding('PruneNetworks', lost));
    }
    const { state, reason, closing } = store;
    await CarryingOut.of({ state, reason, closing, stop }, this.ports(), this.over.signal);
  }

  /** What it has begun on the hosts ends with its sessions. */
  kill(): void {
    this.lives = false;
    for (const host of this.around.hosts.values()) host.cut();
  }

  private step(): Promise<void> {
    return this.around.world.step(() => this.lives);
  }

  private ports(): RunPorts {
    const { store, hosts } = this.around;
    return {
      items: () => this.write(() => store.items),
      gate: () => this.gate(),
      change: (signal) => this.change(signal),
      reachable: async (hostName) => (await this.step(), hosts.get(hostName)?.connection !== undefined),
      stale: async () => (await this.step(), new Map<RunItem, string>()),
      dispatch: (hostName, items, watch) => this.dispatch(hostName, items, watch),
      settled: (operationId, signal) => this.settled(operationId, signal),
      record: (ends) => this.write(() => record(store, ends)),
      become: (state, reason) => this.write(() => void Object.assign(store, { state, reason })),
      close: (outcome, reason) => this.write(() => void (store.closing = { outcome, reason })),
      finish: (outcome, reason) => this.write(() => finish(store, outcome, reason)),
    };
  }

  /** One transaction: it may end before it, or after it and before anybody is told. */
  private async write<T>(change: () => T): Promise<T> {
    await this.step();
    const result = change();
    await this.step();
    return result;
  }

  private gate(): Gate {
    return this.around.frozen ? { kind: 'hold', state: 'held', reason: 'frozen' } : { kind: 'open' };
  }

  /** A look again after a while: what has changed before anybody waits for it rings no bell. */
  private async change(signal: AbortSignal): Promise<void> {
    const before = this.around.frozen;
    for (let turns = 0; turns < LOOK_AGAIN && !signal.aborted && before === this.around.frozen; turns += 1)
      await turn();
    if (!this.lives) await never();
  }

  private async dispatch(
    hostName: string,
    items: readonly RunItem[],
    watch: { readonly taken: (item: PruneItemResultView) => void; readonly signal: AbortSignal },
  ): Promise<OperationEnd> {
    const { store, hosts } = this.around;
    await this.step();
    const host = hosts.get(hostName)!;
    const id = `op-${store.operations.size}`;
    const connection = host.connection;
    if (connection === undefined) {
      const away = new FairleadError('host_unavailable', 'The host is not connected; nothing was sent');
      return toEnd(id, brokenEnding('PruneNetworks', away));
    }
    const message = {
      operationId: id,
      items: items.map(({ networkId, digest }) => ({ networkId, expectedDigest: digest })),
    };
    const journalId = connection.host.journalId;
    const operation: StoredOperation = { id, hostName, message, journalId, end: undefined, looks: 0, healthyLooks: 0 };
    store.operations.set(id, operation);
    store.change(positionsOf(items), (item) => ({ ...item, state: 'sent', operationId: id }));
    await this.step();
    const sent = { method: 'PruneNetworks', message } as const;
    const ending = await send(connection, sent, 600_000, undefined, { taken: watch.taken, signal: watch.signal });
    return this.write(() => (operation.end = toEnd(id, ending)));
  }

  private async settled(operationId: string, signal: AbortSignal): Promise<OperationEnd | undefined> {
    const operation = this.around.store.operations.get(operationId)!;
    for (;;) {
      await this.step();
      if (signal.aborted) return undefined;
      if (operation.end !== undefined && operation.end.outcome !== 'unknown') return operation.end;
      await this.look(operation);
      this.around.world.time += LOOK_EVERY_MS;
      await turn();
    }
  }

  /** As the settler does, once a second. */
  private async look(operation: StoredOperation): Promise<void> {
    const { hosts, healthy } = this.around;
    const connection = hosts.get(operation.hostName)?.connection;
    if (connection === undefined) return;
    operation.looks += 1;
    if (healthy) operation.healthyLooks += 1;
    const { id: operationId, message, journalId } = operation;
    const request = codec.encodeRequest('PruneNetworks', message);
    const question = { operationId, method: 'PruneNetworks', request, journalId };
    const found = await connection.invoke('LookUpOperation', question, { deadlineMs: 10_000 }).catch(() => undefined);
    const ending = found && settledEnding('PruneNetworks', found);
    if (ending !== undefined) await this.write(() => (operation.end = toEnd(operationId, ending)));
  }
}

const positionsOf = (items: readonly { readonly position: number }[]): ReadonlySet<number> =>
  new Set(items.map(({ position }) => position));

function record(store: ModelStore, ends: readonly ItemEnd[]): void {
  for (const end of ends)
    store.change(positionsOf([end]), (item) => (item.state === 'done' ? item : { ...item, ...end }));
}

function finish(store: ModelStore, outcome: string, reason: string): void {
  const left = store.items.filter(({ state }) => state === 'planned');
  store.change(positionsOf(left), (item) => ({ ...item, state: 'done', outcome: 'skipped', reason }));
  store.finished = { outcome, reason };
}

function toEnd(operationId: string, { outcome, result, error }: Ending): OperationEnd {
  const items = (result?.['items'] ?? []) as readonly PruneItemResultView[];
  const words = error && { ...error, code: isErrorCode(error.code) ? error.code : ('' as const) };
  return { operationId, outcome, items, error: words };
}
