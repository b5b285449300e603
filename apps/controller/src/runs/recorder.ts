import { type ItemEnd } from './run.js';

/**
 * Writes what became of items, together what has come in while the last of it was written.
 *
 * Invariants: one write at a time, in the order of `add`; after one has failed nothing more is written.
 */
export class Recorder {
  private waiting: ItemEnd[] = [];
  private writing: Promise<void> | undefined;
  private fault: { readonly error: unknown } | undefined;

  /** @param failed told once, where a write fails */
  constructor(
    private readonly write: (ends: readonly ItemEnd[]) => Promise<void>,
    private readonly failed: () => void,
  ) {}

  add(ends: readonly ItemEnd[]): void {
    if (ends.length === 0 || this.fault !== undefined) return;
    this.waiting.push(...ends);
    this.writing ??= this.writeWaiting();
  }

  /** Resolves when all of it is written. @throws what a write has thrown */
  async written(): Promise<void> {
    await this.writing;
    if (this.fault !== undefined) throw this.fault.error;
  }

  private async writeWaiting(): Promise<void> {
    try {
      for (let ends = this.take(); ends.length > 0; ends = this.take()) await this.write(ends);
    } catch (error) {
      this.fault = { error };
      this.failed();
    } finally {
      this.writing = undefined;
    }
  }

  private take(): ItemEnd[] {
    return this.waiting.splice(0);
  }
}
