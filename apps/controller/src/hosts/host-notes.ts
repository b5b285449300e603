import { type Database, Prisma } from '../database/index.js';
import { type StoredHost } from './hosts.store.js';

/** What changes so often, or of so many hosts at once, that it is written in batches. */
export type HostNote = Pick<StoredHost, 'peer' | 'lastHeardAt' | 'health'> & { readonly connected: boolean };

/** How long a note waits for others, in milliseconds. */
const GATHER_MS = 1_000;
/** Rows of one transaction: what an operation may have to wait for. */
const MOST_ROWS = 500;

/**
 * Writes notes on hosts some time after they are made, many in one transaction: ten thousand agents that come or go at
 * once are twenty transactions. A host has one note, the latest; what cannot be written is kept and tried again.
 */
export class HostNotes {
  private readonly due = new Map<string, HostNote>();
  private timer: NodeJS.Timeout | undefined;

  /** @param failed told of an error of a write that nobody waits for */
  constructor(
    private readonly database: Database,
    private readonly failed: (error: unknown) => void,
  ) {}

  note(hostName: string, note: HostNote): void {
    this.due.set(hostName, note);
    this.timer ??= setTimeout(() => void this.flush().catch(this.failed), GATHER_MS).unref();
  }

  /** The host has gone: another one may get its name. */
  forget(hostName: string): void {
    this.due.delete(hostName);
  }

  /** Writes what is noted by now. @throws FairleadError `storage_failed` */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.due.size > 0) await this.write([...this.due].slice(0, MOST_ROWS));
  }

  private async write(notes: readonly (readonly [string, HostNote])[]): Promise<void> {
    for (const [hostName] of notes) this.due.delete(hostName);
    try {
      await this.database.transaction([update(notes)]);
    } catch (error) {
      for (const [hostName, note] of notes) this.note(hostName, this.due.get(hostName) ?? note);
      throw error;
    }
  }
}

function update(notes: readonly (readonly [string, HostNote])[]): Prisma.Sql {
  const rows = notes.map(([hostName, { connected, peer, lastHeardAt, health }]) => [
    hostName,
    Number(connected),
    peer,
    lastHeardAt,
    health.state,
    health.reason,
  ]);
  return Prisma.sql`UPDATE "Host" SET "connected" = note.value->>1, "peer" = note.value->>2,
    "lastHeardAt" = note.value->>3, "engineState" = note.value->>4, "engineReason" = note.value->>5
    FROM json_each(${JSON.stringify(rows)}) AS note WHERE "name" = note.value->>0`;
}
