import { type EngineFacts, type EngineHealth } from '@fairlead/domain';
import { type HostFacts } from '@fairlead/link';
import { type AuditRecord, type AuditStore } from '../audit/audit.store.js';
import { type Database, Prisma, type Statement, storing } from '../database/index.js';
import { HostNotes } from './host-notes.js';
import { HostRows } from './host-rows.js';
import { type HostRow, NOTHING_SEEN, toColumns, toStored, UNKNOWN } from './host.columns.js';

/** A host as the database holds it. Instants are milliseconds since the epoch. */
export interface StoredHost {
  readonly name: string;
  /** Set here by the operator; they overlay the agent's. */
  readonly labels: Readonly<Record<string, string>>;
  readonly agentLabels: Readonly<Record<string, string>>;
  readonly agentVersion: string;
  readonly capability: number;
  readonly engine: EngineFacts;
  readonly health: EngineHealth;
  readonly journalId: string;
  /** The last instant at which the rows were known to be what the engine shows. */
  readonly lastHeardAt: number;
  readonly firstSeenAt: number;
  readonly peer: string;
  /** What the agent says of the host's own policy; null: it has not told yet. */
  readonly policy: HostFacts['policy'] | null;
  /** Of its rows in the inventory. */
  readonly counts: { readonly networks: number; readonly endpoints: number };
  readonly inventory: StoredInventory;
}

/** Which set of networks the rows of a host are. */
export interface StoredInventory {
  readonly streamId: string;
  readonly revision: number;
  /** Empty where the rows have to be compared one by one. */
  readonly setDigest: string;
  /** Whether nothing has been missed since. */
  readonly synced: boolean;
  /** Whether there has ever been a whole set. */
  readonly known: boolean;
}

/**
 * Reads and writes hosts. Heartbeats are not written: a row changes only with the host's state.
 *
 * Invariants: `rows` holds what the table holds, since this process alone writes it (see DataLock), and so every answer
 * can carry a host's age without asking the database; only what HostNotes keeps may be ahead of the table, for a moment.
 * Whether a host is connected is known in memory alone: the column is a hint to people who read the file.
 */
export class HostsStore {
  private readonly rows = new HostRows();
  private readonly connected = new Set<string>();
  private readonly notes: HostNotes;

  /** @param failed told of an error of a write that nobody waits for; it is tried again */
  constructor(
    private readonly database: Database,
    private readonly audit: AuditStore,
    failed: (error: unknown) => void = () => undefined,
  ) {
    this.notes = new HostNotes(database, failed);
  }

  /** Reads the table. Sessions ended with the process that held them. */
  async load(): Promise<void> {
    const { host } = this.database.prisma;
    await storing(host.updateMany({ where: { connected: true }, data: { connected: false } }));
    for (const row of await storing(host.findMany())) {
      const stored = toStored(row);
      this.rows.set(row.name, { ...stored, inventory: { ...stored.inventory, synced: false } });
    }
  }

  /** Writes what is noted and not written yet. */
  flush(): Promise<void> {
    return this.notes.flush();
  }

  get count(): number {
    return this.rows.size;
  }

  /** In order of name. */
  all(): readonly StoredHost[] {
    return this.rows.all();
  }

  find(name: string): StoredHost | undefined {
    return this.rows.get(name);
  }

  /**
   * What an agent says of its host when it attaches; the operator's labels, the inventory and its age stay. A host that
   * nobody has let in by a token, since its agent is on this machine, is audited when it first appears. Nothing is
   * written at once where the agent says what it said before: a fleet that comes back is noted in batches.
   */
  async attached(facts: HostFacts, peer: string, at: number): Promise<void> {
    const host = this.rows.get(facts.name);
    const same = host !== undefined && saysTheSame(host, facts);
    if (!same) await this.writeAttached(facts, peer, at);
    this.connected.add(facts.name);
    if (same) this.patch(facts.name, { peer, inventory: { ...host.inventory, synced: false } });
    // Also in place of what was noted of the session before, which else would be written over this.
    this.note(facts.name);
  }

  private async writeAttached(facts: HostFacts, peer: string, at: number): Promise<void> {
    const said = { ...toColumns(facts), peer, connected: true, synced: false };
    const fresh = { name: facts.name, labels: {}, firstSeenAt: at, lastHeardAt: at };
    const upsert = this.database.prisma.host.upsert({
      where: { name: facts.name },
      create: { ...NOTHING_SEEN, ...said, ...fresh },
      update: said,
    });
    const row = this.rows.has(facts.name)
      ? await storing(upsert)
      : ((await this.audit.commit(appearance(facts, peer, at), [upsert]))[0] as HostRow);
    const { lastHeardAt } = this.rows.get(facts.name) ?? { lastHeardAt: Number(row.lastHeardAt) };
    this.rows.set(row.name, { ...toStored(row), lastHeardAt });
  }

