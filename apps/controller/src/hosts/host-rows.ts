import { type StoredHost } from './hosts.store.js';

/**
 * Rows by name.
 *
 * Invariant: `inOrder`, where it is known, holds the rows as they are now in order of name, each at its place. It is made
 * again only where a name came or went: rows change all the time, and there may be ten thousand.
 */
export class HostRows {
  private readonly rows = new Map<string, StoredHost>();
  private readonly places = new Map<string, number>();
  private inOrder: StoredHost[] | undefined;

  get size(): number {
    return this.rows.size;
  }

  get(name: string): StoredHost | undefined {
    return this.rows.get(name);
  }

  has(name: string): boolean {
    return this.rows.has(name);
  }

  set(name: string, row: StoredHost): void {
    if (!this.rows.has(name)) this.inOrder = undefined;
    else if (this.inOrder) this.inOrder[this.places.get(name)!] = row;
    this.rows.set(name, row);
  }

  delete(name: string): void {
    if (this.rows.delete(name)) this.inOrder = undefined;
  }

  /** In order of name, and kept up to date until a name comes or goes. */
  all(): readonly StoredHost[] {
    this.inOrder ??= this.sorted();
    return this.inOrder;
  }

  private sorted(): StoredHost[] {
    this.places.clear();
    return [...this.rows.keys()].sort().map((name, place) => {
      this.places.set(name, place);
      return this.rows.get(name)!;
    });
  }
}
