import { type ItemOutcome } from '@fairlead/api';
import { type RunProgress } from '@fairlead/domain';
import { wasUnreachable } from './item-end.js';
import { type ItemEnd, type RunItem } from './run.js';

/**
 * The items of one run as its carrying out knows them, which may be ahead of what is written.
 *
 * Invariants: an item that is done stays as it is; one that is `sent` is part of one operation; `counts` and
 * `unreachable` are those of `items`, kept along, since they are asked for after every item.
 */
export class Ledger {
  /** By position. */
  private readonly items = new Map<number, RunItem>();
  private readonly positions = new Map<string, number[]>();
  private readonly counts: Record<ItemOutcome, number> = { removed: 0, kept: 0, failed: 0, undone: 0, skipped: 0 };
  private readonly unreachable = new Set<string>();
  private readonly unknown = new Set<string>();

  constructor(items: readonly RunItem[]) {
    for (const item of items) {
      this.items.set(item.position, item);
      const ofHost = this.positions.get(item.hostName);
      if (ofHost) ofHost.push(item.position);
      else this.positions.set(item.hostName, [item.position]);
      this.count(item);
    }
  }

  /** How many are not done. */
  get left(): number {
    return this.items.size - this.done;
  }

  /** The last wave in which anything was done or sent. */
  get reached(): RunItem['wave'] {
    const begun = [...this.items.values()].filter(({ state }) => state !== 'planned');
    return begun.reduce<RunItem['wave']>((most, { wave }) => (wave > most ? wave : most), 0);
  }

  /** The wave whose turn it is. */
  get wave(): RunItem['wave'] {
    return this.open().reduce<RunItem['wave']>((least, { wave }) => (wave < least ? wave : least), 2);
  }

  /** Hosts that have something left, of one wave or of all, in the order of their items. */
  hostsLeft(wave?: RunItem['wave']): string[] {
    const left = this.open().filter((item) => wave === undefined || item.wave === wave);
    return [...new Set(left.map(({ hostName }) => hostName))];
  }

  planned(hostName: string): RunItem[] {
    return this.of(hostName).filter(({ state }) => state === 'planned');
  }

  /** Those that are part of an operation whose end is not known. */
  sent(hostName: string): RunItem[] {
    return this.of(hostName).filter(({ state }) => state === 'sent');
  }

  /** Those that are not done by now are part of this operation. */
  send(items: readonly RunItem[], operationId: string): void {
    for (const { position } of items) {
      const item = this.items.get(position);
      if (item?.state === 'planned') this.items.set(position, { ...item, state: 'sent', operationId });
    }
  }

  /** @returns those that were news */
  apply(ends: readonly ItemEnd[]): ItemEnd[] {
    return ends.filter((end) => {
      const item = this.items.get(end.position);
      if (item === undefined || item.state === 'done') return false;
      const ended = { ...item, ...end };
      this.items.set(end.position, ended);
      this.count(ended);
      return true;
    });
  }

  /** That the answer of a host was lost, though nobody had told it to stop. */
  lose(hostName: string): void {
    this.unknown.add(hostName);
  }

  get progress(): RunProgress {
    return {
      ...this.counts,
      planned: this.items.size,
      done: this.done,
      hosts: this.positions.size,
      unreachable: this.unreachable.size,
      unknown: this.unknown.size,
    };
  }

  private get done(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  private count(item: RunItem): void {
    if (item.outcome !== null) this.counts[item.outcome] += 1;
    if (wasUnreachable(item)) this.unreachable.add(item.hostName);
  }

  private of(hostName: string): RunItem[] {
    return (this.positions.get(hostName) ?? []).map((position) => this.items.get(position)!);
  }

  private open(): RunItem[] {
    return [...this.items.values()].filter(({ state }) => state !== 'done');
  }
}