  /** What the inventory has written of a host, in a transaction of its own. */
  inventoryStored(
    name: string,
    { streamId, revision, setDigest }: Pick<StoredInventory, 'streamId' | 'revision' | 'setDigest'>,
    counts: StoredHost['counts'],
    lastHeardAt: number,
  ): void {
    const inventory = { streamId, revision, setDigest, synced: true, known: streamId !== '' };
    this.patch(name, { inventory, counts, lastHeardAt });
  }

  inventoryDistrusted(name: string): void {
    const inventory = this.rows.get(name)?.inventory;
    if (inventory) this.patch(name, { inventory: { ...inventory, synced: false } });
  }

  detached(name: string, lastHeardAt: number): void {
    this.connected.delete(name);
    this.patch(name, { lastHeardAt });
    this.note(name);
  }

  healthChanged(name: string, health: EngineHealth): void {
    this.patch(name, { health });
    this.note(name);
  }

  /** Keeps the age of many live hosts, so that after a kill the controller does not think them older than they are. */
  async heard(ages: ReadonlyMap<string, number>): Promise<void> {
    for (const [name, lastHeardAt] of ages) {
      this.patch(name, { lastHeardAt });
      this.note(name);
    }
    await this.flush();
  }

  /** All ages are other ones, since the clock was set. It is written already, but for what is noted and not written yet. */
  agesMoved(moved: (at: number) => number): void {
    for (const { name, lastHeardAt } of this.rows.all()) {
      const now = moved(lastHeardAt);
      if (now === lastHeardAt) continue;
      this.patch(name, { lastHeardAt: now });
      this.note(name);
    }
  }

  async setLabels(name: string, labels: Readonly<Record<string, string>>, record: AuditRecord): Promise<void> {
    const change = this.database.prisma.host.updateMany({ where: { name }, data: { labels: { ...labels } } });
    await this.audit.commit(record, [change]);
    this.patch(name, { labels });
  }

  /** Forgets the host and its inventory. Operations, removed networks and the audit stay. */
  async remove(name: string, record: AuditRecord): Promise<void> {
    await this.audit.commit(record, [this.removal(name)]);
    this.removed(name);
  }

  /** Something that was not done to a host. */
  async refused(record: AuditRecord): Promise<void> {
    await this.audit.commit(record);
  }

  /** For the transaction of another act; `removed` once that is done. */
  removal(name: string): Statement {
    return this.database.prisma.host.deleteMany({ where: { name } });
  }

  removed(name: string): void {
    this.rows.delete(name);
    this.connected.delete(name);
    this.notes.forget(name);
  }

  /** A host of which no agent has told yet, for the transaction of another act; `reload` once that is done. */
  expectation({ name, labels, peer }: Pick<StoredHost, 'name' | 'labels' | 'peer'>, at: number): Statement {
    const expected = { name, labels: {}, peer, firstSeenAt: at, lastHeardAt: at };
    const columns = { ...toColumns({ ...UNKNOWN, name, labels }), policy: Prisma.DbNull };
    return this.database.prisma.host.create({ data: { ...NOTHING_SEEN, ...columns, ...expected } });
  }

  async reload(name: string): Promise<void> {
    const row = await storing(this.database.prisma.host.findUnique({ where: { name } }));
    if (row) this.rows.set(name, toStored(row));
  }

  private patch(name: string, fields: Partial<StoredHost>): void {
    const host = this.rows.get(name);
    if (host) this.rows.set(name, { ...host, ...fields });
  }

  private note(name: string): void {
    const host = this.rows.get(name);
    if (host) this.notes.note(name, { ...host, connected: this.connected.has(name) });
  }
}

/** Whether an agent says of its host what it said before. */
const saysTheSame = (host: StoredHost, facts: HostFacts): boolean =>
  host.policy !== null &&
  JSON.stringify(toColumns(facts)) ===
    JSON.stringify(toColumns({ ...facts, ...host, policy: host.policy, labels: host.agentLabels }));

const appearance = ({ name, agentVersion }: HostFacts, peer: string, at: number): AuditRecord => {
  const actor = { name: 'controller', client: `fairlead-agent/${agentVersion}`, peer };
  return {
    at,
    actor,
    action: 'host.attach',
    hostName: name,
    target: {},
    operationId: null,
    outcome: 'done',
    detail: {},
  };
};
