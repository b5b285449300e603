import { type StoredHost } from './hosts.store.js';

/**
 * Rows by name.
 *
 * Invariant: `inOrder`, where it is known, holds the rows as they are now in order of name. It is made again when it is
 * asked for after a change, and sorted only where a name came or went.
 */
export class HostRows {
  private readonly rows = new Map<string, StoredHost>();
  private names: readonly string[] | undefined;
  private inOrder: readonly StoredHost[] | undefined;

  get(name: string): StoredHost | undefined {
    return this.rows.get(name);
  }

  has(name: string): boolean {
    return this.rows.has(name);
  }

  set(name: string, row: StoredHost): void {
    if (!this.rows.has(name)) this.names = undefined;
    this.inOrder = undefined;
    this.rows.set(name, row);
  }

  delete(name: string): void {
    if (!this.rows.delete(name)) return;
    this.names = undefined;
    this.inOrder = undefined;
  }

  all(): readonly StoredHost[] {
    this.names ??= [...this.rows.keys()].sort();
    this.inOrder ??= this.names.flatMap((name) => this.rows.get(name) ?? []);
    return this.inOrder;
  }
}
