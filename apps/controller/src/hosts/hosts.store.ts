import { type EngineFacts, type EngineHealth, type EngineKind } from '@fairlead/domain';
import { type HostFacts } from '@fairlead/link';
import { type AuditRecord, type AuditStore } from '../audit/audit.store.js';
import { type Database, Prisma, type Statement, storing } from '../database/index.js';
import { HostRows } from './host-rows.js';

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
  /** Empty where the rows have to be compared one by one. */
  readonly setDigest: string;
  /** Whether nothing has been missed since. */
  readonly synced: boolean;
  /** Whether there has ever been a whole set. */
  readonly known: boolean;
}

type HostRow = Prisma.HostGetPayload<object>;

/**
 * Reads and writes hosts. Heartbeats are not written: a row changes only with the host's state.
 *
 * Invariant: `rows` holds what the table holds, since this process alone writes it (see DataLock), and so every answer
 * can carry a host's age without asking the database.
 */
export class HostsStore {
  private readonly rows = new HostRows();

  constructor(
    private readonly database: Database,
    private readonly audit: AuditStore,
  ) {}

  /** Reads the table. Sessions ended with the process that held them. */
  async load(): Promise<void> {
    const { host } = this.database.prisma;
    await storing(host.updateMany({ where: { connected: true }, data: { connected: false } }));
    for (const row of await storing(host.findMany())) this.rows.set(row.name, toStored(row));
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
   * nobody has let in by a token, since its agent is on this machine, is audited when it first appears.
   */
  async attached(facts: HostFacts, peer: string, at: number): Promise<void> {
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
    this.rows.set(row.name, toStored(row));
  }

  /** What the inventory has written of a host, in a transaction of its own. */
  inventoryStored(
    name: string,
    { streamId, setDigest }: Pick<StoredInventory, 'streamId' | 'setDigest'>,
    counts: StoredHost['counts'],
    lastHeardAt: number,
  ): void {
    const inventory = { streamId, setDigest, synced: true, known: streamId !== '' };
    const host = this.rows.get(name);
    if (host) this.rows.set(name, { ...host, inventory, counts, lastHeardAt });
  }

  inventoryDistrusted(name: string): void {
    const host = this.rows.get(name);
    if (host) this.rows.set(name, { ...host, inventory: { ...host.inventory, synced: false } });
  }

  async detached(name: string, lastHeardAt: number): Promise<void> {
    await this.update(name, { connected: false, lastHeardAt });
  }

  async healthChanged(name: string, health: EngineHealth): Promise<void> {
    await this.update(name, { engineState: health.state, engineReason: health.reason });
  }

  /** Keeps the age of many live hosts, so that after a kill the controller does not think them older than they are. */
  async heard(ages: ReadonlyMap<string, number>): Promise<void> {
    const pairs = JSON.stringify([...ages]);
    await this.database.transaction([
      Prisma.sql`UPDATE "Host" SET "lastHeardAt" = pair.value->>1 FROM json_each(${pairs}) AS pair WHERE "name" = pair.value->>0`,
    ]);
  }

  async setLabels(name: string, labels: Readonly<Record<string, string>>, record: AuditRecord): Promise<void> {
    const change = this.database.prisma.host.updateMany({ where: { name }, data: { labels: { ...labels } } });
    await this.audit.commit(record, [change]);
    const host = this.rows.get(name);
    if (host) this.rows.set(name, { ...host, labels });
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

  private async update(name: string, data: Prisma.HostUpdateInput): Promise<void> {
    const [row] = await storing(this.database.prisma.host.updateManyAndReturn({ where: { name }, data }));
    if (row) this.rows.set(name, toStored(row));
  }
}

/** A host without an inventory. */
const NOTHING_SEEN = {
  streamId: '',
  revision: 0,
  setDigest: '',
  connected: false,
  synced: false,
  networkCount: 0,
  endpointCount: 0,
};

/** What is shown of a host until its agent has told of it. */
const UNKNOWN: Omit<HostFacts, 'name' | 'labels'> = {
  agentVersion: '',
  capability: 0,
  engine: {
    kind: 'docker',
    version: '',
    apiVersion: '',
    simulated: false,
    swarm: { nodeId: '', clusterId: '', manager: false },
  },
  health: { state: 'down', reason: 'its agent has not connected yet' },
  journalId: '',
  policy: { mode: '', rules: [] },
  rootDigests: [],
};

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

const toColumns = ({ labels, engine, health, policy, ...facts }: HostFacts) => ({
  policy: { mode: policy.mode, rules: [...policy.rules] },
  agentLabels: { ...labels },
  agentVersion: facts.agentVersion,
  capability: facts.capability,
  journalId: facts.journalId,
  engineKind: engine.kind,
  engineVersion: engine.version,
  engineApiVersion: engine.apiVersion,
  simulated: engine.simulated,
  swarmNodeId: engine.swarm.nodeId,
  swarmClusterId: engine.swarm.clusterId,
  swarmManager: engine.swarm.manager,
  engineState: health.state,
  engineReason: health.reason,
});

const toStored = (row: HostRow): StoredHost => ({
  name: row.name,
  labels: row.labels as Record<string, string>,
  agentLabels: row.agentLabels as Record<string, string>,
  agentVersion: row.agentVersion,
  capability: row.capability,
  engine: {
    kind: row.engineKind as EngineKind,
    version: row.engineVersion,
    apiVersion: row.engineApiVersion,
    simulated: row.simulated,
    swarm: { nodeId: row.swarmNodeId, clusterId: row.swarmClusterId, manager: row.swarmManager },
  },
  health: { state: row.engineState === 'up' ? 'up' : 'down', reason: row.engineReason },
  journalId: row.journalId,
  lastHeardAt: Number(row.lastHeardAt),
  firstSeenAt: Number(row.firstSeenAt),
  peer: row.peer,
  policy: row.policy as HostFacts['policy'] | null,
  counts: { networks: row.networkCount, endpoints: row.endpointCount },
  inventory: {
    streamId: row.streamId,
    setDigest: row.setDigest,
    synced: row.synced,
    known: row.streamId !== '',
  },
});
