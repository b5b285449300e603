import { type PruneItemResultView } from '@fairlead/api';
import { endIn, endOf, kept, lost, skipped } from './item-end.js';
import { type Ledger } from './ledger.js';
import { type Recorder } from './recorder.js';
import { type ItemEnd, type RunItem } from './run.js';
import { type OperationEnd, type RunPorts } from './run-ports.js';

/** Networks in one operation: a request of so many stays far below what the link carries. */
const AT_ONCE = 1_000;

/**
 * Does the work of a run on one host: one operation after the other, each once.
 *
 * Invariant: no item is part of two operations at a time. One that was sent is taken up again only once the end of its
 * operation is known and says that nothing was done.
 */
export class HostWork {
  /** @param news called whenever the progress of the run has changed */
  constructor(
    private readonly ledger: Ledger,
    private readonly recorder: Recorder,
    private readonly ports: RunPorts,
    private readonly news: () => void,
  ) {}

  /** Resolves when nothing is left to do on the host, or, after `over` was aborted, nothing is under way. */
  async work(hostName: string, over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await this.settle(hostName, over);
      const planned = this.ledger.planned(hostName).slice(0, AT_ONCE);
      if (over.aborted || planned.length === 0) return;
      if (await this.ports.reachable(hostName, over)) await this.send(hostName, planned, over);
      else if (!over.aborted) this.note(planned.map(({ position }) => away(position, hostName)));
      await this.recorder.written();
    }
  }

  /** Waits for what was sent and whose end is not known. */
  async settle(hostName: string, over: AbortSignal): Promise<void> {
    for (let [first] = this.ledger.sent(hostName); first !== undefined; [first] = this.ledger.sent(hostName)) {
      const { operationId } = first;
      const items = this.ledger.sent(hostName).filter((item) => item.operationId === operationId);
      const end = operationId === null ? undefined : await this.ports.settled(operationId, over);
      if (end === undefined && over.aborted) return;
      this.note(items.map((item) => (end && endIn(item, end)) ?? lost(item.position)));
      await this.recorder.written();
    }
  }

  private async send(hostName: string, planned: readonly RunItem[], over: AbortSignal): Promise<void> {
    const stale = await this.ports.stale(planned);
    this.note(Array.from(stale, ([{ position }, why]) => kept(position, why, 'plan_stale')));
    await this.recorder.written();
    const items = planned.filter((item) => !stale.has(item));
    if (items.length === 0 || over.aborted) return;
    const taken = (result: PruneItemResultView): void => {
      const item = items.find(({ networkId }) => networkId === result.network.id);
      const end = item && endOf(item.position, result);
      if (end?.state === 'done') this.note([end]);
    };
    const end = await this.ports.dispatch(hostName, items, { taken, signal: over });
    this.conclude(hostName, items, end, over);
  }

  private conclude(hostName: string, items: readonly RunItem[], end: OperationEnd, over: AbortSignal): void {
    if (end.outcome === 'unknown') {
      this.ledger.send(items, end.operationId);
      if (!over.aborted) this.ledger.lose(hostName);
      return this.news();
    }
    const ends = items.flatMap((item) => endIn(item, end) ?? []);
    const isStuck = !over.aborted && end.error?.code !== 'frozen' && ends.every(({ state }) => state === 'planned');
    this.note(isStuck ? ends.map(({ position, reason, code }) => skipped(position, reason, code)) : ends);
  }

  private note(ends: readonly ItemEnd[]): void {
    this.recorder.add(this.ledger.apply(ends));
    this.news();
  }
}

const away = (position: number, hostName: string): ItemEnd =>
  skipped(position, `host '${hostName}' could not be reached when its turn came; nothing was sent`, 'host_unavailable');
